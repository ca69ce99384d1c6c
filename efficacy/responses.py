"""The responses of one subject as the rules compute them from what is on file, and where the investigator differs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from efficacy.blinding import is_open
from efficacy.rules.irecist_sequence import AssessedScan, IrecistResult, assess_irecist
from efficacy.rules.observations import Contradiction
from efficacy.rules.recist_sequence import AssessedPoint, SequenceResult, assess_sequence
from efficacy.rules.response import ImmuneResponse
from efficacy.selectors.history import AssessmentOnFile, Judgement, LesionHistory


@dataclass(frozen=True)
class ComputedAssessment:
    """One assessment by both criteria, and as the investigator judged it; not `assessed`: there is nothing to judge."""

    visit: str
    assessed: bool
    point: AssessedPoint
    scan: AssessedScan
    new_lesions_assessed: bool
    judgement: Judgement | None

    @property
    def is_open(self) -> bool:
        """Test whether what the rules compute may be shown: the investigator judges first."""
        return not self.assessed or is_open(self.judgement)


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
            visit=each.visit,
            assessed=each.time_point.findings is not None,
            point=points[each.time_point.date],
            scan=scans[each.time_point.date],
            new_lesions_assessed=each.new_lesions_assessed,
            judgement=each.judgement,
        )
        for each in assessments
    ]


def as_output(course: Course) -> dict[str, Any]:
    """Return the course by RECIST 1.1 as plain values, for keeping; responses that wait for a judgement are None."""
    first = course.recist.first_pd_date if course.recist else None
    return {
        "points": [
            {
                "visit": each.visit,
                "date": each.point.date,
                "target": each.point.result.target if each.is_open else None,
                "non_target": each.point.result.non_target if each.is_open else None,
                "new_lesion": each.point.result.new_lesion,
                "overall": each.point.overall if each.is_open else None,
                "sum_mm": each.point.result.sum_mm,
                "nadir_mm": each.point.result.nadir_mm,
                "flags": list(each.point.flags) if each.is_open else [],
            }
            for each in course.assessments
        ],
        "first_pd_date": _if_open(course, first),
    }


def as_immune_output(course: Course) -> dict[str, Any]:
    """Return the course by iRECIST in the same way."""
    result = course.immune
    confirmed = any(each.is_open and each.scan.response is ImmuneResponse.ICPD for each in course.assessments)
    return {
        "points": [
            {
                "visit": each.visit,
                "date": each.point.date,
                "response": each.scan.response if each.is_open else None,
                "flags": list(each.scan.flags) if each.is_open else [],
            }
            for each in course.assessments
        ],
        "confirmed_progression": confirmed,
        "progression_date": result.progression_date if result and confirmed else None,
        "pending_since": _if_open(course, result.pending_since if result else None),
    }


def because_of(course: Course, because: str) -> str:
    """Return the reasons of a course for keeping; none while one of them would tell a response before its judgement."""
    if all(each.is_open for each in course.assessments):
        return because
    return _("The reasons are kept back until the investigator has judged every assessment.")


def _if_open(course: Course, day: date | None) -> date | None:
    """Return the day of an assessment, None while its response waits for a judgement."""
    return day if any(each.is_open and each.point.date == day for each in course.assessments) else None


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
        if each.judgement is None or not each.is_open:
            continue
        answers = [("overall_response", each.judgement.overall, str(each.point.overall), each.point.because)]
        if each.scan.response is not None:
            answers.append(("immune_response", each.judgement.immune, str(each.scan.response), each.scan.because))
        found += [Discrepancy(each.visit, *answer) for answer in answers if answer[1] and answer[1] != answer[2]]
    return found
