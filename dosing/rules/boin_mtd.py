"""BOIN: the dose selected as the MTD when the trial ends.

Purpose: the estimate BOIN would name now, beside the protocol's MTD. Advisory.

Inputs: the target DLT probability, and per dose level (lowest first) the subjects `n` and those with a DLT `y`.

Algorithm
    1. A dose with at least three subjects and Pr(p > target) > 0.95 (uniform prior) is eliminated with all above it.
       No dose is selected when the lowest is eliminated or nobody was treated at a dose that is left.
    2. At each treated dose that is left: estimate (y + 0.05) / (n + 0.1), the mean of Beta(y + 0.05, n - y + 0.05),
       weighted with the inverse of that distribution's variance.
    3. Isotonic regression: neighbours that fall with the dose are pooled (weighted mean) until none does.
    4. The dose closest to the target is selected. To break ties 1e-10 times its rank is added to each estimate, so that
       of equal estimates the highest dose wins below the target and the lowest above it.
    All of it in exact fractions: floating point decides no tie.

Source: Liu and Yuan, J R Stat Soc C 2015 (64:507); Yan et al., J Stat Softw 2020 (94:13).

>>> select_mtd(Fraction(3, 10), (3, 3, 15, 9, 0), (0, 0, 4, 4, 0)).mtd
3
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from dosing.rules.boin import PUBLISHED, BoinConfig, eliminated

RULE = "boin-mtd"
VERSION = "1.0.0"

_PRIOR = Fraction(5, 100)
_TIE_BREAK = Fraction(1, 10**10)


@dataclass(frozen=True)
class Selection:
    """`mtd`: level selected, 1 = lowest, None = none. `estimates`: isotonic estimate per level, None where nobody was
    treated or the dose is eliminated. `eliminated_from`: lowest eliminated level, None = none."""

    mtd: int | None
    estimates: tuple[Fraction | None, ...]
    eliminated_from: int | None
    because: str


def select_mtd(target: Fraction, n: Sequence[int], y: Sequence[int], config: BoinConfig = PUBLISHED) -> Selection:
    """The selection by the algorithm above. Raises ValueError for lists that do not match or are impossible."""
    if len(n) != len(y) or not n:
        raise ValueError(f"{len(n)} numbers of subjects and {len(y)} numbers with a DLT")
    for number, (subjects, toxic) in enumerate(zip(n, y, strict=True), start=1):
        if not 0 <= toxic <= subjects:
            raise ValueError(f"level {number}: {toxic} subjects with a DLT among {subjects} is impossible")
    closed = _eliminated_from(target, n, y, config)
    admissible = [level for level in range(1, closed or len(n) + 1) if n[level - 1]]
    estimates: list[Fraction | None] = [None] * len(n)
    if not admissible:
        because = "No dose: nobody was treated." if closed is None else f"No dose: eliminated from level {closed} on."
        return Selection(None, tuple(estimates), closed, because)
    smooth = isotonic(*zip(*(_estimate(n[level - 1], y[level - 1]) for level in admissible), strict=True))
    for level, estimate in zip(admissible, smooth, strict=True):
        estimates[level - 1] = estimate
    distance = [abs(value + rank * _TIE_BREAK - target) for rank, value in enumerate(smooth, start=1)]
    mtd = admissible[distance.index(min(distance))]
    because = f"Level {mtd}: isotonic estimate {float(estimates[mtd - 1] or 0):.4f}, closest to {float(target):g}."
    return Selection(mtd, tuple(estimates), closed, because)


def _eliminated_from(target: Fraction, n: Sequence[int], y: Sequence[int], config: BoinConfig) -> int | None:
    for number, (subjects, toxic) in enumerate(zip(n, y, strict=True), start=1):
        if eliminated(target, subjects, toxic, config):
            return number
    return None


def _estimate(n: int, y: int) -> tuple[Fraction, Fraction]:
    """Mean and weight (inverse variance) of Beta(y + 0.05, n - y + 0.05).

    In units of the prior's denominator everything is a whole number: the mean of Beta(a, b) is a / (a + b), the inverse
    of its variance (a + b)² (a + b + 1) / (a b).
    """
    part, whole = _PRIOR.numerator, _PRIOR.denominator
    a, b = y * whole + part, (n - y) * whole + part
    total = a + b
    return Fraction(a, total), Fraction(total**2 * (total + whole), whole * a * b)


def isotonic(values: Sequence[Fraction], weights: Sequence[Fraction]) -> tuple[Fraction, ...]:
    """The closest rising sequence by weighted least squares: pooling adjacent violators."""
    blocks: list[tuple[Fraction, Fraction, int]] = []
    for value, weight in zip(values, weights, strict=True):
        mean, total, count = value, weight, 1
        while blocks and blocks[-1][0] > mean:
            before, heavy, several = blocks.pop()
            mean = (before * heavy + mean * total) / (heavy + total)
            total, count = total + heavy, count + several
        blocks.append((mean, total, count))
    return tuple(mean for mean, _, count in blocks for _ in range(count))
