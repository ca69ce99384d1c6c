"""Episodes of CRS or ICANS from the grades of the single bedside assessments.

Purpose: the DLT rule needs an episode with dated grade changes; the bedside has assessments, one after the other.

Inputs: assessments of one syndrome in any order, each with its moment and its grade 0-5; assessments whose grade cannot
be told are left out by the caller, because an unknown grade neither begins nor ends anything.

Algorithm
    1. In order of time; of several assessments at one moment the highest grade counts.
    2. An episode begins with the first grade of 1 or more after none, and each grade unlike the one before is a grade
       change of it.
    3. It ends with the first grade 0, at the moment of that assessment: until then it was seen.
    4. Nothing follows grade 5.
    5. The daily maximum is the highest grade of the calendar day on which it was assessed.

Source: Lee DW et al., Biol Blood Marrow Transplant 2019;25:625-638: the grade is given at least twice a day and as
often as the state changes; fever waived and neither hypotension nor hypoxia is resolved. The protocol reports the
episode as one adverse event with dated grade changes.

>>> from datetime import UTC
>>> at = lambda hour: datetime(2026, 11, 5, hour, tzinfo=UTC)
>>> one, = episodes([Graded(at(2), 1), Graded(at(8), 2), Graded(at(9), 2), Graded(at(20), 0)])
>>> [change.grade for change in one.changes], one.highest, one.end == at(20)
([1, 2], 2, True)
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

RULE = "syndrome-episode"
VERSION = "1.0.0"
DEATH = 5


@dataclass(frozen=True)
class Graded:
    """One assessment: when (aware of its zone) and which grade."""

    at: datetime
    grade: int


@dataclass(frozen=True)
class Episode:
    """One stretch of grades of 1 or more; `end` None while it goes on. A death has no end of its own."""

    changes: tuple[Graded, ...]
    end: datetime | None = None

    @property
    def start(self) -> datetime:
        """The moment of the first grade."""
        return self.changes[0].at

    @property
    def highest(self) -> int:
        """The highest grade of the episode."""
        return max(change.grade for change in self.changes)

    @property
    def now(self) -> int:
        """The grade that holds after the last assessment: 0 once the episode ended."""
        return 0 if self.end is not None else self.changes[-1].grade


def in_order(assessments: Iterable[Graded]) -> list[Graded]:
    """Return one assessment per moment, the highest grade of it, in order of time."""
    highest: dict[datetime, int] = {}
    for each in assessments:
        highest[each.at] = max(each.grade, highest.get(each.at, 0))
    return [Graded(at, highest[at]) for at in sorted(highest)]


def episodes(assessments: Iterable[Graded]) -> tuple[Episode, ...]:
    """Return the episodes in order of time."""
    found: list[Episode] = []
    changes: list[Graded] = []
    for each in in_order(assessments):
        if each.grade == 0 and changes:
            found.append(Episode(tuple(changes), each.at))
            changes = []
        elif each.grade and (not changes or changes[-1].grade != each.grade):
            changes.append(each)
        if each.grade == DEATH:
            break
    return (*found, Episode(tuple(changes))) if changes else tuple(found)


def unrecorded(episode: Episode, recorded: Sequence[Graded]) -> tuple[Graded, ...]:
    """Return the grade changes of an episode that the event's record lacks: those after its last one.

    What is recorded stays as it is, also where the assessments say something else: a person corrects it.

    >>> from datetime import UTC
    >>> at = lambda hour: datetime(2026, 11, 5, hour, tzinfo=UTC)
    >>> whole = Episode((Graded(at(2), 1), Graded(at(8), 2), Graded(at(14), 3)))
    >>> [each.grade for each in unrecorded(whole, [Graded(at(2), 1)])]
    [2, 3]
    """
    if not recorded:
        return episode.changes
    last = max(recorded, key=lambda each: each.at)
    later = [change for change in episode.changes if change.at > last.at]
    if later and later[0].grade == last.grade:
        later = later[1:]
    return tuple(later)


def daily_maximum(assessments: Iterable[Graded], zone: ZoneInfo) -> dict[date, int]:
    """Return the highest grade of each day on which there was an assessment, in order of the days."""
    found: dict[date, int] = {}
    for each in in_order(assessments):
        day = each.at.astimezone(zone).date()
        found[day] = max(each.grade, found.get(day, 0))
    return found
