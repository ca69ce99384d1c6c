"""Beside the forms of serious events and death: the reporting clocks in words, and what the other forms say."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from safety.clocks import clock_config, clocks_of, slot_of
from safety.links import propose_report
from safety.log_services import event_of
from safety.models import AdverseEvent, Death, SeriousEventReport
from safety.models.adverse_event import Outcome, SeriousCriterion
from safety.rules import reporting_clock
from safety.rules.reporting_clock import Clock, Recipient, State
from safety.rules.reporting_period import Place, reporting_period
from safety.selectors import event_moment, trial_zone
from trial_edc.casebook.panel import Panel, PanelRow
from trial_edc.casebook.rendering.dates import study_date, study_moment
from trial_edc.casebook.selectors.visit_page import form_url
from trial_edc.crf.models import FormStatus
from trial_edc.protocol.parameters import integer
from trial_edc.protocol.partial_dates import PartialDate

RECIPIENTS = {
    Recipient.SPONSOR: gettext_lazy("Sponsor"),
    Recipient.ETHICS: gettext_lazy("Ethics committee"),
    Recipient.AUTHORITY: gettext_lazy("Authority, if a SUSAR"),
    Recipient.AUTHORITY_FOLLOW_UP: gettext_lazy("Authority, follow-up report"),
}
STATES = {
    State.IN_TIME: gettext_lazy("in time"),
    State.LATE: gettext_lazy("late"),
    State.RUNNING: gettext_lazy("due"),
    State.OVERDUE: gettext_lazy("overdue"),
    State.OPEN: gettext_lazy("assessment open"),
    State.NOT_REQUIRED: gettext_lazy("not required"),
    State.UNCLEAR: gettext_lazy("cannot be said"),
}


def clock_text(clock: Clock) -> str:
    """Return one clock in words, with the moment it is due while somebody has to act."""
    words = str(STATES[clock.state])
    if not clock.waits or clock.due_at is None:
        return words
    due = study_moment(clock.due_at.astimezone(trial_zone()), with_offset=False)
    return _("%(state)s, by %(due)s") % {"state": words, "due": due}


def clock_panel(record: Any, _rows: list[Any]) -> Panel:
    """The clock strip: when the site became aware, and how the report to each recipient stands."""
    clocks = clocks_of(record, now=timezone.now())
    rows = [
        PanelRow(
            RECIPIENTS[clock.recipient], clock_text(clock), clock.because, clock.state in (State.OVERDUE, State.LATE)
        )
        for clock in clocks
    ]
    rows += _slot_rows(record)
    title, mark = _headline(clocks)
    because = _("Report at once; the alarm is at %(hours)s hours. A SUSAR: the day of awareness is day 0.") % {
        "hours": clock_config().site_report_hours
    }
    link = "" if record._state.adding else document_url(record.subject, record)
    return Panel(
        title, mark, _("Reporting clocks"), reporting_clock.VERSION, because, rows, link=link,
        link_text=_("All reports of this event as PDF"),
    )  # fmt: skip


def document_url(subject: Any, record: Any) -> str:
    """Return the address of the document of the event that a report is about, "" while it names none."""
    return reverse("serious:report", args=[subject.identifier, record.event_number]) if record.event_number else ""


def _headline(clocks: tuple[Clock, ...]) -> tuple[str, str]:
    overdue = [clock for clock in clocks if clock.state is State.OVERDUE]
    waiting = [clock for clock in clocks if clock.waits and clock.due_at is not None]
    if overdue:
        names = ", ".join(str(RECIPIENTS[clock.recipient]) for clock in overdue)
        return _("Overdue: %(recipients)s") % {"recipients": names}, "!"
    if waiting:
        first = min(waiting, key=lambda clock: clock.due_at or timezone.now())
        words = {"recipient": RECIPIENTS[first.recipient], "state": clock_text(first)}
        return _("%(recipient)s: %(state)s") % words, "…"
    if all(clock.state is State.UNCLEAR for clock in clocks):
        return _("Enter when the site became aware"), "–"
    if any(clock.state is State.LATE for clock in clocks):
        return _("Reported, not everything in time"), "!"
    return _("Nothing is due"), "✓"


def _slot_rows(record: Any) -> list[PanelRow]:
    slot = slot_of(record)
    rows = []
    if slot.autopsy:
        rows.append(PanelRow(_("Autopsy"), _("answer or report missing"), driving=True))
    if slot.final_report:
        rows.append(PanelRow(_("Final medical report"), _("not received"), driving=True))
    return rows


def reported_event_panel(record: Any, _rows: list[Any]) -> Panel | None:
    """Show the event that is reported, and where the report says something else than the log."""
    event = event_of(record.subject, record.event_number)
    if event is None:
        return None
    rows = [
        PanelRow(_("Onset"), PartialDate.from_iso(event.onset_date).display() if event.onset_date else "–"),
        PanelRow(_("Outcome"), event.get_outcome_display() or "–"),
    ]
    rows += [
        PanelRow(label, _("only in the log"), driving=True)
        for label in _labels(set(event.serious_criteria) - set(record.serious_criteria))
    ]
    rows += [
        PanelRow(label, _("only in this report"), driving=True)
        for label in _labels(set(record.serious_criteria) - set(event.serious_criteria))
    ]
    return Panel(
        title=_("Event %(number)s: %(term)s") % {"number": event.sequence, "term": event.term},
        grade=event.sequence,
        rule=_("The adverse-event log beside this report"),
        version="",
        because=_("The seriousness criteria differ.") if len(rows) > 2 else "",
        rows=rows,
        link=form_url(record.subject.identifier, event.visit, "AE", event.sequence),
        link_text=_("Open the event"),
    )


def _labels(values: set[str]) -> list[str]:
    return [str(label) for value, label in SeriousCriterion.choices if value in values]


def event_reports_panel(record: Any, _rows: list[Any]) -> Panel | None:
    """Beside an event: its serious-event reports, the form of the death, whether the protocol asks for it at all."""
    reports = _reports_of(record)
    rows = [*_report_rows(record, reports), *_death_rows(record), *_period_rows(record)]
    if not rows:
        return None
    missing = record.serious and not record._state.adding and not reports
    identifier = record.subject.identifier
    link = propose_report(identifier, record.sequence, record.serious_criteria) if missing else ""
    return Panel(
        title=_("Report this event: the clock runs from awareness") if missing else _("Beside this event"),
        grade="!" if any(row.driving for row in rows) else "✓",
        rule=_("Serious events, deaths and the period of collection"),
        version="",
        because="",
        rows=rows,
        link=link,
        link_text=_("Open a serious-event report"),
    )


def _reports_of(record: Any) -> list[SeriousEventReport]:
    found = SeriousEventReport.objects.filter(subject=record.subject, event_number=record.sequence)
    return [] if record._state.adding else list(found.exclude(status=FormStatus.NOT_DONE).order_by("sequence"))


def _report_rows(record: Any, reports: list[SeriousEventReport]) -> list[PanelRow]:
    if not record.serious:
        words = _("yet the event is not called serious")
        return [PanelRow(_("Serious-event reports"), len(reports), words, driving=True)] if reports else []
    if record._state.adding:
        return [PanelRow(_("Serious-event report"), _("once this event is saved"))]
    if not reports:
        return [PanelRow(_("Serious-event report"), _("none yet"), driving=True)]
    return [PanelRow(_("Serious-event reports"), len(reports), reports[-1].get_report_type_display())]


def _death_rows(record: Any) -> list[PanelRow]:
    if record.outcome != Outcome.FATAL:
        return []
    death = death_of(record.subject)
    if death is None or death.death_date is None:
        return [PanelRow(_("Form of the death"), _("not entered"), driving=True)]
    differs = bool(record.end_date) and record.end_date != death.death_date.isoformat()
    words = _("the event ends on another day") if differs else ""
    return [PanelRow(_("Date of death"), study_date(death.death_date), words, driving=differs)]


def death_of(subject: Any) -> Death | None:
    """Return the form of the death of a subject, None while there is none."""
    return Death.objects.filter(subject=subject).exclude(status=FormStatus.NOT_DONE).order_by("visit").first()


def _period_rows(record: Any) -> list[PanelRow]:
    onset = event_moment(record.onset_date, record.onset_time)
    subject = record.subject
    place = reporting_period(
        onset.local_dates(trial_zone()) if onset else None,
        enrolled=subject.eligibility_confirmed_date,
        infused=subject.infusion_date,
        months=integer("ae.period_months_after_infusion"),
    )
    if place is Place.BEFORE:
        return [PanelRow(_("Before enrolment"), _("not asked for"), _("Enter it in the medical history."))]
    if place is Place.AFTER:
        return [PanelRow(_("After the period of collection"), _("only if related to the cells"))]
    return []


def death_panel(record: Any, _rows: list[Any]) -> Panel | None:
    """Beside the form of a death: the fatal events of the log, and what does not agree with them."""
    if record.death_date is None and not record.cause:
        return None
    fatal = AdverseEvent.objects.filter(subject=record.subject, outcome=Outcome.FATAL)
    events = list(fatal.exclude(status=FormStatus.NOT_DONE).order_by("sequence"))
    rows = [_fatal_row(event, record) for event in events]
    if not events and record.cause == Death.Cause.ADVERSE_EVENT:
        rows.append(PanelRow(_("Fatal event in the log"), _("none"), _("The cause names one."), driving=True))
    if record.cause != Death.Cause.ADVERSE_EVENT and events:
        rows.append(PanelRow(_("Cause"), _("not an adverse event"), _("The log has a fatal event."), driving=True))
    wrong = any(row.driving for row in rows)
    return Panel(
        title=_("Death and fatal events do not agree") if wrong else _("Death and fatal events agree"),
        grade="!" if wrong else "✓",
        rule=_("Outcome fatal, grade 5 and the form of the death go together"),
        version="",
        because="",
        rows=rows,
    )


def _fatal_row(event: AdverseEvent, record: Any) -> PanelRow:
    label = _("Event %(number)s: %(term)s") % {"number": event.sequence, "term": event.term}
    same = bool(record.death_date) and event.end_date == record.death_date.isoformat()
    if same or not event.end_date:
        return PanelRow(label, _("fatal"), "" if event.end_date else _("no end date"))
    ends = PartialDate.from_iso(event.end_date)
    fits = bool(record.death_date) and ends.earliest() <= record.death_date <= ends.latest()
    return PanelRow(label, _("fatal"), _("ends on %(day)s") % {"day": ends.display()}, driving=not fits)
