"""The turn from 31 March to 1 April 2026 in the trial's zone, which in UTC is the afternoon of 31 March."""

from __future__ import annotations

from datetime import UTC, date, datetime

MARCH_31, APRIL_1 = date(2026, 3, 31), date(2026, 4, 1)
#: 23:59:59 on 31 March, midnight, and half past midnight on 1 April, as Beijing reads them.
LAST_SECOND = datetime(2026, 3, 31, 15, 59, 59, tzinfo=UTC)
MIDNIGHT = datetime(2026, 3, 31, 16, 0, tzinfo=UTC)
HALF_PAST = datetime(2026, 3, 31, 16, 30, tzinfo=UTC)
