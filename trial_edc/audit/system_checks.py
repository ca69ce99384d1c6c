"""Refuse to run with a table whose changes nobody would see."""

from __future__ import annotations

from typing import Any

from django.core.checks import CheckMessage, Error, Tags, register
from django.db import DatabaseError, connection

from trial_edc.audit.coverage import covered

INSTALLED = """
SELECT c.relname, encode(t.tgargs, 'escape') FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
WHERE t.tgname = 'audit_items' AND t.tgenabled IN ('O', 'A')
"""


def installed() -> dict[str, tuple[str, ...]]:
    """Return the arguments of the audit trigger of each table that has one."""
    with connection.cursor() as cursor:
        cursor.execute(INSTALLED)
        return {table: tuple(arguments.split("\\000")[:-1]) for table, arguments in cursor.fetchall()}


@register(Tags.database)
def every_table_is_audited(databases: Any = None, **_: object) -> list[CheckMessage]:
    """Compare the triggers in the database with what the models declare."""
    if not databases:
        return []
    try:
        present = installed()
        with connection.cursor() as cursor:
            tables = set(connection.introspection.table_names(cursor))
    except DatabaseError:
        return []
    return [
        Error(
            f"Table {coverage.table} has no audit trigger, or an outdated one.",
            hint="Add what `manage.py audit_operations` prints to a migration.",
            id="audit.E001",
        )
        for coverage in covered()
        if coverage.table in tables and present.get(coverage.table) != coverage.arguments
    ]
