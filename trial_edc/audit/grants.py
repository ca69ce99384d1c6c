"""What the application's database role may do: everything but the trail and the schema."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import connection

READ_ONLY = ("audit_itemchange", "audit_chainhead")
APPEND_ONLY = ("audit_accessevent", "audit_signature")

STATEMENTS = """
GRANT USAGE ON SCHEMA public TO {role};
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role};
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {role};
REVOKE ALL ON {read_only} FROM {role};
GRANT SELECT ON {read_only} TO {role};
REVOKE UPDATE, DELETE ON {append_only} FROM {role};
REVOKE EXECUTE ON FUNCTION audit_item_change() FROM PUBLIC;
REVOKE INSERT, UPDATE, DELETE ON django_migrations FROM {role};
"""


def grant_application_role(sender: Any, **_: object) -> None:
    """Grant the application role its rights after each migrate; does nothing where the role does not exist."""
    if sender.label != "audit":
        return
    role = connection.ops.quote_name(settings.DATABASE_APP_ROLE)
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [settings.DATABASE_APP_ROLE])
        exists = cursor.fetchone()
        cursor.execute("SELECT current_user = %s", [settings.DATABASE_APP_ROLE])
        is_self = cursor.fetchone()[0]
        existing = set(connection.introspection.table_names(cursor))
        if not exists or is_self or not existing.issuperset((*READ_ONLY, *APPEND_ONLY)):
            return
        cursor.execute(STATEMENTS.format(role=role, read_only=", ".join(READ_ONLY), append_only=", ".join(APPEND_ONLY)))
