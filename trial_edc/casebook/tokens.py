"""A post that arrives twice is carried out once: the page's token remembers what it led to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

from django.db import connection
from django.utils.translation import gettext as _

from trial_edc.accounts.models import User
from trial_edc.casebook.models import Submission
from trial_edc.errors import DomainError

if TYPE_CHECKING:
    from trial_edc.casebook.place import Place


def new_token() -> str:
    """Return a token for a form that is about to be shown."""
    return str(uuid4())


def is_spent(text: str | None) -> bool:
    """Return whether the page with this token was saved: what it still sends is older than the record."""
    try:
        token = UUID(str(text))
    except ValueError:
        return False
    return Submission.objects.filter(pk=token).exists()


def claim(text: Any, by: User) -> UUID | None:
    """Claim a token for `by`; return None the first time, afterwards the record it led to. Runs in a transaction.

    A parallel post with the same token waits here until the first has ended.
    """
    token = _read(text)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO casebook_submission (token, user_id, record, version, at)"
            " VALUES (%s, %s, %s, 0, now()) ON CONFLICT DO NOTHING",
            [str(token), str(by.pk), str(by.pk)],
        )
        if cursor.rowcount == 1:
            return None
    known = Submission.objects.get(pk=token)
    if known.user_id != by.pk:
        raise DomainError(_("This page belongs to another session. Reload it."))
    return known.record


def remember(text: Any, record: UUID) -> None:
    """Note what the post with this token led to."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE casebook_submission SET record = %s WHERE token = %s", [str(record), str(_read(text))])


def remember_save(text: Any, record: UUID, *, by: User, place: Place) -> None:
    """Note which form the post with this token saved, and forget the draft it came from.

    One statement, because every save comes by here.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH forgotten AS (DELETE FROM casebook_draft"
            " WHERE user_id = %s AND subject_id = %s AND form = %s AND visit = %s AND sequence = %s)"
            " UPDATE casebook_submission SET record = %s WHERE token = %s",
            [str(by.pk), str(place.subject.pk), place.oid, place.visit, place.sequence, str(record), str(_read(text))],
        )


def _read(text: Any) -> UUID:
    try:
        return UUID(str(text))
    except ValueError:
        raise DomainError(_("This page is out of date. Reload it.")) from None
