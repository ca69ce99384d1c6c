"""My work: every number is the length of the list it opens, for every role, and nothing else's work is counted."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from enrollment.models import Subject
from enrollment.services import add_subject
from safety.models import VitalSigns
from tests.casebook.entering import enter, row_texts
from tests.casebook.test_closing import VITALS, browser
from tests.dosing.builders import Trial
from tests.people import People
from trial_edc.accounts.access import today
from trial_edc.casebook import work
from trial_edc.casebook.work import FEW, Desk, Line, WorkList, _gathered
from trial_edc.review.services import raise_query, verify_items

ROLES = ("coordinator", "investigator", "sub_investigator", "monitor", "data_manager", "src_member", "inspector",
         "administrator")  # fmt: skip


@pytest.fixture
def busy(people: People) -> Trial:
    """A study with something on every list: windows, queries, drafts, verified forms that changed, severe events."""
    trial = Trial(people)
    subject = trial.infused(days=5)
    other = trial.infused(days=40)
    trial.event(subject)
    trial.compute()
    form = enter(people.coordinator, subject, "D3", "VS", action="complete", **_vitals())
    raise_query(by=people.monitor, record=form, field="heart_rate", text="Why?")
    verify_items(by=people.monitor, record=VitalSigns.objects.get(pk=form.pk))
    change = _vitals() | {"temperature_c": "38.9", "version": "1", "reason_code": "TRANSCRIPTION", "action": "complete"}
    enter(people.coordinator, subject, "D3", "VS", **change)
    enter(people.coordinator, other, "UNS", "VS", **_vitals())
    crs = {
        "assessed_date": today().isoformat(), "assessed_time": "00:01", "max_temperature_c": "39.0",
        "fever_other_cause": "false", "crs_already_diagnosed": "false", "antipyretic_given": "false",
        "tocilizumab_given": "false", "corticosteroid_given": "false", "hypotension": "false",
        "oxygen_support": "none",
    }  # fmt: skip
    enter(people.coordinator, subject, "D5", "CRS", **crs)
    return trial


def _vitals() -> dict[str, Any]:
    return VITALS | {"assessed_date": (today() - timedelta(days=1)).isoformat()}


def shown(client: Client) -> dict[str, int]:
    """Return the numbers on the page, by address."""
    text = client.get(reverse("casebook:my-work")).content.decode()
    pairs = re.findall(r'class="counter" href="([^"]+)".*?class="v">(\d+)<', text, flags=re.DOTALL)
    return {address: int(number) for address, number in pairs}


def total_at(client: Client, address: str) -> int:
    """Return how many entries the page behind a number says it has."""
    text = client.get(address).content.decode()
    found = re.search(r'class="sub mt-1">(\d+) ', text)
    assert found, address
    return int(found.group(1))


@pytest.mark.req("P31")
@pytest.mark.parametrize("role", ROLES)
def test_every_number_is_the_length_of_the_list_it_opens(busy: Trial, people: People, role: str) -> None:
    client = browser(getattr(people, role))
    numbers = shown(client)
    assert numbers
    assert {address: total_at(client, address) for address in numbers} == numbers


def test_the_lists_find_what_was_made(busy: Trial, people: People) -> None:
    desk = Desk(people.investigator)
    counts = {each.name: each.number(desk) for each in work.all_lists()}
    at_least_one = ("queries-open", "changed-since-verified", "unverified-critical", "dlt-windows", "new-grade-3",
                    "crs-icans-now", "in-progress", "overdue")  # fmt: skip
    assert [name for name in at_least_one if counts[name] < 1] == []
    assert counts["dlt-windows"] == 1


def test_another_site_counts_nothing_of_this_one(busy: Trial, people: People) -> None:
    numbers = shown(browser(people.elsewhere))
    assert set(numbers.values()) <= {0}


def test_what_is_longest_overdue_comes_first(busy: Trial, people: People) -> None:
    desk = Desk(people.coordinator)
    dues = [line.due for _list, line in work.next_actions(people.coordinator, desk, most=50)]
    dated = [due for due in dues if due is not None]
    assert dated == sorted(dated) and dues[len(dated) :] == [None] * (len(dues) - len(dated))


def test_a_name_nobody_registered_is_not_found(people: People) -> None:
    assert browser(people.coordinator).get(reverse("casebook:work", args=["nothing"])).status_code == 404
    assert browser(people.coordinator).get(reverse("casebook:work", args=["queries-open"])).status_code == 404


def test_the_number_of_reads_does_not_grow_with_the_subjects(people: People) -> None:
    def reads() -> int:
        client = browser(people.coordinator)
        client.get(reverse("casebook:my-work"))
        with CaptureQueriesContext(connection) as captured:
            assert client.get(reverse("casebook:my-work")).status_code == 200
        return len(captured)

    add_subject(by=people.coordinator, site=people.site)
    few = reads()
    for _number in range(5):
        add_subject(by=people.coordinator, site=people.site)
    assert reads() == few <= 40


def test_a_new_severe_event_is_on_the_list_of_the_investigator_once(people: People) -> None:
    subject: Subject = add_subject(by=people.coordinator, site=people.site)
    texts = {
        "term": "Neutrophil count decreased", "onset_date": today().isoformat(), "serious": "false",
        "outcome": "NOT RECOVERED/NOT RESOLVED",
    } | row_texts("AEG", [{"grade": 3, "start_date": today().isoformat()}])  # fmt: skip
    enter(people.coordinator, subject, "LOG", "AE", sequence=0, **texts)
    wanted = work.find("new-grade-3")
    assert wanted is not None
    (line,) = wanted.found(Desk(people.investigator))
    assert (line.subject, line.what) == (subject.identifier, "Neutrophil count decreased, grade 3")


def test_one_visit_does_not_fill_the_next_actions() -> None:
    """Many undated lines about one visit stand together; dated ones, and few, stand one by one."""
    many = [Line("01-001", f"Form {number}", f"/{number}/", where="Screening") for number in range(3)]
    few = [Line("01-001", f"Form {number}", f"/{number}/", where="Day 5") for number in range(FEW)]
    dated = [replace(line, due=date(2026, 11, 5)) for line in many]
    found = [(str(line.what), line.url) for line in _gathered([*many, *few, *dated])]
    assert found == [
        ("Form 0", "/0/"), ("Form 1", "/1/"), ("Form 2", "/2/"), ("Form 0, and more", "/0/"),
        ("Form 0", "/0/"), ("Form 1", "/1/"),
    ]  # fmt: skip


def test_a_long_list_hides_no_short_one(people: People, monkeypatch: pytest.MonkeyPatch) -> None:
    long = WorkList("long", "Long", "x", "x", lines=lambda _desk: [Line("01-001", f"Long {n}", "/") for n in range(9)])
    short = WorkList("short", "Short", "x", "x", lines=lambda _desk: [Line("01-009", "Short", "/")])
    monkeypatch.setattr(work, "lists_for", lambda _user: [long, short])
    found = work.next_actions(people.monitor, Desk(people.monitor), most=4)
    assert [str(line.what) for _list, line in found] == ["Long 0", "Long 1", "Short", "Long 2"]
