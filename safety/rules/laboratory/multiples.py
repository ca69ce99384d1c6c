"""Grades by multiples of the limit of normal, or of the baseline."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from safety.rules.laboratory.criteria import Multiples, Side, Step, Steps
from safety.rules.laboratory.reading import Reading, compared, in_column, passed, reported, shown, words, worst
from safety.rules.laboratory.result import Flag, ImpossibleResult, LaboratoryGrade, cannot_grade
from safety.rules.laboratory.thresholds import LIMIT_NAMES, limit_missing, limit_of


@dataclass(frozen=True)
class _Found:
    """The worst step of one scale of multiples; `step` None = none passed."""

    step: Step | None
    of: Decimal
    name: str

    @property
    def grade(self) -> int:
        return self.step.grade if self.step else 0


def by_multiples(criterion: Multiples, reading: Reading) -> LaboratoryGrade:
    """Grade by multiples.

    1. A value beyond the fixed number has its grade.
    2. A baseline abnormal on the same side is the measure: its multiples replace those of the limit.
    3. Otherwise the multiples of the limit count, and beside them those of the baseline where the criterion has both.
    4. A baseline that is not known counts as normal, and the answer is flagged. A limit that is not known, and a
       baseline said to be abnormal without its value, leave the grade open.
    """
    if reading.result.baseline == 0 and (criterion.abnormal or criterion.either):
        raise ImpossibleResult("baseline", "must be above 0")
    fixed = _fixed(criterion, reading)
    return fixed or _noting_the_unit(criterion, reading, _by_scale(criterion, reading))


def _fixed(criterion: Multiples, reading: Reading) -> LaboratoryGrade | None:
    column = criterion.fixed
    if column is None or reading.unit is None:
        return None
    step = worst(column.steps, in_column(reading, reading.value, column), criterion.side)
    if step is None:
        return None
    sentence = f"{compared(reading, column)} {words(criterion.side, step)} {shown(step.at)} {column.unit}"
    return LaboratoryGrade(step.grade, f"{sentence} (grade {step.grade}).")


def _noting_the_unit(criterion: Multiples, reading: Reading, answer: LaboratoryGrade) -> LaboratoryGrade:
    """Say so when the fixed number could still raise the grade of a value without a unit."""
    if criterion.fixed is None or reading.unit is not None or answer.grade is None:
        return answer
    if answer.grade >= criterion.fixed.steps[0].grade:
        return answer
    return LaboratoryGrade(answer.grade, answer.because, (*answer.flags, Flag.FIXED_NUMBER_NOT_COMPARED))


def baseline_abnormal(criterion: Multiples, reading: Reading) -> bool | None:
    """Whether the baseline was abnormal on the side of the criterion; None when that cannot be told."""
    result, limit = reading.result, limit_of(reading, criterion.side)
    stated = result.baseline_low if criterion.side is Side.LOW else result.baseline_high
    if stated is not None:
        return stated
    if result.baseline is None:
        return False
    return None if limit is None else passed(Fraction(result.baseline), Fraction(limit), criterion.side)


def _by_scale(criterion: Multiples, reading: Reading) -> LaboratoryGrade:
    abnormal = baseline_abnormal(criterion, reading) if criterion.abnormal else False
    baseline, limit = reading.result.baseline, limit_of(reading, criterion.side)
    if abnormal:
        if baseline is None:
            sentence = "the baseline is said to be abnormal and its value is missing"
            return cannot_grade(sentence, Flag.BASELINE_MISSING)
        return _answer(criterion, reading, [_scale(criterion, reading, criterion.abnormal, baseline, "baseline")])
    if limit is None:
        return limit_missing(criterion.side)
    symptoms = bool(criterion.symptomatic) and reading.result.symptomatic
    steps = criterion.symptomatic if symptoms else criterion.steps
    scales = [_scale(criterion, reading, steps, limit, LIMIT_NAMES[criterion.side][1])]
    if criterion.either and baseline is not None:
        scales.append(_scale(criterion, reading, criterion.either, baseline, "baseline"))
    return _answer(criterion, reading, scales, symptoms=symptoms)


def _scale(criterion: Multiples, reading: Reading, steps: Steps, of: Decimal, name: str) -> _Found:
    return _Found(worst(steps, Fraction(reading.value), criterion.side, Fraction(of)), of, name)


def _answer(criterion: Multiples, reading: Reading, scales: list[_Found], *, symptoms: bool = False) -> LaboratoryGrade:
    found = max(scales, key=lambda scale: scale.grade)
    flags = _flags(criterion, reading)
    of = f"{found.name} ({shown(found.of)})"
    if found.step is None:
        return LaboratoryGrade(0, f"{reported(reading)} passes no multiple of the {of} (grade 0).", flags)
    more = ", with symptoms" if symptoms else ""
    sentence = f"{reported(reading)} {words(criterion.side, found.step)} {shown(found.step.at)} × {of}{more}"
    return LaboratoryGrade(found.grade, f"{sentence} (grade {found.grade}).", flags)


def _flags(criterion: Multiples, reading: Reading) -> tuple[Flag, ...]:
    """Flag a criterion that asks for a baseline nobody stated."""
    stated = reading.result.baseline_low if criterion.side is Side.LOW else reading.result.baseline_high
    asked = bool(criterion.either) or (bool(criterion.abnormal) and stated is None)
    return (Flag.BASELINE_MISSING,) if asked and reading.result.baseline is None else ()
