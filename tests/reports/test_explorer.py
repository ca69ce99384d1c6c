"""The page of adverse events: its counts are those of the safety report, and behind each stand its events."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any
from urllib.parse import parse_qsl

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from enrollment.models import Subject
from reports.content.events import event_tables
from reports.content.explorer import EventFilter, Period, explore, period_of
from reports.explorer.page import table_rows
from safety.models import AdverseEvent, GradeChange, SeriousEventReport
from safety.rules.treatment_emergent import Emergent
from tests.people import People
from tests.reports.conftest import CRS, add_event, add_subject
from tests.reports.sample import EVENTS, FACTS, IMMUNE
from trial_edc.accounts.models import User
from trial_edc.audit.context import acting
from trial_edc.audit.models import AccessEvent

PERIODS = {event.key: Period.CELLS for event in EVENTS} | {"01-006/1": Period.BEFORE, "01-005/2": Period.UNCLEAR}


def keys(**wanted: str) -> list[str]:
    return [each.event.key for each in explore(FACTS, PERIODS, EventFilter(**wanted)).found]


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ({"level": "DL2"}, ["01-004/1", "01-004/2", "01-005/1", "01-005/2"]),
        ({"level": "not-infused"}, ["01-006/1"]),
        ({"soc": IMMUNE}, ["01-001/1", "01-002/1", "01-004/1"]),
        ({"soc": "none"}, []),
        ({"term": CRS.upper(), "level": "DL1"}, ["01-001/1", "01-002/1"]),
        ({"grade": "4"}, ["01-001/2", "01-004/1"]),
        ({"grade": "3+"}, ["01-001/2", "01-001/3", "01-004/1", "01-005/1"]),
        ({"grade": "none"}, ["01-006/1"]),
        ({"relation": "related", "grade": "3+"}, ["01-001/2", "01-004/1"]),
        ({"relation": "unlikely"}, ["01-001/3", "01-005/1"]),
        ({"period": "before"}, ["01-006/1"]),
        ({"period": "unclear"}, ["01-005/2"]),
        ({"serious": "yes"}, ["01-004/1", "01-005/1"]),
    ],
)
def test_each_filter_finds_what_it_names(wanted: dict[str, str], found: list[str]) -> None:
    assert keys(**wanted) == found


def test_without_a_filter_the_counts_are_those_of_the_safety_report() -> None:
    assert explore(FACTS, PERIODS, EventFilter()).tables == event_tables(FACTS)


def test_a_filter_leaves_the_number_of_subjects_of_each_column_as_it_is() -> None:
    found = explore(FACTS, PERIODS, EventFilter(term=CRS))
    assert found.tables.columns == event_tables(FACTS).columns and found.subjects == 3
    own = event_tables(replace(FACTS, events=tuple(event for event in EVENTS if event.term == CRS)))
    assert found.tables.rows == own.rows


def test_the_address_behind_each_count_finds_as_many_events() -> None:
    checked = 0
    found = explore(FACTS, PERIODS, EventFilter(serious="no"))
    for row in table_rows(found, EventFilter(serious="no")):
        for count in row.counts:
            assert bool(count.url) is (count.events > 0)
            if count.url:
                wanted = EventFilter(**dict(parse_qsl(count.url.removeprefix("?").removesuffix("#events"))))
                assert len(keys(**wanted.parameters)) == count.events, count
                checked += 1
    assert checked > 30


@pytest.mark.parametrize(
    ("by_lymphodepletion", "by_cells", "period"),
    [
        (Emergent.NO, Emergent.NO, Period.BEFORE), (Emergent.YES, Emergent.NO, Period.LYMPHODEPLETION),
        (Emergent.YES, Emergent.YES, Period.CELLS), (Emergent.YES, Emergent.MAYBE, Period.UNCLEAR),
        (Emergent.MAYBE, Emergent.NO, Period.UNCLEAR), (Emergent.NO, Emergent.YES, Period.CELLS),
    ],
)  # fmt: skip
def test_every_event_is_in_one_period(by_lymphodepletion: Emergent, by_cells: Emergent, period: Period) -> None:
    assert period_of(by_lymphodepletion, by_cells) is period


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.mark.django_db
def test_the_page_counts_and_leads_to_the_forms(people: People, study: dict[str, Any]) -> None:
    text = client_of(people.monitor).get("/safety/events/").content.decode()
    assert "3 events" in text and "in 2 subjects" in text and 'style="' not in text
    assert "/subjects/01-001/visits/LOG/forms/AE/1/" in text or "/AE/1/" in text
    narrowed = client_of(people.monitor).get("/safety/events/", {"term": CRS, "level": "DL1"}).content.decode()
    assert "1 event<" in narrowed and "01-002" not in narrowed
    assert AccessEvent.objects.filter(action="read", by_id=people.monitor.pk).count() == 2


@pytest.mark.django_db
def test_periods_are_told_by_the_dates(people: People, study: dict[str, Any]) -> None:
    first: Subject = study["subjects"][0]
    with acting(people.coordinator, "test"):
        Subject.objects.filter(pk=first.pk).update(lymphodepletion_date=date(2026, 1, 27))
        for number, onset in ((8, "2026-01-20"), (9, "2026-01-29")):
            add_event(first, number, "Nausea", 1)
            AdverseEvent.objects.filter(subject=first, sequence=number).update(onset_date=onset)
            GradeChange.objects.filter(record__subject=first, record__sequence=number).update(start_date=onset)
    client = client_of(people.investigator)
    for period, events in (("before", ["8."]), ("lymphodepletion", ["9."]), ("cells", ["1.", "2."])):
        text = client.get("/safety/events/", {"period": period, "level": "DL1"}).content.decode()
        assert f"{len(events)} event" in text
        assert all(f">{number} " in text for number in events)


@pytest.mark.django_db
def test_an_event_marked_as_not_done_is_none(people: People, study: dict[str, Any]) -> None:
    with acting(people.coordinator, "test"):
        AdverseEvent.objects.filter(subject=study["subjects"][1]).update(status="NOT DONE")
    assert "2 events" in client_of(people.monitor).get("/safety/events/").content.decode()


@pytest.mark.django_db
def test_a_reported_event_leads_to_its_document(people: People, study: dict[str, Any]) -> None:
    subject, client = study["subjects"][0], client_of(people.monitor)
    assert "report.pdf" not in client.get("/safety/events/").content.decode()
    with acting(people.coordinator, "test"):
        AdverseEvent.objects.filter(subject=subject).update(serious=True)
        SeriousEventReport.objects.create(subject=subject, visit="LOG", sequence=1, amendment=1, event_number=1)
    address = f"/safety/serious/{subject.identifier}/1/report.pdf"
    assert client.get("/safety/events/").content.decode().count("report.pdf") == 1
    assert address in client.get("/safety/events/").content.decode() and client.get(address).status_code == 200
    assert address in client.get(f"/subjects/{subject.identifier}/?tab=logs").content.decode()


@pytest.mark.django_db
def test_queries_do_not_grow_with_subjects(people: People, study: dict[str, Any]) -> None:
    client = client_of(people.investigator)

    def queries() -> int:
        with CaptureQueriesContext(connection) as caught:
            assert client.get("/safety/events/").status_code == 200
        return len(caught)

    queries()
    few = queries()
    with acting(people.coordinator, "test"):
        for number in range(10, 22):
            subject = add_subject(people, f"01-0{number}", 1, infused_on=date(2026, 3, 1))
            add_event(subject, 1, "Nausea", 1, 2)
    assert queries() == few <= 25


@pytest.mark.django_db
def test_a_value_that_is_no_choice_asks_for_nothing(people: People, study: dict[str, Any]) -> None:
    text = client_of(people.monitor).get("/safety/events/", {"grade": "17", "page": "x"}).content.decode()
    assert "3 events" in text
