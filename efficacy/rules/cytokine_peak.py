"""Peak of one cytokine or inflammation marker in one subject, and its rise over baseline.

Purpose: the registry's pharmacodynamic endpoint.

Inputs: samples with study day (infusion is day 0), before or after the infusion, the laboratory's result ("35", "<1.5"
below and ">5000" above the limits of quantification), unit and lower limit (LLOQ).

Algorithm
    1. Every result is converted to the analyte's reported unit. A result of "<x", or below its LLOQ, is below the limit
       (BLQ); ">x" is kept as x and flagged.
    2. Baseline is the last sample before the infusion; on the day of infusion a sample before it counts. A BLQ baseline
       counts as half its limit.
    3. Peak is the highest result after the infusion up to and including Day `window_days`, the first of equal ones.
       Any quantified result is higher than every BLQ result; of equal numbers the one above the limit is higher. When
       all are BLQ the peak is "<limit", by the highest limit.
    4. Fold change = peak / baseline. None without a baseline, with a baseline of 0 or above the upper limit, or with a
       BLQ peak. With a peak above the upper limit it is a minimum.

Source: NCT05947487, pharmacodynamics: peak is the highest post-baseline level; window and half limit are protocol
parameters.

>>> samples = [CytokineSample(Decimal(0), False, "<1.5", "pg/mL"), CytokineSample(Decimal(7), True, "300", "pg/mL")]
>>> found = cytokine_peak("IL-6", samples)
>>> str(found.baseline), str(found.baseline_value), str(found.peak), found.fold_change
('<1.5', '0.75', '300', Fraction(400, 1))
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from efficacy.rules.cytokine_units import factor_to_reported, reported_unit

RULE = "cytokine-peak"
VERSION = "1.0.0"

_RESULT = re.compile(r"\s*([<>]?)\s*(\d{1,15}(?:\.\d{1,12})?|\.\d{1,12})\s*", re.ASCII)


@dataclass(frozen=True)
class CytokineSample:
    """One sample; `lloq` in the sample's own unit, None = the laboratory states none."""

    day: Decimal
    after_infusion: bool
    result: str
    unit: str
    lloq: Decimal | None = None


@dataclass(frozen=True)
class CytokineConfig:
    """Protocol parameters; the defaults are this protocol's."""

    window_days: int = 28
    baseline_blq_factor: Decimal = Decimal("0.5")


@dataclass(frozen=True)
class Level:
    """A result in the reported unit; `number` is the limit itself when it lies below or above one."""

    day: Decimal
    number: Decimal
    below: bool
    above: bool

    def __str__(self) -> str:
        """The level as it is shown: "<1.5", "35", ">5000"."""
        sign = "<" if self.below else ">" if self.above else ""
        return f"{sign}{self.number:f}"


@dataclass(frozen=True)
class CytokinePeak:
    """Baseline and peak, levels in `unit`; `baseline_value` is half the limit where the baseline is BLQ."""

    unit: str
    baseline: Level | None
    baseline_value: Decimal | None
    peak: Level | None
    fold_change: Fraction | None
    because: str


def level(analyte: str, sample: CytokineSample) -> Level:
    """A sample's result in the reported unit. Raises ValueError for a result, analyte or unit that cannot be read."""
    found = _RESULT.fullmatch(sample.result)
    if found is None:
        raise ValueError('must be a number, or a number after "<" or ">"')
    sign, number = found[1], Decimal(found[2])
    if sign and not number:
        raise ValueError("a limit of quantification must be above 0")
    factor = factor_to_reported(analyte, sample.unit)
    if not sign and sample.lloq is not None and number < sample.lloq:
        sign, number = "<", sample.lloq
    return Level(sample.day, number * factor, below=sign == "<", above=sign == ">")


def cytokine_peak(
    analyte: str, samples: Sequence[CytokineSample], config: CytokineConfig = CytokineConfig()
) -> CytokinePeak:
    """Derive baseline, peak and fold change by the algorithm above. Raises ValueError as `level` does."""
    before = [level(analyte, sample) for sample in samples if not sample.after_infusion]
    after = [level(analyte, sample) for sample in samples if sample.after_infusion and sample.day <= config.window_days]
    # Of several on one day the one listed last, of equal peaks the one listed first.
    baseline = max(reversed(before), key=lambda item: item.day, default=None)
    peak = max(sorted(after, key=lambda item: item.day), key=_height, default=None)
    start = _baseline_value(baseline, config)
    unit = reported_unit(analyte)
    fold = _fold_change(baseline, start, peak)
    return CytokinePeak(unit, baseline, start, peak, fold, _sentence(unit, baseline, peak, config))


def _height(item: Level) -> tuple[bool, Decimal, bool]:
    return not item.below, item.number, item.above


def _baseline_value(baseline: Level | None, config: CytokineConfig) -> Decimal | None:
    if baseline is None:
        return None
    return baseline.number * config.baseline_blq_factor if baseline.below else baseline.number


def _fold_change(baseline: Level | None, start: Decimal | None, peak: Level | None) -> Fraction | None:
    if baseline is None or not start or baseline.above or peak is None or peak.below:
        return None
    return Fraction(peak.number) / Fraction(start)


def _sentence(unit: str, baseline: Level | None, peak: Level | None, config: CytokineConfig) -> str:
    if peak is None:
        return f"No sample after infusion up to Day {config.window_days}."
    found = f"Peak {peak} {unit} on Day {peak.day}"
    if baseline is None:
        return f"{found}; no sample before infusion."
    return f"{found}; baseline {baseline} {unit} on Day {baseline.day}."
