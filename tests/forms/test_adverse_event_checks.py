"""Every edit check of the adverse-event form, once broken and once kept; nothing is saved."""

from __future__ import annotations

from datetime import time
from types import SimpleNamespace
from typing import Any

import pytest

from safety.ctcae import CRS_TERM
from safety.models import AdverseEvent, GradeChange
from trial_edc.crf.checks import broken_checks

OTHER = "Gastrointestinal disorders - Other, specify"
GOING_ON: dict[str, Any] = {
    "term": "Colitis", "onset_date": "2026-03-05", "outcome": "NOT RECOVERED/NOT RESOLVED", "serious": False,
}  # fmt: skip
FATAL: dict[str, Any] = GOING_ON | {
    "outcome": "FATAL", "serious": True, "serious_criteria": ["DEATH"], "end_date": "2026-03-09",
}  # fmt: skip
ENDED: dict[str, Any] = GOING_ON | {"outcome": "RECOVERED/RESOLVED", "end_date": "2026-03-09"}
THREE = [(3, "2026-03-05", None)]
DIED = [*THREE, (5, "2026-03-09", None)]

#: check -> (items, grades) that break it, and the nearest that keep it.
CASES: list[tuple[str, dict[str, Any], list[Any], dict[str, Any], list[Any]]] = [
    ("AE-001", GOING_ON | {"term": "Feeling odd"}, THREE, GOING_ON | {"term": "colitis"}, THREE),
    ("AE-002", ENDED | {"end_date": "2026-03-04"}, THREE, ENDED | {"end_date": "2026-03-05"}, THREE),
    ("AE-002", ENDED | {"end_date": "2026-03-05", "onset_time": time(9), "end_time": time(8)}, THREE,
     ENDED | {"end_date": "2026-03-05", "onset_time": time(9), "end_time": time(9)}, THREE),
    ("AE-002", ENDED | {"end_date": "2026-02"}, THREE, ENDED | {"end_date": "2026-03"}, THREE),
    ("AE-003", GOING_ON, [], GOING_ON, THREE),
    ("AE-004", GOING_ON | {"term": "Alopecia"}, THREE, GOING_ON | {"term": "Alopecia"}, [(2, "2026-03-05", None)]),
    ("AE-004", FATAL | {"term": "Neutrophil count decreased"}, DIED, FATAL | {"term": CRS_TERM}, DIED),
    ("AE-005", GOING_ON, [(1, "2026-03-07", None), (2, "2026-03-06", None)],
     GOING_ON, [(1, "2026-03-06", None), (2, "2026-03-07", None)]),
    ("AE-005", GOING_ON, [(1, "2026-03-06", time(8)), (2, "2026-03-06", time(8))],
     GOING_ON, [(1, "2026-03-06", time(8)), (2, "2026-03-06", time(9))]),
    ("AE-005", GOING_ON, [(3, "2026-03-04", None)], GOING_ON, THREE),
    ("AE-005", ENDED, [*THREE, (2, "2026-03-10", None)], ENDED, [*THREE, (2, "2026-03-09", None)]),
    ("AE-006", ENDED | {"end_date": ""}, THREE, ENDED, THREE),
    ("AE-006", ENDED | {"outcome": "RECOVERED/RESOLVED WITH SEQUELAE", "end_date": ""}, THREE,
     ENDED | {"outcome": "UNKNOWN", "end_date": ""}, THREE),
    ("AE-007", GOING_ON | {"end_date": "2026-03-09"}, THREE, ENDED, THREE),
    ("AE-007", GOING_ON | {"outcome": "RECOVERING/RESOLVING", "end_date": "2026-03"}, THREE,
     GOING_ON | {"outcome": "RECOVERING/RESOLVING"}, THREE),
    ("AE-008", FATAL, THREE, FATAL, DIED),
    ("AE-008", ENDED, DIED, ENDED, THREE),
    ("AE-009", GOING_ON | {"serious": True}, THREE,
     GOING_ON | {"serious": True, "serious_criteria": ["HOSPITALIZATION"]}, THREE),
    ("AE-010", FATAL | {"serious": False}, DIED, FATAL, DIED),
    ("AE-011", GOING_ON | {"term": OTHER, "term_specify": " "}, THREE,
     GOING_ON | {"term": OTHER, "term_specify": "Hiccups for a week"}, THREE),
    ("AE-012", GOING_ON | {"serious_criteria": ["DISABILITY"]}, THREE, GOING_ON, THREE),
    ("AE-013", FATAL | {"serious_criteria": ["LIFE THREATENING"]}, DIED, FATAL, DIED),
    ("AE-014", GOING_ON | {"serious": True, "serious_criteria": ["DEATH"]}, THREE, FATAL, DIED),
    ("AE-015", FATAL, [(5, "2026-03-08", None), (3, "2026-03-09", None)], FATAL, DIED),
    ("AE-016", GOING_ON, [(3, "2026-03-06", None)], GOING_ON, THREE),
    ("AE-017", GOING_ON | {"end_time": time(8)}, THREE, ENDED | {"end_time": time(8)}, THREE),
    ("AE-019", FATAL, [*THREE, (5, "2026-03-08", None)], FATAL, DIED),
    ("AE-018", GOING_ON | {"onset_date": "", "onset_time": time(8)}, [], GOING_ON | {"onset_time": time(8)}, THREE),
]  # fmt: skip


def found(values: dict[str, Any], grades: list[Any]) -> set[str]:
    rows = [
        GradeChange(grade=grade, start_date=day, start_time=clock, position=number)
        for number, (grade, day, clock) in enumerate(grades, start=1)
    ]
    return {check.oid for check in broken_checks(AdverseEvent(**values), rows)}


@pytest.mark.parametrize(
    ("check", "broken", "broken_grades", "kept", "kept_grades"),
    CASES,
    ids=[f"{number} {case[0]}" for number, case in enumerate(CASES)],
)
def test_a_check_fires_and_keeps_quiet(
    check: str, broken: dict[str, Any], broken_grades: list[Any], kept: dict[str, Any], kept_grades: list[Any]
) -> None:
    assert check in found(broken, broken_grades)
    assert check not in found(kept, kept_grades)


def test_every_check_of_the_form_is_in_the_table() -> None:
    assert {case[0] for case in CASES} == {check.oid for check in AdverseEvent.crf.checks}


@pytest.mark.parametrize(("day", "expected"), [("2099-01-01", True), ("2099", True), ("2026-03-05", False)])
def test_a_grade_does_not_begin_in_the_future(day: str, *, expected: bool) -> None:
    (check,) = GradeChange.crf.checks
    assert check.broken(SimpleNamespace(start_date=day)) is expected


@pytest.mark.parametrize("values", [FATAL, ENDED, GOING_ON])
def test_a_consistent_event_breaks_nothing(values: dict[str, Any]) -> None:
    assert found(values, DIED if values is FATAL else THREE) == set()
