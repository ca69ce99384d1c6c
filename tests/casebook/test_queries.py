"""The list of queries: filters, counters, lines, export."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from enrollment.models import Subject
from safety.models import VitalSigns
from tests.casebook.conftest import SignedIn
from tests.casebook.test_matrix import download_of, text_of, vitals
from tests.people import People
from trial_edc.audit.context import acting, system_user
from trial_edc.audit.models import AccessEvent
from trial_edc.review.models import Query
from trial_edc.review.services import move_query, raise_by_rule, raise_query


@pytest.fixture
def asked(people: People, infused: Subject, elsewhere: Subject) -> None:
    """Four queries on 01-001: open, open with a dangerous text, answered, closed; one open on 02-001."""
    record = vitals(people, infused, "D3")
    raise_query(by=people.monitor, record=record, field="heart_rate", text="Pulse or monitor?")
    raise_query(by=people.monitor, record=record, field="temperature_c", text="=HYPERLINK(1)<script>")
    answered = raise_query(by=people.monitor, record=record, field="systolic_bp", text="Which arm?")
    move_query(by=people.coordinator, query=answered, to="answered", text="Left.")
    closed = raise_query(by=people.monitor, record=record, field="diastolic_bp", text="Sure?")
    move_query(by=people.monitor, query=closed, to="closed", text="Seen.")
    other = vitals(People(**{**people.__dict__, "coordinator": people.elsewhere}), elsewhere, "SCR")
    raise_query(by=people.monitor, record=other, field="heart_rate", text="Elsewhere?")


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("", 4), ("?state=unresolved", 4), ("?state=open", 3), ("?state=answered", 1), ("?state=closed", 1),
        ("?state=all", 5), ("?state=nonsense", 4), ("?state=open&q=02", 1), ("?state=open&site=01", 2),
        ("?state=all&form=VS", 5), ("?state=all&form=AE", 0), ("?state=all&level=1", 4),
    ],
)  # fmt: skip
def test_filters(people: People, asked: None, signed_in: SignedIn, address: str, expected: int) -> None:
    response = signed_in(people.monitor).get(f"/queries/{address}")
    assert len(response.context["lines"]) == response.context["page_obj"].paginator.count == expected


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("?type=person", 5), ("?type=rule", 1), ("?type=check", 0), ("?type=nonsense", 6), ("?age=0", 6), ("?age=3", 2),
        ("?age=4", 1), ("?age=5", 0), ("?age=-1", 6), ("?age=x", 6), ("?text=arm", 1), ("?text=LEFT", 1),
        ("?text=2", 1), ("?text=%232", 1), ("?text=sure?", 1), ("?text=nobody", 0), ("?type=rule&age=4", 0),
        ("?sort=age", 6), ("?sort=nonsense", 6),
    ],
)  # fmt: skip
def test_more_filters(people: People, aged: None, signed_in: SignedIn, address: str, expected: int) -> None:
    response = signed_in(people.monitor).get(f"/queries/{address}&state=all")
    assert len(response.context["lines"]) == response.context["page_obj"].paginator.count == expected


@pytest.fixture
def aged(people: People, asked: None, infused: Subject) -> None:
    """The same, the first two asked 4 and 3 days ago, and one by a rule; what was closed was closed on its day."""
    record = vitals(people, infused, "D4")
    raise_by_rule(record=record, field="heart_rate", text="70 is odd.", rule="some-rule")
    with acting(system_user(), "test", source="command"):
        for number, days in ((1, 4), (2, 3)):
            Query.objects.filter(number=number).update(opened_at=timezone.now() - timedelta(days=days))


def test_age_sorts_and_its_median_is_of_the_unresolved(people: People, aged: None, signed_in: SignedIn) -> None:
    client = signed_in(people.monitor)
    oldest = client.get("/queries/?sort=age&state=all").context
    assert [line.days for line in oldest["lines"]] == [4, 3, 0, 0, 0, 0]
    assert oldest["sorting"]["order"] == "descending"
    assert [line.days for line in client.get("/queries/?sort=-age").context["lines"]] == [0, 0, 0, 3, 4]
    assert client.get("/queries/").context["median"]["value"] == "0"
    assert client.get("/queries/?age=3").context["median"]["value"] == "3.5"
    assert client.get("/queries/?age=5").context["median"]["value"] == "–"


def test_a_resolved_query_does_not_grow_older(people: People, aged: None, signed_in: SignedIn) -> None:
    query = Query.objects.get(number=1)
    move_query(by=people.monitor, query=query, to="closed", text="Seen.")
    with acting(system_user(), "test", source="command"):
        now = timezone.now()
        query.messages.update(said_at=now - timedelta(days=4))
        query.messages.filter(new_state="closed").update(said_at=now - timedelta(days=2))
    (line,) = signed_in(people.monitor).get("/queries/?state=closed&text=1").context["lines"]
    assert (line.days, line.days_quiet) == (2, 2)


def test_a_line_says_what_is_now_and_who_has_to_act(people: People, aged: None, signed_in: SignedIn) -> None:
    record = VitalSigns.objects.get(visit="D3")
    with acting(people.coordinator, "test"):
        VitalSigns.objects.filter(pk=record.pk).update(heart_rate=88, temperature_c=None)
    lines = {line.query.number: line for line in signed_in(people.monitor).get("/queries/?state=all").context["lines"]}
    assert (lines[1].value, lines[1].value_now, lines[1].assigned) == ("70", "88", "Site coordinator")
    assert (lines[2].value_now, lines[3].assigned, lines[4].assigned) == ("", "Monitor", "")


@pytest.mark.req("P31")
def test_every_counter_equals_its_list(people: People, asked: None, signed_in: SignedIn) -> None:
    client = signed_in(people.monitor)
    for address in ("", "?site=01", "?form=VS&q=02", "?type=person&text=e", "?assigned=mine", "?age=1"):
        for counter in client.get(f"/queries/{address}").context["counters"]:
            assert len(client.get(f"/queries/{counter['url']}").context["lines"]) == counter["value"]


def test_a_line_leads_to_its_item(people: People, asked: None, signed_in: SignedIn) -> None:
    client = signed_in(people.coordinator)
    page = text_of(client.get("/queries/?state=open"))
    assert 'href="/subjects/01-001/D3/VS/1/#id_heart_rate"' in page and "Pulse or monitor?" in page
    said = page.replace("<option value", "")
    assert "on value " not in said, "the value of the question is said where it is no longer the present one"
    with acting(people.coordinator, "test"):
        VitalSigns.objects.filter(visit="D3").update(heart_rate=88)
    assert "on value 70" in " ".join(text_of(client.get("/queries/?state=open")).split())
    assert "<script>" not in page.split("HYPERLINK", 1)[1][:30]


def test_queries_of_other_sites_are_not_there(people: People, asked: None, signed_in: SignedIn) -> None:
    page = text_of(signed_in(people.coordinator).get("/queries/?state=all"))
    assert "02-001" not in page and "Elsewhere?" not in page


def test_the_export_is_the_same_list_and_is_noted(people: People, asked: None, signed_in: SignedIn) -> None:
    response = signed_in(people.monitor).get("/queries/export/?state=open&site=01")
    lines = download_of(response).splitlines()
    assert len(lines) == 3 and "'=HYPERLINK(1)<script>" in lines[1]
    assert AccessEvent.objects.get(action="query list downloaded").by_id == people.monitor.pk


def test_the_export_knows_every_filter(people: People, asked: None, signed_in: SignedIn) -> None:
    client = signed_in(people.monitor)
    for address in ("state=all", "text=arm&state=all", "assigned=mine", "type=rule", "age=1"):
        lines = download_of(client.get(f"/queries/export/?{address}")).splitlines()
        assert len(lines) - 1 == len(client.get(f"/queries/?{address}").context["lines"])


@pytest.mark.ui(31)
def test_with_a_conversation_beside_it_the_number_of_queries_does_not_grow(
    people: People, asked: None, signed_in: SignedIn, django_assert_max_num_queries: Any
) -> None:
    client = signed_in(people.monitor)
    client.get("/queries/?open=1")
    with django_assert_max_num_queries(14):
        client.get("/queries/?open=1")
    assert client.get("/queries/?open=99").context["panel"] is None
    assert client.get("/queries/?open=x").context["panel"] is None


@pytest.mark.ui(31)
def test_the_number_of_queries_does_not_grow(
    people: People, asked: None, infused: Subject, signed_in: SignedIn, django_assert_max_num_queries: Any
) -> None:
    client = signed_in(people.monitor)
    client.get("/queries/")
    with django_assert_max_num_queries(10):
        client.get("/queries/")


def test_an_empty_list_says_so(people: People, signed_in: SignedIn) -> None:
    assert "No query matches these filters." in text_of(signed_in(people.monitor).get("/queries/"))
