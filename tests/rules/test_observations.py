"""What can be observed of a lesion, and which findings contradict each other."""

from __future__ import annotations

from decimal import Decimal

import pytest

from efficacy.rules.observations import (
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
    TimePoint,
    check,
)
from efficacy.rules.recist_timepoint import assess_time_point
from tests.rules.response_cases import baseline, day, findings


@pytest.mark.parametrize(
    ("status", "mm", "fragments", "key"),
    [
        ("measured", None, (), "mm"),
        ("measured", "-1", (), "mm"),
        ("measured", "5", ("5",), "fragments_mm"),
        ("absent", "3", (), "mm"),
        ("merged", "3", (), "mm"),
        ("too_small", "3", (), "mm"),
        ("missing", "3", (), "mm"),
        ("not_evaluable", "0", (), "mm"),
        ("split", None, (), "fragments_mm"),
        ("split", "3", ("3",), "mm"),
        ("split", None, ("3", "-1"), "mm"),
        ("absent", None, ("3",), "fragments_mm"),
    ],
)
def test_impossible_observations_are_refused(status: str, mm: str | None, fragments: tuple[str, ...], key: str) -> None:
    with pytest.raises(Contradiction) as refusal:
        LesionObservation(LesionStatus(status), Decimal(mm) if mm else None, tuple(map(Decimal, fragments)))
    assert refusal.value.key == key


def test_zero_may_be_written_for_an_absent_lesion() -> None:
    assert LesionObservation(LesionStatus.ABSENT, Decimal(0)).extent_mm(Decimal(5)) == 0
    assert LesionObservation(LesionStatus.MERGED).extent_mm(Decimal(5)) == 0


def test_other_impossible_findings_are_refused() -> None:
    with pytest.raises(Contradiction, match="increased contradicts"):
        NonTargetObservation(NonTargetStatus.ABSENT, SinceLast.INCREASED)
    with pytest.raises(Contradiction, match="contradicts the size"):
        NewLesionObservation(NewLesionStatus.ABSENT, LesionObservation(LesionStatus.MEASURED, Decimal(5)))
    with pytest.raises(Contradiction, match="contradicts the size"):
        NewLesionObservation(NewLesionStatus.NEW, LesionObservation(LesionStatus.ABSENT))
    with pytest.raises(Contradiction, match="contradicts the size"):
        NewLesionObservation(NewLesionStatus.NOT_EVALUABLE, LesionObservation(LesionStatus.MEASURED, Decimal(5)))
    with pytest.raises(Contradiction, match="id of two lesions"):
        Baseline((TargetLesion("A", Decimal(10)),), ("A",))
    with pytest.raises(Contradiction, match="above 0 mm"):
        Baseline((TargetLesion("A", Decimal(0)),))


@pytest.mark.parametrize(
    ("lesions", "found", "key"),
    [
        (baseline("20"), findings("20 20"), "timepoint.targets.T2"),
        (baseline("20"), findings("20", "pres"), "timepoint.non_targets.X1"),
        (baseline("20"), findings("20", "", "T1=new"), "timepoint.new_lesions.T1"),
        (baseline("20", 1), findings("20", "", "X1=new"), "timepoint.new_lesions.X1"),
        (baseline("20"), findings("merged"), "timepoint.targets"),
        (baseline("20 20"), findings("merged gone"), "timepoint.targets"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_findings_that_do_not_fit_the_baseline_are_refused(lesions: Baseline, found: Findings, key: str) -> None:
    with pytest.raises(Contradiction) as refusal:
        assess_time_point(lesions, found)
    assert refusal.value.key == key


def test_merged_lesions_whose_partner_is_unknown_are_not_evaluable() -> None:
    assert assess_time_point(baseline("20 20"), findings("merged -")).overall == "NE"


def test_a_date_comes_once() -> None:
    points = [TimePoint(day(28), findings("20")), TimePoint(day(56), None), TimePoint(day(28), None)]
    with pytest.raises(Contradiction, match="2025-03-31 is the date of an earlier") as refusal:
        check(baseline("20"), points)
    assert refusal.value.key == "timepoints[2].date"
