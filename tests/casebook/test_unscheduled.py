"""Unscheduled visits: any number per subject, each dated, in order of their days, and never at another subject."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.test import RequestFactory
from django.utils import timezone

from enrollment.models import Subject
from enrollment.services import add_subject
from safety.models import VitalSigns
from tests.casebook.conftest import SignedIn
from tests.casebook.entering import enter, post
from tests.casebook.test_matrix import text_of, vitals
from tests.people import People
from trial_edc.accounts.access import today
from trial_edc.audit.context import acting
from trial_edc.audit.models import ItemChange
from trial_edc.casebook.models import SubjectVisit
from trial_edc.casebook.selectors.expected import expected_forms
from trial_edc.casebook.selectors.facts import read_facts
from trial_edc.casebook.selectors.status import casebook
from trial_edc.casebook.selectors.verification import progress
from trial_edc.casebook.views.access import place_for
from trial_edc.casebook.visits import add_unscheduled_visit, record_visit
from trial_edc.casebook.work import Desk, find
from trial_edc.errors import DomainError
from trial_edc.protocol import status
from trial_edc.review.models import Closure
from trial_edc.review.services import raise_query


def ago(days: int) -> date:
    return today() - timedelta(days=days)


def add(people: People, subject: Subject, day: date, token: str = "") -> SubjectVisit:
    return add_unscheduled_visit(by=people.coordinator, subject=subject, visit_date=day, token=token or str(uuid4()))


@pytest.fixture
def visited(people: People, infused: Subject) -> Subject:
    """A subject infused ten days ago with three unscheduled visits, not entered in the order of their days."""
    for days in (2, 7, 4):
        add(people, infused, ago(days))
    return infused


def test_each_visit_gets_the_next_code_and_its_day(visited: Subject) -> None:
    found = dict(SubjectVisit.objects.order_by("code").values_list("code", "visit_date"))
    assert found == {"UNS": ago(2), "UNS2": ago(7), "UNS3": ago(4)}
    assert ItemChange.objects.filter(field="visit_date", chain=visited.pk).count() == 3


def test_they_stand_among_the_planned_visits_by_day(people: People, visited: Subject, signed_in: SignedIn) -> None:
    codes = [state.visit.code for state in casebook(visited).visits]
    assert codes[codes.index("D3") : codes.index("D9") + 1] == [
        "D3", "UNS2", "D4", "D5", "D6", "UNS3", "D7", "D8", "UNS", "D9",
    ]  # fmt: skip
    page = text_of(signed_in(people.monitor).get("/subjects/01-001/"))
    listed = re.findall(r'<th scope="row"><a href="/subjects/01-001/(\w+)/">([^<]*)</a>', page)
    assert [code for code, _label in listed] == codes
    assert ("UNS3", "Unscheduled visit 3") in listed and ("UNS", "Unscheduled visit") in listed
    sidebar = text_of(signed_in(people.coordinator).get("/subjects/01-001/UNS2/VS/1/"))
    assert "Unscheduled visit 2" in sidebar and 'href="/subjects/01-001/D4/"' in sidebar
    assert 'href="/subjects/01-001/UNS2/"' in text_of(signed_in(people.coordinator).get("/subjects/01-001/D4/VS/1/"))
    neighbours = text_of(signed_in(people.monitor).get("/subjects/01-001/UNS2/"))
    assert 'rel="prev" href="/subjects/01-001/D3/"' in neighbours and 'href="/subjects/01-001/D4/"' in neighbours


def test_before_every_planned_visit_and_without_a_day(people: People) -> None:
    fresh = add_subject(by=people.coordinator, site=people.site)
    enter(people.coordinator, fresh, "UNS", "VS", heart_rate="70")
    assert [state.visit.code for state in casebook(fresh).visits][-1] == "UNS", "a visit without a day comes last"
    add(people, fresh, ago(3))
    assert next(state.visit.code for state in casebook(fresh).visits) == "UNS2", "nothing is planned before it"


def test_the_button_asks_for_a_day_and_adds_once(people: People, infused: Subject, signed_in: SignedIn) -> None:
    client, address, token = signed_in(people.coordinator), "/subjects/01-001/unscheduled/", str(uuid4())
    assert f'href="{address}"' in text_of(client.get("/subjects/01-001/"))
    for typed, sentence in (
        ("", "Enter the date of the visit."),
        ("soon", "Enter a date"),
        ("1jan2099", "in the future"),
    ):
        refused = client.post(address, {"visit_date": typed, "token": token})
        assert refused.status_code == 422 and sentence in text_of(refused) and f'value="{typed}"' in text_of(refused)
    assert not SubjectVisit.objects.exists()
    for _again in range(2):
        answer = client.post(address, {"visit_date": ago(1).strftime("%d%b%y"), "token": token})
        assert answer["Location"] == "/subjects/01-001/UNS/"
    assert SubjectVisit.objects.get().visit_date == ago(1)
    assert "Or: not done" not in text_of(client.get("/subjects/01-001/UNS/"))


def test_only_who_enters_data_adds_visits(people: People, infused: Subject, signed_in: SignedIn) -> None:
    for role in (people.monitor, people.data_manager, people.statistician):
        with pytest.raises(PermissionDenied):
            add_unscheduled_visit(by=role, subject=infused, visit_date=today(), token=str(uuid4()))
        assert signed_in(role).get("/subjects/01-001/unscheduled/").status_code == 403
        assert "Add unscheduled visit" not in text_of(signed_in(role).get("/subjects/01-001/"))
        assert "Add unscheduled visit" not in text_of(signed_in(role).get("/subjects/01-001/unscheduled/card/"))
    assert not SubjectVisit.objects.exists()


def test_nothing_is_added_to_a_locked_casebook(people: People, infused: Subject) -> None:
    with acting(people.data_manager, "test"):
        Closure.objects.create(
            subject=infused, visit="", state="LOCKED", closed_by=people.data_manager, closed_at=timezone.now()
        )
    with pytest.raises(DomainError, match="nothing can be entered"):
        add(people, infused, today())
    assert not SubjectVisit.objects.exists()


def test_one_subjects_visit_is_never_anothers(people: People, visited: Subject, signed_in: SignedIn) -> None:
    other = add_subject(by=people.coordinator, site=people.site)
    client, name = signed_in(people.coordinator), other.identifier
    for code in ("UNS", "UNS2", "UNS3"):
        for address in ("", "card/", "VS/", "VS/1/", "VS/1/presence/"):
            assert client.get(f"/subjects/{name}/{code}/{address}").status_code == 404, (code, address)
        for address in ("", "VS/1/", "VS/1/draft/", "VS/1/live/"):
            data = {"visit_date": today().isoformat(), "token": str(uuid4()), "version": "0"}
            assert client.post(f"/subjects/{name}/{code}/{address}", data).status_code == 404, (code, address)
    with pytest.raises(DomainError, match="has no visit UNS2"):
        post(people.coordinator, other, "UNS2", "VS")
    with pytest.raises(DomainError, match="has no visit UNS2"):
        record_visit(by=people.coordinator, subject=other, code="UNS2", visit_date=today())
    assert casebook(other).unscheduled == ()
    facts = read_facts([visited.pk, other.pk])
    assert casebook(other, facts).unscheduled == () and len(casebook(visited, facts).unscheduled) == 3
    for page in (f"/subjects/{name}/", f"/subjects/{name}/unscheduled/card/", f"/subjects/{name}/SCR/VS/1/"):
        assert not re.search(r"/UNS\d?/", text_of(client.get(page))), page
    matrix = text_of(client.get("/subjects/"))
    assert f"{name}, Unscheduled visits: 0 visits" in matrix and "01-001, Unscheduled visits: 3 visits" in matrix


@pytest.mark.parametrize("code", ["UNS1", "UNS02", "UNS100", "UNSX", "uns2"])
def test_there_are_no_other_codes(people: People, visited: Subject, signed_in: SignedIn, code: str) -> None:
    assert signed_in(people.coordinator).get(f"/subjects/01-001/{code}/VS/1/").status_code == 404
    request = RequestFactory().get("/")
    request.user = people.coordinator
    with pytest.raises(Http404):
        place_for(request, "01-001", code, "VS", 1)


def test_the_cell_of_the_matrix_is_the_worst_of_them_and_its_card_lists_them(
    people: People, visited: Subject, signed_in: SignedIn
) -> None:
    vitals(people, visited, "UNS", action="complete")
    vitals(people, visited, "UNS3")
    client = signed_in(people.coordinator)
    assert "01-001, Unscheduled visits: 3 visits, In progress" in text_of(client.get("/subjects/"))
    asked = vitals(people, visited, "UNS2", action="complete")
    raise_query(by=people.monitor, record=asked, field="heart_rate", text="Please check.")
    page = text_of(client.get("/subjects/"))
    assert "01-001, Unscheduled visits: 3 visits, In progress, 1 query open" in page
    assert 'data-url="/subjects/01-001/unscheduled/card/"' in page
    card = text_of(client.get("/subjects/01-001/unscheduled/card/"))
    order = [card.index(f"/subjects/01-001/{code}/") for code in ("UNS2", "UNS3", "UNS")]
    assert order == sorted(order) and "1 query open" in card and 'href="/subjects/01-001/unscheduled/"' in card
    assert client.get("/subjects/09-001/unscheduled/card/").status_code == 404


def test_they_are_on_the_lists_of_work(people: People, visited: Subject) -> None:
    vitals(people, visited, "UNS2")
    vitals(people, visited, "UNS3", action="complete")

    def lines(name: str) -> list[tuple[str, str]]:
        wanted = find(name)
        assert wanted is not None
        return [(str(line.where), str(line.what)) for line in wanted.found(Desk(people.coordinator))]

    assert ("Unscheduled visit", "0 forms begun") in lines("due")
    assert ("Unscheduled visit 2", "1 form begun") in lines("due")
    assert ("Unscheduled visit 2", "Vital signs") in lines("in-progress")
    assert ("Unscheduled visit 3", "Vital signs") in lines("to-verify")
    assert "Unscheduled visit 3" not in [where for where, _what in lines("due")]
    assert not [where for where, _what in lines("overdue") if where.startswith("Unscheduled")]


def test_status_before_and_after_the_first_form(people: People, visited: Subject) -> None:
    def shown() -> status.Status:
        state = casebook(visited).at("UNS2")
        assert state is not None
        return state.status

    assert shown() is status.NOT_STARTED
    vitals(people, visited, "UNS2")
    assert shown() is status.IN_PROGRESS


def test_a_visit_is_taken_back_by_its_date_and_its_code_is_not_given_again(
    people: People, visited: Subject, signed_in: SignedIn
) -> None:
    client = signed_in(people.coordinator)
    answer: Any = client.post("/subjects/01-001/UNS3/", {"visit_date": "", "not_done_reason": ""})
    assert answer["Location"] == "/subjects/01-001/"
    assert client.get("/subjects/01-001/UNS3/").status_code == 404
    assert [state.visit.code for state in casebook(visited).unscheduled] == ["UNS2", "UNS"]
    assert add(people, visited, ago(1)).code == "UNS4"
    record_visit(by=people.coordinator, subject=visited, code="UNS3", visit_date=ago(3))
    assert casebook(visited).at("UNS3") is not None


@pytest.mark.parametrize(
    ("day", "reason", "sentence"), [(None, "", "so it has a date"), (None, "ill", "because it took place")]
)
def test_an_unscheduled_visit_with_forms_keeps_its_date_and_is_never_not_done(
    people: People, visited: Subject, day: date | None, reason: str, sentence: str
) -> None:
    vitals(people, visited, "UNS2")
    with pytest.raises(DomainError, match=sentence):
        record_visit(by=people.coordinator, subject=visited, code="UNS2", visit_date=day, not_done_reason=reason)


def test_after_the_ninety_ninth_visit_there_is_a_sentence(people: People, infused: Subject) -> None:
    with acting(people.coordinator, "test"):
        SubjectVisit.objects.create(subject=infused, code="UNS99", visit_date=ago(1))
    with pytest.raises(DomainError, match="99 unscheduled visits"):
        add(people, infused, today())


def test_a_running_log_filed_at_an_unscheduled_visit_is_on_the_log(people: People, visited: Subject) -> None:
    event = {"term": "Headache", "onset_date": "UN-Nov-2025", "serious": "false"}
    enter(people.coordinator, visited, "UNS2", "AE", sequence=0, rows=[], **event)
    log = next(log for log in casebook(visited).logs if log.form.oid == "AE")
    assert [record.visit for record in log.records] == ["UNS2"]


def test_every_form_of_an_unscheduled_visit_opens_and_is_checked_at_a_further_one(
    people: People, visited: Subject, signed_in: SignedIn
) -> None:
    client = signed_in(people.investigator)
    forms = [form.oid for form in expected_forms("UNS2")]
    assert {"VS", "CRS", "TL", "CYT"} <= set(forms) and forms == [form.oid for form in expected_forms("UNS")]
    for oid in forms:
        address = f"/subjects/01-001/UNS2/{oid}/1/"
        page = client.get(address)
        assert page.status_code == 200, oid
        sent = dict(re.findall(r'name="(\w+-(?:TOTAL|INITIAL)_FORMS)" value="(\d+)"', text_of(page)))
        day = {name: ago(7).isoformat() for name in ("assessed_date", "scan_date", "drawn_date", "visit_date")}
        assert client.post(f"{address}live/", sent | day).status_code == 200, oid


def test_questions_on_many_items_mean_all_of_them_in_their_order(
    people: People, visited: Subject, signed_in: SignedIn
) -> None:
    for code in ("UNS3", "UNS2", "D3"):
        vitals(people, visited, code)
    client = signed_in(people.monitor)
    offered = dict(client.get("/queries/raise/").context["visits"])
    assert offered["UNS"] == "Unscheduled visits"
    shown = client.get("/queries/raise/", {"item": "VS.heart_rate", "visit": ["UNS", "D3"]}).context["points"]
    assert [point["visit"] for point in shown] == ["Day 3", "Unscheduled visit 2", "Unscheduled visit 3"]
    (one,) = client.get("/queries/raise/", {"item": "VS.heart_rate", "visit": "D3"}).context["points"]
    assert one["visit"] == "Day 3"


def test_source_verification_names_each_of_them(people: People, visited: Subject, signed_in: SignedIn) -> None:
    for code in ("UNS3", "UNS2", "EOS"):
        with acting(people.coordinator, "test"):
            VitalSigns.objects.create(subject=visited, visit=code, heart_rate=70)
    shown = signed_in(people.monitor).get("/verification/").context["lines"]
    assert [line["visit"] for line in shown][:2] == ["Unscheduled visit 2", "Unscheduled visit 3"]
    assert [form.visit for form in progress([visited.pk])] == ["UNS2", "UNS3", "EOS"]
