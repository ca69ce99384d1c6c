"""The responses of one subject as the rules compute them from what is on file, and where the investigator differs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from efficacy.rules.irecist_sequence import AssessedScan, IrecistResult, assess_irecist
from efficacy.rules.observations import Contradiction
from efficacy.rules.recist_sequence import AssessedPoint, SequenceResult, assess_sequence
from efficacy.selectors.history import AssessmentOnFile, Judgement, LesionHistory


@dataclass(frozen=True)
class ComputedAssessment:
    """One assessment by both criteria, and as the investigator judged it."""

    visit: str
    point: AssessedPoint
    scan: AssessedScan
    new_lesions_assessed: bool
    judgement: Judgement | None


@dataclass(frozen=True)
class Course:
    """All assessments in order; none when `problem` says why nothing can be computed."""

    assessments: tuple[ComputedAssessment, ...]
    recist: SequenceResult | None
    immune: IrecistResult | None
    problem: str = ""

    def at(self, visit: str) -> ComputedAssessment | None:
        """Return the assessment of a visit, None when it has no place in the course."""
        return next((each for each in self.assessments if each.visit == visit), None)


def course_of(history: LesionHistory) -> Course:
    """Return what the rules make of a history; a contradiction is said, never raised."""
    if history.baseline is None:
        return Course((), None, None, history.problem or _("There is no baseline to compare with."))
    try:
        recist = assess_sequence(history.baseline, history.time_points)
        immune = assess_irecist(history.baseline, history.time_points)
    except Contradiction as wrong:
        return Course((), None, None, _("The findings contradict each other: %(what)s.") % {"what": wrong})
    problem = _("Enter the date of the scan.") if history.undated else ""
    return Course(tuple(_paired(history.assessments, recist, immune)), recist, immune, problem)


def _paired(
    assessments: tuple[AssessmentOnFile, ...], recist: SequenceResult, immune: IrecistResult
) -> list[ComputedAssessment]:
    """Both rules answer in order of date, and no two assessments share one."""
    points = {point.date: point for point in recist.points}
    scans = {scan.date: scan for scan in immune.points}
    return [
        ComputedAssessment(
            each.visit, points[each.time_point.date], scans[each.time_point.date], each.new_lesions_assessed,
            each.judgement,
        )
        for each in assessments
    ]  # fmt: skip


def as_output(course: Course) -> dict[str, Any]:
    """Return the course by RECIST 1.1 as plain values, for keeping."""
    first = course.recist.first_pd_date if course.recist else None
    return {
        "points": [
            {
                "visit": each.visit,
                "date": each.point.date,
                "target": each.point.result.target,
                "non_target": each.point.result.non_target,
                "new_lesion": each.point.result.new_lesion,
                "overall": each.point.overall,
                "sum_mm": each.point.result.sum_mm,
                "nadir_mm": each.point.result.nadir_mm,
                "flags": list(each.point.flags),
            }
            for each in course.assessments
        ],
        "first_pd_date": first,
    }


def as_immune_output(course: Course) -> dict[str, Any]:
    """Return the course by iRECIST as plain values, for keeping."""
    result = course.immune
    return {
        "points": [
            {"visit": each.visit, "date": each.point.date, "response": each.scan.response,
             "flags": list(each.scan.flags)}
            for each in course.assessments
        ],
        "confirmed_progression": bool(result and result.confirmed_progression),
        "progression_date": result.progression_date if result else None,
        "pending_since": result.pending_since if result else None,
    }  # fmt: skip


@dataclass(frozen=True)
class Discrepancy:
    """One item of the investigator's judgement that differs from what the rule computes."""

    visit: str
    item: str
    judged: str
    computed: str
    because: str


def discrepancies(course: Course) -> list[Discrepancy]:
    """Return where overall responses of investigator and rule differ; both are kept, neither is corrected."""
    found = []
    for each in course.assessments:
        if each.judgement is None:
            continue
        answers = [("overall_response", each.judgement.overall, str(each.point.overall), each.point.because)]
        if each.scan.response is not None:
            answers.append(("immune_response", each.judgement.immune, str(each.scan.response), each.scan.because))
        found += [Discrepancy(each.visit, *answer) for answer in answers if answer[1] and answer[1] != answer[2]]
    return found
