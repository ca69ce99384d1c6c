"""What only the committee answers: two signatures in order, on these facts alone, and nothing guessed before."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse

from dosing.models import ExplicitChoice, Infusion, Slot
from dosing.selectors.board import board
from dosing.selectors.choices import OpenQuestion, incomplete_data_key, open_questions
from dosing.selectors.trial import trial_now
from dosing.services import (
    enrol_subject,
    freeze_decision,
    propose_choice,
    recompute_board,
    set_choice_aside,
    sign_choice,
)
from dosing.services.choices import choice_signatures
from dosing.tellings import explicit_choices, pauses, recommended_doses
from safety.models import Death
from tests.dosing.builders import Trial, complete, days_ago
from tests.people import PASSWORD
from trial_edc.audit.signatures import WrongPassword
from trial_edc.errors import DomainError

REASON = "The cells given were viable and expanded as in the others."


@pytest.fixture
def underdosed(trial: Trial) -> Trial:
    """Two subjects through, a third infused with 60 % of its dose."""
    trial.infused()
    trial.infused()
    trial.infused(percent=60)
    trial.compute()
    return trial


def asked() -> OpenQuestion:
    return open_questions(trial_now())[0]


def given(trial: Trial, **changed: Any) -> dict[str, Any]:
    values = {"by": trial.people.investigator, "key": asked().key, "option": "COUNTS", "reason": REASON}
    return {**values, "password": PASSWORD, **changed}


def dies(trial: Trial, subject: Any, day: int) -> None:
    with trial.write():
        Death.objects.create(
            subject=subject, visit="LOG", death_date=days_ago(60 - day), cause="PROGRESSIVE DISEASE",
            **complete(trial.people),
        )  # fmt: skip


@pytest.mark.req("P22")
def test_an_off_range_dose_holds_the_level_until_two_people_chose(underdosed: Trial) -> None:
    trial = underdosed
    assert trial_now().advice.action == "WAIT"
    assert [each.identifier for each in board().undecided] == ["01-003"]
    assert "needs an explicit choice" in board().undecided[0].because
    with pytest.raises(DomainError, match="No dose level recruits"):
        enrol_subject(by=trial.people.coordinator, subject=trial.candidate())
    choice = propose_choice(**given(trial))
    assert choice.status == "PROPOSED" and trial_now().advice.action == "WAIT", "one signature decides nothing"
    sign_choice(by=trial.people.src_member, choice=choice, password=PASSWORD)
    trial.compute()
    assert trial_now().advice.action == "ESCALATE" and board().undecided == []
    assert [each.printed_name for each in choice_signatures(choice)] == ["Investigator", "Src Member"]
    evidence = freeze_decision(by=trial.people.investigator, dose_level=1).evidence["subjects"][2]
    assert (evidence["question"], evidence["chosen"]) == ("OFF RANGE DOSE", "COUNTS")


@pytest.mark.req("P33")
@pytest.mark.parametrize(("option", "action"), [("COUNTS", "ESCALATE"), ("REPLACED", "ENROLL_TO_3")])
def test_death_by_progression_on_day_20_counts_or_is_replaced_as_chosen(trial: Trial, option: str, action: str) -> None:
    trial.infused()
    trial.infused()
    dies(trial, trial.infused(day28=False), 20)
    trial.compute()
    assert trial_now().advice.action == "WAIT"
    assert asked().question.value == "EARLY DEATH"
    trial.answer(option)
    trial.compute()
    assert trial_now().advice.action == action


def test_the_expansion_asks_nothing_about_its_doses(trial: Trial) -> None:
    trial.infused(percent=60, part=Slot.Part.EXPANSION)
    assert open_questions(trial_now()) == []


def test_a_dlt_counts_without_asking_and_a_choice_on_other_facts_is_no_answer(underdosed: Trial) -> None:
    trial = underdosed
    trial.answer("COUNTS")
    with trial.write():
        Infusion.objects.filter(subject__identifier="01-003").update(infused_cells_million=30)
    assert trial_now().advice.action == "WAIT", "30 million is another fact than the 36 that were judged"
    trial.judge(trial.event(trial_now().subjects[2].file.subject))
    assert open_questions(trial_now()) == []
    assert trial_now().advice.action == "EXPAND_TO_6"


@pytest.mark.req("R53")
def test_who_chooses_in_which_order_and_that_a_reason_is_given(underdosed: Trial) -> None:
    people = underdosed.people
    for role in ("coordinator", "monitor", "statistician", "data_manager", "administrator"):
        with pytest.raises(PermissionDenied):
            propose_choice(**given(underdosed, by=getattr(people, role)))
    with pytest.raises(DomainError, match="turn of a physician"):
        propose_choice(**given(underdosed, by=people.src_member))
    with pytest.raises(DomainError, match="at least 10"):
        propose_choice(**given(underdosed, reason="fine"))
    with pytest.raises(DomainError, match="answers offered"):
        propose_choice(**given(underdosed, option="GO AHEAD"))
    with pytest.raises(DomainError, match="not open on these facts"):
        propose_choice(**given(underdosed, key="OFF RANGE DOSE:01-001:60"))
    with pytest.raises(WrongPassword):
        propose_choice(**given(underdosed, password="wrong"))
    assert not ExplicitChoice.objects.exists()
    choice = propose_choice(**given(underdosed))
    with pytest.raises(DomainError, match="another person"):
        sign_choice(by=people.investigator, choice=choice, password=PASSWORD)
    with pytest.raises(DomainError, match="turn of a member"):
        sign_choice(by=people.sub_investigator, choice=choice, password=PASSWORD)
    assert ExplicitChoice.objects.get().status == "PROPOSED"


def test_another_proposal_sets_the_first_aside_and_a_choice_in_force_can_be_taken_back(underdosed: Trial) -> None:
    people = underdosed.people
    first = propose_choice(**given(underdosed))
    second = propose_choice(**given(underdosed, by=people.sub_investigator, option="REPLACED"))
    first.refresh_from_db()
    assert first.status == "SET ASIDE"
    with pytest.raises(DomainError, match="Set aside"):
        sign_choice(by=people.src_member, choice=first, password=PASSWORD)
    sign_choice(by=people.src_member, choice=second, password=PASSWORD)
    assert trial_now().held(1) == 2, "the place is free again"
    with pytest.raises(DomainError, match="at least 10"):
        set_choice_aside(by=people.src_member, choice=second, reason="no")
    set_choice_aside(by=people.src_member, choice=second, reason="The lot was tested again.")
    assert trial_now().advice.action == "WAIT" and asked().proposal is None
    with pytest.raises(DomainError, match="already"):
        set_choice_aside(by=people.src_member, choice=second, reason="The lot was tested again.")


def test_one_more_than_the_cap_of_the_expansion_takes_a_signed_override(
    trial: Trial, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dosing.selectors.expansion.integer", lambda key: {"expansion.maximum_treated": 1}.get(key, 3))
    for subject in [trial.infused() for _n in range(6)][:2]:
        trial.judge(trial.event(subject))
    trial.compute()
    trial.released(1)
    trial.recommended(1)
    trial.infused(days=40, part=Slot.Part.EXPANSION)
    candidate = trial.candidate()
    with pytest.raises(DomainError, match="All 1 slots of DL1 are taken"):
        enrol_subject(by=trial.people.coordinator, subject=candidate)
    question = asked()
    assert question.key == "EXPANSION CAP:2" and [value for value, _words in question.options] == ["GO AHEAD"]
    trial.decided(question.key, reason=REASON)
    assert enrol_subject(by=trial.people.coordinator, subject=candidate).part == "EXPANSION"
    assert asked().key == "EXPANSION CAP:3", "every override gives one place"
    expansion = board().expansion
    assert expansion is not None and expansion.state.maximum == 2


def test_seven_treated_at_a_level_need_a_ruling_with_its_reason(trial: Trial) -> None:
    subjects = [trial.infused() for _n in range(7)]
    trial.judge(trial.event(subjects[0]))
    trial.compute()
    assert trial_now().advice.action == "SRC_DECISION"
    assert "the committee decides" in board().verdict.headline
    with pytest.raises(DomainError, match="nothing to agree with"):
        trial.review(1)
    with pytest.raises(DomainError, match="more conservative"):
        trial.review(1, choice="RULING", chosen_action="EXPAND_TO_6", choice_reason=REASON)
    with pytest.raises(DomainError, match="at least 10"):
        trial.review(1, choice="RULING", chosen_action="ESCALATE")
    ruling = trial.released(1, choice="RULING", chosen_action="ESCALATE", choice_reason=REASON)
    assert trial_now().recruitment.level == 2
    assert freeze_decision(by=trial.people.investigator, dose_level=1).advised_action == "SRC_DECISION"
    trial.judge(trial.event(subjects[1]))
    trial.compute()
    recompute_board()
    ruling.refresh_from_db()
    assert ruling.status == "SUPERSEDED", "the ruling was on one of seven, not on two"
    assert trial_now().recruitment.level is None


def test_the_second_signer_is_told_and_so_is_a_pause(underdosed: Trial) -> None:
    people = underdosed.people
    assert list(explicit_choices()) == list(recommended_doses()) == list(pauses()) == []
    propose_choice(**given(underdosed))
    told = list(explicit_choices())
    assert people.src_member.pk in {each.user_id for each in told}
    assert {each.url for each in told} == {"/dose-escalation/choices/"}
    with underdosed.write():
        Death.objects.create(
            subject=trial_now().subjects[0].file.subject, visit="LOG", death_date=days_ago(1), cause="ADVERSE EVENT",
            related_to_cells=True, **complete(people),
        )  # fmt: skip
    told = list(pauses())
    assert {people.coordinator.pk, people.src_member.pk} <= {each.user_id for each in told}
    assert all("01-" not in each.text for each in told), "a notice carries no clinical value"


# --- pages


def client_of(trial: Trial, role: str, settings: Any) -> Client:
    settings.SECURE_SSL_REDIRECT = False
    client = Client()
    client.force_login(getattr(trial.people, role), backend="django.contrib.auth.backends.ModelBackend")
    return client


def text(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def test_the_choice_is_made_on_its_page_by_two_people(underdosed: Trial, settings: Any) -> None:
    page = reverse("dosing:choices")
    physician, member = (client_of(underdosed, role, settings) for role in ("investigator", "src_member"))
    assert "01-003 is undecided: needs an explicit choice" in text(physician.get(reverse("dosing:board")))
    assert "It is the turn of a physician" in text(member.get(page))
    form = physician.get(page).content.decode().partition(reverse("dosing:choice-propose"))[2].partition("</form>")[0]
    assert 'name="csrfmiddlewaretoken" value="' in form
    body = {"choice-key": asked().key, "choice-option": "COUNTS", "choice-reason": REASON, "choice-password": "wrong"}
    refused = physician.post(reverse("dosing:choice-propose"), body)
    assert refused.status_code == 422 and REASON in text(refused) and "password is not right" in text(refused)
    assert physician.post(reverse("dosing:choice-propose"), body | {"choice-password": PASSWORD}).status_code == 302
    choice = ExplicitChoice.objects.get()
    assert "You have signed. The second signature is another person" in text(physician.get(page))
    sign = reverse("dosing:choice-sign", args=[choice.pk])
    assert member.post(sign, {f"sign-{choice.pk}-password": "wrong"}).status_code == 422
    assert member.post(sign, {f"sign-{choice.pk}-password": PASSWORD}, follow=True).status_code == 200
    choice.refresh_from_db()
    assert choice.status == "IN FORCE"
    shown = text(member.get(page))
    assert "No choice is missing." in shown and "Set this choice aside" in shown
    aside = reverse("dosing:choice-aside", args=[choice.pk])
    assert member.post(aside, {f"aside-{choice.pk}-reason": "no"}).status_code == 422
    again = member.post(aside, {f"aside-{choice.pk}-reason": "The lot was tested again."}, follow=True)
    assert "undecided again" in text(again)


def test_the_override_of_a_decision_is_signed_on_its_page(trial: Trial, settings: Any) -> None:
    trial.event(trial.infused())
    trial.compute()
    decision = freeze_decision(by=trial.people.investigator, dose_level=1)
    address = reverse("dosing:decision", args=[decision.pk])
    physician, member = (client_of(trial, role, settings) for role in ("investigator", "src_member"))
    shown = text(physician.get(address))
    assert "Decide although the data are not ready" in shown and "Record meeting and decision" not in shown
    form = shown.partition(reverse("dosing:choice-propose"))[2].partition("</form>")[0]
    assert 'name="csrfmiddlewaretoken" value="' in form
    body = {"choice-key": incomplete_data_key(decision), "choice-option": "GO AHEAD", "choice-reason": REASON}
    done = physician.post(reverse("dosing:choice-propose"), body | {"choice-password": PASSWORD})
    assert done["Location"] == address
    choice = ExplicitChoice.objects.get()
    member.post(reverse("dosing:choice-sign", args=[choice.pk]), {f"sign-{choice.pk}-password": PASSWORD})
    shown = text(physician.get(address))
    assert "Data ready" in shown and "Record meeting and decision" in shown and "Src Member" in shown
    assert f'class="override pre-line">{REASON}' in shown


@pytest.mark.req("R53")
@pytest.mark.parametrize("role", ["coordinator", "monitor", "statistician", "inspector"])
def test_readers_see_the_questions_and_answer_none(underdosed: Trial, settings: Any, role: str) -> None:
    client = client_of(underdosed, role, settings)
    choice = propose_choice(**given(underdosed))
    assert "A delegated physician proposes and signs" in text(client.get(reverse("dosing:choices")))
    for name, args in (("choice-propose", []), ("choice-sign", [choice.pk]), ("choice-aside", [choice.pk])):
        assert client.post(reverse(f"dosing:{name}", args=args), {}).status_code == 403, name
    assert ExplicitChoice.objects.get().status == "PROPOSED"
