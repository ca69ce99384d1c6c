"""RECIST 1.1 on the bench: one time point, its overall response, a whole course."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from efficacy.bench_findings import (
    MOST_LESIONS,
    MOST_TIME_POINTS,
    BaselineInput,
    LesionId,
    Mm,
    NonTargetState,
    ObservationInput,
    baseline_of,
    done,
    make,
    non_targets_of,
    observations_of,
)
from efficacy.rules import recist_overall, recist_sequence, recist_timepoint
from efficacy.rules.exact import plain
from efficacy.rules.observations import Findings, NewLesionObservation, NewLesionStatus, TimePoint
from efficacy.rules.response import (
    ConfirmationConfig,
    NewLesion,
    Persistence,
    Reappearance,
    RecistConfig,
    Response,
)
from trial_edc.bench.inputs import WHOLE, Day
from trial_edc.bench.registry import BenchModel, BenchRule, CaseError, NoConfig, Outcome

RECIST = "RECIST 1.1, Eisenhauer EA et al., Eur J Cancer 2009;45:228-247"
DEFAULT = RecistConfig()
Days = Annotated[int, Field(ge=0, le=100_000), WHOLE]
Count = Annotated[int, Field(ge=0, le=1000), WHOLE]
NewLesionState = Literal["equivocal", "unequivocal"]
PersistenceName = Literal["none", "after_confirmed", "after_first"]


def to_reappearance(value: Any) -> Any:
    """The policy by name; true and false stand for progression and for the sum."""
    if isinstance(value, bool):
        return "pd" if value else "sum"
    return value.casefold() if isinstance(value, str) else value


class FindingsInput(BenchModel):
    """One time point; lesions not listed are missing."""

    targets: Annotated[dict[LesionId, ObservationInput], Field(max_length=MOST_LESIONS, default_factory=dict)]
    non_targets: Annotated[dict[LesionId, NonTargetState], Field(max_length=MOST_LESIONS, default_factory=dict)]
    new_lesions: Annotated[list[NewLesionState], Field(max_length=MOST_LESIONS, default_factory=list)]
    marker_elevated: bool = False


class TimepointInput(BenchModel):
    """One time point, the baseline, and the complete sums between them."""

    baseline: BaselineInput
    prior_complete_sums_mm: Annotated[list[Mm], Field(max_length=MOST_TIME_POINTS, default_factory=list)]
    timepoint: FindingsInput


class TimepointConfigInput(BenchModel):
    """Protocol parameters of one time point."""

    zero_nadir_is_pd: bool = DEFAULT.zero_nadir_is_pd


def millimetres(value: Decimal | None) -> str | None:
    """A sum as the answer writes it."""
    return None if value is None else plain(value)


def percentage(value: Decimal | None) -> float | None:
    """A percentage, already rounded to 4 decimals, as a JSON number."""
    return None if value is None else float(value)


def evaluate_timepoint(given: TimepointInput, config: TimepointConfigInput) -> Outcome:
    """Answer one recist-timepoint case."""
    baseline = baseline_of(given.baseline)
    if given.prior_complete_sums_mm and not baseline.targets:
        raise CaseError("prior_complete_sums_mm", "there is no sum without targets at baseline")
    point = given.timepoint
    new_lesions = {
        f"new lesion {number}": NewLesionObservation(NewLesionStatus(state))
        for number, state in enumerate(point.new_lesions, start=1)
    }
    targets = observations_of(point.targets, "timepoint.targets")
    findings = Findings(targets, non_targets_of(point.non_targets), new_lesions, point.marker_elevated)
    result = make(
        "",
        recist_timepoint.assess_time_point,
        baseline,
        findings,
        prior_complete_sums=given.prior_complete_sums_mm,
        config=RecistConfig(zero_nadir_is_pd=config.zero_nadir_is_pd),
    )
    output = {
        "sum_mm": millimetres(result.sum_mm),
        "nadir_mm": millimetres(result.nadir_mm),
        "target": result.target.value,
        "non_target": result.non_target.value,
        "overall": result.overall.value,
        "pct_from_baseline": percentage(result.percent_from_baseline),
        "pct_from_nadir": percentage(result.percent_from_nadir),
        "new_lesion": result.new_lesion.value,
        "complete": result.complete,
    }
    return Outcome(output, result.because)


class OverallInput(BenchModel):
    """The three parts of one time point."""

    target: Literal["CR", "PR", "SD", "PD", "NE", "NA"]
    non_target: Literal["CR", "NON-CR/NON-PD", "PD", "NE", "NA"]
    new_lesion: Literal["none", "equivocal", "unequivocal"] = "none"


def evaluate_overall(given: OverallInput, config: NoConfig) -> Outcome:
    """Answer one recist-overall case."""
    parts = Response(given.target), Response(given.non_target), NewLesion(given.new_lesion)
    overall = recist_overall.overall_response(*parts)
    return Outcome({"overall": overall.value}, recist_overall.overall_because(*parts, overall))


class TimePointInput(BenchModel):
    """One time point of a course."""

    date: Day
    targets: Annotated[dict[LesionId, ObservationInput], Field(max_length=MOST_LESIONS, default_factory=dict)]
    non_targets: Annotated[dict[LesionId, NonTargetState], Field(max_length=MOST_LESIONS, default_factory=dict)]
    new_lesions: Annotated[dict[LesionId, NewLesionState], Field(max_length=MOST_LESIONS, default_factory=dict)]
    not_done: bool | None = False
    marker_elevated: bool = False


class SequenceInput(BenchModel):
    """A whole course, in any order."""

    baseline: BaselineInput
    timepoints: Annotated[list[TimePointInput], Field(max_length=MOST_TIME_POINTS)]


class SequenceConfigInput(BenchModel):
    """Protocol parameters of a course."""

    pr_persistence: PersistenceName = DEFAULT.pr_persistence.value
    cr_reappearance: Annotated[Literal["pd", "sum"], BeforeValidator(to_reappearance)] = DEFAULT.cr_reappearance.value
    zero_nadir_is_pd: bool = DEFAULT.zero_nadir_is_pd
    confirm_min_days: Days = DEFAULT.confirmation.min_days
    max_ne_between: Count = DEFAULT.confirmation.max_ne_between
    accept_sd_between: Count = DEFAULT.confirmation.accept_sd_between


def _time_point(given: TimePointInput, where: str) -> TimePoint:
    new_lesions = {name: NewLesionObservation(NewLesionStatus(state)) for name, state in given.new_lesions.items()}
    targets = observations_of(given.targets, f"{where}.targets")
    findings = Findings(targets, non_targets_of(given.non_targets), new_lesions, given.marker_elevated)
    return TimePoint(given.date, done(findings, given.not_done, where))


def evaluate_sequence(given: SequenceInput, config: SequenceConfigInput) -> Outcome:
    """Answer one recist-sequence case."""
    baseline = baseline_of(given.baseline)
    points = [_time_point(each, f"timepoints[{number}]") for number, each in enumerate(given.timepoints)]
    parameters = RecistConfig(
        zero_nadir_is_pd=config.zero_nadir_is_pd,
        pr_persistence=Persistence(config.pr_persistence),
        cr_reappearance=Reappearance(config.cr_reappearance),
        confirmation=ConfirmationConfig(config.confirm_min_days, config.max_ne_between, config.accept_sd_between),
    )
    result = make("", recist_sequence.assess_sequence, baseline, points, parameters)
    output = {
        "overall": [each.overall.value for each in result.points],
        "nadir_mm": [millimetres(each.result.nadir_mm) for each in result.points],
        "first_pd_date": result.first_pd_date.isoformat() if result.first_pd_date else None,
        "dates": [each.date.isoformat() for each in result.points],
        "target": [each.result.target.value for each in result.points],
        "non_target": [each.result.non_target.value for each in result.points],
        "sum_mm": [millimetres(each.result.sum_mm) for each in result.points],
        "flags": [list(each.flags) for each in result.points],
    }
    return Outcome(output, result.because)


RULES = (
    BenchRule(
        recist_timepoint.RULE,
        recist_timepoint.VERSION,
        "RECIST 1.1: response at one time point",
        RECIST,
        evaluate_timepoint,
        TimepointInput,
        TimepointConfigInput,
    ),
    BenchRule(
        recist_overall.RULE,
        recist_overall.VERSION,
        "RECIST 1.1: overall response from its parts",
        RECIST,
        evaluate_overall,
        OverallInput,
    ),
    BenchRule(
        recist_sequence.RULE,
        recist_sequence.VERSION,
        "RECIST 1.1: responses of a whole course",
        RECIST,
        evaluate_sequence,
        SequenceInput,
        SequenceConfigInput,
    ),
)
