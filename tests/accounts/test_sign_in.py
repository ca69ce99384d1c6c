"""Signing in, being locked out, timing out, and taking the session up again."""

from __future__ import annotations

import time
from datetime import date

import pytest
from axes.models import AccessAttempt
from django.test import Client
from django.urls import reverse

from tests.people import PASSWORD, START, People, trained
from trial_edc.accounts.access import is_delegated, may, may_judge, sites_of
from trial_edc.accounts.models import Membership, User
from trial_edc.accounts.roles import ROLES, Permission, Task
from trial_edc.accounts.services import create_user, delegate, grant_role, locked_sign_ins, unlock
from trial_edc.accounts.sessions import LAST_SEEN
from trial_edc.audit.context import acting, system_user
from trial_edc.errors import DomainError

SIGN_IN = "/sign-in/"


def sign_in(client: Client, name: str, password: str = PASSWORD) -> int:
    return client.post(SIGN_IN, {"username": name, "password": password}).status_code


@pytest.mark.req("R25")
def test_whoever_is_not_signed_in_sees_the_sign_in_page_and_nothing_is_cached(db: None, client: Client) -> None:
    response = client.get("/subjects/")
    assert response.status_code == 302 and response["Location"].startswith(SIGN_IN)
    assert "no-store" in response["Cache-Control"]
    assert client.post("/subjects/add/").status_code == 401


def test_the_name_is_taken_in_any_capitalisation(people: People, client: Client) -> None:
    assert sign_in(client, "MoniTor") == 302


@pytest.mark.req("R22")
def test_a_wrong_name_and_a_wrong_password_look_the_same(people: People, client: Client) -> None:
    wrong_name = client.post(SIGN_IN, {"username": "nobody", "password": PASSWORD})
    wrong_password = client.post(SIGN_IN, {"username": "monitor", "password": "guess"})
    sentences = [list(r.context["form"].non_field_errors()) for r in (wrong_name, wrong_password)]
    assert sentences[0] == sentences[1] != []


@pytest.mark.req("R22")
def test_five_failures_lock_even_the_right_password_out(people: People, client: Client) -> None:
    codes = [sign_in(client, "monitor", f"guess {n}") for n in range(5)]
    assert codes[-1] == 403
    response = client.post(SIGN_IN, {"username": "monitor", "password": PASSWORD})
    assert response.status_code == 403 and "Too many attempts" in response.content.decode()
    elsewhere = Client(REMOTE_ADDR="10.1.2.3")
    assert sign_in(elsewhere, "monitor") == 302, "nobody can lock another person out from elsewhere"


@pytest.mark.req("R22")
def test_capitals_make_no_other_person_while_failures_are_counted(people: People, client: Client) -> None:
    names = ("monitor", "Monitor", "MONITOR", "mONITOR", "moniTor")
    codes = [sign_in(client, name, "guess") for name in names]
    assert codes == [200, 200, 200, 200, 403]
    assert sign_in(client, "Monitor", PASSWORD) == 403, "the lock holds for every spelling"
    assert [attempt.username for attempt in locked_sign_ins()] == ["monitor"]
    assert unlock(username="Monitor") == 1
    assert sign_in(client, "Monitor", PASSWORD) == 302


def test_a_sign_in_forgets_the_failures_of_every_spelling(people: People, client: Client) -> None:
    for name in ("monitor", "Monitor", "MONITOR"):
        sign_in(client, name, "guess")
    assert sign_in(client, "MONITOR") == 302
    assert not AccessAttempt.objects.exists()


def test_the_system_and_a_switched_off_account_cannot_sign_in(people: People, client: Client) -> None:
    with acting(system_user()):
        User.objects.filter(pk=people.monitor.pk).update(is_active=False)
    assert sign_in(client, "monitor") == 200
    assert sign_in(client, "system", "!") == 200


def idle(client: Client, minutes: float) -> None:
    session = client.session
    session[LAST_SEEN] = time.time() - minutes * 60
    session.save()


@pytest.mark.req("R23")
def test_fifteen_idle_minutes_end_the_session(people: People, client: Client) -> None:
    client.force_login(people.coordinator)
    client.post(reverse("accounts:keep-alive"))
    idle(client, 14.9)
    assert client.post(reverse("accounts:keep-alive")).status_code == 200
    idle(client, 15.1)
    assert client.post(reverse("accounts:keep-alive")).status_code == 401


@pytest.mark.req("R23")
def test_polling_does_not_keep_a_session_alive(people: People, client: Client) -> None:
    client.force_login(people.coordinator)
    client.post(reverse("accounts:keep-alive"))
    idle(client, 10)
    client.post(reverse("accounts:keep-alive"), headers={"X-Background": "1"})
    assert time.time() - client.session[LAST_SEEN] > 9 * 60


def test_only_the_same_person_takes_a_timed_out_page_up(people: People, client: Client) -> None:
    resume = reverse("accounts:resume")
    wrong = client.post(resume, {"username": "coordinator", "password": "guess"})
    assert wrong.status_code == 403 and not wrong.json()["ok"]
    right = client.post(resume, {"username": "coordinator", "password": PASSWORD})
    assert right.json()["ok"] and right.json()["csrf_token"]
    assert client.session["_auth_user_id"] == str(people.coordinator.pk)


def test_the_content_policy_allows_no_inline_code(people: People, client: Client) -> None:
    policy = client.get(SIGN_IN)["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "unsafe" not in policy and "nonce" not in policy


@pytest.mark.req("R25", "R29")
def test_every_role_is_described_and_grants_what_it_says(people: People) -> None:
    assert set(ROLES) == {
        "coordinator", "investigator", "sub-investigator", "monitor", "data-manager", "statistician", "src-member",
        "cell-processing", "administrator", "inspector",
    }  # fmt: skip
    assert all(role.description for role in ROLES.values())
    writers = {code for code, role in ROLES.items() if role.may(Permission.ENTER_DATA)}
    assert writers == {"coordinator", "investigator", "sub-investigator"}
    assert not any(ROLES["monitor"].may(p) for p in (Permission.ENTER_DATA, Permission.JUDGE, Permission.SIGN_DATA))


@pytest.mark.req("R25", "R41")
def test_a_role_holds_at_its_site_and_in_its_time(people: People) -> None:
    assert may(people.coordinator, Permission.ENTER_DATA, people.site)
    assert not may(people.coordinator, Permission.ENTER_DATA, people.other_site)
    assert may(people.monitor, Permission.VIEW_SUBJECTS, people.other_site)
    assert list(sites_of(people.coordinator, Permission.VIEW_SUBJECTS)) == [people.site]
    with acting(system_user()):
        Membership.objects.filter(user=people.coordinator).update(end_date=date(2020, 6, 1))
    fresh = User.objects.get(pk=people.coordinator.pk)
    assert not may(fresh, Permission.ENTER_DATA, people.site)
    assert list(sites_of(fresh, Permission.VIEW_SUBJECTS)) == []


@pytest.mark.req("R62")
def test_judgement_takes_role_and_delegation(people: People) -> None:
    assert may_judge(people.sub_investigator, people.site)
    with acting(system_user()):
        other = create_user(username="undelegated", full_name="Not Delegated", password=PASSWORD)
        grant_role(user=other, role="sub-investigator", site=people.site, start_date=START)
        trained(other)
        delegate(by=people.investigator, user=people.coordinator, site=people.site, task=Task.MEDICAL_JUDGEMENT,
                 start_date=START)  # fmt: skip
    assert not may_judge(other, people.site)
    assert not may_judge(people.coordinator, people.site), "a delegation does not make a physician"


def test_a_delegation_has_dates(people: People) -> None:
    with acting(people.investigator):
        delegate(by=people.investigator, user=people.statistician, site=people.site, task=Task.DOSE_DECISION,
                 start_date=date(2026, 3, 1), end_date=date(2026, 3, 31))  # fmt: skip
    days = (date(2026, 2, 28), date(2026, 3, 1), date(2026, 3, 31), date(2026, 4, 1))
    held = [is_delegated(people.statistician, Task.DOSE_DECISION, people.site, day) for day in days]
    assert held == [False, True, True, False]


@pytest.mark.req("R15")
@pytest.mark.parametrize(
    ("username", "password", "sentence"),
    [
        ("Monitor", PASSWORD, "is or was in use"),
        ("new.person", "short", "too short"),
        ("new.person.01", "new.person.012", "too similar"),
    ],
)
def test_names_are_unique_for_ever_and_passwords_are_strong(
    people: People, username: str, password: str, sentence: str
) -> None:
    with acting(system_user()), pytest.raises(DomainError, match=sentence):
        create_user(username=username, full_name="New Person", password=password)


def test_a_password_never_enters_the_trail(people: People) -> None:
    from trial_edc.audit.models import ItemChange

    assert not ItemChange.objects.filter(field__in=("password", "last_login")).exists()
    assert not ItemChange.objects.filter(new=people.monitor.password).exists()
