"""The meeting pack of the safety review committee: what the frozen evidence does not hold, as plain values."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any

from reports.content.facts import AssessmentFacts, DecisionFacts, StudyFacts, SubjectFacts, Syndrome
from reports.content.listings import Listings
from reports.content.safety import plain_value
from trial_edc.protocol.study_day import study_day

CONTENT_VERSION = "1.0.0"


@dataclass(frozen=True)
class CourseDay:
    """One day of a subject with an assessment of CRS or ICANS: the highest grade of that day, by whom it is known."""

    subject: str
    assessed_date: date
    study_day: int | None
    grades: tuple[tuple[str, int | None], ...]
    treatment: tuple[str, ...]


@dataclass(frozen=True)
class LabLine:
    """One laboratory result of grade 3 or more."""

    subject: str
    visit: str
    analyte: str
    term: str
    grade: int
    because: str


@dataclass(frozen=True)
class PeakLine:
    """The peak of a cytokine, or of the CAR-T cells in blood, of one subject; values as they print."""

    subject: str
    name: str
    baseline: str
    peak: str
    day: str
    rise: str = ""


@dataclass(frozen=True)
class NarrativeLine:
    """The narrative of a serious event report."""

    subject: str
    report: str
    text: str


@dataclass(frozen=True)
class Pack:
    """Everything in the pack. `evidence` and `characteristics` are the frozen records themselves."""

    decision: DecisionFacts
    attendees: str
    minutes: str
    evidence: dict[str, Any]
    evidence_hash: str
    subjects: tuple[SubjectFacts, ...]
    listings: Listings
    course: tuple[CourseDay, ...]
    labs: tuple[LabLine, ...]
    cytokines: tuple[PeakLine, ...]
    expansion: tuple[PeakLine, ...]
    narratives: tuple[NarrativeLine, ...]
    characteristics: tuple[dict[str, Any], ...]
    changes: tuple[str, ...]


def treated(facts: StudyFacts) -> StudyFacts:
    """Return the facts about infused subjects alone; the committee is not shown who was only screened."""
    infused = {subject.identifier for subject in facts.subjects if subject.infused}
    return replace(
        facts,
        subjects=tuple(each for each in facts.subjects if each.identifier in infused),
        events=tuple(each for each in facts.events if each.subject in infused),
        assessments=tuple(each for each in facts.assessments if each.subject in infused),
        deaths=tuple(each for each in facts.deaths if each.subject in infused),
    )


def course(assessments: Iterable[AssessmentFacts], subjects: Iterable[SubjectFacts]) -> tuple[CourseDay, ...]:
    """Return the course of CRS and ICANS: one line per subject and day on which either was assessed."""
    infused = {each.identifier: each.infusion_date for each in subjects}
    days: dict[tuple[str, date], list[AssessmentFacts]] = {}
    for each in assessments:
        if each.assessed_date is not None and each.subject in infused:
            days.setdefault((each.subject, each.assessed_date), []).append(each)
    return tuple(_course_day(key, days[key], infused[key[0]]) for key in sorted(days))


def _course_day(key: tuple[str, date], made: list[AssessmentFacts], infusion: date | None) -> CourseDay:
    grades = []
    for syndrome in Syndrome:
        found = [_grade(each) for each in made if each.syndrome == syndrome]
        if found:
            grades.append((syndrome.value, max((each for each in found if each is not None), default=None)))
    drugs = [("tocilizumab", "tocilizumab"), ("corticosteroid", "corticosteroid")]
    given = tuple(name for field, name in drugs if any(getattr(each, field) for each in made))
    day = None if infusion is None else study_day(key[1], infusion)
    return CourseDay(key[0], key[1], day, tuple(grades), given)


def _grade(assessment: AssessmentFacts) -> int | None:
    """The investigator's grade where there is one, else the computed one."""
    said = assessment.investigator_grade
    return assessment.computed_grade if said is None else said


def pack_hash(pack: Pack) -> str:
    """Return the SHA-256 of the pack's content in canonical form; layout, language and who asked do not enter.

    Nor does what changed since the cut-off: it is said in the reader's language, and is no part of the evidence.
    """
    body = {"version": CONTENT_VERSION, "pack": {**asdict(pack), "changes": None}}
    text = json.dumps(body, default=plain_value, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
