"""How long a subject may go without an evaluable scan before a later event no longer counts.

Purpose: progression or death after two or more missed assessments cannot be dated, so the subject is censored at the
last evaluable scan before the gap.

Inputs: the last evaluable scan (day after infusion; infusion itself is day 0) and either a fixed number of days, or the
days on which scans are planned with the width of their late window.

Algorithm
    1. A fixed number of days, when one is set, applies at any time.
    2. Otherwise the second planned scan after the last evaluable one, its window included, is the last day on which
       an event counts; a scan within the window before a planned one is that planned one. When the interval changes
       (Day 28, Weeks 8 and 12, then every 12 weeks) this follows the plan; with one interval it is
       2 × interval + window. After the end of the plan its last interval goes on.
    3. Neither: no limit.

Source: FDA, Clinical Trial Endpoints for the Approval of Cancer Drugs and Biologics (2018), appendix, table A.

>>> plan = ScanPlan(planned_days=(28, 56, 84, 168), window_days=7)
>>> longest_gap(56, plan), longest_gap(84, plan)
(119, 175)
>>> longest_gap(56, ScanPlan(max_gap_days=130)), longest_gap(56, ScanPlan())
(130, None)
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class ScanPlan:
    """When scans are planned, in days after infusion, ascending; `missed_maximum` missed scans make a gap."""

    max_gap_days: int | None = None
    planned_days: tuple[int, ...] = ()
    window_days: int = 0
    missed_maximum: int = 2


def longest_gap(last_scan_day: int, plan: ScanPlan) -> int | None:
    """Days from the last evaluable scan within which an event counts; None = no limit."""
    if plan.max_gap_days is not None:
        return plan.max_gap_days
    if not plan.planned_days:
        return None
    ahead = [day for day in plan.planned_days if day - plan.window_days > last_scan_day][: plan.missed_maximum]
    missing = plan.missed_maximum - len(ahead)
    earlier = plan.planned_days[-2] if len(plan.planned_days) > 1 else 0
    latest = max(last_scan_day, plan.planned_days[-1]) if missing else ahead[-1]
    return latest + missing * (plan.planned_days[-1] - earlier) + plan.window_days - last_scan_day
