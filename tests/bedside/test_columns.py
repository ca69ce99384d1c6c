"""A column of the bedside sheet: the forms of one moment, saved all or none, with the checks every form has."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from enrollment.models import Subject
from safety.bedside.column import Typing, drafted, keep_draft, save_column, visit_of
from safety.bedside.page import opening, page_context
from safety.bedside.sheet import blocks_of, columns_of
from safety.models import CrsAssessment, IcansAssessment, VitalSigns
from tests.bedside.columns import CRS, GRADE_3, ICANS, TICKS, VITALS, browser, day_of, infused, query, sent
from tests.casebook.entering import enter
from tests.people import People
from trial_edc.audit.models import ItemChange
from trial_edc.casebook.models import Draft
from trial_edc.crf.models import FormStatus
from trial_edc.review.models import MissingReason, RuleResult

MODELS: tuple[Any, ...] = (VitalSigns, CrsAssessment, IcansAssessment)


@pytest.fixture
def subject(people: People) -> Subject:
    return infused(people)


def counts() -> list[int]:
    return [model.objects.count() for model in MODELS]


def save(people: People, subject: Subject, texts: dict[str, Any], visit: str = "D3") -> Any:
    return save_column(by=people.coordinator, subject=subject, visit=visit, sent=query(texts))


def errors_of(outcome: Any) -> dict[str, list[str]]:
    assert isinstance(outcome, Typing)
    return {
        f"{oid}-{name}": [str(each) for each in found]
        for oid, entry in outcome.entries.items()
        for name, found in entry.form.errors.items()
    }


def test_one_post_is_three_forms_of_one_moment(people: People, subject: Subject) -> None:
    day = day_of(subject, 3)
    saved = save(people, subject, sent(day) | VITALS | CRS | ICANS)
    assert [each.record.crf.oid for each in saved] == ["VS", "CRS", "ICANS"]
    for each in saved:
        record = each.record
        assert (record.visit, record.assessed_date, f"{record.assessed_time:%H:%M}") == ("D3", day, "08:00")
        assert record.status == FormStatus.COMPLETE
        assert ItemChange.objects.filter(record=record.pk, changed_by_name=people.coordinator.full_name).exists()
    grades = {each.rule: each.output["grade"] for each in RuleResult.objects.filter(subject=subject)}
    assert (grades["crs-grade"], grades["icans-grade"]) == (1, 0)


def test_a_form_nobody_began_is_not_part_of_it(people: People, subject: Subject) -> None:
    save(people, subject, sent(day_of(subject, 3)) | VITALS)
    assert counts() == [1, 0, 0]
    save(people, subject, sent(day_of(subject, 3), "14:00") | CRS)
    assert counts() == [1, 1, 0]


def test_the_same_post_twice_is_one_column(people: People, subject: Subject) -> None:
    texts = sent(day_of(subject, 3)) | VITALS | CRS | ICANS
    first, second = save(people, subject, texts), save(people, subject, texts)
    assert counts() == [1, 1, 1]
    assert [each.record.pk for each in first] == [each.record.pk for each in second]
    assert all(each.repeated for each in second)


def test_two_columns_are_numbered_one_after_the_other(people: People, subject: Subject) -> None:
    for clock in ("08:00", "14:00"):
        save(people, subject, sent(day_of(subject, 3), clock) | VITALS | CRS)
    assert sorted(CrsAssessment.objects.values_list("sequence", flat=True)) == [1, 2]


@pytest.mark.parametrize(
    ("changed", "at"),
    [
        ({"VS-temperature_c": "99"}, "VS-temperature_c"),  # outside what a thermometer shows
        ({"VS-temperature_c": "warm"}, "VS-temperature_c"),
        ({"VS-diastolic_bp": "140"}, "VS-diastolic_bp"),  # above the systolic
        ({"CRS-oxygen_support": "nasal_cannula"}, "CRS-oxygen_flow_l_min"),  # its flow decides the grade
        ({"CRS-hypotension": ""}, "CRS-hypotension"),  # required
        ({"VS-assessed_date": "31-Dec-2199"}, "VS-assessed_date"),
        ({"VS-assessed_time": "25:00"}, "VS-assessed_time"),
        ({"ice_state": ""}, "ICANS-ice_orientation"),
    ],
)
def test_one_error_keeps_the_whole_column_back(
    people: People, subject: Subject, changed: dict[str, Any], at: str
) -> None:
    outcome = save(people, subject, sent(day_of(subject, 3)) | VITALS | CRS | ICANS | changed)
    errors = errors_of(outcome)
    assert at in errors or any(key.split("-")[0] == at.split("-")[0] for key in errors), errors
    assert counts() == [0, 0, 0]
    assert not RuleResult.objects.filter(subject=subject).exists()


def test_a_value_in_doubt_is_confirmed_or_blocks_completion(people: People, subject: Subject) -> None:
    texts = sent(day_of(subject, 3)) | VITALS | {"VS-temperature_c": "41.6"}
    assert "VS-temperature_c" in errors_of(save(people, subject, texts))
    save(people, subject, texts | {"confirm-VS-TEMP-RANGE": "1"})
    assert counts() == [1, 0, 0]


def test_nothing_typed_is_no_column(people: People, subject: Subject) -> None:
    outcome = save(people, subject, sent(day_of(subject, 3)))
    assert isinstance(outcome, Typing)
    assert outcome.problem
    assert counts() == [0, 0, 0]


@pytest.mark.parametrize(
    ("ticked", "items"),
    [
        (TICKS, (4, 3, 1, 1, 1)),
        (("year", "city", "object-2", "command"), (2, 1, 1, 0, 0)),
        ((), (0, 0, 0, 0, 0)),
    ],
)
def test_ticks_are_points(people: People, subject: Subject, ticked: tuple[str, ...], items: tuple[int, ...]) -> None:
    save(people, subject, sent(day_of(subject, 3)) | ICANS | {"ice": list(ticked)})
    record = IcansAssessment.objects.get()
    names = ("ice_orientation", "ice_naming", "ice_command", "ice_writing", "ice_attention")
    assert tuple(getattr(record, name) for name in names) == items


def test_a_score_that_was_not_assessed_is_missing_and_never_zero(people: People, subject: Subject) -> None:
    save(people, subject, sent(day_of(subject, 3)) | ICANS | {"ice_state": "NOT DONE", "ice": ["year"]})
    record = IcansAssessment.objects.get()
    assert (record.ice_orientation, record.ice_attention) == (None, None)
    assert MissingReason.objects.filter(record=record.pk, code="NOT DONE").count() == 5
    assert columns_of(subject)[0].ice is None


def test_who_may_not_enter_adds_no_column(people: People, subject: Subject) -> None:
    with pytest.raises(PermissionDenied):
        save_column(by=people.monitor, subject=subject, visit="D3", sent=query(sent(day_of(subject, 3)) | VITALS))
    assert counts() == [0, 0, 0]


def test_a_grade_cannot_be_slipped_into_a_column(people: People, subject: Subject) -> None:
    texts = sent(day_of(subject, 3)) | CRS | {"CRS-investigator_grade": "0"}
    with pytest.raises(PermissionDenied):
        save(people, subject, texts)
    assert counts() == [0, 0, 0]


def test_a_draft_is_that_of_its_forms_and_comes_back(people: People, subject: Subject) -> None:
    texts = sent(day_of(subject, 3), "09:30") | {"VS-temperature_c": "38.9"} | ICANS
    kept = keep_draft(by=people.coordinator, subject=subject, visit="D3", sent=query(texts))
    assert kept is not None
    assert sorted(Draft.objects.values_list("form", flat=True)) == ["ICANS", "VS"]
    page = browser(people.coordinator).get(f"/subjects/{subject.identifier}/D3/VS/1/").content.decode()
    assert "38.9" in page
    back, _moment = drafted(people.coordinator, subject, "D3")
    assert back["VS-temperature_c"] == "38.9"
    assert back["VS-assessed_time"] == "09:30"
    assert set(back.getlist("ice")) == set(TICKS)
    assert isinstance(save(people, subject, texts | {"action": "save"}), list)
    assert not Draft.objects.exists()


def test_the_sheet_shows_what_was_given_before(people: People, subject: Subject) -> None:
    day = day_of(subject, 3)
    medication = {
        "drug": "Paracetamol", "drug_class": "ANTIPYRETIC", "start_date": f"{day:%d-%b-%Y}", "start_time": "04:00",
        "ongoing": "false", "end_date": f"{day:%d-%b-%Y}", "dose": "500", "dose_unit": "mg", "route": "ORAL",
        "frequency": "ONCE", "indication": "Fever",
    }  # fmt: skip
    enter(people.coordinator, subject, "LOG", "CM", sequence=0, **medication)
    save(people, subject, sent(day) | VITALS | CRS)
    column = columns_of(subject)[0]
    assert column.given("antipyretic") == "Paracetamol"
    assert column.given("tocilizumab") == ""
    shown = {line.label: line.cells[0] for _title, lines in blocks_of([column]) for line in lines}
    answered = shown["Antipyretic given in the last 24 hours"]
    assert (answered.text, answered.drugs, answered.denied) == ("No", "Paracetamol", True)
    assert shown["Mean arterial pressure"].text == "75"


def test_the_new_column_is_offered_what_is_known(people: People, subject: Subject) -> None:
    day = day_of(subject, 3)
    save(people, subject, sent(day) | VITALS | CRS)
    client = browser(people.coordinator)
    page = client.get(f"/bedside/{subject.identifier}/", {"add": "1", "visit": "D3"})
    typing = page.context["typing"]
    assert typing.visit == "D3"
    assert typing.entries["CRS"].record.max_temperature_c is None
    offers = {each.name: each.answer for each in page.context["offers"]}
    assert offers["CRS-antipyretic_given"] == "false"
    assert offers["CRS-crs_already_diagnosed"] == "true"
    content = page.content.decode()
    assert 'data-same="CRS-oxygen_support"' in content
    assert 'data-same="VS-temperature_c"' not in content  # a measurement is of its own time


def test_forms_of_one_minute_stand_in_columns_of_their_own(people: People, subject: Subject) -> None:
    day = day_of(subject, 2)
    for _number in range(2):
        save(people, subject, sent(day) | CRS, visit="D2")
    save(people, subject, sent(day) | VITALS, visit="D2")
    columns = columns_of(subject)
    assert [sorted(column.forms) for column in columns] == [["CRS", "VS"], ["CRS"]]


@pytest.mark.parametrize(
    ("study_day", "code"), [(0, "D0"), (3, "D3"), (14, "D14"), (15, "D14"), (18, "D17"), (28, "D28")]
)
def test_a_day_belongs_to_a_visit(people: People, study_day: int, code: str) -> None:
    subject = infused(people, days=40)
    assert visit_of(subject, day_of(subject, study_day)) == code


def test_the_page_for_everybody(people: People, subject: Subject) -> None:
    save(people, subject, sent(day_of(subject, 3)) | VITALS | CRS | GRADE_3 | ICANS)
    url = f"/bedside/{subject.identifier}/"
    for user in (people.coordinator, people.investigator, people.monitor, people.inspector):
        page = browser(user).get(url)
        assert page.status_code == 200
        content = page.content.decode()
        assert "norepinephrine" in content.casefold()
        assert ("Confirm 3" in content) is (user == people.investigator)
    assert browser(people.monitor).get(url, {"add": "1"}).status_code == 403
    assert browser(people.administrator).get(url).status_code == 403
    assert browser(people.elsewhere).get(url).status_code == 404


def test_a_refused_column_comes_back_as_it_was_typed(people: People, subject: Subject) -> None:
    texts = sent(day_of(subject, 3)) | VITALS | CRS | {"VS-temperature_c": "99", "visit": "D3"}
    page = browser(people.coordinator).post(f"/bedside/{subject.identifier}/column/", texts)
    assert page.status_code == 422
    content = page.content.decode()
    assert "Error:" in content
    assert 'href="#id_VS-temperature_c"' in content
    assert 'value="99"' in content
    assert counts() == [0, 0, 0]


def test_the_live_answer_is_the_stored_grade(people: People, subject: Subject) -> None:
    texts = sent(day_of(subject, 3)) | VITALS | CRS | GRADE_3 | {"visit": "D3"}
    client = browser(people.coordinator)
    answer = client.post(f"/bedside/{subject.identifier}/live/", texts).content.decode()
    assert "CRS grade 3" in answer
    assert '<output id="live-map">75</output>' in answer
    client.post(f"/bedside/{subject.identifier}/column/", texts)
    assert RuleResult.objects.get(rule="crs-grade").output["grade"] == 3


def test_a_subject_before_infusion_has_no_sheet(people: People) -> None:
    from tests.dosing.builders import Trial

    subject = Trial(people).slot()
    client = browser(people.coordinator)
    assert "begins with the infusion" in client.get(f"/bedside/{subject.identifier}/").content.decode()
    assert client.post(f"/bedside/{subject.identifier}/column/", {}).status_code == 409
    assert page_context(people.coordinator, subject, query({}))["columns"] == []


def test_a_column_opens_at_the_present_moment_and_nothing_else(people: People, subject: Subject) -> None:
    from django.utils import timezone

    assert set(opening(subject, timezone.now())) == {"VS-assessed_date", "VS-assessed_time"}
