"""Days that follow each other where the calendar turns, for the tests of every clock.

2024 has a 29 February, 2026 and 2100 have none.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, timedelta

import pytest

from safety.rules.facts import TRIAL_TIME_ZONE
from safety.rules.moments import Moment, parse_moment

ZONE = TRIAL_TIME_ZONE


@dataclass(frozen=True)
class Turn:
    """Two days that follow each other."""

    name: str
    before: date
    after: date

    def ago(self, days: int) -> date:
        """Return the day so many days before the first of the two."""
        return self.before - timedelta(days=days)


TURNS = (
    Turn("end of a month of 30 days", date(2026, 4, 30), date(2026, 5, 1)),
    Turn("end of a month of 31 days", date(2026, 1, 31), date(2026, 2, 1)),
    Turn("into the leap day", date(2024, 2, 28), date(2024, 2, 29)),
    Turn("out of the leap day", date(2024, 2, 29), date(2024, 3, 1)),
    Turn("February of a common year", date(2026, 2, 28), date(2026, 3, 1)),
    Turn("February of 2100", date(2100, 2, 28), date(2100, 3, 1)),
    Turn("end of the year", date(2026, 12, 31), date(2027, 1, 1)),
)
every_turn = pytest.mark.parametrize("turn", TURNS, ids=[turn.name for turn in TURNS])


def at(day: date, clock: str = "") -> Moment:
    return parse_moment(f"{day}T{clock}" if clock else str(day), ZONE)


def utc(day: date, clock: str) -> str:
    """Return a moment of the trial written in UTC, eight hours earlier and often on another date."""
    return at(day, clock).first.astimezone(UTC).strftime("%Y-%m-%dT%H:%MZ")
