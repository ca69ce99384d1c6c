"""Every consistency check of the adverse-event form at its boundaries: one minute, one day, an unknown part of a date.

An empty list of checks means that the form takes it. Nothing is saved.
"""

from __future__ import annotations

from datetime import time
from types import SimpleNamespace
from typing import Any

import pytest

from safety import ae_checks
from safety.ctcae import TERMS
from safety.models.adverse_event import Outcome
from tests.forms.test_adverse_event_checks import ENDED, FATAL, GOING_ON, THREE, found
from tests.rules.tables import rows

Grades = list[tuple[int, str, time | None]]


def clock(text: str) -> time | None:
    return time.fromisoformat(text) if text else None


def moments(onset: str, end: str = "") -> dict[str, Any]:
    """Read "2026-03-05 08:00" (the time may be missing) as the items of the form."""
    (onset_date, _gap, onset_time), (end_date, _gap2, end_time) = onset.partition(" "), end.partition(" ")
    return {
        "onset_date": onset_date, "onset_time": clock(onset_time), "end_date": end_date, "end_time": clock(end_time),
    }  # fmt: skip


def history(text: str) -> Grades:
    """Read "1@2026-03-05 08:00, 3@2026-03-06" as grade changes."""
    read = []
    for each in text.split(", "):
        grade, _at, moment = each.partition("@")
        day, _gap, at = moment.partition(" ")
        read.append((int(grade), day, clock(at)))
    return read


# ---- AE-002: the end is not before the onset

ENDS = rows("""
onset            | end              | refused | because
2026-03-05       | 2026-03-05       |         | one day, no times
2026-03-05 09:00 | 2026-03-05       |         | the time of the end is not known
2026-03-05       | 2026-03-05 08:00 |         | the time of the onset is not known
2026-03-05 09:00 | 2026-03-05 09:00 |         | the same minute
2026-03-05 09:00 | 2026-03-05 08:59 | x       | a minute before
2026-03-05 23:59 | 2026-03-06 00:00 |         | over midnight
2026-03-06 00:00 | 2026-03-05 23:59 | x       | over midnight, backwards
2026-03-05 20:00 | 2026-03-06 08:00 |         | an earlier hour of the next day
2026-12-31       | 2027-01-01       |         | over the end of the year
2027-01-01       | 2026-12-31       | x       | over the end of the year, backwards
2024-02-28       | 2024-02-29       |         | into the leap day
2024-02-29       | 2024-02-28       | x       | out of the leap day, backwards
2026-05-01       | 2026-04-30       | x       | over the end of a month, backwards
2024-02-29       | 2024-02          |         | the end may be the leap day
2024-03-01       | 2024-02          | x       | no day of February is late enough
2026-03          | 2026-03-01       |         | the onset may be the first
2026-03          | 2026-02-28       | x       | every day of March is later
2026             | 2026             |         | one year
2026             | 2025             | x       | the year before
2026-12-31       | 2026             |         | the end may be the last day
""")


@pytest.mark.parametrize("row", ENDS, ids=lambda row: row["because"])
def test_an_end_is_refused_only_when_it_is_certainly_before_the_onset(row: dict[str, str]) -> None:
    assert ("AE-002" in found(ENDED | moments(row["onset"], row["end"]), THREE)) is bool(row["refused"])


# ---- AE-006 and AE-007: outcome and end

#: Outcome -> what is said without an end, and with one.
OUTCOMES: dict[Outcome, tuple[set[str], set[str]]] = {
    Outcome.RECOVERED: ({"AE-006"}, set()),
    Outcome.SEQUELAE: ({"AE-006"}, set()),
    Outcome.NOT_RECOVERED: (set(), {"AE-007"}),
    Outcome.RECOVERING: (set(), {"AE-007"}),
    Outcome.FATAL: (set(), set()),
    Outcome.UNKNOWN: (set(), set()),
}


def test_every_outcome_is_in_the_table() -> None:
    assert set(OUTCOMES) == set(Outcome)


@pytest.mark.parametrize("end", ["", "2026-03-05", "2026-03-09", "2026-03", "2026"])
@pytest.mark.parametrize("outcome", Outcome, ids=str)
def test_resolved_has_an_end_and_ongoing_has_none(outcome: Outcome, end: str) -> None:
    said = found(GOING_ON | {"outcome": outcome.value, "end_date": end}, THREE) & {"AE-006", "AE-007"}
    assert said == OUTCOMES[outcome][bool(end)]


# ---- AE-008, AE-010, AE-013, AE-014: fatal, grade 5, serious for death

DEATHS = rows("""
outcome | grade 5 | serious | criterion | said
FATAL   | x       | yes     | DEATH     |
FATAL   | x       | yes     | DISABILITY| AE-013
FATAL   | x       | no      |           | AE-010 AE-013
FATAL   | x       |         |           |
FATAL   |         | yes     | DEATH     | AE-008
FATAL   |         | yes     | DISABILITY| AE-008 AE-013
UNKNOWN | x       | yes     | DEATH     | AE-008 AE-014
UNKNOWN | x       | yes     | DISABILITY| AE-008
UNKNOWN | x       | no      |           | AE-008 AE-010
UNKNOWN |         | yes     | DEATH     | AE-014
UNKNOWN |         | yes     | DISABILITY|
UNKNOWN |         | no      |           |
""")


@pytest.mark.parametrize("row", DEATHS, ids=lambda row: " ".join(value or "-" for value in row.values()))
def test_a_death_is_said_everywhere_or_nowhere(row: dict[str, str]) -> None:
    values = ENDED | {
        "outcome": row["outcome"], "serious": {"yes": True, "no": False, "": None}[row["serious"]],
        "serious_criteria": [row["criterion"]] if row["criterion"] else [],
    }  # fmt: skip
    grades = [*THREE, (5, "2026-03-09", None)] if row["grade 5"] else THREE
    assert found(values, grades) & {"AE-008", "AE-010", "AE-013", "AE-014"} == set(row["said"].split())


@pytest.mark.parametrize(
    ("grade_5", "end", "said"),
    [
        ("5@2026-03-09", "2026-03-09", set()),
        ("5@2026-03-09 08:00", "2026-03-09 09:00", set()),
        ("5@2026-03-08", "2026-03-09", {"AE-019"}),
        ("5@2026-03-09", "2026-03-08", {"AE-005"}),
        ("5@2026-03", "2026-03-09", set()),
        ("5@2026-03-08", "2026-03", set()),
        ("5@2026-03-31", "2026-04", {"AE-019"}),
        ("5@2026-03-09", "", set()),
    ],
)
def test_an_event_ends_on_the_day_of_its_grade_5(grade_5: str, end: str, said: set[str]) -> None:
    values = FATAL | moments("2026-03-05", end)
    assert found(values, [*THREE, *history(grade_5)]) & {"AE-005", "AE-019"} == said


def test_nothing_follows_grade_5_and_grade_5_may_be_all() -> None:
    assert "AE-015" in found(FATAL, [*THREE, (5, "2026-03-08", None), (5, "2026-03-09", None)])
    assert found(FATAL | {"onset_date": "2026-03-09"}, [(5, "2026-03-09", None)]) == set()


# ---- AE-004: grades that CTCAE defines for the term


def test_a_grade_is_refused_exactly_where_the_term_does_not_define_it() -> None:
    """All 837 terms and CRS and ICANS, each with each grade; what they define is compared with NCI's file elsewhere."""
    for term in TERMS.values():
        event = SimpleNamespace(term=term.name)
        refused = {g for g in range(1, 6) if ae_checks.grade_not_defined(event, [SimpleNamespace(grade=g)])}
        assert refused == {1, 2, 3, 4, 5} - set(term.grades), term.name


@pytest.mark.parametrize(
    ("term", "lowest", "highest"),
    [
        ("Alopecia", 1, 2), ("Nausea", 1, 3), ("Neutrophil count decreased", 1, 4), ("Febrile neutropenia", 3, 5),
        ("Lymphocyte count increased", 2, 3), ("Death NOS", 5, 5), ("CRS", 1, 5), ("icans", 1, 5),
    ],
)  # fmt: skip
def test_the_grades_of_some_terms(term: str, lowest: int, highest: int) -> None:
    said = ["AE-004" in found(GOING_ON | {"term": term}, [(grade, "2026-03-05", None)]) for grade in range(1, 6)]
    assert said == [not lowest <= grade <= highest for grade in range(1, 6)]


def test_one_grade_that_is_not_defined_is_enough() -> None:
    grades = [(1, "2026-03-05", None), (2, "2026-03-06", None), (3, "2026-03-07", None)]
    assert "AE-004" in found(GOING_ON | {"term": "Alopecia"}, grades)
    assert "AE-004" not in found(GOING_ON | {"term": "Alopecia"}, grades[:2])


# ---- AE-005: grades in order of time, between onset and end

ORDER = rows("""
onset            | end              | grades                                     | refused | because
2026-03-05       |                  | 1@2026-03-05, 2@2026-03-06                 |         | a day later
2026-03-05       |                  | 1@2026-03-05, 2@2026-03-05                 |         | one day, no times
2026-03-05       |                  | 1@2026-03-05 08:00, 2@2026-03-05           |         | one day, one time
2026-03-05       |                  | 1@2026-03-05 08:00, 2@2026-03-05 08:01     |         | a minute later
2026-03-05       |                  | 1@2026-03-05 08:00, 2@2026-03-05 08:00     | x       | the same minute
2026-03-05       |                  | 2@2026-03-05 08:01, 1@2026-03-05 08:00     | x       | a minute earlier
2026-03-05       |                  | 1@2026-03-05 23:59, 2@2026-03-06 00:00     |         | over midnight
2026-03-05       |                  | 1@2026-03-06 00:00, 2@2026-03-05 23:59     | x       | over midnight, backwards
2024-02-28       |                  | 1@2024-02-28, 2@2024-02-29, 3@2024-03-01   |         | over the leap day
2024-02-28       |                  | 1@2024-03-01, 2@2024-02-29                 | x       | over the leap day, backwards
2026-12-31       |                  | 1@2026-12-31, 2@2027-01-01                 |         | over the end of the year
2026-12-31       |                  | 1@2027-01-01, 2@2026-12-31                 | x       | over the end of the year, backwards
2026-03-05       |                  | 1@2026-03-05, 2@2026-03                    |         | a day of that month that may be later
2026-03-05       |                  | 1@2026-03-05, 2@2026-02                    | x       | a month that is over
2026-03-05       |                  | 1@2026-03-10, 2@2026-03, 3@2026-03-08      | x       | the first and the last, over an unknown day
2026-03-05 08:00 |                  | 1@2026-03-05 08:00                         |         | at the minute of the onset
2026-03-05 08:00 |                  | 1@2026-03-05 07:59                         | x       | a minute before the onset
2026-03-05       |                  | 1@2026-03-05 00:00                         |         | on the day of the onset
2026-03-05       |                  | 1@2026-03-04 23:59                         | x       | the day before the onset
2026-03          |                  | 1@2026-03-01                               |         | the onset may be that day
2026-03          |                  | 1@2026-02-28                               | x       | the onset cannot be that day
2026-03-05       | 2026-03-09 10:00 | 1@2026-03-05, 2@2026-03-09 10:00           |         | at the minute of the end
2026-03-05       | 2026-03-09 10:00 | 1@2026-03-05, 2@2026-03-09 10:01           | x       | a minute after the end
2026-03-05       | 2026-03-09       | 1@2026-03-05, 2@2026-03-09 23:59           |         | on the day of the end
2026-03-05       | 2026-03-09       | 1@2026-03-05, 2@2026-03-10 00:00           | x       | the day after the end
2026-03-05       | 2026-03          | 1@2026-03-05, 2@2026-03-31                 |         | the end may be that day
2026-03-05       | 2026-03          | 1@2026-03-05, 2@2026-04-01                 | x       | the end cannot be that day
""")  # noqa: E501 - a table keeps its rows whole


@pytest.mark.parametrize("row", ORDER, ids=lambda row: row["because"])
def test_grades_follow_each_other_between_onset_and_end(row: dict[str, str]) -> None:
    said = found(ENDED | moments(row["onset"], row["end"]), history(row["grades"]))
    assert ("AE-005" in said) is bool(row["refused"])


# ---- AE-016: from the onset on the grade is known


@pytest.mark.parametrize(
    ("onset", "first", "asked"),
    [
        ("2026-03-05", "1@2026-03-05", False),
        ("2026-03-05", "1@2026-03-06", True),
        ("2026-03-05 08:00", "1@2026-03-05 08:00", False),
        ("2026-03-05 08:00", "1@2026-03-05 08:01", True),
        ("2026-03-05 08:00", "1@2026-03-05", False),
        ("2026-03-05 23:59", "1@2026-03-06 00:00", True),
        ("2026-03", "1@2026-03-31", False),
        ("2026-03", "1@2026-04-01", True),
    ],
)
def test_the_first_grade_begins_with_the_onset(onset: str, first: str, *, asked: bool) -> None:
    assert ("AE-016" in found(GOING_ON | moments(onset), history(first))) is asked
