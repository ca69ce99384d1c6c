"""The audit trail page: who reads what, filters, pages by key, export, access events."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from enrollment.models import Subject
from tests.casebook.conftest import SignedIn
from tests.casebook.test_matrix import text_of, vitals
from tests.people import PASSWORD, People
from tests.reports.exporting import exported
from trial_edc.accounts.access import today
from trial_edc.audit.models import AccessEvent
from trial_edc.audit.signatures import note
from trial_edc.casebook.views import trail


@pytest.fixture
def entered(people: People, infused: Subject, elsewhere: Subject) -> None:
    """A value entered and changed on 01-001."""
    vitals(people, infused, "D3")
    vitals(people, infused, "D3", temperature_c="39.5")


def test_a_change_says_who_what_and_from_what_to_what(people: People, entered: None, signed_in: SignedIn) -> None:
    page = text_of(signed_in(people.monitor).get("/audit/?form=VS&action=changed"))
    assert "Temperature" in page and "36.6" in page and "39.5" in page and people.coordinator.full_name in page


def test_the_filters(people: People, entered: None, signed_in: SignedIn) -> None:
    client = signed_in(people.monitor)

    def shown(query: str) -> list[Any]:
        return list(client.get(f"/audit/?{query}").context["lines"])

    assert {line.change.entity for line in shown("form=VS")} == {"VS"}
    assert [line.new for line in shown("form=VS&action=changed")] == ["39.5"]
    assert {line.subject for line in shown("subject=01-001")} == {"01-001"}
    assert not shown("subject=77-777") and not shown("person=nobody") and not shown("action=nonsense")
    assert shown("person=coordinator") and shown("source=command") and not shown("source=task")
    day, next_day = today().isoformat(), (today() + timedelta(days=1)).isoformat()
    assert shown(f"first={day}&last={day}") and not shown(f"first={next_day}")


def test_a_date_that_cannot_be_read_is_said_and_kept(people: People, entered: None, signed_in: SignedIn) -> None:
    response = signed_in(people.monitor).get("/audit/?first=31-Feb-2026")
    page = text_of(response)
    assert response.status_code == 422 and "February 2026 has 28 days." in page and "31-Feb-2026" in page
    unread = signed_in(people.monitor).post("/reports/trail/?last=soon")
    assert unread.headers["Location"] == "/audit/?last=soon"


def test_pages_by_key_show_every_change_once(
    people: People, entered: None, signed_in: SignedIn, monkeypatch: Any
) -> None:
    monkeypatch.setattr(trail, "LINES_PER_PAGE", 7)
    client, seen, address = signed_in(people.monitor), [], "/audit/?form=VS"
    while True:
        context = client.get(address).context
        seen += [line.change.pk for line in context["lines"]]
        if not context["next_url"]:
            break
        address = f"/audit/{context['next_url']}"
    monkeypatch.setattr(trail, "LINES_PER_PAGE", 1000)
    assert seen == [line.change.pk for line in client.get("/audit/?form=VS").context["lines"]]
    assert len(seen) > 7 and seen == sorted(seen, reverse=True)
    assert client.get("/audit/?before=99999999999999999999999").status_code == 200


def test_the_administrator_reads_people_and_no_clinical_value(
    people: People, entered: None, signed_in: SignedIn
) -> None:
    client = signed_in(people.administrator)
    context = client.get("/audit/").context
    assert context["lines"] and {line.change.entity.split(".")[0] for line in context["lines"]} == {"accounts"}
    assert all(value.startswith("accounts.") for value, _label in context["choices"]["forms"])
    for query in ("form=VS", "subject=01-001", "form=enrollment.subject"):
        assert not client.get(f"/audit/?{query}").context["lines"]
    text = exported(client)
    assert "39.5" not in text and "01-001" not in text and "full_name" not in text.split("\n")[0]


def test_an_investigator_reads_the_subjects_of_the_own_site(people: People, entered: None, signed_in: SignedIn) -> None:
    client = signed_in(people.investigator)
    assert client.get("/audit/?subject=01-001").context["lines"]
    assert not client.get("/audit/?subject=02-001").context["lines"]
    text = exported(client)
    assert "01-001" in text and "02-001" not in text


@pytest.mark.parametrize("address", ["/audit/", "/reports/trail/", "/audit/access/"])
def test_whoever_may_not_read_the_trail_does_not(people: People, signed_in: SignedIn, address: str) -> None:
    for person in (people.coordinator, people.statistician, people.src_member, people.cell_processing):
        assert signed_in(person).get(address).status_code == 403


def test_the_export_is_safe_complete_and_noted(people: People, entered: None, signed_in: SignedIn) -> None:
    lines = exported(signed_in(people.monitor), "form=VS").splitlines()
    shown = signed_in(people.monitor).get("/audit/?form=VS").context["lines"]
    assert len(lines) == len(shown) + 1
    noted = AccessEvent.objects.get(action="audit trail downloaded")
    assert noted.by_id == people.monitor.pk and f"filter=form=VS rows={len(shown)} sha256=" in noted.detail


def test_access_events_of_the_people_one_may_read(people: People, signed_in: SignedIn) -> None:
    note(people.coordinator, "query list downloaded", "here")
    note(people.elsewhere, "query list downloaded", "there")
    Client().post("/sign-in/", {"username": "inspector", "password": PASSWORD})
    Client().post("/sign-in/", {"username": "inspector", "password": "wrong"})
    everything = text_of(signed_in(people.administrator).get("/audit/access/"))
    assert "here" in everything and "there" in everything
    assert people.inspector.full_name in everything and "sign-in refused" in everything
    own = signed_in(people.investigator).get("/audit/access/").context
    assert [event.detail for event in own["events"]] == ["here"]


@pytest.mark.ui(31)
def test_the_number_of_queries_does_not_grow(
    people: People, entered: None, signed_in: SignedIn, django_assert_max_num_queries: Any
) -> None:
    client = signed_in(people.monitor)
    client.get("/audit/")
    with django_assert_max_num_queries(12):
        client.get("/audit/")


@pytest.mark.django_db(transaction=True)
def test_signing_in_outside_any_transaction_changes_no_account(people: People) -> None:
    client = Client()
    assert client.post("/sign-in/", {"username": "monitor", "password": PASSWORD}).status_code == 302
    people.monitor.refresh_from_db()
    assert people.monitor.last_login is None
