"""From the MTD to the expansion: the choice of the dose, what it opens, its cap and its boundary, and how it falls."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.test import Client

from dosing.models import Rp2dDecision, Slot
from dosing.selectors.board import board
from dosing.selectors.expansion import boundary_ranges, boundary_rows
from dosing.selectors.trial import trial_now
from dosing.services import enrol_subject, guard_infusion, propose_rp2d, release_rp2d, sign_rp2d
from dosing.services.rp2d import Rp2dProposal
from tests.dosing.builders import Trial, days_ago
from tests.dosing.test_slots import infusion
from tests.people import PASSWORD
from trial_edc.accounts.access import today
from trial_edc.errors import DomainError

EXPANSION = Slot.Part.EXPANSION


@pytest.fixture
def mtd(trial: Trial) -> Trial:
    """Level 1 with two of six: the MTD, released."""
    subjects = [trial.infused() for _n in range(6)]
    for subject in subjects[:2]:
        trial.judge(trial.event(subject))
    trial.compute()
    trial.released(1)
    return trial


def test_without_an_mtd_no_dose_is_chosen(trial: Trial) -> None:
    trial.infused()
    with pytest.raises(DomainError, match="There is no MTD yet"):
        trial.proposed(1)
    assert trial_now().expansion.because == "The dose for the expansion part is not chosen yet."


def test_the_choice_opens_the_expansion_once_two_signed_and_it_is_released(mtd: Trial) -> None:
    people, choice = mtd.people, mtd.proposed(1)
    with pytest.raises(DomainError, match="No dose level recruits now"):
        enrol_subject(by=people.coordinator, subject=mtd.candidate())
    with pytest.raises(DomainError, match="This record is In review"):
        release_rp2d(by=people.investigator, choice=choice, password=PASSWORD)
    sign_rp2d(by=people.investigator, choice=choice, password=PASSWORD)
    with pytest.raises(DomainError, match="another person"):
        sign_rp2d(by=people.investigator, choice=choice, password=PASSWORD)
    with pytest.raises(DomainError, match="This record is In review"):
        release_rp2d(by=people.investigator, choice=choice, password=PASSWORD)
    sign_rp2d(by=people.src_member, choice=choice, password=PASSWORD)
    assert not trial_now().expansion.may_enrol, "signed, not released"
    release_rp2d(by=people.investigator, choice=choice, password=PASSWORD)
    slot = enrol_subject(by=people.coordinator, subject=mtd.candidate(), level=1)
    assert (slot.part, slot.dose_level, slot.number) == (EXPANSION, 1, 1)
    with mtd.write():
        guard_infusion(record=infusion(slot.subject), by=people.coordinator)


@pytest.mark.req("R53")
@pytest.mark.parametrize("role", ["coordinator", "monitor", "statistician", "data_manager"])
def test_the_wrong_roles_choose_sign_and_release_nothing(mtd: Trial, role: str) -> None:
    by, choice = getattr(mtd.people, role), mtd.proposed(1)
    proposal = Rp2dProposal(1, "Tolerated, and expansion was seen.", today(), "Chair")
    for act in (
        lambda: propose_rp2d(by=by, proposal=proposal),
        lambda: sign_rp2d(by=by, choice=choice, password=PASSWORD),
        lambda: release_rp2d(by=by, choice=choice, password=PASSWORD),
    ):
        with pytest.raises(PermissionDenied):
            act()


def test_above_the_mtd_is_blocked_by_the_service_and_by_the_database(mtd: Trial) -> None:
    with pytest.raises(DomainError, match="may not be above the MTD, DL1"):
        mtd.proposed(2)
    choice = mtd.proposed(1)
    with mtd.write(), pytest.raises(IntegrityError), transaction.atomic():
        choice.chosen_level = 3
        choice.save()


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"reason": "fine"}, "at least 10"),
        ({"meeting_date": today() + timedelta(days=1)}, "lies in the future"),
        ({"attendees": " "}, "Name who took part"),
    ],
)
def test_a_choice_says_why_when_and_who(mtd: Trial, changed: dict[str, Any], words: str) -> None:
    with pytest.raises(DomainError, match=words):
        mtd.proposed(1, **changed)


def test_a_new_proposal_replaces_the_open_one(mtd: Trial) -> None:
    first, second = mtd.proposed(1), mtd.proposed(1, reason="After looking at the kinetics again.")
    first.refresh_from_db()
    assert (first.status, second.status, second.revision) == ("SUPERSEDED", "IN REVIEW", 2)
    with pytest.raises(DomainError, match="This record is Superseded"):
        sign_rp2d(by=mtd.people.investigator, choice=first, password=PASSWORD)


def test_subjects_of_the_expansion_are_no_part_of_the_escalation(mtd: Trial) -> None:
    mtd.recommended(1)
    before = trial_now().advice
    mtd.event(mtd.infused(part=EXPANSION))
    mtd.compute()
    now = trial_now()
    assert now.advice == before
    assert (now.expansion.treated, now.expansion.events, now.expansion.pause_at) == (1, 1, None)
    shown = board()
    assert shown.expansion is not None and [tile.word for tile in shown.expansion.tiles] == ["DLT"]
    assert all(row["identifier"] != "01-007" for row in shown.evidence)


def test_the_boundary_pauses_enrolment_and_infusion(mtd: Trial) -> None:
    mtd.recommended(1)
    waiting = mtd.slot(part=EXPANSION)
    for _n in range(3):
        mtd.event(mtd.infused(part=EXPANSION))
    found = trial_now().expansion
    assert (found.treated, found.events, found.pause_at, found.paused) == (3, 3, 3, True)
    with pytest.raises(DomainError, match="The expansion is paused: 3 of 3"):
        enrol_subject(by=mtd.people.coordinator, subject=mtd.candidate())
    with mtd.write(), pytest.raises(DomainError, match="The expansion is paused"):
        guard_infusion(record=infusion(waiting), by=mtd.people.coordinator)
    assert boundary_rows(found)[0] == (3, 3, True) and boundary_rows(found)[-1] == (21, 10, False)
    assert boundary_ranges(found)[:2] == [("3 – 4", 3, True), ("5 – 7", 4, False)]
    assert boundary_ranges(found)[-1] == ("20 – 21", 10, False)


def test_an_event_in_review_counts_for_the_pause(mtd: Trial) -> None:
    mtd.recommended(1)
    for related in ("probable", "probable", ""):
        mtd.event(mtd.infused(part=EXPANSION), related=related)
    assert trial_now().expansion.paused


def test_the_cap_counts_those_treated_and_those_waiting(mtd: Trial, monkeypatch: pytest.MonkeyPatch) -> None:
    mtd.recommended(1)
    monkeypatch.setattr("dosing.selectors.expansion.integer", lambda name: 2 if name.endswith("treated") else 3)
    mtd.infused(part=EXPANSION)
    mtd.slot(part=EXPANSION)
    with pytest.raises(DomainError, match="All 2 slots of DL1 are taken"):
        enrol_subject(by=mtd.people.coordinator, subject=mtd.candidate())
    assert "All 2 places" in trial_now().expansion.because


def test_a_late_dlt_takes_the_mtd_and_the_expansion_away(mtd: Trial) -> None:
    mtd.recommended(1)
    waiting = mtd.slot(part=EXPANSION)
    mtd.event(trial_subject(mtd, "01-005"))
    mtd.compute()
    found = trial_now().expansion
    assert not found.may_infuse and "suspended" in found.because
    with mtd.write(), pytest.raises(DomainError, match="suspended"):
        guard_infusion(record=infusion(waiting), by=mtd.people.coordinator)
    with pytest.raises(DomainError, match="There is no MTD yet"):
        mtd.proposed(1)


def test_a_choice_whose_mtd_fell_before_the_release_is_not_released(mtd: Trial) -> None:
    choice = mtd.proposed(1)
    for signer in (mtd.people.investigator, mtd.people.src_member):
        sign_rp2d(by=signer, choice=choice, password=PASSWORD)
    mtd.event(trial_subject(mtd, "01-005"))
    mtd.compute()
    with pytest.raises(DomainError, match="no MTD yet"):
        release_rp2d(by=mtd.people.investigator, choice=choice, password=PASSWORD)


def trial_subject(trial: Trial, identifier: str) -> Any:
    from enrollment.models import Subject

    return Subject.objects.get(identifier=identifier)


def test_the_pages_take_the_choice_to_its_release(mtd: Trial, settings: Any) -> None:
    settings.SECURE_SSL_REDIRECT = False

    def client(role: str) -> Client:
        found = Client()
        found.force_login(getattr(mtd.people, role), backend="django.contrib.auth.backends.ModelBackend")
        return found

    page, lead, member = "/dose-escalation/rp2d/", client("investigator"), client("src_member")
    shown = " ".join(lead.get(page).content.decode().split())
    assert "DL1, " in shown and "DL2:" not in shown, "a dose above the MTD is not offered"
    body = {"rp2d-level": "1", "rp2d-reason": "Tolerated, and expansion was seen.", "rp2d-attendees": "Chair",
            "rp2d-meeting_date": days_ago(0).isoformat()}  # fmt: skip
    assert lead.post(page + "propose/", body | {"rp2d-level": "2"}).status_code == 422
    assert lead.post(page + "propose/", body).status_code == 302
    choice = Rp2dDecision.objects.get()
    assert lead.post(f"{page}{choice.pk}/release/", {"release-password": PASSWORD}).status_code == 422
    assert lead.post(f"{page}{choice.pk}/sign/", {"sign-password": "wrong"}).status_code == 422
    for signer in (lead, member):
        assert signer.post(f"{page}{choice.pk}/sign/", {"sign-password": PASSWORD}).status_code == 302
    assert member.post(f"{page}{choice.pk}/release/", {"release-password": PASSWORD}).status_code == 403
    assert lead.post(f"{page}{choice.pk}/release/", {"release-password": PASSWORD}).status_code == 302
    shown = " ".join(client("monitor").get("/dose-escalation/").content.decode().split())
    assert "The expansion at DL1 is open: 0 of 21 places taken" in shown
