"""Name the person behind a database change."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction

from trial_edc.accounts.models import SYSTEM_USER_ID, User

SOURCES = ("web", "import", "task", "migration", "command")


SET = """
SELECT current_setting('edc.user_id', true), current_setting('edc.user_name', true),
    current_setting('edc.reason', true), current_setting('edc.source', true),
    set_config('edc.user_id', %s, true), set_config('edc.user_name', %s, true),
    set_config('edc.reason', %s, true), set_config('edc.source', %s, true)
"""


@contextmanager
def acting(user: User, reason: str = "", *, source: str = "web") -> Iterator[None]:
    """Run a transaction whose changes the trail attributes to `user`, for `reason`.

    The settings are local to the transaction, so nothing leaks to the next user of the connection; within another
    `acting` they hold until the inner one ends. Without this, the database refuses every write to an audited table.
    """
    if source not in SOURCES:
        raise ValueError(f"unknown source {source!r}")
    within = connection.in_atomic_block
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(SET, [str(user.pk), user.full_name, reason, source])
        before = [value or "" for value in cursor.fetchone()[:4]]
        yield
        # The end of the outermost transaction forgets the settings by itself.
        if within and not connection.needs_rollback:
            cursor.execute(SET, before)


def system_user() -> User:
    """Return the account under which tasks write; nobody can sign in with it."""
    return User.objects.get(pk=SYSTEM_USER_ID)
