"""Around the ways out of the study: survival contacts, the end-of-study form, and what a withdrawal still permits."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from enrollment.models import Disposition, SurvivalStatus
from enrollment.models.subject import SubjectStatus
from enrollment.rules.after_withdrawal import may_be_filed
from enrollment.selectors.dated_forms import day_of
from enrollment.selectors.withdrawals import withdrawal_of
from enrollment.services.subjects import note_on_subject
from trial_edc.accounts.access import today
from trial_edc.accounts.models import User
from trial_edc.casebook.rendering.dates import study_date
from trial_edc.errors import DomainError

#: Study states that the end-of-study form leads to.
AFTER_REASON: dict[str, str] = {
    Disposition.Reason.SCREEN_FAILURE: SubjectStatus.SCREEN_FAILURE,
    Disposition.Reason.DEATH: SubjectStatus.DIED,
}
#: Ways to learn about a subject that need its consent to be contacted.
CONTACTS = (SurvivalStatus.Method.VISIT, SurvivalStatus.Method.TELEPHONE)


def guard_disposition(*, record: Disposition, by: User) -> None:
    """Refuse an end in the future or before consent, and a treated subject without hand-over."""
    _refuse_future(record, "off_study_date", "last_contact_date", "hand_over_date")
    subject = record.subject
    if record.off_study_date and subject.consent_date and record.off_study_date < subject.consent_date:
        raise DomainError(_("The subject left the study before it consented."), field="off_study_date")
    died = record.reason == Disposition.Reason.DEATH or subject.death_date is not None
    if record.hand_over == Disposition.HandOver.NOT_APPLICABLE and subject.infused_at is not None and not died:
        raise DomainError(
            _("The subject was infused: say whether it was handed over to long-term follow-up or refused."),
            field="hand_over",
        )


def follow_disposition(*, record: Disposition, by: User, changed: set[str]) -> None:
    """Move the subject to the state the end-of-study form says."""
    note_on_subject(record.subject, off_study_date=record.off_study_date)
    if record.off_study_date and record.subject.status != SubjectStatus.DIED:
        note_on_subject(record.subject, status=AFTER_REASON.get(record.reason, SubjectStatus.OFF_STUDY))


def guard_survival(*, record: SurvivalStatus, by: User) -> None:
    """Refuse a contact in the future, a life after the death on file, and a contact the subject does not allow."""
    _refuse_future(record, "contact_date", "last_alive_date")
    died = record.subject.death_date
    if died and record.last_alive_date and record.last_alive_date > died:
        raise DomainError(
            _("The subject died on %(date)s by the form “Death”.") % {"date": study_date(died)},
            field="last_alive_date",
        )
    withdrawn = withdrawal_of(record.subject)
    if withdrawn is None or withdrawn.off_study_date is None or withdrawn.may_be_contacted is not False:
        return
    if record.method in CONTACTS and record.contact_date and record.contact_date > withdrawn.off_study_date:
        raise DomainError(
            _("The subject does not wish to be contacted since %(date)s. Use records or other physicians.")
            % {"date": study_date(withdrawn.off_study_date)},
            field="method",
        )


def guard_after_withdrawal(*, record: Any, by: User) -> None:
    """Refuse what is collected after consent was withdrawn, safety follow-up apart; corrections stay possible."""
    withdrawn = withdrawal_of(record.subject)
    if withdrawn is None or withdrawn.off_study_date is None:
        return
    day = day_of(record)
    if may_be_filed(record.crf.oid, day, withdrawn_on=withdrawn.off_study_date):
        return
    saved = type(record)._default_manager.filter(pk=record.pk).first()
    if saved is not None and day_of(saved) == day:
        return
    raise DomainError(
        _(
            "The subject withdrew consent on %(date)s. For later days only adverse events, their reports, death,"
            " survival status and the end of study are recorded."
        )
        % {"date": study_date(withdrawn.off_study_date)}
    )


def _refuse_future(record: Any, *names: str) -> None:
    for name in names:
        day = getattr(record, name)
        if day is not None and day > today():
            raise DomainError(_("This date is in the future."), field=name)
