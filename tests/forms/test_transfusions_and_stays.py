"""Transfusions and hospital stays: what is refused, what keeps them open, what a stay proposes."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client

from enrollment.models import Subject
from enrollment.services import add_subject
from safety.models import HospitalStay, IntensiveCare, Transfusion
from tests.casebook.entering import enter, post
from tests.forms.log_samples import (
    CARE,
    STAY,
    TRANSFUSION,
    lines,
    panels_of,
    sentences,
    stay_in_care,
)
from tests.people import People
from trial_edc.accounts.access import today
from trial_edc.audit.context import acting
from trial_edc.audit.models import ItemChange
from trial_edc.casebook.submission import Refused
from trial_edc.crf.models import FormStatus

ZONE = ZoneInfo("Asia/Shanghai")


@pytest.fixture
def subject(people: People) -> Subject:
    return add_subject(by=people.coordinator, site=people.site)


def day(offset: int) -> str:
    return (today() + timedelta(days=offset)).strftime("%d-%b-%Y")


TRANSFUSIONS: list[tuple[str, dict[str, Any], str]] = [
    ("nothing given", {"amount": "0"}, "The amount must be more than 0."),
    ("a course of platelets", {"last_date": "12-Mar-2026"}, "does not apply"),
    ("a course that ends before", {"product": "G-CSF", "amount_unit": "ug", "last_date": "09-Mar-2026"},
     "The course ends before it begins."),
    ("in the future", {"given_date": day(1)}, "This moment lies in the future."),
    ("a course into the future", {"product": "G-CSF", "amount_unit": "ug", "last_date": day(1)}, "in the future"),
    ("which product, when it is listed", {"product_other": "Whole blood"}, "does not apply"),
    ("no such event", {"event_number": "4"}, "has no event 4"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("changed", "sentence"), [row[1:] for row in TRANSFUSIONS], ids=[row[0] for row in TRANSFUSIONS]
)
def test_a_transfusion_that_cannot_be_is_refused(
    people: People, subject: Subject, changed: dict[str, Any], sentence: str
) -> None:
    assert sentence in sentences(post(people.coordinator, subject, "LOG", "TX", sequence=0, **(TRANSFUSION | changed)))
    assert not Transfusion.objects.exists()


@pytest.mark.parametrize(
    ("changed", "check"),
    [({"amount": "21"}, "TX-004"), ({"product": "ALBUMIN"}, "TX-003"), ({"amount": "20"}, "")],
)
def test_an_unusual_amount_is_confirmed(people: People, subject: Subject, changed: dict[str, Any], check: str) -> None:
    texts = TRANSFUSION | changed | {"action": "complete"}
    outcome = post(people.coordinator, subject, "LOG", "TX", sequence=0, **texts)
    assert ([each.oid for each in outcome.entry.form.soft] if isinstance(outcome, Refused) else [""]) == [check]


def test_another_product_is_named(people: People, subject: Subject) -> None:
    other = TRANSFUSION | {"product": "OTHER", "amount_unit": "mL", "action": "complete"}
    assert "Enter a value" in sentences(post(people.coordinator, subject, "LOG", "TX", sequence=0, **other))
    named = other | {"product_other": "Granulocytes"}
    assert enter(people.coordinator, subject, "LOG", "TX", sequence=0, **named).product_other == "Granulocytes"


# ---- hospital stays

STAYS: list[tuple[str, dict[str, Any], str]] = [
    ("out before in", STAY | {"discharge_date": "28-Feb-2026"}, "The discharge lies before the admission."),
    ("out before in on one day",
     STAY | {"discharge_date": "01-Mar-2026", "discharge_time": "08:00", "admission_time": "09:00"},
     "The discharge lies before the admission."),
    ("care before the stay", stay_in_care(CARE | {"in_date": "27-Feb-2026"}), "Intensive care lies within the stay"),
    ("care after the stay", stay_in_care(CARE | {"out_date": "26-Mar-2026"}), "Intensive care lies within the stay"),
    ("care backwards", stay_in_care(CARE | {"out_date": "04-Mar-2026"}), "Intensive care ends before it begins."),
    ("care twice at one time", stay_in_care(CARE, CARE | {"in_date": "06-Mar-2026", "out_date": "08-Mar-2026"}),
     "cannot overlap"),
    ("care while care goes on", stay_in_care({"in_date": "05-Mar-2026"}, CARE | {"in_date": "06-Mar-2026"}),
     "cannot overlap"),
    ("care in the future", stay_in_care({"in_date": day(1)}, discharge_date=""), "This date lies in the future."),
    ("care into the future", stay_in_care(CARE | {"out_date": day(1)}, discharge_date=""), "lies in the future."),
    ("a time of no date", stay_in_care({"in_date": "05-Mar-2026", "out_time": "09:00"}), "Enter the date to this"),
    ("care without a beginning", stay_in_care({"out_date": "07-Mar-2026"}), "Enter a value."),
    ("discharge time of no date", STAY | {"discharge_date": "", "discharge_time": "10:00"}, "Enter the date to this"),
    ("admission time of no date", STAY | {"admission_date": "", "admission_time": "10:00"}, "Enter the date to this"),
    ("in the future", STAY | {"discharge_date": day(1)}, "This date lies in the future."),
    ("an event that is not there", STAY | {"reason": "ADVERSE EVENT", "event_number": "3"}, "has no event 3"),
    ("an event for another reason", STAY | {"event_number": "1"}, "does not apply"),
]  # fmt: skip


@pytest.mark.parametrize(("texts", "sentence"), [row[1:] for row in STAYS], ids=[row[0] for row in STAYS])
def test_a_stay_that_cannot_be_is_refused(
    people: People, subject: Subject, texts: dict[str, Any], sentence: str
) -> None:
    before = ItemChange.objects.count()
    assert sentence in sentences(post(people.coordinator, subject, "LOG", "HOSP", sequence=0, **texts))
    assert not HospitalStay.objects.exists() and ItemChange.objects.count() == before


UNFINISHED: list[tuple[str, dict[str, Any], str]] = [
    ("care said, none entered", STAY | {"intensive_care": "true"}, "say different things"),
    ("care entered, denied", stay_in_care(CARE, intensive_care="false"), "say different things"),
    ("discharged out of open care", stay_in_care({"in_date": "05-Mar-2026"}), "enter when intensive care ended"),
    ("not discharged", STAY | {"discharge_date": ""}, "Enter a value"),
]


@pytest.mark.parametrize(("texts", "sentence"), [row[1:] for row in UNFINISHED], ids=[row[0] for row in UNFINISHED])
def test_an_unfinished_stay_is_saved_and_not_complete(
    people: People, subject: Subject, texts: dict[str, Any], sentence: str
) -> None:
    outcome = post(people.coordinator, subject, "LOG", "HOSP", sequence=0, **(texts | {"action": "complete"}))
    assert sentence in sentences(outcome)
    saved = enter(people.coordinator, subject, "LOG", "HOSP", sequence=0, **texts)
    assert saved.status == FormStatus.STARTED


def test_two_stays_in_care_follow_each_other(people: People, subject: Subject) -> None:
    again = {"in_date": "07-Mar-2026", "in_time": "09:00", "out_date": "09-Mar-2026"}
    texts = stay_in_care(again, CARE, action="complete")
    enter(people.coordinator, subject, "LOG", "HOSP", sequence=0, **texts)
    assert IntensiveCare.objects.count() == 2


def test_stays_at_one_time_are_refused_and_a_transfer_is_not(people: People, subject: Subject) -> None:
    enter(people.coordinator, subject, "LOG", "HOSP", sequence=0, **STAY)
    second = STAY | {"admission_date": "24-Mar-2026", "discharge_date": "30-Mar-2026", "reason": "DISEASE"}
    outcome = post(people.coordinator, subject, "LOG", "HOSP", sequence=0, **second)
    assert "Hospital stay 1, from 01-Mar-2026, is at the same time." in sentences(outcome)
    transferred = second | {"admission_date": "25-Mar-2026", "discharge_date": ""}
    enter(people.coordinator, subject, "LOG", "HOSP", sequence=0, **transferred)
    third = second | {"admission_date": "02-Apr-2026", "discharge_date": "03-Apr-2026"}
    assert "Hospital stay 2" in sentences(post(people.coordinator, subject, "LOG", "HOSP", sequence=0, **third))
    enter(people.coordinator, subject, "LOG", "HOSP", sequence=1, **(STAY | {"ward": "Ward 8"}))
    other = add_subject(by=people.coordinator, site=people.site)
    enter(people.coordinator, other, "LOG", "HOSP", sequence=0, **STAY)


@pytest.mark.parametrize(("days", "early"), [(13, True), (14, False), (0, True)])
def test_a_discharge_before_day_14_proposes_a_deviation(
    people: People, subject: Subject, days: int, early: bool
) -> None:
    infused = datetime(2026, 3, 8, 10, 0, tzinfo=ZONE)
    with acting(people.coordinator, "test"):
        subject.infused_at = infused
        subject.save()
    left = (infused + timedelta(days=days)).strftime("%d-%b-%Y")
    (panel,) = panels_of(people.coordinator, subject, "HOSP", STAY | {"discharge_date": left})
    assert ("deviation" in str(panel.title)) is early
    assert ("/LOG/DV/" in panel.link) is early
    assert lines(panel)[1] == ("Discharged on study day", str(days))
    if early:
        client = Client()
        client.force_login(people.coordinator, backend="django.contrib.auth.backends.ModelBackend")
        page = client.get(panel.link, follow=True).content.decode()
        assert f"Discharged on Day {days}; the protocol keeps the subject in hospital until Day 14." in page


def test_a_stay_that_goes_on_says_so(people: People, subject: Subject) -> None:
    (panel,) = panels_of(people.coordinator, subject, "HOSP", STAY | {"discharge_date": ""})
    assert lines(panel) == [("Nights", "still in hospital")]
    assert panels_of(people.coordinator, subject, "HOSP", STAY | {"admission_date": "", "discharge_date": ""}) == []
