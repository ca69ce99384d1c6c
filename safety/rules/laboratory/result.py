"""What a laboratory reported, and the grade it has."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum


class Flag(StrEnum):
    """Why a result cannot be graded, or what to know about the grade."""

    NO_NUMERIC_CRITERION = "NO_NUMERIC_CRITERION"
    VALUE_MISSING = "VALUE_MISSING"
    UNIT_MISSING = "UNIT_MISSING"
    LLN_MISSING = "LLN_MISSING"
    ULN_MISSING = "ULN_MISSING"
    #: No baseline is known: graded as if it had been normal, or not graded where the criterion is the baseline's.
    BASELINE_MISSING = "BASELINE_MISSING"
    #: A fixed number gives the grade although the value lies within the laboratory's limits.
    WITHIN_LIMITS = "WITHIN_LIMITS"
    #: The criterion also names a fixed number, which a value without a unit cannot be compared with.
    FIXED_NUMBER_NOT_COMPARED = "FIXED_NUMBER_NOT_COMPARED"


class ImpossibleResult(ValueError):
    """A result that cannot be true; `key` names the field of `LaboratoryResult` to look at first."""

    def __init__(self, key: str, sentence: str) -> None:
        super().__init__(f"{key}: {sentence}")
        self.key = key
        self.sentence = sentence


@dataclass(frozen=True)
class LaboratoryResult:
    """One value as reported, to be graded for one CTCAE v5.0 term.

    `lln`, `uln` and `baseline` are in the unit of `value`; `unit` None means that only their ratio is known.
    `baseline_high` and `baseline_low` say whether the baseline was above ULN or below LLN; None = compare it with this
    result's limits. Calcium is corrected for albumin unless `ionized`.
    """

    term: str
    value: Decimal | None
    unit: str | None = None
    lln: Decimal | None = None
    uln: Decimal | None = None
    baseline: Decimal | None = None
    baseline_high: bool | None = None
    baseline_low: bool | None = None
    symptomatic: bool = False
    anticoagulated: bool = False
    ionized: bool = False


@dataclass(frozen=True)
class LaboratoryGrade:
    """The computed grade 0-4 with the sentence that explains it; None = cannot grade."""

    grade: int | None
    because: str
    flags: tuple[Flag, ...] = ()


def cannot_grade(sentence: str, *flags: Flag) -> LaboratoryGrade:
    """The answer without a grade."""
    return LaboratoryGrade(None, f"Cannot grade: {sentence}.", flags)


def contradiction(result: LaboratoryResult) -> ImpossibleResult | None:
    """The first thing about a result that is impossible whatever its term, None when there is none."""
    for key in ("value", "lln", "uln", "baseline"):
        number: Decimal | None = getattr(result, key)
        if number is not None and not number.is_finite():
            return ImpossibleResult(key, "must be a finite number")
        if number is not None and number < 0:
            return ImpossibleResult(key, f"must not be negative, and is {number}")
    if result.uln == 0:
        return ImpossibleResult("uln", "must be above 0")
    if result.lln is not None and result.uln is not None and result.lln > result.uln:
        return ImpossibleResult("lln", f"{result.lln} lies above uln, {result.uln}")
    if result.baseline_high and result.baseline_low:
        return ImpossibleResult("baseline_low", "contradicts a baseline that was high")
    return None
