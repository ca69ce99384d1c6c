"""Extra cytokine samples: which assessments of CRS or ICANS ask for a blood draw beside the planned ones.

Purpose: make the cytokine form of a visit required when the protocol asks for an extra draw, and say why.

Inputs: the assessments of one subject, each with the toxicity it grades (CRS or ICANS), its visit, its day, its time of
day where it is known, and the grade that stands (the investigator's, else the computed one; None while neither is
known); the grade from which an onset asks for a draw, and the grade from which every day does.

Algorithm
    1. Each toxicity is followed by itself, in the order of day, time of day and number; an assessment without a time
       stands at the start of its day. An assessment whose grade is unknown says nothing.
    2. Onset: the grade reaches the first limit in the first assessment, or after one below that limit. A toxicity that
       had ended and begins again is a new onset.
    3. Daily: every assessment at the second limit or above asks for a draw at its visit.
    4. One draw is enough for a visit: the reason shown is the earliest one there, CRS before ICANS at the same moment.

Source: schedule of assessments, cytokines and inflammation: an extra sample at the onset of CRS or ICANS of grade 1 or
higher, and every day while the grade is 2 or higher.

>>> calm = Assessment("CRS", "D3", date(2026, 3, 12), time(8), 1, 0)
>>> fever = Assessment("CRS", "D4", date(2026, 3, 13), time(8, 14), 1, 1)
>>> [(draw.visit, draw.reason.grade) for draw in extra_draws([fever, calm], onset_from=1, daily_from=2)]
[('D4', 1)]
>>> worse = [Assessment("CRS", f"D{day}", date(2026, 3, 9 + day), None, 1, 2) for day in (5, 6)]
>>> [draw.visit for draw in extra_draws([calm, fever, *worse], onset_from=1, daily_from=2)]
['D4', 'D5', 'D6']
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, time

RULE = "extra-cytokine-draws"
VERSION = "1.0.0"


@dataclass(frozen=True)
class Assessment:
    """One graded assessment; `clock` None means that its time of day is not known."""

    toxicity: str
    visit: str
    day: date
    clock: time | None
    sequence: int
    grade: int | None

    @property
    def moment(self) -> tuple[date, time, int]:
        """Where the assessment stands in time."""
        return self.day, self.clock or time.min, self.sequence


@dataclass(frozen=True)
class Draw:
    """An extra draw at a visit, and the assessment that asks for it."""

    visit: str
    reason: Assessment


def extra_draws(assessments: Iterable[Assessment], *, onset_from: int, daily_from: int) -> tuple[Draw, ...]:
    """Return the extra draws of one subject in the order of time, at most one per visit."""
    by_toxicity: dict[str, list[Assessment]] = {}
    for each in assessments:
        by_toxicity.setdefault(each.toxicity, []).append(each)
    asking = [
        each
        for course in by_toxicity.values()
        for each in _asking(course, onset_from=onset_from, daily_from=daily_from)
    ]
    draws: dict[str, Draw] = {}
    for each in sorted(asking, key=lambda asked: (asked.moment[:2], asked.toxicity, asked.sequence)):
        draws.setdefault(each.visit, Draw(each.visit, each))
    return tuple(draws.values())


def _asking(course: list[Assessment], *, onset_from: int, daily_from: int) -> Iterator[Assessment]:
    """Yield the assessments of one toxicity that ask for a draw (steps 1 to 3)."""
    before = 0
    for each in sorted(course, key=lambda assessed: assessed.moment):
        if each.grade is None:
            continue
        if each.grade >= daily_from or each.grade >= onset_from > before:
            yield each
        before = each.grade
