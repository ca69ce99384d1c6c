"""Is a visit due? The one definition of due and overdue, used by every page, list and report."""

from __future__ import annotations

from datetime import date, timedelta
from enum import StrEnum

from trial_edc.protocol.visits.model import Anchor, Anchors, Visit, VisitKind, VisitWindow
from trial_edc.protocol.visits.schedule import window


class Phase(StrEnum):
    """Where today stands against the window of a visit."""

    NOT_EXPECTED = "not expected"
    NOT_DUE = "not due"
    DUE = "due"
    OVERDUE = "overdue"


def phase_of(
    planned: Visit, anchors: Anchors, *, today: date, ended_on: date | None = None, visited_on: date | None = None
) -> Phase:
    """Where a visit of one subject stands.

    1. Nothing is expected of a visit planned after the day the subject died or left the study, nor of one that
       cannot be planned any more. The day itself still counts.
    2. A visit that took place is due from that day on, even before its window.
    3. A visit is due from the first to the last day of its window, both included; overdue from the day after.
       A side of the window that is open never closes. A forecast (the anchor is not known yet) is never overdue.
    4. Visits counted from consent are due before consent is known: the consent form brings the date.
    5. Events and unscheduled visits happen when they happen and are never overdue; the end-of-study visit is due once
       the subject has left.

    >>> from trial_edc.protocol.visits.schedule import visit
    >>> infused = Anchors(infusion=date(2025, 3, 3))
    >>> [str(phase_of(visit("D28"), infused, today=date(2025, 3, 30 + d))) for d in (0, 1)]
    ['not due', 'due']
    >>> str(phase_of(visit("D28"), infused, today=date(2025, 4, 4)))
    'overdue'
    """
    return phase_within(window(planned, anchors), planned, today=today, ended_on=ended_on, visited_on=visited_on)


def phase_within(
    planned_window: VisitWindow | None, planned: Visit, *, today: date, ended_on: date | None, visited_on: date | None
) -> Phase:
    """The same for a window that is computed already."""
    if planned.kind in (VisitKind.EVENT, VisitKind.UNSCHEDULED):
        return _phase_of_event(planned, ended_on=ended_on, visited_on=visited_on)
    if ended_on is not None and not _expected_before(planned, planned_window, ended_on):
        return Phase.NOT_EXPECTED if visited_on is None else Phase.DUE
    if planned_window is None:
        opened = visited_on is not None or planned.anchor is Anchor.CONSENT
        return Phase.DUE if opened else Phase.NOT_DUE
    return _phase_in(planned_window, today, visited_on)


def spans(planned_window: VisitWindow | None) -> list[tuple[date, date]]:
    """The spans of days, first and last included, within which the phase of a visit does not change with the day.

    It changes on the first day of the window and on the day after its last, never on another.

    >>> week = VisitWindow(date(2025, 3, 4), date(2025, 3, 3), date(2025, 3, 9))
    >>> [(str(first), str(last)) for first, last in spans(week)][1]
    ('2025-03-03', '2025-03-09')
    >>> spans(None) == [(date.min, date.max)]
    True
    """
    turns = [date.min]
    if planned_window is not None and planned_window.first is not None:
        turns.append(planned_window.first)
    if planned_window is not None and planned_window.last is not None:
        turns.append(planned_window.last + timedelta(days=1))
    ends = [*(after - timedelta(days=1) for after in turns[1:]), date.max]
    return list(zip(turns, ends, strict=True))


def _phase_in(planned: VisitWindow, today: date, visited_on: date | None) -> Phase:
    if planned.last is not None and today > planned.last and not planned.provisional:
        return Phase.OVERDUE
    if visited_on is None and planned.first is not None and today < planned.first:
        return Phase.NOT_DUE
    return Phase.DUE


def _expected_before(planned: Visit, planned_window: VisitWindow | None, ended_on: date) -> bool:
    """Whether the visit was planned for the time before the subject left."""
    if planned_window is None:
        return planned.anchor is Anchor.CONSENT
    return planned_window.target <= ended_on and not planned_window.provisional


def _phase_of_event(planned: Visit, *, ended_on: date | None, visited_on: date | None) -> Phase:
    due = visited_on is not None or (planned.code == "EOS" and ended_on is not None)
    return Phase.DUE if due else Phase.NOT_DUE
