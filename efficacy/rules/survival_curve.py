"""The product-limit curve: exact survival, Greenwood's standard error and a log-log confidence band.

Survival is kept as a quotient of whole numbers, so that "exactly one half" is exact; standard errors and the band are
logarithms and therefore binary floating point.

Source: Kaplan EL, Meier P, J Am Stat Assoc 1958;53:457-481. Greenwood's variance and the log-log band: Kalbfleisch JD,
Prentice RL, The Statistical Analysis of Failure Time Data, 1980, section 1.3.

>>> curve = survival_curve([Decimal(1), Decimal(2), Decimal(3), Decimal(4)], [1, 0, 1, 1])
>>> [(str(step.time), step.n_risk, step.survival) for step in curve.steps]
[('1', 4, 0.75), ('2', 3, 0.75), ('3', 2, 0.375), ('4', 1, 0.0)]
>>> [step.compared(Fraction(3, 8)) for step in curve.steps]
[1, 1, 0, -1]
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from itertools import groupby
from operator import itemgetter
from statistics import NormalDist
from typing import NamedTuple

CONFIDENCE_LEVEL = Decimal("0.95")

#: Standard error, lower and upper limit.
Band = tuple[float | None, float | None, float | None]
NO_BAND: Band = (None, None, None)
BEFORE_THE_FIRST_EVENT: Band = (0.0, 1.0, 1.0)


class Step(NamedTuple):
    """The curve from one observed time (event or censoring) to the next.

    `std_err`, `lower`, `upper` are None where survival is 0, because none is defined there. `surviving` / `starting` is
    the exact survival, not reduced.
    """

    time: Decimal
    n_risk: int
    n_event: int
    n_censored: int
    surviving: int
    starting: int
    survival: float
    std_err: float | None
    lower: float | None
    upper: float | None

    def compared(self, level: Fraction) -> int:
        """-1, 0, 1 as survival lies below, exactly at, or above the level."""
        return sign(self.surviving * level.denominator, self.starting * level.numerator)


def sign(value: float, level: float) -> int:
    """-1, 0, 1 as a value lies below, at or above a level."""
    return (value > level) - (value < level)


@dataclass(frozen=True)
class Curve:
    """Steps in order of time, one per distinct observed time; `times` holds every subject's, ascending."""

    steps: tuple[Step, ...]
    times: tuple[Decimal, ...]


def survival_curve(times: Sequence[Decimal], events: Sequence[int], conf_level: Decimal = CONFIDENCE_LEVEL) -> Curve:
    """The curve of these subjects; `events` 1 = event, 0 = censored.

    A subject censored at the time of another's event is still at risk then. Raises ValueError for lists of different
    length, a negative time, an event other than 0 or 1, a confidence level outside 0 to 1.
    """
    _check(times, events, conf_level)
    z = _normal_quantile(conf_level)
    at_risk, surviving, starting, variance = len(times), 1, 1, 0.0
    survival, band = 1.0, BEFORE_THE_FIRST_EVENT
    steps = []
    subjects = sorted(zip(times, events, strict=True), key=itemgetter(0))
    for time, together in groupby(subjects, key=itemgetter(0)):
        ended = [event for _, event in together]
        died = sum(ended)
        if died:
            surviving, starting = surviving * (at_risk - died), starting * at_risk
            variance += died / (at_risk * (at_risk - died)) if at_risk > died else 0.0
            survival = surviving / starting
            band = _band(survival, math.sqrt(variance), z)
        steps.append(Step(time, at_risk, died, len(ended) - died, surviving, starting, survival, *band))
        at_risk -= len(ended)
    return Curve(tuple(steps), tuple(time for time, _ in subjects))


@lru_cache(maxsize=16)
def _normal_quantile(conf_level: Decimal) -> float:
    """Standard deviations to either side that hold this share of a normal distribution."""
    # The upper tail, computed exactly first: 1 − tail would be 1 for a level very close to 1.
    return -NormalDist().inv_cdf(float((1 - conf_level) / 2))


def _check(times: Sequence[Decimal], events: Sequence[int], conf_level: Decimal) -> None:
    if len(times) != len(events):
        raise ValueError(f"{len(events)} events for {len(times)} times")
    if min(times, default=0) < 0:
        raise ValueError("a time is negative")
    if not {0, 1}.issuperset(events):
        raise ValueError("an event is neither 0 nor 1")
    if not 0 < conf_level < 1:
        raise ValueError("the confidence level must lie between 0 and 1")


def _band(survival: float, root: float, z: float) -> Band:
    """(standard error, lower, upper); `root` is the square root of Greenwood's sum, the error of log survival."""
    if survival == 0:
        return NO_BAND
    # log(−log S) ± z · root / |log S|, taken back to the scale of S.
    spread = math.exp(z * root / -math.log(survival))
    return survival * root, survival**spread, survival ** (1 / spread)
