"""CD70 positivity: enough tumour cells stain strongly enough.

Inputs: whole percentages of tumour cells with 1+, 2+ and 3+ staining; the percentage needed, and the intensity from
which a cell counts.

Source: protocol parameters `cd70.…`, assumptions until the protocol settles them.
"""

from __future__ import annotations

from dataclasses import dataclass

RULE = "cd70-positivity"
VERSION = "1.0"
INTENSITIES = (1, 2, 3)


@dataclass(frozen=True)
class Positivity:
    """Whether the tumour is positive, and the percentage of cells that counted."""

    positive: bool
    percent: int
    because: str


def cd70_positivity(
    percent_1plus: int, percent_2plus: int, percent_3plus: int, *, minimum_percent: int, minimum_intensity: int
) -> Positivity:
    """Positive when the cells at `minimum_intensity` or above are at least `minimum_percent` of all, both included.

    ValueError when an intensity or the percentages are impossible.

    >>> cd70_positivity(6, 3, 1, minimum_percent=10, minimum_intensity=1).positive
    True
    >>> cd70_positivity(6, 3, 1, minimum_percent=10, minimum_intensity=2).because
    '4 % of the tumour cells stain 2+ or more; 10 % are needed.'
    """
    shares = (percent_1plus, percent_2plus, percent_3plus)
    if minimum_intensity not in INTENSITIES:
        raise ValueError("The intensity must be 1, 2 or 3.")
    if min(shares) < 0 or sum(shares) > 100:
        raise ValueError("The percentages must be 0 or more and at most 100 together.")
    percent = sum(shares[minimum_intensity - 1 :])
    because = f"{percent} % of the tumour cells stain {minimum_intensity}+ or more; {minimum_percent} % are needed."
    return Positivity(percent >= minimum_percent, percent, because)
