"""The pages: who sees them, who may act, and that nothing typed is lost."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from dosing.models import DltAdjudication, DoseDecision, Slot
from dosing.selectors.board import board
from dosing.selectors.trial import trial_now
from dosing.services import freeze_decision
from dosing.views.board import poll_mark
from tests.dosing.builders import Trial, days_ago
from tests.people import PASSWORD

BOARD = "/dose-escalation/"


@pytest.fixture
def as_role(trial: Trial) -> Callable[[str], Client]:
    def sign_in(role: str) -> Client:
        client = Client()
        client.force_login(getattr(trial.people, role), backend="django.contrib.auth.backends.ModelBackend")
        return client

    return sign_in


@pytest.fixture(autouse=True)
def _plain_transport(settings: Any) -> None:
    settings.SECURE_SSL_REDIRECT = False


@pytest.fixture
def cleared(trial: Trial) -> Trial:
    for _n in range(3):
        trial.infused()
    trial.compute()
    return trial


def text(response: Any) -> str:
    return " ".join(response.content.decode().split())


def test_the_board_shows_lanes_verdict_and_evidence(cleared: Trial, as_role: Callable[[str], Client]) -> None:
    page = text(as_role("monitor").get(BOARD))
    assert "Escalate from level 1 to level 2." in page
    assert page.index("Dose level 3") < page.index("Dose level 1")
    assert "01-001" in page and "Opens only if level 1 is cleared" in page
    assert 'class="this">Escalate' in page
    assert "data unchanged since" in page


def test_the_board_of_an_empty_trial(trial: Trial, as_role: Callable[[str], Client]) -> None:
    page = text(as_role("monitor").get(BOARD))
    assert "Proposed slot 1" in page and "No decision yet" in page


def test_every_state_of_a_tile(trial: Trial, as_role: Callable[[str], Client]) -> None:
    trial.event(trial.infused(), grades=((4, 5),))
    trial.infused(days=10)
    trial.leave(trial.infused(day28=False), days_ago(50))
    trial.slot()
    trial.leave(trial.slot(), days_ago(1))
    trial.event(trial.infused(), related="")
    trial.compute()
    page = text(as_role("monitor").get(BOARD))
    for words in (
        "Onset day 5",
        "In window",
        "Left on day 10",
        "Awaiting infusion",
        "Left before infusion",
        "In review",
    ):
        assert words in page, words


def test_the_board_says_when_the_data_are_newer(cleared: Trial, as_role: Callable[[str], Client]) -> None:
    cleared.event(trial_now().subjects[0].file.subject)
    assert "data newer: recalculating" in text(as_role("monitor").get(BOARD))


def test_the_poll_answers_only_when_something_changed(
    cleared: Trial, as_role: Callable[[str], Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    client = as_role("monitor")
    seen = board().freshness.version
    poll = reverse("dosing:board-status")
    monkeypatch.setattr("dosing.views.board.LOOK_AGAIN_SECONDS", 1e12)
    assert client.get(poll, {"seen": seen, "mark": poll_mark()}).status_code == 204
    later = client.get(poll, {"seen": seen, "mark": "an older one"})
    assert later["HX-Retarget"] == "#board-poll"
    assert f"mark={poll_mark()}" in later.content.decode()
    cleared.event(trial_now().subjects[0].file.subject)
    assert "recalculating" in text(client.get(poll, {"seen": seen}))
    cleared.compute()
    assert "Treat 3 more at level 1." in text(client.get(poll, {"seen": seen}))


def test_a_poll_keeps_no_session_alive(cleared: Trial, as_role: Callable[[str], Client]) -> None:
    assert 'hx-headers=\'{"X-Background": "1"}\'' in as_role("monitor").get(BOARD).content.decode()


def test_the_number_of_reads_does_not_grow_with_the_subjects(trial: Trial) -> None:
    def reads() -> int:
        with CaptureQueriesContext(connection) as captured:
            board()
        return len(captured)

    trial.infused()
    trial.compute()
    few = reads()
    for _n in range(5):
        trial.event(trial.infused())
    trial.compute()
    assert reads() == few <= 16


@pytest.mark.req("R25")
@pytest.mark.parametrize("role", ["administrator"])
def test_who_may_not_see_the_board(trial: Trial, as_role: Callable[[str], Client], role: str) -> None:
    assert as_role(role).get(BOARD).status_code == 403


@pytest.mark.req("R25")
@pytest.mark.parametrize("role", ["monitor", "data_manager", "statistician", "inspector", "cell_processing"])
def test_readers_are_refused_every_edit(cleared: Trial, as_role: Callable[[str], Client], role: str) -> None:
    subject = trial_now().subjects[0].file.subject
    event = cleared.event(subject)
    decision = cleared.review(1, override_reason="The committee saw the source.")
    client = as_role(role)
    assert client.get(reverse("dosing:decision", args=[decision.pk])).status_code == 200
    assert client.get(reverse("dosing:adjudicate", args=[event.pk])).status_code == 200
    for name, argument in (
        ("freeze", 1), ("meeting", decision.pk), ("sign", decision.pk), ("release", decision.pk),
        ("enrol", subject.identifier), ("stagger", subject.identifier), ("adjudicate", event.pk),
    ):  # fmt: skip
        answer = client.post(reverse(f"dosing:{name}", args=[argument]), {"sign-password": PASSWORD})
        assert answer.status_code == 403, name
    assert not DltAdjudication.objects.exists()


def test_a_coordinator_enrols_after_seeing_level_and_slot(trial: Trial, as_role: Callable[[str], Client]) -> None:
    subject = trial.candidate()
    client, address = as_role("coordinator"), reverse("dosing:enrol", args=[subject.identifier])
    assert "Enrol 01-001 at level 1" in text(client.get(address))
    done = client.post(address, {"level": "1"}, follow=True)
    assert "01-001 is enrolled: dose level 1, slot 1." in text(done)
    again = client.post(address, {"level": "1"})
    assert again.status_code == 422 and "has a slot already" in text(again)


@pytest.mark.parametrize("level", ["", "2", "x", "-1"])
def test_a_tampered_level_enrols_nobody(trial: Trial, as_role: Callable[[str], Client], level: str) -> None:
    subject = trial.candidate()
    answer = as_role("coordinator").post(reverse("dosing:enrol", args=[subject.identifier]), {"level": level})
    assert answer.status_code == 422
    assert not Slot.objects.exists()


@pytest.mark.req("R25")
def test_another_site_does_not_see_the_subject(trial: Trial, as_role: Callable[[str], Client]) -> None:
    subject = trial.candidate()
    assert (
        as_role("elsewhere").post(reverse("dosing:enrol", args=[subject.identifier]), {"level": "1"}).status_code == 404
    )


def test_freeze_meet_sign_release_in_the_browser(cleared: Trial, as_role: Callable[[str], Client]) -> None:
    investigator, member = as_role("investigator"), as_role("src_member")
    page = investigator.post(reverse("dosing:freeze", args=[1]), follow=True)
    decision = DoseDecision.objects.get()
    assert decision.evidence_hash in text(page)
    minutes = {
        "meeting-seen": decision.evidence_hash, "meeting-meeting_date": "31-Feb-2026", "meeting-attendees": "Chair",
        "meeting-minutes": "All cases discussed at length.", "meeting-choice": "AGREE",
    }  # fmt: skip
    refused = investigator.post(reverse("dosing:meeting", args=[decision.pk]), minutes)
    assert refused.status_code == 422 and "February 2026 has 28 days" in text(refused)
    assert "All cases discussed at length." in text(refused)
    minutes["meeting-meeting_date"] = days_ago(0).isoformat()
    assert investigator.post(reverse("dosing:meeting", args=[decision.pk]), minutes).status_code == 302
    signing = {"sign-seen": decision.evidence_hash, "sign-password": "wrong"}
    wrong = member.post(reverse("dosing:sign", args=[decision.pk]), signing)
    assert wrong.status_code == 422 and "The password is not right" in text(wrong) and "wrong" not in text(wrong)
    signing["sign-password"] = PASSWORD
    early = member.post(reverse("dosing:sign", args=[decision.pk]), signing)
    assert early.status_code == 422 and "turn of a physician" in text(early)
    for client in (investigator, member):
        assert client.post(reverse("dosing:sign", args=[decision.pk]), signing).status_code == 302
    shown = text(investigator.get(reverse("dosing:decision", args=[decision.pk])))
    assert "Opens 3 slots at dose level 2." in shown and "2 of 2 signed" in shown
    released = investigator.post(
        reverse("dosing:release", args=[decision.pk]), {"release-password": PASSWORD}, follow=True
    )
    assert "The decision is released and in force." in text(released)
    assert "Src Member" in text(released) and "UTC+08:00" in text(released)


@pytest.mark.req("R56")
def test_a_superseded_decision_says_so_on_board_and_record(cleared: Trial, as_role: Callable[[str], Client]) -> None:
    decision = cleared.released(1)
    cleared.event(trial_now().subjects[0].file.subject)
    cleared.compute()
    client = as_role("investigator")
    assert "Data changed since the decision on level 1." in text(client.get(BOARD))
    assert "Superseded on" in text(client.get(reverse("dosing:decision", args=[decision.pk])))


@pytest.mark.req("R55")
def test_an_override_reason_prints_in_red(trial: Trial, as_role: Callable[[str], Client]) -> None:
    trial.event(trial.infused())
    trial.compute()
    decision = trial.signed(1, override_reason="The committee saw the source.")
    page = text(as_role("monitor").get(reverse("dosing:decision", args=[decision.pk])))
    assert 'class="override pre-line">The committee saw the source.' in page


def test_a_physician_adjudicates_and_keeps_what_was_typed(trial: Trial, as_role: Callable[[str], Client]) -> None:
    event = trial.event(trial.infused())
    client, address = as_role("sub_investigator"), reverse("dosing:adjudicate", args=[event.pk])
    page = client.get(address)
    assert "grade 4 non-hematologic toxicity" in text(page)
    seen = page.context["form"]["seen"].value()
    refused = client.post(address, {"seen": seen, "verdict": "NO", "rationale": "short"})
    assert (
        refused.status_code == 422
        and "at least 10 characters" in text(refused)
        and ">short<" in text(refused).replace(" ", "")
    )
    assert client.post(address, {"seen": seen, "verdict": "NO", "rationale": "Hepatitis, proven."}).status_code == 302
    assert DltAdjudication.objects.get().verdict == "NO"


@pytest.mark.req("R62")
def test_a_coordinator_cannot_adjudicate(trial: Trial, as_role: Callable[[str], Client]) -> None:
    event = trial.event(trial.infused())
    answer = as_role("coordinator").post(reverse("dosing:adjudicate", args=[event.pk]), {"verdict": "NO"})
    assert answer.status_code == 403


def test_a_level_that_does_not_exist_is_not_found(trial: Trial, as_role: Callable[[str], Client]) -> None:
    assert as_role("investigator").post(reverse("dosing:freeze", args=[9])).status_code == 404


def test_no_page_carries_inline_style_or_script(cleared: Trial, as_role: Callable[[str], Client]) -> None:
    decision = freeze_decision(by=cleared.people.investigator, dose_level=1)
    client = as_role("investigator")
    for address in (BOARD, reverse("dosing:decision", args=[decision.pk])):
        html = client.get(address).content.decode()
        assert " style=" not in html and " onclick" not in html and "<script>" not in html
