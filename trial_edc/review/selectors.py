"""What is said about data points, read for pages, lists and reports from the same query sets."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet

from trial_edc.audit.models import ItemChange
from trial_edc.crf import registry
from trial_edc.review.models import Query, SoftConfirmation

UNRESOLVED = (Query.State.OPEN, Query.State.ANSWERED)


def open_queries(subject_ids: Iterable[UUID] | None = None) -> QuerySet[Query]:
    """Return the queries someone still has to act on, of the given subjects or of all."""
    queries = Query.objects.filter(state__in=UNRESOLVED)
    return queries if subject_ids is None else queries.filter(subject_id__in=list(subject_ids))


def queries_by_item(record: UUID) -> dict[str, list[Query]]:
    """Return the unresolved queries of one form, by field."""
    found: dict[str, list[Query]] = defaultdict(list)
    for query in open_queries().filter(record=record):
        found[query.field].append(query)
    return found


SAID = """
SELECT 'missing', field, code FROM review_missingreason WHERE record = %s
UNION ALL SELECT 'query', field, '' FROM review_query WHERE record = %s AND state = 'open'
"""


@dataclass(frozen=True)
class Said:
    """What a save has to know about a form beyond its values: missing reasons, and the items with an open query."""

    missing: dict[str, str] = field(default_factory=dict)
    asked_about: frozenset[str] = frozenset()


def said_about(record: UUID) -> Said:
    """Read it in one statement, because every save comes by here."""
    with connection.cursor() as cursor:
        cursor.execute(SAID, [str(record), str(record)])
        rows = cursor.fetchall()
    missing = {name: code for kind, name, code in rows if kind == "missing"}
    return Said(missing, frozenset(name for kind, name, _code in rows if kind == "query"))


def confirmations(record: UUID) -> dict[tuple[str, str], str]:
    """Return what was confirmed on a form: (check, value) to explanation."""
    rows = SoftConfirmation.objects.filter(record=record).values_list("check_oid", "value", "explanation")
    return {(check, value): explanation for check, value, explanation in rows}


def current_versions(root: UUID, entity: str | None = None) -> list[ItemChange]:
    """Return the latest version of every item under a form (its rows included, unless `entity` narrows it)."""
    versions = ItemChange.objects.filter(root=root)
    if entity is not None:
        versions = versions.filter(entity=entity)
    return list(versions.order_by("record", "field", "-id").distinct("record", "field"))


def current_versions_of_subject(subject_id: UUID) -> list[ItemChange]:
    """Return the latest version of everything in a subject's chain."""
    versions = ItemChange.objects.filter(chain=subject_id)
    return list(versions.order_by("record", "field", "-id").distinct("record", "field"))


def verified_fields(record: UUID) -> set[str]:
    """Return the fields of one form whose present value was verified against source."""
    latest = ItemChange.objects.filter(record=record).order_by("field", "-id").distinct("field")
    verified = ItemChange.objects.filter(pk__in=latest.values("pk"), verification__isnull=False)
    return set(verified.values_list("field", flat=True))


def critical_items() -> list[tuple[str, str]]:
    """Return the (form OID, column) of every item that feeds the dose decision, rows included."""
    tables: list[Any] = [*registry.all_forms(), *registry.all_rows()]
    return [(m.crf.oid, str(field.column)) for m in tables for field, item in registry.items(m) if item.critical]


UNVERIFIED = """
SELECT latest.chain, latest.entity, latest.root, latest.record, latest.field, latest.id FROM (
    SELECT DISTINCT ON (record, field) chain, entity, root, record, field, id, new FROM audit_itemchange
    WHERE (entity, field) IN (SELECT * FROM unnest(%s::text[], %s::text[]))
      AND (%s::uuid[] IS NULL OR chain = ANY (%s::uuid[]))
      AND changed_at <= COALESCE(%s::timestamptz, 'infinity')
    ORDER BY record, field, id DESC) latest
LEFT JOIN review_sourceverification v
    ON v.change_id = latest.id AND v.verified_at <= COALESCE(%s::timestamptz, 'infinity')
WHERE v.id IS NULL AND latest.new IS NOT NULL
"""


CHANGED = """
SELECT latest.chain, latest.entity, latest.root, latest.record, latest.field, latest.id FROM (
    SELECT DISTINCT record, field FROM review_sourceverification WHERE subject_id = ANY (%s::uuid[])
) seen
CROSS JOIN LATERAL (
    SELECT c.chain, c.entity, c.root, c.record, c.field, c.id FROM audit_itemchange c
    WHERE c.record = seen.record AND c.field = seen.field ORDER BY c.id DESC LIMIT 1
) latest
LEFT JOIN review_sourceverification v ON v.change_id = latest.id
WHERE v.id IS NULL
"""
#: What a row of either list names.
FOUND = ("subject", "form", "root", "record", "field", "change")


def changed_since_verified(subject_ids: Iterable[UUID]) -> list[dict[str, Any]]:
    """Return every data point that was verified once and has changed since; rows as of `unverified_critical`."""
    with connection.cursor() as cursor:
        cursor.execute(CHANGED, [[str(pk) for pk in subject_ids]])
        return [dict(zip(FOUND, row, strict=True)) for row in cursor.fetchall()]


def unverified_critical(subject_ids: Iterable[UUID] | None = None, as_of: Any = None) -> list[dict[str, Any]]:
    """Return every critical data point with a value that nobody verified in its present version.

    Each row: subject, form OID, root (form), record, field, change id.
    """
    pairs = critical_items()
    subjects = None if subject_ids is None else [str(pk) for pk in subject_ids]
    with connection.cursor() as cursor:
        cursor.execute(UNVERIFIED, [[p[0] for p in pairs], [p[1] for p in pairs], subjects, subjects, as_of, as_of])
        return [dict(zip(FOUND, row, strict=True)) for row in cursor.fetchall()]
