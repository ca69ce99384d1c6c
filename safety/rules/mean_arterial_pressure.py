"""Mean arterial pressure from the systolic and the diastolic pressure.

Inputs: systolic and diastolic pressure in mmHg, whole or decimal.

Algorithm
    MAP = diastolic + (systolic - diastolic) / 3, rounded half up to a whole mmHg. None while one of the two is missing,
    or when the diastolic pressure is not below the systolic one: then one of them is wrong.

Source: the usual estimate for a heart at rest, one third of the cycle being systole. It is shown beside the pressures
and decides no grade.

>>> mean_arterial_pressure(120, 80), mean_arterial_pressure(83, 41), mean_arterial_pressure(120, None)
(93, 55, None)
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

RULE = "mean-arterial-pressure"
VERSION = "1.0.0"


def mean_arterial_pressure(systolic: int | Decimal | None, diastolic: int | Decimal | None) -> int | None:
    """Return the mean arterial pressure in mmHg."""
    if systolic is None or diastolic is None or diastolic >= systolic:
        return None
    # One division at the end keeps the sum exact: thirds have no finite decimal.
    mean = (Decimal(systolic) + 2 * Decimal(diastolic)) / 3
    return int(mean.quantize(Decimal(1), rounding=ROUND_HALF_UP))
