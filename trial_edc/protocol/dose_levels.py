"""The three dose levels of the registry record."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True)
class DoseLevel:
    """One dose level; `cells_per_kg` counts viable CAR-positive cells per kilogram of body weight."""

    number: int
    cells_per_kg: Decimal
    label: str

    @property
    def short_label(self) -> str:
        """The name used on the board and in tables, such as "DL1"."""
        return f"DL{self.number}"

    def planned_cells(self, weight_kg: Decimal) -> Decimal:
        """CAR-positive cells planned for a subject of this weight, unrounded.

        >>> dose_level(2).planned_cells(Decimal("62.5"))
        Decimal('187500000.0')
        """
        if weight_kg <= 0:
            raise ValueError("The weight must be above 0 kg.")
        return self.cells_per_kg * weight_kg


DOSE_LEVELS: tuple[DoseLevel, ...] = (
    DoseLevel(1, Decimal(1_000_000), "1 × 10⁶ CAR+ cells/kg"),
    DoseLevel(2, Decimal(3_000_000), "3 × 10⁶ CAR+ cells/kg"),
    DoseLevel(3, Decimal(10_000_000), "1 × 10⁷ CAR+ cells/kg"),
)

_BY_NUMBER = {level.number: level for level in DOSE_LEVELS}


def dose_level(number: int) -> DoseLevel:
    """The dose level with this number; KeyError with a readable text when the protocol has none.

    >>> dose_level(3).label
    '1 × 10⁷ CAR+ cells/kg'
    """
    try:
        return _BY_NUMBER[number]
    except KeyError:
        raise KeyError(f"The protocol has no dose level {number}.") from None


def next_higher(number: int) -> DoseLevel | None:
    """The level above, or None at the top."""
    return _BY_NUMBER.get(dose_level(number).number + 1)


def next_lower(number: int) -> DoseLevel | None:
    """The level below, or None at the bottom."""
    return _BY_NUMBER.get(dose_level(number).number - 1)
