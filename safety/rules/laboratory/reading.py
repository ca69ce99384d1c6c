"""A reported value compared exactly, and said in words.

Numbers are compared as fractions: a conversion by a molar mass has no last decimal, and a product of two long decimals
would be rounded before it meets its threshold.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Context, Decimal
from fractions import Fraction

from safety.rules.laboratory.analytes import Analyte
from safety.rules.laboratory.criteria import Column, Side, Step, Steps
from safety.rules.laboratory.result import LaboratoryResult
from safety.rules.laboratory.units import Unit

#: Converted values are shown with so many digits; they are compared with all of them.
_SHOWN = Context(prec=5)


@dataclass(frozen=True)
class Reading:
    """A result whose unit was understood; `unit` None = reported without one."""

    result: LaboratoryResult
    value: Decimal
    analyte: Analyte
    unit: Unit | None


def passed(amount: Fraction, at: Fraction, side: Side, *, reached: bool = False) -> bool:
    """Whether an amount lies beyond a number on the abnormal side; with `reached` the number itself counts."""
    if amount == at:
        return reached
    return amount > at if side is Side.HIGH else amount < at


def worst(steps: Steps, amount: Fraction, side: Side, of: Fraction = Fraction(1)) -> Step | None:
    """The worst step that an amount passes, its numbers being multiples of `of`; None when it passes none."""
    for step in steps:
        if passed(amount, Fraction(step.at) * of, side, reached=step.reached):
            return step
    return None


def in_column(reading: Reading, number: Decimal, column: Column) -> Fraction:
    """A number in the reported unit, converted to the unit of a column. The unit must be known."""
    assert reading.unit is not None
    return reading.analyte.amount(number, reading.unit, column.kind) / Fraction(column.size)


def shown(number: Decimal) -> str:
    """A number without exponent.

    >>> shown(Decimal("1E+2")), shown(Decimal("0.50"))
    ('100', '0.50')
    """
    return format(number, "f")


def reported(reading: Reading) -> str:
    """The value with its unit, as reported."""
    unit = reading.result.unit
    return f"{shown(reading.value)} {' '.join(unit.split())}" if reading.unit and unit else shown(reading.value)


def compared(reading: Reading, column: Column) -> str:
    """The value as reported, and what it is in the unit of the column when that is another one."""
    amount = in_column(reading, reading.value, column)
    if amount == Fraction(reading.value):
        return reported(reading)
    converted = _SHOWN.divide(Decimal(amount.numerator), Decimal(amount.denominator))
    return f"{reported(reading)} (= {shown(converted)} {column.unit})"


#: Side and whether the number itself counts -> words between value and number.
WORDS = {
    (Side.LOW, False): "is below", (Side.LOW, True): "is at or below",
    (Side.HIGH, False): "is above", (Side.HIGH, True): "is at or above",
}  # fmt: skip


def words(side: Side, step: Step) -> str:
    """Return "is above" and the like."""
    return WORDS[side, step.reached]
