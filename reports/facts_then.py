"""How the casebooks of some subjects stood at a cut-off: the facts from which the pages judge forms and visits."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from trial_edc.audit.selectors import load
from trial_edc.audit.signatures import holding
from trial_edc.casebook.models import SubjectVisit
from trial_edc.casebook.required import requirements
from trial_edc.casebook.selectors.facts import NO_QUERIES, Facts, FormRecord, QueryCount, VisitRow, verified_items
from trial_edc.crf import registry
from trial_edc.review.models import Query
from trial_edc.review.selectors import UNRESOLVED, item_parameters, items_sql

#: The place and the state of every saved form at a moment; `id` is empty once a row is gone.
FORMS = """
SELECT DISTINCT ON (record, field) chain, entity, record, field, new FROM audit_itemchange
WHERE chain = ANY (%s::uuid[]) AND entity = ANY (%s) AND field IN ('id', 'visit', 'sequence', 'status')
  AND changed_at <= %s
ORDER BY record, field, id DESC
"""
#: Forms of which every item that counts, as far as it has a value, was verified: as `VERIFIED` of the pages.
VERIFIED = """
SELECT root FROM ({items}) item
WHERE (form, field) IN (SELECT * FROM unnest(%(forms)s::text[], %(columns)s::text[]))
  AND new IS NOT NULL AND new NOT IN ('', '[]')
GROUP BY root HAVING bool_and(verified)
"""


def facts_then(subjects: Collection[UUID], cutoff: datetime, *, with_required: bool = False) -> Facts:
    """Return forms, visits, unresolved queries, signatures and verifications of some subjects at a cut-off.

    Drafts are no records; which forms a rule made required is asked `with_required`.
    """
    facts = Facts(required=requirements(list(subjects), as_of=cutoff) if with_required else {})
    wanted = set(subjects)
    for record in forms_then(wanted, cutoff):
        facts.records[record.subject, record.visit].append(record)
    for row in load(SubjectVisit, as_of=cutoff):
        if row.subject_id in wanted:
            facts.visits[row.subject_id, row.code] = VisitRow(row.visit_date, row.not_done_reason)
    for query in load(Query, as_of=cutoff):
        if query.subject_id in wanted and query.state in UNRESOLVED:
            count = QueryCount(int(query.state == Query.State.OPEN), int(query.state == Query.State.ANSWERED))
            here = (query.subject_id, query.visit)
            facts.queries[query.root_record] = facts.queries.get(query.root_record, NO_QUERIES).plus(count)
            facts.queries_at[here] = facts.queries_at.get(here, NO_QUERIES).plus(count)
    roots = [record.pk for records in facts.records.values() for record in records]
    facts.signed = set(holding(roots, as_of=cutoff)) if roots else set()
    facts.verified = set(_verified(wanted, cutoff))
    facts.note_unscheduled()
    return facts


def forms_then(subjects: Collection[UUID], cutoff: datetime) -> Iterator[FormRecord]:
    """Yield the saved forms of some subjects at a cut-off, in a stable order."""
    oids = [model.crf.oid for model in registry.all_forms()]
    found: dict[tuple[UUID, str, UUID], dict[str, Any]] = defaultdict(dict)
    with connection.cursor() as cursor:
        cursor.execute(FORMS, [[str(pk) for pk in subjects], oids, cutoff])
        for chain, entity, record, field, new in cursor.fetchall():
            found[chain, entity, record][field] = new
    for (chain, entity, record), told in sorted(found.items(), key=str):
        if told.get("id") is not None:
            yield FormRecord(entity, chain, told["visit"], int(told["sequence"]), told["status"], record)


def _verified(subjects: Collection[UUID], cutoff: datetime) -> Iterator[UUID]:
    forms, columns = verified_items()
    parameters = item_parameters(subjects, as_of=cutoff) | {"forms": forms, "columns": columns}
    with connection.cursor() as cursor:
        cursor.execute(VERIFIED.format(items=items_sql(cutoff)), parameters)
        yield from (row[0] for row in cursor.fetchall())
