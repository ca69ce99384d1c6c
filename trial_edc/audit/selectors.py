"""Questions to the audit trail: histories, versions, and the data as they were."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db import connection, models, transaction
from django.db.models import QuerySet

from trial_edc.audit.coverage import coverage_of
from trial_edc.audit.models import ItemChange
from trial_edc.audit.triggers import SETTLE_LOCK

M = TypeVar("M", bound=models.Model)


def settle() -> None:
    """Wait until every write that is under way has ended, so that a cut-off of "now" stays the same for ever."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [SETTLE_LOCK])


def item_history(record: UUID, field: str) -> QuerySet[ItemChange]:
    """Return all versions of one item, newest first."""
    return ItemChange.objects.filter(record=record, field=field).order_by("-id")


def latest_change(roots: Iterable[UUID]) -> dict[UUID, int]:
    """Return the id of the last change of each form."""
    rows = ItemChange.objects.filter(root__in=list(roots)).values("root").annotate(last=models.Max("id"))
    return {row["root"]: row["last"] for row in rows}


@dataclass(frozen=True)
class LastChange:
    """Who changed a form last, and when."""

    by: str
    at: datetime


#: One look into the index per form: the trail of a form may be long, and only its end is asked for.
LAST_CHANGES = """
SELECT form.root, last.changed_by_name, last.changed_at FROM unnest(%s::uuid[]) AS form (root)
CROSS JOIN LATERAL (
    SELECT c.changed_by_name, c.changed_at FROM audit_itemchange c
    WHERE c.root = form.root AND c.entity <> 'audit.signature' ORDER BY c.id DESC LIMIT 1
) last
"""


def last_changes(roots: Iterable[UUID]) -> dict[UUID, LastChange]:
    """Return the last change of each form, its rows included and signatures apart: one statement."""
    with connection.cursor() as cursor:
        cursor.execute(LAST_CHANGES, [[str(root) for root in roots]])
        return {root: LastChange(name, moment) for root, name, moment in cursor.fetchall()}


def watermark(chain: UUID, entities: Iterable[str]) -> int:
    """Return the id of the last change of the given entities in one subject's chain, 0 if none."""
    found = ItemChange.objects.filter(chain=chain, entity__in=list(entities)).aggregate(last=models.Max("id"))
    return found["last"] or 0


def last_change() -> int:
    """Return the id of the last change anywhere in the trail: while it stands, so does everything computed."""
    return ItemChange.objects.order_by("-id").values_list("id", flat=True).first() or 0


def load(model: type[M], *, as_of: datetime | None = None, **filters: Any) -> list[M]:
    """Return the rows of `model` that match `filters`: as they are, or as they were at `as_of` (from the trail).

    Filters are equality or `__in` on stored columns, so that both readings mean the same.
    """
    if as_of is None:
        return list(model._default_manager.filter(**filters))
    rows = _rebuild(model, as_of, subject_chain(filters))
    return [row for row in rows if all(_matches(row, key, wanted) for key, wanted in filters.items())]


def subject_chain(filters: dict[str, Any]) -> UUID | None:
    """Return the subject named by the filters, to read one chain instead of all."""
    subject = filters.get("subject") or filters.get("subject_id")
    return getattr(subject, "pk", subject)


def _rebuild(model: type[M], as_of: datetime, chain: UUID | None) -> list[M]:
    query = """
        SELECT DISTINCT ON (record, field) record, field, new FROM audit_itemchange
        WHERE entity = %s AND changed_at <= %s AND (%s::uuid IS NULL OR chain = %s::uuid)
        ORDER BY record, field, id DESC
    """
    chain_text = None if chain is None else str(chain)
    values: dict[UUID, dict[str, str | None]] = defaultdict(dict)
    with connection.cursor() as cursor:
        cursor.execute(query, [coverage_of(model).entity, as_of, chain_text, chain_text])
        for record, field, new in cursor.fetchall():
            values[record][field] = new
    rows = [instance_of(model, texts) for texts in values.values() if texts.get("id") is not None]
    return sorted(rows, key=lambda row: str(row.pk))


def instance_of(model: type[M], texts: dict[str, str | None]) -> M:
    """Return a row from its columns as the trail keeps them."""
    row = model()
    for field in model._meta.concrete_fields:
        text = texts.get(str(field.column))
        setattr(row, field.attname, None if text is None else _value(field, text))
    return row


def _value(field: Any, text: str) -> Any:
    if isinstance(field, models.BooleanField):
        return text == "true"
    if isinstance(field, models.JSONField | ArrayField):
        return json.loads(text)
    target = field.target_field if isinstance(field, models.ForeignKey) else field
    return target.to_python(text)


def _matches(row: models.Model, key: str, wanted: Any) -> bool:
    name, __, lookup = key.partition("__")
    if lookup not in ("", "in"):
        raise ValueError(f"as-of reads filter by equality or __in, not by {key}")
    field = row._meta.get_field(name)
    found = getattr(row, getattr(field, "attname", name))
    if lookup == "in":
        return found in {getattr(each, "pk", each) for each in wanted}
    return bool(found == getattr(wanted, "pk", wanted))
