"""What the safety part adds to people's work: severe events, CRS and ICANS now, reporting clocks, reconciliation."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from safety import laboratory_work
from safety.clocks import clocks_of, reports_on_file, slot_of
from safety.models import AdverseEvent, CrsAssessment, GradeChange, IcansAssessment
from safety.proposals import NUMBER, count_findings, reconciliation
from safety.reconciliation import FORMS
from safety.report_panels import RECIPIENTS, clock_text
from safety.rules.reporting_clock import Clock, State
from trial_edc.accounts.access import midnight
from trial_edc.audit.models import ItemChange
from trial_edc.casebook import work
from trial_edc.casebook.selectors.visit_page import form_url
from trial_edc.casebook.standings import counting
from trial_edc.casebook.work import Desk, Line, WorkList
from trial_edc.protocol import status
from trial_edc.protocol.status import Status
from trial_edc.review.models import RuleResult

SEVERE, NEW_FOR_DAYS, CURRENT_FOR_DAYS = 3, 7, 2


def new_severe_events(desk: Desk) -> Iterator[Line]:
    """Yield the events whose grade 3 or higher was entered or changed in the last seven days."""
    since = midnight(desk.day - timedelta(days=NEW_FOR_DAYS))
    recent = ItemChange.objects.filter(entity=GradeChange.crf.oid, field="grade", changed_at__gte=since)
    graded = (
        GradeChange.objects.filter(pk__in=recent.values("record"), subject__in=desk.subject_keys, grade__gte=SEVERE)
        .select_related("record", "subject").order_by("-grade", "record")
    )  # fmt: skip
    seen: set[Any] = set()
    for row in graded:
        if row.record_id not in seen:
            seen.add(row.record_id)
            event = row.record
            what = _("%(term)s, grade %(grade)s") % {"term": event.term, "grade": row.grade}
            url = form_url(row.subject.identifier, event.visit, "AE", event.sequence)
            yield Line(row.subject.identifier, what, url, _("Adverse event %(number)s") % {"number": event.sequence})


def toxicity_now(desk: Desk) -> Iterator[Line]:
    """Yield the subjects whose latest assessment of CRS or ICANS, of these two days, has a grade of 1 or more."""
    since = desk.day - timedelta(days=CURRENT_FOR_DAYS)
    tables: tuple[tuple[Any, str, str], ...] = (
        (CrsAssessment, "crs-grade", "CRS"), (IcansAssessment, "icans-grade", "ICANS"),
    )  # fmt: skip
    for model, rule, name in tables:
        latest = list(
            model.objects.filter(subject__in=desk.subject_keys, assessed_date__gte=since).select_related("subject")
            .order_by("subject_id", "-assessed_date", "-assessed_time", "-sequence").distinct("subject_id")
        )  # fmt: skip
        results = RuleResult.objects.filter(root__in=[form.pk for form in latest], rule=rule)
        grades = {result.root: result.output.get("grade") for result in results}
        for form in latest:
            grade = form.investigator_grade if form.investigator_grade is not None else grades.get(form.pk)
            if grade:
                identifier = form.subject.identifier
                url = reverse("bedside:sheet", args=[identifier])
                what = _("%(name)s grade %(grade)s") % {"name": name, "grade": grade}
                yield Line(identifier, what, url, form.visit)


def running_clocks(desk: Desk) -> Iterator[Line]:
    """Yield the serious-event reports that somebody still has to send on, or to complete after a death."""
    now = timezone.now()
    for report, terms in desk.once(_reports):
        waiting = [clock for clock in clocks_of(report, now=now) if clock.waits and clock.due_at is not None]
        if waiting:
            yield _clock_line(report, terms, waiting)
        if slot_of(report).waits:
            yield _line(report, terms, _("after a death: autopsy or final medical report missing"))


def _reports(desk: Desk) -> list[tuple[Any, str]]:
    """Read the reports of the person's subjects, each with the term of its event."""
    reports = reports_on_file(desk.subject_keys)
    events = AdverseEvent.objects.filter(subject__in=[report.subject_id for report in reports])
    terms = {(subject, number): term for subject, number, term in events.values_list("subject", "sequence", "term")}
    return [(report, terms.get((report.subject_id, report.event_number), "")) for report in reports]


def _clock_line(report: Any, term: str, waiting: list[Clock]) -> Line:
    """One line per report: every recipient that waits, due when the first of them is."""
    words = "; ".join(f"{RECIPIENTS[clock.recipient]}: {clock_text(clock)}" for clock in waiting)
    due = min(clock.due_at for clock in waiting if clock.due_at is not None)
    overdue = any(clock.state is State.OVERDUE for clock in waiting)
    state = status.OVERDUE if overdue else status.IN_PROGRESS
    return _line(report, term, words, timezone.localtime(due).date(), state)


def _line(report: Any, term: str, words: str, due: date | None = None, state: Status | None = None) -> Line:
    identifier = report.subject.identifier
    where = _("Serious-event report %(number)s") % {"number": report.sequence}
    url = form_url(identifier, report.visit, "SAE", report.sequence)
    return Line(identifier, f"{term}: {words}" if term else words, url, where, due, state)


def register() -> None:
    """Offer the lists, and have counted of each casebook what two of them are about."""
    counting.register(NUMBER, count_findings, forms=FORMS)
    counting.register(laboratory_work.NUMBER, laboratory_work.count_severe_without_event, forms=laboratory_work.FORMS)
    work.register(
        WorkList(
            "sae-clocks", gettext_lazy("Reporting clocks"), "clock-fill", "bad",
            gettext_lazy("No serious-event report waits."), running_clocks,
        )
    )  # fmt: skip
    work.register(
        WorkList(
            NUMBER, gettext_lazy("Safety forms to reconcile"), "question-circle", "warn",
            gettext_lazy("The safety forms agree with each other."), reconciliation,
        )
    )  # fmt: skip
    work.register(
        WorkList(
            laboratory_work.NUMBER, gettext_lazy("Severe results without an event"), "exclamation-diamond-fill", "warn",
            gettext_lazy("Every laboratory result of grade 3 or higher has its event."),
            laboratory_work.severe_without_event,
            quiet=True,
        )
    )  # fmt: skip
    work.register(
        WorkList(
            "new-grade-3", gettext_lazy("New grade 3 or higher"), "exclamation-diamond-fill", "bad",
            gettext_lazy("No event of grade 3 or higher in the last seven days."), new_severe_events,
        )
    )  # fmt: skip
    work.register(
        WorkList(
            "crs-icans-now", gettext_lazy("CRS or ICANS now"), "exclamation-triangle-fill", "warn",
            gettext_lazy("Nobody has CRS or ICANS now."), toxicity_now,
        )
    )  # fmt: skip
