"""Lymphodepletion per square metre: what was planned, what was given, and whether the two agree.

Purpose: find arithmetic errors before and after the infusion of fludarabine and cyclophosphamide.

Inputs: planned dose in mg/m², body surface in m², given dose in mg (or None), tolerance in percent.

Algorithm
    1. Planned mg = planned mg/m² × body surface.
    2. Given mg/m² = given mg ÷ body surface, shown rounded to 0.1.
    3. The dose agrees when the given mg differ from the planned mg by at most the tolerance, limits included. The
       comparison multiplies and never divides: it is exact.

Source: protocol, lymphodepletion; the tolerance is a protocol parameter (5 %).

>>> dose = compare_dose(planned_mg_m2=Decimal(30), body_surface_m2=Decimal("1.80"), given_mg=Decimal("56.7"))
>>> dose.planned_mg, dose.given_mg_m2, dose.agrees
(Decimal('54.00'), Decimal('31.5'), True)
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

RULE = "lymphodepletion-dose"
VERSION = "1.0.0"

STEP = Decimal("0.1")


@dataclass(frozen=True)
class DrugDose:
    """One drug on one day; `given_mg_m2` and `agrees` are None while nothing was given."""

    planned_mg: Decimal
    given_mg_m2: Decimal | None
    agrees: bool | None
    because: str


def within_percent(value: Decimal, reference: Decimal, percent: Decimal) -> bool:
    """Test whether `value` differs from `reference` by at most `percent` of it, limits included.

    >>> [within_percent(Decimal(value), Decimal(30), Decimal(5)) for value in ("28.5", "31.5", "31.51")]
    [True, True, False]
    """
    return abs(value - reference) * 100 <= reference * percent


def compare_dose(
    *,
    planned_mg_m2: Decimal,
    body_surface_m2: Decimal,
    given_mg: Decimal | None = None,
    tolerance_percent: Decimal = Decimal(5),
) -> DrugDose:
    """Compare given with planned by the algorithm above; ValueError unless the body surface is above 0."""
    if body_surface_m2 <= 0:
        raise ValueError("The body surface must be above 0.")
    planned_mg = planned_mg_m2 * body_surface_m2
    sentence = f"{planned_mg_m2} mg/m² × {body_surface_m2} m² = {planned_mg} mg planned"
    if given_mg is None:
        return DrugDose(planned_mg, None, None, f"{sentence}.")
    given_mg_m2 = (given_mg / body_surface_m2).quantize(STEP, rounding=ROUND_HALF_UP)
    agrees = within_percent(given_mg, planned_mg, tolerance_percent)
    words = "within" if agrees else "outside"
    because = f"{sentence}; {given_mg} mg given is {given_mg_m2} mg/m², {words} {tolerance_percent} % of the plan."
    return DrugDose(planned_mg, given_mg_m2, agrees, because)
