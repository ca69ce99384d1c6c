"""What the DLT rule needs to know about one adverse event, and which facts contradict each other."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from zoneinfo import ZoneInfo

from safety.rules.moments import Moment


class Grading(StrEnum):
    """The grading system of an event."""

    CTCAE = "CTCAE v5.0"
    ASTCT = "ASTCT 2019"


class Relationship(StrEnum):
    """The investigator's causality."""

    DEFINITE = "definite"
    PROBABLE = "probable"
    POSSIBLE = "possible"
    UNLIKELY = "unlikely"
    UNRELATED = "unrelated"


class Outcome(StrEnum):
    """CDISC outcome of an event."""

    FATAL = "FATAL"
    NOT_RECOVERED = "NOT RECOVERED/NOT RESOLVED"
    RECOVERED = "RECOVERED/RESOLVED"
    SEQUELAE = "RECOVERED/RESOLVED WITH SEQUELAE"
    RECOVERING = "RECOVERING/RESOLVING"
    UNKNOWN = "UNKNOWN"


#: Outcomes that say the event may be over although no end was recorded: how long it lasted cannot be known.
END_IS_MISSING = frozenset({Outcome.FATAL, Outcome.RECOVERED, Outcome.SEQUELAE, Outcome.UNKNOWN})


class Anchor(StrEnum):
    """What must begin inside the DLT window."""

    EVENT = "event"
    QUALIFYING_GRADE = "qualifying_grade"


@dataclass(frozen=True)
class GradePeriod:
    """One step of the grade history; a missing end is the next step's start, or the event's end."""

    grade: int
    start: Moment
    end: Moment | None = None


@dataclass(frozen=True)
class AdverseEventFacts:
    """One adverse event; None = not recorded. `part_of_event`: a component sign of a CRS or ICANS event."""

    term: str
    relationship: Relationship | None
    onset: Moment | None
    end: Moment | None = None
    max_grade: int | None = None
    grade_history: tuple[GradePeriod, ...] = ()
    grading: Grading | None = None
    soc: str | None = None
    term_specify: str | None = None
    relationship_lymphodepletion: Relationship | None = None
    outcome: Outcome | None = None
    part_of_event: bool = False

    @property
    def highest_grade(self) -> int | None:
        """The highest grade recorded anywhere, None when there is none."""
        grades = [period.grade for period in self.grade_history]
        if self.max_grade is not None:
            grades.append(self.max_grade)
        return max(grades, default=None)


TRIAL_TIME_ZONE = ZoneInfo("Asia/Shanghai")


@dataclass(frozen=True)
class DltConfig:
    """Protocol parameters of the DLT rule; the defaults are this protocol's."""

    window_days: int = 28
    infusion_day: int = 0
    crs_min_days: int = 14
    crs_g4_any_duration: bool = True
    onset_anchor: Anchor = Anchor.EVENT
    time_zone: ZoneInfo = TRIAL_TIME_ZONE


@dataclass(frozen=True)
class Contradiction:
    """Two facts that cannot both be true; `key` names the one to look at first."""

    key: str
    sentence: str


def contradictions(
    event: AdverseEventFacts, *, infusion_at: Moment | None, data_cutoff: Moment | None
) -> tuple[Contradiction, ...]:
    """Every contradiction that is certain whatever the missing parts of partial dates are."""
    found = [*_of_event(event), *_of_history(event)]
    if data_cutoff is not None:
        if infusion_at is not None and data_cutoff.certainly_before(infusion_at):
            found.append(Contradiction("data_cutoff", "the data cut-off lies before the infusion"))
        if event.onset is not None and data_cutoff.certainly_before(event.onset):
            found.append(Contradiction("ae.onset", "the onset lies after the data cut-off"))
        if any(data_cutoff.certainly_before(period.start) for period in event.grade_history):
            found.append(Contradiction("ae.grade_history", "a grade starts after the data cut-off"))
    return tuple(found)


def _of_event(event: AdverseEventFacts) -> list[Contradiction]:
    found: list[Contradiction] = []
    if event.end is not None and event.onset is not None and event.end.certainly_before(event.onset):
        found.append(Contradiction("ae.end", "the end lies before the onset"))
    graded = max((period.grade for period in event.grade_history), default=0)
    if event.max_grade is not None and event.max_grade < graded:
        sentence = f"the maximum grade {event.max_grade} is below grade {graded} of the grade history"
        found.append(Contradiction("ae.max_grade", sentence))
    return found


def _of_history(event: AdverseEventFacts) -> list[Contradiction]:
    key = "ae.grade_history"
    found: list[Contradiction] = []
    for period in event.grade_history:
        if period.end is not None and period.end.certainly_before(period.start):
            found.append(Contradiction(key, f"grade {period.grade} ends before it starts"))
        if event.onset is not None and period.start.certainly_before(event.onset):
            found.append(Contradiction(key, f"grade {period.grade} starts before the onset of the event"))
        last = period.end or period.start
        if event.end is not None and event.end.certainly_before(last):
            found.append(Contradiction(key, f"grade {period.grade} lasts beyond the end of the event"))
    for before, after in pairwise(event.grade_history):
        if after.start.certainly_before(before.start):
            found.append(Contradiction(key, "the grades are not in order of time"))
        elif before.end is not None and after.start.certainly_before(before.end):
            found.append(Contradiction(key, f"grade {after.grade} starts before grade {before.grade} ends"))
        elif before.start.exact and before.start == after.start:
            found.append(Contradiction(key, "two grades start at the same moment"))
        if before.grade == 5:
            found.append(Contradiction(key, "a grade follows grade 5"))
    return found
