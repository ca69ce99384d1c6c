"""Creatinine clearance, and what it means for the dose of fludarabine.

Purpose: fludarabine leaves the body through the kidney; with a low clearance less is given, or none.

Inputs: age in completed years, weight in kg, serum creatinine in µmol/L, sex; or a clearance in mL/min.

Algorithm
    1. Clearance = (140 − age) × weight ÷ (72 × creatinine in mg/dL), × 0.85 for a woman; 1 mg/dL is 88.4 µmol/L.
       Rounded to 0.1 mL/min, halves up.
    2. From 80 mL/min: full dose. From 50: reduced by 20 %. From 30: reduced by 40 %. Below: no fludarabine.

Source: Cockcroft DW, Gault MH, Nephron 1976;16:31-41. The steps are protocol parameters.

>>> clearance(age_years=60, weight_kg=Decimal(72), creatinine_umol_l=Decimal("88.4"), female=False)
Decimal('80.0')
>>> fludarabine_step(Decimal("79.9")).reduction_percent
Decimal('20')
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

RULE = "renal-dose"
VERSION = "1.0.0"

UMOL_L_PER_MG_DL = Decimal("88.4")
FEMALE_FACTOR = Decimal("0.85")
STEP = Decimal("0.1")


@dataclass(frozen=True)
class RenalSteps:
    """Lower ends of the steps in mL/min, included, and the reductions in percent; the defaults are this protocol's."""

    full_from: Decimal = Decimal(80)
    first_from: Decimal = Decimal(50)
    second_from: Decimal = Decimal(30)
    first_reduction: Decimal = Decimal(20)
    second_reduction: Decimal = Decimal(40)


@dataclass(frozen=True)
class FludarabineStep:
    """How much less is given: 0 is the full dose, 100 none."""

    reduction_percent: Decimal
    because: str


def clearance(*, age_years: int, weight_kg: Decimal, creatinine_umol_l: Decimal, female: bool) -> Decimal:
    """Return the estimated creatinine clearance in mL/min; ValueError for values the formula is not made for."""
    if not 0 < age_years < 140 or weight_kg <= 0 or creatinine_umol_l <= 0:
        raise ValueError("Age, weight and creatinine must be above 0, and the age below 140 years.")
    # One division at the end: creatinine in mg/dL is creatinine in µmol/L ÷ 88.4.
    value = (140 - age_years) * weight_kg * UMOL_L_PER_MG_DL / (72 * creatinine_umol_l)
    return (value * FEMALE_FACTOR if female else value).quantize(STEP, rounding=ROUND_HALF_UP)


def fludarabine_step(clearance_ml_min: Decimal, steps: RenalSteps = RenalSteps()) -> FludarabineStep:
    """Return the reduction of fludarabine at a clearance, by the algorithm above."""
    said = f"Creatinine clearance {clearance_ml_min} mL/min"
    if clearance_ml_min >= steps.full_from:
        return FludarabineStep(Decimal(0), f"{said}, {steps.full_from} or more: full dose.")
    if clearance_ml_min >= steps.first_from:
        reduction, first = steps.first_reduction, steps.first_from
    elif clearance_ml_min >= steps.second_from:
        reduction, first = steps.second_reduction, steps.second_from
    else:
        return FludarabineStep(Decimal(100), f"{said}, below {steps.second_from}: no fludarabine.")
    return FludarabineStep(reduction, f"{said}, {first} or more: reduced by {reduction} %.")
