"""A rule asks once, stays quiet about what a person has settled, and takes its question back by itself."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, transaction

from enrollment.models import Subject
from safety.models import VitalSigns
from tests.casebook.entering import enter
from tests.people import People
from trial_edc.audit.context import acting, system_user
from trial_edc.review.models import Query
from trial_edc.review.services import cancel_by_rule, move_query, raise_by_rule

RULE = {"field": "heart_rate", "rule": "some-rule"}
CRS: dict[str, Any] = {
    "assessed_date": "2026-11-05", "max_temperature_c": "39.4", "fever_other_cause": "false",
    "crs_already_diagnosed": "false", "antipyretic_given": "false", "tocilizumab_given": "false",
    "corticosteroid_given": "false", "hypotension": "false", "oxygen_support": "none",
}  # fmt: skip
ICANS: dict[str, Any] = {
    "assessed_date": "2026-11-05", "ice_orientation": "4", "ice_naming": "3", "ice_command": "1", "ice_writing": "1",
    "ice_attention": "1", "consciousness": "normal", "seizure": "none", "deep_focal_motor_weakness": "false",
    "cerebral_oedema": "none",
}  # fmt: skip


def said(query: Query) -> list[str]:
    return list(query.messages.values_list("text", flat=True))


def test_a_rule_asks_once_while_unresolved(people: People, vitals: VitalSigns) -> None:
    query = raise_by_rule(record=vitals, text="72 is odd.", **RULE)
    assert query is not None
    assert (query.origin, query.rule, query.state, query.opened_by.is_system) == ("rule", "some-rule", "open", True)
    assert raise_by_rule(record=vitals, text="72 is odd.", **RULE) is None
    move_query(by=people.coordinator, query=query, to="answered", text="It is right.")
    assert raise_by_rule(record=vitals, text="72 is odd.", **RULE) is None
    assert raise_by_rule(record=vitals, text="72 is odd.", field="heart_rate", rule="other-rule") is not None
    assert raise_by_rule(record=vitals, text="72 is odd.", field="temperature_c", rule="some-rule") is not None
    assert Query.objects.count() == 3


def test_another_finding_goes_into_the_same_conversation(people: People, vitals: VitalSigns) -> None:
    query = raise_by_rule(record=vitals, text="72 is odd.", **RULE)
    assert query is not None
    assert raise_by_rule(record=vitals, text="73 is odd.", **RULE) == query
    query.refresh_from_db()
    assert (query.state, query.reopened, said(query)) == ("open", 0, ["72 is odd.", "73 is odd."])
    move_query(by=people.coordinator, query=query, to="answered", text="Corrected.")
    query.refresh_from_db()
    assert query.assigned_role == "data-manager"
    assert raise_by_rule(record=vitals, text="74 is odd.", **RULE) == query
    query.refresh_from_db()
    assert (query.state, query.reopened) == ("open", 1)


def test_what_a_person_closed_is_not_asked_again_in_the_same_words(people: People, vitals: VitalSigns) -> None:
    query = raise_by_rule(record=vitals, text="72 is odd.", **RULE)
    assert query is not None
    move_query(by=people.data_manager, query=query, to="closed", text="It is right.")
    assert raise_by_rule(record=vitals, text="72 is odd.", **RULE) is None
    again = raise_by_rule(record=vitals, text="73 is odd.", **RULE)
    assert again is not None and again.pk != query.pk


@pytest.mark.parametrize("answered", [False, True])
def test_the_rule_takes_its_question_back(people: People, vitals: VitalSigns, answered: bool) -> None:
    query = raise_by_rule(record=vitals, text="72 is odd.", **RULE)
    assert query is not None
    if answered:
        move_query(by=people.coordinator, query=query, to="answered", text="Corrected.")
    assert cancel_by_rule(record=vitals, text="No longer odd.", **RULE) == 1
    assert cancel_by_rule(record=vitals, text="No longer odd.", **RULE) == 0
    query.refresh_from_db()
    assert query.state == "cancelled" and said(query)[-1] == "No longer odd."
    again = raise_by_rule(record=vitals, text="72 is odd.", **RULE)
    assert again is not None and again.pk != query.pk


def test_the_database_keeps_one_unresolved_query_per_rule(people: People, vitals: VitalSigns) -> None:
    query = raise_by_rule(record=vitals, text="72 is odd.", **RULE)
    assert query is not None
    twin = Query.objects.get(pk=query.pk)
    twin.pk, twin.number = None, 99
    twin._state.adding = True
    with pytest.raises(IntegrityError), transaction.atomic(), acting(system_user(), "test", source="command"):
        twin.save(force_insert=True)


def test_an_edit_check_is_named_as_one(people: People, vitals: VitalSigns) -> None:
    query = raise_by_rule(record=vitals, field="systolic_bp", rule="VS-SYSBP-RANGE", text="Outside the range.")
    assert query is not None and query.origin == "check"


@pytest.mark.parametrize(("oid", "texts"), [("CRS", CRS), ("ICANS", ICANS)])
def test_a_grade_that_differs_is_asked_about_until_it_agrees(
    people: People, subject: Subject, oid: str, texts: dict[str, Any]
) -> None:
    computed = "1" if oid == "CRS" else "0"
    reason = {"grade_reason": "Seen on the ward."}
    enter(people.investigator, subject, "UNS", oid, **texts, investigator_grade="3", **reason)
    query = Query.objects.get()
    assert (query.field, query.state, query.origin) == ("investigator_grade", "open", "rule")
    assert said(query)[0].startswith(f"The investigator's grade is 3; the findings on this form mean grade {computed}.")
    enter(people.investigator, subject, "UNS", oid, **texts, investigator_grade="2", **reason)
    query.refresh_from_db()
    assert (query.state, query.reopened) == ("open", 1) and "grade is 2;" in said(query)[-1]
    enter(people.investigator, subject, "UNS", oid, **texts, investigator_grade=computed, **reason)
    query.refresh_from_db()
    assert query.state == "cancelled" and "no longer differ" in said(query)[-1]


def test_no_grade_is_no_difference(people: People, subject: Subject) -> None:
    enter(people.coordinator, subject, "UNS", "CRS", **CRS)
    enter(people.coordinator, subject, "UNS", "ICANS", assessed_date="2026-11-05")
    assert not Query.objects.exists()


def test_the_question_is_the_same_in_every_language(people: People, subject: Subject) -> None:
    from django.utils import translation

    texts = CRS | {"investigator_grade": "3", "grade_reason": "Seen on the ward."}
    enter(people.investigator, subject, "UNS", "CRS", **texts)
    with translation.override("zh-hans"):
        enter(people.investigator, subject, "UNS", "CRS", **texts)
    assert len(said(Query.objects.get())) == 1
