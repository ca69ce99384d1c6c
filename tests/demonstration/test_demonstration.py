"""The training study is loaded through the services, twice means once, and it tells what it promises."""

from __future__ import annotations

from collections.abc import Iterator
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.db import transaction

from dosing.models import DoseDecision
from enrollment.models import Subject
from tests.people import ensure_system_user
from tests.reports.counted_shifts import shift_tables
from tests.reports.test_against_database import assert_numbers, made_now
from trial_edc.audit.chain import breaks
from trial_edc.review.models import Query


@pytest.fixture(scope="module")
def loaded(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Load once for the whole file, inside a transaction that is taken back at the end."""
    with django_db_blocker.unblock(), transaction.atomic():
        ensure_system_user()
        call_command("load_demonstration", stdout=StringIO())
        yield
        transaction.set_rollback(True)


def test_the_study_stands_at_every_stage(loaded: None) -> None:
    levels = {s.identifier: (s.dose_level, s.status) for s in Subject.objects.all()}
    assert len(levels) == 14
    assert [levels[f"01-{n:03d}"][0] for n in range(1, 15)] == [1, 1, 1, 1, 2, 2, 2, 2, 2, 2, None, None, None, None]
    assert {status for _level, status in levels.values()} >= {
        "FOLLOW-UP", "OFF STUDY", "IN WINDOW", "LYMPHODEPLETION", "ELIGIBLE", "SCREENING", "SCREEN FAILURE",
    }  # fmt: skip


@pytest.mark.req("R56")
def test_a_decision_was_superseded_and_replaced(loaded: None) -> None:
    decisions = DoseDecision.objects.order_by("dose_level", "revision")
    assert [(d.dose_level, d.revision, d.status, d.advised_action) for d in decisions] == [
        (1, 1, "RELEASED", "ESCALATE"),
        (2, 1, "SUPERSEDED", "ESCALATE"),
        (2, 2, "RELEASED", "EXPAND_TO_6"),
    ]
    assert "01-006" in DoseDecision.objects.get(dose_level=2, revision=1).superseded_because


def test_queries_stand_in_every_state_and_the_trail_is_intact(loaded: None) -> None:
    assert sorted(Query.objects.values_list("state", flat=True)) == ["answered", "closed", "open"]
    assert list(breaks()) == []


def test_every_number_of_its_safety_report_equals_the_database(loaded: None) -> None:
    assert len(shift_tables()) > 10, "nothing would be compared"
    assert_numbers(made_now())


def test_loading_twice_loads_once(loaded: None) -> None:
    out = StringIO()
    call_command("load_demonstration", stdout=out)
    assert "already" in out.getvalue() and Subject.objects.count() == 14
