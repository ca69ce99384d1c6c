"""When tumour assessments are planned, as the rule of missed assessments needs it."""

from __future__ import annotations

from datetime import date
from functools import cache

from trial_edc.protocol.visits.model import Anchor
from trial_edc.protocol.visits.schedule import SCHEDULE
from trial_edc.protocol.windows import add_months

#: The form that every tumour assessment ends with.
ASSESSMENT_FORM = "RESP"
#: Months have different lengths: the days of a visit planned in months are counted from this day.
COUNTED_FROM = date(2025, 1, 1)


@cache
def planned_scan_days() -> tuple[tuple[int, ...], int]:
    """Return the days after infusion on which assessments are planned, and the widest late window, in days.

    One window is used for all: the widest, so that no event is given up because a visit was late within its own.

    >>> planned_scan_days()
    ((28, 90, 180, 270, 365, 546, 730, 911, 1095), 30)
    """
    days, latest = [], 0
    for visit in SCHEDULE:
        if visit.timing is None or visit.timing.anchor is not Anchor.INFUSION:
            continue
        if ASSESSMENT_FORM in (*visit.required_forms, *visit.optional_forms):
            in_months = add_months(COUNTED_FROM, visit.timing.offset_months) - COUNTED_FROM
            days.append(visit.timing.offset_days + in_months.days)
            latest = max(latest, visit.timing.upper or 0)
    return tuple(days), latest
