"""Continuous runs at or above a grade, and whether a run lasted longer than a limit.

Durations are compared as intervals: with times, longer than the limit to the second; with dates only, a difference of
15 days is certainly longer than 14 days, 14 days may be, 13 days cannot be.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from safety.rules.facts import END_IS_MISSING, AdverseEventFacts, GradePeriod
from safety.rules.moments import Moment


class Length(StrEnum):
    """How a run compares with the limit."""

    LONGER = "longer"
    NOT_LONGER = "not longer"
    OPEN = "open"
    UNCERTAIN = "uncertain"


@dataclass(frozen=True)
class Run:
    """A continuous run; `end` None with `open` True goes on at the cut-off, with `open` False its end is missing."""

    start: Moment
    end: Moment | None
    open: bool


@dataclass(frozen=True)
class Measured:
    """A run's length against the limit; `decided_at` is when an open run passes it."""

    length: Length
    decided_at: datetime | None = None


def after_cutoff(moment: Moment, data_cutoff: Moment | None) -> bool:
    """Whether a moment lies after everything the cut-off lets us know."""
    return data_cutoff is not None and data_cutoff.certainly_before(moment)


def _closed(start: Moment, end: Moment | None, event: AdverseEventFacts, data_cutoff: Moment | None) -> Run:
    if end is not None and not after_cutoff(end, data_cutoff):
        return Run(start, end, open=False)
    return Run(start, None, open=end is not None or event.outcome not in END_IS_MISSING)


def whole_event(event: AdverseEventFacts, onset: Moment, data_cutoff: Moment | None) -> Run:
    """The whole event as one run: the upper bound where there is no grade history."""
    return _closed(onset, event.end, event, data_cutoff)


def _ends(event: AdverseEventFacts) -> list[Moment | None]:
    """Each period's end; left empty it is the next period's start, and for the last one the end of the event."""
    history = event.grade_history
    following: list[Moment | None] = [*(period.start for period in history[1:]), event.end]
    return [period.end or implied for period, implied in zip(history, following, strict=True)]


def _joined(end: Moment, start: Moment, *, doubtful_too: bool) -> bool:
    """Whether the next period starts where this one ended; with dates only, on the same day or (doubtful) the next."""
    touching = start.first <= end.last and end.first <= start.last
    if touching and (start.exact and end.exact):
        return True
    same_day = touching and start.last != end.first and end.last != start.first
    return (same_day and start.day_known and end.day_known) or (touching and doubtful_too)


def grade_runs(
    event: AdverseEventFacts, *, minimum: int, data_cutoff: Moment | None, doubtful_too: bool = False
) -> list[Run]:
    """Runs of consecutive periods at `minimum` or above, touching each other.

    `doubtful_too` also joins periods whose dates leave open whether there was a gap (a grade ends on one day and the
    next starts on the day after, no times known).
    """
    runs: list[Run] = []
    for period, end in zip(event.grade_history, _ends(event), strict=True):
        if period.grade < minimum:
            continue
        run = _closed(period.start, end, event, data_cutoff)
        previous = runs[-1] if runs else None
        if previous and previous.end and _joined(previous.end, period.start, doubtful_too=doubtful_too):
            runs[-1] = Run(previous.start, run.end, run.open)
        else:
            runs.append(run)
    return runs


def measure(run: Run, limit: timedelta, data_cutoff: Moment | None) -> Measured:
    """Compare one run with the limit.

    1. End known: longer if even the shortest reading is longer; uncertain if only the longest reading is.
    2. End missing although the event is said to be over, or open with no cut-off: uncertain.
    3. Open: longer once the shortest reading up to the cut-off is longer; until then open, decided at start + limit.
       A start known only to the month may already have passed the limit: uncertain.
    """
    end = run.end or (data_cutoff if run.open else None)
    if end is None:
        return Measured(Length.UNCERTAIN)
    shortest, longest = end.first - run.start.last, end.last - run.start.first
    if shortest > limit or (shortest == limit and not run.start.exact):
        return Measured(Length.LONGER)
    if run.end is None and (run.start.day_known or longest <= limit):
        return Measured(Length.OPEN, run.start.last + limit)
    return Measured(Length.UNCERTAIN if longest > limit else Length.NOT_LONGER)


def first_period(history: Sequence[GradePeriod], grade: int) -> GradePeriod | None:
    """The first period at `grade` or above."""
    return next((period for period in history if period.grade >= grade), None)
