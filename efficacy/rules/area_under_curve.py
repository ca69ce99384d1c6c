"""The area under a concentration curve by the linear-up/log-down trapezoidal rule.

Source: Gabrielsson J, Weiner D, Pharmacokinetic and Pharmacodynamic Data Analysis, 5th edition, 2016, section 2.8.

>>> points = [(Decimal(0), Decimal(0)), (Decimal(10), Decimal(100)), (Decimal(20), Decimal(50))]
>>> round(area(points), 4), round(area(points, until=Decimal(15)), 4)
(1221.3475, 922.5556)
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from decimal import Decimal
from itertools import pairwise

#: (days after infusion, concentration).
Point = tuple[Decimal, Decimal]


def area(points: Sequence[Point], until: Decimal | None = None) -> float:
    """The area from the first point to the last, or to `until`; points ascend in time, concentrations are not negative.

    A falling segment between two positive concentrations is an exponential decline; every other one a straight line.
    Where `until` lies inside a segment, the concentration there follows the same line. Unit: concentration × days.
    """
    return math.fsum(_segment(first, second, until) for first, second in pairwise(points))


def _segment(first: Point, second: Point, until: Decimal | None) -> float:
    """The area of one segment, up to `until` where that comes first."""
    (start, before), (end, after) = first, second
    width = end - start
    covered = width if until is None or until >= end else max(until - start, Decimal(0))
    share = float(covered / width)
    if before > after > 0:
        # ln(before / after), exact also where the two are close.
        decline = math.log1p(float((before - after) / after))
        # The integral of before · exp(−decline · x) for x from 0 to `share`.
        return float(width) * float(before) * -math.expm1(-decline * share) / decline
    middle = float(before) + float(after - before) * share / 2
    return float(covered) * middle
