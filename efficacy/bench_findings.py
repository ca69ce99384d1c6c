"""How the bench reads lesions and what was found of them, for RECIST 1.1 and iRECIST alike."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Annotated, Any, Literal, ParamSpec, TypeVar

from pydantic import ConfigDict, Field, PlainValidator, StringConstraints, ValidationError, WithJsonSchema

from efficacy.rules.observations import (
    UNKNOWN,
    Baseline,
    Contradiction,
    Findings,
    LesionObservation,
    LesionStatus,
    NewLesionObservation,
    NewLesionStatus,
    NonTargetObservation,
    NonTargetStatus,
    SinceLast,
    TargetLesion,
)
from efficacy.rules.response import RecistConfig
from trial_edc.bench.inputs import EXACT, to_decimal
from trial_edc.bench.messages import readable
from trial_edc.bench.registry import BenchModel, CaseError

#: Sizes beyond this many mm are no lesion's.
LARGEST_MM = 100_000
LesionId = Annotated[str, StringConstraints(min_length=1, max_length=100)]
Mm = Annotated[Decimal, Field(ge=0, le=LARGEST_MM), EXACT]
NonTargetState = Literal["present", "absent", "unequivocal_pd", "not_evaluable"]
MOST_LESIONS = 1000
MOST_TIME_POINTS = 1000

P = ParamSpec("P")
Made = TypeVar("Made")

STATUSES = {status.value: status for status in LesionStatus}
TOO_SMALL_MM = RecistConfig().too_small_mm


class TargetInput(BenchModel):
    """A target lesion at baseline, mm (node: short axis)."""

    id: LesionId
    organ: Annotated[str, StringConstraints(max_length=200)] | None = None
    nodal: bool = False
    mm: Annotated[Decimal, Field(gt=0, le=LARGEST_MM), EXACT]


class NonTargetInput(BenchModel):
    """A non-target lesion at baseline; only its id is read."""

    model_config = ConfigDict(extra="ignore")

    id: LesionId


class BaselineInput(BenchModel):
    """The lesions chosen at baseline."""

    targets: Annotated[list[TargetInput], Field(max_length=MOST_LESIONS, default_factory=list)]
    non_targets: Annotated[list[NonTargetInput], Field(max_length=MOST_LESIONS, default_factory=list)]


class ObservationInput(BenchModel):
    """A target lesion at one time point."""

    status: Literal["measured", "absent", "too_small", "split", "merged", "not_evaluable", "missing"]
    mm: Mm | None = None
    fragments_mm: Annotated[list[Mm], Field(max_length=100)] | None = None


def observation_of(given: ObservationInput) -> LesionObservation:
    """One observation; the value that a status implies may be given with it. Raises Contradiction."""
    status, mm = STATUSES[given.status], given.mm
    if status is LesionStatus.TOO_SMALL and mm == TOO_SMALL_MM:
        mm = None
    return LesionObservation(status, mm, tuple(given.fragments_mm or ()))


#: How a time point writes a lesion without measuring it.
TOKENS = {
    "ABSENT": LesionObservation(LesionStatus.ABSENT),
    "TSTM": LesionObservation(LesionStatus.TOO_SMALL),
    "NE": LesionObservation(LesionStatus.NOT_EVALUABLE),
}


def to_observation(value: Any) -> LesionObservation:
    """An observation from "125", "ABSENT", "TSTM" or "NE", or from the object that RECIST uses. Raises ValueError."""
    if isinstance(value, dict):
        return _from_object(value)
    if isinstance(value, str) and value.upper() in TOKENS:
        return TOKENS[value.upper()]
    try:
        number = to_decimal(value)
    except ValueError:
        raise ValueError("must be a number of mm, ABSENT, TSTM or NE") from None
    if not 0 <= number <= LARGEST_MM:
        raise ValueError(f"must be at least 0 and at most {LARGEST_MM} mm")
    return LesionObservation(LesionStatus.MEASURED, number)


def _from_object(value: dict[str, Any]) -> LesionObservation:
    try:
        return observation_of(ObservationInput.model_validate(value))
    except ValidationError as error:
        raise ValueError(readable(error)) from None
    except Contradiction as wrong:
        raise ValueError(f"{wrong.key}: {wrong}") from None


#: A size in mm, or the word for a lesion without one.
Size = Annotated[
    LesionObservation,
    PlainValidator(to_observation),
    WithJsonSchema({"type": ["string", "number", "object"], "examples": ["125", "ABSENT", "TSTM", "NE"]}),
]


class NonTargetObservationInput(BenchModel):
    """A non-target lesion at one time point, and against the one before."""

    status: NonTargetState
    since_last: Literal["no_change", "increased", "decreased"] | None = None


class NewLesionInput(BenchModel):
    """A new lesion at one time point: measured (`target`) or not."""

    kind: Literal["target", "nontarget"]
    mm: Size | None = None
    status: (
        Literal["new", "stable", "increased", "unequivocal_pd", "equivocal", "absent", "not_evaluable", "unequivocal"]
        | None
    ) = None


def baseline_of(given: BaselineInput) -> Baseline:
    """The baseline. Raises CaseError."""
    targets = tuple(TargetLesion(each.id, each.mm, each.nodal) for each in given.targets)
    return make("baseline", Baseline, targets, tuple(each.id for each in given.non_targets))


def observations_of(given: Mapping[str, ObservationInput], where: str) -> dict[str, LesionObservation]:
    """The targets of a time point. Raises CaseError."""
    made: dict[str, LesionObservation] = {}
    try:
        for name, each in given.items():
            made[name] = observation_of(each)
    except Contradiction as wrong:
        raise CaseError(f"{where}.{name}.{wrong.key}", str(wrong)) from None
    return made


def non_targets_of(given: Mapping[str, str]) -> dict[str, NonTargetObservation]:
    """The non-target lesions of a time point."""
    return {name: NonTargetObservation(NonTargetStatus(state)) for name, state in given.items()}


def compared_non_targets_of(
    given: Mapping[str, NonTargetObservationInput], where: str
) -> dict[str, NonTargetObservation]:
    """The non-target lesions of a time point with their change. Raises CaseError."""
    return {name: make(f"{where}.{name}", non_target_of, each) for name, each in given.items()}


def non_target_of(given: NonTargetObservationInput) -> NonTargetObservation:
    """One non-target lesion. Raises Contradiction."""
    return NonTargetObservation(
        NonTargetStatus(given.status), SinceLast(given.since_last) if given.since_last else None
    )


def new_lesions_of(given: Mapping[str, NewLesionInput], where: str) -> dict[str, NewLesionObservation]:
    """The new lesions of a time point. Raises CaseError."""
    return {name: make(f"{where}.{name}", new_lesion_of, each) for name, each in given.items()}


def new_lesion_of(given: NewLesionInput) -> NewLesionObservation:
    """One new lesion. Raises Contradiction."""
    status = NewLesionStatus(given.status) if given.status else None
    if given.kind == "nontarget":
        if given.mm is not None:
            raise Contradiction("mm", "only a new target lesion is measured")
        if status is None:
            raise Contradiction("status", "is required for a new non-target lesion")
        return NewLesionObservation(status)
    if given.mm is None and status is None:
        raise Contradiction("mm", "is required for a new target lesion without status")
    return _measured(status, given.mm)


def _measured(status: NewLesionStatus | None, size: LesionObservation | None) -> NewLesionObservation:
    """A new target lesion; what one of status and size leaves open follows from the other."""
    if size is None:
        unseen = LesionStatus.ABSENT if status is NewLesionStatus.ABSENT else LesionStatus.MISSING
        size = LesionObservation(unseen)
    if status is None:
        status = NewLesionStatus.UNEQUIVOCAL
        if size.status in UNKNOWN:
            status = NewLesionStatus.NOT_EVALUABLE
        elif size.status is LesionStatus.ABSENT or size.mm == 0:
            status = NewLesionStatus.ABSENT
    return NewLesionObservation(status, size)


def seen(findings: Findings) -> bool:
    """Whether a time point holds anything that only imaging can show."""
    return (
        any(each.status not in UNKNOWN for each in findings.targets.values())
        or any(each.status is not NonTargetStatus.NOT_EVALUABLE for each in findings.non_targets.values())
        or any(each.status is not NewLesionStatus.NOT_EVALUABLE for each in findings.new_lesions.values())
    )


def done(findings: Findings, not_done: bool | None, where: str) -> Findings | None:
    """The findings, None when the assessment was not done. Raises CaseError when it was not and found something."""
    if not not_done:
        return findings
    if seen(findings):
        raise CaseError(f"{where}.not_done", "contradicts the findings of the time point")
    return None


def make(where: str, build: Callable[P, Made], *args: P.args, **kwargs: P.kwargs) -> Made:
    """Build something; a contradiction becomes the error of the case, with the place in front of its key."""
    try:
        return build(*args, **kwargs)
    except Contradiction as wrong:
        raise CaseError(f"{where}.{wrong.key}" if where else wrong.key, str(wrong)) from None
