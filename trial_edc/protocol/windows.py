"""Calendar arithmetic of the protocol: months, the trial's own date of an instant, the end of the DLT window."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo


def add_months(day: date, months: int) -> date:
    """The same day of the month, so many calendar months later; the last day where the month is shorter.

    >>> add_months(date(2024, 2, 29), 12), add_months(date(2026, 8, 31), 6)
    (datetime.date(2025, 2, 28), datetime.date(2027, 2, 28))
    """
    index = day.year * 12 + day.month - 1 + months
    year, month = index // 12, index % 12 + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def local_date(instant: datetime, zone: ZoneInfo) -> date:
    """The calendar date of an instant in the trial's time zone; the instant must know its own zone.

    >>> from datetime import UTC
    >>> local_date(datetime(2026, 11, 4, 16, 30, tzinfo=UTC), ZoneInfo("Asia/Shanghai"))
    datetime.date(2026, 11, 5)
    """
    if instant.tzinfo is None:
        raise ValueError("An instant without a time zone has no local date.")
    return instant.astimezone(zone).date()


def start_of_day(day: date, zone: ZoneInfo) -> datetime:
    """Midnight at the start of a local day."""
    return datetime.combine(day, time(0), tzinfo=zone)


def dlt_window_closes_at(infusion_date: date, window_days: int, zone: ZoneInfo, *, infusion_day: int = 0) -> datetime:
    """The first instant after the DLT window: the start of the day after its last study day, in the trial's zone.

    With the infusion as Day 0 and 28 days the window holds 29 local dates and closes as Day 29 begins.

    >>> dlt_window_closes_at(date(2025, 3, 3), 28, ZoneInfo("Asia/Shanghai")).isoformat()
    '2025-04-01T00:00:00+08:00'
    """
    last_day = infusion_date + timedelta(days=window_days - infusion_day)
    return start_of_day(last_day + timedelta(days=1), zone)


def ae_period_last_day(infusion_date: date, months: int = 12) -> date:
    """The last day, inclusive, on which a new adverse event is collected."""
    return add_months(infusion_date, months)


def in_ae_period(onset: date, *, enrolment_date: date, infusion_date: date | None, months: int = 12) -> bool:
    """Whether an onset lies in the collection period, both ends included; open-ended until the infusion is known."""
    if onset < enrolment_date:
        return False
    return infusion_date is None or onset <= ae_period_last_day(infusion_date, months)
