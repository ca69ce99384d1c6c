"""What the rows of the source become in our forms, and what is noted instead of made up."""

from __future__ import annotations

import doctest
from pathlib import Path
from typing import Any

import pytest

from dosing.sdtm import texts
from dosing.sdtm.events import event_form, in_sequence
from dosing.sdtm.mapping import dose_levels_of, identifier_of, plan_subject, site_code_of
from dosing.sdtm.reading import DemographicsRow, EventRow, read_source
from dosing.sdtm.texts import CannotMap, FormTexts
from tests.sdtm.files import EVENT, SUBJECT, event, exposure, small_study, subject, write


def event_row(**values: str) -> EventRow:
    names = EventRow.__dataclass_fields__
    given: Any = {name.lower(): value for name, value in (EVENT | values).items() if name.lower() in names}
    return EventRow(line=2, usubjid="01-901-001", **given)


def mapped(**values: str) -> FormTexts:
    return event_form(event_row(**values))


def person(**values: str) -> DemographicsRow:
    names = DemographicsRow.__dataclass_fields__
    given: Any = {name.lower(): value for name, value in (SUBJECT | values).items() if name.lower() in names}
    return DemographicsRow(**({"line": 2, "usubjid": "01-901-001"} | given))


def sentences(form: FormTexts) -> str:
    return " ".join(str(note) for note in form.notes)


def test_an_event_without_contradictions_has_no_note() -> None:
    form = mapped()
    assert form.texts == {
        "term": "Respiratory, thoracic and mediastinal disorders - Other, specify",
        "term_specify": "RHINORRHOEA (RUNNY NOSE)",
        "onset_date": "2021-03-05",
        "end_date": "2021-03-09",
        "outcome": "RECOVERED/RESOLVED",
        "serious": "false",
        "serious_criteria": [],
        "relationship_car_t": "unlikely",
        "missing-action_taken": "UNKNOWN",
    }
    assert form.rows == [{"grade": "1", "start_date": "2021-03-05", "start_time": ""}]
    assert form.notes == []


def test_a_term_of_the_dictionary_is_used_when_class_and_grade_agree() -> None:
    form = mapped(AEDECOD="NAUSEA", AETERM="NAUSEA", AESOC="Gastrointestinal Disorders", AESEV="SEVERE")
    assert form.texts["term"] == "Nausea"
    assert "term_specify" not in form.texts


def test_a_grade_that_the_term_does_not_define_makes_it_other() -> None:
    form = mapped(AEDECOD="SYNCOPE", AETERM="FAINTED", AESOC="NERVOUS SYSTEM DISORDERS", AESEV="MODERATE")
    assert form.texts["term"] == "Nervous system disorders - Other, specify"
    assert form.texts["term_specify"] == "SYNCOPE (FAINTED)"
    assert "does not define this grade" in sentences(form)


def test_a_term_of_another_class_stays_in_the_class_of_the_source() -> None:
    form = mapped(AEDECOD="CONJUNCTIVITIS", AESOC="EYE DISORDERS")
    assert form.texts["term"] == "Eye disorders - Other, specify"
    assert "another system organ class" in sentences(form)


def test_an_unknown_class_cannot_be_mapped() -> None:
    with pytest.raises(CannotMap, match="“PRODUCT ISSUES” is not a system organ class"):
        mapped(AESOC="PRODUCT ISSUES")


@pytest.mark.parametrize(
    ("severity", "grade"), [("MILD", "1"), ("Moderate", "2"), ("SEVERE", "3"), ("LIFE THREATENING", "4")]
)
def test_severity_becomes_a_grade(severity: str, grade: str) -> None:
    assert [row["grade"] for row in mapped(AESEV=severity).rows] == [grade]


def test_a_toxicity_grade_is_preferred_to_the_severity() -> None:
    assert mapped(AETOXGR="4", AESEV="MILD").rows[0]["grade"] == "4"


def test_an_unknown_severity_gives_no_grade() -> None:
    form = mapped(AESEV="")
    assert form.rows == []
    assert "no severity" in sentences(form)


def test_partial_dates_stay_partial() -> None:
    form = mapped(AESTDTC="2021-03", AEENDTC="2021")
    assert (form.texts["onset_date"], form.texts["end_date"]) == ("2021-03", "2021")
    assert form.rows[0]["start_date"] == "2021-03"
    assert form.notes == []


def test_the_time_of_a_date_is_entered() -> None:
    form = mapped(AESTDTC="2021-03-05T14:30:00")
    assert (form.texts["onset_date"], form.texts["onset_time"]) == ("2021-03-05", "14:30")
    assert form.rows[0]["start_time"] == "14:30"


def test_a_day_without_its_month_is_noted() -> None:
    form = mapped(AESTDTC="2021---05")
    assert form.texts["onset_date"] == "2021"
    assert "AESTDTC 2021---05" in sentences(form)


def test_an_unknown_onset_has_a_reason_and_no_grade() -> None:
    form = mapped(AESTDTC="")
    assert form.texts["missing-onset_date"] == "UNKNOWN"
    assert form.rows == []
    assert "the onset is unknown" in sentences(form)


def test_resolved_without_end_leaves_the_outcome_open_and_says_so() -> None:
    form = mapped(AEENDTC="")
    assert form.texts["missing-outcome"] == "UNKNOWN"
    assert "outcome" not in form.texts and "end_date" not in form.texts
    assert "AEOUT RECOVERED/RESOLVED" in sentences(form)


def test_an_event_that_goes_on_keeps_its_outcome_and_loses_its_end() -> None:
    form = mapped(AEOUT="NOT RECOVERED/NOT RESOLVED")
    assert form.texts["outcome"] == "NOT RECOVERED/NOT RESOLVED"
    assert "end_date" not in form.texts
    assert "AEENDTC 2021-03-09" in sentences(form)


def test_a_fatal_event_has_grade_5_from_its_end_and_is_serious() -> None:
    form = mapped(AEOUT="FATAL", AESEV="SEVERE", AESLIFE="Y")
    assert [(row["grade"], row["start_date"]) for row in form.rows] == [("3", "2021-03-05"), ("5", "2021-03-09")]
    assert form.texts["serious"] == "true"
    assert form.texts["serious_criteria"] == ["DEATH", "LIFE THREATENING"]
    assert "AESER N" in sentences(form)


def test_a_fatal_event_of_one_day_has_grade_5_alone() -> None:
    form = mapped(AEOUT="FATAL", AESEV="SEVERE", AEENDTC="2021-03-05", AESER="Y", AESDTH="Y")
    assert [row["grade"] for row in form.rows] == ["5"]
    assert "AESEV SEVERE" in sentences(form)


def test_not_serious_with_a_criterion_keeps_the_conclusion_of_the_source() -> None:
    form = mapped(AESHOSP="Y")
    assert (form.texts["serious"], form.texts["serious_criteria"]) == ("false", [])
    assert "AESHOSP" in sentences(form)


def test_serious_with_criteria() -> None:
    form = mapped(AESER="Y", AESHOSP="Y", AESDISAB="Y")
    assert (form.texts["serious"], form.texts["serious_criteria"]) == ("true", ["HOSPITALIZATION", "DISABILITY"])
    assert form.notes == []


def test_serious_without_a_criterion_is_medically_important() -> None:
    form = mapped(AESER="Y")
    assert form.texts["serious_criteria"] == ["MEDICALLY IMPORTANT"]
    assert "without a criterion" in sentences(form)


@pytest.mark.parametrize(
    ("source", "ours"),
    [("NONE", "unrelated"), ("REMOTE", "unlikely"), ("POSSIBLE", "possible"), ("PROBABLE", "probable")],
)
def test_attribution(source: str, ours: str) -> None:
    assert mapped(AEREL=source).texts["relationship_car_t"] == ours


def test_attribution_that_is_empty_or_unknown_stays_open() -> None:
    for text in ("", "MAYBE"):
        form = mapped(AEREL=text)
        assert form.texts["missing-relationship_car_t"] == "UNKNOWN"
        assert "No attribution" in sentences(form)


def test_events_come_in_the_order_of_their_numbers() -> None:
    rows = [event_row(AESEQ=number) for number in ("10.0", "2.0", "x", "1")]
    assert [row.aeseq for row in in_sequence(rows)] == ["1", "2.0", "10.0", "x"]


def test_arms_become_levels_in_the_order_of_their_highest_dose(tmp_path: Path) -> None:
    assert dose_levels_of(read_source(small_study(tmp_path))) == {"ZERO": 1, "LOW": 2, "HIGH": 3}


def test_a_fourth_arm_has_no_level(tmp_path: Path) -> None:
    names = ["01-901-001", "01-901-002", "01-901-003", "01-901-004"]
    write(
        tmp_path,
        dm=[subject(name, ACTARMCD=f"ARM{name[-1]}") for name in names],
        ex=[exposure(name, EXDOSE=str(number)) for number, name in enumerate(names)],
    )
    source = read_source(tmp_path)
    levels = dose_levels_of(source)
    assert plan_subject(source, source.dm[2], levels).level == 3
    with pytest.raises(CannotMap, match="Arm ARM4 has no dose level"):
        plan_subject(source, source.dm[3], levels)


def test_identifier_without_the_name_of_the_study() -> None:
    assert identifier_of(person(USUBJID="INVENTED-01-901-001")) == "01-901-001"


@pytest.mark.parametrize("name", ["01-901-0000001", "=1+1", "01/901", "", "../x"])
def test_identifiers_that_do_not_fit(name: str) -> None:
    with pytest.raises(CannotMap, match="USUBJID"):
        identifier_of(person(USUBJID=name))


@pytest.mark.parametrize("code", ["", "9011", "9 1"])
def test_site_codes_that_do_not_fit(code: str) -> None:
    with pytest.raises(CannotMap, match="SITEID"):
        site_code_of(person(SITEID=code))


def test_events_with_one_number_cannot_be_mapped(tmp_path: Path) -> None:
    write(tmp_path, dm=[subject("01-901-001")], ae=[event("01-901-001"), event("01-901-001", AESEQ="1")])
    source = read_source(tmp_path)
    with pytest.raises(CannotMap, match="AESEQ"):
        plan_subject(source, source.dm[0], {})


def test_the_examples_of_dates_hold() -> None:
    ran = doctest.testmod(texts)
    assert ran.attempted >= 3
    assert ran.failed == 0
