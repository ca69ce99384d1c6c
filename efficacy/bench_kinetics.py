"""Cellular kinetics and cytokine peaks as the bench offers them: strict JSON in, JSON out."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import Field, PlainValidator, StringConstraints, WithJsonSchema

from efficacy.bench_endpoints import number
from efficacy.rules import cellular_kinetics, cytokine_peak
from efficacy.rules.cytokine_units import factor_to_reported, reported_unit
from efficacy.rules.half_life import HalfLifeConfig
from trial_edc.bench import registry
from trial_edc.bench.inputs import EXACT, WHOLE, to_decimal
from trial_edc.bench.registry import BenchModel, BenchRule, CaseError, Outcome
from trial_edc.protocol.parameters import decimal, integer

_ANALYSIS = "Gabrielsson J, Weiner D, Pharmacokinetic and Pharmacodynamic Data Analysis, 5th edition, 2016"
_REGISTRY = "NCT05947487, pharmacodynamics"

Exact = Annotated[Decimal, EXACT]
Positive = Annotated[Decimal, Field(gt=0), EXACT]
Short = Annotated[str, StringConstraints(min_length=1, max_length=60)]


class KineticsInput(BenchModel):
    """One subject, one matrix, one assay. Days from the end of infusion; earlier samples are negative."""

    time_days: Annotated[list[Exact], Field(max_length=1000)]
    conc: Annotated[list[Positive | None], Field(max_length=1000)]
    blq: Annotated[list[bool], Field(max_length=1000)]
    unit: Short | None = None
    lloq: Positive | None = None


class KineticsConfigInput(BenchModel):
    """Protocol parameters of cellular kinetics."""

    loss_samples: Annotated[int, Field(ge=1, le=10), WHOLE] = integer("kinetics.loss_of_persistence_samples")
    half_life_minimum_points: Annotated[int, Field(ge=3, le=20), WHOLE] = integer("kinetics.half_life_minimum_points")
    half_life_minimum_r2: Annotated[Decimal, Field(ge=0, le=1), EXACT] = decimal("kinetics.half_life_minimum_r2")
    half_life_minimum_span: Annotated[Decimal, Field(ge=0, le=100), EXACT] = decimal("kinetics.half_life_minimum_span")


def _samples(given: KineticsInput) -> list[cellular_kinetics.Sample]:
    """The samples. Raises CaseError where the three lists contradict each other."""
    for key, entries in (("conc", given.conc), ("blq", given.blq)):
        if len(entries) != len(given.time_days):
            raise CaseError(key, f"has {len(entries)} entries for {len(given.time_days)} in time_days")
    seen: set[Decimal] = set()
    for index, (day, conc, blq) in enumerate(zip(given.time_days, given.conc, given.blq, strict=True)):
        if day in seen:
            raise CaseError(f"time_days[{index}]", f"{day} is the time of an earlier sample")
        seen.add(day)
        if blq != (conc is None):
            raise CaseError(f"conc[{index}]", "must be null where blq is true, and only there")
        if conc is not None and given.lloq is not None and conc < given.lloq:
            raise CaseError(f"conc[{index}]", f"{conc} is below lloq, {given.lloq}, although blq is false")
    return [cellular_kinetics.Sample(*pair) for pair in zip(given.time_days, given.conc, strict=True)]


def evaluate_kinetics(given: KineticsInput, config: KineticsConfigInput) -> Outcome:
    """Answer one cellular-kinetics case."""
    limits = HalfLifeConfig(config.half_life_minimum_points, config.half_life_minimum_r2, config.half_life_minimum_span)
    parameters = cellular_kinetics.KineticsConfig(decimal("kinetics.auc_last_day"), config.loss_samples, limits)
    result = cellular_kinetics.cellular_kinetics(_samples(given), parameters)
    output = {
        "cmax": number(result.cmax),
        "tmax": number(result.tmax),
        "clast": number(result.clast),
        "tlast": number(result.tlast),
        "auc0_28_last": result.auc_last,
        "auc0_28_all": result.auc_all,
        "auc_last_total": result.auc_last_total,
        "persistence_days": number(result.persistence_days),
        "covers_day_28": result.covers_last_day,
        "half_life": result.half_life.value,
        "half_life_points": result.half_life.n_points,
        "half_life_r2": result.half_life.r2,
        "half_life_r2_adj": result.half_life.r2_adj,
        "half_life_span": result.half_life.span,
        "lost_on_day": number(result.lost_on),
        "unit": given.unit,
    }
    return Outcome(output, f"{result.because} {result.half_life.because}")


def to_result(value: Any) -> str:
    """A laboratory's result as text, from text or from a JSON number. Raises ValueError."""
    return value if isinstance(value, str) else f"{to_decimal(value):f}"


Result = Annotated[str, PlainValidator(to_result), WithJsonSchema({"type": ["string", "number"]})]


class CytokineSampleInput(BenchModel):
    """One sample; infusion is day 0. `timing` is needed on that day only."""

    day: Annotated[Decimal, Field(ge=-10_000, le=10_000), EXACT]
    timing: Literal["pre", "post"] | None = None
    value: Result
    unit: Short
    lloq: Positive | None = None


class CytokineInput(BenchModel):
    """One analyte of one subject."""

    analyte: Short
    samples: Annotated[list[CytokineSampleInput], Field(max_length=1000)]


class CytokineConfigInput(BenchModel):
    """Protocol parameters of the peak."""

    window_days: Annotated[int, Field(ge=0, le=10_000), WHOLE] = integer("cytokines.peak_window_days")
    baseline_blq_factor: Annotated[Decimal, Field(ge=0, le=1), EXACT] = decimal("cytokines.baseline_blq_factor")


def _after_infusion(sample: CytokineSampleInput, key: str) -> bool:
    """Whether a sample was drawn after the infusion. Raises CaseError where day and timing leave it open or clash."""
    if sample.timing is None:
        if not sample.day:
            raise CaseError(f"{key}.timing", "is required on day 0: pre or post")
        return sample.day > 0
    after = sample.timing == "post"
    if sample.day and after != (sample.day > 0):
        raise CaseError(f"{key}.timing", f"{sample.timing} contradicts day {sample.day}")
    return after


def _cytokine_sample(analyte: str, sample: CytokineSampleInput, key: str) -> cytokine_peak.CytokineSample:
    """One sample, checked. Raises CaseError naming what cannot be read."""
    after = _after_infusion(sample, key)
    found = cytokine_peak.CytokineSample(sample.day, after, sample.value, sample.unit, sample.lloq)
    try:
        factor_to_reported(analyte, sample.unit)
    except ValueError as error:
        raise CaseError(f"{key}.unit", str(error)) from None
    try:
        cytokine_peak.level(analyte, found)
    except ValueError as error:
        raise CaseError(f"{key}.value", str(error)) from None
    return found


def evaluate_cytokine(given: CytokineInput, config: CytokineConfigInput) -> Outcome:
    """Answer one cytokine-peak case."""
    try:
        reported_unit(given.analyte)
    except ValueError as error:
        raise CaseError("analyte", str(error)) from None
    samples = [
        _cytokine_sample(given.analyte, sample, f"samples[{index}]") for index, sample in enumerate(given.samples)
    ]
    parameters = cytokine_peak.CytokineConfig(config.window_days, config.baseline_blq_factor)
    result = cytokine_peak.cytokine_peak(given.analyte, samples, parameters)
    return Outcome(_cytokine_output(result), result.because)


def _cytokine_output(result: cytokine_peak.CytokinePeak) -> dict[str, Any]:
    """A peak below the limit is the text "<limit": no number may be taken for it."""
    baseline, peak = result.baseline, result.peak
    return {
        "baseline": number(result.baseline_value),
        "baseline_blq": baseline.below if baseline else None,
        "baseline_above_uloq": baseline.above if baseline else None,
        "baseline_day": number(baseline.day) if baseline else None,
        "peak": None if peak is None else str(peak) if peak.below else number(peak.number),
        "peak_blq": peak.below if peak else None,
        "peak_above_uloq": peak.above if peak else None,
        "peak_day": number(peak.day) if peak else None,
        "peak_unit": result.unit,
        "fold_change": number(result.fold_change),
    }


RULES = (
    BenchRule(
        cellular_kinetics.RULE,
        cellular_kinetics.VERSION,
        "Cellular kinetics of one subject",
        _ANALYSIS,
        evaluate_kinetics,
        KineticsInput,
        KineticsConfigInput,
    ),
    BenchRule(
        cytokine_peak.RULE,
        cytokine_peak.VERSION,
        "Peak of one cytokine and its rise over baseline",
        _REGISTRY,
        evaluate_cytokine,
        CytokineInput,
        CytokineConfigInput,
    ),
)


def register() -> None:
    """Offer the rules of kinetics and cytokines on the bench."""
    for rule in RULES:
        registry.register(rule)
