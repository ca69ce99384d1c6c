"""A rule to try the mutation check on.

>>> fever(38), fever(37), high(41), high(38), LIMITS
(True, False, True, False, (38, 40))
>>> Reading.of(380), Reading.of(380).shown, Reading.of(380).rounded, Reading.highest()
(Reading(tenths=381), '381', 38, 420)
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

FEVER_C = 38
LIMITS = (FEVER_C, 40)


def fever(temperature_c: int) -> bool:
    """From the limit on."""
    return temperature_c >= FEVER_C


def high(temperature_c: int) -> bool:
    """Above 40 degrees; 40 itself is never tried."""
    return temperature_c > 40


@dataclass(frozen=True)
class Reading:
    """Every kind of function that a class may have."""

    tenths: int

    @classmethod
    def of(cls, tenths: int) -> Reading:
        """With what the thermometer reads too little."""
        return cls(tenths + 1)

    @property
    def shown(self) -> str:
        """As text."""
        return str(self.tenths * 1)

    @cached_property
    def rounded(self) -> int:
        """In whole degrees."""
        return self.tenths // 10

    @staticmethod
    def highest() -> int:
        """What can be read."""
        return 420
