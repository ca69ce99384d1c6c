"""Many subjects with full casebooks, copied from one by SQL, and what monitors and physicians did with them.

The template's rows passed the trail's trigger. The copies are made as the superuser with the triggers off, and their
trail is copied with them: every version at the size of this trial, a few of each record far beyond it, so that the
study is built in minutes. Digests are left empty; no page reads them.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from typing import Any

import psycopg2

from benchmarks import cast
from enrollment.models import Subject
from trial_edc.casebook.selectors.facts import verified_items
from trial_edc.crf import registry

#: Of 100 forms so many are signed, verified, asked about.
SIGNED, VERIFIED, ASKED = 60, 70, 4
SUBJECTS = """
INSERT INTO enrollment_subject (id, identifier, site_id, status, dose_level, consent_date, lymphodepletion_date,
    infused_at)
SELECT md5(%(template)s || n)::uuid, '01-' || lpad(n::text, 4, '0'), site_id, status, dose_level,
    consent_date + n %% 880, lymphodepletion_date + n %% 880, infused_at + n %% 880 * interval '1 day'
FROM enrollment_subject, generate_series(%(first)s::int, %(last)s::int) n WHERE id = %(template)s::uuid
"""
VISITS = """
INSERT INTO casebook_subjectvisit (id, subject_id, code, visit_date, not_done_reason)
SELECT md5(v.id::text || s.id)::uuid, s.id, v.code, v.visit_date, '' FROM casebook_subjectvisit v, enrollment_subject s
WHERE v.subject_id = %(template)s AND s.identifier BETWEEN %(from)s AND %(to)s
"""
COPY = """
INSERT INTO {table} ({columns}) SELECT {values} FROM {table} t, enrollment_subject s
WHERE t.subject_id = %(template)s AND s.identifier BETWEEN %(from)s AND %(to)s
"""
#: The versions of the template's records, items first and no more than wanted of each, for the copies.
TRAIL = """
INSERT INTO audit_itemchange (chain, position, entity, record, root, field, old, new, changed_at, changed_by,
    changed_by_name, reason, source, digest)
SELECT s.id, t.place, t.entity, md5(t.record::text || s.id)::uuid, md5(t.root::text || s.id)::uuid, t.field, t.old,
    t.new, t.changed_at - (hashtext(t.root::text || s.id) & 1023) * interval '1 day', t.changed_by, t.changed_by_name,
    t.reason, t.source, ''
FROM (
    SELECT *, row_number() OVER (ORDER BY id) AS place FROM (
        SELECT c.*, row_number() OVER (PARTITION BY record
            ORDER BY field IN ('id', 'subject_id', 'record_id', 'visit', 'sequence', 'amendment', 'position'), id
        ) AS nth
        FROM audit_itemchange c WHERE chain = %(template)s AND entity = ANY (%(entities)s)
    ) numbered WHERE nth <= CASE WHEN record = root THEN %(versions)s ELSE %(versions)s / 2 END
) t, enrollment_subject s WHERE s.identifier BETWEEN %(from)s AND %(to)s
"""
HEADS = """
INSERT INTO audit_chainhead (chain, length, digest)
SELECT c.chain, count(*), '' FROM audit_itemchange c JOIN enrollment_subject s ON s.id = c.chain
WHERE s.identifier BETWEEN %(from)s AND %(to)s GROUP BY c.chain
"""
VERIFICATIONS = """
INSERT INTO review_sourceverification (id, subject_id, record, root_record, field, change_id, verified_at,
    verified_by_id)
SELECT gen_random_uuid(), c.chain, c.record, c.root, c.field, c.id, now(), %(person)s
FROM audit_itemchange c JOIN enrollment_subject s ON s.id = c.chain
JOIN unnest(%(item_entities)s::text[], %(item_fields)s::text[]) AS item (entity, field)
    ON item.entity = c.entity AND item.field = c.field
WHERE s.identifier BETWEEN %(from)s AND %(to)s AND hashtext(c.root::text) & 1023 < %(verified)s
"""
SIGNATURES = """
INSERT INTO audit_signature (id, entity, root, subject_key, last_change, content_hash, meaning, signed_at, signed_by_id,
    printed_name, role_title)
SELECT gen_random_uuid(), min(c.entity) FILTER (WHERE c.record = c.root), c.root, c.chain,
    max(c.id) FILTER (WHERE c.field NOT IN ('status', 'completed_at', 'completed_by_id')), '', 'review', now(),
    %(person)s, 'Bench Mark', 'Investigator'
FROM audit_itemchange c JOIN enrollment_subject s ON s.id = c.chain
WHERE s.identifier BETWEEN %(from)s AND %(to)s AND c.entity = ANY (%(entities)s)
    AND (hashtext(c.root::text) >> 10) & 1023 < %(signed)s
GROUP BY c.root, c.chain HAVING bool_or(c.field = 'status' AND c.new = 'COMPLETE')
"""
QUERIES = """
INSERT INTO review_query (id, subject_id, form, record, root_record, field, number, visit, sequence, state, origin,
    rule, assigned_role, reopened, value_at_opening, opened_at, opened_by_id)
SELECT gen_random_uuid(), f.subject_id, %(oid)s, f.id, f.id, %(field)s, row_number() OVER () + {numbered},
    f.visit, f.sequence, (ARRAY['open', 'answered', 'closed', 'closed'])[1 + (hashtext(f.id::text) >> 24 & 3)],
    'person', '', 'coordinator', 0, '', now() - (hashtext(f.id::text) & 63) * interval '1 day', %(person)s
FROM {table} f JOIN enrollment_subject s ON s.id = f.subject_id
WHERE s.identifier BETWEEN %(from)s AND %(to)s AND (hashtext(f.id::text) >> 5) & 1023 < %(asked)s
"""
MESSAGES = """
INSERT INTO review_querymessage (id, query_id, subject_id, text, new_state, said_at, said_by_id)
SELECT gen_random_uuid(), q.id, q.subject_id, 'Please compare with the source.', said.state,
    q.opened_at + turn * interval '1 hour', %(person)s
FROM review_query q JOIN enrollment_subject s ON s.id = q.subject_id
CROSS JOIN unnest(ARRAY['open', 'answered', 'closed']) WITH ORDINALITY AS said (state, turn)
WHERE s.identifier BETWEEN %(from)s AND %(to)s
    AND turn <= array_position(ARRAY['open', 'answered', 'closed'], q.state::text)
"""


def copy(url: str, template: Subject, first: int, last: int, *, versions: int) -> None:
    """Add subjects `first` to `last` as copies of the template with so many versions per form, and what was done."""
    parameters = _parameters(template, first, last) | {"versions": versions}
    with closing(psycopg2.connect(url)) as connection, connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        for statement, its_parameters in _statements(parameters):
            cursor.execute(statement, its_parameters)
        connection.commit()
    with closing(psycopg2.connect(url)) as connection:
        connection.autocommit = True
        connection.cursor().execute("VACUUM ANALYZE")


def _statements(parameters: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield what is to be run, in order."""
    models: list[Any] = [*registry.all_forms(), *registry.all_rows()]
    tables = [_copy_sql(model) for model in models]
    for statement in (SUBJECTS, VISITS, *tables, TRAIL, HEADS, VERIFICATIONS, SIGNATURES):
        yield statement, parameters
    for model in registry.all_forms():
        yield _queries(model, parameters)
    yield MESSAGES, parameters


def _parameters(template: Subject, first: int, last: int) -> dict[str, Any]:
    item_entities, item_fields = verified_items()
    tables: list[Any] = [*registry.all_forms(), *registry.all_rows()]
    return {
        "template": str(template.pk), "first": first, "last": last, "from": f"01-{first:04}", "to": f"01-{last:04}",
        "person": str(cast.investigator().pk), "item_entities": item_entities, "item_fields": item_fields,
        "entities": sorted({table.crf.oid for table in tables}),
        "verified": VERIFIED * 1024 // 100, "signed": SIGNED * 1024 // 100, "asked": ASKED * 1024 // 100,
    }  # fmt: skip


def _copy_sql(model: Any) -> str:
    own = {
        "id": "md5(t.id::text || s.id)::uuid",
        "subject_id": "s.id",
        "record_id": "md5(t.record_id::text || s.id)::uuid",
    }
    columns = [field.column for field in model._meta.concrete_fields]
    values = [own.get(column, f't."{column}"') for column in columns]
    names = ", ".join(f'"{column}"' for column in columns)
    return COPY.format(table=model._meta.db_table, columns=names, values=", ".join(values))


def _queries(model: Any, parameters: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    field = next(field for field, _item in registry.items(model))
    numbered = "(SELECT coalesce(max(number), 0) FROM review_query)"
    statement = QUERIES.format(table=model._meta.db_table, numbered=numbered)
    return statement, parameters | {"oid": model.crf.oid, "field": field.name}
