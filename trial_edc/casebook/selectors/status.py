"""The status of forms and visits: the one definition behind the matrix, the lists, the pages and the reports."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache, cached_property
from typing import Any

from trial_edc.accounts.access import today as today_in_trial
from trial_edc.casebook.required import Requirement
from trial_edc.casebook.selectors.expected import ExpectedForm, expected_forms, planned_visits, running_logs
from trial_edc.casebook.selectors.facts import (
    NO_QUERIES,
    Facts,
    FormRecord,
    QueryCount,
    VisitRow,
    read_facts,
)
from trial_edc.casebook.selectors.visit_order import in_order
from trial_edc.protocol import status
from trial_edc.protocol.status import Status
from trial_edc.protocol.visits.due import Phase, phase_within
from trial_edc.protocol.visits.model import Anchors, Visit, VisitKind, VisitWindow
from trial_edc.protocol.visits.schedule import visit as visit_definition
from trial_edc.protocol.visits.schedule import window

#: What a form or visit without any entry shows.
EMPTY: dict[Phase, Status] = {
    Phase.NOT_EXPECTED: status.NOT_EXPECTED,
    Phase.NOT_DUE: status.NOT_DUE,
    Phase.DUE: status.NOT_STARTED,
    Phase.OVERDUE: status.OVERDUE,
}
#: What a saved form shows by its stored state, marks apart.
STORED: dict[str, Status] = {
    "STARTED": status.IN_PROGRESS,
    "COMPLETE": status.COMPLETE,
    "NOT DONE": status.NOT_DONE,
    "FROZEN": status.FROZEN,
    "LOCKED": status.LOCKED,
}
UNFINISHED = (status.IN_PROGRESS, status.NOT_STARTED, status.NOT_DUE, status.OVERDUE)
NO_VISIT = VisitRow(None, "")


@dataclass(frozen=True)
class FormState:
    """One form at one visit: what is there, and how it stands."""

    form: ExpectedForm
    status: Status
    records: tuple[FormRecord, ...]
    queries: QueryCount
    drafted: bool
    #: Why an "if applicable" form is required here; None where the schedule itself says how it stands.
    requirement: Requirement | None = None

    @property
    def is_done(self) -> bool:
        return self.status not in (*UNFINISHED, status.NOT_EXPECTED)


@dataclass(frozen=True)
class VisitState:
    """One visit of one subject: plan, what was recorded about it, and how it stands."""

    visit: Visit
    window: VisitWindow | None
    phase: Phase
    row: VisitRow
    status: Status
    queries: QueryCount
    forms: tuple[FormState, ...]

    @property
    def required(self) -> tuple[FormState, ...]:
        return tuple(state for state in self.forms if state.form.required)

    @property
    def done_count(self) -> int:
        return sum(state.is_done for state in self.required)

    @property
    def days_outside(self) -> int:
        """Days the visit took place before (negative) or after its window; 0 inside it or when either is unknown."""
        if self.window is None or self.row.visit_date is None:
            return 0
        return self.window.days_outside(self.row.visit_date)


def ended_on(subject: Any) -> date | None:
    """Return the day from which nothing more is expected: death, or the end of the study, whichever came first."""
    return min((day for day in (subject.death_date, subject.off_study_date) if day is not None), default=None)


def record_status(record: FormRecord, facts: Facts) -> Status:
    """Return how one saved form stands: its stored state, then the marks that sit on a complete form."""
    if record.state != "COMPLETE":
        return STORED[record.state]
    if facts.signed and record.pk in facts.signed:
        return status.SIGNED
    return status.VERIFIED if facts.verified and record.pk in facts.verified else status.COMPLETE


def form_status(found: Sequence[Status], *, required: int, drafted: bool, empty: Status) -> Status:
    """Return the status of a form at a visit from its saved records.

    `required` is how many records the visit expects (0: optional); `empty` what the form shows while there are none.
    Fewer records than expected are "in progress"; a required form that is not complete when the window has closed is
    overdue. Where nothing but "not done" is filed, the form as a whole was not done, however many were expected.
    """
    if found and not drafted and all(each is status.NOT_DONE for each in found):
        return status.NOT_DONE
    least = status.least_finished(found)
    if least is None:
        least = status.IN_PROGRESS if drafted else empty
    elif len(found) < required or drafted:
        least = status.least_finished([least, status.IN_PROGRESS]) or least
    if required and empty is status.OVERDUE and least in UNFINISHED:
        return status.OVERDUE
    return status.NOT_STARTED if not required and least is status.OVERDUE else least


def visit_status(forms: Sequence[FormState], *, empty: Status, not_done: bool, awaited: bool = False) -> Status:
    """Return the status of a visit: that of its least finished form; optional forms count once they are begun.

    A form not yet begun beside one that is makes the visit "in progress". `awaited` is a visit without required forms
    that took place: it waits for its first form.
    """
    counted = [s.status for s in forms if s.form.required or s.records or s.drafted]
    if not counted and awaited:
        return status.NOT_STARTED
    if not counted:
        return status.NOT_DONE if not_done else (empty if empty is status.NOT_EXPECTED else status.NOT_DUE)
    considered = [each for each in counted if each is not status.NOT_EXPECTED]
    least = status.least_finished(considered) or status.NOT_EXPECTED
    begun = any(s.records or s.drafted for s in forms)
    return status.IN_PROGRESS if begun and least in (status.NOT_STARTED, status.NOT_DUE) else least


def visit_state(subject: Any, planned: Visit, facts: Facts, anchors: Anchors, *, today: date) -> VisitState:
    """Return how one visit of one subject stands, form by form."""
    place = (subject.pk, planned.code)
    row = facts.visits.get(place, NO_VISIT)
    ended = ended_on(subject)
    span = window(planned, anchors)
    phase = phase_within(span, planned, today=today, ended_on=ended, visited_on=row.visit_date)
    empty = status.NOT_DONE if row.not_done_reason else EMPTY[phase]
    filed, drafts, asked = facts.records.get(place), facts.drafts.get(place), facts.required.get(place)
    if filed or drafts or asked:
        forms = tuple(_form_states(planned.code, filed or [], drafts or set(), facts, empty, asked or {}))
    else:
        forms = untouched_forms(planned.code, empty)
    return VisitState(
        visit=planned,
        window=span,
        phase=phase,
        row=row,
        status=visit_status(
            forms,
            empty=empty,
            not_done=bool(row.not_done_reason),
            awaited=planned.kind is VisitKind.UNSCHEDULED and row.visit_date is not None,
        ),
        queries=facts.queries_at.get(place, NO_QUERIES),
        forms=forms,
    )


@cache
def untouched_forms(code: str, empty: Status) -> tuple[FormState, ...]:
    """Return the forms of a visit at which nothing is filed; most cells of the matrix are of this kind."""
    return tuple(_form_states(code, [], set(), Facts(), empty, {}))


def _form_states(
    code: str,
    filed: list[FormRecord],
    drafts: set[tuple[str, int]],
    facts: Facts,
    empty: Status,
    asked: Mapping[str, Requirement],
) -> Iterator[FormState]:
    by_oid: dict[str, list[FormRecord]] = {}
    for record in filed:
        by_oid.setdefault(record.oid, []).append(record)
    for planned in expected_forms(code):
        requirement = None if planned.required else asked.get(planned.oid)
        form = planned if requirement is None else replace(planned, required=True, records=1)
        records = by_oid.get(form.oid, [])
        if len(records) > 1:
            records.sort(key=lambda record: record.sequence)
        drafted = bool(drafts) and has_new_draft(form.oid, records, drafts)
        found = [record_status(record, facts) for record in records]
        yield FormState(
            form=form,
            status=form_status(found, required=form.records, drafted=drafted, empty=empty),
            records=tuple(records),
            queries=sum_queries(records, facts) if facts.queries else NO_QUERIES,
            drafted=drafted,
            requirement=requirement,
        )


def has_new_draft(oid: str, records: Sequence[FormRecord], drafts: Iterable[tuple[str, int]]) -> bool:
    """Test whether someone has typed into a form that was never saved; a draft over a saved form changes no status."""
    saved = {record.sequence for record in records}
    return any(drafted == oid and sequence not in saved for drafted, sequence in drafts)


def sum_queries(records: Sequence[FormRecord], facts: Facts) -> QueryCount:
    """Return the unresolved queries of some forms together."""
    total = NO_QUERIES
    for record in records:
        total = total.plus(facts.queries.get(record.pk, NO_QUERIES))
    return total


def log_state(subject: Any, form: ExpectedForm, facts: Facts) -> FormState:
    """Return how a running log stands: its least finished record; an empty log is "not due"."""
    records = tuple(facts.log_records(subject.pk, form.oid))
    drafted = has_new_draft(form.oid, records, facts.drafts.get((subject.pk, "LOG"), ()))
    found = [record_status(record, facts) for record in records]
    shown = form_status(found, required=0, drafted=drafted, empty=status.NOT_DUE)
    return FormState(form, shown, records, sum_queries(records, facts), drafted)


@dataclass(frozen=True)
class Casebook:
    """Every visit and every running log of one subject."""

    subject: Any
    visits: tuple[VisitState, ...]
    logs: tuple[FormState, ...]

    @cached_property
    def unscheduled(self) -> tuple[VisitState, ...]:
        """Return the unscheduled visits of this subject, by day."""
        return tuple(state for state in self.visits if state.visit.kind is VisitKind.UNSCHEDULED)

    def at(self, code: str) -> VisitState | None:
        """Return one visit, None when no registered form is filed there."""
        return next((state for state in self.visits if state.visit.code == code), None)


def casebook(subject: Any, facts: Facts | None = None, *, today: date | None = None) -> Casebook:
    """Return how all visits and logs of a subject stand: those of the schedule, and its own unscheduled ones."""
    known = read_facts([subject.pk]) if facts is None else facts
    day = today or today_in_trial()
    anchors = subject.anchors

    def state(planned: Visit) -> VisitState:
        return visit_state(subject, planned, known, anchors, today=day)

    own = sorted(known.unscheduled.get(subject.pk, ()))
    return Casebook(
        subject,
        in_order([state(planned) for planned in planned_visits()], [state(visit_definition(code)) for code in own]),
        tuple(log_state(subject, form, known) for form in running_logs()),
    )
