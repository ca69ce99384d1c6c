"""Eligibility: the verdict, what does not apply, the evidence beside it, and the confirmation without waiver."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from enrollment.models import Eligibility, Subject
from enrollment.panels import eligibility as panel
from enrollment.rules.eligibility import EXCLUSION, INCLUSION
from enrollment.services import add_subject, is_eligible
from tests.casebook.entering import enter, post
from tests.forms.enrolling import ago, condition, consent, person, refusal, staining, typed
from tests.people import PASSWORD, People
from trial_edc.casebook.signing import sign_record
from trial_edc.review.models import RuleResult

ANSWERS: dict[str, Any] = dict.fromkeys(INCLUSION, "true") | dict.fromkeys(EXCLUSION, "false")
CONFIRMED = ANSWERS | {"investigator_confirms": "true", "confirmed_date": typed(ago(20))}


@pytest.fixture
def subject(people: People) -> Subject:
    found = add_subject(by=people.coordinator, site=people.site)
    enter(people.coordinator, found, "SCR", "IC", action="complete", **consent(ago(30)))
    found.refresh_from_db()
    return found


def rows_of(record: Any) -> dict[str, Any]:
    return {f"{row.label}: {row.value}": row for row in panel(record, []).rows}


def test_the_criteria_are_answered_and_the_investigator_confirms(people: People, subject: Subject) -> None:
    enter(people.coordinator, subject, "SCR", "IE", **ANSWERS)
    assert not is_eligible(subject)
    record = enter(people.investigator, subject, "SCR", "IE", action="complete", **CONFIRMED)
    subject.refresh_from_db()
    assert (record.status, subject.status, subject.eligibility_confirmed_date) == ("COMPLETE", "ELIGIBLE", ago(20))
    assert is_eligible(subject) and not is_eligible(subject, "PIG")
    result = RuleResult.objects.get(root=record.pk, rule="eligibility")
    assert result.output["eligible"] is True and result.inputs["adult"] is True


@pytest.mark.parametrize(("name", "answer"), [("adult", "false"), ("autoimmune", "true"), ("pregnant", "true")])
def test_one_blocking_answer_cannot_be_waived(people: People, subject: Subject, name: str, answer: str) -> None:
    found = refusal(people.investigator, subject, "SCR", "IE", **CONFIRMED | {name: answer})
    assert f"Not eligible: {name}." in found["investigator_confirms"]
    record = enter(people.coordinator, subject, "SCR", "IE", action="complete", **ANSWERS | {name: answer})
    shown = panel(record, [])
    assert (shown.grade, shown.title) == ("✕", "Not eligible")
    assert [row.value for row in shown.rows if row.driving] == ["blocks"]


def test_a_missing_answer_cannot_be_confirmed(people: People, subject: Subject) -> None:
    found = refusal(people.investigator, subject, "SCR", "IE", **CONFIRMED | {"histology": ""})
    assert "1 criteria are not answered" in found["investigator_confirms"]


def test_pregnancy_does_not_apply_to_everybody(people: People, subject: Subject) -> None:
    without = ANSWERS | {"can_conceive": "false"}
    assert "does not apply" in refusal(people.coordinator, subject, "SCR", "IE", **without)["pregnant"]
    record = enter(people.coordinator, subject, "SCR", "IE", action="complete", **without | {"pregnant": ""})
    assert record.pregnant is None and panel(record, []).title == "Eligible"
    asked = ANSWERS | {"can_conceive": "true", "pregnant": "", "reason_code": "SOURCE"}
    assert "pregnant" in refusal(people.coordinator, subject, "SCR", "IE", action="complete", **asked)


@pytest.mark.parametrize(
    ("texts", "item", "sentence"),
    [
        ({"confirmed_date": typed(ago(-1))}, "confirmed_date", "in the future"),
        ({"confirmed_date": typed(ago(31))}, "confirmed_date", "before the consent"),
        ({"confirmed_date": ""}, "investigator_confirms", "Enter the date of the confirmation."),
        ({"adult": "maybe"}, "adult", "Choose yes or no."),
        ({"evidence_adult": "x" * 161}, "evidence_adult", "at most 160 characters"),
    ],
)
def test_bad_input_is_refused(
    people: People, subject: Subject, texts: dict[str, Any], item: str, sentence: str
) -> None:
    assert sentence in refusal(people.investigator, subject, "SCR", "IE", **CONFIRMED | texts)[item]
    assert not Eligibility.objects.exists()


@pytest.mark.req("R62")
def test_a_coordinator_cannot_confirm_and_a_monitor_cannot_save(people: People, subject: Subject) -> None:
    with pytest.raises(PermissionDenied, match="delegated physician"):
        post(people.coordinator, subject, "SCR", "IE", **CONFIRMED)
    with pytest.raises(PermissionDenied):
        post(people.monitor, subject, "SCR", "IE", **ANSWERS)
    assert not Eligibility.objects.exists()


def test_the_re_check_and_the_gate_move_nothing_at_screening(people: People, subject: Subject) -> None:
    enter(people.investigator, subject, "BL", "IE", action="complete", **CONFIRMED)
    subject.refresh_from_db()
    assert subject.eligibility_confirmed_date is None and is_eligible(subject, "BL")


@pytest.mark.parametrize(
    ("visit", "words"),
    [("SCR", "screening"), ("BL", "re-check before lymphodepletion"), ("PIG", "gate before infusion")],
)
def test_the_panel_says_when_it_is_asked(people: People, subject: Subject, visit: str, words: str) -> None:
    shown = panel(Eligibility(subject=subject, visit=visit), [])
    assert shown.rows[0].value == words and (shown.grade, shown.title) == (None, "Eligibility open")
    assert "13 criteria" in shown.because


def test_the_panel_leads_to_the_evidence(people: People, subject: Subject) -> None:
    enter(people.coordinator, subject, "PRE", "CD70", **staining(ago(90)))
    enter(people.coordinator, subject, "SCR", "DM", **person(age_years="58"))
    enter(people.coordinator, subject, "SCR", "MH", **condition())
    enter(people.coordinator, subject, "SCR", "MH", sequence=2, **condition(term="Gout"))
    record = enter(people.coordinator, subject, "SCR", "IE", **ANSWERS | {"evidence_histology": "Report 88/26"})
    rows = rows_of(record)
    assert rows["I1 shown by: Demography"].detail == "SCR 58 years"
    assert rows["I2 shown by: Report 88/26"].link == ""
    assert rows["I3 shown by: CD70 expression"].detail == "PRE H-score 210"
    assert rows["I3 shown by: CD70 expression"].link == f"/subjects/{subject.identifier}/PRE/CD70/1/"
    assert rows["I4 shown by: Prior anticancer therapy"].detail == "not entered yet"
    assert rows["E3 shown by: Medical history"].link.endswith("/SCR/MH/2/")
    page = panel(Eligibility(subject=subject, visit="SCR"), [])
    assert page.rows[0].value == "screening"


def test_evidence_of_a_later_visit_or_half_entered_says_little(people: People, subject: Subject) -> None:
    enter(people.coordinator, subject, "PRE", "CD70", **staining(ago(90), percent_1plus=""))
    enter(people.coordinator, subject, "SCR", "DM", **person(age_years=""))
    rows = rows_of(Eligibility(subject=subject, visit="SCR"))
    assert rows["I3 shown by: CD70 expression"].detail == "PRE"
    assert rows["I1 shown by: Demography"].detail == "SCR"


def test_the_panel_names_the_signature(people: People, subject: Subject) -> None:
    record = enter(people.investigator, subject, "SCR", "IE", action="complete", **CONFIRMED)
    assert "Signature: none" in rows_of(record)
    sign_record(by=people.investigator, record=record, version=record.version, password=PASSWORD)
    assert f"Signature: {people.investigator.full_name}" in rows_of(record)
