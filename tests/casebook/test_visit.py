"""The visit page, and the date of a visit or the reason why it was not done."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from enrollment.models import Subject
from tests.casebook.conftest import SignedIn
from tests.casebook.test_matrix import text_of, vitals
from tests.people import People
from trial_edc.accounts.access import today
from trial_edc.audit.models import ItemChange
from trial_edc.casebook.models import SubjectVisit
from trial_edc.casebook.selectors.status import casebook
from trial_edc.casebook.visits import record_visit
from trial_edc.errors import DomainError
from trial_edc.protocol import status


def shown(subject: Subject, code: str) -> status.Status:
    state = casebook(subject).at(code)
    assert state is not None
    return state.status


def test_the_page_shows_plan_forms_and_neighbours(people: People, infused: Subject, signed_in: SignedIn) -> None:
    vitals(people, infused, "D3")
    page = text_of(signed_in(people.coordinator).get("/subjects/01-001/D3/"))
    assert "Vital signs 1" in page and "1 of 4 expected" in page and "8/8" in page
    assert 'href="/subjects/01-001/D3/VS/"' in page and "Add another" in page
    assert 'href="/subjects/01-001/D2/"' in page and 'href="/subjects/01-001/D4/"' in page
    assert people.coordinator.full_name in page and "if applicable" in page


def test_the_date_is_read_tolerantly_and_written_once(people: People, infused: Subject, signed_in: SignedIn) -> None:
    client = signed_in(people.coordinator)
    day = (today() - timedelta(days=7)).strftime("%d%b%y").lstrip("0").lower()
    for _again in range(2):
        assert client.post("/subjects/01-001/D3/", {"visit_date": day, "not_done_reason": ""}).status_code == 302
    visit = SubjectVisit.objects.get()
    assert visit.visit_date == today() - timedelta(days=7)
    assert ItemChange.objects.filter(record=visit.pk, field="visit_date").count() == 1
    assert "in window" in text_of(client.get("/subjects/01-001/D3/"))


@pytest.mark.parametrize(("days", "words"), [(-1, "1 day early"), (2, "2 days late"), (0, "in window")])
def test_early_and_late_are_said(people: People, infused: Subject, signed_in: SignedIn, days: int, words: str) -> None:
    planned = today() - timedelta(days=7)
    record_visit(by=people.coordinator, subject=infused, code="D3", visit_date=planned + timedelta(days=days))
    assert words in text_of(signed_in(people.monitor).get("/subjects/01-001/D3/"))


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"visit_date": "31-Feb-2026"}, "February 2026 has 28 days."),
        ({"visit_date": "yesterday"}, "Enter a date like 05-Nov-2026."),
        ({"visit_date": "01-Jan-2099"}, "The date of the visit is in the future."),
        ({"visit_date": "01-Jan-2025", "not_done_reason": "ill"}, "not both"),
        ({"not_done_reason": "."}, "at least 3 characters"),
        ({"not_done_reason": "x" * 201}, "longer than 200"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_lost(
    people: People, infused: Subject, signed_in: SignedIn, typed: dict[str, str], sentence: str
) -> None:
    response = signed_in(people.coordinator).post("/subjects/01-001/D3/", typed)
    page = text_of(response)
    assert response.status_code == 422 and sentence in page and "<title>Error:" in page
    assert all(value in page for value in typed.values())
    assert not SubjectVisit.objects.exists()


def test_a_visit_that_was_not_done_is_not_overdue(people: People, infused: Subject) -> None:
    assert shown(infused, "D3") is status.OVERDUE
    record_visit(by=people.coordinator, subject=infused, code="D3", visit_date=None, not_done_reason="Subject at home")
    assert shown(infused, "D3") is status.NOT_DONE
    record_visit(by=people.coordinator, subject=infused, code="D3", visit_date=None)
    assert shown(infused, "D3") is status.OVERDUE


def test_a_visit_with_forms_was_done(people: People, infused: Subject) -> None:
    vitals(people, infused, "D3")
    with pytest.raises(DomainError, match="so it took place"):
        record_visit(by=people.coordinator, subject=infused, code="D3", visit_date=None, not_done_reason="at home")


def test_only_who_enters_data_sets_the_date(
    people: People, infused: Subject, elsewhere: Subject, signed_in: SignedIn
) -> None:
    response = signed_in(people.monitor).post("/subjects/01-001/D3/", {"visit_date": "01-Jan-2025"})
    assert response.status_code == 403
    assert "Save date of visit" not in text_of(signed_in(people.monitor).get("/subjects/01-001/D3/"))
    with pytest.raises(PermissionDenied):
        record_visit(by=people.coordinator, subject=elsewhere, code="SCR", visit_date=today())
    assert not SubjectVisit.objects.exists()


def test_subjects_of_other_sites_and_unknown_visits_are_not_found(
    people: People, infused: Subject, elsewhere: Subject, signed_in: SignedIn
) -> None:
    client = signed_in(people.coordinator)
    assert client.get("/subjects/02-001/SCR/").status_code == 404
    assert client.post("/subjects/02-001/SCR/", {"visit_date": ""}).status_code == 404
    assert client.get("/subjects/01-001/D99/").status_code == 404
    assert client.get("/subjects/01-099/D1/").status_code == 404


@pytest.mark.ui(31)
def test_few_queries_however_many_forms(
    people: People, infused: Subject, signed_in: SignedIn, django_assert_max_num_queries: Any
) -> None:
    for sequence in (1, 2, 3, 4):
        vitals(people, infused, "D3", sequence=0 if sequence > 1 else 1)
    client = signed_in(people.coordinator)
    client.get("/subjects/01-001/D3/")
    with django_assert_max_num_queries(16):
        client.get("/subjects/01-001/D3/")
