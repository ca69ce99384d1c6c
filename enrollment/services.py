"""What people do about subjects: add one, consent, confirm eligibility, end the study. One transaction each."""

from __future__ import annotations

from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from enrollment.models import Consent, Eligibility, Subject
from enrollment.models.disposition import Disposition
from enrollment.models.subject import SubjectStatus
from enrollment.rules.eligibility import EXCLUSION, INCLUSION, EligibilityVerdict, assess_eligibility
from trial_edc.accounts.access import require, today
from trial_edc.accounts.models import Site, User
from trial_edc.accounts.roles import Permission
from trial_edc.audit.context import acting
from trial_edc.casebook.closing import refuse_locked_study
from trial_edc.errors import DomainError

NUMBERING_LOCK = 4_205_947_489
#: Study states that the end-of-study form leads to.
AFTER_REASON: dict[str, str] = {
    Disposition.Reason.SCREEN_FAILURE: SubjectStatus.SCREEN_FAILURE,
    Disposition.Reason.DEATH: SubjectStatus.DIED,
}


def add_subject(*, by: User, site: Site, source: str = "web", identifier: str | None = None) -> Subject:
    """Open a casebook at `site`; the identifier is the site's next number unless an import brings its own."""
    require(by, Permission.ENROL, site)
    with acting(by, source=source):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [NUMBERING_LOCK])
        refuse_locked_study()
        chosen = identifier or _next_identifier(site)
        if Subject.objects.filter(identifier=chosen).exists():
            raise DomainError(_("Subject %(id)s exists already.") % {"id": chosen})
        return Subject.objects.create(identifier=chosen, site=site)


def _next_identifier(site: Site) -> str:
    numbers = [
        int(tail)
        for tail in (
            identifier.rpartition("-")[2]
            for identifier in Subject.objects.filter(site=site).values_list("identifier", flat=True)
        )
        if tail.isdigit()
    ]
    return f"{site.code}-{max(numbers, default=0) + 1:03d}"


def follow_consent(*, record: Consent, by: User, changed: set[str]) -> None:
    """Anchor screening on the first consent date."""
    first = Consent.objects.filter(subject=record.subject, consent_date__isnull=False).order_by("consent_date").first()
    _set(record.subject, consent_date=first.consent_date if first else None)


def guard_consent(*, record: Consent, by: User) -> None:
    """Refuse a consent in the future."""
    if record.consent_date is not None and record.consent_date > today():
        raise DomainError(_("The consent date is in the future."), field="consent_date")


def verdict_of(record: Eligibility) -> EligibilityVerdict:
    """Return what the rule makes of the criteria on a form."""
    return assess_eligibility({name: getattr(record, name) for name in (*INCLUSION, *EXCLUSION)})


def guard_eligibility(*, record: Eligibility, by: User) -> None:
    """Refuse a confirmation that the criteria do not carry: there is no waiver."""
    verdict = verdict_of(record)
    if record.investigator_confirms and verdict.eligible is not True:
        raise DomainError(
            _("Eligibility cannot be confirmed: %(reason)s") % {"reason": verdict.because},
            field="investigator_confirms",
        )


def follow_eligibility(*, record: Eligibility, by: User, changed: set[str]) -> None:
    """Note the date the investigator confirmed eligibility at screening; it opens the adverse-event period."""
    if record.visit != "SCR":
        return
    confirmed = record.confirmed_date if record.investigator_confirms else None
    _set(record.subject, eligibility_confirmed_date=confirmed)
    if record.subject.status in (SubjectStatus.SCREENING, SubjectStatus.ELIGIBLE):
        status = SubjectStatus.ELIGIBLE if confirmed else SubjectStatus.SCREENING
        _set(record.subject, status=status)


def follow_disposition(*, record: Disposition, by: User, changed: set[str]) -> None:
    """Move the subject to the state the end-of-study form says."""
    _set(record.subject, off_study_date=record.off_study_date)
    if record.off_study_date and record.subject.status != SubjectStatus.DIED:
        _set(record.subject, status=AFTER_REASON.get(record.reason, SubjectStatus.OFF_STUDY))


def is_eligible(subject: Subject) -> bool:
    """Test whether the screening criteria carry enrolment and the investigator confirmed them."""
    form = Eligibility.objects.filter(subject=subject, visit="SCR").first()
    return bool(form and form.investigator_confirms and verdict_of(form).eligible)


def _set(subject: Subject, **values: Any) -> None:
    """Write what changed on the subject; the caller holds its row lock."""
    fresh = {name: value for name, value in values.items() if getattr(subject, name) != value}
    for name, value in fresh.items():
        setattr(subject, name, value)
    if fresh:
        subject.save(update_fields=list(fresh))
