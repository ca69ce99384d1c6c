"""The terminal half-life of a concentration curve.

Purpose: how fast CAR-T cells disappear, where the data support a statement.

Inputs: quantifiable concentrations after the maximum (days after infusion), ascending in time.

Algorithm
    1. At least `minimum_points` samples after the maximum, the maximum itself not included.
    2. A straight line through the logarithms of the last 3, the last 4, … and all of these samples. Of the falling ones
       the line with the best adjusted R² is taken; of several within 0.0001 of the best, the one with most samples.
    3. Half-life = ln 2 / slope; span = time from the line's first to its last sample, in half-lives.
    4. Adjusted R² below `minimum_r2` or span below `minimum_span`: not estimable.

Source: Gabrielsson J, Weiner D, Pharmacokinetic and Pharmacodynamic Data Analysis, 5th edition, 2016, section 2.8;
acceptance limits are protocol parameters.

>>> points = [(Decimal(day), Decimal(100) / 2 ** (day // 7)) for day in (14, 21, 28, 35)]
>>> found = half_life(points)
>>> round(found.value, 6), found.n_points, round(found.r2_adj, 6), round(found.span, 6)
(7.0, 4, 1.0, 3.0)
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from efficacy.rules.area_under_curve import Point

#: Adjusted R² of two lines closer than this are equally good.
EQUALLY_GOOD = 0.0001
#: Logarithms are rounded in their 16th digit: a number this close below a limit is at the limit.
ROUNDING = Decimal("1e-9")


@dataclass(frozen=True)
class HalfLifeConfig:
    """Protocol parameters; the defaults are this protocol's."""

    minimum_points: int = 3
    minimum_r2: Decimal = Decimal("0.8")
    minimum_span: Decimal = Decimal(2)


@dataclass(frozen=True)
class HalfLife:
    """`value` in days, None = not estimable; the other numbers describe the best line, where there is one."""

    value: float | None
    because: str
    n_points: int | None = None
    r2: float | None = None
    r2_adj: float | None = None
    span: float | None = None


@dataclass(frozen=True)
class _Line:
    n_points: int
    slope: float
    r2: float
    r2_adj: float
    duration: float


def half_life(points: Sequence[Point], config: HalfLifeConfig = HalfLifeConfig()) -> HalfLife:
    """The half-life by the algorithm above; concentrations must be positive, times distinct."""
    if len(points) < config.minimum_points:
        return HalfLife(None, f"Not estimable: {len(points)} samples after Tmax, fewer than {config.minimum_points}.")
    lines = [_fitted(points[-count:]) for count in range(config.minimum_points, len(points) + 1)]
    falling = [line for line in lines if line.slope < 0]
    if not falling:
        return HalfLife(None, "Not estimable: the concentration does not fall after Tmax.")
    best = max(line.r2_adj for line in falling)
    line = max((line for line in falling if line.r2_adj > best - EQUALLY_GOOD), key=lambda line: line.n_points)
    value = math.log(2) / -line.slope
    span = line.duration / value
    weak = _weakness(line.r2_adj, span, config)
    sentence = f"Not estimable: {weak}." if weak else f"Half-life from the last {line.n_points} samples."
    return HalfLife(None if weak else value, sentence, line.n_points, line.r2, line.r2_adj, span)


def _weakness(r2_adj: float, span: float, config: HalfLifeConfig) -> str:
    if r2_adj < config.minimum_r2 - ROUNDING:
        return f"adjusted R² {r2_adj:.3f} is below {config.minimum_r2}"
    if span < config.minimum_span - ROUNDING:
        return f"the samples span {span:.2f} half-lives, fewer than {config.minimum_span}"
    return ""


def _fitted(points: Sequence[Point]) -> _Line:
    """The least-squares line through log concentration against time."""
    count = len(points)
    days = [float(day - points[0][0]) for day, _ in points]
    logs = [math.log(concentration) for _, concentration in points]
    mean_day, mean_log = math.fsum(days) / count, math.fsum(logs) / count
    spread = math.fsum((day - mean_day) ** 2 for day in days)
    total = math.fsum((value - mean_log) ** 2 for value in logs)
    together = math.fsum((day - mean_day) * (value - mean_log) for day, value in zip(days, logs, strict=True))
    r2 = together**2 / (spread * total) if total else 0.0
    return _Line(count, together / spread, r2, 1 - (1 - r2) * (count - 1) / (count - 2), days[-1])
