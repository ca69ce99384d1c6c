"""A conversation beside the list, on its own page, and at a row of a form."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from enrollment.models import Subject
from safety.models import AdverseEvent, GradeChange, VitalSigns
from tests.casebook.conftest import SignedIn
from tests.casebook.test_matrix import text_of, vitals
from tests.people import People
from tests.review.conftest import EVENT, GRADES
from tests.review.saving import save_event
from trial_edc.audit.models import AccessEvent
from trial_edc.review.models import Query
from trial_edc.review.services import assign_query, move_query, raise_query

FRAGMENT = {"HX-Request": "true"}


@pytest.fixture
def record(people: People, infused: Subject) -> VitalSigns:
    found = vitals(people, infused, "D3")
    assert isinstance(found, VitalSigns)
    return found


@pytest.fixture
def query(people: People, record: VitalSigns) -> Query:
    return raise_query(by=people.monitor, record=record, field="heart_rate", text="Pulse or monitor?")


@pytest.fixture
def row_query(people: People, infused: Subject) -> Query:
    from tests.casebook.entering import enter

    event = enter(people.investigator, infused, "LOG", "AE", sequence=0, rows=GRADES, **EVENT)
    row = GradeChange.objects.get(record=event, position=2)
    return raise_query(by=people.monitor, record=row, field="grade", text="Grade 3 on which day?")


def act(client: Client, query: Query, action: str, **data: str) -> Any:
    return client.post(f"/queries/{query.number}/", {"action": action, "text": "It is right.", **data})


def test_a_fragment_is_the_panel_and_the_page_holds_it(people: People, query: Query, signed_in: SignedIn) -> None:
    client = signed_in(people.coordinator)
    fragment = text_of(client.get(f"/queries/{query.number}/?back=state%3Dopen", headers=FRAGMENT))
    assert "<html" not in fragment and "Pulse or monitor?" in fragment
    assert 'href="/subjects/01-001/D3/VS/1/#id_heart_rate"' in fragment and 'href="/queries/?state=open"' in fragment
    page = text_of(client.get(f"/queries/{query.number}/"))
    assert "<html" in page and "Pulse or monitor?" in page and "data-close-panel" not in page


@pytest.mark.req("R11")
def test_what_a_monitor_reads_is_noted(people: People, query: Query, signed_in: SignedIn) -> None:
    for address in (f"/queries/{query.number}/", f"/queries/?open={query.number}"):
        signed_in(people.monitor).get(address)
        signed_in(people.coordinator).get(address)
    read = AccessEvent.objects.filter(action="read").values_list("by_name", "detail")
    assert list(read) == [("Monitor", f"/queries/{query.number}/")] * 2


@pytest.mark.parametrize(
    ("role", "expected"),
    [
        ("coordinator", ["answer"]), ("investigator", ["answer"]), ("monitor", ["close", "cancel"]),
        ("data_manager", ["close"]), ("inspector", []), ("statistician", []),
    ],
)  # fmt: skip
def test_what_an_open_query_offers_by_role(
    people: People, query: Query, signed_in: SignedIn, role: str, expected: list[str]
) -> None:
    response = signed_in(getattr(people, role)).get(f"/queries/{query.number}/")
    assert [step.name for step in response.context["thread"]["steps"]] == expected
    assert (response.context["assignees"] is not None) == bool(expected)


@pytest.mark.parametrize(
    ("role", "expected"),
    [("coordinator", []), ("monitor", ["close", "reopen", "cancel"]), ("data_manager", ["close", "reopen"])],
)
def test_what_an_answered_query_offers_by_role(
    people: People, query: Query, signed_in: SignedIn, role: str, expected: list[str]
) -> None:
    move_query(by=people.coordinator, query=query, to="answered", text="Pulse.")
    response = signed_in(getattr(people, role)).get(f"/queries/{query.number}/")
    assert [step.name for step in response.context["thread"]["steps"]] == expected


def test_the_whole_cycle_on_the_page(people: People, query: Query, signed_in: SignedIn) -> None:
    coordinator, monitor = signed_in(people.coordinator), signed_in(people.monitor)
    for client, action, state in (
        (coordinator, "answer", "answered"), (monitor, "reopen", "open"), (coordinator, "answer", "answered"),
        (monitor, "close", "closed"), (monitor, "reopen", "open"), (monitor, "cancel", "cancelled"),
    ):  # fmt: skip
        assert act(client, query, action)["Location"] == f"/queries/{query.number}/"
        query.refresh_from_db()
        assert query.state == state
    assert query.reopened == 2 and query.messages.count() == 7


def test_from_the_list_it_goes_back_to_the_list(people: People, query: Query, signed_in: SignedIn) -> None:
    client = signed_in(people.coordinator)
    url = f"/queries/{query.number}/?back=state%3Dopen%26open%3D9%26q%3D01"
    response = client.post(url, {"action": "answer", "text": "Pulse."}, headers=FRAGMENT)
    assert response["HX-Redirect"] == f"/queries/?state=open&q=01&open={query.number}"
    listed = client.get(response["HX-Redirect"])
    assert listed.context["lines"] == [] and listed.context["opened"] == query.number
    assert "Pulse." in text_of(listed)


def test_a_refusal_keeps_what_was_typed(people: People, query: Query, signed_in: SignedIn) -> None:
    client = signed_in(people.coordinator)
    for headers in ({}, FRAGMENT):
        url = f"/queries/{query.number}/"
        response = client.post(url, {"action": "answer", "text": "?!"}, headers=headers)
        assert response.status_code == 422
        assert "Write a sentence of at least 3 characters." in text_of(response) and ">?!</textarea>" in text_of(
            response
        )
    assert act(client, query, "explode").status_code == 422


def test_what_a_role_may_not_do_is_refused(people: People, query: Query, signed_in: SignedIn) -> None:
    assert act(signed_in(people.coordinator), query, "close").status_code == 403
    assert act(signed_in(people.inspector), query, "answer").status_code == 403
    assert act(signed_in(people.data_manager), query, "cancel").status_code == 422
    assert act(signed_in(people.elsewhere), query, "answer").status_code == 404
    assert signed_in(people.monitor).get("/queries/999999/").status_code == 404
    query.refresh_from_db()
    assert query.state == "open"


def test_a_query_is_handed_over_on_the_page(people: People, query: Query, signed_in: SignedIn) -> None:
    client = signed_in(people.monitor)
    assert act(client, query, "assign", assignee=f"person:{people.investigator.pk}").status_code == 302
    assert "Waits for Investigator" in text_of(client.get(f"/queries/{query.number}/"))
    assert act(client, query, "assign", assignee="role:sub-investigator").status_code == 302
    assert "Waits for Sub-investigator" in text_of(client.get(f"/queries/{query.number}/"))
    for nonsense in ("", "person:", "person:nobody", "role:inspector", f"person:{people.inspector.pk}", "team:x"):
        assert act(client, query, "assign", assignee=nonsense).status_code == 422


def test_mine_is_what_waits_for_me(people: People, record: VitalSigns, query: Query, signed_in: SignedIn) -> None:
    other = raise_query(by=people.monitor, record=record, field="systolic_bp", text="Which arm?")
    third = raise_query(by=people.monitor, record=record, field="diastolic_bp", text="Which arm?")

    def mine(name: str) -> set[int]:
        address = "/queries/?assigned=mine&state=all"
        return {line.query.number for line in signed_in(getattr(people, name)).get(address).context["lines"]}

    assert mine("coordinator") == {query.number, other.number, third.number}
    assert mine("elsewhere") == mine("investigator") == mine("monitor") == set()
    assign_query(by=people.monitor, query=other, person=people.investigator)
    move_query(by=people.coordinator, query=third, to="answered", text="Left.")
    assert mine("coordinator") == {query.number}
    assert (mine("investigator"), mine("monitor")) == ({other.number}, {third.number})
    page = text_of(signed_in(people.coordinator).get("/desk/"))
    assert 'href="/queries/?assigned=mine"' in page


def test_a_query_on_a_row_is_seen_in_list_and_form(
    people: People, infused: Subject, row_query: Query, signed_in: SignedIn
) -> None:
    client = signed_in(people.coordinator)
    (line,) = client.get("/queries/?form=AE").context["lines"]
    assert (str(line.form), line.item, line.value, line.value_now) == ("Adverse event", "Grade, row 2", "3", "3")
    assert line.url == "/subjects/01-001/LOG/AE/1/#id_AEG-1-grade"
    page = text_of(client.get("/subjects/01-001/LOG/AE/1/"))
    assert f"/item/grade/query/?row={row_query.record}" in page and "Query open on Grade" in page
    assert 'href="#id_AEG-1-grade"' in page
    url = f"/subjects/01-001/LOG/AE/1/item/grade/query/?row={row_query.record}"
    assert "Grade 3 on which day?" in text_of(client.get(url))
    client.post(url, {"action": "answer", "text": "On the fourth."})
    row_query.refresh_from_db()
    assert row_query.state == "answered"
    assert client.get(url.replace(str(row_query.record), "nothing")).status_code == 404


def test_a_removed_row_stays_in_list_and_thread(
    people: People, infused: Subject, row_query: Query, signed_in: SignedIn
) -> None:
    event = AdverseEvent.objects.get()
    save_event(people.investigator, event, EVENT, [GRADES[0], GRADES[1] | {"DELETE": "on"}])
    client = signed_in(people.monitor)
    (line,) = client.get("/queries/?state=closed").context["lines"]
    assert line.removed and line.item == "Grade, removed row" and (line.value, line.value_now) == ("3", "")
    assert line.url == "/subjects/01-001/LOG/AE/1/"
    page = text_of(client.get(f"/queries/{row_query.number}/"))
    assert "The row was removed." in page and "Grade 3 on which day?" in page


def test_a_closed_item_can_be_asked_about_again(people: People, query: Query, signed_in: SignedIn) -> None:
    move_query(by=people.monitor, query=query, to="closed", text="Seen.")
    url = "/subjects/01-001/D3/VS/1/item/heart_rate/query/"
    client = signed_in(people.monitor)
    page = text_of(client.get(url))
    assert 'value="open"' in page and 'value="reopen"' in page and "data-panel-form" in page
    assert "hx-post" in text_of(client.get(url, headers=FRAGMENT))
    client.post(url, {"action": "open", "text": "Once more?"})
    assert Query.objects.filter(state="open").count() == 1 and Query.objects.count() == 2
