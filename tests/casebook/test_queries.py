"""The list of queries: filters, counters, lines, export."""

from __future__ import annotations

from typing import Any

import pytest

from enrollment.models import Subject
from tests.casebook.conftest import SignedIn
from tests.casebook.test_matrix import download_of, text_of, vitals
from tests.people import People
from trial_edc.audit.models import AccessEvent
from trial_edc.review.services import move_query, raise_query


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


@pytest.mark.req("P31")
def test_every_counter_equals_its_list(people: People, asked: None, signed_in: SignedIn) -> None:
    client = signed_in(people.monitor)
    for address in ("", "?site=01", "?form=VS&q=02"):
        for counter in client.get(f"/queries/{address}").context["counters"]:
            assert len(client.get(f"/queries/{counter['url']}").context["lines"]) == counter["value"]


def test_a_line_leads_to_its_item(people: People, asked: None, signed_in: SignedIn) -> None:
    page = text_of(signed_in(people.coordinator).get("/queries/?state=open"))
    assert 'href="/subjects/01-001/D3/VS/1/#id_heart_rate"' in page and "Pulse or monitor?" in page
    assert "on value 70" in " ".join(page.split())
    assert "<script>" not in page.split("HYPERLINK", 1)[1][:30]


def test_queries_of_other_sites_are_not_there(people: People, asked: None, signed_in: SignedIn) -> None:
    page = text_of(signed_in(people.coordinator).get("/queries/?state=all"))
    assert "02-001" not in page and "Elsewhere?" not in page


def test_the_export_is_the_same_list_and_is_noted(people: People, asked: None, signed_in: SignedIn) -> None:
    response = signed_in(people.monitor).get("/queries/export/?state=open&site=01")
    lines = download_of(response).splitlines()
    assert len(lines) == 3 and "'=HYPERLINK(1)<script>" in lines[1]
    assert AccessEvent.objects.get(action="query list downloaded").by_id == people.monitor.pk


def test_the_number_of_queries_does_not_grow(
    people: People, asked: None, infused: Subject, signed_in: SignedIn, django_assert_max_num_queries: Any
) -> None:
    client = signed_in(people.monitor)
    client.get("/queries/")
    with django_assert_max_num_queries(10):
        client.get("/queries/")


def test_an_empty_list_says_so(people: People, signed_in: SignedIn) -> None:
    assert "No query matches these filters." in text_of(signed_in(people.monitor).get("/queries/"))
