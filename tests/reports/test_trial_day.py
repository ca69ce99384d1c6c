"""A cut-off is a day of the trial to its last instant, and names files and pages in the trial's zone."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from reports.course.events import Clock
from reports.efficacy.population import read_population
from reports.metrics.queries import _facts
from reports.pdf import words
from reports.production import file_name
from reports.services import _instant
from tests.people import People
from tests.trial_days import APRIL_1, HALF_PAST, LAST_SECOND, MARCH_31, MIDNIGHT
from trial_edc.errors import DomainError
from trial_edc.review.models import Query

YEAR_END = date(2026, 12, 31)


@pytest.mark.parametrize(
    ("cutoff", "now", "expected"),
    [
        (MARCH_31, MIDNIGHT, MIDNIGHT - timedelta(microseconds=1)),
        (MARCH_31, LAST_SECOND, LAST_SECOND),  # today: what is known now
        (APRIL_1, HALF_PAST, HALF_PAST),
        (None, HALF_PAST, HALF_PAST),
        (HALF_PAST, HALF_PAST, HALF_PAST),
    ],
)
def test_a_day_as_cut_off_ends_when_the_day_of_the_trial_ends(
    cutoff: date | datetime | None, now: datetime, expected: datetime
) -> None:
    assert _instant(cutoff, now) == expected


@pytest.mark.parametrize("cutoff", [APRIL_1, MIDNIGHT])
def test_a_cut_off_of_tomorrow_is_refused_to_the_last_second(cutoff: date | datetime) -> None:
    with pytest.raises(DomainError, match="in the future"):
        _instant(cutoff, LAST_SECOND)


@pytest.mark.parametrize(
    ("day", "instant"), [(date(2024, 2, 29), "2024-02-29T15:59:59.999999"), (YEAR_END, "2026-12-31T15:59:59.999999")]
)
def test_the_last_instant_of_a_leap_day_and_of_a_year(day: date, instant: str) -> None:
    found = _instant(day, datetime(2027, 6, 1, tzinfo=HALF_PAST.tzinfo))
    assert found.astimezone(HALF_PAST.tzinfo).replace(tzinfo=None).isoformat() == instant


@pytest.mark.req("P13")
def test_names_and_pages_carry_the_day_of_the_trial() -> None:
    job: Any = SimpleNamespace(cutoff=HALF_PAST, site=None, parameters={}, kind="safety")
    assert file_name(job).endswith("_safety_20260401-003000.pdf")
    assert words.moment(HALF_PAST) == "01-Apr-2026 00:30 UTC+08:00"
    assert words.moment(LAST_SECOND, seconds=True) == "31-Mar-2026 23:59:59 UTC+08:00"


def test_results_are_as_of_the_day_of_the_trial(people: People) -> None:
    found = [read_population([people.site], as_of=moment).cutoff for moment in (LAST_SECOND, MIDNIGHT, HALF_PAST)]
    assert found == [MARCH_31, APRIL_1, APRIL_1]


@pytest.mark.parametrize(("opened", "cutoff", "days"), [(LAST_SECOND, MIDNIGHT, 1), (MIDNIGHT, HALF_PAST, 0)])
def test_a_query_is_as_old_as_on_the_lists(opened: datetime, cutoff: datetime, days: int) -> None:
    row = Query(number=1, form="VS", visit="D1", state=Query.State.OPEN, opened_at=opened)
    subject = SimpleNamespace(identifier="01-001", site_id=None)
    assert _facts(row, subject, {}, [], cutoff).days == days


def test_a_figure_counts_days_from_the_infusion_in_the_time_of_the_site() -> None:
    clock = Clock(HALF_PAST)
    assert [clock.on(*each) for each in ((APRIL_1, time(0, 30)), (APRIL_1, time(12, 30)), (MARCH_31, time(0, 30)))] == [
        0.0, 0.5, -1.0,
    ]  # fmt: skip
