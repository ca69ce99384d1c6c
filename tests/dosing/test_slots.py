"""Who gets a place, and which infusion is refused."""

from __future__ import annotations

import threading
from datetime import time

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection

from dosing.models import Infusion, Lymphodepletion, Slot
from dosing.services import enrol_subject, follow_infusion, follow_lymphodepletion, guard_infusion, override_stagger
from enrollment.models import Subject
from tests.dosing.builders import WEIGHT_KG, Trial, days_ago
from tests.people import PASSWORD
from trial_edc.audit.models import Signature
from trial_edc.audit.signatures import WrongPassword
from trial_edc.errors import DomainError


def infusion(subject: Subject, level: int = 1, days: int = 0, **changed: object) -> Infusion:
    values: dict[str, object] = {
        "assigned_dose_level": level, "identity_matches": True, "start_date": days_ago(days), "start_time": time(0, 0),
        "weight_kg": WEIGHT_KG, "infused_cells_million": WEIGHT_KG,
    }  # fmt: skip
    return Infusion(subject=subject, visit="D0", **{**values, **changed})


def refusal(trial: Trial, record: Infusion) -> tuple[str | None, str]:
    with pytest.raises(DomainError) as refused, trial.write():
        guard_infusion(record=record, by=trial.people.coordinator)
    return refused.value.field, str(refused.value)


def test_places_are_numbered_and_the_level_fills(trial: Trial) -> None:
    slots = [enrol_subject(by=trial.people.coordinator, subject=trial.candidate()) for _n in range(3)]
    assert [(slot.dose_level, slot.number) for slot in slots] == [(1, 1), (1, 2), (1, 3)]
    with pytest.raises(DomainError, match="All 3 slots of DL1 are taken"):
        enrol_subject(by=trial.people.coordinator, subject=trial.candidate())


def test_enrolment_sets_level_and_status(trial: Trial) -> None:
    subject = trial.candidate()
    enrol_subject(by=trial.people.coordinator, subject=subject, level=1)
    subject.refresh_from_db()
    assert (subject.dose_level, subject.status) == (1, "ENROLLED")


@pytest.mark.req("R33")
@pytest.mark.parametrize(
    ("candidate", "words"), [({"confirmed": False}, "Eligibility"), ({"consented": False}, "informed consent")]
)
def test_without_eligibility_or_consent_no_place(trial: Trial, candidate: dict[str, bool], words: str) -> None:
    with pytest.raises(DomainError, match=words):
        enrol_subject(by=trial.people.coordinator, subject=trial.candidate(**candidate))


def test_nobody_is_enrolled_twice_or_at_another_level_than_seen(trial: Trial) -> None:
    subject = trial.candidate()
    with pytest.raises(DomainError, match="DL1 recruits now"):
        enrol_subject(by=trial.people.coordinator, subject=subject, level=2)
    enrol_subject(by=trial.people.coordinator, subject=subject)
    with pytest.raises(DomainError, match="has a slot already"):
        enrol_subject(by=trial.people.coordinator, subject=subject)


@pytest.mark.req("R25")
@pytest.mark.parametrize("role", ["monitor", "statistician", "elsewhere", "inspector"])
def test_only_who_may_enrol_enrols(trial: Trial, role: str) -> None:
    with pytest.raises(PermissionDenied):
        enrol_subject(by=getattr(trial.people, role), subject=trial.candidate())


def test_a_replaced_subject_frees_the_place_and_the_next_number_is_given(trial: Trial) -> None:
    trial.infused()
    trial.infused()
    gone = trial.slot()
    trial.leave(gone, days_ago(1))
    slot = enrol_subject(by=trial.people.coordinator, subject=trial.candidate())
    assert slot.number == 4


@pytest.mark.req("R33")
def test_the_level_above_recruits_only_after_release(trial: Trial) -> None:
    for _n in range(3):
        trial.infused()
    with pytest.raises(DomainError, match="No dose level recruits"):
        enrol_subject(by=trial.people.coordinator, subject=trial.candidate())
    trial.compute()
    trial.signed(1)
    with pytest.raises(DomainError, match="No dose level recruits"):
        enrol_subject(by=trial.people.coordinator, subject=trial.candidate())


def test_after_release_the_level_above_recruits(trial: Trial) -> None:
    for _n in range(3):
        trial.infused()
    trial.compute()
    trial.released(1)
    slot = enrol_subject(by=trial.people.coordinator, subject=trial.candidate())
    assert (slot.dose_level, slot.number) == (2, 1)


@pytest.mark.req("R33")
def test_an_infusion_needs_a_slot_its_level_and_a_matching_bag(trial: Trial) -> None:
    assert "no slot" in refusal(trial, infusion(trial.candidate()))[1]
    subject = trial.slot()
    assert refusal(trial, infusion(subject, level=2))[0] == "assigned_dose_level"
    assert refusal(trial, infusion(subject, identity_matches=False))[0] == "identity_matches"
    assert refusal(trial, infusion(subject, identity_matches=None))[0] == "identity_matches"
    assert refusal(trial, infusion(subject, start_time=None))[0] == "start_time"
    assert refusal(trial, infusion(subject, days=-1))[1] == "The infusion lies in the future."
    guard_infusion(record=infusion(subject), by=trial.people.coordinator)


@pytest.mark.req("R33", "R52")
def test_an_infusion_at_a_level_that_is_not_released_is_refused(trial: Trial) -> None:
    for _n in range(3):
        trial.infused()
    subject = trial.slot(level=2)
    assert "DL2 is not released" in refusal(trial, infusion(subject, level=2))[1]


def test_an_infusion_at_a_closed_level_is_refused_and_a_correction_is_not(trial: Trial) -> None:
    first, second = trial.infused(), trial.infused()
    waiting = trial.slot()
    trial.event(first)
    trial.event(second)
    assert "No infusion at DL1" in refusal(trial, infusion(waiting))[1]
    with trial.write():
        guard_infusion(record=infusion(first, days=60, product_lot="L2"), by=trial.people.coordinator)


def test_the_second_infusion_waits_28_days_unless_a_physician_signs(trial: Trial) -> None:
    trial.infused(days=10)
    subject = trial.slot()
    field, words = refusal(trial, infusion(subject))
    assert field == "start_date" and "possible from" in words
    slot = Slot.objects.get(subject=subject)
    for by in (trial.people.coordinator, trial.people.monitor):
        with pytest.raises(DomainError, match="physician"):
            override_stagger(by=by, slot=slot, reason="No toxicity in the first.", password=PASSWORD)
    with pytest.raises(WrongPassword):
        override_stagger(by=trial.people.investigator, slot=slot, reason="No toxicity in the first.", password="x")
    override_stagger(by=trial.people.investigator, slot=slot, reason="No toxicity in the first.", password=PASSWORD)
    assert Signature.objects.get(root=slot.pk).meaning == "override"
    with trial.write():
        guard_infusion(record=infusion(subject), by=trial.people.coordinator)


def test_the_infusion_sets_day_0_and_taking_it_back_clears_it(trial: Trial) -> None:
    subject = trial.slot()
    record = infusion(subject, days=3)
    with trial.write():
        record.save()
        follow_infusion(record=record, by=trial.people.coordinator, changed={"start_date"})
    subject.refresh_from_db()
    assert subject.infusion_date == days_ago(3) and subject.status == "IN WINDOW"
    record.start_date = record.start_time = None
    with trial.write():
        follow_infusion(record=record, by=trial.people.coordinator, changed={"start_date"})
    subject.refresh_from_db()
    assert subject.infused_at is None and subject.status == "ENROLLED"


def test_the_first_day_of_lymphodepletion_is_the_anchor(trial: Trial) -> None:
    subject = trial.slot()
    with trial.write():
        for number, days in enumerate((4, 6, 5), start=1):
            record = Lymphodepletion.objects.create(
                subject=subject, visit="LD1", sequence=number, given_date=days_ago(days)
            )
        follow_lymphodepletion(record=record, by=trial.people.coordinator, changed={"given_date"})
    subject.refresh_from_db()
    assert (subject.lymphodepletion_date, subject.status) == (days_ago(6), "LYMPHODEPLETION")


def test_the_database_refuses_one_number_twice(trial: Trial) -> None:
    slot = Slot.objects.get(subject=trial.slot())
    other = trial.candidate()
    with pytest.raises(IntegrityError), trial.write():
        Slot.objects.create(
            subject=other, dose_level=1, number=1, assigned_at=slot.assigned_at, assigned_by=slot.assigned_by
        )


def test_two_coordinators_cannot_take_the_last_place(committed_trial: Trial) -> None:
    trial = committed_trial
    trial.slot()
    trial.slot()
    candidates = [trial.candidate() for _n in range(4)]
    start = threading.Barrier(len(candidates))
    outcomes: list[str] = []

    def enrol(subject: Subject) -> None:
        try:
            start.wait()
            enrol_subject(by=trial.people.coordinator, subject=subject)
            outcomes.append("enrolled")
        except DomainError as refused:
            outcomes.append(str(refused))
        finally:
            connection.close()

    threads = [threading.Thread(target=enrol, args=[subject]) for subject in candidates]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["All 3 slots of DL1 are taken."] * 3 + ["enrolled"]
    assert list(Slot.objects.values_list("number", flat=True)) == [1, 2, 3]
