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
(Decimal('6.75'), Decimal('8.5'))
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import NamedTuple, TypeVar

from efficacy.rules.exact import EXACT
from efficacy.rules.survival_curve import CONFIDENCE_LEVEL, Curve, Step, survival_curve

RULE = "kaplan-meier"
VERSION = "1.0.0"

#: How high a line stands: a limit of the band, or an exact share as divmod tells it (whole parts, rest).
Height = TypeVar("Height", float, tuple[int, int])
HALF = Decimal("0.5")
LANDMARK_MONTHS = (3, 6, 12, 24, 36)
#: The band is binary floating point: closer to a level than this it is at the level. Survival is compared exactly.
BAND_TOLERANCE = 2.0**-26


class Quantile(NamedTuple):
    """A time with its confidence limits; None = not estimable."""

    estimate: Decimal | None
    lower: Decimal | None
    upper: Decimal | None


class AtTime(NamedTuple):
    """Survival at one time; None = not estimable."""

    time: Decimal
    n_risk: int
    survival: float | None
    std_err: float | None
    lower: float | None
    upper: float | None


class KaplanMeier(NamedTuple):
    """Numbers of one group; times in the unit of the input."""

    n: int
    events: int
    q25: Quantile
    median: Quantile
    q75: Quantile
    at_times: tuple[AtTime, ...]
    steps: tuple[Step, ...]
    reverse_km_median_followup: Decimal | None
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
    q25, median, q75 = _quartiles(curve)
    return KaplanMeier(
        n=len(times),
        events=sum(events),
        q25=q25,
        median=median,
        q75=q75,
        at_times=tuple(_at_time(curve, time) for time in eval_times),
        steps=curve.steps,
        reverse_km_median_followup=_median_follow_up(curve),
        because=_sentence(curve, sum(events), median),
    )


def _sentence(curve: Curve, events: int, median: Quantile) -> str:
    count = f"{events} events in {len(curve.times)} subjects"
    if median.estimate is None:
        return f"{count}: survival never falls to one half, the median is not estimable."
    return f"{count}: survival falls to one half at {float(median.estimate):g}."


def _quartiles(curve: Curve) -> tuple[Quantile, ...]:
    survival = [divmod(step.surviving * 4, step.starting) for step in curve.steps]
    lower, upper = _limits(step.lower for step in curve.steps), _limits(step.upper for step in curve.steps)
    return tuple(
        Quantile(
            _crossing(curve, survival, (quarters, 0), (quarters, 0)),
            _crossing(curve, lower, quarters / 4 + BAND_TOLERANCE, quarters / 4 - BAND_TOLERANCE),
            _crossing(curve, upper, quarters / 4 + BAND_TOLERANCE, quarters / 4 - BAND_TOLERANCE),
        )
        for quarters in (3, 2, 1)
    )


def _limits(limits: Iterable[float | None]) -> list[float]:
    """The limits; where the band is not defined it has not been seen to fall."""
    return [1.0 if limit is None else limit for limit in limits]


def _median_follow_up(curve: Curve) -> Decimal | None:
    """The median of the curve with events and censorings exchanged, over the same times and subjects at risk."""
    followed, starting, shares = 1, 1, []
    for step in curve.steps:
        if step.n_censored:
            followed, starting = followed * (step.n_risk - step.n_censored), starting * step.n_risk
        shares.append(divmod(followed * 2, starting))
    return _crossing(curve, shares, (1, 0), (1, 0))


def _crossing(curve: Curve, heights: Sequence[Height], above: Height, below: Height) -> Decimal | None:
    """Where a falling line first reaches a level: no longer `above`; it has left the level once it is `below`."""
    reached: Decimal | None = None
    for step, height in zip(curve.steps, heights, strict=True):
        if height > above:
            continue
        if height < below:
            return step.time if reached is None else _middle(reached, step.time)
        if reached is None:
            reached = step.time
    return None if reached is None else _middle(reached, curve.times[-1])


def _middle(first: Decimal, last: Decimal) -> Decimal:
    return EXACT.multiply(EXACT.add(first, last), HALF)


def _at_time(curve: Curve, time: Decimal) -> AtTime:
    at_risk = len(curve.times) - bisect_left(curve.times, time)
    index = bisect_right(curve.steps, time, key=lambda step: step.time)
    if not curve.times or (time > curve.times[-1] and curve.steps[-1].surviving):
        return AtTime(time, 0, None, None, None, None)
    if index == 0:
        return AtTime(time, at_risk, 1.0, 0.0, 1.0, 1.0)
    step = curve.steps[index - 1]
    return AtTime(time, at_risk, step.survival, step.std_err, step.lower, step.upper)
