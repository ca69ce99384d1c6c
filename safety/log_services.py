"""What refuses the save of a running log: links to events that are not there, dates ahead, stays at one time."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from safety.models import AdverseEvent, HospitalStay, SeriousEventReport
from safety.models.serious_event_report import ReportType
from safety.report_checks import moment_of
from safety.rules.hospital_stay import overlap
from safety.selectors import event_moment
from trial_edc.accounts.access import today
from trial_edc.accounts.models import User
from trial_edc.casebook.rendering.dates import study_date
from trial_edc.crf.models import FormStatus
from trial_edc.errors import DomainError
from trial_edc.protocol.partial_dates import PartialDate


def event_of(subject: Any, number: int | None) -> AdverseEvent | None:
    """Return the event of a subject's log with this number; one that was marked as not done is none."""
    if number is None:
        return None
    found = AdverseEvent.objects.filter(subject=subject, sequence=number).exclude(status=FormStatus.NOT_DONE)
    return found.order_by("visit").first()


def require_event(subject: Any, number: int | None) -> AdverseEvent | None:
    """Return the event a form links to, None without a link; DomainError when the log has no such event."""
    event = event_of(subject, number)
    if number is not None and event is None:
        raise DomainError(
            _("The adverse-event log of this subject has no event %(number)s.") % {"number": number},
            field="event_number",
        )
    return event


def refuse_future(record: Any, names: Iterable[str]) -> None:
    """Refuse a date, partial or complete, that lies after today."""
    for name in names:
        value = getattr(record, name)
        earliest = PartialDate.from_iso(value).earliest() if value and isinstance(value, str) else value
        if isinstance(earliest, date) and earliest > today():
            raise DomainError(_("This date lies in the future."), field=name)


def _refuse_later_than_now(record: Any, day: str, clock: str) -> None:
    moment = moment_of(getattr(record, day), getattr(record, clock))
    if moment is not None and moment.first > timezone.now():
        raise DomainError(_("This moment lies in the future."), field=day)


def guard_report(*, record: SeriousEventReport, by: User) -> None:
    """Refuse a report on an event that is not serious, before its onset, in the future, or a second initial one."""
    for day, clock in (
        ("awareness_date", "awareness_time"), ("sponsor_date", "sponsor_time"), ("ethics_date", "ethics_time"),
    ):  # fmt: skip
        _refuse_later_than_now(record, day, clock)
    refuse_future(
        record,
        ("admission_date", "discharge_date", "authority_date", "authority_follow_up_date", "final_report_date"),
    )
    event = require_event(record.subject, record.event_number)
    if event is None:
        return
    if not event.serious:
        raise DomainError(
            _("Event %(number)s is not called serious in the log. Correct the log first.") % {"number": event.sequence},
            field="event_number",
        )
    _refuse_awareness_before_onset(record, event)
    _refuse_out_of_series(record)


def _refuse_awareness_before_onset(record: SeriousEventReport, event: AdverseEvent) -> None:
    onset = event_moment(event.onset_date, event.onset_time)
    aware = moment_of(record.awareness_date, record.awareness_time)
    if onset is not None and aware is not None and aware.certainly_before(onset):
        raise DomainError(
            _("The site cannot be aware of the event before its onset, %(onset)s.")
            % {"onset": PartialDate.from_iso(event.onset_date).display()},
            field="awareness_date",
        )


def _refuse_out_of_series(record: SeriousEventReport) -> None:
    """An event has one initial report, and its follow-ups are numbered, each number once."""
    others = SeriousEventReport.objects.filter(subject=record.subject, event_number=record.event_number)
    others = others.exclude(pk=record.pk).exclude(status=FormStatus.NOT_DONE)
    words = {"number": record.event_number, "follow_up": record.follow_up_number}
    if record.report_type == ReportType.INITIAL and others.filter(report_type=ReportType.INITIAL).exists():
        raise DomainError(
            _("Event %(number)s has an initial report already. Enter a follow-up.") % words, field="report_type"
        )
    if record.report_type != ReportType.FOLLOW_UP:
        return
    if not others.filter(report_type=ReportType.INITIAL).exists():
        raise DomainError(_("Event %(number)s has no initial report yet.") % words, field="report_type")
    if record.follow_up_number and others.filter(follow_up_number=record.follow_up_number).exists():
        raise DomainError(
            _("Follow-up %(follow_up)s of event %(number)s is entered already.") % words, field="follow_up_number"
        )


def guard_medication(*, record: Any, by: User) -> None:
    """Refuse a medication in the future, or for an event that is not there."""
    refuse_future(record, ("start_date", "end_date"))
    require_event(record.subject, record.event_number)


def guard_transfusion(*, record: Any, by: User) -> None:
    """Refuse a transfusion in the future, or for an event that is not there."""
    refuse_future(record, ("last_date",))
    _refuse_later_than_now(record, "given_date", "given_time")
    require_event(record.subject, record.event_number)


def guard_stay(*, record: HospitalStay, by: User) -> None:
    """Refuse a stay in the future, for an event that is not there, or at the time of another stay."""
    refuse_future(record, ("admission_date", "discharge_date"))
    require_event(record.subject, record.event_number)
    if record.admission_date is None:
        return
    others = HospitalStay.objects.filter(subject=record.subject, admission_date__isnull=False)
    for other in others.exclude(pk=record.pk).exclude(status=FormStatus.NOT_DONE).order_by("sequence"):
        began = other.admission_date
        if began and overlap((record.admission_date, record.discharge_date), (began, other.discharge_date)):
            words = {"number": other.sequence, "admitted": study_date(other.admission_date)}
            sentence = _("Hospital stay %(number)s, from %(admitted)s, is at the same time.") % words
            raise DomainError(sentence, field="admission_date")


def guard_event_dates(*, record: AdverseEvent, by: User) -> None:
    """Refuse an event that begins or ends in the future, or begins after the death of the subject."""
    refuse_future(record, ("onset_date", "end_date"))
    died = record.subject.death_date
    if record.onset_date and died and PartialDate.from_iso(record.onset_date).earliest() > died:
        raise DomainError(_("The onset lies after the death of the subject."), field="onset_date")
