"""Everything that is known about the forms of some subjects, in one query per kind of fact."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection

from trial_edc.audit.signatures import WORKFLOW
from trial_edc.casebook.required import Requirement, requirements
from trial_edc.crf import registry
from trial_edc.crf.models import CrfRecord
from trial_edc.protocol.forms import LOG_FORMS
from trial_edc.protocol.visits.schedule import SCHEDULE
from trial_edc.protocol.visits.unscheduled import FIRST, is_unscheduled

#: (subject, visit)
Place = tuple[UUID, str]


class FormRecord(NamedTuple):
    """One saved form; `state` is its stored status."""

    oid: str
    subject: UUID
    visit: str
    sequence: int
    state: str
    pk: UUID


class VisitRow(NamedTuple):
    """What was recorded about a visit as such."""

    visit_date: date | None
    not_done_reason: str


class QueryCount(NamedTuple):
    """Queries someone still has to act on."""

    open: int = 0
    answered: int = 0

    def plus(self, other: QueryCount) -> QueryCount:
        return QueryCount(self.open + other.open, self.answered + other.answered)


NO_QUERIES = QueryCount()


@dataclass
class Facts:
    """What the database knows, keyed for looking up; nothing here is judged yet."""

    records: dict[Place, list[FormRecord]] = field(default_factory=lambda: defaultdict(list))
    drafts: dict[Place, set[tuple[str, int]]] = field(default_factory=lambda: defaultdict(set))
    queries: dict[UUID, QueryCount] = field(default_factory=dict)
    queries_at: dict[Place, QueryCount] = field(default_factory=dict)
    signed: set[UUID] = field(default_factory=set)
    verified: set[UUID] = field(default_factory=set)
    visits: dict[Place, VisitRow] = field(default_factory=dict)
    #: The unscheduled visits of each subject that took place, or at which something is filed or drafted: their codes.
    unscheduled: dict[UUID, set[str]] = field(default_factory=lambda: defaultdict(set))
    #: Forms that what was found makes required, by place and form.
    required: dict[Place, dict[str, Requirement]] = field(default_factory=dict)

    def log_records(self, subject: UUID, oid: str) -> list[FormRecord]:
        """Return the records of a running log of one subject, at whichever visit they were filed."""
        places = {*filing_places(oid), *self.unscheduled.get(subject, ())}
        found = [r for visit in places for r in self.records.get((subject, visit), ()) if r.oid == oid]
        return sorted(found, key=lambda record: (record.visit, record.sequence))

    def note_unscheduled(self) -> None:
        """Gather the unscheduled visits from what was read; one whose date was taken back is none."""
        held = (place for place, row in self.visits.items() if row.visit_date or row.not_done_reason)
        for subject, code in (*self.records, *self.drafts, *held):
            if code.startswith(FIRST) and is_unscheduled(code):
                self.unscheduled[subject].add(code)


@cache
def filing_places(oid: str) -> tuple[str, ...]:
    """Return the visits at which the protocol lets a form be filed."""
    return tuple(
        planned.code
        for planned in SCHEDULE
        if oid in (*planned.required_forms, *planned.optional_forms, *planned.log_forms)
    )


def is_running_log(oid: str) -> bool:
    """Test whether a form is kept once for the whole study."""
    return oid in LOG_FORMS


def read_facts(subject_ids: Iterable[UUID]) -> Facts:
    """Read the forms, drafts, queries, signatures, verifications and visits of the given subjects: six queries.

    Each registered rule that makes forms required adds one.
    """
    known = list(subject_ids)
    wanted = [str(pk) for pk in known]
    facts = Facts(required=requirements(known))
    with connection.cursor() as cursor:
        for row in _rows(cursor, _forms_sql(), wanted):
            facts.records[row[1], row[2]].append(FormRecord._make(row))
        for subject, visit, oid, sequence in _rows(cursor, DRAFTS, wanted):
            facts.drafts[subject, visit].add((oid, sequence))
        for subject, visit, record, waiting, answered in _rows(cursor, QUERIES, wanted):
            count = QueryCount(waiting, answered)
            facts.queries[record] = facts.queries.get(record, NO_QUERIES).plus(count)
            facts.queries_at[subject, visit] = facts.queries_at.get((subject, visit), NO_QUERIES).plus(count)
        for subject, visit, visit_date, reason in _rows(cursor, VISITS, wanted):
            facts.visits[subject, visit] = VisitRow(visit_date, reason)
        facts.signed = {row[0] for row in _rows(cursor, SIGNED, wanted, list(WORKFLOW))}
        facts.verified = {row[0] for row in _rows(cursor, VERIFIED, wanted, *verified_items())}
    facts.note_unscheduled()
    return facts


def query_counts(roots: Iterable[UUID]) -> dict[UUID, QueryCount]:
    """Return the unresolved queries of each form that has any: one statement."""
    found: dict[UUID, QueryCount] = {}
    with connection.cursor() as cursor:
        for root, waiting, answered in _rows(cursor, QUERIES_OF_FORMS, [str(root) for root in roots]):
            found[root] = QueryCount(waiting, answered)
    return found


def _rows(cursor: Any, query: str, *arguments: object) -> list[tuple[Any, ...]]:
    cursor.execute(query, arguments)
    found: list[tuple[Any, ...]] = cursor.fetchall()
    return found


def forms_of_every_kind() -> str:
    """Return SQL with one row per saved form of any kind; the tables are those of the registry."""
    return " UNION ALL ".join(
        f"SELECT '{model.crf.oid}' AS oid, subject_id, visit, sequence, status, id FROM {_table(model)}"
        for model in registry.all_forms()
    )


def _forms_sql() -> str:
    return f"SELECT * FROM ({forms_of_every_kind()}) forms WHERE subject_id = ANY (%s::uuid[])"


def _table(model: type[CrfRecord]) -> str:
    return connection.ops.quote_name(model._meta.db_table)


@cache
def verified_items() -> tuple[list[str], list[str]]:
    """Return the (form, column) pairs that make a form verified: its critical items, or all where it has none.

    A fixed item only says what its row is about; nobody compares it with the source.
    """
    pairs: list[tuple[str, str]] = []
    for model in registry.all_forms():
        tables: list[Any] = [model, *registry.row_tables(model)]
        items = [
            (table.crf.oid, str(f.column), item)
            for table in tables
            for f, item in registry.items(table)
            if not item.fixed
        ]
        has_critical = any(item.critical for _oid, _column, item in items)
        pairs += [(oid, column) for oid, column, item in items if item.critical or not has_critical]
    return [oid for oid, _column in pairs], [column for _oid, column in pairs]


DRAFTS = "SELECT DISTINCT subject_id, visit, form, sequence FROM casebook_draft WHERE subject_id = ANY (%s::uuid[])"

QUERIES = """
SELECT subject_id, visit, root_record,
    count(*) FILTER (WHERE state = 'open'), count(*) FILTER (WHERE state = 'answered')
FROM review_query WHERE state IN ('open', 'answered') AND subject_id = ANY (%s::uuid[])
GROUP BY subject_id, visit, root_record
"""

QUERIES_OF_FORMS = """
SELECT root_record, count(*) FILTER (WHERE state = 'open'), count(*) FILTER (WHERE state = 'answered')
FROM review_query WHERE state IN ('open', 'answered') AND root_record = ANY (%s::uuid[])
GROUP BY root_record
"""

VISITS = """
SELECT subject_id, code, visit_date, not_done_reason FROM casebook_subjectvisit WHERE subject_id = ANY (%s::uuid[])
"""

#: Forms with a signature that holds: no content changed after what was signed (see trial_edc.audit.signatures).
SIGNED = """
SELECT DISTINCT s.root FROM audit_signature s
WHERE s.subject_key = ANY (%s::uuid[]) AND s.last_change = COALESCE((
    SELECT max(c.id) FROM audit_itemchange c
    WHERE c.root = s.root AND c.field <> ALL (%s::text[]) AND c.entity <> 'audit.signature'), 0)
"""

#: Forms of which every item that counts, as far as it has a value, was verified in its present version.
VERIFIED = """
WITH candidate AS (
    SELECT DISTINCT root_record AS root FROM review_sourceverification WHERE subject_id = ANY (%s::uuid[])
), latest AS (
    SELECT DISTINCT ON (c.record, c.field) c.root, c.id, c.new FROM audit_itemchange c JOIN candidate USING (root)
    WHERE (c.entity, c.field) IN (SELECT * FROM unnest(%s::text[], %s::text[]))
    ORDER BY c.record, c.field, c.id DESC
)
SELECT latest.root FROM latest LEFT JOIN review_sourceverification v ON v.change_id = latest.id
WHERE latest.new IS NOT NULL AND latest.new NOT IN ('', '[]')
GROUP BY latest.root HAVING bool_and(v.id IS NOT NULL)
"""
