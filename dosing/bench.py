"""The dosing rules as the bench offers them: strict JSON in, the web application's own pure functions, JSON out."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field

from dosing.rules import evaluability, next_infusion, three_plus_three, trial_replay
from trial_edc.bench import registry
from trial_edc.bench.inputs import EXACT, WHOLE, Day
from trial_edc.bench.registry import BenchModel, BenchRule, CaseError, NoConfig, Outcome

_PROTOCOL = "NCT05947487 (3+3, MTD at most 2 of 6) with the escalation rule of NCT04697940"
RuleSetName = Literal["protocol", "classical"]
Count = Annotated[int, Field(ge=0, le=1000), WHOLE]
Dose = Annotated[Decimal, Field(ge=0), EXACT]


class EvaluabilityInput(BenchModel):
    """One subject; doses in any one unit, null = not recorded."""

    infused: bool
    dlt: bool | None = None
    dose_assigned: Annotated[Decimal, Field(gt=0), EXACT] | None = None
    dose_given: Dose | None = None
    days_followed: Annotated[int, Field(ge=0, le=100_000), WHOLE] | None = None
    day28_assessment_done: bool = False
    off_study_before_d28: bool = False
    unresolved_event: bool = False


class EvaluabilityConfigInput(BenchModel):
    """Protocol parameters of evaluability."""

    window_days: Annotated[int, Field(ge=1, le=366), WHOLE] = 28
    dose_tolerance_percent: Annotated[int, Field(ge=0, le=100), WHOLE] = 20


def _check_subject(given: EvaluabilityInput, window_days: int) -> None:
    """Refuse a subject whose facts cannot all be true."""
    if not given.infused:
        if given.dlt:
            raise CaseError("dlt", "a subject who was not infused cannot have a DLT")
        if given.dose_given:
            raise CaseError("dose_given", "a subject who was not infused has no infused dose")
        if given.day28_assessment_done:
            raise CaseError("day28_assessment_done", "a subject who was not infused has no Day-28 assessment")
        return
    if given.dlt is None:
        raise CaseError("dlt", "is required for an infused subject: true or false")
    if given.dose_given == 0:
        raise CaseError("dose_given", "must be above 0 for an infused subject")
    if given.off_study_before_d28 and given.day28_assessment_done:
        raise CaseError("day28_assessment_done", "contradicts off_study_before_d28")
    if given.off_study_before_d28 and given.days_followed is not None and given.days_followed >= window_days:
        raise CaseError("days_followed", f"{given.days_followed} days contradict off_study_before_d28")


def evaluate_evaluability(given: EvaluabilityInput, config: EvaluabilityConfigInput) -> Outcome:
    """Answer one evaluability case."""
    _check_subject(given, config.window_days)
    facts = evaluability.SubjectFacts(**(given.model_dump() | {"dlt": bool(given.dlt)}))
    parameters = evaluability.EvaluabilityConfig(config.window_days, config.dose_tolerance_percent)
    result = evaluability.evaluate_subject(facts, parameters)
    output = {
        "status": result.status.value,
        "replace": result.replace,
        "provisional": result.provisional,
        "at_risk": result.at_risk,
    }
    return Outcome(output, result.because)


class NextInfusionInput(BenchModel):
    """Infusions already given at one level."""

    prior_infusions_same_level: Annotated[list[Day], Field(max_length=1000)]
    today: Day


class NextInfusionConfigInput(BenchModel):
    """Protocol parameters of the stagger, in days."""

    first_to_second: Annotated[int, Field(ge=0, le=366), WHOLE] = 28
    subsequent: Annotated[int, Field(ge=0, le=366), WHOLE] = 0


def evaluate_next_infusion(given: NextInfusionInput, config: NextInfusionConfigInput) -> Outcome:
    """Answer one next-infusion case."""
    try:
        result = next_infusion.earliest_next_infusion(
            given.prior_infusions_same_level,
            today=given.today,
            config=next_infusion.StaggerConfig(config.first_to_second, config.subsequent),
        )
    except ValueError as error:
        raise CaseError("prior_infusions_same_level", str(error)) from None
    except OverflowError:
        raise CaseError("today", "lies too far in the future") from None
    return Outcome({"earliest_next_infusion": result.earliest.isoformat()}, result.because)


class DoseEscalationInput(BenchModel):
    """One dose level; `lower_*` null at the lowest level. `n_review`: subjects with an event in review."""

    rule: RuleSetName
    n_evaluable: Count
    n_dlt: Count
    n_pending: Count = 0
    n_review: Count = 0
    higher_status: Literal["untested", "too_toxic", "none"]
    lower_n_eval: Count | None = None
    lower_n_dlt: Count | None = None


def _lower(given: DoseEscalationInput) -> three_plus_three.LevelTally | None:
    """The tally of the lower level. Raises CaseError when only half of it is given, or it is impossible."""
    evaluable, toxic = given.lower_n_eval, given.lower_n_dlt
    if evaluable is None and toxic is None:
        return None
    if evaluable is None:
        raise CaseError("lower_n_eval", "is null although lower_n_dlt is given")
    if toxic is None:
        raise CaseError("lower_n_dlt", "is null although lower_n_eval is given")
    if toxic > evaluable:
        raise CaseError("lower_n_dlt", f"{toxic} exceeds lower_n_eval, {evaluable}")
    return three_plus_three.LevelTally(evaluable, toxic)


def evaluate_dose_escalation(given: DoseEscalationInput, config: NoConfig) -> Outcome:
    """Answer one dose-escalation case."""
    if given.n_dlt > given.n_evaluable:
        raise CaseError("n_dlt", f"{given.n_dlt} exceeds n_evaluable, {given.n_evaluable}")
    tally = three_plus_three.LevelTally(given.n_evaluable, given.n_dlt, given.n_pending, given.n_review)
    higher = three_plus_three.Higher(given.higher_status)
    decision = three_plus_three.decide_level(
        three_plus_three.RULE_SETS[given.rule], tally, higher=higher, lower=_lower(given)
    )
    output = {
        "action": decision.action.value,
        "next_level": decision.next_level.value,
        "mtd": decision.mtd.value if decision.mtd else None,
        "mtd_reached": decision.mtd_reached,
        "row": decision.row_key,
        "provisional": decision.provisional,
    }
    return Outcome(output, decision.because)


class CohortInput(BenchModel):
    """Subjects treated together at one level (1 = lowest)."""

    dose: Annotated[int, Field(ge=1, le=100), WHOLE]
    n: Annotated[int, Field(ge=1, le=1000), WHOLE]
    dlt: Count


class TrialInput(BenchModel):
    """A whole escalation, cohorts in order."""

    rule: RuleSetName
    n_doses: Annotated[int, Field(ge=1, le=100), WHOLE]
    cohorts: Annotated[list[CohortInput], Field(max_length=1000)]


def evaluate_trial(given: TrialInput, config: NoConfig) -> Outcome:
    """Answer one dose-escalation-trial case."""
    cohorts = [trial_replay.Cohort(item.dose, item.n, item.dlt) for item in given.cohorts]
    try:
        replay = trial_replay.replay_trial(three_plus_three.RULE_SETS[given.rule], given.n_doses, cohorts)
    except trial_replay.ImpossibleHistory as error:
        key, _, sentence = str(error).partition(": ")
        raise CaseError(key, sentence) from None
    output = {
        "final_action": replay.final_action.value,
        "mtd_level": replay.mtd_level,
        "mtd_reached": replay.mtd_reached,
        "n_total": replay.n_total,
        "too_toxic_levels": list(replay.too_toxic_levels),
        "next_dose": replay.next_dose,
    }
    return Outcome(output, replay.because)


RULES = (
    BenchRule(
        evaluability.RULE,
        evaluability.VERSION,
        "Whether a subject counts at its dose level",
        "Protocol, DLT-evaluable population",
        evaluate_evaluability,
        EvaluabilityInput,
        EvaluabilityConfigInput,
    ),
    BenchRule(
        next_infusion.RULE,
        next_infusion.VERSION,
        "Earliest date of the next infusion at a level",
        "Protocol, staggered infusion",
        evaluate_next_infusion,
        NextInfusionInput,
        NextInfusionConfigInput,
    ),
    BenchRule(
        three_plus_three.RULE,
        three_plus_three.VERSION,
        "3+3: the advice for one dose level",
        _PROTOCOL,
        evaluate_dose_escalation,
        DoseEscalationInput,
    ),
    BenchRule(
        trial_replay.RULE,
        trial_replay.VERSION,
        "3+3: replay of a whole escalation",
        _PROTOCOL,
        evaluate_trial,
        TrialInput,
    ),
)


def register() -> None:
    """Offer the dosing rules on the bench."""
    for rule in RULES:
        registry.register(rule)
