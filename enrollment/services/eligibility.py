"""Eligibility: the rule's verdict on a form, the confirmation that it must carry, and what follows."""

from __future__ import annotations

from django.utils.translation import gettext as _

from enrollment.models import Eligibility, Subject
from enrollment.models.subject import SubjectStatus
from enrollment.rules import eligibility as rule
from enrollment.rules.eligibility import EXCLUSION, INCLUSION, EligibilityVerdict, assess_eligibility
from enrollment.selectors.consents import consent_behind
from enrollment.services.subjects import note_on_subject
from trial_edc.accounts.access import today
from trial_edc.accounts.models import User
from trial_edc.errors import DomainError
from trial_edc.review.results import store_result


def verdict_of(record: Eligibility) -> EligibilityVerdict:
    """Return what the rule makes of the criteria on a form."""
    return assess_eligibility(_answers(record), not_applicable=_not_applicable(record))


def _answers(record: Eligibility) -> dict[str, bool | None]:
    return {name: getattr(record, name) for name in (*INCLUSION, *EXCLUSION)}


def _not_applicable(record: Eligibility) -> tuple[str, ...]:
    return ("pregnant",) if record.can_conceive is False else ()


def guard_eligibility(*, record: Eligibility, by: User) -> None:
    """Refuse a confirmation that the criteria do not carry: there is no waiver."""
    verdict = verdict_of(record)
    if record.investigator_confirms and verdict.eligible is not True:
        raise DomainError(
            _("Eligibility cannot be confirmed: %(reason)s") % {"reason": verdict.because},
            field="investigator_confirms",
        )
    if record.confirmed_date is None:
        return
    if record.confirmed_date > today():
        raise DomainError(_("The date of confirmation is in the future."), field="confirmed_date")
    consent = consent_behind(record)
    if consent is not None and consent.consent_date is not None and record.confirmed_date < consent.consent_date:
        raise DomainError(_("The date of confirmation is before the consent."), field="confirmed_date")


def follow_eligibility(*, record: Eligibility, by: User, changed: set[str]) -> None:
    """Keep the verdict; note the date the investigator confirmed at screening: it opens the adverse-event period."""
    _store(record)
    if record.visit != "SCR":
        return
    confirmed = record.confirmed_date if record.investigator_confirms else None
    note_on_subject(record.subject, eligibility_confirmed_date=confirmed)
    if record.subject.status in (SubjectStatus.SCREENING, SubjectStatus.ELIGIBLE):
        status = SubjectStatus.ELIGIBLE if confirmed else SubjectStatus.SCREENING
        note_on_subject(record.subject, status=status)


def _store(record: Eligibility) -> None:
    verdict = verdict_of(record)
    store_result(
        root=record.pk,
        subject_id=record.subject_id,
        rule=rule.RULE,
        version=rule.VERSION,
        inputs={**_answers(record), "not_applicable": list(_not_applicable(record))},
        output={"eligible": verdict.eligible, "blocking": list(verdict.blocking), "missing": list(verdict.missing)},
        because=verdict.because,
    )


def is_eligible(subject: Subject, visit: str = "SCR") -> bool:
    """Test whether the criteria of a visit (screening, BL, PIG) hold and the investigator confirmed them."""
    form = Eligibility.objects.filter(subject=subject, visit=visit).first()
    return bool(form and form.investigator_confirms and verdict_of(form).eligible)
