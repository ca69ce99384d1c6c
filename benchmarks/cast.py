"""The people and the forms that the benchmarks work with, made through the services an administrator uses."""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import Any
from uuid import uuid4

from django.http import QueryDict
from django.test import Client

from enrollment.models import Subject
from enrollment.services import add_subject
from trial_edc.accounts.models import Site, Training, User
from trial_edc.accounts.roles import Task
from trial_edc.accounts.services import create_site, create_user, delegate, grant_role
from trial_edc.accounts.training import record_training
from trial_edc.audit.context import acting, system_user

START = date(2020, 1, 1)
#: Twenty items of a neurological assessment as a physician enters them.
NEUROLOGY = {
    "assessed_date": "2026-11-05", "assessed_time": "08:10", "ice_orientation": "4", "ice_naming": "2",
    "ice_command": "1", "ice_writing": "0", "ice_attention": "1", "consciousness": "awakens_spontaneously",
    "consciousness_other_cause": "false", "seizure": "none", "deep_focal_motor_weakness": "false",
    "cerebral_oedema": "none", "oedema_due_to_haemorrhage": "false", "posturing": "false", "cn6_palsy": "false",
    "papilloedema": "false", "cushings_triad": "false", "corticosteroid_given": "true", "death_due_to_icans": "false",
    "investigator_grade": "1",
}  # fmt: skip


@cache
def site() -> Site:
    with acting(system_user(), "benchmark", source="command"):
        return create_site(code="01", name="Benchmark")


@cache
def investigator() -> User:
    """A physician of the site, delegated for everything, so that every item of a form is open."""
    where = site()
    with acting(system_user(), "benchmark", source="command"):
        user = create_user(username="physician", full_name="Bench Mark", password=str(uuid4()))
        grant_role(user=user, role="investigator", site=where, start_date=START)
        record_training(
            by=user, people=[user], topics=Training.Topic.values, completed_date=START, expiry_date=None, today=START
        )
        for task in Task:
            delegate(by=user, user=user, site=where, task=task, start_date=START)
    return user


def subject() -> Subject:
    return add_subject(by=investigator(), site=site())


def client() -> Client:
    """A signed-in browser without a password check, which is slow on purpose."""
    browser = Client()
    with acting(investigator(), "sign-in"):
        browser.force_login(investigator(), backend="django.contrib.auth.backends.ModelBackend")
    return browser


@cache
def browser_of(role: str) -> Client:
    """A signed-in browser of a person who has one role at every site."""
    with acting(system_user(), "benchmark", source="command"):
        user = create_user(username=role, full_name=role.title(), password=str(uuid4()))
        grant_role(user=user, role=role, site=None, start_date=START)
    browser = Client()
    with acting(user, "sign-in"):
        browser.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return browser


def post(texts: dict[str, Any], *, version: int = 0, **more: str) -> QueryDict:
    """Return texts as the form post of a page that was just opened."""
    data = QueryDict(mutable=True)
    data.update({"token": str(uuid4()), "version": str(version), "action": "save", **texts, **more})
    return data
