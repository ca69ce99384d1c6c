"""Tumours for the benchmarks: a subject with many lesions and visits, a thousand courses, and a study to draw."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

from benchmarks import cast
from efficacy.rules.observations import (
    Baseline,
    Findings,
    LesionObservation,
    LesionStatus,
    NonTargetObservation,
    NonTargetStatus,
    TargetLesion,
    TimePoint,
)
from efficacy.selectors.history import AssessmentOnFile, Judgement, LesionHistory
from enrollment.models import Subject
from tests.efficacy.builders import cells, contact, day, form, subject, tumour
from trial_edc.accounts.access import today

#: Visit -> study day: fifteen assessments of three years.
VISITS = {
    "D28": 28, "UNS": 60, "M3": 90, "UNS2": 140, "M6": 180, "UNS3": 230, "M9": 270, "UNS4": 320, "M12": 365,
    "UNS5": 450, "M18": 546, "UNS6": 640, "M24": 730, "M30": 911, "M36": 1095,
}  # fmt: skip
TARGETS, OTHERS = 5, 10
ANALYTES = (("IL-6", "pg/mL"), ("IL-10", "pg/mL"), ("CRP", "mg/L"), ("ferritin", "ng/mL"))
ORGANS = ("LIVER", "LIVER", "LUNG", "LUNG", "ADRENAL GLAND")


def _people() -> Any:
    return SimpleNamespace(site=cast.site(), coordinator=cast.investigator())


def free_number() -> int:
    """Return a number that no subject has."""
    return 500 + Subject.objects.count()


def subject_with_lesions() -> Subject:
    """Return a subject with 5 target and 10 other lesions, measured and judged at fifteen visits."""
    infused = today() - timedelta(days=1140)
    at = datetime(infused.year, infused.month, infused.day, 2, tzinfo=UTC)
    found = subject(_people(), free_number(), infused_at=at, consent_date=infused - timedelta(days=30))
    targets = [
        {"code": f"T0{number + 1}", "organ": organ, "nodal": False, "method": "CT SCAN", "slice_mm": Decimal(5),
         "lesion_type": "soft_tissue", "long_mm": Decimal(40 + number)}
        for number, organ in enumerate(ORGANS)
    ]  # fmt: skip
    others = [
        {"code": f"NT{number:02}", "organ": "BONE", "description": f"lesion {number}", "nodal": False,
         "method": "CT SCAN"}
        for number in range(1, OTHERS + 1)
    ]  # fmt: skip
    before = infused - timedelta(days=14)
    form(found, "TL", "SCR", {"TLB": targets}, imaging_done=True, scan_date=before)
    form(found, "NTL", "SCR", {"NTLB": others}, imaging_done=True, scan_date=before)
    for place, (visit, number) in enumerate(VISITS.items()):
        _assessed(found, visit, infused + timedelta(days=number), Decimal(36 - place))
    return found


def _assessed(found: Subject, visit: str, on: date, mm: Decimal) -> None:
    measured = [
        {"code": f"T0{number}", "status": "measured", "mm": mm + number, "method": "CT SCAN"}
        for number in range(1, TARGETS + 1)
    ]
    seen = [
        {"code": f"NT{number:02}", "state": "present", "since_last": "no_change"} for number in range(1, OTHERS + 1)
    ]
    form(found, "TL", visit, {"TLM": measured}, imaging_done=True, scan_date=on)
    form(found, "NTL", visit, {"NTLS": seen}, imaging_done=True, scan_date=on)
    form(found, "NL", visit, imaging_done=True, scan_date=on, any_new=False)
    form(
        found, "RESP", visit, assessment_done=True, assessment_date=on, tumour_marker="NORMAL", new_symptom=False,
        clinically_stable=True, overall_response="PR", immune_response="iPR",
    )  # fmt: skip


def histories(count: int, infused: date) -> Iterator[LesionHistory]:
    """Yield courses of five assessments that respond, hold and progress in turns; a judgement stands beside each."""
    for number in range(count):
        baseline = Baseline((TargetLesion("T01", Decimal(60)), TargetLesion("T02", Decimal(40))), ("NT01",))
        sizes = [Decimal(60 - (number * step) % 45 + (step * (number % 7))) for step in range(1, 6)]
        found = [_assessment(place, size, infused) for place, size in enumerate(sizes)]
        yield LesionHistory(uuid4(), baseline, infused - timedelta(days=14), tuple(found))


def _assessment(place: int, size: Decimal, infused: date) -> AssessmentOnFile:
    findings = Findings(
        targets={code: LesionObservation(LesionStatus.MEASURED, mm) for code, mm in (("T01", size), ("T02", size / 2))},
        non_targets={"NT01": NonTargetObservation(NonTargetStatus.PRESENT)},
    )
    visit, number = list(VISITS.items())[place * 2]
    point = TimePoint(infused + timedelta(days=number), findings)
    return AssessmentOnFile(visit, point, True, True, Judgement("SD", "NON-CR/NON-PD", "SD", "iSD", ""))


def study(subjects: int) -> None:
    """Write a study to draw: scans, contacts, cells and cytokines of so many subjects at three dose levels."""
    people, first = _people(), free_number()
    for number in range(subjects):
        found = subject(people, first + number, level=number % 3 + 1)
        shrink = 95 - (number * 17) % 60
        sums = {"D28": str(shrink), "M3": str(shrink - 5), "M6": str(shrink + number % 40)}
        tumour(found, sums, dict.fromkeys(sums, ("SD", "iSD") if shrink > 70 else ("PR", "iPR")))
        contact(found, 200 + number)
        cells(found, {0: "<50", 3: "900", 7: "21000", 10: "45000", 14: "20000", 21: "7000", 28: "4000", 90: "200"})
        _cytokines(found)


def _cytokines(found: Subject) -> None:
    for number, (at, result) in enumerate({-7: "3", 1: "20", 3: "600", 7: "120", 14: "30", 28: "4"}.items(), start=1):
        rows = [{"analyte": analyte, "unit": unit, "result": result} for analyte, unit in ANALYTES]
        form(
            found, "CYT", "UNS", {"CYTR": rows}, sequence=number, sample_taken=True, drawn_date=day(at),
            drawn_time=time(10), timing="POST" if at >= 0 else "PRE",
        )  # fmt: skip
