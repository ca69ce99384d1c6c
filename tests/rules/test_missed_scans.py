"""How long a subject may go without an evaluable scan, by the plan of scans or by a number of days."""

from __future__ import annotations

import pytest

from efficacy.rules.course import Endpoint
from efficacy.rules.missed_scans import ScanPlan, longest_gap
from efficacy.rules.time_to_event import TimeToEventConfig, time_to_event
from tests.rules.courses import course
from tests.rules.tables import rows

PLAN = (28, 56, 84, 168, 252)
# Two missed scans: the second planned one after the last evaluable one, with 7 days of window.
PLANNED = rows("""
last | until
0    | 63
27   | 91
28   | 91
56   | 175
78   | 259
84   | 259
168  | 343
252  | 427
260  | 435
""")


@pytest.mark.parametrize("row", PLANNED, ids=lambda row: row["last"])
def test_the_allowed_gap_follows_the_plan(row: dict[str, str]) -> None:
    last = int(row["last"])
    allowed = longest_gap(last, ScanPlan(planned_days=PLAN, window_days=7))
    assert allowed is not None and last + allowed == int(row["until"])


def test_with_one_interval_the_gap_is_two_intervals_and_the_window() -> None:
    every_eight_weeks = ScanPlan(planned_days=tuple(range(56, 1000, 56)), window_days=7)
    assert {longest_gap(last, every_eight_weeks) for last in range(0, 900, 56)} == {2 * 56 + 7}
    assert longest_gap(100, ScanPlan(planned_days=(28,), window_days=7)) == 2 * 28 + 7


@pytest.mark.parametrize(("day", "reason"), [(63, "DEATH"), (64, "MISSED_SCANS")])
def test_the_plan_decides_when_no_number_of_days_is_set(day: int, reason: str) -> None:
    config = TimeToEventConfig(plan=ScanPlan(planned_days=PLAN, window_days=7))
    assert time_to_event(Endpoint.PFS, course("", f"dead={day}"), config=config).reason == reason
