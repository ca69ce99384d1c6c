"""ICANS grade and ICE score: the published tables, and not assessed is not zero."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safety.rules.icans import Consciousness, Edema, IcansObservation, Seizure, grade_icans
from safety.rules.ice import MOST_POINTS, IceItems, ice_score
from tests.rules.tables import rows

TABLE = rows("""
findings                                                              | grade
                                                                      | none
age_years:40                                                          | none
ice:10                                                                | 0
ice:9                                                                 | 1
ice:8                                                                 | 1
ice:7                                                                 | 1
ice:6                                                                 | 2
ice:5                                                                 | 2
ice:4                                                                 | 2
ice:3                                                                 | 2
ice:2                                                                 | 3
ice:1                                                                 | 3
ice:0                                                                 | 3
ice:0 consciousness:normal                                            | 3
ice:0 consciousness:unarousable_or_vigorous                           | 4
ice:0 consciousness:unarousable_or_vigorous consciousness_other_cause | 3
ice:10 consciousness:awakens_spontaneously                            | 1
consciousness:normal                                                  | 0
consciousness:awakens_to_voice                                        | 2
consciousness:awakens_to_tactile                                      | 3
consciousness:awakens_to_tactile consciousness_other_cause            | none
ice:8 consciousness:awakens_to_tactile consciousness_other_cause      | 1
seizure:none                                                          | 0
seizure:brief_resolves_rapidly                                        | 3
seizure:nonconvulsive_eeg_resolves                                    | 3
seizure:prolonged_gt_5min                                             | 4
seizure:repetitive_no_return_to_baseline                              | 4
deep_focal_motor_weakness                                             | 4
not:deep_focal_motor_weakness                                         | 0
cerebral_edema:focal                                                  | 3
cerebral_edema:diffuse                                                | 4
cerebral_edema:diffuse edema_due_to_intracranial_hemorrhage ice:10    | 0
cerebral_edema:none                                                   | 0
posturing                                                             | 4
cn6_palsy                                                             | 4
papilledema                                                           | 4
cushings_triad                                                        | 4
death_due_to_icans                                                    | 5
age_years:11 capd:0                                                   | 0
age_years:11 capd:1                                                   | 1
age_years:11 capd:8                                                   | 1
age_years:11 capd:8 consciousness:awakens_to_voice                    | 2
age_years:11 capd:9                                                   | 3
age_years:11 unable_to_perform_capd                                   | 4
age_years:11 ice:0                                                    | none
age_years:12 capd:20                                                  | none
age_years:12 capd:20 ice:10                                           | 0
""")
READ: dict[str, Any] = {
    "age_years": Decimal,
    "ice": int,
    "capd": int,
    "consciousness": Consciousness,
    "seizure": Seizure,
    "cerebral_edema": Edema,
}


def observation(findings: str) -> IcansObservation:
    """Read one row of the table."""
    values: dict[str, Any] = {}
    for word in findings.split():
        name, _, value = word.partition(":")
        if name == "not":
            values[value] = False
        else:
            values[name] = READ[name](value) if value else True
    return IcansObservation(**values)


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row["findings"] or "nothing")
def test_grade(row: dict[str, str]) -> None:
    result = grade_icans(observation(row["findings"]))
    assert result.grade == (None if row["grade"] == "none" else int(row["grade"])), result.because


def test_flags_name_what_was_left_out() -> None:
    assert "ICE_NOT_USED_UNDER_12" in grade_icans(observation("age_years:5 ice:3 capd:2")).flags
    assert "CAPD_NOT_USED_FROM_12" in grade_icans(observation("capd:2 ice:10")).flags
    assert "ICE_NOT_ASSESSED" in grade_icans(observation("seizure:none")).flags


@pytest.mark.parametrize(
    ("findings", "flags"),
    [
        ("age_years:40 ice:10", ()),
        ("age_years:40 ice:9 capd:3", ("CAPD_NOT_USED_FROM_12",)),
        ("age_years:12 ice:9 unable_to_perform_capd", ("CAPD_NOT_USED_FROM_12",)),
        ("age_years:12 seizure:none", ("ICE_NOT_ASSESSED",)),
        ("age_years:11 capd:3", ()),
        ("age_years:11 capd:3 ice:3", ("ICE_NOT_USED_UNDER_12",)),
        ("ice:9 consciousness_other_cause", ("CONSCIOUSNESS_OTHER_CAUSE",)),
        ("ice:9 edema_due_to_intracranial_hemorrhage", ("EDEMA_DUE_TO_HEMORRHAGE",)),
    ],
)
def test_exactly_what_was_left_out_is_flagged(findings: str, flags: tuple[str, ...]) -> None:
    assert grade_icans(observation(findings)).flags == flags


@pytest.mark.parametrize(
    ("findings", "because"),
    [
        ("ice:0 consciousness:normal", "Worst domain assessed: ICE 0, awake (grade 3)."),
        ("ice:0", "Worst domain assessed: ICE 0, awake (grade 3)."),
        (
            "ice:0 consciousness:unarousable_or_vigorous consciousness_other_cause",
            "Worst domain assessed: ICE 0 (grade 3).",
        ),
        ("ice:1 consciousness:normal", "Worst domain assessed: ICE 1 (grade 3)."),
        (
            "ice:2 consciousness:awakens_to_tactile seizure:none",
            "Worst domain assessed: ICE 2; consciousness awakens to tactile (grade 3).",
        ),
        ("ice:10 not:posturing", "Worst domain assessed: ICE 10; no posturing (grade 0)."),
    ],
)
def test_the_sentence_names_every_domain_that_decided(findings: str, because: str) -> None:
    assert grade_icans(observation(findings)).because == because


@given(st.integers(0, 10), st.integers(0, 10))
def test_a_better_ice_score_never_raises_the_grade(one: int, other: int) -> None:
    worse, better = sorted((one, other))
    grades = [grade_icans(IcansObservation(ice=score)).grade or 0 for score in (better, worse)]
    assert grades == sorted(grades)


def test_ice_score_adds_its_tasks() -> None:
    result = ice_score(IceItems(4, 3, 1, 1, 1))
    assert result.total == 10
    assert "orientation 4 of 4" in result.because
    assert ice_score(IceItems(0, 0, 0, 0, 0)).total == 0


@pytest.mark.parametrize("task", MOST_POINTS)
def test_a_task_that_was_not_examined_leaves_no_total(task: str) -> None:
    result = ice_score(IceItems(**(MOST_POINTS | {task: None})))
    assert result.total is None
    assert task in result.because


@pytest.mark.parametrize("task", MOST_POINTS)
@pytest.mark.parametrize("beyond", [-1, 1])
def test_points_outside_the_range_of_a_task_are_refused(task: str, beyond: int) -> None:
    points = -1 if beyond < 0 else MOST_POINTS[task] + 1
    with pytest.raises(ValueError, match=task):
        ice_score(IceItems(**(MOST_POINTS | {task: points})))
