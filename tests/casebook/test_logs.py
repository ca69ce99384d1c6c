"""The running logs of a subject: sorted by any column, and a form that leads back to its log."""

from __future__ import annotations

import re
from html import unescape
from typing import Any
from uuid import uuid4

import pytest

from enrollment.models import Subject
from tests.casebook.conftest import SignedIn
from tests.casebook.entering import enter, row_texts
from tests.casebook.test_matrix import text_of
from tests.people import People
from trial_edc.casebook.selectors.logs import read_sorting

LOGS = "/subjects/01-001/?tab=logs"
EVENTS: tuple[tuple[dict[str, Any], list[dict[str, Any]]], ...] = (
    ({"term": "Nausea", "onset_date": "2026-03-12", "serious": "false"}, [{"grade": 2, "start_date": "2026-03-12"}]),
    ({"term": "Headache", "onset_date": "UN-Mar-2026", "serious": "false"}, [{"grade": 3, "start_date": "2026-03-20"}]),
    ({"term": "Fever"}, []),
    ({"term": "fatigue", "onset_date": "2026-01-02"}, [{"grade": 1, "start_date": "2026-01-02"}]),
)


@pytest.fixture
def logged(people: People, infused: Subject) -> Subject:
    for texts, rows in EVENTS:
        enter(people.coordinator, infused, "LOG", "AE", sequence=0, rows=rows, **texts)
    return infused


def numbers(page: str) -> list[int]:
    """Return the numbers of the adverse events in the order of the table."""
    return [int(found) for found in re.findall(r'href="/subjects/01-001/LOG/AE/(\d+)/\?next=log[^"]*"', page)]


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        ("", [1, 2, 3, 4]),
        ("AE.no", [1, 2, 3, 4]),
        ("AE.-no", [4, 3, 2, 1]),
        ("AE.term", [4, 3, 2, 1]),
        ("AE.-term", [1, 2, 3, 4]),
        ("AE.onset_date", [4, 2, 1, 3]),
        ("AE.-onset_date", [1, 2, 4, 3]),
        ("AE.AEG", [4, 1, 2, 3]),
        ("AE.state", [1, 2, 3, 4]),
        ("AE.nothing", [1, 2, 3, 4]),
        ("AE.", [1, 2, 3, 4]),
        ("CM.-no", [1, 2, 3, 4]),
        ("<script>.x", [1, 2, 3, 4]),
    ],
)
def test_every_column_sorts_and_what_is_missing_comes_last(
    people: People, logged: Subject, signed_in: SignedIn, sort: str, expected: list[int]
) -> None:
    page = text_of(signed_in(people.monitor).get(LOGS, {"tab": "logs", "sort": sort}))
    assert numbers(page) == expected
    assert "<script>.x" not in page


def test_the_heading_says_how_it_is_sorted_and_turns_it_round(
    people: People, logged: Subject, signed_in: SignedIn
) -> None:
    client = signed_in(people.monitor)
    plain = text_of(client.get(LOGS))
    assert "aria-sort" not in plain
    found = re.search(r'<a class="sort" href="([^"]*sort=AE\.onset_date[^"]*)"', plain)
    assert found is not None and unescape(found[1]).endswith("#log-AE")
    upwards = text_of(client.get(unescape(found[1])))
    assert upwards.count('aria-sort="ascending"') == 1
    turned = re.search(r'aria-sort="ascending"><a class="sort" href="([^"]*)"', upwards)
    assert turned is not None and "sort=AE.-onset_date" in turned[1]
    assert 'aria-sort="descending"' in text_of(client.get(unescape(turned[1])))


def test_sorting_one_log_keeps_how_another_is_sorted() -> None:
    assert read_sorting(["AE.-no", "CM.no", "AE.term", "x", ".y"]) == {"AE": "term", "CM": "no", "": "y"}


def test_a_form_opened_from_its_log_leads_back_to_it(people: People, logged: Subject, signed_in: SignedIn) -> None:
    client = signed_in(people.coordinator)
    opened = client.get("/subjects/01-001/LOG/AE/?next=log")
    assert opened["Location"] == "/subjects/01-001/LOG/AE/5/?next=log"
    page = text_of(client.get(opened["Location"]))
    assert 'action="/subjects/01-001/LOG/AE/5/?next=log"' in page
    assert 'href="/subjects/01-001/?tab=logs#log-AE"' in page and "Back to the log" in page
    sent = {"token": str(uuid4()), "version": "0", "action": "save", "onset_date": "soon", **row_texts("AEG", [])}
    refused = client.post(opened["Location"], sent)
    assert refused.status_code == 422
    assert 'action="/subjects/01-001/LOG/AE/5/?next=log"' in text_of(refused), "a refused form still leads back"
    for action in ("save", "next"):
        given = sent | {"onset_date": "2026-03-01", "action": action, "token": str(uuid4())}
        number = 5 if action == "save" else 6
        saved = client.post(f"/subjects/01-001/LOG/AE/{number}/?next=log", given)
        assert saved["Location"] == f"/subjects/01-001/?tab=logs#log-AE-LOG-{number}"


def test_a_form_of_a_visit_does_not_lead_to_a_log(people: People, infused: Subject, signed_in: SignedIn) -> None:
    client = signed_in(people.coordinator)
    assert "Back to the log" not in text_of(client.get("/subjects/01-001/D3/VS/1/?next=log"))
    assert "Back to the log" not in text_of(client.get("/subjects/01-001/LOG/AE/1/?next=https://example.org"))
    assert "Back to the log" not in text_of(client.get("/subjects/01-001/LOG/AE/1/"))


def editor(page: str) -> str:
    found = re.search(r'<section class="card-x log-editor".*?</section>', page, flags=re.DOTALL)
    assert found
    return unescape(found.group(0))


def link(page: str, mark: str) -> str:
    """Return where the link with a mark leads."""
    found = re.search(rf'<a [^>]*{mark}[^>]*href="([^"]+)"', page)
    return found.group(1) if found else ""


def test_the_form_of_a_row_stands_below_its_log_with_the_way_on_and_back(
    people: People, logged: Subject, signed_in: SignedIn
) -> None:
    client = signed_in(people.coordinator)
    start = "/subjects/01-001/LOG/AE/2/?next=log&sort=AE.onset_date&sort=CM.no"
    part = editor(text_of(client.get(start)))
    assert "entry 2 of 4" in part
    rows = part.split("<tbody>")[1]
    assert numbers(rows) == [4, 2, 1, 3], "the log keeps its order"
    assert re.search(r'id="log-AE-LOG-2"[^>]*aria-current="true"', rows) and rows.count("aria-current") == 1
    back = "/subjects/01-001/?tab=logs&sort=AE.onset_date&sort=CM.no#log-AE-LOG-2"
    assert link(part, "data-log-close") == back
    kept = "?next=log&sort=AE.onset_date&sort=CM.no"
    assert link(part, 'rel="prev"') == f"/subjects/01-001/LOG/AE/4/{kept}"
    assert link(part, 'rel="next"') == f"/subjects/01-001/LOG/AE/1/{kept}"
    assert 'id="log-AE-LOG-2"' in text_of(client.get(back)), "the way back ends at the row"


def test_the_first_and_the_last_row_and_a_new_one_have_no_neighbour_there(
    people: People, logged: Subject, signed_in: SignedIn
) -> None:
    client = signed_in(people.coordinator)
    first, last, new = (
        editor(text_of(client.get(f"/subjects/01-001/LOG/AE/{number}/?next=log"))) for number in (1, 4, 5)
    )
    assert link(first, 'rel="prev"') == "" and link(first, 'rel="next"') != ""
    assert link(last, 'rel="next"') == "" and link(last, 'rel="prev"') != ""
    assert "new entry" in new and link(new, "data-log-close") == "/subjects/01-001/?tab=logs#log-AE"
    assert link(new, 'rel="prev"').startswith("/subjects/01-001/LOG/AE/4/")


def test_saving_a_row_leads_to_its_row_or_on_to_the_next(people: People, logged: Subject, signed_in: SignedIn) -> None:
    client, address = signed_in(people.coordinator), "/subjects/01-001/LOG/AE/3/?next=log&sort=AE.-no"
    page = unescape(text_of(client.get(address)))
    following = re.search(r'name="following" value="([^"]+)"', page)
    assert following and following.group(1) == "/subjects/01-001/LOG/AE/2/?next=log&sort=AE.-no"
    assert "Save and next entry" in page

    def saved(version: int, action: str, to: str) -> str:
        rows = {"AEG-INITIAL_FORMS": "0", "AEG-TOTAL_FORMS": "0"}
        body = {
            "token": str(uuid4()), "version": str(version), "action": action, "term": "Fever",
            "onset_date": f"2026-03-0{version}", "following": to, **rows,
        }  # fmt: skip
        answer = client.post(address, body)
        assert answer.status_code == 302, text_of(answer)
        return str(answer["Location"])

    back = "/subjects/01-001/?tab=logs&sort=AE.-no#log-AE-LOG-3"
    assert saved(1, "save", following.group(1)) == back
    assert saved(2, "next", following.group(1)) == following.group(1)
    assert saved(3, "next", "https://example.org/") == back, "nobody is led elsewhere"
    assert saved(4, "next", "") == back


def test_a_form_that_is_read_only_is_read_below_its_log(people: People, logged: Subject, signed_in: SignedIn) -> None:
    page = text_of(signed_in(people.monitor).get("/subjects/01-001/LOG/AE/2/?next=log"))
    assert "entry 2 of 4" in editor(page) and 'id="crf-form"' not in page
