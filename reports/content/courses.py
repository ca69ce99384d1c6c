"""What happened to each infused subject over time, as plain values: what the figures of the safety report draw."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

#: Without another assessment a grade is drawn for this many days, and for so many after the last one.
LONGEST_GAP, LAST_STEP = 1.0, 0.5


@dataclass(frozen=True)
class Grade:
    """A grade of one assessment, on a day since the infusion; `investigator` False: computed, nobody gave one."""

    day: float
    grade: int
    investigator: bool


@dataclass(frozen=True)
class Span:
    """A treatment from one day to another; `kind` as the bedside form asks for it."""

    start: float
    end: float
    kind: str
    name: str
    ongoing: bool


@dataclass(frozen=True)
class Given:
    """Consecutive assessments that say that a kind of treatment was given."""

    start: float
    end: float
    kind: str
    assessments: int


@dataclass(frozen=True)
class Band:
    """Consecutive assessments with one grade."""

    start: float
    end: float
    grade: int
    investigator: bool
    assessments: int


@dataclass(frozen=True)
class SubjectCourse:
    """One infused subject: grades by syndrome, rescue treatments of the log and of the assessments, day of death."""

    subject: str
    group: str
    grades: tuple[tuple[str, tuple[Grade, ...]], ...] = ()
    treatments: tuple[Span, ...] = ()
    given: tuple[Given, ...] = ()
    death: float | None = None


@dataclass(frozen=True)
class Lane:
    """The time of one infused subject on study; `best` is the best response, `events` are dates by their kind."""

    subject: str
    group: str
    start: date
    end: date
    best: str
    events: tuple[tuple[str, date], ...]
    followed: bool


def bands_of(grades: Iterable[Grade]) -> tuple[Band, ...]:
    """Join the grades of consecutive assessments; a grade stands until the next assessment, a day at the most.

    >>> found = bands_of([Grade(1.0, 2, True), Grade(1.5, 2, True), Grade(2.0, 3, True), Grade(9.0, 3, True)])
    >>> [(band.start, band.end, band.grade, band.assessments) for band in found]
    [(1.0, 2.0, 2, 2), (2.0, 3.0, 3, 1), (9.0, 9.5, 3, 1)]
    """
    known = sorted(grades, key=lambda each: each.day)
    bands: list[Band] = []
    for place, each in enumerate(known):
        following = known[place + 1].day if place + 1 < len(known) else each.day + LAST_STEP
        band = Band(each.day, min(following, each.day + LONGEST_GAP), each.grade, each.investigator, 1)
        last = bands[-1] if bands else None
        if last and (last.grade, last.investigator, last.end) == (band.grade, band.investigator, band.start):
            bands[-1] = Band(last.start, band.end, band.grade, band.investigator, last.assessments + 1)
        else:
            bands.append(band)
    return tuple(bands)


def given_of(days: Iterable[float], kind: str) -> tuple[Given, ...]:
    """Join the days of assessments that name a treatment, where no more than a day lies between them.

    >>> [(each.start, each.end, each.assessments) for each in given_of([2.0, 2.5, 8.0], "tocilizumab")]
    [(2.0, 2.5, 2), (8.0, 8.0, 1)]
    """
    found: list[Given] = []
    for day in sorted(days):
        last = found[-1] if found else None
        if last and day - last.end <= LONGEST_GAP:
            found[-1] = Given(last.start, day, kind, last.assessments + 1)
        else:
            found.append(Given(day, day, kind, 1))
    return tuple(found)
