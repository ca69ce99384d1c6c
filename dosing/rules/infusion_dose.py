"""The infused cells against the plan, and the time of a thawed bag.

Purpose: say how many cells the weight and the dose level mean, how many were given, and whether that is in the limits.

Inputs: cells per kg of the dose level, weight in kg, infused cells in millions (or None), tolerance in percent; for
a bag the time of thaw and the time its infusion ended, on a 24-hour clock.

Algorithm
    1. Planned cells = cells per kg × weight.
    2. Given per kg = given ÷ weight; percent of plan = given ÷ planned × 100. Both are shown rounded.
    3. The dose is in the limits when given × 100 lies between planned × (100 − tolerance) and planned × (100 +
       tolerance), both included. The comparison multiplies and never divides: it is exact.
    4. Minutes from thaw to end: a clock that shows less at the end than at the thaw has passed midnight once.

Source: registry record NCT05947487 (dose levels); the tolerance and the limit from thaw to end are protocol parameters.

>>> dose = infusion_dose(cells_per_kg=Decimal(1_000_000), weight_kg=Decimal(70), infused_million=Decimal("56.00"))
>>> dose.planned_million, dose.percent, dose.in_limits
(Decimal('70'), Decimal('80.0'), True)
>>> minutes_between(time(23, 50), time(0, 15))
25
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time
from decimal import ROUND_HALF_UP, Decimal

RULE = "infusion-dose"
VERSION = "1.0.0"

MILLION = Decimal(1_000_000)
MINUTES_PER_DAY = 24 * 60


@dataclass(frozen=True)
class InfusionDose:
    """Cells in millions. What depends on the infused cells is None while they are not recorded.

    `percent` and `given_million_per_kg` are rounded for reading; `in_limits` is decided on the exact numbers.
    """

    planned_million: Decimal
    lowest_million: Decimal
    highest_million: Decimal
    percent: Decimal | None
    given_million_per_kg: Decimal | None
    in_limits: bool | None
    because: str


def infusion_dose(
    *,
    cells_per_kg: Decimal,
    weight_kg: Decimal,
    infused_million: Decimal | None,
    tolerance_percent: Decimal = Decimal(20),
) -> InfusionDose:
    """Compare the infused cells with the plan by the algorithm above; ValueError unless the plan is above 0."""
    planned = cells_per_kg * weight_kg / MILLION
    if planned <= 0:
        raise ValueError("Dose level and weight must be above 0.")
    lowest, highest = (planned * (100 + side * tolerance_percent) / 100 for side in (-1, 1))
    sentence = f"{cells_per_kg / MILLION:f} × 10⁶/kg × {weight_kg} kg = {planned:f} × 10⁶ cells planned"
    if infused_million is None:
        return InfusionDose(planned, lowest, highest, None, None, None, f"{sentence}.")
    in_limits = planned * (100 - tolerance_percent) <= infused_million * 100 <= planned * (100 + tolerance_percent)
    percent = _rounded(infused_million * 100 / planned, "0.1")
    words = "within" if in_limits else "outside"
    because = f"{sentence}; {infused_million} × 10⁶ given is {percent} %, {words} ±{tolerance_percent} %."
    per_kg = _rounded(infused_million / weight_kg, "0.001")
    return InfusionDose(planned, lowest, highest, percent, per_kg, in_limits, because)


def _rounded(value: Decimal, step: str) -> Decimal:
    return value.quantize(Decimal(step), rounding=ROUND_HALF_UP)


def minutes_between(start: time, end: time) -> int:
    """Return the whole minutes from one clock time to the next occurrence of another.

    >>> minutes_between(time(10, 5), time(10, 5)), minutes_between(time(10, 5), time(10, 4))
    (0, 1439)
    """
    minutes = (end.hour - start.hour) * 60 + end.minute - start.minute
    return minutes % MINUTES_PER_DAY
