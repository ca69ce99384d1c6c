"""The person's own account: what it shows, sessions, password, authenticator, and the first password."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from tests.accounts.codes import code_of, fresh_code, is_signed_in, set_up, with_password, wrong_code, wrong_code_of
from tests.casebook.conftest import SignedIn
from tests.casebook.test_matrix import text_of
from tests.people import PASSWORD, People
from trial_edc.accounts.authenticator import device_of, key_text, unconfirmed_device
from trial_edc.accounts.models import User
from trial_edc.audit.context import acting, system_user
from trial_edc.audit.models import AccessEvent, ItemChange

NEW = "another long password 3"
CHANGE = {"old_password": PASSWORD, "new_password": NEW, "repeated": NEW}
AUTHENTICATOR, TAKE_OFF = "/account/authenticator/", "/account/authenticator/take-off/"


@pytest.fixture(autouse=True)
def _no_pause(settings: Any) -> None:
    settings.OTP_TOTP_THROTTLE_FACTOR = settings.OTP_STATIC_THROTTLE_FACTOR = 0


def events(user: User, action: str) -> int:
    return AccessEvent.objects.filter(by_id=user.pk, action=action).count()


@pytest.mark.req("R21")
def test_the_page_shows_the_own_account_and_nobody_elses(people: People, client: Client) -> None:
    Client(REMOTE_ADDR="10.9.8.7").post("/sign-in/", {"username": "inspector", "password": PASSWORD})
    Client(REMOTE_ADDR="10.1.2.3").post("/sign-in/", {"username": "investigator", "password": PASSWORD})
    with_password(client, people.investigator)
    page = text_of(client.get("/account/"))
    for words in ("Investigator", "Dose-escalation decisions", "10.1.2.3", "this one", "another browser"):
        assert words in page
    assert "10.9.8.7" not in page and "no authenticator" in page
    assert 'href="/account/"' in client.get("/account/").content.decode()


@pytest.mark.req("R21")
def test_the_other_sessions_are_ended_and_only_the_own(people: People, client: Client) -> None:
    elsewhere, somebody = Client(), Client()
    for browser, person in ((client, people.monitor), (elsewhere, people.monitor), (somebody, people.inspector)):
        with_password(browser, person)
    assert client.post("/account/sessions/end/").status_code == 302
    assert is_signed_in(client) and not is_signed_in(elsewhere) and is_signed_in(somebody)
    event = AccessEvent.objects.get(action="other sessions ended")
    assert (event.by_id, event.detail) == (people.monitor.pk, "1")


def test_a_changed_password_ends_other_sessions_and_is_noted(people: People, client: Client) -> None:
    elsewhere = Client()
    for browser in (client, elsewhere):
        with_password(browser, people.monitor)
    assert client.post("/account/password/", CHANGE).status_code == 302
    assert is_signed_in(client) and not is_signed_in(elsewhere)
    assert events(people.monitor, "password changed") == 1
    assert Client().post("/sign-in/", {"username": "monitor", "password": PASSWORD}).status_code == 200
    assert Client().post("/sign-in/", {"username": "monitor", "password": NEW}).status_code == 302
    assert not ItemChange.objects.filter(record=people.monitor.pk, field="password").exists()


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"old_password": "guess"}, "The password is not right."),
        ({"new_password": "short", "repeated": "short"}, "too short"),
        ({"repeated": "another long password 4"}, "The two new passwords differ."),
        ({"new_password": PASSWORD, "repeated": PASSWORD}, "Choose another."),
    ],
)
def test_a_refused_change_changes_nothing(
    people: People, signed_in: SignedIn, change: dict[str, str], sentence: str
) -> None:
    answer = signed_in(people.monitor).post("/account/password/", CHANGE | change)
    assert answer.status_code == 422 and sentence in text_of(answer)
    assert User.objects.get(pk=people.monitor.pk).check_password(PASSWORD)
    assert events(people.monitor, "password changed") == 0


@pytest.mark.req("R24")
def test_an_authenticator_is_set_up_with_its_first_code(people: People, signed_in: SignedIn) -> None:
    client = signed_in(people.monitor)
    assert client.post(AUTHENTICATOR, {"action": "begin", "password": "guess"}).status_code == 422
    assert unconfirmed_device(people.monitor) is None
    page = client.post(AUTHENTICATOR, {"action": "begin", "password": PASSWORD})
    device = unconfirmed_device(people.monitor)
    assert device is not None and key_text(device) in text_of(page)
    assert 'src="data:image/svg+xml;base64,' in page.content.decode()
    wrong = client.post(AUTHENTICATOR, {"action": "confirm", "code": wrong_code_of(device)})
    assert wrong.status_code == 422 and device_of(people.monitor) is None
    done = client.post(AUTHENTICATOR, {"action": "confirm", "code": code_of(device)})
    assert len(re.findall(r"<li><code>[a-z2-7]{8}</code></li>", done.content.decode())) == 10
    assert device_of(people.monitor) is not None
    assert events(people.monitor, "authenticator set up") == events(people.monitor, "authenticator refused") - 1 == 1
    assert client.get(AUTHENTICATOR)["Location"] == "/account/", "recovery codes are shown once"
    assert "10 recovery codes are left" in text_of(client.get("/account/"))
    assert with_password(Client(), people.monitor) == "/sign-in/code/"


def test_a_confirmation_without_a_key_leads_back(people: People, signed_in: SignedIn) -> None:
    answer = signed_in(people.monitor).post(AUTHENTICATOR, {"action": "confirm", "code": "123456"})
    assert answer["Location"] == AUTHENTICATOR


@pytest.mark.req("R24")
def test_it_is_taken_off_with_both_components_only(people: People, signed_in: SignedIn) -> None:
    set_up(people.monitor)
    client = signed_in(people.monitor)
    assert client.post(TAKE_OFF, {"password": "guess", "code": fresh_code(people.monitor)}).status_code == 422
    assert client.post(TAKE_OFF, {"password": PASSWORD, "code": wrong_code(people.monitor)}).status_code == 422
    assert device_of(people.monitor) is not None
    assert client.post(TAKE_OFF, {"password": PASSWORD, "code": fresh_code(people.monitor)}).status_code == 302
    assert device_of(people.monitor) is None
    assert events(people.monitor, "authenticator removed") == 1
    assert client.get(TAKE_OFF)["Location"] == "/account/"


@pytest.mark.req("R24")
def test_whoever_manages_accounts_cannot_go_back_to_the_password_alone(people: People, signed_in: SignedIn) -> None:
    set_up(people.administrator)
    client = signed_in(people.administrator)
    assert "Take the authenticator off" not in text_of(client.get("/account/"))
    answer = client.post(TAKE_OFF, {"password": PASSWORD, "code": fresh_code(people.administrator)})
    assert answer.status_code == 422 and device_of(people.administrator) is not None


@pytest.mark.req("R24")
def test_a_lost_authenticator_is_removed_by_an_administrator_with_a_reason(people: People, client: Client) -> None:
    set_up(people.monitor)
    theirs = Client()
    with_password(theirs, people.monitor)
    theirs.post("/sign-in/code/", {"code": fresh_code(people.monitor)})
    with_password(client, people.administrator)
    assert "Remove authenticator" in text_of(client.get("/people/"))
    address = f"/people/{people.monitor.pk}/remove-authenticator/"
    assert client.post(address, {"reason": ""}).status_code == 422
    assert device_of(people.monitor) is not None
    assert client.post(address, {"reason": "lost the phone"}).status_code == 302
    assert device_of(people.monitor) is None and not is_signed_in(theirs)
    event = AccessEvent.objects.get(action="authenticator removed")
    assert (event.by_id, event.detail) == (people.administrator.pk, "monitor: lost the phone")
    assert client.post(address, {"reason": "once more"}).status_code == 422


def test_nobody_removes_the_own_one_as_an_administrator(people: People, signed_in: SignedIn) -> None:
    set_up(people.administrator)
    address = f"/people/{people.administrator.pk}/remove-authenticator/"
    assert signed_in(people.administrator).post(address, {"reason": "in the way"}).status_code == 422
    assert device_of(people.administrator) is not None


def test_a_first_password_is_changed_before_anything_else(people: People, signed_in: SignedIn) -> None:
    first = "a long first password 7"
    new = {"action": "add-user", "full_name": "Nina Weber", "username": "nina", "password": first}
    signed_in(people.administrator).post("/people/", new)
    client = Client()
    assert client.post("/sign-in/", {"username": "nina", "password": first})["Location"] == "/"
    assert client.get("/")["Location"] == client.get("/account/")["Location"] == "/account/password/"
    assert client.post("/people/", new)["Location"] == "/account/password/"
    assert client.get("/notices/", headers={"HX-Request": "true"}).status_code == 403
    assert "chosen by someone else" in text_of(client.get("/account/password/"))
    assert client.post("/account/password/", CHANGE | {"old_password": first})["Location"] == "/account/"
    assert client.get("/account/").status_code == 200
    assert not User.objects.get(username="nina").must_change_password


def test_nobody_else_is_forced(people: People, signed_in: SignedIn) -> None:
    assert not User.objects.filter(must_change_password=True).exists()
    with acting(system_user()):
        User.objects.filter(pk=people.monitor.pk).update(must_change_password=True)
    assert signed_in(people.inspector).get("/account/").status_code == 200
