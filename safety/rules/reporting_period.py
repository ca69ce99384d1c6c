"""Is an adverse event inside the period in which every event is collected?

Purpose: say beside an event whether the protocol asks for it at all.

Inputs: the onset (perhaps partial), the date eligibility was confirmed (enrolment), the date of infusion.

Algorithm
    1. The period opens on the day of enrolment and closes at the end of the day that is 12 calendar months after the
       infusion; a day the later month does not have becomes its last day. Without an infusion it stays open.
    2. An event related to the CAR-T cells stays reportable after the period.
    3. A partial onset that may lie on either side of an edge is left undecided.

Source: registry record NCT05947487 ("from the date of randomization to 12 months after infusion"). Nobody is randomised
in a single arm; the period opens at enrolment, which is an assumption.

>>> from safety.rules.facts import TRIAL_TIME_ZONE
>>> from safety.rules.moments import parse_moment
>>> onset = parse_moment("2026-03-01", TRIAL_TIME_ZONE).local_dates(TRIAL_TIME_ZONE)
>>> reporting_period(onset, enrolled=date(2025, 2, 1), infused=date(2025, 3, 1)).value
'inside the period'
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from trial_edc.protocol.windows import add_months

RULE = "event-period"
VERSION = "1.0.0"
MONTHS = 12


class Place(StrEnum):
    """Where an onset lies against the period."""

    INSIDE = "inside the period"
    BEFORE = "before enrolment"
    AFTER = "after the period"
    UNKNOWN = "cannot be said"


def reporting_period(
    onset: tuple[date, date] | None, *, enrolled: date | None, infused: date | None, months: int = MONTHS
) -> Place:
    """Return where the onset (earliest and latest possible day) lies."""
    if onset is None or enrolled is None:
        return Place.UNKNOWN
    earliest, latest = onset
    closes = add_months(infused, months) if infused else date.max
    if latest < enrolled:
        return Place.BEFORE
    if earliest > closes:
        return Place.AFTER
    return Place.INSIDE if earliest >= enrolled and latest <= closes else Place.UNKNOWN
