"""Subjects and signed-in browsers for the tests of pages."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from enrollment.models import Subject
from tests.people import People
from trial_edc.accounts.models import User
from trial_edc.audit.context import acting, system_user

SignedIn = Callable[[User], Client]


@pytest.fixture
def signed_in(people: People) -> SignedIn:
    """Return a browser in which a person is signed in."""

    def open_browser(user: User) -> Client:
        client = Client()
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return open_browser


@pytest.fixture
def infused(people: People) -> Subject:
    """A subject of site 01 on Day 10 after infusion at dose level 1."""
    day = timezone.localdate() - timedelta(days=10)
    with acting(system_user(), "test", source="command"):
        return Subject.objects.create(
            identifier="01-001", site=people.site, status="IN WINDOW", dose_level=1,
            consent_date=day - timedelta(days=60), lymphodepletion_date=day - timedelta(days=5), infused_at=noon(day),
        )  # fmt: skip


@pytest.fixture
def elsewhere(people: People) -> Subject:
    """A subject of site 02."""
    with acting(system_user(), "test", source="command"):
        return Subject.objects.create(identifier="02-001", site=people.other_site)


def noon(day: date) -> datetime:
    """Return noon of a day in the trial's zone."""
    return timezone.make_aware(datetime(day.year, day.month, day.day, 12))  # noqa: DTZ001  # the zone follows
