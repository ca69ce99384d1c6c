"""A new installation gets its first site and its first account by command, on the record."""

from __future__ import annotations

import io

import pytest
from django.core.management import CommandError, call_command

from tests.people import PASSWORD
from trial_edc.accounts.access import may
from trial_edc.accounts.models import Site, User
from trial_edc.accounts.roles import Permission
from trial_edc.audit.models import ItemChange


def test_a_site_is_opened_once(db: None) -> None:
    call_command("create_site", "01", "Shanghai", stdout=io.StringIO())
    assert ItemChange.objects.get(record=Site.objects.get().pk, field="code").source == "command"
    with pytest.raises(CommandError, match="exists already"):
        call_command("create_site", "01", "Beijing")
    with pytest.raises(CommandError, match="one to three letters"):
        call_command("create_site", "0-1", "Beijing")


def test_the_first_account_manages_people_and_sees_no_subject(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(PASSWORD + "\n"))
    call_command("create_administrator", "ada", "Ada Admin", stdout=io.StringIO())
    ada = User.objects.get(username="ada")
    assert may(ada, Permission.MANAGE_USERS) and not may(ada, Permission.VIEW_SUBJECTS)


def test_a_weak_password_makes_no_account(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("short\n"))
    with pytest.raises(CommandError, match="too short"):
        call_command("create_administrator", "ada", "Ada Admin")
    assert not User.objects.filter(username="ada").exists()
