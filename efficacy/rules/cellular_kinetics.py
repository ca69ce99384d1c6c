"""Cellular kinetics of one subject in one matrix by one assay.

Purpose: expansion and persistence of CAR-T cells: Cmax, Tmax, last quantifiable sample, areas, half-life.

Inputs: samples as actual days from the end of infusion with a concentration, or below the limit of quantification
(BLQ). Copies/µg DNA and cells/µL, blood and tumour, are never mixed in one call.

Algorithm
    1. Samples before the infusion are left out.
    2. Cmax is the highest concentration, Tmax the first time of it; Clast and Tlast are the last quantifiable sample,
       also when the cells reappear after BLQ samples. Persistence is Tlast.
    3. Loss: the first of at least two consecutive BLQ samples after a quantifiable one.
    4. For areas, BLQ before the first quantifiable sample is 0, and so is the concentration at the end of infusion
       when nothing was sampled then; BLQ between quantifiable samples is missing; BLQ after Tlast is left out (`last`)
       or its first sample counts as 0 (`all`).
    5. Areas by linear-up/log-down trapezoids. To Day 28 the concentration on that day is interpolated, on the same
       line. Without a sample on Day 28 or later, BLQ or not, that area is not reported.
    6. The area to Tlast is always reported.
    7. Half-life: see `half_life`.

Source: protocol, cellular kinetics; Gabrielsson J, Weiner D, Pharmacokinetic and Pharmacodynamic Data Analysis, 5th
edition, 2016, section 2.8.

>>> found = cellular_kinetics([Sample(Decimal(0), None), Sample(Decimal(10), Decimal(100)),
...                            Sample(Decimal(20), Decimal(50)), Sample(Decimal(30), None)])
>>> found.cmax, found.tmax, found.tlast, round(found.auc_last, 2), round(found.auc_all, 2)
(Decimal('100'), Decimal('10'), Decimal('20'), 1221.35, 1461.35)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from efficacy.rules.area_under_curve import Point, area
from efficacy.rules.half_life import HalfLife, HalfLifeConfig, half_life

RULE = "cellular-kinetics"
VERSION = "1.0.0"


@dataclass(frozen=True)
class Sample:
    """`day` from the end of infusion, before it negative; `concentration` None = below the limit of quantification."""

    day: Decimal
    concentration: Decimal | None


@dataclass(frozen=True)
class KineticsConfig:
    """Protocol parameters; the defaults are this protocol's."""

    auc_last_day: Decimal = Decimal(28)
    loss_samples: int = 2
    half_life: HalfLifeConfig = field(default_factory=HalfLifeConfig)


@dataclass(frozen=True)
class CellularKinetics:
    """None = not estimable. `auc_last`, `auc_all` run to Day 28, `auc_last_total` to Tlast (concentration × days)."""

    cmax: Decimal | None
    tmax: Decimal | None
    clast: Decimal | None
    tlast: Decimal | None
    auc_last: float | None
    auc_all: float | None
    auc_last_total: float | None
    covers_last_day: bool
    lost_on: Decimal | None
    half_life: HalfLife
    because: str

    @property
    def persistence_days(self) -> Decimal | None:
        """Time of the last quantifiable sample."""
        return self.tlast


def cellular_kinetics(samples: Sequence[Sample], config: KineticsConfig = KineticsConfig()) -> CellularKinetics:
    """Derive the parameters by the algorithm above; the order of the samples does not matter.

    Raises ValueError for two samples at one time, and for a concentration that is not positive.
    """
    _check(samples)
    ordered = sorted((sample for sample in samples if sample.day >= 0), key=lambda sample: sample.day)
    points = [(item.day, item.concentration) for item in ordered if item.concentration is not None]
    covers = bool(ordered) and ordered[-1].day >= config.auc_last_day
    if not points:
        nothing = HalfLife(None, "Not estimable: no quantifiable sample.")
        sentence = "No quantifiable sample after infusion."
        return CellularKinetics(None, None, None, None, None, None, None, covers, None, nothing, sentence)
    tmax, cmax = max(points, key=lambda point: (point[1], -point[0]))
    tlast, clast = points[-1]
    profile = [*_zeros_before(ordered, points[0][0]), *points]
    with_zero = [*profile, *_zero_after(ordered, tlast)]
    return CellularKinetics(
        cmax=cmax,
        tmax=tmax,
        clast=clast,
        tlast=tlast,
        auc_last=area(profile, config.auc_last_day) if covers else None,
        auc_all=area(with_zero, config.auc_last_day) if covers else None,
        auc_last_total=area(profile),
        covers_last_day=covers,
        lost_on=_lost_on(ordered, config.loss_samples),
        half_life=half_life([point for point in points if point[0] > tmax], config.half_life),
        because=_sentence(points, ordered[-1].day, covers, config),
    )


def _check(samples: Sequence[Sample]) -> None:
    if len({sample.day for sample in samples}) < len(samples):
        raise ValueError("two samples have the same time")
    if any(sample.concentration is not None and sample.concentration <= 0 for sample in samples):
        raise ValueError("a quantifiable concentration must be above 0")


def _zeros_before(ordered: Sequence[Sample], first_day: Decimal) -> list[Point]:
    """Samples before the first quantifiable one, all BLQ, as 0; nothing is in the blood before the infusion ends."""
    zeros = [(sample.day, Decimal(0)) for sample in ordered if sample.day < first_day]
    return zeros if ordered[0].day == 0 else [(Decimal(0), Decimal(0)), *zeros]


def _zero_after(ordered: Sequence[Sample], tlast: Decimal) -> list[Point]:
    """The first sample after the last quantifiable one, BLQ, as 0."""
    return [(sample.day, Decimal(0)) for sample in ordered if sample.day > tlast][:1]


def _lost_on(ordered: Sequence[Sample], loss_samples: int) -> Decimal | None:
    """Day of the first of enough consecutive BLQ samples after a quantifiable one; None = not lost."""
    first = next(index for index, sample in enumerate(ordered) if sample.concentration is not None)
    below: list[Decimal] = []
    for sample in ordered[first:]:
        below = [*below, sample.day] if sample.concentration is None else []
        if len(below) == loss_samples:
            return below[0]
    return None


def _sentence(points: Sequence[Point], last_day: Decimal, covers: bool, config: KineticsConfig) -> str:
    sentence = f"Quantifiable from day {points[0][0]} to day {points[-1][0]}"
    if covers:
        return f"{sentence}; sampled to day {last_day}."
    return f"{sentence}; last sample on day {last_day}, before day {config.auc_last_day}: no area to that day."
