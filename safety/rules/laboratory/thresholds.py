"""Grades by fixed numbers and by the limit of normal, and INR."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from safety.rules.laboratory.criteria import Anticoagulated, Column, Side, Step, Thresholds
from safety.rules.laboratory.reading import Reading, compared, in_column, passed, reported, shown, words, worst
from safety.rules.laboratory.result import Flag, ImpossibleResult, LaboratoryGrade, cannot_grade

LIMIT_NAMES = {Side.LOW: ("lower limit of normal", "LLN"), Side.HIGH: ("upper limit of normal", "ULN")}


def limit_of(reading: Reading, side: Side) -> Decimal | None:
    """LLN for what is too low, ULN for what is too high."""
    return reading.result.lln if side is Side.LOW else reading.result.uln


def limit_missing(side: Side) -> LaboratoryGrade:
    """The answer when LLN or ULN is needed and not known."""
    flag = Flag.LLN_MISSING if side is Side.LOW else Flag.ULN_MISSING
    return cannot_grade(f"the {LIMIT_NAMES[side][0]} is missing", flag)


def beyond_limit(reading: Reading, side: Side) -> bool | None:
    """Whether the value lies beyond its limit; None when the limit is not known."""
    limit = limit_of(reading, side)
    return None if limit is None else passed(Fraction(reading.value), Fraction(limit), side)


def by_thresholds(criterion: Thresholds, reading: Reading) -> LaboratoryGrade:
    """Grade by fixed numbers.

    1. A value beyond a published number has that number's grade, whatever the limit of normal is.
    2. Otherwise a value beyond LLN or ULN has the grade of the limit; a limit that is not known leaves it open.
    3. Symptoms raise the grade where the criterion says so.
    """
    if criterion.above_limit:
        return _above_limit(criterion, reading)
    if criterion.columns and reading.unit is None:
        return cannot_grade("the unit is missing, and the criterion names numbers with a unit", Flag.UNIT_MISSING)
    column = _column(criterion, reading)
    step = worst(column.steps, in_column(reading, reading.value, column), criterion.side) if column else None
    if column and step:
        return _of_step(criterion, reading, column, step)
    if not criterion.limit_grade:
        return LaboratoryGrade(0, f"{reported(reading)} passes no number of the criterion (grade 0).")
    return _of_limit(criterion, reading)


def _column(criterion: Thresholds, reading: Reading) -> Column | None:
    """The column of the reported kind of unit, else the first."""
    kind = reading.unit.kind if reading.unit else None
    same_kind = [column for column in criterion.columns if column.kind is kind]
    return next(iter([*same_kind, *criterion.columns]), None)


def _of_step(criterion: Thresholds, reading: Reading, column: Column, step: Step) -> LaboratoryGrade:
    sentence = f"{compared(reading, column)} {words(criterion.side, step)} {shown(step.at)} {column.unit}"
    within = criterion.limit_grade and beyond_limit(reading, criterion.side) is False
    return _with_symptoms(criterion, reading, step.grade, sentence, (Flag.WITHIN_LIMITS,) if within else ())


def _of_limit(criterion: Thresholds, reading: Reading) -> LaboratoryGrade:
    beyond, limit = beyond_limit(reading, criterion.side), limit_of(reading, criterion.side)
    if beyond is None or limit is None:
        return limit_missing(criterion.side)
    name = LIMIT_NAMES[criterion.side][0]
    if not beyond:
        return LaboratoryGrade(0, f"{reported(reading)} is not beyond the {name}, {shown(limit)} (grade 0).")
    sentence = f"{reported(reading)} is beyond the {name}, {shown(limit)}"
    return _with_symptoms(criterion, reading, criterion.limit_grade, sentence, ())


def _with_symptoms(
    criterion: Thresholds, reading: Reading, grade: int, sentence: str, flags: tuple[Flag, ...]
) -> LaboratoryGrade:
    raised = criterion.symptomatic.get(grade, grade) if reading.result.symptomatic else grade
    more = ", with symptoms" if raised != grade else ""
    return LaboratoryGrade(raised, f"{sentence}{more} (grade {raised}).", flags)


def _above_limit(criterion: Thresholds, reading: Reading) -> LaboratoryGrade:
    """The numbers count from the limit: no limit no grade, and within it no unit is needed."""
    limit = limit_of(reading, criterion.side)
    if limit is None:
        return limit_missing(criterion.side)
    if not beyond_limit(reading, criterion.side):
        return _of_limit(criterion, reading)
    if reading.unit is None:
        return cannot_grade("the unit is missing, and the criterion names numbers with a unit", Flag.UNIT_MISSING)
    column = criterion.columns[0]
    excess = in_column(reading, reading.value, column) - in_column(reading, limit, column)
    step = worst(column.steps, excess, criterion.side)
    if step is None:
        return _of_limit(criterion, reading)
    sentence = f"{compared(reading, column)} is more than {shown(step.at)} {column.unit} above the upper limit"
    return LaboratoryGrade(step.grade, f"{sentence} of normal, {shown(limit)} (grade {step.grade}).")


def by_anticoagulation(criterion: Anticoagulated, reading: Reading) -> LaboratoryGrade:
    """Grade INR: fixed numbers, and on anticoagulation multiples of the baseline instead."""
    value, baseline = Fraction(reading.value), reading.result.baseline
    if not reading.result.anticoagulated:
        step = worst(criterion.steps, value, criterion.side)
        if step is None:
            return LaboratoryGrade(0, f"{shown(reading.value)} passes no number of the criterion (grade 0).")
        return LaboratoryGrade(step.grade, f"{shown(reading.value)} is above {shown(step.at)} (grade {step.grade}).")
    if baseline is None:
        return cannot_grade("on anticoagulation the baseline is needed, and it is missing", Flag.BASELINE_MISSING)
    if baseline == 0:
        raise ImpossibleResult("baseline", "must be above 0")
    step = worst(criterion.on_anticoagulant, value, criterion.side, Fraction(baseline))
    on = f"the baseline on anticoagulation, {shown(baseline)}"
    if step is None:
        return LaboratoryGrade(0, f"{shown(reading.value)} is not above {on} (grade 0).")
    return LaboratoryGrade(step.grade, f"{shown(reading.value)} is above {shown(step.at)} × {on} (grade {step.grade}).")
