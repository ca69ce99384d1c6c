"""Queries that nobody types: raised by rules while a condition holds, and ended with the row they asked about."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext as _

from trial_edc.accounts.models import User
from trial_edc.audit.context import acting, system_user
from trial_edc.crf.checks import all_checks
from trial_edc.review.models import Query
from trial_edc.review.selectors import UNRESOLVED
from trial_edc.review.services.locking import lock_subjects
from trial_edc.review.services.queries import open_query, say, turn


def raise_by_rule(*, record: Any, field: str, text: str, rule: str, source: str = "task") -> Query | None:
    """Ask in the name of the system about one item of a saved form or row; one query while it is unresolved.

    `rule` names the rule, or the edit check of the form, that found it; `text` says what was found. Another finding
    goes into the same conversation and opens it again if it was answered. What a person has closed is not asked again
    in the same words. Returns None when there is nothing to say.
    """
    asked_by = system_user()
    with acting(asked_by, source=source):
        lock_subjects([record.subject_id])
        earlier = Query.objects.filter(record=record.pk, field=field, rule=rule)
        last = earlier.select_for_update().order_by("-number").first()
        if last is not None and last.state != Query.State.CANCELLED and _last_finding(last, asked_by) == text:
            return None
        if last is not None and last.is_unresolved:
            return _add_finding(last, asked_by, text)
        origin = Query.Origin.CHECK if rule in _checks_of(record) else Query.Origin.RULE
        return open_query(by=asked_by, record=record, field=field, text=text, origin=origin, rule=rule)


def _last_finding(query: Query, asked_by: User) -> str | None:
    found = query.messages.filter(said_by=asked_by).order_by("-said_at", "-pk")
    return found.values_list("text", flat=True).first()


def _add_finding(query: Query, asked_by: User, text: str) -> Query:
    if query.state == Query.State.OPEN:
        say(query, asked_by, text)
    else:
        turn(query, asked_by, Query.State.OPEN, text)
    return query


def _checks_of(record: Any) -> set[str]:
    return {check.oid for check in all_checks(type(record))}


IS_WAITING = """
SELECT EXISTS (
    SELECT FROM review_query WHERE record = %s AND field = %s AND rule = %s AND state IN ('open', 'answered'))
"""


def cancel_by_rule(*, record: Any, field: str, rule: str, text: str, source: str = "task") -> int:
    """Cancel what the rule asked about an item, because what it found no longer holds; return how many."""
    # As SQL: every save of a graded form comes by here, and almost always finds nothing.
    with connection.cursor() as cursor:
        cursor.execute(IS_WAITING, [str(record.pk), field, rule])
        if not cursor.fetchone()[0]:
            return 0
    waiting = Query.objects.filter(record=record.pk, field=field, rule=rule, state__in=UNRESOLVED)
    said_by = system_user()
    with acting(said_by, source=source):
        lock_subjects([record.subject_id])
        found = list(waiting.select_for_update())
        for query in found:
            turn(query, said_by, Query.State.CANCELLED, text)
    return len(found)


def close_of_removed_rows(*, by: User, rows: Iterable[UUID], reason: str) -> int:
    """Close what is unresolved about rows that are being removed; runs inside the transaction of the save.

    The conversation stays, with who removed the row and why as its last message. Returns how many were closed.
    """
    found = list(Query.objects.select_for_update().filter(record__in=list(rows), state__in=UNRESOLVED))
    said = _("The row was removed: %(reason)s") % {"reason": reason} if reason else _("The row was removed.")
    for query in found:
        turn(query, by, Query.State.CLOSED, said)
    return len(found)
