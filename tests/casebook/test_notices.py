"""People are told once of what concerns them, whichever way it came about, and no e-mail holds a clinical value."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from dosing.models import DoseDecision
from enrollment.models import Subject
from enrollment.services import add_subject
from safety.models import VitalSigns
from tests.casebook.entering import enter
from tests.casebook.test_closing import VITALS, browser
from tests.dosing.builders import Trial
from tests.people import PASSWORD, People
from trial_edc.accounts.models import User
from trial_edc.audit.context import acting, system_user
from trial_edc.audit.models import AccessEvent
from trial_edc.audit.signatures import WrongPassword
from trial_edc.casebook import closing, notices
from trial_edc.casebook.models import Notice
from trial_edc.casebook.signing import sign_record
from trial_edc.casebook.tasks import tell_people
from trial_edc.review.services import move_query, raise_query


@pytest.fixture
def subject(people: People) -> Subject:
    return add_subject(by=people.coordinator, site=people.site)


@pytest.fixture
def form(people: People, subject: Subject) -> VitalSigns:
    record = enter(people.coordinator, subject, "SCR", "VS", action="complete", **VITALS)
    assert isinstance(record, VitalSigns)
    return record


def told(user: User, kind: str) -> list[str]:
    return list(Notice.objects.filter(user=user, kind=kind).order_by("created_at").values_list("text", flat=True))


def test_a_query_concerns_who_answers_then_who_asked(people: People, form: VitalSigns) -> None:
    query = raise_query(by=people.monitor, record=form, field="heart_rate", text="72 or 92?")
    assert notices.look_around() >= 1
    assert notices.look_around() == 0
    assert told(people.coordinator, "query") == ["01-001, Vital signs: query 1 waits for an answer"]
    assert told(people.monitor, "query") == []
    assert told(people.elsewhere, "query") == []
    move_query(by=people.coordinator, query=query, to="answered", text="It is 72.")
    notices.look_around()
    assert told(people.monitor, "query") == ["01-001, Vital signs: query 1 was answered"]
    move_query(by=people.monitor, query=query, to="open", text="Really?")
    notices.look_around()
    assert len(told(people.coordinator, "query")) == 2


@pytest.mark.req("R16", "P07")
@pytest.mark.parametrize("path", ["form", "task", "sql"])
def test_a_voided_signature_is_told_to_who_signed_on_every_path(
    people: People, subject: Subject, form: VitalSigns, path: str
) -> None:
    sign_record(by=people.investigator, record=form, version=1, password=PASSWORD)
    notices.look_around()
    assert told(people.investigator, "signature") == []
    if path == "form":
        change = VITALS | {"heart_rate": "90", "version": "1", "reason_code": "TRANSCRIPTION", "action": "complete"}
        enter(people.coordinator, subject, "SCR", "VS", **change)
    elif path == "task":
        with acting(system_user(), "computed", source="task"):
            VitalSigns.objects.filter(pk=form.pk).update(heart_rate=91)
    else:
        with acting(people.data_manager, "correction", source="command"), connection.cursor() as cursor:
            cursor.execute("UPDATE safety_vitalsigns SET heart_rate = 92 WHERE id = %s", [str(form.pk)])
    notices.look_around()
    assert told(people.investigator, "signature") == ["01-001, Vital signs: your signature was voided by a change"]


def test_a_request_to_unlock_concerns_the_others(people: People, subject: Subject, form: VitalSigns) -> None:
    sign_record(by=people.investigator, record=form, version=1, password=PASSWORD)
    with acting(people.data_manager, "test"):
        closing._close(subject, "SCR", "LOCKED", people.data_manager)
    closing.request_unlock(by=people.data_manager, subject=subject, visit="SCR", reason="late result")
    notices.look_around()
    assert len(told(people.investigator, "unlock")) == 1
    assert told(people.data_manager, "unlock") == [] == told(people.coordinator, "unlock")


def test_a_decision_in_review_and_a_superseded_one_are_told(people: People) -> None:
    trial = Trial(people)
    for _number in range(3):
        trial.infused()
    trial.compute()
    decision = trial.review(1, override_reason="The committee has seen the source.")
    notices.look_around()
    assert len(told(people.src_member, "decision")) == 1
    assert told(people.coordinator, "decision") == []
    with acting(system_user(), "computed", source="task"):
        DoseDecision.objects.filter(pk=decision.pk).update(
            status=DoseDecision.Status.SUPERSEDED,
            superseded_at=timezone.now(),
            superseded_because="An event was added.",
        )
    notices.look_around()
    assert "superseded: review required" in told(people.investigator, "decision")[-1]


@pytest.fixture
def addressed(people: People) -> User:
    with acting(people.coordinator, "test"):
        User.objects.filter(pk=people.coordinator.pk).update(email="coordinator@example.org")
    return User.objects.get(pk=people.coordinator.pk)


def test_one_mail_says_that_there_is_something_never_what_was_measured(
    people: People, form: VitalSigns, addressed: User
) -> None:
    raise_query(by=people.monitor, record=form, field="heart_rate", text="72 or 92 beats?")
    tell_people()
    (message,) = mail.outbox
    assert message.to == ["coordinator@example.org"]
    assert "query 1 waits for an answer" in message.subject
    for clinical in ("72", "92", "36.6", "Heart rate", "beats"):
        assert clinical not in f"{message.subject} {message.body}"
    tell_people()
    assert len(mail.outbox) == 1


def test_who_wants_no_mail_gets_none_and_sees_the_notice(people: People, form: VitalSigns, addressed: User) -> None:
    client = browser(addressed)
    client.post(reverse("casebook:notices-preferences"), {"kind": ["job"]})
    raise_query(by=people.monitor, record=form, field="heart_rate", text="Why?")
    tell_people()
    assert mail.outbox == []
    page = client.get(reverse("casebook:notices")).content.decode()
    assert "query 1 waits for an answer" in page and "1 not read" in page


def test_opening_a_notice_reads_it_and_leads_there(people: People, form: VitalSigns) -> None:
    raise_query(by=people.monitor, record=form, field="heart_rate", text="Why?")
    notices.look_around()
    notice = Notice.objects.get(user=people.coordinator)
    address = reverse("casebook:notice-open", args=[notice.pk])
    assert browser(people.monitor).post(address).status_code == 404
    answer = browser(people.coordinator).post(address)
    assert answer["Location"] == "/subjects/01-001/SCR/VS/1/#id_heart_rate-thread"
    assert notices.unread_count(people.coordinator) == 0


def test_all_are_read_at_once_and_only_ones_own(people: People, form: VitalSigns) -> None:
    raise_query(by=people.monitor, record=form, field="heart_rate", text="Why?")
    raise_query(by=people.monitor, record=form, field="systolic_bp", text="Why?")
    notices.look_around()
    others = Notice.objects.exclude(user=people.coordinator).count()
    answer: Any = browser(people.coordinator).post(reverse("casebook:notices-read"), follow=True)
    assert "2 notices read." in answer.content.decode()
    assert Notice.objects.filter(read_at=None).count() == others


def refused(people: People, form: VitalSigns, minutes_ago: list[float], by: str = "investigator") -> None:
    """Let somebody give a wrong password for a signature, some minutes ago each."""
    for minutes in minutes_ago:
        with pytest.raises(WrongPassword):
            sign_record(by=getattr(people, by), record=form, version=1, password="wrong")
        latest = AccessEvent.objects.latest("pk")
        moment = timezone.now() - timedelta(minutes=minutes)
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE audit_accessevent DISABLE TRIGGER audit_append_only")
            cursor.execute("UPDATE audit_accessevent SET at = %s WHERE id = %s", [moment, latest.pk])
            cursor.execute("ALTER TABLE audit_accessevent ENABLE TRIGGER audit_append_only")


@pytest.mark.req("R19")
@pytest.mark.parametrize(
    ("minutes_ago", "alerts"),
    [
        ([3, 2], 0),
        ([3, 2, 1], 1),
        ([61, 2, 1], 0),
        ([59, 2, 1], 1),
        ([5, 4, 3, 2, 1], 1),
        ([6, 5, 4, 3, 2, 1], 2),
    ],
)
def test_refused_signatures_of_one_person_within_an_hour_alert_the_administrators(
    people: People, form: VitalSigns, minutes_ago: list[float], alerts: int
) -> None:
    refused(people, form, minutes_ago)
    notices.look_around()
    notices.look_around()
    found = told(people.administrator, "security")
    assert found == [f"{people.investigator.full_name}: 3 refused signatures within an hour"] * alerts
    assert told(people.investigator, "security") == told(people.monitor, "security") == []


@pytest.mark.req("R19")
def test_the_attempts_of_two_people_are_not_added_up(people: People, form: VitalSigns) -> None:
    refused(people, form, [3, 2])
    refused(people, form, [1], by="sub_investigator")
    notices.look_around()
    assert told(people.administrator, "security") == []


@pytest.mark.req("R19")
def test_the_alert_is_mailed_and_leads_to_the_attempts(people: People, form: VitalSigns) -> None:
    with acting(system_user(), "test", source="command"):
        User.objects.filter(pk=people.administrator.pk).update(email="admin@example.org")
    refused(people, form, [3, 2, 1])
    tell_people()
    (letter,) = [each for each in mail.outbox if each.to == ["admin@example.org"]]
    assert "3 refused signatures within an hour" in letter.subject
    notice = Notice.objects.get(user=people.administrator, kind="security")
    page = browser(people.administrator).get(notice.url).content.decode()
    assert page.count("<td>signature refused</td>") == 3
