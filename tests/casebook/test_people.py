"""People: accounts, roles, delegation, locks; who may, and what the trail keeps."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from tests.casebook.conftest import SignedIn
from tests.casebook.test_matrix import text_of
from tests.people import PASSWORD, START, People
from trial_edc.accounts.access import holds, may, today
from trial_edc.accounts.models import Delegation, Membership, User
from trial_edc.accounts.roles import Permission
from trial_edc.accounts.services import end_membership, locked_sign_ins, switch_off, unlock
from trial_edc.audit.context import acting
from trial_edc.audit.models import AccessEvent, ItemChange
from trial_edc.errors import DomainError

NEW = {
    "action": "add-user", "full_name": "Nina Weber", "username": "nina.weber", "password": "a long first password 7",
}  # fmt: skip


def test_who_may_open_the_page(people: People, signed_in: SignedIn) -> None:
    for name in ("coordinator", "sub_investigator", "monitor", "data_manager", "inspector", "src_member"):
        assert signed_in(getattr(people, name)).get("/people/").status_code == 403, name
    administrator = text_of(signed_in(people.administrator).get("/people/"))
    assert "Grant a role" in administrator and "Delegate a task" not in administrator and "Else Where" in administrator
    investigator = text_of(signed_in(people.investigator).get("/people/"))
    assert "Delegate a task" in investigator and "Grant a role" not in investigator
    assert "Else Where" not in investigator and "Switch off" not in investigator


def test_an_account_is_added_and_given_a_role(people: People, signed_in: SignedIn) -> None:
    client = signed_in(people.administrator)
    assert client.post("/people/", NEW).status_code == 302
    nina = User.objects.get(username="nina.weber")
    role = {"action": "grant-role", "user": str(nina.pk), "role": "coordinator", "site": str(people.site.pk),
            "start_date": today().strftime("%d%b%Y")}  # fmt: skip
    assert client.post("/people/", role).status_code == 302
    assert holds(nina, Permission.ENTER_DATA, people.site)
    assert not holds(nina, Permission.ENTER_DATA, people.other_site)
    change = ItemChange.objects.get(record=nina.pk, field="full_name")
    assert change.changed_by == people.administrator.pk and change.new == "Nina Weber"
    assert not ItemChange.objects.filter(record=nina.pk, field="password").exists()
    assert Client().post("/sign-in/", {"username": "nina.weber", "password": NEW["password"]}).status_code == 302


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"username": "MONITOR"}, "is or was in use"),
        ({"password": "short"}, "too short"),
        ({"full_name": ""}, "This field is required."),
    ],
)
def test_a_refused_account_keeps_what_was_typed(
    people: People, signed_in: SignedIn, change: dict[str, str], sentence: str
) -> None:
    response = signed_in(people.administrator).post("/people/", NEW | change)
    page = text_of(response)
    assert response.status_code == 422 and sentence in page and "<title>Error:" in page
    assert NEW["password"] not in page and (change.get("username") or "nina.weber") in page
    assert not User.objects.filter(username="nina.weber").exists()


def test_a_role_ends_on_its_last_day(people: People, signed_in: SignedIn) -> None:
    membership = Membership.objects.get(user=people.coordinator)
    client, address = signed_in(people.administrator), f"/people/roles/{membership.pk}/end/"
    assert people.coordinator.full_name in text_of(client.get(address))
    assert client.post(address, {"end_date": "01-Jan-2019", "reason": "left"}).status_code == 422
    yesterday = (today() - timedelta(days=1)).isoformat()
    assert client.post(address, {"end_date": yesterday, "reason": "left the site"}).status_code == 302
    coordinator = User.objects.get(pk=people.coordinator.pk)
    assert not may(coordinator, Permission.ENTER_DATA)
    assert ItemChange.objects.get(record=membership.pk, field="end_date", old=None).reason == "left the site"


def test_an_account_is_switched_off_with_a_reason(people: People, signed_in: SignedIn) -> None:
    client, theirs = signed_in(people.administrator), signed_in(people.coordinator)
    address = f"/people/{people.coordinator.pk}/switch-off/"
    assert client.post(address, {"reason": ""}).status_code == 422
    assert client.post(address, {"reason": "left the site"}).status_code == 302
    assert theirs.get("/subjects/").status_code == 302  # the open session is over
    refused = Client().post("/sign-in/", {"username": "coordinator", "password": PASSWORD})
    assert refused.status_code == 200
    own = client.post(f"/people/{people.administrator.pk}/switch-off/", {"reason": "holiday"})
    assert own.status_code == 422 and "their own account" in text_of(own)


def test_the_investigator_keeps_the_delegation_log(people: People, signed_in: SignedIn) -> None:
    client = signed_in(people.investigator)
    line = {"action": "delegate", "user": str(people.coordinator.pk), "site": str(people.site.pk),
            "task": "sign-casebook", "start_date": today().isoformat(), "end_date": ""}  # fmt: skip
    assert client.post("/people/", line).status_code == 302
    entered = Delegation.objects.get(user=people.coordinator)
    assert entered.delegated_by == people.investigator
    assert client.post("/people/", line | {"site": str(people.other_site.pk)}).status_code == 422
    address = f"/people/delegations/{entered.pk}/end/"
    assert client.post(address, {"end_date": today().isoformat(), "reason": "task done"}).status_code == 302
    entered.refresh_from_db()
    assert entered.end_date == today()


def test_delegation_is_not_the_administrators(people: People, signed_in: SignedIn) -> None:
    client = signed_in(people.administrator)
    line = {"action": "delegate", "user": str(people.coordinator.pk), "site": str(people.site.pk),
            "task": "sign-casebook", "start_date": "2025-01-01"}  # fmt: skip
    assert client.post("/people/", line).status_code == 403
    entered = Delegation.objects.first()
    assert entered is not None
    assert client.post(f"/people/delegations/{entered.pk}/end/", {}).status_code == 403


def test_account_posts_are_not_the_investigators(people: People, signed_in: SignedIn) -> None:
    client = signed_in(people.investigator)
    membership = Membership.objects.get(user=people.coordinator)
    assert client.post("/people/", NEW).status_code == 403
    assert client.post("/people/", {"action": "nonsense"}).status_code == 403
    assert client.post(f"/people/roles/{membership.pk}/end/", {}).status_code == 403
    assert client.post(f"/people/{people.coordinator.pk}/switch-off/", {}).status_code == 403
    assert client.post("/people/unlock/", {"username": "monitor"}).status_code == 403


def test_a_locked_sign_in_is_shown_and_unlocked(people: People, signed_in: SignedIn) -> None:
    for _attempt in range(5):
        Client().post("/sign-in/", {"username": "coordinator", "password": "wrong"})
    locked = Client().post("/sign-in/", {"username": "coordinator", "password": PASSWORD})
    assert locked.status_code == 403
    client = signed_in(people.administrator)
    assert "Unlock" in text_of(client.get("/people/"))
    assert client.post("/people/unlock/", {"username": "coordinator"}).status_code == 302
    noted = AccessEvent.objects.get(action="sign-in unlocked")
    assert (noted.by_id, noted.detail) == (people.administrator.pk, "coordinator")
    assert Client().post("/sign-in/", {"username": "coordinator", "password": PASSWORD}).status_code == 302
    assert "Unlock" not in text_of(client.get("/people/"))


def test_the_services_refuse_by_themselves(people: People) -> None:
    membership = Membership.objects.get(user=people.coordinator)
    with acting(people.administrator):
        with pytest.raises(DomainError, match="last day is before the first"):
            end_membership(membership=membership, end_date=START - timedelta(days=1))
        with pytest.raises(DomainError, match="own account"):
            switch_off(by=people.administrator, user=people.administrator)
    assert unlock(username="nobody") == 0 and locked_sign_ins() == []
