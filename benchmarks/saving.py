"""An audited save of a form of twenty items: the service against the same rows as SQL, under the same trigger."""

from __future__ import annotations

import time
from typing import Any
from uuid import UUID, uuid4

from django.db import connection, transaction

from benchmarks import cast
from benchmarks.measure import Line, side_by_side
from benchmarks.stores import Stage
from trial_edc.casebook.place import NEW, Place
from trial_edc.casebook.submission import Saved, submit

ROUNDS = 150


def run(_stage: Stage) -> list[Line]:
    subject, person = cast.subject(), cast.investigator()

    def through_the_service() -> Any:
        outcome = submit(by=person, place=Place(subject, "D7", "ICANS", NEW), data=cast.post(cast.NEUROLOGY))
        assert isinstance(outcome, Saved), outcome
        return outcome.record

    rows = _rows_of(through_the_service())
    subject_by_sql = cast.subject()
    sequence = iter(range(1, 10_000))

    def by_sql() -> None:
        record, place = uuid4(), next(sequence)
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                "SELECT set_config('edc.user_id', %s, true), set_config('edc.user_name', %s, true),"
                " set_config('edc.reason', '', true), set_config('edc.source', 'web', true)",
                [str(person.pk), person.full_name],
            )
            for table, row in rows.items():
                _insert(cursor, table, row | _identity(row, record, place, subject_by_sql.pk))

    service, sql = side_by_side(through_the_service, by_sql, clock=time.perf_counter, rounds=ROUNDS)
    return [Line("audited save, 20 items", service, "ms", 3, base=sql, note="against the same rows as SQL")]


def _rows_of(record: Any) -> dict[str, dict[str, Any]]:
    """Return every row that the service wrote for one save: the form, its computed grade, the answered post."""
    where = {
        record._meta.db_table: ("id", record.pk),
        "review_ruleresult": ("root", record.pk),
        "casebook_submission": ("record", record.pk),
    }
    found = {}
    with connection.cursor() as cursor:
        for table, (column, value) in where.items():
            cursor.execute(f"SELECT to_jsonb(t) FROM {table} t WHERE {column} = %s", [str(value)])
            (row,) = cursor.fetchall()
            cursor.execute(f"SELECT * FROM {table} WHERE {column} = %s", [str(value)])
            names = [column.name for column in cursor.description]
            found[table] = dict.fromkeys(names) | {name: _text(row[0], name) for name in names}
    return found


def _text(row: Any, name: str) -> Any:
    import json

    content = json.loads(row) if isinstance(row, str) else row
    value = content[name]
    return json.dumps(value) if isinstance(value, dict | list) else value


def _identity(row: dict[str, Any], record: UUID, sequence: int, subject: UUID) -> dict[str, Any]:
    """Return what differs from one copy of a row to the next."""
    own: dict[str, Any] = {"id": uuid4(), "root": record, "record": record, "token": uuid4(), "subject_id": subject}
    if "sequence" in row:
        own |= {"id": record, "sequence": sequence}
    return {name: str(value) for name, value in own.items() if name in row}


def _insert(cursor: Any, table: str, row: dict[str, Any]) -> None:
    names = ", ".join(row)
    cursor.execute(f"INSERT INTO {table} ({names}) VALUES ({', '.join(['%s'] * len(row))})", list(row.values()))
