"""The cast of the tests: one person per role at site 01, and a coordinator of site 02."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from trial_edc.accounts.models import SYSTEM_USER_ID, Site, Training, User
from trial_edc.accounts.roles import Task
from trial_edc.accounts.services import create_site, create_user, delegate, grant_role
from trial_edc.accounts.training import record_training
from trial_edc.audit.context import acting, system_user

PASSWORD = "a long test password 1"
START = date(2020, 1, 1)


@dataclass
class People:
    """Everyone by role; `site` is 01, `other_site` is 02."""

    site: Site
    other_site: Site
    coordinator: User
    investigator: User
    sub_investigator: User
    monitor: User
    data_manager: User
    statistician: User
    src_member: User
    cell_processing: User
    administrator: User
    inspector: User
    elsewhere: User


def ensure_system_user() -> None:
    """Put back the account that migrations create, after a flush emptied the accounts."""
    if User.objects.filter(pk=SYSTEM_USER_ID).exists():
        return
    with acting(User(pk=SYSTEM_USER_ID, full_name="System"), "test", source="command"):
        User.objects.create(pk=SYSTEM_USER_ID, username="system", full_name="System", password="!", is_active=False)


def make_people() -> People:
    """Create the cast through the same services an administrator uses. argon2 is slow: users are made cheaply once."""
    with acting(system_user(), "test", source="command"):
        site, other = create_site(code="01", name="Shanghai"), create_site(code="02", name="Beijing")
        everyone = {
            name: _person(name, site)
            for name in (
                "coordinator", "investigator", "sub_investigator", "monitor", "data_manager", "statistician",
                "src_member", "cell_processing", "administrator", "inspector",
            )
        }  # fmt: skip
        elsewhere = create_user(username="elsewhere", full_name="Else Where", password=PASSWORD)
        grant_role(user=elsewhere, role="coordinator", site=other, start_date=START)
        for physician in (everyone["investigator"], everyone["sub_investigator"]):
            for task in Task:
                delegate(by=everyone["investigator"], user=physician, site=site, task=task, start_date=START)
        trained(*everyone.values(), elsewhere)
    return People(site=site, other_site=other, elsewhere=elsewhere, **everyone)


def trained(*people: User) -> None:
    """Record every training of these people, without a last day; runs inside `acting`."""
    record_training(
        by=system_user(), people=people, topics=Training.Topic.values, completed_date=START, expiry_date=None,
        today=START,
    )  # fmt: skip


def _person(name: str, site: Site) -> User:
    user = create_user(username=name, full_name=name.replace("_", " ").title(), password=PASSWORD)
    everywhere = name in ("monitor", "data_manager", "statistician", "src_member", "administrator", "inspector")
    grant_role(user=user, role=name.replace("_", "-"), site=None if everywhere else site, start_date=START)
    return user
