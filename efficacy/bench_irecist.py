"""iRECIST on the bench: a whole course, and its best overall response."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from efficacy.bench_findings import (
    MOST_LESIONS,
    MOST_TIME_POINTS,
    BaselineInput,
    LesionId,
    NewLesionInput,
    NonTargetObservationInput,
    Size,
    baseline_of,
    compared_non_targets_of,
    done,
    make,
    new_lesions_of,
)
from efficacy.bench_recist import DEFAULT, Days, PersistenceName
from efficacy.rules import irecist_best_response, irecist_sequence
from efficacy.rules.observations import Findings, TimePoint
from efficacy.rules.response import ImmuneResponse, Persistence, RecistConfig
from trial_edc.bench.inputs import Day
from trial_edc.bench.registry import BenchModel, BenchRule, NoConfig, Outcome

IRECIST = "iRECIST, Seymour L et al., Lancet Oncol 2017;18:e143-e152"
PARAMETERS = irecist_sequence.IrecistConfig()


class ScanInput(BenchModel):
    """One time point; lesions not listed are missing. Clinical stability never alters the response."""

    date: Day
    targets: Annotated[dict[LesionId, Size], Field(max_length=MOST_LESIONS, default_factory=dict)]
    non_targets: Annotated[
        dict[LesionId, NonTargetObservationInput], Field(max_length=MOST_LESIONS, default_factory=dict)
    ]
    new_lesions: Annotated[dict[LesionId, NewLesionInput], Field(max_length=MOST_LESIONS, default_factory=dict)]
    new_symptom: bool | None = False
    not_done: bool | None = False
    clinically_stable: bool | None = None
    marker_elevated: bool = False


class CourseInput(BenchModel):
    """A whole course, in any order."""

    baseline: BaselineInput
    timepoints: Annotated[list[ScanInput], Field(max_length=MOST_TIME_POINTS)]


class CourseConfigInput(BenchModel):
    """Protocol parameters of iRECIST, days."""

    confirm_min_days: Days = PARAMETERS.confirm_min_days
    early_tolerance_days: Days = PARAMETERS.early_tolerance_days
    late_after_days: Days = PARAMETERS.late_after_days
    pr_persistence: PersistenceName = DEFAULT.pr_persistence.value


def _time_point(given: ScanInput, where: str) -> TimePoint:
    findings = Findings(
        given.targets,
        compared_non_targets_of(given.non_targets, f"{where}.non_targets"),
        new_lesions_of(given.new_lesions, f"{where}.new_lesions"),
        given.marker_elevated,
    )
    return TimePoint(given.date, done(findings, given.not_done, where), bool(given.new_symptom))


def evaluate_course(given: CourseInput, config: CourseConfigInput) -> Outcome:
    """Answer one irecist-sequence case."""
    baseline = baseline_of(given.baseline)
    points = [_time_point(each, f"timepoints[{number}]") for number, each in enumerate(given.timepoints)]
    parameters = irecist_sequence.IrecistConfig(
        recist=RecistConfig(pr_persistence=Persistence(config.pr_persistence)),
        confirm_min_days=config.confirm_min_days,
        early_tolerance_days=config.early_tolerance_days,
        late_after_days=config.late_after_days,
    )
    result = make("", irecist_sequence.assess_irecist, baseline, points, parameters)
    output = {
        "responses": [each.response.value if each.response else None for each in result.points],
        "confirmed_progression": result.confirmed_progression,
        "progression_date": result.progression_date.isoformat() if result.progression_date else None,
        "late_confirmation": result.late_confirmation,
        "pending_since": result.pending_since.isoformat() if result.pending_since else None,
        "dates": [each.date.isoformat() for each in result.points],
        "flags": [list(each.flags) for each in result.points],
    }
    return Outcome(output, result.because)


class ImmuneResponsesInput(BenchModel):
    """The responses of a course in order; null = nothing derived, as after iCPD."""

    responses: Annotated[
        list[Literal["iCR", "iPR", "iSD", "NON-iCR/NON-iUPD", "iUPD", "iCPD", "NE"] | None],
        Field(max_length=MOST_TIME_POINTS),
    ]


def evaluate_best(given: ImmuneResponsesInput, config: NoConfig) -> Outcome:
    """Answer one irecist-best-response case."""
    best = irecist_best_response.best_immune_response(
        ImmuneResponse(each) if each else None for each in given.responses
    )
    because = f"Best of {', '.join(each for each in given.responses if each)}: {best}." if best else "No response."
    return Outcome({"ibor": best.value if best else None}, because)


RULES = (
    BenchRule(
        irecist_sequence.RULE,
        irecist_sequence.VERSION,
        "iRECIST: responses of a whole course",
        IRECIST,
        evaluate_course,
        CourseInput,
        CourseConfigInput,
    ),
    BenchRule(
        irecist_best_response.RULE,
        irecist_best_response.VERSION,
        "iRECIST: best overall response",
        IRECIST,
        evaluate_best,
        ImmuneResponsesInput,
    ),
)
