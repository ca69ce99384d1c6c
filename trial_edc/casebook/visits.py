"""Record that a visit took place, or why it did not."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from trial_edc.accounts.access import require, today
from trial_edc.accounts.models import User
from trial_edc.accounts.roles import Permission
from trial_edc.audit.context import acting
from trial_edc.casebook import hooks
from trial_edc.casebook.closing import refuse_closed
from trial_edc.casebook.models import SubjectVisit
from trial_edc.casebook.selectors.status import expected_forms
from trial_edc.crf import registry
from trial_edc.errors import DomainError

SHORTEST_REASON = 3


def record_visit(
    *, by: User, subject: Any, code: str, visit_date: date | None, not_done_reason: str = "", source: str = "web"
) -> SubjectVisit:
    """Set the date of a visit, or the reason why it was not done; both empty takes back what was recorded.

    The same values again write nothing. Raises DomainError for a date in the future, for both at once, and for "not
    done" while forms of the visit are filed.
    """
    require(by, Permission.ENTER_DATA, subject.site)
    reason = not_done_reason.strip()
    _refuse(visit_date, reason)
    with acting(by, source=source):
        registry.subject_model().objects.select_for_update(of=("self",)).get(pk=subject.pk)
        refuse_closed(subject, code)
        if reason and has_forms(subject, code):
            raise DomainError(_("Forms of this visit are filed, so it took place."), field="not_done_reason")
        visit = SubjectVisit.objects.filter(subject=subject, code=code).first() or SubjectVisit(
            subject=subject, code=code
        )
        if (visit.visit_date, visit.not_done_reason) != (visit_date, reason):
            visit.visit_date, visit.not_done_reason = visit_date, reason
            visit.save()
            hooks.follow_visit(visit, by)
    return visit


def _refuse(visit_date: date | None, reason: str) -> None:
    if visit_date is not None and reason:
        raise DomainError(_("Enter a date, or the reason why the visit was not done, not both."), field="visit_date")
    if visit_date is not None and visit_date > today():
        raise DomainError(_("The date of the visit is in the future."), field="visit_date")
    if reason and sum(character.isalnum() for character in reason) < SHORTEST_REASON:
        raise DomainError(_("Explain in at least 3 characters why the visit was not done."), field="not_done_reason")
    if len(reason) > 200:
        raise DomainError(_("The reason is longer than 200 characters."), field="not_done_reason")


def has_forms(subject: Any, code: str) -> bool:
    """Test whether any form of the visit is saved."""
    return any(
        registry.get(form.oid)._default_manager.filter(subject=subject, visit=code).exists()
        for form in expected_forms(code)
    )
