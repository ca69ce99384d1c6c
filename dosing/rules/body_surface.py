"""Body surface area by weight and height.

Purpose: doses per square metre are prescribed and checked on this area.

Inputs: height in cm, weight in kg.

Algorithm
    1. Area in m² = square root of (height × weight / 3600).
    2. Rounded to 0.01 m², halves up. This rounded area is the one that doses are computed with, so that the number on
       the page is the number in the calculation.

Source: Mosteller RD, New England Journal of Medicine 1987;317:1098.

>>> body_surface(height_cm=Decimal(175), weight_kg=Decimal("71.5"))
Decimal('1.86')
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal, localcontext

RULE = "body-surface"
VERSION = "1.0.0"

#: cm · kg per m⁴, the constant of the formula.
DIVISOR = Decimal(3600)
STEP = Decimal("0.01")
DIGITS = 28


def body_surface(*, height_cm: Decimal, weight_kg: Decimal) -> Decimal:
    """Return the area in m² by the algorithm above; ValueError unless both are above 0."""
    if height_cm <= 0 or weight_kg <= 0:
        raise ValueError("Height and weight must be above 0.")
    with localcontext() as context:
        context.prec = DIGITS
        return (height_cm * weight_kg / DIVISOR).sqrt().quantize(STEP, rounding=ROUND_HALF_UP)
