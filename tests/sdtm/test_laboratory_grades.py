"""Laboratory rows of another study: every row is graded or counted with the reason why not."""

from __future__ import annotations

from typing import Any

import pytest

from dosing.sdtm.laboratory import grade_lines, grade_rows, totals
from dosing.sdtm.reading import LaboratoryRow

ALT: dict[str, str] = {
    "studyid": "INVENTED", "usubjid": "01", "lbtestcd": "ALT", "lborres": "30", "lborresu": "U/L", "lbornrlo": "5",
    "lbornrhi": "40", "lbdtc": "2021-03-01",
}  # fmt: skip


def row(**values: str) -> LaboratoryRow:
    known: dict[str, Any] = ALT | values
    return LaboratoryRow(line=2, **known)


@pytest.mark.parametrize(
    ("values", "term", "grade"),
    [
        ({"lborres": "41"}, "Alanine aminotransferase increased", 1),
        ({"lborres": "201"}, "Alanine aminotransferase increased", 3),
        ({"lborres": "30", "lbornrhi": ""}, "Alanine aminotransferase increased", None),
        (
            {"lbtestcd": "PLAT", "lborres": "49", "lborresu": "THOU/uL", "lbornrlo": "140", "lbornrhi": "450"},
            "Platelet count decreased",
            3,
        ),
        ({"lbtestcd": "HGB", "lborres": "7.9", "lborresu": "g/dL", "lbornrlo": "11", "lbornrhi": "16"}, "Anemia", 3),
    ],
)
def test_the_grade_of_a_row(values: dict[str, str], term: str, grade: int | None) -> None:
    found = grade_rows([row(**values)])
    assert found.grades[term] == {grade: 1}
    assert len(found.severe) == (grade == 3)


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"lbtestcd": "COLOR", "lborres": "YELLOW"}, "no term of CTCAE v5.0 for the test"),
        ({"lborres": "<5"}, "the result is no number"),
        ({"lborres": "NaN"}, "the result is no number"),
        ({"lbtestcd": "PHOS", "lborresu": "mg/dL"}, "no numeric criterion in CTCAE v5.0"),
    ],
)
def test_a_row_without_a_grade_has_its_reason(values: dict[str, str], reason: str) -> None:
    found = grade_rows([row(**values)])
    assert dict(found.without) == {reason: 1}
    assert (found.read, found.graded) == (1, 0)


def test_a_unit_the_analyte_cannot_have_is_a_reason_and_no_failure() -> None:
    found = grade_rows([row(lborresu="mmHg")])
    assert (found.graded, sum(found.without.values())) == (0, 1)


def test_an_abnormal_baseline_is_the_measure() -> None:
    base = row(lborres="100", lbblfl="Y", lbnrind="HIGH")
    found = grade_rows([base, row(lborres="130", lbdtc="2021-03-09")])
    # The baseline itself is held against the limit (2.5 times it), the later value against the baseline (1.3 times it).
    assert found.grades["Alanine aminotransferase increased"] == {1: 1, 0: 1}
    assert totals(found)[0] == 1


def test_calcium_is_corrected_for_the_albumin_of_the_moment() -> None:
    calcium = row(lbtestcd="CA", lborres="7.8", lborresu="mg/dL", lbornrlo="8.4", lbornrhi="10.3")
    albumin = row(lbtestcd="ALB", lborres="2.5", lborresu="g/dL", lbornrlo="3.3", lbornrhi="4.9")
    assert grade_rows([calcium]).grades["Hypocalcemia"][0] == 0
    assert grade_rows([calcium, albumin]).grades["Hypocalcemia"][0] == 1


def test_the_report_lists_terms_and_severe_values() -> None:
    text = "\n".join(grade_lines(grade_rows([row(lborres="201"), row(lborres="30"), row(lborres="x")]), None))
    assert "3 results, 2 graded" in text
    assert "01 2021-03-01 ALT 201 U/L: Alanine aminotransferase increased 3" in text
    assert "Grade 3 or higher: 1" in text
