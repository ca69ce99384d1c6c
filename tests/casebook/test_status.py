"""The status of forms and visits, from the pure rules and from the database."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from enrollment.models import Subject
from tests.casebook.entering import enter
from tests.people import PASSWORD, People
from trial_edc.audit.context import acting
from trial_edc.casebook.models import Draft
from trial_edc.casebook.rendering.status import CLASSES, STATUS_LOOKS, WORDS
from trial_edc.casebook.selectors.expected import ExpectedForm, expected_forms
from trial_edc.casebook.selectors.facts import NO_QUERIES, read_facts
from trial_edc.casebook.selectors.status import Casebook, FormState, casebook, form_status, visit_status
from trial_edc.casebook.signing import sign_record
from trial_edc.protocol import status as s
from trial_edc.review.services import move_query, raise_query, verify_items

VITALS = {
    "assessed_date": "2025-03-03", "assessed_time": "08:00", "temperature_c": "36.6", "systolic_bp": "120",
    "diastolic_bp": "80", "heart_rate": "70", "respiratory_rate": "14", "oxygen_saturation": "98",
}  # fmt: skip


@pytest.mark.parametrize(
    ("found", "required", "drafted", "empty", "expected"),
    [
        ([], 1, False, s.NOT_DUE, s.NOT_DUE),
        ([], 1, False, s.NOT_STARTED, s.NOT_STARTED),
        ([], 1, False, s.OVERDUE, s.OVERDUE),
        ([], 1, True, s.NOT_STARTED, s.IN_PROGRESS),
        ([], 1, True, s.OVERDUE, s.OVERDUE),
        ([], 0, False, s.OVERDUE, s.NOT_STARTED),
        ([], 0, True, s.OVERDUE, s.IN_PROGRESS),
        ([], 1, False, s.NOT_DONE, s.NOT_DONE),
        ([s.IN_PROGRESS], 1, False, s.NOT_STARTED, s.IN_PROGRESS),
        ([s.IN_PROGRESS], 1, False, s.OVERDUE, s.OVERDUE),
        ([s.IN_PROGRESS], 0, False, s.OVERDUE, s.IN_PROGRESS),
        ([s.NOT_DONE], 4, False, s.OVERDUE, s.NOT_DONE),
        ([s.NOT_DONE], 4, True, s.NOT_STARTED, s.IN_PROGRESS),
        ([s.NOT_DONE, s.COMPLETE], 4, False, s.NOT_STARTED, s.IN_PROGRESS),
        ([s.NOT_DONE, s.COMPLETE], 2, False, s.OVERDUE, s.COMPLETE),
        ([s.COMPLETE], 1, False, s.OVERDUE, s.COMPLETE),
        ([s.COMPLETE], 4, False, s.NOT_STARTED, s.IN_PROGRESS),
        ([s.COMPLETE] * 3, 4, False, s.OVERDUE, s.OVERDUE),
        ([s.COMPLETE] * 4, 4, False, s.OVERDUE, s.COMPLETE),
        ([s.SIGNED, s.VERIFIED], 2, False, s.OVERDUE, s.VERIFIED),
        ([s.LOCKED], 1, False, s.NOT_DUE, s.LOCKED),
    ],
)
def test_the_status_of_a_form(found: list[s.Status], required: int, drafted: bool, empty: Any, expected: Any) -> None:
    assert form_status(found, required=required, drafted=drafted, empty=empty) is expected


def _state(status: s.Status, *, required: bool = True, begun: bool = False) -> FormState:
    return FormState(ExpectedForm("X", "X", required, int(required), False), status, (), NO_QUERIES, begun)


@pytest.mark.parametrize(
    ("forms", "expected"),
    [
        ([_state(s.COMPLETE), _state(s.VERIFIED)], s.COMPLETE),
        ([_state(s.COMPLETE), _state(s.OVERDUE)], s.OVERDUE),
        ([_state(s.COMPLETE, begun=True), _state(s.NOT_STARTED)], s.IN_PROGRESS),
        ([_state(s.NOT_STARTED), _state(s.NOT_STARTED)], s.NOT_STARTED),
        ([_state(s.SIGNED), _state(s.NOT_STARTED, required=False)], s.SIGNED),
        ([_state(s.SIGNED), _state(s.IN_PROGRESS, required=False, begun=True)], s.IN_PROGRESS),
        ([_state(s.NOT_EXPECTED), _state(s.NOT_EXPECTED)], s.NOT_EXPECTED),
        ([_state(s.NOT_EXPECTED), _state(s.COMPLETE)], s.COMPLETE),
        ([_state(s.NOT_STARTED, required=False)], s.NOT_DUE),
    ],
)
def test_a_visit_takes_the_state_of_its_least_finished_form(forms: list[FormState], expected: s.Status) -> None:
    assert visit_status(forms, empty=s.NOT_STARTED, not_done=False) is expected


def test_one_dictionary_of_words_icons_and_colours() -> None:
    every = (*s.STATUSES.values(), s.NOT_EXPECTED, *s.SLOT_STATUSES)
    for state in every:
        look = STATUS_LOOKS[state.code.lower()]
        assert (look.icon, str(look.word)) == (state.icon, state.word)
        assert state.colour in CLASSES
    assert {str(word) for word in WORDS} == {state.word for state in every}


@pytest.fixture
def subject(people: People) -> Subject:
    with acting(people.coordinator):
        return Subject.objects.create(identifier="01-001", site=people.site, infused_at=timezone.now())


def _form(book: Casebook, visit: str, oid: str) -> FormState:
    state = book.at(visit)
    assert state is not None
    return next(form for form in state.forms if form.form.oid == oid)


def test_a_form_walks_from_draft_to_signature_and_back(people: People, subject: Subject) -> None:
    def shown() -> s.Status:
        return _form(casebook(subject), "D28", "VS").status

    assert shown() is s.NOT_DUE
    Draft.objects.create(user=people.coordinator, subject=subject, form="VS", visit="D28", sequence=0, data="{}")
    assert shown() is s.IN_PROGRESS
    Draft.objects.all().delete()
    record = enter(people.coordinator, subject, "D28", "VS", **VITALS)
    assert shown() is s.IN_PROGRESS
    record = enter(people.coordinator, subject, "D28", "VS", **VITALS, action="complete")
    assert shown() is s.COMPLETE
    verify_items(by=people.monitor, record=record, fields={"temperature_c"})
    assert shown() is s.COMPLETE
    verify_items(by=people.monitor, record=record)
    assert shown() is s.VERIFIED
    sign_record(by=people.investigator, record=record, version=record.version, password=PASSWORD)
    assert shown() is s.SIGNED
    changed = VITALS | {"temperature_c": "37.0", "reason_code": "SOURCE"}
    enter(people.coordinator, subject, "D28", "VS", **changed)
    assert shown() is s.COMPLETE


def test_queries_are_counted_where_they_stand(people: People, subject: Subject) -> None:
    record = enter(people.coordinator, subject, "D3", "VS", **VITALS)
    query = raise_query(by=people.monitor, record=record, field="heart_rate", text="Please check.")
    facts = read_facts([subject.pk])
    assert facts.queries_at[subject.pk, "D3"] == (1, 0) == facts.queries[record.pk]
    move_query(by=people.coordinator, query=query, to="answered", text="Checked.")
    assert read_facts([subject.pk]).queries[record.pk] == (0, 1)
    move_query(by=people.monitor, query=query, to="closed", text="Thank you.")
    assert record.pk not in read_facts([subject.pk]).queries


def test_facts_of_other_subjects_stay_out(people: People, subject: Subject) -> None:
    with acting(people.coordinator):
        other = Subject.objects.create(identifier="01-002", site=people.site)
    enter(people.coordinator, other, "SCR", "VS", **VITALS)
    assert not read_facts([subject.pk]).records


def test_only_registered_forms_are_expected_and_logs_stand_by_themselves() -> None:
    oids = [form.oid for form in expected_forms("D3")]
    assert "VS" in oids and "AE" not in oids
    assert next(form for form in expected_forms("D3") if form.oid == "VS").records == 4
    assert next(form for form in expected_forms("D3") if form.oid == "DLT").required is False


def test_seven_queries_whatever_the_number_of_subjects(
    people: People, subject: Subject, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(7):
        read_facts([subject.pk])
