"""What is said about data points, read for pages, lists and reports from the same query sets."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection
from django.db.models import Q, QuerySet

from trial_edc.accounts.access import today
from trial_edc.accounts.models import Membership, Site, User
from trial_edc.accounts.roles import ROLES, Permission
from trial_edc.audit.models import ItemChange
from trial_edc.crf import registry
from trial_edc.review.models import Query, SoftConfirmation

UNRESOLVED = (Query.State.OPEN, Query.State.ANSWERED)
#: Who answers or closes queries can also have one assigned.
MOVING = (Permission.ANSWER_QUERY, Permission.CLOSE_QUERY)
ACTING_ROLES = {role.code: role for role in ROLES.values() if any(role.may(permission) for permission in MOVING)}


def open_queries(subject_ids: Iterable[UUID] | None = None) -> QuerySet[Query]:
    """Return the queries someone still has to act on, of the given subjects or of all."""
    queries = Query.objects.filter(state__in=UNRESOLVED)
    return queries if subject_ids is None else queries.filter(subject_id__in=list(subject_ids))


def people_who_act(site: Site) -> QuerySet[User]:
    """Return the people who answer or close queries of a site today, by name."""
    day = today()
    held = Membership.objects.filter(
        Q(site=None) | Q(site=site), Q(end_date=None) | Q(end_date__gte=day), start_date__lte=day,
        role__in=list(ACTING_ROLES),
    )  # fmt: skip
    return User.objects.filter(is_active=True, pk__in=held.values("user")).order_by("full_name")


SAID = """
SELECT 'missing', field, code, NULL::uuid, NULL::int, NULL::uuid FROM review_missingreason WHERE record = %s
UNION ALL SELECT 'query', field, state, record, number, id FROM review_query
WHERE root_record = %s AND state IN ('open', 'answered') ORDER BY 5 DESC
"""


class Asked(NamedTuple):
    """An unresolved query on an item of a form, or of a row of its tables: `record` is the one or the other."""

    field: str
    state: str
    record: UUID
    number: int
    id: UUID


@dataclass(frozen=True)
class Said:
    """What a form says beyond its values: missing reasons, and the unresolved queries on it, newest first."""

    missing: dict[str, str] = field(default_factory=dict)
    on_form: tuple[Asked, ...] = ()
    on_rows: tuple[Asked, ...] = ()

    @property
    def asked_about(self) -> frozenset[str]:
        """The items of the form itself with an open query."""
        return frozenset(asked.field for asked in self.on_form if asked.state == Query.State.OPEN)


def said_about(record: UUID) -> Said:
    """Read it in one statement, because every save comes by here."""
    with connection.cursor() as cursor:
        cursor.execute(SAID, [str(record), str(record)])
        rows = cursor.fetchall()
    missing = {name: code for kind, name, code, *_query in rows if kind == "missing"}
    asked = [Asked(*query) for kind, *query in rows if kind == "query"]
    own = tuple(query for query in asked if query.record == record)
    return Said(missing, own, tuple(query for query in asked if query.record != record))


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


VERSIONS = """
SELECT c.record, c.field, count(*), (array_agg(v.id IS NOT NULL ORDER BY c.id DESC))[1]
FROM audit_itemchange c LEFT JOIN review_sourceverification v ON v.change_id = c.id
WHERE c.record = ANY (%s::uuid[]) GROUP BY c.record, c.field
"""


class Versions(NamedTuple):
    """How many versions of an item there are, and whether the present one was verified against source."""

    number: int
    verified: bool


def versions_by_item(records: Iterable[UUID]) -> dict[UUID, dict[str, Versions]]:
    """Return what the trail holds of each item of some forms, by form and field: one statement."""
    found: dict[UUID, dict[str, Versions]] = defaultdict(dict)
    with connection.cursor() as cursor:
        cursor.execute(VERSIONS, [[str(record) for record in records]])
        for record, name, number, verified in cursor.fetchall():
            found[record][name] = Versions(number, verified)
    return found


def verified_fields(record: UUID) -> set[str]:
    """Return the fields of one form whose present value was verified against source."""
    return {name for name, held in versions_by_item([record])[record].items() if held.verified}


def critical_items() -> list[tuple[str, str]]:
    """Return the (form OID, column) of every item that feeds the dose decision, rows included."""
    return [(entity, name) for entity, name, _critical in _columns(only_critical=True)]


#: Every item that source verification is about, in its latest version: it has a value, or a value of it was verified
#: once (a verified value that was cleared, or whose row was removed, has changed). One definition for all counts.
ITEMS = """
SELECT latest.chain AS subject, latest.entity AS form, latest.root, latest.record, latest.field, latest.id AS change,
    latest.new, latest.critical, latest.changed_at, v.id IS NOT NULL AS verified, seen.record IS NOT NULL AS seen
FROM (
    SELECT DISTINCT ON (c.record, c.field) c.chain, c.entity, c.root, c.record, c.field, c.id, c.new, c.changed_at,
        item.critical
    FROM audit_itemchange c
    JOIN unnest(%(entities)s::text[], %(fields)s::text[], %(critical)s::bool[]) AS item (entity, field, critical)
        ON item.entity = c.entity AND item.field = c.field
    WHERE (%(subjects)s::uuid[] IS NULL OR c.chain = ANY (%(subjects)s::uuid[]))
      AND (%(roots)s::uuid[] IS NULL OR c.root = ANY (%(roots)s::uuid[]))
      AND c.changed_at <= COALESCE(%(as_of)s::timestamptz, 'infinity')
    ORDER BY c.record, c.field, c.id DESC
) latest
LEFT JOIN review_sourceverification v
    ON v.change_id = latest.id AND v.verified_at <= COALESCE(%(as_of)s::timestamptz, 'infinity')
LEFT JOIN (
    SELECT DISTINCT record, field FROM review_sourceverification
    WHERE (%(subjects)s::uuid[] IS NULL OR subject_id = ANY (%(subjects)s::uuid[]))
      AND (%(roots)s::uuid[] IS NULL OR root_record = ANY (%(roots)s::uuid[]))
      AND verified_at <= COALESCE(%(as_of)s::timestamptz, 'infinity')
) seen ON seen.record = latest.record AND seen.field = latest.field
WHERE seen.record IS NOT NULL OR latest.new IS NOT NULL AND latest.new NOT IN ('', '[]')
"""
#: The verifications that stood at a moment, from the trail: one that was taken back later stood then.
VERIFIED_THEN = """(
    SELECT told.record AS id, c.id AS change_id, c.record, c.field, c.chain AS subject_id, c.root AS root_record,
        told.changed_at AS verified_at
    FROM (
        SELECT DISTINCT ON (record) record, new, changed_at FROM audit_itemchange
        WHERE entity = 'review.sourceverification' AND field = 'change_id'
          AND changed_at <= %(as_of)s::timestamptz
          AND (%(subjects)s::uuid[] IS NULL OR chain = ANY (%(subjects)s::uuid[]))
        ORDER BY record, id DESC
    ) told
    JOIN audit_itemchange c ON c.id = told.new::bigint
)"""
ITEMS_THEN = (
    f"WITH verified_then AS MATERIALIZED {VERIFIED_THEN} {ITEMS.replace('review_sourceverification', 'verified_then')}"
)
#: What a row of a list of items names.
FOUND = ("subject", "form", "root", "record", "field", "change")


def items_sql(as_of: Any = None) -> str:
    """Return the one definition of the items, as they are or as they were at a moment."""
    return ITEMS if as_of is None else ITEMS_THEN


def item_parameters(
    subject_ids: Iterable[UUID] | None = None,
    *,
    roots: Iterable[UUID] | None = None,
    as_of: Any = None,
    only_critical: bool = False,
) -> dict[str, Any]:
    """Return the parameters of `ITEMS`: of the given subjects and forms, or of all."""
    known = _columns(only_critical)
    return {
        "entities": [entity for entity, _name, _critical in known],
        "fields": [name for _entity, name, _critical in known],
        "critical": [critical for _entity, _name, critical in known],
        "subjects": None if subject_ids is None else [str(pk) for pk in subject_ids],
        "roots": None if roots is None else [str(pk) for pk in roots],
        "as_of": as_of,
    }


@cache
def _columns(only_critical: bool) -> tuple[tuple[str, str, bool], ...]:
    """Return (form OID, column, critical) of what people enter; a fixed item only says what its row is about."""
    tables: list[Any] = [*registry.all_forms(), *registry.all_rows()]
    items = [(m.crf.oid, str(f.column), item) for m in tables for f, item in registry.items(m)]
    return tuple(
        (oid, column, item.critical)
        for oid, column, item in items
        if not item.fixed and (item.critical or not only_critical)
    )


def changed_since_verified(subject_ids: Iterable[UUID]) -> list[dict[str, Any]]:
    """Return every data point that was verified once and has changed since; rows as of `unverified_critical`."""
    return _items("NOT verified AND seen", item_parameters(subject_ids))


def unverified_critical(subject_ids: Iterable[UUID] | None = None, as_of: Any = None) -> list[dict[str, Any]]:
    """Return every critical data point that nobody verified in its present version.

    Each row: subject, form OID, root (form), record, field, change id.
    """
    return _items("NOT verified", item_parameters(subject_ids, as_of=as_of, only_critical=True))


def _items(condition: str, parameters: dict[str, Any]) -> list[dict[str, Any]]:
    items = items_sql(parameters["as_of"])
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(FOUND)} FROM ({items}) item WHERE {condition}", parameters)
        return [dict(zip(FOUND, row, strict=True)) for row in cursor.fetchall()]
