"""Who could do what on a past day, from the trail: on the page, on paper, as CSV."""

from __future__ import annotations

import csv
import hashlib
import io
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection

from tests.casebook.conftest import SignedIn
from tests.casebook.test_matrix import text_of
from tests.people import People
from trial_edc.accounts.access import today
from trial_edc.accounts.models import Membership
from trial_edc.accounts.roles import Task
from trial_edc.accounts.services import delegate, end_membership, grant_role, switch_off
from trial_edc.audit.context import acting
from trial_edc.audit.models import AccessEvent
from trial_edc.casebook.selectors.rights import PersonRights, rights_on

ADDRESS = "/audit/rights/"


def person(found: list[PersonRights], name: str) -> PersonRights:
    return next(each for each in found if each.user.username == name)


def shift_trail(days: int) -> None:
    """Let everything in the trail have happened earlier: only a test may, and only as the superuser."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE audit_itemchange DISABLE TRIGGER audit_append_only")
        cursor.execute("UPDATE audit_itemchange SET changed_at = changed_at - make_interval(days => %s)", [days])
        cursor.execute("ALTER TABLE audit_itemchange ENABLE TRIGGER audit_append_only")


@pytest.fixture
def changed(people: People) -> date:
    """Ten days ago all was as the cast has it; today a role ended, an account went off, a task and a role came."""
    shift_trail(10)
    membership = Membership.objects.get(user=people.monitor)
    with acting(people.administrator, "left"):
        end_membership(membership=membership, end_date=today() - timedelta(days=1))
        switch_off(by=people.administrator, user=people.statistician)
        grant_role(user=people.coordinator, role="data-manager", site=None, start_date=date(2020, 1, 1))
    with acting(people.investigator, ""):
        delegate(by=people.investigator, user=people.coordinator, site=people.site, task=Task.SIGN_CASEBOOK,
                 start_date=today())  # fmt: skip
    return today() - timedelta(days=5)


@pytest.mark.req("R26")
def test_the_list_of_a_past_day_is_what_was_known_then(people: People, changed: date) -> None:
    then, now = rights_on(changed), rights_on(today())
    assert person(then, "monitor").has_access and not person(now, "monitor").has_access
    assert person(then, "statistician").user.is_active and not person(now, "statistician").has_access
    roles_then = {right.title for right in person(then, "coordinator").rights}
    roles_now = {right.title for right in person(now, "coordinator").rights}
    assert roles_then == {"Site coordinator"}, "a role granted today with an earlier first day was not there then"
    assert roles_now == {"Site coordinator", "Data manager", "Signature of case report forms"}
    entered = next(right for right in person(now, "coordinator").rights if right.title == "Data manager")
    assert (
        "close data" in entered.permissions and entered.change and entered.change.by == people.administrator.full_name
    )
    assert person(now, "statistician").change != person(then, "statistician").change


@pytest.mark.req("R26")
def test_nobody_had_a_right_before_the_first_account(people: People, changed: date) -> None:
    assert rights_on(today() - timedelta(days=30)) == []


@pytest.mark.req("R26")
def test_the_page_shows_any_past_day(people: People, changed: date, signed_in: SignedIn) -> None:
    client = signed_in(people.administrator)
    then = text_of(client.get(ADDRESS, {"date": changed.isoformat()}))
    assert "Data manager" in then and "enter data" in then and "switched off" not in then
    assert "switched off" in text_of(client.get(ADDRESS))


@pytest.mark.req("R26", "R11")
def test_paper_and_file_are_noted_with_what_they_held(people: People, changed: date, signed_in: SignedIn) -> None:
    client = signed_in(people.administrator)
    printed = text_of(client.get(ADDRESS, {"date": changed.isoformat(), "view": "print"}))
    assert "List of authorised users" in printed and f"Printed by {people.administrator.full_name}" in printed
    event = AccessEvent.objects.get(action="list of rights printed")
    assert event.by_id == people.administrator.pk and changed.isoformat() in event.detail
    response: Any = client.get(f"{ADDRESS}export/", {"date": changed.isoformat()})
    content = response.content
    lines = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))
    monitor = next(line for line in lines if line["User name"] == "monitor")
    assert monitor["Name of the right"] == "Monitor" and monitor["Site"] == "all" and "verify source" in monitor["May"]
    detail = AccessEvent.objects.get(action="list of rights downloaded").detail
    assert f"rows={len(lines)}" in detail and hashlib.sha256(content).hexdigest() in detail


def test_who_reads_one_site_sees_who_could_act_there(people: People, signed_in: SignedIn) -> None:
    page = text_of(signed_in(people.investigator).get(ADDRESS))
    assert people.coordinator.full_name in page and people.monitor.full_name in page
    assert people.elsewhere.full_name not in page
    assert people.elsewhere.full_name in text_of(signed_in(people.inspector).get(ADDRESS))
    for name in ("coordinator", "statistician", "src_member", "cell_processing"):
        assert signed_in(getattr(people, name)).get(ADDRESS).status_code == 403, name


@pytest.mark.parametrize("text", ["31-Feb-2026", "tomorrow", (date.max).isoformat()])
def test_a_day_that_cannot_be_is_refused_in_words(people: People, signed_in: SignedIn, text: str) -> None:
    client = signed_in(people.administrator)
    refused = client.get(ADDRESS, {"date": text})
    assert refused.status_code == 422 and "<title>Error:" in text_of(refused)
    assert client.get(f"{ADDRESS}export/", {"date": text}).status_code == 302
    assert not AccessEvent.objects.filter(action="list of rights downloaded").exists()
