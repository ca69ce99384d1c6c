"""RECIST 1.1: the responses of a whole course.

Purpose: assess every time point with the nadir in force and with what earlier and later time points say about it.

Inputs: the lesions of the baseline, the time points in any order.

Algorithm
    1. Time points are taken in order of date. The nadir before each is the smallest of the baseline sum and all
       complete sums so far.
    2. A new lesion that is equivocal counts from its first sighting once a later time point finds it unequivocal: the
       progression is dated back.
    3. Each time point is assessed as `recist-timepoint`; not done is NE.
    4. After an overall CR any disease again is PD whatever its size, with a query (parameter). After a CR of the
       targets only, a lesion that reappears is judged by the sum.
    5. By parameter, a partial response stays one until progression: SD is reported as PR after the first, or after a
       confirmed, response. The strict arithmetic stays in the result of the time point.

Adding a time point never changes an earlier one, unless it settles an equivocal new lesion.

Source: RECIST 1.1, Eisenhauer EA et al., Eur J Cancer 2009;45:228-247; EORTC, RECIST working group, questions and
answers on continuing partial response and on lesions that reappear.

>>> from decimal import Decimal
>>> mass = Baseline(targets=(TargetLesion("T01", Decimal(100)),))
>>> course = [
...     TimePoint(date(2025, 3, number), Findings({"T01": LesionObservation(LesionStatus.MEASURED, Decimal(mm))}))
...     for number, mm in enumerate((70, 80, 84), start=1)
... ]
>>> [point.overall.value for point in assess_sequence(mass, course).points]
['PR', 'SD', 'PD']
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from efficacy.rules.confirmation import Assessed, is_confirmed
from efficacy.rules.exact import exactly
from efficacy.rules.observations import (
    Baseline,
    Findings,
    LesionObservation,
    LesionStatus,
    NewLesionObservation,
    NewLesionStatus,
    TargetLesion,
    TimePoint,
    check,
)
from efficacy.rules.recist_timepoint import TimePointResult, baseline_sum, judge
from efficacy.rules.response import Persistence, Reappearance, RecistConfig, Response

__all__ = [
    "RULE",
    "VERSION",
    "AssessedPoint",
    "Findings",
    "LesionObservation",
    "LesionStatus",
    "ResponseCourse",
    "SequenceResult",
    "TargetLesion",
    "TimePoint",
    "assess_sequence",
]

RULE = "recist-sequence"
VERSION = "1.0.0"

RESPONSES = frozenset({Response.CR, Response.PR})


@dataclass(frozen=True)
class AssessedPoint:
    """One time point: the arithmetic of the point alone, and the overall response within its course."""

    date: date
    result: TimePointResult
    overall: Response
    flags: tuple[str, ...]
    because: str


@dataclass(frozen=True)
class SequenceResult:
    """All time points in order of date; `first_pd_date` is None without progression."""

    points: tuple[AssessedPoint, ...]
    first_pd_date: date | None
    because: str


class ResponseCourse:
    """Whether a partial response persists, fed with one overall response after the other."""

    def __init__(self, config: RecistConfig) -> None:
        self._config = config
        self._seen: list[Assessed] = []
        self._holds = False

    def persists(self, response: Response) -> bool:
        """Whether a stable disease now is reported as the partial response that it continues."""
        return response is Response.SD and self._holds

    def add(self, day: date, response: Response, *, may_be_erased: bool = False) -> None:
        """Take note of the response of the next time point; progression that cannot be erased ends what came before."""
        if response is Response.PD and not may_be_erased:
            self._seen, self._holds = [], False
            return
        self._seen.append(Assessed(day, response))
        if self._holds or response not in RESPONSES or self._config.pr_persistence is Persistence.NONE:
            return
        first_suffices = self._config.pr_persistence is Persistence.AFTER_FIRST
        self._holds = first_suffices or any(
            is_confirmed(self._seen, index, self._config.confirmation) for index in range(len(self._seen) - 1)
        )


@exactly
def assess_sequence(
    baseline: Baseline,
    time_points: Iterable[TimePoint],
    config: RecistConfig = RecistConfig(),  # noqa: B008 - frozen
) -> SequenceResult:
    """Assess a course by the algorithm above. Raises Contradiction."""
    given = tuple(time_points)
    check(baseline, given)
    ordered = sorted(given, key=lambda point: point.date)
    settled = settled_new_lesions(ordered)
    start = baseline_sum(baseline)
    nadir, after_complete, course = start, False, ResponseCourse(config)
    points: list[AssessedPoint] = []
    for point in ordered:
        findings, flags = _with_settled(point.findings, settled)
        result = judge(baseline, findings, start, nadir, config)
        assessed = _in_course(point.date, result, after_complete, course, flags, config)
        course.add(point.date, assessed.overall)
        after_complete = after_complete or assessed.overall is Response.CR
        if result.complete and result.sum_mm is not None and nadir is not None:
            nadir = min(nadir, result.sum_mm)
        points.append(assessed)
    first = next((each.date for each in points if each.overall is Response.PD), None)
    return SequenceResult(tuple(points), first, _sentence(points))


def settled_new_lesions(time_points: Sequence[TimePoint]) -> frozenset[str]:
    """New lesions that some time point finds unequivocal: their earlier equivocal sightings count too."""
    return frozenset(
        name
        for point in time_points
        if point.findings is not None
        for name, lesion in point.findings.new_lesions.items()
        if lesion.present
    )


def _with_settled(findings: Findings | None, settled: frozenset[str]) -> tuple[Findings | None, tuple[str, ...]]:
    """Step 2: the findings in which an equivocal sighting of a settled lesion is unequivocal."""
    if findings is None:
        return None, ()
    doubted = {
        name: NewLesionObservation(NewLesionStatus.UNEQUIVOCAL, lesion.measured)
        for name, lesion in findings.new_lesions.items()
        if name in settled and lesion.status is NewLesionStatus.EQUIVOCAL
    }
    if not doubted:
        return findings, ()
    return replace(findings, new_lesions={**findings.new_lesions, **doubted}), ("NEW_LESION_SETTLED_LATER",)


def _in_course(
    day: date,
    result: TimePointResult,
    after_complete: bool,
    course: ResponseCourse,
    flags: tuple[str, ...],
    config: RecistConfig,
) -> AssessedPoint:
    """Steps 4 and 5."""
    reappeared = after_complete and result.disease and config.cr_reappearance is Reappearance.PD
    if reappeared and result.overall is not Response.PD:
        sentence = f"{result.because} Disease after an overall CR: PD."
        return AssessedPoint(day, result, Response.PD, (*flags, "DISEASE_AFTER_CR"), sentence)
    if course.persists(result.overall):
        sentence = f"{result.because} The partial response persists: PR."
        return AssessedPoint(day, result, Response.PR, (*flags, "PR_PERSISTS"), sentence)
    return AssessedPoint(day, result, result.overall, flags, result.because)


def _sentence(points: Sequence[AssessedPoint]) -> str:
    return " ".join(f"{each.date}: {each.because}" for each in points) or "No time point."
