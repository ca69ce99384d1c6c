"""Places that are kept, given back and replaced."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse

from dosing.models import Reservation, Slot
from dosing.selectors.trial import trial_now
from dosing.services import enrol_subject, give_up_reservation, release_slot, reserve_slot
from enrollment.models import Eligibility, Subject
from tests.dosing.builders import Trial, days_ago
from tests.dosing.test_parallel import together
from tests.dosing.test_slots import infusion, refusal
from trial_edc.errors import DomainError

GIVEN_BACK = "The subject went to another hospital."


def test_a_reserved_place_is_kept_for_its_subject_and_becomes_its_slot(trial: Trial) -> None:
    by = trial.people.coordinator
    trial.slot()
    trial.slot()
    kept, other = trial.candidate(confirmed=False), trial.candidate()
    row = reserve_slot(by=by, subject=kept, level=1)
    assert (row.dose_level, row.part, row.last_day) == (1, "ESCALATION", days_ago(-28))
    with pytest.raises(DomainError, match="All 3 slots of DL1 are taken; 1 of them reserved"):
        enrol_subject(by=by, subject=other)
    with pytest.raises(DomainError, match="reserved for 01-003 already"):
        reserve_slot(by=by, subject=kept)
    with pytest.raises(DomainError, match="Eligibility is not complete"):
        enrol_subject(by=by, subject=kept)
    with trial.write():
        Eligibility.objects.filter(subject=kept).update(investigator_confirms=True)
    assert enrol_subject(by=by, subject=kept).number == 3
    row.refresh_from_db()
    assert row.ended_at is not None and row.end_reason == "Assigned: slot 3."


def test_a_reservation_lapses_by_itself_or_is_given_up(trial: Trial) -> None:
    by = trial.people.coordinator
    trial.slot()
    trial.slot()
    first, second = trial.candidate(), trial.candidate()
    row = reserve_slot(by=by, subject=first)
    with trial.write():
        Reservation.objects.filter(pk=row.pk).update(last_day=days_ago(1))
    assert trial_now().reservations == () and not row.holds(days_ago(-29)) and row.holds(days_ago(0))
    reserve_slot(by=by, subject=second)
    with pytest.raises(DomainError, match="taken; 1 of them reserved"):
        reserve_slot(by=by, subject=first)
    with pytest.raises(DomainError, match="at least 10"):
        give_up_reservation(by=by, subject=second, reason="gone")
    give_up_reservation(by=by, subject=second, reason=GIVEN_BACK)
    with pytest.raises(DomainError, match="No slot is reserved"):
        give_up_reservation(by=by, subject=second, reason=GIVEN_BACK)
    assert reserve_slot(by=by, subject=first).subject_id == first.pk
    assert Reservation.objects.get(pk=row.pk).end_reason == "Lapsed."


def test_what_is_not_reserved(trial: Trial) -> None:
    by = trial.people.coordinator
    with pytest.raises(DomainError, match="informed consent"):
        reserve_slot(by=by, subject=trial.candidate(consented=False))
    with pytest.raises(DomainError, match="not the level you saw"):
        reserve_slot(by=by, subject=trial.candidate(), level=2)
    with pytest.raises(DomainError, match="has a slot already"):
        reserve_slot(by=by, subject=trial.slot())
    gone = trial.candidate()
    with trial.write():
        Subject.objects.filter(pk=gone.pk).update(status="SCREEN FAILURE")
    gone.refresh_from_db()
    with pytest.raises(DomainError, match="No slot is reserved for 01-004: Screen failure"):
        reserve_slot(by=by, subject=gone)
    for role in ("monitor", "statistician", "elsewhere"):
        with pytest.raises(PermissionDenied):
            reserve_slot(by=getattr(trial.people, role), subject=gone)


@pytest.mark.req("R33")
def test_a_slot_given_back_before_the_infusion_frees_its_place_and_the_next_replaces_it(trial: Trial) -> None:
    by = trial.people.coordinator
    trial.infused()
    trial.infused()
    gone = trial.slot()
    with pytest.raises(DomainError, match="at least 10"):
        release_slot(by=by, subject=gone, reason="gone")
    slot = release_slot(by=by, subject=gone, reason=GIVEN_BACK)
    gone.refresh_from_db()
    assert (gone.dose_level, gone.status, slot.release_reason) == (None, "ELIGIBLE", GIVEN_BACK)
    assert "no slot" in refusal(trial, infusion(gone))[1]
    with pytest.raises(DomainError, match="no slot to give back"):
        release_slot(by=by, subject=gone, reason=GIVEN_BACK)
    following = enrol_subject(by=by, subject=trial.candidate())
    assert (following.number, following.replaces_id) == (4, slot.pk)
    with pytest.raises(DomainError, match="All 3 slots"):
        enrol_subject(by=by, subject=gone)
    release_slot(by=by, subject=following.subject, reason=GIVEN_BACK)
    again = enrol_subject(by=by, subject=gone)
    assert (again.pk, again.number, again.released_at, again.replaces_id) == (slot.pk, 5, None, following.pk)


def test_the_slot_of_an_infused_subject_stays(trial: Trial) -> None:
    subject = trial.infused()
    with pytest.raises(DomainError, match="is infused: the slot stays"):
        release_slot(by=trial.people.coordinator, subject=subject, reason=GIVEN_BACK)
    for role in ("monitor", "src_member", "elsewhere"):
        with pytest.raises(PermissionDenied):
            release_slot(by=getattr(trial.people, role), subject=subject, reason=GIVEN_BACK)


def test_who_is_replaced_after_the_infusion_is_named_by_the_slot_that_follows(trial: Trial) -> None:
    gone = trial.infused(day28=False)
    trial.leave(gone, days_ago(40))
    following = enrol_subject(by=trial.people.coordinator, subject=trial.candidate())
    assert following.replaces is not None and following.replaces.subject_id == gone.pk


def test_two_coordinators_cannot_reserve_the_last_place(committed_trial: Trial) -> None:
    trial = committed_trial
    trial.slot()
    trial.slot()
    wrong = together(
        *[partial(reserve_slot, by=trial.people.coordinator, subject=trial.candidate()) for _n in range(3)]
    )
    assert len(wrong) == 2 and all("1 of them reserved" in each for each in wrong)


def test_the_page_reserves_gives_up_and_gives_back(trial: Trial, settings: Any) -> None:
    settings.SECURE_SSL_REDIRECT = False
    client = Client()
    client.force_login(trial.people.coordinator, backend="django.contrib.auth.backends.ModelBackend")
    subject = trial.candidate()
    pages = {name: reverse(f"dosing:{name}", args=[subject.identifier]) for name in ("enrol", "reserve", "give-up")}
    back = reverse("dosing:release-slot", args=[subject.identifier])
    assert "Reserve a slot at level 1" in client.get(pages["enrol"]).content.decode()
    assert client.post(pages["reserve"], {"level": "2"}).status_code == 422
    shown = client.post(pages["reserve"], {"level": "1"}, follow=True).content.decode()
    assert "is reserved for 01-001 until" in shown and "End the reservation" in shown
    board = client.get(reverse("dosing:board")).content.decode()
    assert "Reserved" in board and board.count("Proposed slot") == 2
    assert client.post(pages["give-up"], {"give_up-reason": "no"}).status_code == 422
    assert client.post(pages["give-up"], {"give_up-reason": GIVEN_BACK}).status_code == 302
    client.post(pages["enrol"], {"level": "1"})
    assert "Give back the slot of 01-001" in client.get(pages["enrol"]).content.decode()
    assert client.post(back, {"release-reason": ""}).status_code == 422
    shown = client.post(back, {"release-reason": GIVEN_BACK}, follow=True).content.decode()
    assert "The slot is given back" in shown and GIVEN_BACK in shown
    assert "Released" in client.get(reverse("dosing:board")).content.decode()
    assert Slot.objects.get().is_released


@pytest.mark.req("R25")
@pytest.mark.parametrize("role", ["monitor", "src_member", "statistician"])
def test_readers_keep_and_give_back_nothing(trial: Trial, settings: Any, role: str) -> None:
    settings.SECURE_SSL_REDIRECT = False
    client, subject = Client(), trial.slot()
    client.force_login(getattr(trial.people, role), backend="django.contrib.auth.backends.ModelBackend")
    for name in ("reserve", "give-up", "release-slot"):
        assert client.post(reverse(f"dosing:{name}", args=[subject.identifier]), {"level": "1"}).status_code == 403
