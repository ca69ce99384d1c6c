"""The earliest date of the next infusion at one dose level (stagger).

Purpose: the first subject of every dose level is observed before the others are infused.

Inputs: dates of the infusions already given at this level, today; both calendar dates in the trial's time zone.

Algorithm
    1. No infusion at this level yet: today.
    2. Every later subject: not before the first infusion + `first_to_second` days.
    3. From the third subject on: also not before the latest infusion + `subsequent` days.
    4. Never before today.

Source: protocol, staggered infusion; both intervals are protocol parameters (28 and 0 days).

>>> earliest_next_infusion([date(2025, 3, 3)], today=date(2025, 3, 10)).earliest.isoformat()
'2025-03-31'
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

RULE = "next-infusion"
VERSION = "1.0.0"


@dataclass(frozen=True)
class StaggerConfig:
    """Days between infusions at one level; the defaults are this protocol's."""

    first_to_second: int = 28
    subsequent: int = 0


@dataclass(frozen=True)
class NextInfusion:
    """The earliest date, with the sentence that explains it."""

    earliest: date
    because: str


def earliest_next_infusion(
    prior: Sequence[date],
    *,
    today: date,
    config: StaggerConfig = StaggerConfig(),
) -> NextInfusion:
    """The earliest date of the next infusion by the algorithm above. Raises ValueError for an infusion after today."""
    if not prior:
        return NextInfusion(today, "No infusion at this level yet: the first subject may be infused today.")
    infusions = sorted(prior)
    if infusions[-1] > today:
        raise ValueError(f"an infusion on {infusions[-1]} lies after today, {today}")
    reasons = {
        f"the first infusion at this level on {infusions[0]} plus {config.first_to_second} days": infusions[0]
        + timedelta(days=config.first_to_second)
    }
    if len(infusions) > 1:
        words = f"the latest infusion on {infusions[-1]} plus {config.subsequent} days"
        reasons[words] = infusions[-1] + timedelta(days=config.subsequent)
    reason, earliest = max(reasons.items(), key=lambda item: item[1])
    if earliest <= today:
        return NextInfusion(today, f"The interval has passed ({reason}, {earliest}): today is possible.")
    return NextInfusion(earliest, f"Not before {earliest}: {reason}.")
