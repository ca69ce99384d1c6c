"""The CTCAE grade of a result of which only a limit is known ("<0.5", ">500").

Purpose: grade such a result only as far as that is certain, and never as if the limit were the value.

Inputs: a result whose value is the limit, and whether the true value lies below or above it.

Algorithm
    1. The true value lies beyond the limit, so a value just beyond it is graded.
    2. Below the limit, for a term that grades low values, the true grade is at least that grade; the same above the
       limit for a term that grades high values.
    3. For the other side it is at most that grade: grade 0 is then certain, anything else stays open.

Source: the order of the grades of CTCAE v5.0, which get worse towards one side.

>>> limit = LaboratoryResult("Neutrophil count decreased", Decimal("0.5"), "10^9/L", lln=Decimal("1.8"))
>>> grade_censored(limit, Side.LOW, below=True).grade
4
>>> grade_censored(limit, Side.LOW, below=False).grade is None
True
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from safety.rules.laboratory import LaboratoryGrade, LaboratoryResult, Side, grade_laboratory

RULE = "ctcae-lab-grade-censored"
VERSION = "1.0.0"
#: Far below the last decimal that a laboratory prints.
_STEP = Decimal("1E-12")


def grade_censored(limit: LaboratoryResult, side: Side, *, below: bool) -> LaboratoryGrade:
    """Grade a result that lies `below` or above the value of `limit`, for its term, which grades values on `side`.

    Raises ValueError without a value, or for a value below 0.
    """
    if limit.value is None or (below and limit.value <= 0):
        raise ValueError("A censored result needs a limit above 0.")
    just_beyond = limit.value - _STEP if below else limit.value + _STEP
    answer = grade_laboratory(replace(limit, value=just_beyond))
    if answer.grade is None:
        return answer
    sign = "<" if below else ">"
    said = f"{sign}{format(limit.value, 'f')} {limit.unit or ''}".rstrip()
    if below == (side is Side.LOW):
        return LaboratoryGrade(answer.grade, f"{said}: at least grade {answer.grade}.", answer.flags)
    if answer.grade == 0:
        return LaboratoryGrade(0, f"{said}: grade 0.", answer.flags)
    return LaboratoryGrade(None, f"Cannot grade: {said} says only that the grade is at most {answer.grade}.")
