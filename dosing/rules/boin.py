"""BOIN: the boundaries of the Bayesian optimal interval design.

Purpose: what BOIN would do at a dose, beside the protocol's advice. Advisory.

Inputs: the target DLT probability φ, the shares of it that count as too low (φ1 = 0.6 φ) and as too toxic
(φ2 = 1.4 φ), the cut-off of the elimination rule and the subjects from which it applies.

Algorithm
    1. λe = log((1 - φ1) / (1 - φ)) / log(φ (1 - φ1) / (φ1 (1 - φ))) and
       λd = log((1 - φ) / (1 - φ2)) / log(φ2 (1 - φ) / (φ (1 - φ2))).
    2. Escalate when the share of subjects with a DLT is at most λe, de-escalate when it is at least λd, else stay.
    3. Eliminate the dose and those above it when Pr(p > φ) > 0.95 under a uniform prior, from three subjects and one
       DLT on; an elimination is also a de-escalation.

Source: Liu and Yuan, J R Stat Soc C 2015 (64:507); Yuan et al., Clin Cancer Res 2016 (22:4291).

>>> limits = boundaries(Fraction(3, 10), 6)
>>> round(limits.lambda_e, 7), round(limits.lambda_d, 7), limits.rows[5]
(0.2364907, 0.3585195, BoundaryRow(n=6, escalate_at_most=1, deescalate_from=3, eliminate_from=4))
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from functools import lru_cache
from math import ceil, floor, log, log1p

from dosing.rules.beta_tail import UNIFORM, exceeds, posterior

RULE = "boin-boundaries"
VERSION = "1.0.0"


@dataclass(frozen=True)
class BoinConfig:
    """Design parameters; the defaults are the published ones."""

    low_share: Fraction = Fraction(6, 10)
    toxic_share: Fraction = Fraction(14, 10)
    elimination_cutoff: Fraction = Fraction(95, 100)
    elimination_minimum: int = 3


PUBLISHED = BoinConfig()


@dataclass(frozen=True)
class BoundaryRow:
    """Numbers of DLTs among `n` subjects; `eliminate_from` None = no elimination at this `n`."""

    n: int
    escalate_at_most: int
    deescalate_from: int
    eliminate_from: int | None


@dataclass(frozen=True)
class Boundaries:
    """The two limits, and one row per number of subjects from 1."""

    lambda_e: float
    lambda_d: float
    rows: tuple[BoundaryRow, ...]


class BoinDecision(StrEnum):
    """Escalate, stay, de-escalate, de-escalate and never return."""

    ESCALATE = "E"
    STAY = "S"
    DEESCALATE = "D"
    ELIMINATE = "DU"


def limits(target: Fraction, config: BoinConfig = PUBLISHED) -> tuple[float, float]:
    """λe and λd. Raises ValueError unless 0 < φ1 < φ < φ2 < 1."""
    low, toxic = config.low_share * target, config.toxic_share * target
    if not 0 < low < target < toxic < 1:
        raise ValueError(f"the target must lie above 0 and below {float(1 / config.toxic_share):.4g}")
    return _limit(low, target), _limit(target, toxic)


def _limit(lower: Fraction, upper: Fraction) -> float:
    """The observed share at which the two probabilities explain the data equally well."""
    spared = log1p(-float(lower)) - log1p(-float(upper))
    return spared / (log(upper / lower) + spared)


@lru_cache(maxsize=256)
def boundaries(target: Fraction, n_max: int, config: BoinConfig = PUBLISHED) -> Boundaries:
    """The boundaries for 1 to `n_max` subjects by the algorithm above. Raises ValueError for an impossible target."""
    lambda_e, lambda_d = limits(target, config)
    rows = []
    toxic = 1
    for n in range(1, n_max + 1):
        eliminate = None
        if n >= config.elimination_minimum:
            # One more subject without a DLT never lowers the boundary: the search goes on where it stopped.
            while toxic <= n and not eliminated(target, n, toxic, config):
                toxic += 1
            eliminate = toxic if toxic <= n else None
        deescalate = ceil(lambda_d * n) if eliminate is None else min(ceil(lambda_d * n), eliminate)
        rows.append(BoundaryRow(n, floor(lambda_e * n), deescalate, eliminate))
    return Boundaries(lambda_e, lambda_d, tuple(rows))


def eliminated(target: Fraction, n: int, x: int, config: BoinConfig = PUBLISHED) -> bool:
    """Whether `x` DLTs among `n` subjects eliminate a dose (and those above it)."""
    if n < config.elimination_minimum or x < 1:
        return False
    return exceeds(posterior(UNIFORM, n, x), target, config.elimination_cutoff)


def decide(target: Fraction, n: int, x: int, config: BoinConfig = PUBLISHED) -> BoinDecision:
    """What BOIN advises at a dose with `x` DLTs among `n` subjects. Raises ValueError when there is no subject."""
    if not 0 <= x <= n or n < 1:
        raise ValueError(f"{x} subjects with a DLT among {n}: BOIN decides from one subject on")
    row = boundaries(target, n, config).rows[-1]
    if row.eliminate_from is not None and x >= row.eliminate_from:
        return BoinDecision.ELIMINATE
    if x >= row.deescalate_from:
        return BoinDecision.DEESCALATE
    return BoinDecision.ESCALATE if x <= row.escalate_at_most else BoinDecision.STAY
