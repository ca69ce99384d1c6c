"""Endorsement at milestones: what waits is listed with its day, leads to the sign-off page, and is gone once signed."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from enrollment.models import Subject
from tests.casebook.conftest import SignedIn
from tests.casebook.entering import enter
from tests.casebook.test_closing import VITALS
from tests.casebook.test_matrix import text_of
from tests.casebook.test_rights import shift_trail
from tests.dosing.builders import Trial
from tests.people import PASSWORD, People
from trial_edc.accounts.access import today
from trial_edc.casebook.selectors.desk_lists import due_endorsements
from trial_edc.casebook.visits import record_visit
from trial_edc.casebook.work import Desk, Line

LIST = "/desk/endorsements/"


def vitals(day: Any) -> dict[str, Any]:
    return VITALS | {"assessed_date": day.isoformat()}


@pytest.fixture
def treated(people: People) -> Subject:
    """A subject on Day 60 with one complete form at Day 3; nothing of the casebook is signed."""
    subject = Trial(people).infused(days=60, day28=False)
    day = today() - timedelta(days=57)
    record_visit(by=people.coordinator, subject=subject, code="D3", visit_date=day)
    enter(people.coordinator, subject, "D3", "VS", action="complete", **vitals(day))
    return subject


def waiting(people: People, subject: Subject) -> list[Line]:
    return [line for line in due_endorsements(Desk(people.investigator)) if line.subject == subject.identifier]


def sign_all(people: People, signed_in: SignedIn, line: Line) -> Any:
    """Open the page that the line leads to, and sign everything it offers."""
    client = signed_in(people.investigator)
    page = text_of(client.get(line.url))
    chosen = re.findall(r'name="chosen" value="([^"]+)"', page)
    body = {"chosen": chosen, "meaning": "review", "password": PASSWORD}
    return chosen, client.post(line.url, body)


@pytest.mark.req("R18")
def test_day_28_is_endorsed_on_the_sign_off_page(people: People, treated: Subject, signed_in: SignedIn) -> None:
    (line,) = waiting(people, treated)
    assert "milestone=D28" in line.url and "Day 28" in str(line.where)
    assert line.due == today() + timedelta(days=14), "entered today: the days count from today"
    page = text_of(signed_in(people.investigator).get(LIST))
    assert line.url in page and str(line.what) in page and "late" not in page
    chosen, answer = sign_all(people, signed_in, line)
    assert len(chosen) == 2 and answer.status_code == 302
    assert waiting(people, treated) == []


@pytest.mark.req("R18")
def test_an_overdue_endorsement_says_by_how_much(people: People, treated: Subject, signed_in: SignedIn) -> None:
    shift_trail(50)
    closed = today() - timedelta(days=60 - 28 - 3)  # the window of Day 28 lasts three days longer
    (line,) = waiting(people, treated)
    assert line.due == closed + timedelta(days=14)
    client = signed_in(people.investigator)
    late = f"{(today() - line.due).days} days late"
    assert late in text_of(client.get(LIST)) and late in text_of(client.get("/desk/"))
    assert "Overdue" in text_of(client.get(line.url))


@pytest.mark.req("R18")
def test_a_change_of_what_was_endorsed_is_endorsed_again(people: People, treated: Subject, signed_in: SignedIn) -> None:
    (line,) = waiting(people, treated)
    sign_all(people, signed_in, line)
    assert waiting(people, treated) == []
    change = vitals(today() - timedelta(days=57)) | {
        "heart_rate": "99", "version": "1", "reason_code": "TRANSCRIPTION", "action": "complete",
    }  # fmt: skip
    enter(people.coordinator, treated, "D3", "VS", **change)
    (again,) = waiting(people, treated)
    assert again.url == line.url


@pytest.mark.req("R18")
def test_what_a_dose_decision_rests_on_is_endorsed(people: People, signed_in: SignedIn) -> None:
    trial = Trial(people)
    subject = trial.infused(days=20)
    for _number in range(2):
        trial.infused(days=20)
    trial.compute()
    day = today() - timedelta(days=17)
    record_visit(by=people.coordinator, subject=subject, code="D3", visit_date=day)
    enter(people.coordinator, subject, "D3", "VS", action="complete", **vitals(day))
    assert waiting(people, subject) == []
    trial.review(1, override_reason="The committee has seen the source.")
    (line,) = waiting(people, subject)
    assert "Decision on" in str(line.where)
    _chosen, answer = sign_all(people, signed_in, line)
    assert answer.status_code == 302
    assert waiting(people, subject) == []


def test_the_page_of_one_milestone_offers_its_forms_alone(
    people: People, treated: Subject, signed_in: SignedIn
) -> None:
    later = enter(people.coordinator, treated, "UNS", "VS", action="complete", **vitals(today()))
    (line,) = waiting(people, treated)
    client = signed_in(people.investigator)
    assert str(later.pk) not in text_of(client.get(line.url))
    assert str(later.pk) in text_of(client.get(reverse("casebook:sign-off", args=[treated.identifier])))
