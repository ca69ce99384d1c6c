"""Forms that were not done: with a reason, instead of values, and taken back."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied

from enrollment.models import Subject
from safety.models import IcansAssessment, VitalSigns
from tests.casebook.conftest import SignedIn
from tests.casebook.entering import enter
from tests.casebook.test_matrix import VITALS, text_of, vitals
from tests.people import People
from trial_edc.accounts.access import today
from trial_edc.audit.models import ItemChange
from trial_edc.casebook import closing
from trial_edc.casebook.models import Draft
from trial_edc.casebook.not_done import mark_not_done, take_back
from trial_edc.casebook.obstacles import obstacles, scope_of
from trial_edc.casebook.place import NEW, Place
from trial_edc.casebook.selectors.status import casebook
from trial_edc.errors import DomainError
from trial_edc.protocol import status

PAGE = "/subjects/01-001/D3/ICANS/1/"


def mark(people: People, subject: Subject, oid: str = "ICANS", **more: Any) -> Any:
    given: dict[str, Any] = {
        "by": people.coordinator, "place": Place(subject, "D3", oid, 1), "reason": "Subject asleep", "version": 0,
        "token": str(uuid4()),
    }  # fmt: skip
    return mark_not_done(**given | more)


def shown(subject: Subject, oid: str = "ICANS") -> status.Status:
    state = casebook(subject).at("D3")
    assert state is not None
    return next(form.status for form in state.forms if form.form.oid == oid)


def test_a_form_that_was_not_begun_is_created_with_its_reason_in_the_trail(people: People, infused: Subject) -> None:
    record = mark(people, infused)
    assert (record.status, record.version, record.completed_at) == ("NOT DONE", 1, None)
    change = ItemChange.objects.get(record=record.pk, field="status")
    assert (change.new, change.reason, change.changed_by_name) == ("NOT DONE", "Subject asleep", "Coordinator")
    assert shown(infused) is status.NOT_DONE
    mark(people, infused, "VS")
    assert shown(infused, "VS") is status.NOT_DONE, "none of the four expected sets was done"


def test_the_same_token_marks_once(people: People, infused: Subject) -> None:
    token = str(uuid4())
    first, again = (mark(people, infused, token=token) for _time in range(2))
    assert first.pk == again.pk and IcansAssessment.objects.get().version == 1


def test_the_page_asks_why_and_shows_it_where_the_form_stands(
    people: People, infused: Subject, signed_in: SignedIn
) -> None:
    client = signed_in(people.coordinator)
    assert f'href="{PAGE}not-done/"' in text_of(client.get(PAGE))
    assert f'href="{PAGE}not-done/"' in text_of(client.get("/subjects/01-001/D3/"))
    data = {"version": "0", "token": str(uuid4()), "reason": " . "}
    refused = client.post(f"{PAGE}not-done/", data)
    assert refused.status_code == 422 and "at least 3 characters" in text_of(refused)
    assert client.post(f"{PAGE}not-done/", data | {"reason": "x" * 501}).status_code == 422
    assert not IcansAssessment.objects.exists()
    answer = client.post(f"{PAGE}not-done/", data | {"reason": "Subject asleep"})
    assert answer["Location"] == "/subjects/01-001/D3/"
    visit, form = text_of(client.get("/subjects/01-001/D3/")), text_of(client.get(PAGE))
    assert "Subject asleep" in visit
    assert "Not done: Subject asleep" in form and "take this back" in form and 'id="crf-form"' not in form
    assert "Nothing to resolve" in form
    assert "take this back" not in text_of(signed_in(people.monitor).get(PAGE))
    history = text_of(client.get(f"{PAGE}history/"))
    assert "State of the form" in history and "Subject asleep" in history


def test_it_is_taken_back_and_filled_after_all(people: People, infused: Subject, signed_in: SignedIn) -> None:
    mark(people, infused, "VS")
    with pytest.raises(DomainError, match="marked as not done"):
        vitals(people, infused, "D3", version="1")
    page = "/subjects/01-001/D3/VS/1/"
    stale = signed_in(people.coordinator).post(f"{page}not-done/take-back/", {"version": "7"})
    assert stale.status_code == 409
    answer = signed_in(people.coordinator).post(f"{page}not-done/take-back/", {"version": "1"})
    assert answer["Location"] == page
    record = VitalSigns.objects.get()
    assert (record.status, record.version) == ("STARTED", 2)
    assert ItemChange.objects.filter(record=record.pk, field="status").latest("id").reason == "Done after all"
    assert vitals(people, infused, "D3", version="2").heart_rate == 70
    with pytest.raises(DomainError, match="is not marked as not done"):
        take_back(by=people.coordinator, place=Place(infused, "D3", "VS", 1), version=3)


def test_a_form_with_values_is_emptied_first(people: People, infused: Subject, signed_in: SignedIn) -> None:
    vitals(people, infused, "D3")
    page = "/subjects/01-001/D3/VS/1/not-done/"
    client = signed_in(people.coordinator)
    assert "holds values" in text_of(client.get(page)) and "Why was it not done" not in text_of(client.get(page))
    with pytest.raises(DomainError, match="holds values"):
        mark(people, infused, "VS", version=1)
    refused = client.post(page, {"version": "1", "token": str(uuid4()), "reason": "Subject asleep"})
    assert refused.status_code == 422 and "holds values" in text_of(refused)
    empty = dict.fromkeys([*VITALS, "assessed_date"], "")
    enter(people.coordinator, infused, "D3", "VS", **empty)
    assert mark(people, infused, "VS", version=2).status == "NOT DONE"


def test_rows_are_values_but_not_what_they_are_about(people: People, infused: Subject) -> None:
    event = Place(infused, "LOG", "AE", 1)
    enter(people.coordinator, infused, "LOG", "AE", rows=[{"grade": "2", "start_date": "UN-Nov-2025"}])
    with pytest.raises(DomainError, match="holds values"):
        mark(people, infused, place=event, version=1)
    rows = {"CYTR-TOTAL_FORMS": "1", "CYTR-INITIAL_FORMS": "0", "CYTR-0-analyte": "IL-6"}
    sample = Place(infused, "D3", "CYT", 1)
    enter(people.coordinator, infused, "D3", "CYT", **rows)
    assert mark(people, infused, place=sample, version=1).status == "NOT DONE"


def test_a_complete_form_and_one_already_not_done_are_refused(people: People, infused: Subject) -> None:
    vitals(people, infused, "D3", action="complete")
    with pytest.raises(DomainError, match="is Complete and cannot"):
        mark(people, infused, "VS", version=1)
    mark(people, infused)
    with pytest.raises(DomainError, match="not done already"):
        mark(people, infused, version=1)
    with pytest.raises(DomainError, match="has changed since"):
        mark(people, infused, version=0)


def test_a_draft_is_forgotten_and_the_next_free_number_taken(people: People, infused: Subject) -> None:
    Draft.objects.create(user=people.coordinator, subject=infused, form="ICANS", visit="D3", sequence=1, data="x=1")
    mark(people, infused)
    assert not Draft.objects.exists()
    assert mark(people, infused, place=Place(infused, "D3", "ICANS", NEW)).sequence == 2


@pytest.mark.parametrize("role", ["monitor", "data_manager", "statistician", "elsewhere"])
def test_only_who_enters_data(people: People, infused: Subject, signed_in: SignedIn, role: str) -> None:
    person = getattr(people, role)
    with pytest.raises(PermissionDenied):
        mark(people, infused, by=person)
    with pytest.raises(PermissionDenied):
        take_back(by=person, place=Place(infused, "D3", "ICANS", 1), version=0)
    assert signed_in(person).get(f"{PAGE}not-done/").status_code in (403, 404)
    assert not IcansAssessment.objects.exists()


def test_what_the_protocol_does_not_collect_cannot_be_not_done(people: People, infused: Subject) -> None:
    with pytest.raises(DomainError, match="does not collect"):
        mark(people, infused, place=Place(infused, "D3", "IC", 1))


@pytest.mark.req("R43")
def test_a_frozen_visit_keeps_what_was_not_done_and_can_be_closed(people: People, infused: Subject) -> None:
    record = enter(
        people.coordinator, infused, "UNS", "VS", **VITALS, assessed_date=today().isoformat(), action="complete"
    )
    undone = Place(infused, "UNS", "PE", 1)
    mark(people, infused, place=undone)
    closing.freeze(by=people.data_manager, subject=infused, visit="UNS")
    with pytest.raises(DomainError, match="This visit is frozen"):
        take_back(by=people.coordinator, place=undone, version=1)
    with pytest.raises(DomainError, match="This visit is frozen"):
        mark(people, infused, place=Place(infused, "UNS", "CRS", 1))
    words = [point.words for point in obstacles(scope_of(infused, "UNS"), to="LOCKED")]
    assert words == ["Vital signs is not signed"] and record.status == "COMPLETE"
