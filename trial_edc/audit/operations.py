"""Migration operations that put tables under the trail."""

from __future__ import annotations

from django.db import migrations

from trial_edc.audit import triggers


def audit_table(table: str, entity: str, subject: str = "", root: str = "id", ignored: str = "") -> migrations.RunSQL:
    """Return the operation that audits `table`; the arguments are those of `coverage.Coverage`."""
    arguments = ", ".join(f"'{value}'" for value in (entity, subject, root, ignored))
    return migrations.RunSQL(
        sql=triggers.CREATE.format(table=f'"{table}"', arguments=arguments),
        reverse_sql=triggers.DROP.format(table=f'"{table}"'),
    )
