"""mTPI-2: the decision of the modified toxicity probability interval design with intervals of equal length.

Purpose: what mTPI-2 would do at a dose, beside the protocol's advice. Advisory.

Inputs: subjects `n` and those with a DLT `y` at the dose; target DLT probability, equivalence interval, exclusion
probability ξ.

Algorithm
    1. Posterior Beta(1 + y, 1 + n - y).
    2. DU (de-escalate, the dose is unacceptable and never used again) when Pr(p > target) > ξ.
    3. Intervals of the equivalence interval's length are laid below and above it until 0 and 1; the outermost are cut
       there. The unit probability mass of an interval is its posterior probability over its length.
    4. The interval with the greatest mass decides: below the equivalence interval E (escalate), itself S (stay), above
       D (de-escalate). Masses closer than 1e-9 are compared exactly; a true tie goes to the more cautious decision.

Source: Guo et al., Contemp Clin Trials 2017 (58:23).

>>> [decide(6, y).decision.value for y in range(5)]
['E', 'E', 'S', 'D', 'DU']
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from functools import lru_cache
from math import ceil

import numpy as np
from scipy import special

from dosing.rules.beta_tail import UNIFORM, Posterior, exceeds, posterior, tail, tail_exact

RULE = "mtpi2"
VERSION = "1.0.0"

_CLOSE = 1e-9


class Mtpi2Decision(StrEnum):
    """Escalate, stay, de-escalate, de-escalate and never return."""

    ESCALATE = "E"
    STAY = "S"
    DEESCALATE = "D"
    UNACCEPTABLE = "DU"


#: From the most cautious: a tie of the masses goes to the first.
_BY_CAUTION = (Mtpi2Decision.DEESCALATE, Mtpi2Decision.STAY, Mtpi2Decision.ESCALATE)


@dataclass(frozen=True)
class Mtpi2Config:
    """Design parameters; the defaults are this protocol's. Raises ValueError when they contradict each other."""

    target: Fraction = Fraction(30, 100)
    low: Fraction = Fraction(25, 100)
    high: Fraction = Fraction(35, 100)
    xi: Fraction = Fraction(95, 100)

    def __post_init__(self) -> None:
        """Refuse an interval that does not hold the target, or is too short to divide 0 to 1 by."""
        if not 0 < self.low <= self.target <= self.high < 1:
            raise ValueError("the equivalence interval must hold the target and lie between 0 and 1")
        if self.high - self.low < Fraction(1, 1000):
            raise ValueError("the equivalence interval must be at least 0.001 long")
        if not 0 < self.xi < 1:
            raise ValueError("xi must lie between 0 and 1")


@dataclass(frozen=True)
class Mtpi2Advice:
    """The decision, the greatest unit probability mass per kind of interval (E, S, D), and Pr(p > target)."""

    decision: Mtpi2Decision
    masses: dict[str, float]
    p_above_target: float
    because: str


def unacceptable(n: int, y: int, config: Mtpi2Config) -> bool:
    """Whether Pr(p > target) exceeds ξ."""
    return exceeds(posterior(UNIFORM, n, y), config.target, config.xi)


PROTOCOL_CONFIG = Mtpi2Config()


@lru_cache(maxsize=64)
def edges(config: Mtpi2Config) -> tuple[Fraction, ...]:
    """The limits of the intervals from 0 to 1."""
    length = config.high - config.low
    below = [config.low - length * number for number in range(ceil(config.low / length))]
    above = [config.high + length * number for number in range(ceil((1 - config.high) / length))]
    return (Fraction(0), *reversed(below), *above, Fraction(1))


def decide(n: int, y: int, config: Mtpi2Config = PROTOCOL_CONFIG) -> Mtpi2Advice:
    """The decision by the algorithm above. Raises ValueError when nobody was treated or `y` exceeds `n`."""
    if n < 1:
        raise ValueError("mTPI-2 decides from one subject on")
    given = posterior(UNIFORM, n, y)
    found = _greatest(given, config)
    masses = {kind.value: mass for kind, (mass, _) in found.items()}
    p_above = tail(given, config.target)
    if unacceptable(n, y, config):
        return Mtpi2Advice(Mtpi2Decision.UNACCEPTABLE, masses, p_above, _because(n, y, p_above, config))
    decision = _choose(given, found)
    words = f"{y} of {n} subjects with a DLT: the greatest unit probability mass lies in {_WHERE[decision]}."
    return Mtpi2Advice(decision, masses, p_above, words)


_WHERE = {
    Mtpi2Decision.ESCALATE: "an interval below the equivalence interval, escalate",
    Mtpi2Decision.STAY: "the equivalence interval, stay",
    Mtpi2Decision.DEESCALATE: "an interval above the equivalence interval, de-escalate",
}

#: Mass of an interval, and the interval.
_Interval = tuple[float, tuple[Fraction, Fraction]]


def _because(n: int, y: int, p_above: float, config: Mtpi2Config) -> str:
    limit = f"Pr(p > {float(config.target):g}) is {p_above:.4f}, above {float(config.xi):g}"
    return f"{y} of {n} subjects with a DLT: {limit}, the dose is unacceptable."


def _greatest(given: Posterior, config: Mtpi2Config) -> dict[Mtpi2Decision, _Interval]:
    """The interval of greatest mass per decision."""
    limits = edges(config)
    points = np.array([float(limit) for limit in limits])
    masses = np.diff(special.betainc(float(given.a), float(given.b), points)) / np.diff(points)
    middle = limits.index(config.low)
    parts = {
        Mtpi2Decision.DEESCALATE: range(middle + 1, len(masses)),
        Mtpi2Decision.STAY: range(middle, middle + 1),
        Mtpi2Decision.ESCALATE: range(middle),
    }
    return {kind: _best(masses.tolist(), limits, part) for kind, part in parts.items()}


def _best(masses: Sequence[float], limits: Sequence[Fraction], part: range) -> _Interval:
    index = max(part, key=lambda number: masses[number])
    return masses[index], (limits[index], limits[index + 1])


def _choose(given: Posterior, found: dict[Mtpi2Decision, _Interval]) -> Mtpi2Decision:
    greatest = max(mass for mass, _ in found.values())
    near = [kind for kind in _BY_CAUTION if greatest - found[kind][0] <= _CLOSE * greatest]
    if len(near) == 1:
        return near[0]
    return max(near, key=lambda kind: _exact_mass(given, *found[kind][1]))


def _exact_mass(given: Posterior, low: Fraction, high: Fraction) -> Fraction:
    return (tail_exact(given, low) - tail_exact(given, high)) / (high - low)
