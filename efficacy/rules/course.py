"""What is known of one subject's course after infusion: the facts every time to event is derived from.

Source: FDA, Clinical Trial Endpoints for the Approval of Cancer Drugs and Biologics (2018), appendix; CDISC ADaM Basic
Data Structure for Time-to-Event Analyses 1.0 (event and censoring descriptions).

>>> course = Course(date(2025, 1, 1), (Assessment(date(2025, 1, 29), Response.SD),), death_date=date(2025, 6, 1))
>>> known_at(course, date(2025, 3, 1)).death_date is None
True
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum


class Endpoint(StrEnum):
    """Progression-free and overall survival, time to response, duration of response."""

    PFS = "PFS"
    OS = "OS"
    TTR = "TTR"
    DOR = "DOR"


class Response(StrEnum):
    """Overall response of one time point (RECIST 1.1)."""

    CR = "CR"
    PR = "PR"
    SD = "SD"
    NON_CR_NON_PD = "NON-CR/NON-PD"
    PD = "PD"
    NE = "NE"


@dataclass(frozen=True)
class Assessment:
    """One tumour assessment; for PD the date of the scan that showed it."""

    date: date
    response: Response


@dataclass(frozen=True)
class Course:
    """One subject from infusion on; None = did not happen, or not known.

    `start_date` is the infusion, `nact_date` the start of new anticancer therapy, `first_response_date` the first of a
    response that counts (confirmed where confirmation is required). `no_baseline`: no or incomplete baseline.
    """

    start_date: date
    assessments: tuple[Assessment, ...] = ()
    death_date: date | None = None
    last_known_alive: date | None = None
    nact_date: date | None = None
    first_response_date: date | None = None
    no_baseline: bool = False


@dataclass(frozen=True)
class Contradiction:
    """Facts that cannot all be true: the key at fault and what is wrong with it."""

    key: str
    sentence: str


def known_at(course: Course, cutoff: date | None) -> Course:
    """The course as it stood at the end of the cut-off day: later dates are not known yet.

    A later sign of life shows that the subject was alive on the cut-off day itself, so `last_known_alive` becomes that
    day. A later death shows the same where no date of last contact was given.
    """
    if cutoff is None:
        return course

    def unless_later(day: date | None) -> date | None:
        return day if day is None or day <= cutoff else None

    alive = course.last_known_alive or course.death_date
    died = unless_later(course.death_date)
    return replace(
        course,
        assessments=tuple(item for item in course.assessments if item.date <= cutoff),
        death_date=died,
        last_known_alive=course.last_known_alive if alive is None or died else min(alive, cutoff),
        nact_date=unless_later(course.nact_date),
        first_response_date=unless_later(course.first_response_date),
    )


def contradictions(course: Course, cutoff: date | None = None) -> Iterator[Contradiction]:
    """Why the facts cannot all be true, first reason first; nothing when they can."""
    yield from _impossible_dates(course, cutoff)
    yield from _impossible_assessments(course)
    yield from _impossible_response(course)


def _impossible_dates(course: Course, cutoff: date | None) -> Iterator[Contradiction]:
    start, death = course.start_date, course.death_date
    single = {
        "death_date": death,
        "last_known_alive": course.last_known_alive,
        "nact_date": course.nact_date,
        "first_response_date": course.first_response_date,
        "cutoff": cutoff,
    }
    for key, day in single.items():
        if day is not None and day < start:
            yield Contradiction(key, f"{day} lies before start_date, {start}")
        # The cut-off may well lie after a death; nothing else can.
        if day is not None and death is not None and day > death and key != "cutoff":
            yield Contradiction(key, f"{day} lies after death_date, {death}")


def _impossible_assessments(course: Course) -> Iterator[Contradiction]:
    seen: set[date] = set()
    for number, item in enumerate(course.assessments):
        key = f"assessments[{number}].date"
        if item.date < course.start_date:
            yield Contradiction(key, f"{item.date} lies before start_date, {course.start_date}")
        if course.death_date is not None and item.date > course.death_date:
            yield Contradiction(key, f"{item.date} lies after death_date, {course.death_date}")
        if item.date in seen:
            yield Contradiction(key, f"{item.date} is the date of an earlier entry")
        seen.add(item.date)


def _impossible_response(course: Course) -> Iterator[Contradiction]:
    first_response = course.first_response_date
    if first_response is None:
        return
    if course.no_baseline:
        yield Contradiction("first_response_date", "no response can be told without a baseline (no_baseline)")
    progressions = [item.date for item in course.assessments if item.response is Response.PD]
    if progressions and min(progressions) <= first_response:
        sentence = f"{first_response} is not before the progression on {min(progressions)}"
        yield Contradiction("first_response_date", sentence)
