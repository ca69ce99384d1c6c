"""The components of a signature: all of them first, the password later, and all again after the session ended."""

from __future__ import annotations

import time
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from dosing.services import release_decision, sign_decision
from dosing.services.slots import override_stagger
from enrollment.models import Subject
from enrollment.services import add_subject
from tests.accounts.codes import fresh_code, set_up, with_password, wrong_code
from tests.casebook.entering import enter
from tests.casebook.test_closing import VITALS
from tests.casebook.test_matrix import text_of
from tests.dosing.builders import Trial
from tests.people import PASSWORD, People
from trial_edc.accounts.authenticator import WrongCode
from trial_edc.accounts.models import User
from trial_edc.accounts.sessions import LAST_SEEN
from trial_edc.audit.identity import Second, confirm_identity, needs_code
from trial_edc.audit.models import AccessEvent, Signature


@pytest.fixture(autouse=True)
def _no_pause(settings: Any) -> None:
    settings.OTP_TOTP_THROTTLE_FACTOR = settings.OTP_STATIC_THROTTLE_FACTOR = 0


@pytest.fixture
def subject(people: People) -> Subject:
    return add_subject(by=people.coordinator, site=people.site)


@pytest.fixture
def forms(people: People, subject: Subject) -> list[Any]:
    return [
        enter(people.coordinator, subject, visit, "VS", action="complete", **VITALS) for visit in ("SCR", "BL", "UNS")
    ]


@pytest.fixture
def signer(people: People, client: Client) -> Client:
    """A browser in which the investigator signed in with password and code."""
    set_up(people.investigator)
    return arrive(client, people.investigator)


def arrive(client: Client, user: User) -> Client:
    with_password(client, user)
    assert client.post("/sign-in/code/", {"code": fresh_code(user)}).status_code == 302
    return client


def sign_off(client: Client, form: Any, **typed: str) -> Any:
    address = reverse("casebook:sign-off", args=[form.subject.identifier])
    body = {"meaning": "review", "password": PASSWORD, "chosen": f"VS:{form.pk}:1"}
    return client.post(address, body | typed)


def asks_for_code(client: Client, form: Any) -> bool:
    page = client.get(reverse("casebook:sign-off", args=[form.subject.identifier]))
    return 'name="code"' in page.content.decode()


@pytest.mark.req("R14")
def test_the_first_signature_takes_the_code_and_later_ones_the_password(
    people: People, signer: Client, forms: list[Any]
) -> None:
    assert asks_for_code(signer, forms[0])
    without = sign_off(signer, forms[0])
    assert without.status_code == 422 and "The code is not right." in text_of(without)
    assert sign_off(signer, forms[0], code=wrong_code(people.investigator)).status_code == 422
    assert Signature.objects.count() == 0
    assert sign_off(signer, forms[0], code=fresh_code(people.investigator)).status_code == 302
    assert not asks_for_code(signer, forms[1])
    assert sign_off(signer, forms[1], password="guess").status_code == 422
    assert sign_off(signer, forms[1]).status_code == 302
    assert Signature.objects.count() == 2


@pytest.mark.req("R14")
def test_a_code_without_the_password_signs_nothing(people: People, signer: Client, forms: list[Any]) -> None:
    assert sign_off(signer, forms[0], password="guess", code=fresh_code(people.investigator)).status_code == 422
    assert asks_for_code(signer, forms[0]) and Signature.objects.count() == 0


@pytest.mark.req("R19")
def test_a_wrong_code_is_noted(people: People, signer: Client, forms: list[Any]) -> None:
    sign_off(signer, forms[0], code=wrong_code(people.investigator))
    event = AccessEvent.objects.get(action="signature refused")
    assert (event.by_id, event.detail) == (people.investigator.pk, "wrong code")


@pytest.mark.req("R14")
def test_after_signing_out_every_component_is_asked_again(people: People, signer: Client, forms: list[Any]) -> None:
    sign_off(signer, forms[0], code=fresh_code(people.investigator))
    signer.post("/sign-out/")
    arrive(signer, people.investigator)
    assert asks_for_code(signer, forms[1]) and sign_off(signer, forms[1]).status_code == 422


@pytest.mark.req("R14")
def test_after_a_time_out_every_component_is_asked_again(people: People, signer: Client, forms: list[Any]) -> None:
    sign_off(signer, forms[0], code=fresh_code(people.investigator))
    session = signer.session
    session[LAST_SEEN] = time.time() - 16 * 60
    session.save()
    signer.post("/session/keep-alive/")
    taken_up = signer.post("/session/resume/", {"username": "investigator", "password": PASSWORD})
    assert taken_up.status_code == 200
    assert asks_for_code(signer, forms[1]) and sign_off(signer, forms[1]).status_code == 422


@pytest.mark.req("R14")
def test_the_form_itself_is_signed_the_same_way(people: People, signer: Client, forms: list[Any]) -> None:
    address = reverse("casebook:crf-sign", args=[forms[0].subject.identifier, "SCR", "VS", 1])
    page = signer.get(reverse("casebook:crf-edit", args=[forms[0].subject.identifier, "SCR", "VS", 1]))
    assert 'id="sign-code"' in page.content.decode()
    refused = signer.post(address, {"version": "1", "password": PASSWORD}, follow=True)
    assert "The code is not right." in text_of(refused) and Signature.objects.count() == 0
    signer.post(address, {"version": "1", "password": PASSWORD, "code": fresh_code(people.investigator)})
    assert Signature.objects.count() == 1


def test_whoever_has_no_authenticator_is_asked_for_the_password(
    people: People, client: Client, forms: list[Any]
) -> None:
    with_password(client, people.investigator)
    assert not asks_for_code(client, forms[0]) and sign_off(client, forms[0]).status_code == 302


@pytest.mark.req("R14")
def test_without_a_session_every_signature_is_the_first(people: People) -> None:
    recovery = set_up(people.investigator)
    with pytest.raises(WrongCode):
        confirm_identity(people.investigator, PASSWORD)
    confirm_identity(people.investigator, PASSWORD, Second(recovery[0]))
    assert AccessEvent.objects.filter(action="recovery code used", detail="to sign").count() == 1
    assert needs_code(people.investigator, None)
    with pytest.raises(WrongCode):
        confirm_identity(people.investigator, PASSWORD)


@pytest.mark.req("R14")
def test_what_one_person_confirmed_does_not_serve_another(people: People) -> None:
    set_up(people.investigator)
    set_up(people.sub_investigator)
    session: dict[str, Any] = {}
    confirm_identity(people.investigator, PASSWORD, Second(fresh_code(people.investigator), session))
    assert not needs_code(people.investigator, session) and needs_code(people.sub_investigator, session)


@pytest.mark.req("R14")
def test_decisions_releases_and_overrides_take_the_code_too(people: People) -> None:
    trial = Trial(people)
    for _number in range(3):
        trial.infused()
    trial.compute()
    decision = trial.review(1, override_reason="The committee has seen the source.")
    waiting = trial.slot().slot
    set_up(people.investigator)
    by, seen = people.investigator, decision.evidence_hash
    for refused in (
        lambda: sign_decision(by=by, decision=decision, password=PASSWORD, seen_hash=seen),
        lambda: release_decision(by=by, decision=decision, password=PASSWORD),
        lambda: override_stagger(by=by, slot=waiting, reason="No toxicity in the first.", password=PASSWORD),
    ):
        with pytest.raises(WrongCode):
            refused()
    assert Signature.objects.count() == 0


@pytest.mark.req("R14")
def test_the_decision_page_asks_for_the_code_until_it_was_given(people: People, signer: Client) -> None:
    trial = Trial(people)
    for _number in range(3):
        trial.infused()
    trial.compute()
    decision = trial.review(1, override_reason="The committee has seen the source.")
    address = reverse("dosing:sign", args=[decision.pk])
    body = {"sign-seen": decision.evidence_hash, "sign-password": PASSWORD}
    assert 'name="sign-code"' in signer.get(reverse("dosing:decision", args=[decision.pk])).content.decode()
    assert signer.post(address, body).status_code == 422
    wrong = signer.post(address, body | {"sign-code": wrong_code(people.investigator)})
    assert wrong.status_code == 422 and "The code is not right." in text_of(wrong)
    assert Signature.objects.count() == 0
    assert signer.post(address, body | {"sign-code": fresh_code(people.investigator)}).status_code == 302
    assert Signature.objects.count() == 1
    assert 'name="sign-code"' not in signer.get(reverse("dosing:decision", args=[decision.pk])).content.decode()
