"""Summaries of concentrations by dose level or by response: geometric mean, variation, median and range.

Source: CV % of logarithmic data is 100 × √(exp(s²) − 1) with s² the variance of natural logarithms (Julious SA,
Debarnot CAM, Why are pharmacokinetic data summarized by arithmetic means? J Biopharm Stat 2000;10:55-71).

>>> found = geometric_summary([Decimal(10), Decimal(100), Decimal(1000)])
>>> round(found.geometric_mean, 6), round(found.geometric_cv_percent, 1), found.median
(100.0, 1413.2, Decimal('100'))
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from statistics import median


@dataclass(frozen=True)
class GeometricSummary:
    """Summary of `n` positive values in their own unit; None = not estimable (no values; one value for the CV)."""

    n: int
    geometric_mean: float | None
    geometric_cv_percent: float | None
    median: Decimal | None
    minimum: Decimal | None
    maximum: Decimal | None


def geometric_summary(values: Sequence[Decimal]) -> GeometricSummary:
    """Summarise quantifiable values. Raises ValueError for a value that is not above 0: it has no logarithm."""
    if any(value <= 0 for value in values):
        raise ValueError("a geometric mean needs values above 0")
    if not values:
        return GeometricSummary(0, None, None, None, None, None)
    logs = [math.log(value) for value in values]
    mean = math.fsum(logs) / len(logs)
    return GeometricSummary(
        n=len(values),
        geometric_mean=math.exp(mean),
        geometric_cv_percent=_cv_percent(logs, mean),
        median=median(values),
        minimum=min(values),
        maximum=max(values),
    )


def _cv_percent(logs: Sequence[float], mean: float) -> float | None:
    if len(logs) < 2:
        return None
    variance = math.fsum((value - mean) ** 2 for value in logs) / (len(logs) - 1)
    return 100 * math.sqrt(math.expm1(variance))
