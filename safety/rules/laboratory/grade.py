"""From a reported value to its grade: understand the unit, find the criterion, compare."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from safety.rules.laboratory.analytes import ANALYTES, UnknownUnit, analyte
from safety.rules.laboratory.criteria import Anticoagulated, Criterion, Side, Thresholds, find_criterion
from safety.rules.laboratory.multiples import by_multiples
from safety.rules.laboratory.reading import Reading
from safety.rules.laboratory.result import (
    Flag,
    ImpossibleResult,
    LaboratoryGrade,
    LaboratoryResult,
    cannot_grade,
    contradiction,
)
from safety.rules.laboratory.thresholds import by_anticoagulation, by_thresholds


def grade_laboratory(result: LaboratoryResult) -> LaboratoryGrade:
    """Grade one value for one term. Raises ImpossibleResult for what cannot be true: negative, unknown unit."""
    wrong = contradiction(result)
    if wrong is not None:
        raise wrong
    criterion = find_criterion(result.term, ionized=result.ionized)
    if criterion is None:
        sentence = f"CTCAE v5.0 has no numeric laboratory criterion for {result.term.strip()!r}"
        return cannot_grade(sentence, Flag.NO_NUMERIC_CRITERION)
    measured = ANALYTES[criterion.analyte]
    try:
        unit = measured.read_unit(result.unit) if result.unit and result.unit.strip() else None
    except UnknownUnit as problem:
        raise ImpossibleResult("unit", str(problem)) from None
    if result.value is None:
        return cannot_grade("there is no value", Flag.VALUE_MISSING)
    return _compare(criterion, Reading(result, result.value, measured, unit))


def _compare(criterion: Criterion, reading: Reading) -> LaboratoryGrade:
    if isinstance(criterion, Thresholds):
        return by_thresholds(criterion, reading)
    if isinstance(criterion, Anticoagulated):
        return by_anticoagulation(criterion, reading)
    return by_multiples(criterion, reading)


@dataclass(frozen=True)
class TermGrade:
    """The grade of one value for one of its analyte's terms."""

    term: str
    side: Side
    grade: LaboratoryGrade


def grades_of(code: str, result: LaboratoryResult) -> tuple[TermGrade, ...]:
    """Grade one value for every term of its analyte; `result.term` does not matter. Raises as `grade_laboratory` does.

    >>> from decimal import Decimal
    >>> result = LaboratoryResult("", Decimal("3.1"), "mmol/L", lln=Decimal("3.5"), uln=Decimal("5.1"))
    >>> [(each.term, each.grade.grade) for each in grades_of("K", result)]
    [('Hypokalemia', 1), ('Hyperkalemia', 0)]
    """
    return tuple(_terms(code, result))


def _terms(code: str, result: LaboratoryResult) -> Iterator[TermGrade]:
    measured = analyte(code)
    for side, term in ((Side.LOW, measured.terms.low), (Side.HIGH, measured.terms.high)):
        if term is not None:
            asked = replace(result, term=term, ionized=measured.ionized)
            yield TermGrade(term, side, grade_laboratory(asked))
