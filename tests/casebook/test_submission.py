"""A form is saved once, in the name of a person, and never over somebody else's values."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied
from django.http import QueryDict

from enrollment.models import Subject
from enrollment.services import add_subject
from safety.models import AdverseEvent, CrsAssessment, GradeChange, VitalSigns
from tests.casebook.entering import enter, post
from tests.people import People
from trial_edc.audit.context import acting
from trial_edc.audit.models import ItemChange
from trial_edc.casebook import drafts
from trial_edc.casebook.place import Place
from trial_edc.casebook.submission import Conflict, Refused, Saved
from trial_edc.errors import DomainError
from trial_edc.review.models import MissingReason, Query, RuleResult, SoftConfirmation
from trial_edc.review.services import raise_query

VITALS: dict[str, Any] = {
    "assessed_date": "5nov26", "assessed_time": "0810", "temperature_c": "36,6", "systolic_bp": "120",
    "diastolic_bp": "80", "heart_rate": "72", "respiratory_rate": "16", "oxygen_saturation": "98",
}  # fmt: skip
FEVER: dict[str, Any] = {
    "assessed_date": "2026-11-05", "max_temperature_c": "39.4", "fever_other_cause": "false",
    "crs_already_diagnosed": "false", "antipyretic_given": "false", "tocilizumab_given": "true",
    "corticosteroid_given": "false", "hypotension": "true", "vasopressors": ["NOREPINEPHRINE", "VASOPRESSIN"],
    "oxygen_support": "nasal_cannula", "oxygen_flow_l_min": "3",
}  # fmt: skip
EVENT: dict[str, Any] = {
    "term": "neutrophil count decreased", "onset_date": "UN-Nov-2026", "outcome": "NOT RECOVERED/NOT RESOLVED",
    "serious": "false",
}  # fmt: skip


@pytest.fixture
def subject(people: People) -> Subject:
    return add_subject(by=people.coordinator, site=people.site)


@pytest.mark.req("R01", "R02")
def test_typed_texts_become_typed_values_and_trail_rows(people: People, subject: Subject) -> None:
    record = enter(people.coordinator, subject, "SCR", "VS", **VITALS)
    saved = VitalSigns.objects.get(pk=record.pk)
    assert saved.assessed_date is not None
    assert (str(saved.temperature_c), saved.assessed_date.isoformat(), saved.systolic_bp) == ("36.6", "2026-11-05", 120)
    change = ItemChange.objects.get(record=record.pk, field="temperature_c")
    assert (change.old, change.new, change.changed_by_name, change.chain) == (None, "36.6", "Coordinator", subject.pk)


def test_a_draft_that_arrives_after_its_page_was_saved_is_no_draft(people: People, subject: Subject) -> None:
    token, place = str(uuid4()), Place(subject, "SCR", "VS", 1)
    post(people.coordinator, subject, "SCR", "VS", token=token, **VITALS)
    for sent, kept in ((token, False), (str(uuid4()), True), ("no token", True)):
        data = QueryDict(f"token={sent}&heart_rate=83")
        drafts.keep(by=people.coordinator, place=place, data=data, version=0)
        assert (drafts.find(people.coordinator, place) is not None) is kept


@pytest.mark.req("P02")
def test_the_same_token_saves_once(people: People, subject: Subject) -> None:
    token = str(uuid4())
    first = post(people.coordinator, subject, "SCR", "VS", token=token, **VITALS)
    again = post(people.coordinator, subject, "SCR", "VS", token=token, version="0", **VITALS)
    assert isinstance(first, Saved) and isinstance(again, Saved) and again.repeated
    assert VitalSigns.objects.get().version == 1


@pytest.mark.req("R34")
def test_a_stale_version_is_a_conflict_and_the_choice_decides(people: People, subject: Subject) -> None:
    enter(people.coordinator, subject, "SCR", "VS", **VITALS)
    mine = VITALS | {"heart_rate": "128", "systolic_bp": "118"}
    outcome = post(people.coordinator, subject, "SCR", "VS", version="0", **mine)
    assert isinstance(outcome, Conflict)
    assert {(d.name, d.mine_display, d.theirs_display) for d in outcome.differing} == {
        ("heart_rate", "128", "72"), ("systolic_bp", "118", "120"),
    }  # fmt: skip
    chosen = mine | {"resolve-heart_rate": "mine", "resolve-systolic_bp": "theirs"}
    enter(people.coordinator, subject, "SCR", "VS", **chosen)
    saved = VitalSigns.objects.get()
    assert (saved.heart_rate, saved.systolic_bp) == (128, 120)


@pytest.mark.parametrize(
    ("field", "typed", "sentence"),
    [
        ("temperature_c", "warm", "Enter a number, like 36.6."),
        ("assessed_date", "31-Feb-2026", "February 2026 has 28 days."),
        ("systolic_bp", "-120", "Enter a number from 20 to 300."),
        ("diastolic_bp", "130", "Diastolic pressure must be below systolic pressure."),
        ("assessed_time", "25:00", "Enter a time from 00:00 to 23:59."),
        ("temperature_c", "36.66", "Enter at most 1 decimal places."),
    ],
)
def test_bad_input_says_what_to_enter_and_changes_nothing(
    people: People, subject: Subject, field: str, typed: str, sentence: str
) -> None:
    outcome = post(people.coordinator, subject, "SCR", "VS", **(VITALS | {field: typed}))
    assert isinstance(outcome, Refused)
    assert sentence in outcome.entry.form.errors[field]
    assert outcome.entry.form[field].value() == typed
    assert not VitalSigns.objects.exists()


def test_completion_needs_values_or_reasons_and_confirmed_doubts(people: People, subject: Subject) -> None:
    unusual = VITALS | {"systolic_bp": "78", "diastolic_bp": "44", "heart_rate": "", "action": "complete"}
    refused = post(people.coordinator, subject, "SCR", "VS", **unusual)
    assert isinstance(refused, Refused) and set(refused.entry.form.errors) == {"heart_rate", "systolic_bp"}
    record = enter(
        people.coordinator, subject, "SCR", "VS",
        **unusual,
        **{"missing-heart_rate": "NOT DONE", "confirm-VS-SYSBP-RANGE": "1", "explain-VS-SYSBP-RANGE": "in shock"},
    )  # fmt: skip
    assert record.status == "COMPLETE" and record.completed_by == people.coordinator
    assert MissingReason.objects.get(record=record.pk).code == "NOT DONE"
    assert SoftConfirmation.objects.get(record=record.pk).explanation == "in shock"


@pytest.mark.req("R08")
def test_a_change_after_completion_needs_a_reason(people: People, subject: Subject) -> None:
    enter(people.coordinator, subject, "SCR", "VS", **VITALS, action="complete")
    changed = VITALS | {"heart_rate": "80"}
    refused = post(people.coordinator, subject, "SCR", "VS", **changed)
    assert isinstance(refused, Refused) and refused.reason_error
    vague = post(people.coordinator, subject, "SCR", "VS", **changed, reason_code="OTHER", reason_text=" . ")
    assert isinstance(vague, Refused)
    enter(people.coordinator, subject, "SCR", "VS", **changed, reason_code="TRANSCRIPTION")
    assert ItemChange.objects.get(field="heart_rate", old="72").reason == "Transcription error"


@pytest.mark.req("P01")
def test_zero_and_no_are_values(people: People, subject: Subject) -> None:
    scores: dict[str, Any] = {
        "assessed_date": "2026-11-05", "ice_orientation": "0", "ice_naming": "0", "ice_command": "0",
        "ice_writing": "0", "ice_attention": "0", "consciousness": "normal", "seizure": "none",
        "deep_focal_motor_weakness": "false", "cerebral_oedema": "none", "missing-assessed_time": "UNKNOWN",
    }  # fmt: skip
    record = enter(people.coordinator, subject, "D1", "ICANS", **scores, action="complete")
    assert (record.ice_naming, record.deep_focal_motor_weakness, record.posturing) == (0, False, None)
    assert RuleResult.objects.get(root=record.pk, rule="icans-grade").output["grade"] == 3


@pytest.mark.req("R36")
def test_the_computed_grade_stands_beside_the_investigators(people: People, subject: Subject) -> None:
    record = enter(people.coordinator, subject, "D1", "CRS", **FEVER)
    computed = RuleResult.objects.get(root=record.pk, rule="crs-grade")
    assert computed.output["grade"] == 3 and "norepinephrine" in computed.because.lower()
    refused = post(people.investigator, subject, "D1", "CRS", **FEVER, investigator_grade="2")
    assert isinstance(refused, Refused) and "grade_reason" in refused.entry.form.errors
    enter(people.investigator, subject, "D1", "CRS", **FEVER, investigator_grade="2", grade_reason="sepsis explains it")
    assert CrsAssessment.objects.get().investigator_grade == 2
    assert RuleResult.objects.get(root=record.pk, rule="crs-grade").output["grade"] == 3


@pytest.mark.req("R62")
def test_a_coordinator_cannot_send_a_physicians_judgement(people: People, subject: Subject) -> None:
    with pytest.raises(PermissionDenied, match="delegated physician"):
        post(people.coordinator, subject, "D1", "CRS", **FEVER, investigator_grade="0")


@pytest.mark.req("R25", "R29")
@pytest.mark.parametrize("role", ["monitor", "data_manager", "statistician", "inspector", "administrator", "elsewhere"])
def test_others_cannot_enter(people: People, subject: Subject, role: str) -> None:
    with pytest.raises(PermissionDenied):
        post(getattr(people, role), subject, "SCR", "VS", **VITALS)


@pytest.mark.req("R02")
def test_an_event_keeps_its_grade_changes_as_rows(people: People, subject: Subject) -> None:
    rows = [{"grade": 2, "start_date": "UN-Nov-2026"}, {"grade": 4, "start_date": "20-Nov-2026"}]
    record = enter(people.coordinator, subject, "LOG", "AE", sequence=0, rows=rows, **EVENT)
    assert AdverseEvent.objects.get().term == "Neutrophil count decreased"
    assert list(GradeChange.objects.values_list("grade", "start_date")) == [(2, "2026-11"), (4, "2026-11-20")]
    assert ItemChange.objects.filter(root=record.pk, entity="AEG", field="grade").count() == 2
    second = enter(people.coordinator, subject, "LOG", "AE", sequence=0, rows=rows[:1], **EVENT)
    assert second.sequence == 2


@pytest.mark.parametrize(
    ("texts", "rows", "field", "sentence"),
    [
        ({"end_date": "1-Oct-2026", "outcome": "RECOVERED/RESOLVED"}, [], "end_date", "The end is before the onset."),
        (
            {"term": "Alopecia"}, [{"grade": 4, "start_date": "20-Nov-2026"}], "term",
            "This term does not define that grade.",
        ),
        ({"term": "Feeling odd"}, [], "term", "Choose a term of CTCAE v5.0 from the list."),
        ({"outcome": "RECOVERED/RESOLVED"}, [], "outcome", "A resolved event needs an end date."),
        ({"serious": "true"}, [], "serious", "A serious event needs at least one criterion."),
        (
            {}, [{"grade": 3, "start_date": "20-Nov-2026"}, {"grade": 2, "start_date": "12-Nov-2026"}], "onset_date",
            "The grade changes must follow each other in time, between onset and end.",
        ),
        ({"term": "Other, strange"}, [], "term", "Choose a term of CTCAE v5.0 from the list."),
        ({"treatment": "x" * 10_000}, [], "treatment", "Ensure this value has at most 500 characters (it has 10000)."),
    ],
)  # fmt: skip
def test_an_impossible_event_is_refused(
    people: People, subject: Subject, texts: dict[str, str], rows: list[dict[str, object]], field: str, sentence: str
) -> None:
    outcome = post(people.coordinator, subject, "LOG", "AE", sequence=0, rows=rows, **(EVENT | texts))
    assert isinstance(outcome, Refused)
    assert sentence in outcome.entry.form.errors[field]
    assert not AdverseEvent.objects.exists()


def test_emoji_are_text(people: People, subject: Subject) -> None:
    record = enter(people.coordinator, subject, "LOG", "AE", sequence=0, treatment="oxygen 😷", **EVENT)
    assert AdverseEvent.objects.get(pk=record.pk).treatment == "oxygen 😷"


def test_a_changed_value_answers_its_query(people: People, subject: Subject) -> None:
    record = enter(people.coordinator, subject, "SCR", "VS", **VITALS)
    query = raise_query(by=people.monitor, record=record, field="heart_rate", text="The chart shows 82.")
    enter(people.coordinator, subject, "SCR", "VS", **(VITALS | {"heart_rate": "82"}))
    query.refresh_from_db()
    assert query.state == Query.State.ANSWERED


@pytest.mark.req("R33")
def test_a_form_the_protocol_does_not_collect_there_is_refused(people: People, subject: Subject) -> None:
    with pytest.raises(DomainError, match="does not collect"):
        post(people.coordinator, subject, "SCR", "INF")


@pytest.mark.parametrize(
    ("choice", "kept"), [("mine", [(2, "2026-11-10"), (3, "2026-11-12")]), ("theirs", [(4, "2026-11-11")])]
)
def test_two_people_change_the_rows_and_one_table_is_chosen(
    people: People, subject: Subject, choice: str, kept: list[tuple[int, str]]
) -> None:
    first = [{"grade": 2, "start_date": "10-Nov-2026"}]
    record = enter(people.coordinator, subject, "LOG", "AE", sequence=0, rows=first, **EVENT)
    mine = [*first, {"grade": 3, "start_date": "12-Nov-2026"}]
    with acting(people.investigator):
        record.grade_changes.get().delete()
        GradeChange.objects.create(subject=subject, record=record, grade=4, start_date="2026-11-11")
        AdverseEvent.objects.filter(pk=record.pk).update(version=2)
    outcome = post(people.coordinator, subject, "LOG", "AE", rows=mine, version="1", **EVENT)
    assert isinstance(outcome, Conflict)
    assert [(d.name, d.mine_display, d.theirs_display) for d in outcome.differing] == [
        ("AEG", "2 10-Nov-2026; 3 12-Nov-2026", "4 11-Nov-2026")
    ]
    enter(people.coordinator, subject, "LOG", "AE", rows=mine, **EVENT, **{"resolve-AEG": choice})
    assert list(GradeChange.objects.order_by("position").values_list("grade", "start_date")) == kept
