"""The Beta posterior of a DLT probability: its tail against a cut-off, its distribution, its quantiles.

Purpose: BOIN's elimination, mTPI-2's unit probabilities and the pause boundary of the expansion ask the same question:
given `x` DLTs among `n` subjects and a Beta(a, b) prior, how likely is a DLT probability above `limit`?

Algorithm
    1. The posterior is Beta(a + x, b + n - x).
    2. The tail is computed in floating point first. Within 1e-9 of the cut-off it is computed again exactly: for whole
       a and b the tail is a binomial sum, P(Beta(a, b) > t) = P(Bin(a + b - 1, t) ≤ a - 1), a fraction of integers.
       A tail equal to the cut-off does not exceed it. For other priors a difference below 1e-12 counts as equal.

Source: the relation of the incomplete Beta function to the binomial distribution (Abramowitz and Stegun, 26.5.24).

>>> tail_exact(Posterior(Fraction(2), Fraction(1)), Fraction(1, 3))
Fraction(8, 9)
>>> exceeds(Posterior(Fraction(2), Fraction(1)), Fraction(1, 3), Fraction(8, 9))
False
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import comb

from scipy import special

_CLOSE = 1e-9
_EQUAL = 1e-12


@dataclass(frozen=True)
class Posterior:
    """A Beta(a, b) distribution of a DLT probability."""

    a: Fraction
    b: Fraction

    @property
    def whole(self) -> bool:
        """Whether both parameters are whole numbers, so that tails are exact fractions."""
        return self.a.denominator == 1 and self.b.denominator == 1

    @property
    def mean(self) -> float:
        """The mean."""
        return float(self.a / (self.a + self.b))


#: The uniform prior of BOIN's elimination and of mTPI-2.
UNIFORM = Posterior(Fraction(1), Fraction(1))


def posterior(prior: Posterior, n: int, x: int) -> Posterior:
    """The posterior after `x` DLTs among `n` subjects. Raises ValueError when that is impossible."""
    if not 0 <= x <= n:
        raise ValueError(f"{x} subjects with a DLT among {n} is impossible")
    return Posterior(prior.a + x, prior.b + n - x)


def tail(given: Posterior, limit: Fraction) -> float:
    """The probability of a value above `limit`, in floating point."""
    return float(special.betaincc(float(given.a), float(given.b), float(limit)))


def tail_exact(given: Posterior, limit: Fraction) -> Fraction:
    """The probability of a value above `limit`, exactly; for whole parameters."""
    a, b = int(given.a), int(given.b)
    trials, part, whole = a + b - 1, limit.numerator, limit.denominator
    at_most = sum(comb(trials, count) * part**count * (whole - part) ** (trials - count) for count in range(a))
    return Fraction(at_most, whole**trials)


def exceeds(given: Posterior, limit: Fraction, cutoff: Fraction) -> bool:
    """Whether the probability of a value above `limit` is greater than `cutoff`."""
    difference = tail(given, limit) - float(cutoff)
    if abs(difference) > _CLOSE:
        return difference > 0
    if given.whole:
        return tail_exact(given, limit) > cutoff
    return difference > _EQUAL


def interval(given: Posterior, level: float) -> tuple[float, float]:
    """The equal-tailed interval that holds `level` of the probability."""
    outside = (1 - level) / 2
    a, b = float(given.a), float(given.b)
    return float(special.betaincinv(a, b, outside)), float(special.betaincinv(a, b, 1 - outside))
