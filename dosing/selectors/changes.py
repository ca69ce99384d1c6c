"""What changed since a cut-off, item by item, in words: read from the trail."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from enrollment.models import Subject
from trial_edc.audit.models import ItemChange
from trial_edc.casebook.rendering.dates import study_moment
from trial_edc.crf import registry

ENTITIES = ("AE", "AEG", "INF", "DLT", "EOS", "DTH", "dosing.dltadjudication")
NAMED_AT_MOST = 12


def changes_since(subject_ids: Iterable[UUID], cutoff: datetime) -> list[str]:
    """Return one phrase per item changed after `cutoff`, oldest first: subject, form, item, old, new, when, who."""
    rows = ItemChange.objects.filter(chain__in=list(subject_ids), entity__in=ENTITIES, changed_at__gt=cutoff).order_by(
        "id"
    )
    said = [row for row in rows if _label(row) is not None]
    identifiers = dict(Subject.objects.filter(pk__in={row.chain for row in said}).values_list("pk", "identifier"))
    numbers = _event_numbers(said)
    return [_phrase(row, identifiers[row.chain], numbers.get(row.root)) for row in said]


def sentence(phrases: list[str]) -> str:
    """Join the phrases; a long list ends with how many more there are."""
    text = "; ".join(phrases[:NAMED_AT_MOST])
    more = len(phrases) - NAMED_AT_MOST
    return text if more <= 0 else _("%(text)s; and %(count)s more") % {"text": text, "count": more}


def _label(row: ItemChange) -> str | None:
    """The words for an item, None for columns that are no items."""
    if row.entity == "dosing.dltadjudication":
        return _("Adjudication") if row.field == "verdict" else None
    model: Any = registry.rows_of(row.entity) if row.entity == "AEG" else registry.get(row.entity)
    for field, _item in registry.items(model):
        if field.column == row.field:
            return str(field.verbose_name)
    return None


def _event_numbers(rows: list[ItemChange]) -> dict[UUID, int]:
    model: Any = registry.get("AE")
    roots = {row.root for row in rows if row.entity in ("AE", "AEG")}
    return dict(model.objects.filter(pk__in=roots).values_list("pk", "sequence"))


def _phrase(row: ItemChange, identifier: str, number: int | None) -> str:
    form = f"AE {number}" if number is not None else ("AE" if row.entity == "dosing.dltadjudication" else row.entity)
    return _("%(subject)s %(form)s, %(item)s: %(old)s → %(new)s (%(moment)s, %(person)s)") % {
        "subject": identifier,
        "form": form,
        "item": _label(row),
        "old": row.old or "–",
        "new": row.new or "–",
        "moment": study_moment(row.changed_at),
        "person": row.changed_by_name,
    }
