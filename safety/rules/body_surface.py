"""Body surface area by the formula of Mosteller.

Purpose: the area that lymphodepletion is dosed by; the rounded area is the one that doses are computed with, so that
the number on the page is the number in the calculation.

Inputs: height in cm and weight in kg, both above 0.

Algorithm
    1. Area in m² = square root of (height × weight / 3600).
    2. It is given to two decimals, halves rounded up.

Source: Mosteller RD, N Engl J Med 1987;317:1098.

>>> body_surface(height_cm=Decimal(170), weight_kg=Decimal("65.5")).area_m2
Decimal('1.76')
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal, localcontext

RULE = "body-surface"
VERSION = "1.0.0"
HUNDREDTH = Decimal("0.01")


@dataclass(frozen=True)
class BodySurface:
    """The area in m², two decimals."""

    area_m2: Decimal
    because: str


def body_surface(*, height_cm: Decimal, weight_kg: Decimal) -> BodySurface:
    """Return the body surface area. Raises ValueError unless both measures are above 0."""
    if height_cm <= 0 or weight_kg <= 0:
        raise ValueError("Height and weight must be above 0.")
    with localcontext(Context(prec=28)):
        area = (height_cm * weight_kg / 3600).sqrt().quantize(HUNDREDTH, ROUND_HALF_UP)
    return BodySurface(area, f"√({height_cm} cm × {weight_kg} kg / 3600) = {area} m².")
