"""The second step of signing in: who is asked, what is accepted, what locks, and that no path leads round it."""

from __future__ import annotations

import time
from typing import Any

import pytest
from django.test import Client

from tests.accounts.codes import code_of, fresh_code, is_signed_in, set_up, with_password, wrong_code
from tests.people import PASSWORD, People
from trial_edc.accounts.authenticator import code_matches, device_of, recovery_codes_left
from trial_edc.accounts.models import User
from trial_edc.accounts.second_step import WAITING
from trial_edc.accounts.sessions import LAST_SEEN
from trial_edc.audit.context import acting, system_user
from trial_edc.audit.models import AccessEvent

CODE = "/sign-in/code/"


@pytest.fixture(autouse=True)
def _no_pause(settings: Any) -> None:
    """Let codes follow each other at once; the pause after a wrong one is tested by itself."""
    settings.OTP_TOTP_THROTTLE_FACTOR = settings.OTP_STATIC_THROTTLE_FACTOR = 0


@pytest.mark.req("R24")
def test_the_password_alone_signs_nobody_in_who_has_an_authenticator(people: People, client: Client) -> None:
    set_up(people.monitor)
    assert with_password(client, people.monitor) == CODE
    assert not is_signed_in(client)
    assert client.get("/subjects/")["Location"].startswith("/sign-in/?next=")
    assert client.post(CODE, {"code": wrong_code(people.monitor)}).status_code == 422
    assert not is_signed_in(client)
    assert AccessEvent.objects.filter(by_id=people.monitor.pk, action="sign-in refused", detail="wrong code").exists()
    assert not AccessEvent.objects.filter(by_id=people.monitor.pk, action="sign-in").exists()


@pytest.mark.req("R24")
def test_password_and_code_sign_in_and_lead_where_the_person_was_going(people: People, client: Client) -> None:
    set_up(people.monitor)
    client.post("/sign-in/", {"username": "monitor", "password": PASSWORD, "next": "/queries/"})
    assert client.get(CODE).status_code == 200
    answer = client.post(CODE, {"code": fresh_code(people.monitor)})
    assert answer.status_code == 302 and answer["Location"] == "/queries/"
    assert is_signed_in(client) and WAITING not in client.session
    assert AccessEvent.objects.filter(by_id=people.monitor.pk, action="sign-in").count() == 1


def test_an_address_outside_is_not_followed(people: People, client: Client) -> None:
    set_up(people.monitor)
    client.post("/sign-in/", {"username": "monitor", "password": PASSWORD, "next": "https://example.org/"})
    assert client.post(CODE, {"code": fresh_code(people.monitor)})["Location"] == "/"


def test_whoever_has_no_authenticator_signs_in_as_before(people: People, client: Client) -> None:
    assert with_password(client, people.monitor) == "/"
    assert is_signed_in(client)


def test_a_code_works_once(people: People) -> None:
    set_up(people.monitor)
    code = fresh_code(people.monitor)
    assert code_matches(people.monitor, code)
    assert not code_matches(people.monitor, code)


def test_codes_far_from_now_and_of_others_are_refused(people: People) -> None:
    set_up(people.monitor)
    set_up(people.inspector)
    device = device_of(people.monitor)
    assert device is not None
    assert not code_matches(people.monitor, code_of(device, steps=-5))
    assert not code_matches(people.monitor, code_of(device, steps=5))
    assert not code_matches(people.inspector, fresh_code(people.monitor))
    assert not code_matches(people.monitor, "") and not code_matches(people.coordinator, "123456")


def test_after_a_wrong_code_the_right_one_has_to_wait(people: People, settings: Any) -> None:
    settings.OTP_TOTP_THROTTLE_FACTOR = 1
    set_up(people.monitor)
    assert not code_matches(people.monitor, wrong_code(people.monitor))
    assert not code_matches(people.monitor, fresh_code(people.monitor))


@pytest.mark.req("R24")
def test_a_recovery_code_replaces_the_code_once_and_is_noted(people: People, client: Client) -> None:
    codes = set_up(people.monitor)
    assert len(set(codes)) == 10
    with_password(client, people.monitor)
    assert client.post(CODE, {"code": codes[0].upper()}).status_code == 302
    assert is_signed_in(client) and recovery_codes_left(people.monitor) == 9
    assert AccessEvent.objects.filter(by_id=people.monitor.pk, action="recovery code used").count() == 1
    again = Client()
    with_password(again, people.monitor)
    assert again.post(CODE, {"code": codes[0]}).status_code == 422


def test_the_database_keeps_no_recovery_code_in_clear(people: People) -> None:
    from django_otp.plugins.otp_static.models import StaticToken

    codes = set_up(people.monitor)
    assert not StaticToken.objects.filter(token__in=codes).exists()


@pytest.mark.req("R22", "R24")
def test_wrong_codes_lock_out_like_wrong_passwords(people: People, client: Client) -> None:
    set_up(people.monitor)
    with_password(client, people.monitor)
    statuses = [client.post(CODE, {"code": wrong_code(people.monitor)}).status_code for _attempt in range(5)]
    assert statuses == [422, 422, 422, 422, 403]
    assert client.post(CODE, {"code": fresh_code(people.monitor)})["Location"] == "/sign-in/"
    answer = client.post("/sign-in/", {"username": "monitor", "password": PASSWORD})
    assert answer.status_code == 403 and "Too many attempts" in answer.content.decode()
    assert not is_signed_in(client)
    assert AccessEvent.objects.filter(action="sign-in locked out", detail="monitor").exists()


@pytest.mark.req("R22")
def test_a_lock_also_holds_for_a_second_step_that_had_begun(people: People, client: Client) -> None:
    set_up(people.monitor)
    with_password(client, people.monitor)
    other = Client()
    for number in range(5):
        other.post("/sign-in/", {"username": "monitor", "password": f"guess {number}"})
    assert client.post(CODE, {"code": fresh_code(people.monitor)}).status_code == 403
    assert not is_signed_in(client)


@pytest.mark.req("R22")
def test_a_wrong_password_says_nothing_about_an_authenticator(people: People, client: Client) -> None:
    set_up(people.monitor)
    pages = [
        client.post("/sign-in/", {"username": name, "password": "guess"}) for name in ("monitor", "inspector", "nobody")
    ]
    assert {page.status_code for page in pages} == {200}
    assert len({str(page.context["form"].non_field_errors()) for page in pages}) == 1
    assert client.get(CODE)["Location"] == "/sign-in/"


def test_the_second_step_ends_after_five_minutes_and_with_the_account(people: People, client: Client) -> None:
    set_up(people.monitor)
    with_password(client, people.monitor)
    session = client.session
    session[WAITING] = session[WAITING] | {"until": time.time() - 1}
    session.save()
    assert client.post(CODE, {"code": fresh_code(people.monitor)})["Location"] == "/sign-in/"
    with_password(client, people.monitor)
    with acting(system_user()):
        User.objects.filter(pk=people.monitor.pk).update(is_active=False)
    assert client.post(CODE, {"code": fresh_code(people.monitor)})["Location"] == "/sign-in/"
    assert not is_signed_in(client)


@pytest.mark.req("R24")
def test_a_timed_out_page_is_taken_up_with_the_password_in_its_own_browser_alone(
    people: People, client: Client
) -> None:
    set_up(people.monitor)
    take_up = {"username": "monitor", "password": PASSWORD}
    assert Client().post("/session/resume/", take_up).status_code == 403, "no way round the code"
    with_password(client, people.monitor)
    client.post(CODE, {"code": fresh_code(people.monitor)})
    session = client.session
    session[LAST_SEEN] = time.time() - 16 * 60
    session.save()
    assert not is_signed_in(client)
    set_up(people.inspector)
    other = client.post("/session/resume/", {"username": "inspector", "password": PASSWORD})
    assert other.status_code == 403, "the page was another person's"
    assert client.post("/session/resume/", take_up).status_code == 200
    assert is_signed_in(client)


@pytest.mark.req("R24")
def test_whoever_leaves_the_covered_page_gives_the_code_again(people: People, client: Client) -> None:
    set_up(people.monitor)
    with_password(client, people.monitor)
    client.post(CODE, {"code": fresh_code(people.monitor)})
    session = client.session
    session[LAST_SEEN] = time.time() - 16 * 60
    session.save()
    assert not is_signed_in(client)
    client.get("/sign-in/")
    assert client.post("/session/resume/", {"username": "monitor", "password": PASSWORD}).status_code == 403
