"""Left ventricular ejection fraction against the limit of the eligibility criteria.

Purpose: the part of inclusion criterion I7 (adequate heart function) that a number can answer.

Inputs: ejection fraction and the lowest accepted one, both in percent from 0 to 100.

Algorithm
    1. At or above the limit: accepted. Below: not accepted.

Source: protocol parameter lvef.minimum_percent.

>>> accept_ejection_fraction(50, minimum_percent=50).accepted
True
"""

from __future__ import annotations

from dataclasses import dataclass

RULE = "ejection-fraction"
VERSION = "1.0.0"


@dataclass(frozen=True)
class EjectionFraction:
    """Whether the value is accepted."""

    accepted: bool
    because: str


def accept_ejection_fraction(percent: int, *, minimum_percent: int) -> EjectionFraction:
    """Compare with the limit. Raises ValueError outside 0 to 100 %."""
    if not 0 <= percent <= 100:
        raise ValueError("An ejection fraction lies between 0 and 100 %.")
    accepted = percent >= minimum_percent
    words = "at least" if accepted else "below"
    return EjectionFraction(accepted, f"LVEF {percent} % is {words} {minimum_percent} %.")
