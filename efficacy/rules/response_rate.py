"""A response rate with its exact confidence interval.

Purpose: objective response and disease control rates of small groups.

Inputs: x responders of n subjects, confidence level (0.95 = 95 %).

Algorithm
    1. rate = x / n; no subjects: nothing can be estimated.
    2. With a = 1 − confidence level: the lower limit is the a/2 quantile of Beta(x, n − x + 1), the upper limit the
       1 − a/2 quantile of Beta(x + 1, n − x).
    3. The lower limit of x = 0 is 0, the upper limit of x = n is 1.

Source: Clopper CJ, Pearson ES, The use of confidence or fiducial limits illustrated in the case of the binomial.
Biometrika 1934;26:404-413.

>>> found = response_rate(3, 12)
>>> found.rate, round(found.lower, 4), round(found.upper, 4)
(Fraction(1, 4), 0.0549, 0.5719)
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

RULE = "response-rate"
VERSION = "1.0.0"

CONFIDENCE_LEVEL = Decimal("0.95")


@dataclass(frozen=True)
class ResponseRate:
    """The exact proportion and its limits (0 to 1); all None without subjects."""

    rate: Fraction | None
    lower: float | None
    upper: float | None
    because: str


def response_rate(x: int, n: int, conf_level: Decimal = CONFIDENCE_LEVEL) -> ResponseRate:
    """Estimate by the algorithm above. Raises ValueError unless 0 ≤ x ≤ n and 0 < conf_level < 1."""
    if not 0 <= x <= n:
        raise ValueError(f"{x} responders of {n} subjects are impossible")
    if not 0 < conf_level < 1:
        raise ValueError("the confidence level must lie between 0 and 1")
    if n == 0:
        return ResponseRate(None, None, None, "No subjects: not estimable.")
    # Loading SciPy takes most of a second, and hardly a process ever asks for an interval.
    from scipy.special import betaincinv

    # Of the two tails only this one stays exact when the confidence level comes close to 1.
    tail = float((1 - conf_level) / 2)
    lower = float(betaincinv(x, n - x + 1, tail)) if x else 0.0
    # The upper limit is one minus the lower limit of the non-responders.
    upper = 1 - float(betaincinv(n - x, x + 1, tail)) if x < n else 1.0
    level = f"{(conf_level * 100).normalize():f}"
    return ResponseRate(
        Fraction(x, n), lower, upper, f"{x} of {n}, exact {level} % interval from beta quantiles (Clopper-Pearson)."
    )
