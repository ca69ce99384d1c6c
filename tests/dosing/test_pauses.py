"""Pauses: raised by the data at once, ended by reason and signature, raised again by new evidence."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client

from dosing.models import PauseResolution, Slot
from dosing.selectors.board import board, freshness
from dosing.selectors.trial import trial_now
from dosing.services import enrol_subject, guard_infusion, resolve_pause
from safety.models import Death, IcansAssessment
from tests.dosing.builders import Trial, complete, days_ago
from tests.dosing.test_slots import infusion
from tests.people import PASSWORD
from trial_edc.audit.models import Signature
from trial_edc.errors import DomainError

REASON = "The committee saw the autopsy report."


def dies(trial: Trial, subject: Any, *, related: bool) -> None:
    with trial.write():
        Death.objects.create(
            subject=subject, visit="LOG", death_date=days_ago(1), cause="ADVERSE EVENT", related_to_cells=related,
            **complete(trial.people),
        )  # fmt: skip


def has_oedema(trial: Trial, subject: Any, kind: str) -> None:
    with trial.write():
        IcansAssessment.objects.create(
            subject=subject, visit="D5", assessed_date=days_ago(5), cerebral_oedema=kind, **complete(trial.people)
        )


def test_a_related_death_stops_enrolment_and_infusion_until_somebody_signs(trial: Trial) -> None:
    people, waiting = trial.people, trial.slot()
    dies(trial, trial.infused(), related=True)
    with pytest.raises(DomainError, match="The trial is paused: 01-002 died"):
        enrol_subject(by=people.coordinator, subject=trial.candidate())
    with trial.write(), pytest.raises(DomainError, match="The trial is paused"):
        guard_infusion(record=infusion(waiting), by=people.coordinator)
    key = trial_now().pauses.open[0].key
    with pytest.raises(DomainError, match="at least 10"):
        resolve_pause(by=people.src_member, key=key, reason="ok", password=PASSWORD)
    row = resolve_pause(by=people.src_member, key=key, reason=REASON, password=PASSWORD)
    assert "01-002 died" in row.evidence
    assert Signature.objects.get(root=row.pk).meaning == "override"
    enrol_subject(by=people.coordinator, subject=trial.candidate())
    dies(trial, trial.infused(), related=True)
    assert not trial_now().enrolling.has_place, "another death pauses again"


def test_what_does_not_pause(trial: Trial) -> None:
    dies(trial, trial.infused(), related=False)
    has_oedema(trial, trial.infused(), "none")
    trial.event(trial.infused(), term="Cytokine release syndrome", grades=((4, 3), (2, 5)))
    assert trial_now().pauses.open == ()


def test_oedema_a_fatal_related_event_and_refractory_crs_pause(trial: Trial) -> None:
    has_oedema(trial, trial.infused(), "focal")
    trial.event(trial.infused(), grades=((5, 5),), related="possible")
    trial.event(trial.infused(), term="Cytokine release syndrome", grades=((4, 3), (2, 8)), lasts=9)
    trial.event(trial.infused(days=20), term="Cytokine release syndrome", grades=((4, 3),), lasts=None)
    found = [(pause.rule.value, pause.subject) for pause in trial_now().pauses.open if pause.subject]
    assert found == [
        ("related-death", "01-002"), ("crs-refractory", "01-003"), ("crs-refractory", "01-004"),
        ("cerebral-oedema", "01-001"),
    ]  # fmt: skip


def test_a_pause_without_effect_on_the_tally_still_renews_an_open_board(trial: Trial) -> None:
    subject = trial.infused()
    trial.compute()
    before = freshness().version
    has_oedema(trial, subject, "diffuse")
    trial.compute()
    assert freshness().version != before
    assert [pause.rule.value for pause in board().pauses] == ["cerebral-oedema"]


def test_a_level_found_too_toxic_is_listed_and_its_answer_does_not_open_it(trial: Trial) -> None:
    for subject in [trial.infused(), trial.infused()]:
        trial.judge(trial.event(subject))
    trial.compute()
    pause = trial_now().pauses.open[0]
    assert (pause.scope, pause.because) == ("level-1", "Dose level 1 is too toxic.")
    resolve_pause(by=trial.people.investigator, key=pause.key, reason=REASON, password=PASSWORD)
    assert trial_now().recruitment.level is None


def test_the_boundary_of_the_expansion_pauses_it_and_is_answered_for_this_evidence_alone(trial: Trial) -> None:
    subjects = [trial.infused() for _n in range(6)]
    for subject in subjects[:2]:
        trial.judge(trial.event(subject))
    trial.compute()
    trial.released(1)
    trial.recommended(1)
    for _n in range(3):
        trial.event(trial.infused(part=Slot.Part.EXPANSION), grades=((4, 5),))
    key = trial_now().pauses.open[0].key
    assert key == "expansion-boundary:3/3" and not trial_now().expansion.may_infuse
    resolve_pause(by=trial.people.src_member, key=key, reason=REASON, password=PASSWORD)
    assert trial_now().expansion.may_infuse
    trial.event(trial.infused(part=Slot.Part.EXPANSION))
    assert not trial_now().expansion.may_infuse


@pytest.mark.req("R53")
def test_who_ends_a_pause_and_only_one_that_holds(trial: Trial) -> None:
    has_oedema(trial, trial.infused(), "diffuse")
    key = trial_now().pauses.open[0].key
    for role in ("coordinator", "monitor", "statistician", "data_manager"):
        with pytest.raises(PermissionDenied):
            resolve_pause(by=getattr(trial.people, role), key=key, reason=REASON, password=PASSWORD)
    with pytest.raises(DomainError, match="does not hold any more"):
        resolve_pause(by=trial.people.src_member, key="related-death:01-009", reason=REASON, password=PASSWORD)
    assert not PauseResolution.objects.exists()


def test_the_page_resolves(trial: Trial, settings: Any) -> None:
    settings.SECURE_SSL_REDIRECT = False
    has_oedema(trial, trial.infused(), "diffuse")
    client = Client()
    client.force_login(trial.people.src_member, backend="django.contrib.auth.backends.ModelBackend")
    page = "/dose-escalation/pauses/"
    assert b"has cerebral oedema on imaging" in client.get("/dose-escalation/").content
    body = {"pause-key": trial_now().pauses.open[0].key, "pause-reason": REASON, "pause-password": "wrong"}
    assert 'class="chip bad"' in (text := client.get(page).content.decode()) and "Cerebral oedema" in text
    assert client.post(page + "resolve/", body).status_code == 422
    shown = client.post(page + "resolve/", body | {"pause-password": PASSWORD}, follow=True).content.decode()
    assert "Nothing pauses the trial." in shown and REASON in shown
