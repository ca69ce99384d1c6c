"""Where a laboratory value stands to the normal range of the laboratory that measured it.

Purpose: say low, within or high only where that is certain; "<0.5" may be below a lower limit of 0.3, or not.

Inputs: the value as reported (see `reported_value`), lower and upper limit of normal in the same unit; None = the
laboratory gives no such limit. The limits themselves are normal.

Algorithm
    1. Without any limit nothing can be said.
    2. A number below the lower limit is low, above the upper limit high, otherwise within.
    3. "<x" stands for every value from 0 to below x, ">x" for every value above x: low, high or within when that holds
       for all of them, otherwise nothing can be said.

Source: the definition of a normal range.

>>> position(ReportedValue(Decimal("1.8")), Decimal("1.8"), Decimal("6.3")).value
'within'
>>> position(ReportedValue(Decimal("0.5"), "<"), Decimal("0.5"), None).value
'low'
"""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum

from safety.rules.reported_value import ReportedValue

RULE = "normal-range"
VERSION = "1.0.0"


class Position(StrEnum):
    """Low, within, high, or not to be said."""

    LOW = "low"
    WITHIN = "within"
    HIGH = "high"
    UNKNOWN = "unknown"


def position(value: ReportedValue, low: Decimal | None, high: Decimal | None) -> Position:
    """Return where `value` stands to the limits; all three share one unit."""
    if low is None and high is None:
        return Position.UNKNOWN
    if low is not None and _all_below(value, low):
        return Position.LOW
    if high is not None and _all_above(value, high):
        return Position.HIGH
    return Position.WITHIN if _none_below(value, low) and _none_above(value, high) else Position.UNKNOWN


def _all_below(value: ReportedValue, low: Decimal) -> bool:
    if value.comparator == "<":
        return value.number <= low
    return value.comparator == "" and value.number < low


def _all_above(value: ReportedValue, high: Decimal) -> bool:
    if value.comparator == ">":
        return value.number >= high
    return value.comparator == "" and value.number > high


def _none_below(value: ReportedValue, low: Decimal | None) -> bool:
    if low is None or low <= 0:
        return True
    return value.comparator != "<" and value.number >= low


def _none_above(value: ReportedValue, high: Decimal | None) -> bool:
    return high is None or (value.comparator != ">" and value.number <= high)
