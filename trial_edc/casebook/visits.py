"""Record that a visit took place, or why it did not; add a visit that nobody planned."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from trial_edc.accounts.access import require, today
from trial_edc.accounts.models import User
from trial_edc.accounts.roles import Permission
from trial_edc.audit.context import acting
from trial_edc.casebook import hooks, tokens
from trial_edc.casebook.closing import refuse_closed
from trial_edc.casebook.models import SubjectVisit
from trial_edc.casebook.selectors.added_visits import has_forms
from trial_edc.casebook.selectors.facts import read_facts
from trial_edc.crf import registry
from trial_edc.errors import DomainError
from trial_edc.protocol.visits.unscheduled import FIRST, MOST, is_unscheduled, next_code

SHORTEST_REASON = 3


def record_visit(
    *, by: User, subject: Any, code: str, visit_date: date | None, not_done_reason: str = "", source: str = "web"
) -> SubjectVisit:
    """Set the date of a visit, or the reason why it was not done; both empty takes back what was recorded.

    The same values again write nothing. Raises DomainError for a date in the future, for both at once, and for "not
    done" while forms of the visit are filed. An unscheduled visit has a date as long as forms are filed at it, and is
    there because it took place: it is never "not done".
    """
    require(by, Permission.ENTER_DATA, subject.site)
    reason = not_done_reason.strip()
    _refuse(visit_date, reason)
    with acting(by, source=source):
        registry.subject_model().objects.select_for_update(of=("self",)).get(pk=subject.pk)
        refuse_closed(subject, code)
        if is_unscheduled(code):
            _refuse_unscheduled(subject, code, visit_date, reason)
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


def _refuse_unscheduled(subject: Any, code: str, visit_date: date | None, reason: str) -> None:
    if code != FIRST and not SubjectVisit.objects.filter(subject=subject, code=code).exists():
        raise DomainError(_("This subject has no visit %(code)s.") % {"code": code})
    if reason:
        raise DomainError(
            _("An unscheduled visit is recorded because it took place. Take back its date if it did not."),
            field="visit_date",
        )
    if visit_date is None and has_forms(subject, code):
        raise DomainError(_("Forms of this visit are filed, so it has a date."), field="visit_date")


def add_unscheduled_visit(
    *, by: User, subject: Any, visit_date: date | None, token: Any, source: str = "web"
) -> SubjectVisit:
    """Add the next unscheduled visit of a subject on its day; the same token again returns the visit it added.

    Raises DomainError without a date, for a date in the future, and when nothing can be added to the casebook any more.
    """
    require(by, Permission.ENTER_DATA, subject.site)
    if visit_date is None:
        raise DomainError(_("Enter the date of the visit."), field="visit_date")
    _refuse(visit_date, "")
    with acting(by, source=source):
        known = tokens.claim(token, by)
        if known is not None:
            return SubjectVisit.objects.get(pk=known)
        registry.subject_model().objects.select_for_update(of=("self",)).get(pk=subject.pk)
        code = _next_unscheduled(subject)
        refuse_closed(subject, code)
        visit = SubjectVisit.objects.create(subject=subject, code=code, visit_date=visit_date)
        hooks.follow_visit(visit, by)
        tokens.remember(token, visit.pk)
    return visit


def _next_unscheduled(subject: Any) -> str:
    """Return the code after every one this subject ever had: a visit that was taken back keeps its number."""
    recorded = SubjectVisit.objects.filter(subject=subject).values_list("code", flat=True)
    filed = read_facts([subject.pk]).unscheduled.get(subject.pk, set())
    try:
        return next_code([*recorded, *filed])
    except ValueError:
        raise DomainError(_("This subject has %(most)s unscheduled visits; no more can be added.") % {
            "most": MOST,
        }) from None  # fmt: skip
