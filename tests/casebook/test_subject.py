"""The subject page: facts, tabs, logs, actions."""

from __future__ import annotations

from typing import Any

from enrollment.models import Subject
from tests.casebook.conftest import SignedIn
from tests.casebook.entering import enter
from tests.casebook.test_matrix import text_of, vitals
from tests.people import People
from trial_edc.accounts.roles import Permission
from trial_edc.casebook import actions
from trial_edc.casebook.actions import SubjectAction
from trial_edc.casebook.selectors.expected import expected_forms
from trial_edc.review.services import raise_query

EVENT = {
    "term": "Headache", "onset_date": "UN-Nov-2025", "serious": "false", "outcome": "NOT RECOVERED/NOT RESOLVED",
}  # fmt: skip


def test_facts_and_visits(people: People, infused: Subject, signed_in: SignedIn) -> None:
    vitals(people, infused, "D3")
    page = text_of(signed_in(people.coordinator).get("/subjects/01-001/"))
    assert "In DLT window" in page and "DL1" in page and "Day 10" in page
    required = [form for form in expected_forms("D3") if form.required]
    assert 'href="/subjects/01-001/D3/"' in page and f"0/{len(required)}" in page
    assert "Open next form: PRE" in page


def test_the_next_form_is_offered_only_to_who_enters(people: People, infused: Subject, signed_in: SignedIn) -> None:
    assert "Open next form" not in text_of(signed_in(people.monitor).get("/subjects/01-001/"))


def test_the_log_of_adverse_events(people: People, infused: Subject, signed_in: SignedIn) -> None:
    rows = [{"grade": "2", "start_date": "UN-Nov-2025"}]
    enter(people.coordinator, infused, "LOG", "AE", rows=rows, **EVENT)
    page = text_of(signed_in(people.coordinator).get("/subjects/01-001/?tab=logs"))
    assert 'href="/subjects/01-001/LOG/AE/1/"' in page and "Headache" in page and "2 UN-Nov-2025" in page
    assert 'href="/subjects/01-001/LOG/AE/"' in page
    assert "Add entry" not in text_of(signed_in(people.monitor).get("/subjects/01-001/?tab=logs"))
    assert "01-001, Adverse event: 1 entry, In progress" in text_of(signed_in(people.monitor).get("/subjects/"))


def test_queries_and_trail_of_this_subject(people: People, infused: Subject, signed_in: SignedIn) -> None:
    record = vitals(people, infused, "D3")
    raise_query(by=people.monitor, record=record, field="heart_rate", text="Is this the pulse?")
    client = signed_in(people.monitor)
    assert "Is this the pulse?" in text_of(client.get("/subjects/01-001/?tab=queries"))
    trail = text_of(client.get("/subjects/01-001/?tab=trail"))
    assert "Temperature" in trail and "36.6" in trail and people.coordinator.full_name in trail
    assert len(client.get("/subjects/01-001/?tab=trail").context["trail"]) <= 50


def test_an_unknown_tab_shows_the_visits(people: People, infused: Subject, signed_in: SignedIn) -> None:
    assert signed_in(people.monitor).get("/subjects/01-001/?tab=<x>").context["tab"] == "visits"


def test_other_sites_and_unknown_subjects_are_not_found(
    people: People, elsewhere: Subject, signed_in: SignedIn
) -> None:
    client = signed_in(people.coordinator)
    assert client.get("/subjects/02-001/").status_code == client.get("/subjects/09-999/").status_code == 404
    assert signed_in(people.elsewhere).get("/subjects/02-001/").status_code == 200


def test_actions_are_shown_to_who_may_while_they_apply(
    people: People, infused: Subject, signed_in: SignedIn, monkeypatch: Any
) -> None:
    monkeypatch.setattr(actions, "_actions", [])
    offered = SubjectAction(
        "Enrol now", lambda subject: f"/enrol/{subject.identifier}/", Permission.ENROL,
        applies=lambda subject: subject.dose_level is None,
    )  # fmt: skip
    actions.register(offered)
    actions.register(offered)
    assert "Enrol now" not in text_of(signed_in(people.coordinator).get("/subjects/01-001/"))
    infused.dose_level = None
    assert actions.actions_for(people.coordinator, infused) == [(offered, "/enrol/01-001/")]
    assert actions.actions_for(people.monitor, infused) == []
    assert actions.actions_for(people.elsewhere, infused) == []


def test_few_queries_on_every_tab(
    people: People, infused: Subject, signed_in: SignedIn, django_assert_max_num_queries: Any
) -> None:
    client = signed_in(people.coordinator)
    client.get("/subjects/01-001/")
    for tab in ("visits", "logs", "queries", "trail"):
        with django_assert_max_num_queries(15):
            client.get(f"/subjects/01-001/?tab={tab}")
