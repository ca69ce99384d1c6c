"""Study days: the infusion is Day 0, the day after is Day 1, the day before is Day −1."""

from __future__ import annotations

from datetime import date, timedelta


def study_day(event_date: date, infusion_date: date) -> int:
    """Whole days from the infusion, both as dates in the trial's time zone.

    >>> study_day(date(2025, 3, 31), date(2025, 3, 3)), study_day(date(2025, 3, 2), date(2025, 3, 3))
    (28, -1)
    """
    return (event_date - infusion_date).days


def date_of_study_day(day: int, infusion_date: date) -> date:
    """The date on which a study day falls; the inverse of `study_day`."""
    return infusion_date + timedelta(days=day)


def study_day_label(day: int) -> str:
    """The study day as written on pages and reports, with a true minus sign.

    >>> study_day_label(28), study_day_label(-5)
    ('Day 28', 'Day −5')
    """
    return f"Day {day}" if day >= 0 else f"Day −{-day}"
