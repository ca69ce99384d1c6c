"""Safety monitoring of the expansion: the number of events at which enrolment pauses.

Purpose: pause when the data say that the DLT probability is likely above what an MTD allows.

Inputs: the largest number of treated subjects, the limit `p0`, the cut-off of the posterior probability, the Beta
prior, and the number of subjects from which the boundary is watched.

Algorithm
    1. For each number `n` of treated subjects from `first` on: the smallest number of events `x`, 0 to `n`, for which
       Pr(p > p0 | x of n) is greater than the cut-off, with p ~ Beta(a + x, b + n - x).
    2. No such number: there is no boundary at this `n` (None).

Source: protocol, expansion: p0 = 1/3, cut-off 0.90, prior Beta(1, 1). The protocol's table begins with three subjects;
2 of 2 would satisfy the inequality already.

>>> list(pause_boundary(8).values())
[3, 3, 4, 4, 4, 5]
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

from dosing.rules.beta_tail import UNIFORM, Posterior, exceeds, posterior

RULE = "expansion-boundary"
VERSION = "1.0.0"


@dataclass(frozen=True)
class ExpansionConfig:
    """Protocol parameters of the boundary; the defaults are this protocol's."""

    p0: Fraction = Fraction(1, 3)
    cutoff: Fraction = Fraction(9, 10)
    prior: Posterior = UNIFORM
    first: int = 3


@lru_cache(maxsize=256)
def _boundary(n_max: int, config: ExpansionConfig) -> tuple[int | None, ...]:
    found: list[int | None] = []
    events = 0
    for n in range(config.first, n_max + 1):
        # One more subject without an event never lowers the boundary: the search goes on where it stopped.
        while events <= n and not exceeds(posterior(config.prior, n, events), config.p0, config.cutoff):
            events += 1
        found.append(events if events <= n else None)
    return tuple(found)


def pause_boundary(n_max: int, config: ExpansionConfig = ExpansionConfig()) -> dict[int, int | None]:
    """Treated subjects -> events at which enrolment pauses, by the algorithm above; empty below `first` subjects."""
    return dict(enumerate(_boundary(n_max, config), start=config.first))
