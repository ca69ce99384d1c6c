"""Exposure by dose level: who was enrolled and infused, with how much of the planned dose, followed for how long."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from statistics import median

from reports.content.facts import Group, StudyFacts, SubjectFacts, level_code


@dataclass(frozen=True)
class Spread:
    """Number of values, their median, minimum and maximum, to one decimal; None where there are none."""

    n: int
    median: Decimal | None = None
    minimum: Decimal | None = None
    maximum: Decimal | None = None


@dataclass(frozen=True)
class ExposureColumn:
    """Exposure of one dose level, or of all subjects."""

    code: str
    enrolled: int
    infused: int
    percent_of_plan: Spread
    follow_up_days: Spread
    died: int
    off_study: int


def spread(values: Iterable[Decimal]) -> Spread:
    """Summarise values.

    >>> found = spread([Decimal(98), Decimal(100), Decimal("101.25")])
    >>> found.n, str(found.median), str(found.minimum), str(found.maximum)
    (3, '100.0', '98.0', '101.3')
    """
    known = sorted(values)
    if not known:
        return Spread(0)
    return Spread(len(known), _rounded(median(known)), _rounded(known[0]), _rounded(known[-1]))


def _rounded(value: Decimal) -> Decimal:
    return value.quantize(Decimal("0.1"), ROUND_HALF_UP)


def percent_of_plan(subject: SubjectFacts) -> Decimal | None:
    """Return the infused share of the planned cells in percent, None where either is not known."""
    planned, infused = subject.planned_cells_million, subject.infused_cells_million
    if planned is None or infused is None or planned <= 0:
        return None
    return infused * 100 / planned


def follow_up_days(subject: SubjectFacts, cutoff_date: date) -> int | None:
    """Return the days from infusion to death, end of study or cut-off, whichever is first; None when not infused."""
    if subject.infusion_date is None:
        return None
    ends = (cutoff_date, subject.death_date, subject.off_study_date)
    last = min(end for end in ends if end is not None)
    return max((last - subject.infusion_date).days, 0)


def exposure(facts: StudyFacts) -> tuple[ExposureColumn, ...]:
    """Return one column per dose level, one for subjects without a level where there are any, and the sum.

    Every enrolled or infused subject is in exactly one column before the last.
    """
    counted = [subject for subject in facts.subjects if subject.enrolled or subject.infused]
    codes = [level_code(level) for level in facts.levels]
    codes += sorted({level_code(subject.dose_level) for subject in counted} - set(codes))
    columns = [
        _column(code, [s for s in counted if level_code(s.dose_level) == code], facts.cutoff_date) for code in codes
    ]
    return (*columns, _column(Group.ALL, counted, facts.cutoff_date))


def _column(code: str, subjects: list[SubjectFacts], cutoff_date: date) -> ExposureColumn:
    infused = [subject for subject in subjects if subject.infused]
    shares = [share for share in map(percent_of_plan, infused) if share is not None]
    days = [Decimal(d) for d in (follow_up_days(s, cutoff_date) for s in infused) if d is not None]
    return ExposureColumn(
        code=code,
        enrolled=len(subjects),
        infused=len(infused),
        percent_of_plan=spread(shares),
        follow_up_days=spread(days),
        died=sum(s.death_date is not None for s in infused),
        off_study=sum(s.off_study_date is not None for s in infused),
    )
