"""Kaplan-Meier analysis of one group: quartiles, survival at given times, median follow-up.

Purpose: the numbers beside a survival curve.

Inputs: time (any unit, one for all) and event (1 event, 0 censored) of each subject, times of interest, confidence
level.

Algorithm
    1. The curve: exact product-limit survival, Greenwood's standard error, log-log band (`survival_curve`).
    2. The quartiles of time are where survival first falls to 3/4, 1/2 and 1/4. Where it stays at exactly that level
       for a while, the middle of that stretch; it ends at the next event, or with the last observation when no event
       follows. Never reached: not estimable.
    3. Their limits are found the same way on the lower and on the upper limit of the band. The band ends where
       survival reaches 0, so that an upper limit not reached before is not estimable.
    4. Survival at a time: the last step at or before it, 1 before the first. After the last observation it is 0 if the
       curve reached 0, otherwise not estimable. The number at risk counts everybody observed at least that long.
    5. Median follow-up: the median of the curve with events and censorings exchanged (reverse Kaplan-Meier).

Source: Brookmeyer R, Crowley J, A confidence interval for the median survival time. Biometrics 1982;38:29-41. The
middle of a level stretch is the convention of SAS and of R's package survival. Schemper M, Smith TL, A note on
quantifying follow-up in studies of failure time. Control Clin Trials 1996;17:343-346.

>>> found = kaplan_meier([Decimal(text) for text in ("2", "5.5", "8", "9")], [1, 1, 1, 0])
>>> found.median.estimate, found.q75.estimate
(Fraction(27, 4), Fraction(17, 2))
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from efficacy.rules.survival_curve import CONFIDENCE_LEVEL, Curve, Step, sign, survival_curve

RULE = "kaplan-meier"
VERSION = "1.0.0"

LANDMARK_MONTHS = (3, 6, 12, 24, 36)
#: Two levels of the band closer than this are the same level; survival itself is compared exactly.
BAND_TOLERANCE = 2.0**-26


@dataclass(frozen=True)
class Quantile:
    """A time with its confidence limits; None = not estimable."""

    estimate: Fraction | None
    lower: Fraction | None
    upper: Fraction | None


@dataclass(frozen=True)
class AtTime:
    """Survival at one time; None = not estimable."""

    time: Decimal
    n_risk: int
    survival: float | None
    std_err: float | None
    lower: float | None
    upper: float | None


@dataclass(frozen=True)
class KaplanMeier:
    """Numbers of one group; times in the unit of the input."""

    n: int
    events: int
    q25: Quantile
    median: Quantile
    q75: Quantile
    at_times: tuple[AtTime, ...]
    steps: tuple[Step, ...]
    reverse_km_median_followup: Fraction | None
    because: str


def kaplan_meier(
    times: Sequence[Decimal],
    events: Sequence[int],
    *,
    eval_times: Sequence[Decimal] = (),
    conf_level: Decimal = CONFIDENCE_LEVEL,
) -> KaplanMeier:
    """Analyse one group by the algorithm above. Raises ValueError as `survival_curve` does, and for a negative time."""
    if any(time < 0 for time in eval_times):
        raise ValueError("a time of interest is negative")
    curve = survival_curve(times, events, conf_level)
    followed = survival_curve(times, [1 - event for event in events], None)
    median = _quantile(curve, Fraction(1, 2))
    return KaplanMeier(
        n=len(times),
        events=sum(events),
        q25=_quantile(curve, Fraction(3, 4)),
        median=median,
        q75=_quantile(curve, Fraction(1, 4)),
        at_times=tuple(_at_time(curve, time) for time in eval_times),
        steps=curve.steps,
        reverse_km_median_followup=_reached(followed, Fraction(1, 2)),
        because=_sentence(curve, sum(events), median),
    )


def _sentence(curve: Curve, events: int, median: Quantile) -> str:
    count = f"{events} events in {len(curve.times)} subjects"
    if median.estimate is None:
        return f"{count}: survival never falls to one half, the median is not estimable."
    return f"{count}: survival falls to one half at {float(median.estimate):g}."


def _quantile(curve: Curve, level: Fraction) -> Quantile:
    lower = _crossing(curve, _in_band([step.lower for step in curve.steps], float(level)))
    upper = _crossing(curve, _in_band([step.upper for step in curve.steps], float(level)))
    return Quantile(_reached(curve, level), lower, upper)


def _in_band(limits: Sequence[float | None], level: float) -> list[int]:
    """Where each limit lies; the band is binary floating point, so its position is told with a tolerance.

    Where the band is not defined it has not been seen to fall and counts as above.
    """
    above, below = level + BAND_TOLERANCE, level - BAND_TOLERANCE
    return [1 if limit is None or limit > above else -int(limit < below) for limit in limits]


def _reached(curve: Curve, level: Fraction) -> Fraction | None:
    part, whole = level.numerator, level.denominator
    return _crossing(curve, [sign(step.surviving * whole, step.starting * part) for step in curve.steps])


def _crossing(curve: Curve, positions: Sequence[int]) -> Fraction | None:
    """Where a falling line first reaches a level; a step lies above it (1), at it (0) or below it (-1)."""
    first = next((index for index, position in enumerate(positions) if position <= 0), None)
    if first is None:
        return None
    reached = Fraction(curve.steps[first].time)
    if positions[first] < 0:
        return reached
    following = zip(curve.steps[first:], positions[first:], strict=True)
    leaves = next((step.time for step, position in following if position < 0), curve.times[-1])
    return (reached + Fraction(leaves)) / 2


def _at_time(curve: Curve, time: Decimal) -> AtTime:
    at_risk = len(curve.times) - bisect_left(curve.times, time)
    index = bisect_right(curve.steps, time, key=lambda step: step.time)
    if not curve.times or (time > curve.times[-1] and curve.steps[-1].surviving):
        return AtTime(time, 0, None, None, None, None)
    if index == 0:
        return AtTime(time, at_risk, 1.0, 0.0, 1.0, 1.0)
    step = curve.steps[index - 1]
    return AtTime(time, at_risk, step.survival, step.std_err, step.lower, step.upper)
