"""The periodic review of users: somebody confirms that the list of accounts and rights is right."""

from __future__ import annotations

from datetime import date, datetime

from django.db.models import Min
from django.utils import timezone
from django.utils.translation import gettext as _

from trial_edc.accounts.access import require, today
from trial_edc.accounts.models import Membership, User, UserReview
from trial_edc.accounts.roles import Permission
from trial_edc.audit.context import acting
from trial_edc.casebook.selectors.rights import PersonRights, fingerprint, rights_on
from trial_edc.errors import DomainError
from trial_edc.protocol.parameters import integer
from trial_edc.protocol.windows import add_months


def confirm_users(*, by: User, seen: str, note: str) -> UserReview:
    """Record that `by` went through the list whose fingerprint is `seen`, and what they found.

    DomainError when the list has changed since it was shown, or when the note says nothing.
    """
    require(by, Permission.REVIEW_USERS)
    text = note.strip()
    if sum(letter.isalnum() for letter in text) < 3:
        raise DomainError(_("Write what you checked and found."), field="note")
    with acting(by):
        moment = timezone.now()
        people = present_list(moment)
        content_hash = fingerprint(people)
        if content_hash != seen:
            raise DomainError(_("The list of users has changed since you opened it. Read it again, then confirm."))
        return UserReview.objects.create(
            reviewed_at=moment, reviewed_by=by, note=text[:1000], people=len(people), content_hash=content_hash
        )


def present_list(moment: datetime) -> list[PersonRights]:
    """Return everybody with their rights at an instant; at the instant of a review, what was confirmed."""
    return rights_on(timezone.localdate(moment), moment=moment)


def next_review_due() -> date:
    """Return the day by which the list is to be reviewed again: so many months after the last time.

    Before the first review the months count from the first day on which anybody had a role.
    """
    last = UserReview.objects.order_by("-reviewed_at").first()
    if last is not None:
        start = timezone.localdate(last.reviewed_at)
    else:
        start = Membership.objects.aggregate(first=Min("start_date"))["first"] or today()
    return add_months(start, integer("records.user_review_months"))
