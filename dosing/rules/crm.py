"""CRM: the one-parameter continual reassessment method with the power ("empiric") model.

Purpose: what the CRM would recommend with all subjects so far, beside the protocol's advice. Advisory.

Inputs: the skeleton (a rising prior guess of the DLT probability per dose level), the target DLT probability, the
variance of the normal prior, and per subject the dose level (1 = lowest) and whether there was a DLT.

Algorithm
    1. Model: DLT probability at level i is skeleton_i ^ exp(a), with a ~ N(0, prior variance).
    2. `est` is the posterior mean of a, by numerical integration: the logarithm of the posterior is concave, so its
       mode is bracketed and the sums run over the region that holds all but 1e-19 of it.
    3. `ptox` is skeleton ^ exp(est) (the curve at the mean, not the mean of the curve).
    4. `mtd` is the level whose `ptox` is closest to the target, the lower one of two as close; `mtd_no_skip` is not
       more than one level above the highest level tried.

Source: O'Quigley, Pepe and Fisher, Biometrics 1990 (46:33); prior variance 1.34, O'Quigley and Shen, Biometrics 1996
(52:673); skeleton from indifference intervals, Lee and Cheung, Clin Trials 2009 (6:227).

>>> fit = fit_crm((0.1, 0.2, 0.3), 0.3, 1.34, [1, 1, 1], [False, False, False])
>>> fit.mtd, fit.mtd_no_skip
(3, 2)
>>> [round(value, 6) for value in indifference_skeleton(0.06, 0.30, 2, 3)]
[0.186039, 0.3, 0.422356]
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from math import exp, expm1, log, sqrt
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

RULE = "crm"
VERSION = "1.0.0"

_Numbers: TypeAlias = NDArray[np.float64]

#: The mode of the posterior lies well within these values of `a` for every input the rule accepts.
_WIDEST = 50.0
#: Largest prior variance; a flatter prior leaves the mode undetermined when all subjects agree.
LARGEST_VARIANCE = 100.0
#: Where the logarithm of the posterior is this far below its maximum, the rest is negligible.
_NEGLIGIBLE = 45.0
_COARSE, _FINE = 201, 801
#: Distances to the target that differ by less are ties.
_TIE_DIGITS = 12


@dataclass(frozen=True)
class CrmFit:
    """The fit: posterior mean and variance of `a`, curve at the mean, recommended levels (1 = lowest), and the
    equal-tailed posterior interval of the DLT probability per level."""

    est: float
    variance: float
    ptox: tuple[float, ...]
    intervals: tuple[tuple[float, float], ...]
    mtd: int
    mtd_no_skip: int


def fit_crm(
    skeleton: Sequence[float],
    target: float,
    prior_variance: float,
    levels: Sequence[int],
    tox: Sequence[bool],
    *,
    interval_level: float = 0.95,
) -> CrmFit:
    """The fit by the algorithm above. Raises ValueError for a skeleton, target, variance or data that cannot be."""
    _check(skeleton, target, prior_variance, levels, tox)
    counts = [[0, 0] for _ in skeleton]
    for level, toxic in zip(levels, tox, strict=True):
        counts[level - 1][0] += 1
        counts[level - 1][1] += bool(toxic)
    est, variance, low, high = _posterior(
        tuple(skeleton), prior_variance, tuple((n, x) for n, x in counts), interval_level
    )
    ptox = tuple(value ** exp(est) for value in skeleton)
    distance = [round(abs(value - target), _TIE_DIGITS) for value in ptox]
    mtd = distance.index(min(distance)) + 1
    intervals = tuple((value ** exp(high), value ** exp(low)) for value in skeleton)
    return CrmFit(est, variance, ptox, intervals, mtd, min(mtd, max(levels, default=0) + 1))


def indifference_skeleton(half_width: float, target: float, prior_mtd: int, n_levels: int) -> tuple[float, ...]:
    """The skeleton whose levels are told apart outside `target` ± `half_width`, with `prior_mtd` guessed as the MTD.

    Raises ValueError when the interval leaves 0 to 1 or the guessed level does not exist.
    """
    if not 0 < target - half_width < target < target + half_width < 1:
        raise ValueError("the indifference interval must lie between 0 and 1")
    if not 1 <= prior_mtd <= n_levels:
        raise ValueError(f"the guessed MTD, level {prior_mtd}, is not one of the levels 1 to {n_levels}")
    low, high = log(target - half_width), log(target + half_width)
    # At the border between two neighbours the curve gives target + half width above and target - half width below.
    logs = [log(target) * (high / low) ** (level - prior_mtd) for level in range(1, n_levels + 1)]
    return tuple(exp(value) for value in logs)


def _check(
    skeleton: Sequence[float], target: float, prior_variance: float, levels: Sequence[int], tox: Sequence[bool]
) -> None:
    rising = all(low < high for low, high in pairwise(skeleton))
    if not skeleton or not rising or not (skeleton[0] > 0 and skeleton[-1] < 1):
        raise ValueError("skeleton: must rise from level to level, above 0 and below 1")
    if not 0 < target < 1:
        raise ValueError("target: must lie between 0 and 1")
    if not 0 < prior_variance <= LARGEST_VARIANCE:
        raise ValueError(f"prior_var: must lie above 0 and be at most {LARGEST_VARIANCE:g}")
    if len(levels) != len(tox):
        raise ValueError(f"tox: {len(tox)} outcomes for {len(levels)} levels")
    for level in levels:
        if not 1 <= level <= len(skeleton):
            raise ValueError(f"levels: level {level} is not one of 1 to {len(skeleton)}")


@lru_cache(maxsize=1024)
def _posterior(
    skeleton: tuple[float, ...], prior_variance: float, counts: tuple[tuple[int, int], ...], interval_level: float
) -> tuple[float, float, float, float]:
    """Posterior mean, variance, and the limits of the equal-tailed interval of `a`."""
    rates = [-log(value) for value in skeleton]
    treated = [(rate, n, x) for rate, (n, x) in zip(rates, counts, strict=True) if n]
    mode = _mode(treated, prior_variance)
    reach = sqrt(2 * _NEGLIGIBLE * prior_variance)  # the posterior falls at least as fast as the prior does
    coarse = np.linspace(mode - reach, mode + reach, _COARSE)
    height = _log_posterior(coarse, treated, prior_variance)
    inside = np.flatnonzero(height > height.max() - _NEGLIGIBLE)
    first, last = max(int(inside[0]) - 1, 0), min(int(inside[-1]) + 1, _COARSE - 1)
    fine = np.linspace(coarse[first], coarse[last], _FINE)
    weight = _log_posterior(fine, treated, prior_variance)
    weight = np.exp(weight - weight.max())
    weight /= weight.sum()
    mean = float(weight @ fine) if treated else 0.0
    variance = float(weight @ (fine - mean) ** 2)
    below = np.cumsum(weight) - weight / 2
    outside = (1 - interval_level) / 2
    low, high = np.interp([outside, 1 - outside], below, fine)
    return mean, variance, float(low), float(high)


def _log_posterior(a: _Numbers, treated: Sequence[tuple[float, int, int]], prior_variance: float) -> _Numbers:
    """Up to a constant; with z = -log(skeleton) exp(a), a DLT has log probability -z, no DLT log(1 - exp(-z))."""
    height = -(a**2) / (2 * prior_variance)
    for rate, n, x in treated:
        z = rate * np.exp(a)
        height = height - x * z
        if n > x:
            height = height + (n - x) * np.log(-np.expm1(-z))
    return height


def _mode(treated: Sequence[tuple[float, int, int]], prior_variance: float) -> float:
    """The mode of the posterior, by bisection of its falling slope."""
    low, high = -_WIDEST, _WIDEST
    for _ in range(30):
        middle = (low + high) / 2
        if _slope(middle, treated, prior_variance) > 0:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def _slope(a: float, treated: Sequence[tuple[float, int, int]], prior_variance: float) -> float:
    slope = -a / prior_variance
    for rate, n, x in treated:
        z = rate * exp(a)
        # z / (exp(z) - 1) vanishes long before exp(z) overflows.
        slope += (n - x) * (z / expm1(z) if z < 500 else 0.0) - x * z
    return slope
