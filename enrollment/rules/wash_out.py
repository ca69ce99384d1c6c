"""Wash-out: from which day earlier anticancer therapy permits leukapheresis and lymphodepletion.

Purpose: a therapy given shortly before leukapheresis spoils the starting material, and one given shortly before
lymphodepletion adds its toxicity; each kind of therapy therefore needs a number of free days.

Inputs: the courses with the last day each may have been given, and the days per kind of therapy.

Algorithm
    1. A course that goes on, or whose end is unknown, leaves both days open.
    2. Otherwise each course permits a procedure from its last day plus its number of days, that day included.
    3. The latest of these days counts; of courses that permit the same day, the first in the list is named.
    4. Without any course there is nothing to wait for.

Source: protocol parameters `wash_out.…`, assumptions until the protocol settles them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

RULE = "wash-out"
VERSION = "1.0"


class Therapy(StrEnum):
    """Kinds of earlier therapy with a wash-out of their own."""

    SYSTEMIC = "SYSTEMIC THERAPY"
    RADIOTHERAPY = "RADIOTHERAPY"
    SURGERY = "SURGERY"
    OTHER = "OTHER"


@dataclass(frozen=True)
class Course:
    """One course of therapy; `last_day` is the last day it may have been given, None while that cannot be said."""

    name: str
    therapy: Therapy
    last_day: date | None


@dataclass(frozen=True)
class FreeDays:
    """Days from the end of a therapy to each procedure, at least."""

    leukapheresis: int
    lymphodepletion: int


@dataclass(frozen=True)
class WashOut:
    """The earliest permitted days; None without any course, or while a course in `open` has no known end."""

    leukapheresis: date | None
    lymphodepletion: date | None
    open: tuple[str, ...]
    because: str


def wash_out(courses: Sequence[Course], free_days: Mapping[Therapy, FreeDays]) -> WashOut:
    """Return the earliest days of leukapheresis and lymphodepletion.

    >>> days = {kind: FreeDays(14, 28) for kind in Therapy}
    >>> answer = wash_out([Course("sunitinib", Therapy.SYSTEMIC, date(2026, 3, 1))], days)
    >>> str(answer.leukapheresis), str(answer.lymphodepletion)
    ('2026-03-15', '2026-03-29')
    >>> wash_out([Course("sunitinib", Therapy.SYSTEMIC, None)], days).because
    'No day can be named while the end of a therapy is not known: sunitinib.'
    """
    if not courses:
        return WashOut(None, None, (), "No earlier therapy: there is nothing to wait for.")
    unfinished = tuple(course.name for course in courses if course.last_day is None)
    if unfinished:
        because = f"No day can be named while the end of a therapy is not known: {', '.join(unfinished)}."
        return WashOut(None, None, unfinished, because)
    ended = [(course, course.last_day, free_days[course.therapy]) for course in courses if course.last_day is not None]
    apheresis = [(last + timedelta(days=free.leukapheresis), course.name) for course, last, free in ended]
    depletion = [(last + timedelta(days=free.lymphodepletion), course.name) for course, last, free in ended]
    first, second = max(apheresis, key=_day), max(depletion, key=_day)
    because = f"Leukapheresis waits for {first[1]}, lymphodepletion for {second[1]}."
    return WashOut(first[0], second[0], (), because)


def _day(permitted: tuple[date, str]) -> date:
    return permitted[0]
