"""Everything the story does not tell: laboratory, examinations, samples and scans of every visit that took place.

Written as rows, not through the form service: these are thousands of forms, and the start should not wait for them.
The database writes each value into the trail all the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal
from typing import Any

from django.utils import timezone

from dosing.demonstration import courses
from dosing.demonstration.cast import Cast
from efficacy.models.target_lesions import TargetLesions
from efficacy.responses import course_of
from efficacy.selectors.history import lesion_history
from efficacy.services.responses import follow_tumour_form
from enrollment.models import Subject
from safety.laboratory_grades import store_grades_after_baseline
from safety.laboratory_work import GRADED_FORMS
from trial_edc.audit.context import acting
from trial_edc.casebook import hooks
from trial_edc.casebook.models import SubjectVisit
from trial_edc.crf import registry
from trial_edc.crf.models import FormStatus
from trial_edc.protocol.amendments import current_amendment
from trial_edc.protocol.visits.schedule import SCHEDULE, window

#: What a builder answers with: the items of the form, and the rows of each of its tables.
Content = tuple[dict[str, Any], dict[str, list[dict[str, Any]]]]
TARGETS = (("LUNG", "Right lower lobe", "42.0"), ("LIVER", "Segment VII", "28.0"))
LABORATORY = {"HEM": "HEMR", "CHEM": "CHEMR", "COAG": "COAGR"}
CENTRAL, EIGHT, NINE = "Hospital laboratory", time(8, 0), time(9, 0)


@dataclass(frozen=True)
class Bedside:
    """One visit of one subject: when, on which study day, and who they are."""

    subject: Subject
    visit: str
    day: date
    study_day: int
    number: int
    weight: str


def _laboratory(oid: str) -> Callable[[Bedside], Content]:
    def build(at: Bedside) -> Content:
        rows = []
        for row in hooks.seeds(oid, at.subject, at.visit)[LABORATORY[oid]]:
            if row["analyte"] in courses.COURSES or row["analyte"] == "WBC":
                value = (
                    courses.white_cells(at.study_day, at.number)
                    if row["analyte"] == "WBC"
                    else courses.result(row["analyte"], at.study_day, at.number)
                )
                rows.append(row | {"value": value})
        head: dict[str, Any] = {"collected_date": at.day, "collected_time": EIGHT, "laboratory": CENTRAL}
        return head | ({"fasting": True} if oid == "CHEM" else {}), {LABORATORY[oid]: rows}

    return build


def _examination(at: Bedside) -> Content:
    weight = Decimal(at.weight) - (Decimal("0.8") if at.study_day > 3 else 0)
    worse = 1 if at.number % 3 == 0 or 0 < at.study_day < 15 else 0
    systems = [{"body_system": row["body_system"], "result": "NORMAL"} for row in hooks.seeds("PE", None, "")["PES"]]
    return (
        {"assessed_date": at.day, "weight_kg": weight, "height_cm": Decimal(158 + at.number % 20), "ecog": worse},
        {"PES": systems if at.visit in ("SCR", "D28") else []},
    )


def _heart(at: Bedside) -> Content:
    rate, qt = 68 + at.number % 11, 388 - at.number % 9
    values = {"assessed_date": at.day, "assessed_time": NINE, "heart_rate": rate, "pr_ms": 156, "qrs_ms": 92}
    return values | {"qt_ms": qt, "interpretation": "NORMAL"}, {}


def _ultrasound(at: Bedside) -> Content:
    share = 60 + at.number % 6
    values = {"assessed_date": at.day, "method": "ECHOCARDIOGRAPHY", "lvef_percent": share}
    return values | {"pericardial_effusion": "NONE", "interpretation": "NORMAL"}, {}


def _serology(at: Bedside) -> Content:
    tests = ("hbsag", "anti_hbc", "hcv_antibody", "hiv", "syphilis", "ebv_dna", "cmv_dna")
    return {"collected_date": at.day, "laboratory": CENTRAL} | dict.fromkeys(tests, "NEGATIVE"), {}


def _pregnancy(_at: Bedside) -> Content:
    return {"childbearing_potential": False}, {}


def _immunology(at: Bedside) -> Content:
    usual = {"IGG": "8.4", "IGA": "1.6", "IGM": "0.7", "BCELL": "64"}
    seeded = hooks.seeds("IMM", at.subject, at.visit)["IMMR"]
    rows = [row | {"value": usual[row["analyte"]]} for row in seeded if row["analyte"] in usual]
    head = {"collected_date": at.day, "collected_time": EIGHT, "laboratory": CENTRAL}
    return head | {"anti_drug_antibodies": "NEGATIVE", "rcl": "NEGATIVE"}, {"IMMR": rows}


def _drawn(at: Bedside, batch: str) -> dict[str, Any]:
    timing = {"timing": "PRE"} if at.visit == "D0" else {}
    return {"sample_taken": True, "drawn_date": at.day, "drawn_time": EIGHT, "laboratory": batch} | timing


def _cytokines(at: Bedside) -> Content:
    rows = [
        row | {"result": courses.result(row["analyte"], at.study_day, at.number)}
        for row in hooks.seeds("CYT", at.subject, at.visit)["CYTR"]
        if row["analyte"] in courses.COURSES
    ]
    return _drawn(at, "Central laboratory") | {"draw_reason": "SCHEDULED"}, {"CYTR": rows}


def _kinetics(at: Bedside) -> Content:
    level, before = at.subject.dose_level or 1, -1 if at.visit == "D0" else at.study_day
    found = {
        "cells/uL": (courses.cells(before, at.number, level), courses.LOWER_LIMIT_CELLS),
        "copies/ug": (courses.copies(before, at.number, level), courses.LOWER_LIMIT_COPIES),
    }
    rows = [
        row | {"result": found[row["unit"]][0], "lloq": Decimal(found[row["unit"]][1])}
        for row in hooks.seeds("PKB", at.subject, at.visit)["PKBR"]
        if row["unit"] in found
    ]
    return _drawn(at, "Central laboratory"), {"PKBR": rows}


def _targets(at: Bedside) -> Content:
    head = {"imaging_done": True, "scan_date": at.day}
    if at.visit == "SCR":
        rows = [
            {"code": f"T{number:02}", "organ": organ, "site": site, "nodal": False, "lesion_type": "soft_tissue",
             "method": "CT SCAN", "slice_mm": Decimal(5), "prior_local_therapy": False, "long_mm": Decimal(size)}
            for number, (organ, site, size) in enumerate(TARGETS, start=1)
        ]  # fmt: skip
        return head, {"TLB": rows}
    measured = [
        {"code": f"T{number:02}", "status": "measured", "method": "CT SCAN",
         "mm": courses.millimetres(size, at.study_day, at.number)}
        for number, (_organ, _site, size) in enumerate(TARGETS, start=1)
    ]  # fmt: skip
    return head, {"TLM": measured}


def _non_targets(at: Bedside) -> Content:
    head = {"imaging_done": True, "scan_date": at.day}
    if at.visit == "SCR":
        lesion = {"code": "NT01", "organ": "LYMPH NODE", "description": "Retroperitoneal, 12 mm", "nodal": True}
        return head, {"NTLB": [lesion | {"method": "CT SCAN"}]}
    return head, {"NTLS": [{"code": "NT01", "state": "present", "since_last": "no_change"}]}


def _new_lesions(at: Bedside) -> Content:
    return {"imaging_done": True, "scan_date": at.day, "any_new": False}, {}


def _response(at: Bedside) -> Content:
    """The investigator judges as the rules do, from the lesions that were entered just before."""
    found = course_of(lesion_history(at.subject)).at(at.visit)
    assert found is not None
    head = {"assessment_done": True, "assessment_date": at.day, "tumour_marker": "NORMAL", "new_symptom": False}
    judged = {
        "target_response": found.point.result.target, "non_target_response": found.point.result.non_target,
        "overall_response": found.point.overall, "immune_response": found.scan.response or "",
    }  # fmt: skip
    return head | {name: str(value) for name, value in judged.items()} | {"clinically_stable": True}, {}


BUILDERS: dict[str, Callable[[Bedside], Content]] = {
    "PE": _examination, **{oid: _laboratory(oid) for oid in LABORATORY}, "SER": _serology, "PREG": _pregnancy,
    "ECG": _heart, "ECHO": _ultrasound, "IMM": _immunology, "CYT": _cytokines, "PKB": _kinetics, "TL": _targets,
    "NTL": _non_targets, "NL": _new_lesions, "RESP": _response,
}  # fmt: skip
TUMOUR = ("TL", "NTL", "NL", "RESP")


def fill(cast: Cast, subject: Subject, weight: str, today: date, *, left_open: set[str]) -> int:
    """Enter what the visits before `today` still miss, but for those `left_open`; return how many forms."""
    number, count = int(subject.identifier[-3:]), 0
    with acting(cast.coordinator, source="import"):
        past = [(visit, day) for visit, day in _past_visits(subject, today) if visit.code not in left_open]
        _take_place(subject, past)
        for visit, day in past:
            infused = subject.infusion_date
            at = Bedside(subject, visit.code, day, (day - infused).days if infused else -30, number, weight)
            for oid in visit.required_forms:
                if oid in BUILDERS and not _exists(subject, visit.code, oid):
                    _write(cast, at, oid, *BUILDERS[oid](at))
                    count += 1
        _follow_tumours(cast, subject)
        _grade_laboratory(subject)
    return count


def _past_visits(subject: Subject, today: date) -> Iterator[tuple[Any, date]]:
    held = dict(SubjectVisit.objects.filter(subject=subject).values_list("code", "visit_date"))
    ended = min((day for day in (subject.off_study_date, subject.death_date) if day), default=today)
    for visit in SCHEDULE:
        span = window(visit, subject.anchors)
        day = held.get(visit.code) or (span.target if span and not span.provisional else None)
        if day is not None and day < today and day <= ended:
            yield visit, day


def _take_place(subject: Subject, past: list[tuple[Any, date]]) -> None:
    """Record the day of each visit that nobody has recorded yet."""
    held = set(SubjectVisit.objects.filter(subject=subject).values_list("code", flat=True))
    SubjectVisit.objects.bulk_create(
        SubjectVisit(subject=subject, code=visit.code, visit_date=day) for visit, day in past if visit.code not in held
    )


def _exists(subject: Subject, visit: str, oid: str) -> bool:
    return bool(registry.get(oid)._default_manager.filter(subject=subject, visit=visit).exists())


def _write(cast: Cast, at: Bedside, oid: str, values: dict[str, Any], tables: dict[str, list[dict[str, Any]]]) -> None:
    model: Any = registry.get(oid)
    record = model.objects.create(
        subject=at.subject, visit=at.visit, sequence=1, amendment=current_amendment().number, version=1,
        status=FormStatus.COMPLETE, completed_at=timezone.now(), completed_by=cast.coordinator, **values,
    )  # fmt: skip
    for name, rows in tables.items():
        table: Any = registry.rows_of(name)
        table.objects.bulk_create(
            [table(subject=at.subject, record=record, position=place, **row) for place, row in enumerate(rows, start=1)]
        )


def _grade_laboratory(subject: Subject) -> None:
    for model in GRADED_FORMS:
        first = model.objects.filter(subject=subject).first()
        if first is not None:
            store_grades_after_baseline(first)


def _follow_tumours(cast: Cast, subject: Subject) -> None:
    last = TargetLesions.objects.filter(subject=subject).exclude(visit="SCR").order_by("-scan_date").first()
    if last is not None:
        follow_tumour_form(record=last, by=cast.investigator, changed=set())
