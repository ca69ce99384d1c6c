"""Time to event, response rates and survival curves as the bench offers them: strict JSON in, JSON out."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Annotated, Any, Literal, cast

from pydantic import Field, StringConstraints

from efficacy.rules import ipfs, kaplan_meier, response_rate, time_to_event
from efficacy.rules.course import Assessment, Course, Endpoint, Response, contradictions
from efficacy.rules.missed_scans import ScanPlan
from efficacy.rules.survival_curve import Step
from trial_edc.bench import registry
from trial_edc.bench.inputs import EXACT, WHOLE, Day
from trial_edc.bench.registry import BenchModel, BenchRule, CaseError, NoConfig, Outcome
from trial_edc.protocol.parameters import boolean, decimal, integer, text

_FDA = "FDA, Clinical Trial Endpoints for the Approval of Cancer Drugs and Biologics (2018), appendix"
_IRECIST = "iRECIST, Seymour L et al., Lancet Oncol 2017;18:e143-152"
_EXACT = "Clopper CJ, Pearson ES, Biometrika 1934;26:404-413"
_CURVE = "Kaplan EL, Meier P, J Am Stat Assoc 1958;53:457-481; Brookmeyer R, Crowley J, Biometrics 1982;38:29-41"
_MOST_ENTRIES = 10_000

CensorOrIgnore = Literal["censor", "ignore"]
EventOrCensor = Literal["event", "censor"]
Span = Annotated[int, Field(ge=0, le=100_000), WHOLE]
ScanDay = Annotated[int, Field(ge=1, le=100_000), WHOLE]
Level = Annotated[Decimal, Field(gt=0, lt=1), EXACT]
Time = Annotated[Decimal, Field(ge=0), EXACT]


class AssessmentInput(BenchModel):
    """One RECIST 1.1 time point."""

    date: Day
    response: Literal["CR", "PR", "SD", "NON-CR/NON-PD", "PD", "NE"]


class TimeToEventInput(BenchModel):
    """One subject; dates absent or null = did not happen, or not known."""

    endpoint: Literal["PFS", "OS", "TTR", "DOR"]
    start_date: Day
    assessments: Annotated[list[AssessmentInput], Field(max_length=1000, default_factory=list)]
    death_date: Day | None = None
    last_known_alive: Day | None = None
    nact_date: Day | None = None
    first_response_date: Day | None = None
    cutoff: Day | None = None
    no_baseline: bool = False


class TimeToEventConfigInput(BenchModel):
    """Protocol parameters of time to event.

    A gap is longer than `max_gap_days`, or passes `missed_maximum` planned scans (`planned_scan_days` after infusion
    with `scan_window_days` to either side); with neither there is no gap.
    """

    add_one_day: bool = boolean("survival.add_one_day")
    nact: CensorOrIgnore = cast(CensorOrIgnore, text("survival.new_therapy"))
    missed: CensorOrIgnore = cast(CensorOrIgnore, text("survival.missed_assessments"))
    max_gap_days: Annotated[int, Field(ge=1, le=100_000), WHOLE] | None = None
    planned_scan_days: Annotated[list[ScanDay], Field(max_length=200, default_factory=list)]
    scan_window_days: Span = 0
    missed_maximum: Annotated[int, Field(ge=1, le=10), WHOLE] = integer("survival.missed_maximum")
    death_in_dor: EventOrCensor = cast(EventOrCensor, text("survival.death_in_dor"))
    horizon_days: Span | None = integer("survival.horizon_days")


def _course(given: TimeToEventInput) -> Course:
    values = {name: getattr(given, name) for name in Course.__dataclass_fields__}
    values["assessments"] = tuple(Assessment(item.date, Response(item.response)) for item in given.assessments)
    return Course(**values)


def _config(config: TimeToEventConfigInput) -> time_to_event.TimeToEventConfig:
    days = config.planned_scan_days
    if days != sorted(set(days)):
        raise CaseError("config.planned_scan_days", "must ascend")
    return time_to_event.TimeToEventConfig(
        add_one_day=config.add_one_day,
        censor_at_new_therapy=config.nact == "censor",
        censor_after_missed_scans=config.missed == "censor",
        plan=ScanPlan(config.max_gap_days, tuple(days), config.scan_window_days, config.missed_maximum),
        death_ends_response=config.death_in_dor == "event",
        horizon_days=config.horizon_days or 0,
    )


def evaluate_time_to_event(given: TimeToEventInput, config: TimeToEventConfigInput) -> Outcome:
    """Answer one time-to-event case."""
    course = _course(given)
    for wrong in contradictions(course, given.cutoff):
        raise CaseError(wrong.key, wrong.sentence)
    result = time_to_event.time_to_event(Endpoint(given.endpoint), course, cutoff=given.cutoff, config=_config(config))
    output = {
        "applicable": result.applicable,
        "event": result.event,
        "date": result.date.isoformat() if result.date else None,
        "reason": result.reason.value,
        "days": result.days,
        "months": number(result.months),
        "description": time_to_event.DESCRIPTIONS[result.reason],
    }
    return Outcome(output, result.because)


def number(value: Decimal | Fraction | None) -> float | None:
    """A number as JSON writes it; null stays null."""
    return None if value is None else float(value)


class ImmuneAssessmentInput(BenchModel):
    """One iRECIST time point."""

    date: Day
    response: Literal["iCR", "iPR", "iSD", "NON-iCR/NON-iUPD", "iUPD", "iCPD", "NE"]


class IpfsInput(BenchModel):
    """One subject; null = not stated."""

    start_date: Day
    assessments: Annotated[list[ImmuneAssessmentInput], Field(max_length=1000)]
    no_confirmation_reason: (
        Literal["not clinically stable", "refusal", "non-compliance", "death", "all later scans iUPD"] | None
    ) = None
    awaiting_next_scan: bool | None = None
    death_date: Day | None = None


class IpfsConfigInput(BenchModel):
    """Protocol parameters of iPFS."""

    add_one_day: bool = boolean("survival.add_one_day")
    pending_at_cutoff: EventOrCensor = cast(EventOrCensor, text("irecist.pending_at_cutoff"))


def evaluate_ipfs(given: IpfsInput, config: IpfsConfigInput) -> Outcome:
    """Answer one ipfs case."""
    assessments = [ipfs.ImmuneAssessment(item.date, ipfs.ImmuneResponse(item.response)) for item in given.assessments]
    stated = given.no_confirmation_reason
    block = ipfs.OpenBlock(ipfs.NoConfirmation(stated) if stated else None, given.awaiting_next_scan)
    for wrong in ipfs.contradictions(given.start_date, assessments, given.death_date, block):
        raise CaseError(wrong.key, wrong.sentence)
    result = ipfs.immune_progression_free(
        given.start_date,
        assessments,
        death=given.death_date,
        block=block,
        pending_counts=config.pending_at_cutoff == "event",
        add_one_day=config.add_one_day,
    )
    output = {"event": result.event, "date": result.date.isoformat(), "days": result.days}
    return Outcome(output, result.because)


class ResponseRateInput(BenchModel):
    """Responders of a group; confidence level 0.95 = 95 %."""

    x: Annotated[int, Field(ge=0, le=1_000_000), WHOLE]
    n: Annotated[int, Field(ge=0, le=1_000_000), WHOLE]
    conf_level: Level = decimal("survival.confidence_level")


def evaluate_response_rate(given: ResponseRateInput, config: NoConfig) -> Outcome:
    """Answer one response-rate case."""
    if given.x > given.n:
        raise CaseError("x", f"{given.x} exceeds n, {given.n}")
    result = response_rate.response_rate(given.x, given.n, given.conf_level)
    output = {"rate": number(result.rate), "lower": result.lower, "upper": result.upper}
    return Outcome(output, result.because)


class KaplanMeierInput(BenchModel):
    """One group. `unit` names the unit of every time; without `eval_times` the landmarks in that unit are taken."""

    time: Annotated[list[Time], Field(max_length=_MOST_ENTRIES)]
    event: Annotated[list[Annotated[int, Field(ge=0, le=1), WHOLE]], Field(max_length=_MOST_ENTRIES)]
    eval_times: Annotated[list[Time], Field(max_length=1000)] | None = None
    unit: Annotated[str, StringConstraints(min_length=1, max_length=20)] = "months"
    conf_level: Level = decimal("survival.confidence_level")


def _landmarks(unit: str) -> list[Decimal]:
    """The landmark times in a unit; none in a unit that is neither months nor days."""
    factor = {"months": Decimal(1), "days": decimal("survival.days_per_month")}.get(unit)
    return [] if factor is None else [months * factor for months in kaplan_meier.LANDMARK_MONTHS]


def _quantile(found: kaplan_meier.Quantile) -> dict[str, float | None]:
    return {"estimate": number(found.estimate), "lower": number(found.lower), "upper": number(found.upper)}


def _at_time(item: kaplan_meier.AtTime) -> dict[str, Any]:
    return {
        "time": float(item.time),
        "n_risk": item.n_risk,
        "survival": item.survival,
        "std_err": item.std_err,
        "lower": item.lower,
        "upper": item.upper,
    }


def _step(step: Step) -> dict[str, Any]:
    return {
        "time": float(step.time),
        "n_risk": step.n_risk,
        "n_event": step.n_event,
        "n_censored": step.n_censored,
        "survival": step.survival,
        "std_err": step.std_err,
        "lower": step.lower,
        "upper": step.upper,
    }


def evaluate_kaplan_meier(given: KaplanMeierInput, config: NoConfig) -> Outcome:
    """Answer one kaplan-meier case."""
    if len(given.event) != len(given.time):
        raise CaseError("event", f"has {len(given.event)} entries for {len(given.time)} in time")
    wanted = _landmarks(given.unit) if given.eval_times is None else given.eval_times
    result = kaplan_meier.kaplan_meier(given.time, given.event, eval_times=wanted, conf_level=given.conf_level)
    output = {
        "n": result.n,
        "events": result.events,
        "q25": _quantile(result.q25),
        "median": _quantile(result.median),
        "q75": _quantile(result.q75),
        "at_times": [_at_time(item) for item in result.at_times],
        "steps": [_step(step) for step in result.steps],
        "reverse_km_median_followup": number(result.reverse_km_median_followup),
        "unit": given.unit,
    }
    return Outcome(output, result.because)


RULES = (
    BenchRule(
        time_to_event.RULE,
        time_to_event.VERSION,
        "Time to event of one subject: PFS, OS, TTR, DOR",
        _FDA,
        evaluate_time_to_event,
        TimeToEventInput,
        TimeToEventConfigInput,
    ),
    BenchRule(
        ipfs.RULE,
        ipfs.VERSION,
        "Progression-free survival by iRECIST",
        _IRECIST,
        evaluate_ipfs,
        IpfsInput,
        IpfsConfigInput,
    ),
    BenchRule(
        response_rate.RULE,
        response_rate.VERSION,
        "Response rate with exact confidence interval",
        _EXACT,
        evaluate_response_rate,
        ResponseRateInput,
    ),
    BenchRule(
        kaplan_meier.RULE,
        kaplan_meier.VERSION,
        "Kaplan-Meier analysis of one group",
        _CURVE,
        evaluate_kaplan_meier,
        KaplanMeierInput,
    ),
)


def register() -> None:
    """Offer the rules of time to event on the bench."""
    for rule in RULES:
        registry.register(rule)
