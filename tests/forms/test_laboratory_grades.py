"""Beside a laboratory form: results out of range, CTCAE grades, and the events they ask for."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from enrollment.models import Subject
from enrollment.services import add_subject
from safety.laboratory import baseline_for, baseline_values, lab_values
from safety.laboratory_grades import grades_of, without_event
from safety.laboratory_panels import grade_panel, range_panel, rcl_panel
from safety.models import Chemistry, ChemistryResult, Haematology, HaematologyResult, Immunology, NormalRange
from safety.range_services import add_range
from tests.casebook.entering import enter
from tests.forms.samples import SAMPLE, counts, result_rows
from tests.people import People
from tests.rules.tables import rows
from trial_edc.review.models import RuleResult

RULE = "ctcae-lab-grade"


@pytest.fixture
def subject(people: People) -> Subject:
    return add_subject(by=people.coordinator, site=people.site)


def result(code: str, value: str, unit: str = "", low: str = "", high: str = "", **more: Any) -> Any:
    model = (
        ChemistryResult if code in dict(ChemistryResult._meta.get_field("analyte").flatchoices) else HaematologyResult
    )
    return model(analyte=code, value=value, unit=unit, range_low=low, range_high=high, **more)


def grades(rows_of_form: list[Any], baseline: list[Any] | None = None) -> dict[str, int | None]:
    base = {value.analyte: value for value in lab_values(baseline or [])}
    return {grade.term: grade.grade for grade in grades_of(rows_of_form, base)}


# --- rows as values


def test_a_row_becomes_a_plain_value() -> None:
    (value,) = lab_values([result("HGB", "<7.5", "g/dL", "11.5", "15.0"), result("WBC", ""), result("NEUT", "low")])
    assert (value.analyte, value.text, value.censored, value.value.number) == ("HGB", "<7.5", True, Decimal("7.5"))
    assert value.canonical is not None
    assert (value.canonical.number, value.canonical.comparator, value.canonical_unit) == (Decimal("75.0"), "<", "g/L")
    assert (value.low, value.high, value.position.value) == (Decimal("11.5"), Decimal("15.0"), "low")


def test_without_a_unit_there_is_no_canonical_value() -> None:
    (value,) = lab_values([result("HGB", "75")])
    assert value.canonical is None and grades([result("HGB", "75")]) == {}


# --- grades

GRADES = rows("""
analyte | value | unit    | low  | high | term                               | grade
NEUT    | 0.3   | 10^9/L  | 1.8  | 6.3  | Neutrophil count decreased         | 4
NEUT    | 300   | /uL     | 1800 | 6300 | Neutrophil count decreased         | 4
NEUT    | 1.7   | 10^9/L  | 1.8  | 6.3  | Neutrophil count decreased         | 1
NEUT    | 1.8   | 10^9/L  | 1.8  | 6.3  | Neutrophil count decreased         | 0
NEUT    | 1.7   | 10^9/L  |      |      | Neutrophil count decreased         | -
NEUT    | <0.5  | 10^9/L  | 1.8  | 6.3  | Neutrophil count decreased         | 4
NEUT    | >0.5  | 10^9/L  | 1.8  | 6.3  | Neutrophil count decreased         | -
NEUT    | <0    | 10^9/L  | 1.8  | 6.3  | Neutrophil count decreased         | -
NEUT    | 0     | 10^9/L  | 1.8  | 6.3  | Neutrophil count decreased         | 4
HGB     | 7.9   | g/dL    | 11.5 | 15   | Anemia                             | 3
ALT     | 801   | U/L     | 7    | 40   | Alanine aminotransferase increased | 4
K       | 7.1   | mmol/L  | 3.5  | 5.3  | Hyperkalemia                       | 4
LIPASET | 301   | U/L     | 13   | 60   | Lipase increased                   | 3
CAION   | 0.79  | mmol/L  | 1.15 | 1.29 | Hypocalcemia                       | 4
ALT     | 50    | U/L     | 50   | 40   | Alanine aminotransferase increased | -
""")


@pytest.mark.parametrize("row", GRADES, ids=lambda row: f"{row['analyte']} {row['value']} {row['unit']}")
def test_the_grade_of_a_row(row: dict[str, str]) -> None:
    found = grades([result(row["analyte"], row["value"], row["unit"], row["low"], row["high"])])
    assert found[row["term"]] == (None if row["grade"] == "-" else int(row["grade"]))


@pytest.mark.parametrize("code", ["GLUC", "PHOS", "CRP", "UREA", "MONO"])
def test_what_ctcae_has_no_number_for_is_not_graded_too_high(code: str) -> None:
    unit = {"CRP": "mg/L", "MONO": "10^9/L"}.get(code, "mmol/L")
    assert set(grades([result(code, "40", unit, "1", "2")])) <= {"Hypoglycemia"}


def test_an_abnormal_baseline_is_the_measure() -> None:
    now = [result("ALT", "150", "U/L", "7", "40")]
    assert grades(now) == {"Alanine aminotransferase increased": 2}
    assert grades(now, [result("ALT", "100", "U/L", "7", "40")]) == {"Alanine aminotransferase increased": 1}
    assert grades(now, [result("ALT", "1.7", "ukat/L", "0.1", "0.7")]) == {"Alanine aminotransferase increased": 0}
    assert grades(now, [result("ALT", "30", "U/L", "7", "40")]) == {"Alanine aminotransferase increased": 2}


@pytest.mark.parametrize("base", [("<100", "U/L"), ("0", "U/L"), ("100", "")], ids=["censored", "0", "without unit"])
def test_a_baseline_that_cannot_be_compared_counts_as_unknown(base: tuple[str, str]) -> None:
    now = [result("ALT", "150", "U/L", "7", "40")]
    assert grades(now, [result("ALT", *base, "7", "40")]) == {"Alanine aminotransferase increased": 2}


CALCIUM = rows("""
calcium | unit   | albumin | unit_of_albumin | low  | high | grade | remark
1.90    | mmol/L | 25      | g/L             | 2.11 | 2.52 | 0     | Corrected for albumin 25 g/L
1.90    | mmol/L | 2.5     | g/dL            | 2.11 | 2.52 | 0     | Corrected for albumin 2.5 g/dL
7.6     | mg/dL  | 25      | g/L             | 8.46 | 10.1 | 0     | Corrected for albumin
1.90    | mmol/L | 40      | g/L             | 2.11 | 2.52 | 2     |
1.90    | mmol/L |         |                 | 2.11 | 2.52 | 2     | Not corrected for albumin: this sample has no value
1.90    | mmol/L | <10     | g/L             | 2.11 | 2.52 | 2     | Not corrected for albumin: this sample has no value
<1.90   | mmol/L | 25      | g/L             | 2.11 | 2.52 | 2     | Not corrected for albumin.
""")


@pytest.mark.parametrize("row", CALCIUM, ids=lambda row: f"{row['calcium']} {row['unit']} {row['albumin'] or 'none'}")
def test_calcium_is_corrected_for_the_albumin_of_the_sample(row: dict[str, str]) -> None:
    sample = [result("CA", row["calcium"], row["unit"], row["low"], row["high"])]
    if row["albumin"]:
        sample.append(result("ALB", row["albumin"], row["unit_of_albumin"], "", ""))
    found = next(grade for grade in grades_of(sample, {}) if grade.term == "Hypocalcemia")
    assert found.grade == int(row["grade"]), found.because
    assert row["remark"] in found.because


# --- baseline


def test_the_baseline_is_the_last_value_before_treatment(people: People, subject: Subject) -> None:
    enter(people.coordinator, subject, "SCR", "HEM", **counts(NEUT=("2.0", "10^9/L", "1.8", "6.3")))
    enter(people.coordinator, subject, "BL", "HEM", **counts(NEUT=("4.0", "10^9/L", "1.8", "6.3"), LYM=("", "")))
    found = baseline_values(subject)
    assert (found["NEUT"].text, found["LYM"].text, found.get("RETI")) == ("4.0", "1.5", None)
    assert baseline_for(Haematology(subject=subject, visit="D3")) == found
    assert [baseline_for(Haematology(subject=subject, visit=visit)) for visit in ("SCR", "APH", "BL")] == [{}, {}, {}]


# --- panels


def test_the_range_panel_lists_what_is_out_of_range(people: People, subject: Subject) -> None:
    record = Haematology(subject=subject, visit="D3", collected_date=date(2026, 3, 10))
    sample = [
        result("NEUT", "0.3", "10^9/L", "1.8", "6.3", clinically_significant=True),
        result("HGB", "131", "g/L", "115", "150"), result("WBC", "12", "10^9/L", "3.5", "9.5"),
        result("PLAT", "200", "10^9/L"), result("LYM", ""),
    ]  # fmt: skip
    panel = range_panel(record, sample)
    assert panel is not None and str(panel.title) == "2 of 4 results out of range"
    assert [(str(r.label), str(r.value), str(r.detail), r.driving) for r in panel.rows] == [
        ("Neutrophils", "0.3 ×10⁹/L low", "normal 1.8–6.3", True),
        ("Leucocytes", "12 ×10⁹/L high", "normal 3.5–9.5", True),
        ("Clinical significance not answered", "1", "Leucocytes", False),
        ("Without a result", "1", "Lymphocytes", False),
    ]
    assert panel.because == "Cannot be compared with a range: Platelets."


def test_the_range_panel_says_when_all_is_well_and_is_silent_without_results(subject: Subject) -> None:
    record = Haematology(subject=subject, visit="D3")
    panel = range_panel(record, [result("HGB", "131", "g/L", "115", "150"), HaematologyResult()])
    assert panel is not None and (panel.grade, panel.rows) == ("✓", [])
    assert range_panel(record, [HaematologyResult(), result("HGB", "")]) is None
    assert grade_panel(record, [HaematologyResult()]) is None


def test_the_range_panel_names_the_sites_range_of_that_day(people: People, subject: Subject) -> None:
    normal = NormalRange(
        site=people.site, analyte="HGB", unit="g/L", low=Decimal(115), high=Decimal(150), valid_from=date(2026, 1, 1),
        source="manual",
    )  # fmt: skip
    add_range(by=people.data_manager, wanted=normal)
    record = Haematology(subject=subject, visit="D3", collected_date=date(2026, 3, 10))
    typed, same = result("HGB", "112", "g/L", "110", "150"), result("HGB", "112", "g/L", "115", "150.0")
    panel = range_panel(record, [typed])
    assert panel is not None
    assert [str(row.detail) for row in panel.rows] == ["The site's range of that day is 115–150 g/L."]
    for day, sample, lines in ((date(2025, 12, 31), typed, 0), (date(2026, 3, 10), same, 2), (None, typed, 0)):
        record.collected_date = day
        shown = range_panel(record, [sample])
        assert shown is not None and len(shown.rows) == lines


def test_the_grade_panel_says_the_grade_and_asks_for_the_event(people: People, subject: Subject) -> None:
    record = Haematology(subject=subject, visit="D3", collected_date=date(2026, 3, 10))
    sample = [
        result("NEUT", "0.3", "10^9/L", "1.8", "6.3"), result("HGB", "110", "g/L", "115", "150"),
        result("PLAT", "200", "10^9/L"),
    ]  # fmt: skip
    panel = grade_panel(record, sample)
    assert panel is not None
    assert (panel.grade, str(panel.title)) == (4, "CTCAE grade 4")
    lines = [(str(row.label), str(row.value), row.driving) for row in panel.rows]
    assert lines == [
        ("Neutrophils 0.3", "CTCAE grade 4", True),
        ("Haemoglobin 110", "CTCAE grade 1", False),
        ("Neutrophil count decreased", "Create the event", True),
    ]
    assert str(panel.rows[2].detail) == "grade ≥ 3 without AE"
    address = panel.rows[2].link
    assert "/LOG/AE/?term=Neutrophil+count+decreased&onset_date=10-Mar-2026" in address
    assert "AEG-0-grade=4&AEG-0-start_date=10-Mar-2026" in address
    assert "0.3 10^9/L is below 0.5 10^9/L" in str(panel.rows[0].detail)
    assert panel.because == "Cannot be graded: Platelets. A missing unit or limit leaves the grade open."


def test_the_grade_panel_without_a_grade(subject: Subject) -> None:
    record = Haematology(subject=subject, visit="D3")
    panel = grade_panel(record, [result("HGB", "131", "g/L", "115", "150")])
    assert panel is not None and (panel.grade, panel.rows, panel.link) == (0, [], "")
    assert grade_panel(Chemistry(subject=subject, visit="D3"), [result("CRP", "3", "mg/L", "", "5")]) is None


EVENTS = rows("""
onset       | end         | outcome                    | asks
01-Mar-2026 |             | NOT RECOVERED/NOT RESOLVED | no
10-Mar-2026 | 10-Mar-2026 | RECOVERED/RESOLVED         | no
11-Mar-2026 |             | NOT RECOVERED/NOT RESOLVED | yes
01-Mar-2026 | 09-Mar-2026 | RECOVERED/RESOLVED         | yes
UN-Mar-2026 |             | NOT RECOVERED/NOT RESOLVED | no
UN-Apr-2026 |             | NOT RECOVERED/NOT RESOLVED | yes
""")


@pytest.mark.parametrize("row", EVENTS, ids=lambda row: f"{row['onset']} {row['end'] or 'open'}")
def test_an_event_of_that_day_answers_the_question(people: People, subject: Subject, row: dict[str, str]) -> None:
    event = {
        "term": "Neutrophil count decreased",
        "onset_date": row["onset"],
        "outcome": row["outcome"],
        "serious": "false",
    }
    event |= {"end_date": row["end"]} if row["end"] else {}
    grade = [{"grade": 4, "start_date": row["onset"]}]
    enter(people.coordinator, subject, "LOG", "AE", sequence=0, rows=grade, **event)
    severe = grades_of([result("NEUT", "0.3", "10^9/L", "1.8", "6.3")], {})
    asked = [found.term for found in without_event(subject, severe, date(2026, 3, 10))]
    assert asked == (["Neutrophil count decreased"] if row["asks"] == "yes" else [])
    assert without_event(subject, severe, None) == []


def test_an_event_of_another_term_or_subject_does_not_answer_it(people: People, subject: Subject) -> None:
    other = add_subject(by=people.coordinator, site=people.site)
    event = {"onset_date": "01-Mar-2026", "outcome": "NOT RECOVERED/NOT RESOLVED", "serious": "false"}
    grade = [{"grade": 4, "start_date": "01-Mar-2026"}]
    for who, term in ((subject, "Platelet count decreased"), (other, "Neutrophil count decreased")):
        enter(people.coordinator, who, "LOG", "AE", sequence=0, rows=grade, term=term, **event)
    severe = grades_of([result("NEUT", "0.3", "10^9/L", "1.8", "6.3")], {})
    assert [found.term for found in without_event(subject, severe, date(2026, 3, 10))] == ["Neutrophil count decreased"]
    mild = grades_of([result("NEUT", "1.2", "10^9/L", "1.8", "6.3")], {})
    assert without_event(subject, mild, date(2026, 3, 10)) == []


# --- stored beside the form


def test_the_grades_are_stored_with_rule_inputs_and_reason(people: People, subject: Subject) -> None:
    low = counts(NEUT=("0.3", "10^9/L", "1.8", "6.3"))
    record = enter(people.coordinator, subject, "D3", "HEM", **low)
    stored = RuleResult.objects.get(root=record.pk)
    assert (stored.rule, stored.rule_version, stored.subject_id) == (RULE, "1.0.0", subject.pk)
    assert (stored.output["highest"], stored.because) == (4, "Highest grade 4: Neutrophil count decreased.")
    assert [row[:3] for row in stored.output["grades"]] == [["NEUT", "Neutrophil count decreased", 4]]
    assert ["NEUT", "0.3", "10^9/L", "1.8–6.3"] in stored.inputs["results"]


def test_a_changed_baseline_changes_the_stored_grades(people: People, subject: Subject) -> None:
    def chemistry(alt: str) -> dict[str, Any]:
        return SAMPLE | {"fasting": "true"} | result_rows("CHEM", {"ALT": (alt, "U/L", "7", "40")})

    later = enter(people.coordinator, subject, "D3", "CHEM", **chemistry("150"))
    assert RuleResult.objects.get(root=later.pk).output["highest"] == 2
    base = enter(people.coordinator, subject, "BL", "CHEM", **chemistry("100"))
    assert RuleResult.objects.get(root=later.pk).output["highest"] == 1
    assert RuleResult.objects.get(root=later.pk).inputs["baseline"] == [["ALT", "100", "U/L", "7–40"]]
    assert RuleResult.objects.get(root=base.pk).output["highest"] == 1
    assert RuleResult.objects.get(root=base.pk).inputs["baseline"] == []


def test_no_grade_says_so(people: People, subject: Subject) -> None:
    record = enter(people.coordinator, subject, "D3", "HEM", **counts())
    stored = RuleResult.objects.get(root=record.pk)
    assert (stored.output["highest"], stored.because) == (0, "No result has a grade of 1 or above.")


# --- RCL


@pytest.mark.parametrize(
    ("found", "alarm"), [("POSITIVE", True), ("NEGATIVE", False), ("INDETERMINATE", False), ("", False)]
)
def test_a_positive_rcl_raises_the_alarm(found: str, alarm: bool) -> None:
    panel = rcl_panel(Immunology(rcl=found), [])
    assert (panel is not None) is alarm
    if panel is not None:
        assert str(panel.title) == "Positive RCL: notify sponsor at once" and panel.grade == "!"
