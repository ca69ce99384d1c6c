"""Mistakes of other systems about lists and work behind the page: stale counts, formulas, tasks before the commit."""

from __future__ import annotations

import csv
import re
from typing import Any

import pytest
from django.db import connection, transaction

from enrollment.models import Subject
from safety.models import VitalSigns
from tests.casebook.conftest import SignedIn
from tests.casebook.entering import enter
from tests.casebook.test_matrix import text_of, vitals
from tests.people import People
from tests.pitfalls.test_entry import EVENT, GRADE_3
from tests.reports.exporting import exported
from trial_edc.accounts.models import User
from trial_edc.audit.context import acting, system_user
from trial_edc.audit.signatures import note
from trial_edc.review.services import move_query, raise_query, verify_items

FORMULA = "=CMD|' /C calc'!A0"
TRAIL, RIGHTS = "/reports/trail/", "/audit/rights/export/"
DOWNLOADS = ("/subjects/list/", "/queries/export/?state=all", TRAIL, "/audit/access/export/", RIGHTS)


def counter(page: str, name: str) -> int:
    found = re.search(rf'href="/subjects/tasks/{name}/[^"]*">.*?<span class="v">(\d+)</span>', page)
    assert found is not None, name
    return int(found[1])


@pytest.mark.req("P08")
def test_the_next_page_shows_what_any_way_of_writing_changed(
    people: People, infused: Subject, signed_in: SignedIn
) -> None:
    client = signed_in(people.monitor)

    def shown() -> tuple[int, int]:
        page = text_of(client.get("/subjects/"))
        return counter(page, "in-progress"), counter(page, "to-verify")

    assert shown() == (0, 0)
    record = vitals(people, infused, "D3")
    assert shown() == (1, 0)
    with acting(system_user(), "by hand", source="command"), connection.cursor() as cursor:
        cursor.execute("UPDATE safety_vitalsigns SET status = 'COMPLETE' WHERE id = %s", [str(record.pk)])
    assert shown() == (0, 1)
    verify_items(by=people.monitor, record=record)
    assert shown() == (0, 0)
    with acting(system_user(), "computed", source="task"):
        VitalSigns.objects.filter(pk=record.pk).update(temperature_c="38.9")
    assert shown() == (0, 1)
    assert "no-store" in client.get("/subjects/")["Cache-Control"]


@pytest.mark.req("P31")
def test_counters_and_lists_agree_after_every_step(people: People, infused: Subject, signed_in: SignedIn) -> None:
    client = signed_in(people.monitor)

    def agree(expected: dict[str, int]) -> None:
        page = text_of(client.get("/subjects/"))
        for name, number in expected.items():
            assert counter(page, name) == number == len(client.get(f"/subjects/tasks/{name}/").context["lines"]), name
        for each in client.get("/queries/?state=all").context["counters"]:
            assert len(client.get(f"/queries/{each['url']}").context["lines"]) == each["value"]

    record = vitals(people, infused, "D3", action="complete")
    agree({"to-verify": 1, "to-sign": 1})
    query = raise_query(by=people.monitor, record=record, field="heart_rate", text="Which arm?")
    agree({"to-verify": 1})
    move_query(by=people.coordinator, query=query, to="answered", text="Left.")
    verify_items(by=people.monitor, record=record, fields={"heart_rate"})
    agree({"to-verify": 1})
    move_query(by=people.monitor, query=query, to="closed", text="Seen.")
    verify_items(by=people.monitor, record=record)
    agree({"to-verify": 0, "to-sign": 1})


@pytest.mark.req("P26")
@pytest.mark.parametrize("address", DOWNLOADS)
def test_no_download_carries_a_formula(people: People, infused: Subject, signed_in: SignedIn, address: str) -> None:
    texts = EVENT | {"treatment": FORMULA}
    event = enter(people.coordinator, infused, "LOG", "AE", sequence=0, rows=GRADE_3, **texts)
    raise_query(by=people.monitor, record=event, field="treatment", text=FORMULA)
    with acting(system_user(), "renamed", source="command"):
        User.objects.filter(pk=people.inspector.pk).update(full_name=FORMULA)
        type(people.site).objects.update(name=FORMULA)
    people.inspector.refresh_from_db()
    note(people.inspector, "query list downloaded", FORMULA)
    client = signed_in(people.inspector)
    text = exported(client) if address == TRAIL else b"".join(client.get(address)).decode("utf-8-sig")
    rows = list(csv.reader(text.splitlines()))
    cells = [cell for row in rows for cell in row]
    assert len(rows) > 1
    assert [cell for cell in cells if re.match(r"\s*[=+@]|\s*-(?![\d.,]+$)", cell)] == []
    assert address == "/subjects/list/" or f"'{FORMULA}" in cells


@pytest.mark.req("P29")
def test_a_task_is_sent_after_the_commit_and_never_for_what_was_taken_back(
    people: People, infused: Subject, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    sent: list[tuple[str, ...]] = []
    monkeypatch.setattr("dosing.services.later._send", lambda *wanted: sent.append(wanted))
    wanted = ("dosing.tasks.recompute_subject", str(infused.pk))
    with django_capture_on_commit_callbacks(execute=True):
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            enter(people.coordinator, infused, "LOG", "AE", sequence=0, rows=GRADE_3, **EVENT)
            raise ZeroDivisionError
        assert sent == []
    assert sent == []
    with django_capture_on_commit_callbacks(execute=True):
        enter(people.coordinator, infused, "LOG", "AE", sequence=0, rows=GRADE_3, **EVENT)
        assert sent == [], "nothing is sent before the commit"
    assert sent.count(wanted) == 1
