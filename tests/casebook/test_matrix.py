"""The matrix, the lists behind its counters, the export, and adding a subject."""

from __future__ import annotations

import re
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from enrollment.models import Subject
from tests.casebook.conftest import SignedIn
from tests.casebook.entering import enter
from tests.people import People
from trial_edc.accounts.access import today
from trial_edc.audit.context import acting
from trial_edc.audit.models import AccessEvent
from trial_edc.casebook.csv_file import csv_response, safe_cell
from trial_edc.casebook.selectors.worklists import WORK_LISTS
from trial_edc.review.services import raise_query

#: session, person, memberships, counts of open queries and of unread notices in the frame
FRAME_QUERIES = 5
#: What a reader does once for all casebooks that changed since somebody read them, up to 25 of them.
SETTLING_QUERIES = 20
VITALS = {
    "assessed_time": "08:00", "temperature_c": "36.6", "systolic_bp": "120", "diastolic_bp": "80",
    "heart_rate": "70", "respiratory_rate": "14", "oxygen_saturation": "98",
}  # fmt: skip


def vitals(people: People, subject: Subject, visit: str, **more: Any) -> Any:
    """Enter vital signs of today; `more` replaces single texts."""
    return enter(people.coordinator, subject, visit, "VS", **({"assessed_date": today().isoformat()} | VITALS | more))


def text_of(response: Any) -> str:
    """Return a page as text."""
    text: str = response.content.decode()
    return text


def download_of(response: Any) -> str:
    """Return a streamed download as text."""
    return b"".join(response.streaming_content).decode()


@pytest.fixture
def worked_on(people: People, infused: Subject) -> Subject:
    """Complete, started and queried forms at several visits."""
    vitals(people, infused, "D1", action="complete")
    vitals(people, infused, "D2")
    asked = vitals(people, infused, "D3", action="complete")
    raise_query(by=people.monitor, record=asked, field="heart_rate", text="Please check the source.")
    return infused


def test_every_cell_says_subject_visit_state_and_queries(
    people: People, worked_on: Subject, signed_in: SignedIn
) -> None:
    page = text_of(signed_in(people.coordinator).get("/subjects/"))
    names = re.findall(r'class="cell[^"]*"[^>]*aria-label="([^"]*)"', page)
    assert all(name.startswith("01-001, ") and ": " in name for name in names)
    assert "01-001, Day 3: Overdue, 1 query open" in names
    assert "01-001, Day 10: Not started" in names
    assert "01-001, Day 11: Not due yet" in names
    assert any(name.startswith("01-001, LD: Overdue") for name in names)
    assert "01-001, Adverse event: 0 entries" in names
    assert 'style="' not in page and "onclick" not in page


def test_a_group_opens_and_closes_by_its_address(people: People, infused: Subject, signed_in: SignedIn) -> None:
    client = signed_in(people.coordinator)
    assert "01-001, Baseline:" not in text_of(client.get("/subjects/"))
    assert "01-001, Baseline:" in text_of(client.get("/subjects/?groups=LYMPHODEPLETION"))
    assert "01-001, Day 3:" not in text_of(client.get("/subjects/?groups=DAYS_1_14"))


def test_filters_are_part_of_the_address(people: People, infused: Subject, signed_in: SignedIn) -> None:
    client = signed_in(people.coordinator)
    shown = [
        ("level=1", True), ("level=2", False), ("level=x", False), ("status=IN WINDOW", True), ("status=DIED", False),
        ("q=001", True), ("q=999", False), ("site=01", True), ("site=02", False),
    ]  # fmt: skip
    for query, expected in shown:
        assert ('aria-label="01-001, ' in text_of(client.get(f"/subjects/?{query}"))) is expected, query


def test_subjects_of_other_sites_are_not_there(
    people: People, infused: Subject, elsewhere: Subject, signed_in: SignedIn
) -> None:
    here, there = signed_in(people.coordinator), signed_in(people.monitor)
    assert "02-001" not in text_of(here.get("/subjects/"))
    assert "02-001" in text_of(there.get("/subjects/"))
    assert "02-001" not in text_of(here.get("/subjects/?site=02"))


@pytest.mark.req("P31")
@pytest.mark.parametrize("name", [*WORK_LISTS])
@pytest.mark.parametrize("query", ["", "level=1", "level=2", "q=01-0"])
def test_the_number_on_a_counter_is_the_length_of_its_list(
    people: People, worked_on: Subject, signed_in: SignedIn, name: str, query: str
) -> None:
    client = signed_in(people.monitor)
    page = text_of(client.get(f"/subjects/?{query}"))
    found = re.search(rf'href="(/subjects/tasks/{name}/[^"]*)">.*?<span class="v">(\d+)</span>', page)
    assert found is not None
    listed = client.get(found[1].replace("&amp;", "&"))
    assert len(listed.context["lines"]) == int(found[2]) == listed.context["page_obj"].paginator.count


def test_the_work_lists_hold_what_they_say(people: People, worked_on: Subject, signed_in: SignedIn) -> None:
    client = signed_in(people.monitor)

    def listed(name: str) -> list[str]:
        return [line["url"] for line in client.get(f"/subjects/tasks/{name}/").context["lines"]]

    assert listed("in-progress") == ["/subjects/01-001/D2/VS/1/"]
    assert listed("to-verify") == ["/subjects/01-001/D1/VS/1/", "/subjects/01-001/D3/VS/1/"]
    assert listed("to-sign") == ["/subjects/01-001/D1/VS/1/"]
    assert "/subjects/01-001/D3/" in listed("overdue")
    assert client.get("/subjects/tasks/nothing/").status_code == 404


@pytest.mark.req("P31")
def test_query_counters_equal_the_query_list(people: People, worked_on: Subject, signed_in: SignedIn) -> None:
    client = signed_in(people.monitor)
    page = text_of(client.get("/subjects/"))
    for state, expected in (("open", 1), ("answered", 0)):
        found = re.search(rf'href="(/queries/\?[^"]*state={state})">.*?<span class="v">(\d+)</span>', page)
        assert found is not None and int(found[2]) == expected
        assert len(client.get(found[1].replace("&amp;", "&")).context["lines"]) == expected


@pytest.mark.ui(31)
def test_at_most_ten_queries_whatever_the_number_of_subjects(
    people: People, worked_on: Subject, signed_in: SignedIn
) -> None:
    client = signed_in(people.coordinator)
    client.get("/subjects/")
    with CaptureQueriesContext(connection) as few:
        client.get("/subjects/")
    with acting(people.coordinator):
        for number in range(2, 8):
            Subject.objects.create(identifier=f"01-00{number}", site=people.site)
    with CaptureQueriesContext(connection) as changed:
        client.get("/subjects/")
    with CaptureQueriesContext(connection) as many:
        client.get("/subjects/")
    assert len(few) == len(many) <= 10 + FRAME_QUERIES
    assert len(changed) - len(many) <= SETTLING_QUERIES


def test_the_card_of_a_cell(people: People, worked_on: Subject, elsewhere: Subject, signed_in: SignedIn) -> None:
    client = signed_in(people.coordinator)
    card = text_of(client.get("/subjects/01-001/D3/card/"))
    assert "Vital signs" in card and "1 query open" in card and "1 of 4" in card
    assert 'href="/subjects/01-001/D3/VS/1/"' in card and 'href="/subjects/01-001/D3/"' in card
    assert client.get("/subjects/01-001/XX/card/").status_code == 404
    assert client.get("/subjects/02-001/SCR/card/").status_code == 404


def test_the_list_downloads_safely_and_is_noted(people: People, infused: Subject, signed_in: SignedIn) -> None:
    response = signed_in(people.monitor).get("/subjects/list/?level=1")
    content = download_of(response)
    assert content.startswith("\ufeffSubject,Site,") and "01-001,01,In DLT window,DL1" in content
    noted = AccessEvent.objects.get(action="subject list downloaded")
    assert noted.by_name == people.monitor.full_name and noted.detail == "level=1"


@pytest.mark.req("P26")
@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("=1+1", "'=1+1"), ("+49 170", "'+49 170"), ("-2+3", "'-2+3"), ("@SUM(A1)", "'@SUM(A1)"), ("\t=1", "'\t=1"),
        (" =1", "' =1"), ("\rx", "'\rx"), ("-5", "-5"), ("-0.5", "-0.5"), ("plain", "plain"), (None, ""), (3, "3"),
    ],
)  # fmt: skip
def test_no_cell_is_a_formula(value: Any, expected: str) -> None:
    assert safe_cell(value) == expected


def test_quotes_and_line_breaks_survive_the_csv() -> None:
    lines = download_of(csv_response("x", ["a"], [['say "=1"\nnow']]))
    assert lines == '\ufeffa\r\n"say ""=1""\nnow"\r\n'


@pytest.mark.req("P02")
def test_a_subject_is_added_once_per_token(people: People, signed_in: SignedIn) -> None:
    client, token = signed_in(people.coordinator), str(uuid4())
    for _again in range(2):
        response = client.post("/subjects/add/", {"site": "01", "token": token})
        assert response.status_code == 302 and response["Location"] == "/subjects/01-001/"
    assert Subject.objects.count() == 1
    assert client.post("/subjects/add/", {"site": "01", "token": "?"}).status_code == 409
    assert signed_in(people.sub_investigator).post("/subjects/add/", {"site": "01", "token": token}).status_code == 409


def test_only_who_enrols_adds_subjects_and_only_at_their_site(people: People, signed_in: SignedIn) -> None:
    assert signed_in(people.monitor).get("/subjects/add/").status_code == 403
    client = signed_in(people.coordinator)
    assert client.get("/subjects/add/").status_code == 200
    assert client.post("/subjects/add/", {"site": "02", "token": str(uuid4())}).status_code == 403
    assert not Subject.objects.exists()


def test_people_without_subjects_do_not_see_them(people: People, infused: Subject, signed_in: SignedIn) -> None:
    client = signed_in(people.administrator)
    for address in ("/subjects/", "/subjects/list/", "/subjects/tasks/overdue/", "/subjects/01-001/",
                    "/subjects/01-001/D1/", "/subjects/01-001/D1/card/", "/queries/", "/queries/export/"):  # fmt: skip
        assert client.get(address).status_code == 403, address


def test_home_leads_to_the_first_page_a_person_may_open(people: People, signed_in: SignedIn) -> None:
    assert signed_in(people.coordinator).get("/")["Location"] == "/desk/"
    assert signed_in(people.administrator).get("/")["Location"] == "/desk/"


def test_an_empty_study_says_what_to_do(people: People, signed_in: SignedIn) -> None:
    assert "Add the first subject" in text_of(signed_in(people.coordinator).get("/subjects/"))
    assert "Show all subjects" in text_of(signed_in(people.coordinator).get("/subjects/?q=zzz"))
