"""RECIST 1.1 over a whole course: nadir, dating back, disease after complete response, persistence."""

from __future__ import annotations

from decimal import Decimal

import pytest

from efficacy.rules.confirmation import ConfirmationConfig
from efficacy.rules.observations import TimePoint
from efficacy.rules.recist_sequence import SequenceResult, assess_sequence
from efficacy.rules.response import Persistence, Reappearance, RecistConfig
from tests.rules.response_cases import baseline, day, findings
from tests.rules.tables import rows

# Time points 28 days apart: targets / non-targets / new lesions; X: how many non-targets; PD: day of the first one.
COURSES = rows("""
course                       | targets | X | points                         | overall      | nadir        | PD
nadir falls and stays        | 100     | 0 | 70; 50; 60; 59                 | PR PR PD PR  | 100 70 50 50 | 84
partial sums are no nadir    | 100 20  | 0 | 60 -; 90 20; 108 20            | NE SD SD     | 120 120 110  | -
a partial sum can progress   | 100 20  | 0 | 90 20; 140 -                   | SD PD        | 120 110      | 56
the nadir of baseline        | 50      | 0 | 60; 55                         | PD SD        | 50 50        | 28
zero nadir                   | 20 12   | 0 | gone 12; gone gone; gone 3     | PR CR PD     | 32 12 0      | 84
not done                     | 100     | 0 | 70; not done; 80               | PR NE SD     | 100 70 70    | -
overall CR, then any disease | 20      | 0 | gone; 3; 3; gone               | CR PD PD CR  | 20 0 0 0     | 56
overall CR, NE, then disease | 20      | 0 | gone; -; 3                     | CR NE PD     | 20 0 0       | 84
node normal after CR         | 15n     | 0 | 8; 9.9                         | CR CR        | 15 8         | -
node 10 mm after CR          | 15n     | 0 | 8; 10                          | CR PD        | 15 8         | 56
non-target back after CR     | 20      | 1 | gone/abs; gone/pres            | CR PD        | 20 0         | 56
CR with a part unknown       | 20 20   | 0 | gone gone; 3 -                 | CR PD        | 40 0         | 56
only the targets were CR     | 20      | 1 | gone/pres; 3/pres; 4/pres      | PR PR PR     | 20 0 0       | -
only the targets, then 5 mm  | 20      | 1 | gone/pres; 5/pres              | PR PD        | 20 0         | 56
no targets                   |         | 1 | /pres; /abs; /pres; /une       | NON CR PD PD | - - - -      | 84
equivocal, never settled     | 100     | 0 | 70//N=doubt; 70//N=doubt       | PR PR        | 100 70       | -
equivocal, later unequivocal | 100     | 0 | 70; 70//N=doubt; 70; 70//N=yes | PR PD PR PD  | 100 70 70 70 | 56
another one is unequivocal   | 100     | 0 | 70//N=doubt; 70//M=yes         | PR PD        | 100 70       | 56
dating back undoes the CR    | 20      | 0 | gone//N=doubt; 3//N=yes; 4     | PD PD PR     | 20 0 0       | 28
unequivocal, then doubtful   | 100     | 0 | 70//N=yes; 70//N=doubt         | PD PD        | 100 70       | 28
""")


def course(targets: str, points: str, non_targets: int = 0, config: RecistConfig | None = None) -> SequenceResult:
    """Assess time points written `targets/non-targets/new lesions`, 28 days apart."""
    seen = []
    for number, text in enumerate(points.split(";"), start=1):
        parts = text.strip().split("/")
        found = None if text.strip() == "not done" else findings(*parts)
        seen.append(TimePoint(day(28 * number), found))
    return assess_sequence(baseline(targets, non_targets), seen, config or RecistConfig())


@pytest.mark.parametrize("row", COURSES, ids=lambda row: row["course"])
def test_courses(row: dict[str, str]) -> None:
    result = course(row["targets"], row["points"], int(row["X"]))
    nadirs = [None if text == "-" else Decimal(text) for text in row["nadir"].split()]
    assert [point.overall.value for point in result.points] == row["overall"].replace("NON", "NON-CR/NON-PD").split(), (
        result.because
    )
    assert [point.result.nadir_mm for point in result.points] == nadirs
    assert result.first_pd_date == (None if row["PD"] == "-" else day(int(row["PD"])))


# EORTC: 100 mm, then 70, 70, 80, 80, 80
PERSISTENCE = rows("""
points                   | none           | after_confirmed | after_first
70; 70; 80; 80; 80       | PR PR SD SD SD | PR PR PR PR PR  | PR PR PR PR PR
70; 80; 70; 70; 80       | PR SD PR PR SD | PR SD PR PR PR  | PR PR PR PR PR
70; 80; 70; 80           | PR SD PR SD    | PR SD PR SD     | PR PR PR PR
70; not done; 70; 80     | PR NE PR SD    | PR NE PR PR     | PR NE PR PR
70; 70; 84; 80           | PR PR PD SD    | PR PR PD SD     | PR PR PD SD
90; 80; 70               | SD SD PR       | SD SD PR        | SD SD PR
70; 70; 80//N=equivocal  | PR PR SD       | PR PR PR        | PR PR PR
70; 70; 80//N=unequivocal | PR PR PD      | PR PR PD        | PR PR PD
""")


@pytest.mark.parametrize("row", PERSISTENCE, ids=lambda row: row["points"])
@pytest.mark.parametrize("persistence", Persistence)
def test_persistence_of_a_partial_response(row: dict[str, str], persistence: Persistence) -> None:
    result = course("100", row["points"], config=RecistConfig(pr_persistence=persistence))
    assert [point.overall.value for point in result.points] == row[persistence].split()
    kept = [point for point in result.points if "PR_PERSISTS" in point.flags]
    assert all(point.result.overall == "SD" and "persists" in point.because for point in kept)


def test_persistence_asks_for_the_protocols_confirmation() -> None:
    for days, last in ((28, "PR"), (29, "SD")):
        config = RecistConfig(
            pr_persistence=Persistence.AFTER_CONFIRMED, confirmation=ConfirmationConfig(min_days=days)
        )
        assert course("100", "70; 70; 80", config=config).points[-1].overall == last


def test_disease_after_complete_response_by_the_sum() -> None:
    by_sum = RecistConfig(cr_reappearance=Reappearance.SUM)
    result = course("20", "gone; 3; 8", config=by_sum)
    assert [point.overall.value for point in result.points] == ["CR", "PR", "PD"]
    kept = RecistConfig(cr_reappearance=Reappearance.SUM, pr_persistence=Persistence.AFTER_FIRST)
    assert course("6", "gone; 4.5", config=kept).points[-1].overall == "PR"


def test_flags_ask_for_a_look() -> None:
    result = course("20", "gone//N=equivocal; gone; 3; gone//N=unequivocal")
    assert [point.flags for point in result.points] == [("NEW_LESION_SETTLED_LATER",), (), ("DISEASE_AFTER_CR",), ()]
    assert "Disease after an overall CR: PD." in result.points[2].because
    assert result.because.startswith("2025-03-31: Target: sum 0 mm")


def test_no_time_point() -> None:
    result = assess_sequence(baseline("20"), [])
    assert (result.points, result.first_pd_date, result.because) == ((), None, "No time point.")
