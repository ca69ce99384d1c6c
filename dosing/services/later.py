"""Hand the computing to the worker once the change is committed."""

from __future__ import annotations

from functools import partial
from uuid import UUID

from celery import current_app
from django.db import connection, transaction

from trial_edc.casebook.queue import enqueue

#: Whoever enrols, infuses, decides or writes the advice of the levels takes turns under this lock.
BOARD_LOCK = 4_205_947_490


def lock_board() -> None:
    """Wait for the turn to change or judge the whole board; ends with the transaction.

    Taken after the lock on a subject's row, never before, so that two writers cannot wait for each other.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [BOARD_LOCK])


def recompute_subject_later(subject_id: UUID) -> None:
    """Compute the answers about a subject, and the board, after the commit; once, however many forms were saved."""
    _once("dosing.tasks.recompute_subject", str(subject_id))


def recompute_board_later() -> None:
    """Compute the advice of every level after the commit."""
    _once("dosing.tasks.recompute_board")


def _once(name: str, *args: str) -> None:
    """Send a task after the commit unless this transaction will send the same one already."""
    wanted = (name, *args)
    if not any(getattr(waiting[1], "args", None) == wanted for waiting in connection.run_on_commit):
        transaction.on_commit(partial(_send, *wanted))


def _send(name: str, *args: str) -> None:
    enqueue(current_app.tasks[name], *args)
