"""A rule to try the mutation check on.

>>> fever(38), fever(37), high(41), high(38), LIMITS
(True, False, True, False, (38, 40))
"""

from __future__ import annotations

FEVER_C = 38
LIMITS = (FEVER_C, 40)


def fever(temperature_c: int) -> bool:
    """From the limit on."""
    return temperature_c >= FEVER_C


def high(temperature_c: int) -> bool:
    """Above 40 degrees; 40 itself is never tried."""
    return temperature_c > 40
