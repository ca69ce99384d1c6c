"""Freeze and lock keep data as they are; one person can thaw, only two can unlock, and always with a reason."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse

from enrollment.models import Subject
from enrollment.services import add_subject
from safety.models import VitalSigns
from tests.casebook.entering import enter
from tests.people import PASSWORD, People
from trial_edc.audit.models import ItemChange
from trial_edc.audit.signatures import holding
from trial_edc.casebook import closing
from trial_edc.casebook.signing import sign_record
from trial_edc.casebook.visits import record_visit
from trial_edc.errors import DomainError
from trial_edc.review.models import Closure, UnlockRequest
from trial_edc.review.services import move_query, raise_query

VITALS: dict[str, Any] = {
    "assessed_date": "5nov26", "assessed_time": "0810", "temperature_c": "36.6", "systolic_bp": "120",
    "diastolic_bp": "80", "heart_rate": "72", "respiratory_rate": "16", "oxygen_saturation": "98",
}  # fmt: skip
VISIT = "UNS"


@pytest.fixture
def subject(people: People) -> Subject:
    return add_subject(by=people.coordinator, site=people.site)


@pytest.fixture
def form(people: People, subject: Subject) -> VitalSigns:
    record = enter(people.coordinator, subject, VISIT, "VS", action="complete", **VITALS)
    assert isinstance(record, VitalSigns)
    return record


def browser(user: Any) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def page(subject: Subject) -> str:
    return reverse("casebook:closing-subject", args=[subject.identifier])


def state(form: VitalSigns) -> str:
    form.refresh_from_db()
    return form.status


@pytest.mark.req("R43")
def test_a_frozen_visit_takes_no_change_and_no_new_form(people: People, subject: Subject, form: VitalSigns) -> None:
    assert closing.freeze(by=people.data_manager, subject=subject, visit=VISIT) == 1
    assert state(form) == "FROZEN"
    change = VITALS | {"heart_rate": "99", "version": "1", "reason_code": "TRANSCRIPTION"}
    with pytest.raises(DomainError, match="Frozen and cannot be changed"):
        enter(people.coordinator, subject, VISIT, "VS", **change)
    with pytest.raises(DomainError, match="This visit is frozen; nothing can be entered"):
        enter(people.coordinator, subject, VISIT, "VS", sequence=0, **VITALS)
    with pytest.raises(DomainError, match="This visit is frozen"):
        record_visit(by=people.coordinator, subject=subject, code=VISIT, visit_date=None, not_done_reason="not needed")
    assert ItemChange.objects.filter(record=form.pk, field="status", new="FROZEN").count() == 1


def test_other_visits_stay_open(people: People, subject: Subject, form: VitalSigns) -> None:
    closing.freeze(by=people.data_manager, subject=subject, visit=VISIT)
    assert enter(people.coordinator, subject, "SCR", "VS", **VITALS).version == 1


def test_freezing_needs_complete_forms_without_queries(people: People, subject: Subject) -> None:
    record = enter(people.coordinator, subject, VISIT, "VS", **VITALS)
    with pytest.raises(DomainError, match="in progress"):
        closing.freeze(by=people.data_manager, subject=subject, visit=VISIT)
    enter(people.coordinator, subject, VISIT, "VS", version="1", action="complete", **VITALS)
    query = raise_query(by=people.monitor, record=VitalSigns.objects.get(pk=record.pk), field="heart_rate", text="Why?")
    with pytest.raises(DomainError, match="unresolved query"):
        closing.freeze(by=people.data_manager, subject=subject, visit=VISIT)
    move_query(by=people.monitor, query=query, to="closed", text="Seen.")
    assert closing.freeze(by=people.data_manager, subject=subject, visit=VISIT) == 1


def test_thawing_needs_a_reason_and_gives_the_form_back(people: People, subject: Subject, form: VitalSigns) -> None:
    closing.freeze(by=people.data_manager, subject=subject, visit=VISIT)
    for reason in ("", "  ", "...", "x" * 501):
        with pytest.raises(DomainError, match="reason"):
            closing.unfreeze(by=people.data_manager, subject=subject, visit=VISIT, reason=reason)
    closing.unfreeze(by=people.data_manager, subject=subject, visit=VISIT, reason="late result")
    assert state(form) == "COMPLETE"
    assert ItemChange.objects.filter(record=form.pk, field="status").latest("id").reason == "late result"


@pytest.fixture
def locked(people: People, subject: Subject, form: VitalSigns) -> VitalSigns:
    sign_record(by=people.investigator, record=form, version=1, password=PASSWORD)
    closing.freeze(by=people.data_manager, subject=subject, visit=VISIT)
    closing.lock(by=people.data_manager, subject=subject, visit=VISIT)
    return form


def test_locking_needs_freezing_and_signatures_first(people: People, subject: Subject, form: VitalSigns) -> None:
    with pytest.raises(DomainError, match="Freeze it first"):
        closing.lock(by=people.data_manager, subject=subject, visit=VISIT)
    closing.freeze(by=people.data_manager, subject=subject, visit=VISIT)
    with pytest.raises(DomainError, match="is not signed"):
        closing.lock(by=people.data_manager, subject=subject, visit=VISIT)


def test_freezing_and_locking_void_no_signature(locked: VitalSigns) -> None:
    assert state(locked) == "LOCKED"
    assert len(holding([locked.pk])[locked.pk]) == 1


@pytest.mark.req("R43")
def test_only_a_second_person_lifts_a_lock(people: People, subject: Subject, locked: VitalSigns) -> None:
    with pytest.raises(DomainError, match="not frozen"):
        closing.unfreeze(by=people.data_manager, subject=subject, visit=VISIT, reason="late result")
    asked = closing.request_unlock(by=people.data_manager, subject=subject, visit=VISIT, reason="late result")
    with pytest.raises(DomainError, match="waits for a decision already"):
        closing.request_unlock(by=people.coordinator, subject=subject, visit=VISIT, reason="late result")
    with pytest.raises(DomainError, match="another person decides"):
        closing.decide_unlock(by=people.data_manager, request=asked, grant=True)
    with pytest.raises(PermissionDenied):
        closing.decide_unlock(by=people.monitor, request=asked, grant=True)
    assert closing.decide_unlock(by=people.investigator, request=asked, grant=True) == 1
    assert state(locked) == "COMPLETE"
    with pytest.raises(DomainError, match="decided already"):
        closing.decide_unlock(by=people.investigator, request=asked, grant=False)


def test_a_refused_request_leaves_the_lock(people: People, subject: Subject, locked: VitalSigns) -> None:
    asked = closing.request_unlock(by=people.coordinator, subject=subject, visit=VISIT, reason="late result")
    closing.decide_unlock(by=people.investigator, request=asked, grant=False)
    assert state(locked) == "LOCKED"
    assert closing.request_unlock(by=people.coordinator, subject=subject, visit=VISIT, reason="again").pk != asked.pk


def test_the_study_locks_after_every_casebook(people: People, subject: Subject) -> None:
    with pytest.raises(DomainError, match="is not locked"):
        closing.lock_study(by=people.data_manager)
    from trial_edc.audit.context import acting

    with acting(people.data_manager, "test"):
        closing._close(subject, "", Closure.State.LOCKED, people.data_manager)
    closing.lock_study(by=people.data_manager)
    with pytest.raises(DomainError, match="The study is locked"):
        add_subject(by=people.coordinator, site=people.site)
    with pytest.raises(DomainError, match="is locked; nothing can be entered"):
        enter(people.coordinator, subject, "SCR", "VS", **VITALS)
    asked = closing.request_unlock(by=people.data_manager, subject=None, reason="late result")
    closing.decide_unlock(by=people.investigator, request=asked, grant=True)
    assert add_subject(by=people.coordinator, site=people.site).identifier


@pytest.mark.parametrize("role", ["coordinator", "investigator", "monitor", "statistician", "inspector"])
def test_only_data_management_freezes(people: People, subject: Subject, form: VitalSigns, role: str) -> None:
    with pytest.raises(PermissionDenied):
        closing.freeze(by=getattr(people, role), subject=subject, visit=VISIT)
    assert browser(getattr(people, role)).post(page(subject), {"action": "freeze", "visit": VISIT}).status_code == 403


def test_the_page_freezes_thaws_and_says_what_is_open(people: People, subject: Subject, form: VitalSigns) -> None:
    client = browser(people.data_manager)
    assert "Freeze Unscheduled visit: 1 form?" in client.get(page(subject)).content.decode()
    done = client.post(page(subject), {"action": "freeze", "visit": VISIT}, follow=True)
    assert "Done: 1 form." in done.content.decode()
    refused = client.post(page(subject), {"action": "unfreeze", "visit": VISIT, "reason": ".."})
    assert refused.status_code == 422
    assert "Give the reason in at least 3 characters." in refused.content.decode()
    refused = client.post(page(subject), {"action": "freeze", "visit": ""})
    assert refused.status_code == 422 and "open" in refused.content.decode()
    assert client.post(page(subject), {"action": "erase"}).status_code == 403
    assert "01-001" in client.get(reverse("casebook:closing")).content.decode()


def test_a_request_is_decided_on_the_overview(people: People, subject: Subject, locked: VitalSigns) -> None:
    browser(people.coordinator).post(page(subject), {"action": "request", "visit": VISIT, "reason": "late result"})
    asked = UnlockRequest.objects.get()
    overview = reverse("casebook:closing")
    assert "late result" in browser(people.investigator).get(overview).content.decode()
    decide = reverse("casebook:closing-decide", args=[asked.pk])
    assert "decides" in browser(people.coordinator).get(overview).content.decode()
    assert browser(people.coordinator).post(decide, {"decision": "grant"}).status_code == 403
    browser(people.investigator).post(decide, {"decision": "grant"})
    assert state(locked) == "COMPLETE"
