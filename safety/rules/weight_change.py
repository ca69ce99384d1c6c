"""Change of body weight between two examinations.

Purpose: warn before a dose is calculated with a weight that may be wrong, or that has changed.

Inputs: the weight now and the one before, in kg, both above 0; the change in percent above which to warn.

Algorithm
    1. Change = 100 × (now − before) / before, in percent of the earlier weight, one decimal.
    2. Warn when the exact change, up or down, is larger than the limit; the limit itself does not warn.

Source: protocol parameter dosing.weight_change_warning_percent.

>>> weight_change(now_kg=Decimal("63.0"), before_kg=Decimal("70.0"), limit_percent=Decimal(10)).warn
False
>>> weight_change(now_kg=Decimal("62.9"), before_kg=Decimal("70.0"), limit_percent=Decimal(10)).percent
Decimal('-10.1')
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

RULE = "weight-change"
VERSION = "1.0.0"
TENTH = Decimal("0.1")


@dataclass(frozen=True)
class WeightChange:
    """The change in percent of the earlier weight, and whether it is too large to pass without a word."""

    percent: Decimal
    warn: bool
    because: str


def weight_change(*, now_kg: Decimal, before_kg: Decimal, limit_percent: Decimal) -> WeightChange:
    """Compare two weights. Raises ValueError unless both are above 0."""
    if now_kg <= 0 or before_kg <= 0:
        raise ValueError("A weight must be above 0.")
    difference = now_kg - before_kg
    percent = (100 * difference / before_kg).quantize(TENTH, ROUND_HALF_UP)
    # Multiplied out, so that a change of exactly the limit is never pushed over it by a division.
    warn = abs(difference) * 100 > limit_percent * before_kg
    words = "more than" if warn else "not more than"
    return WeightChange(percent, warn, f"{before_kg} kg to {now_kg} kg: {percent} %, {words} {limit_percent} %.")
