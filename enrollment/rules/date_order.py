"""Order of dates of which a part may be unknown: only what holds whatever the unknown part is."""

from __future__ import annotations

from datetime import date

from trial_edc.protocol.partial_dates import PartialDate


def certainly_before(early: str, late: str) -> bool:
    """Test whether the first date (ISO, perhaps partial) lies before the second whatever the unknown parts are.

    >>> certainly_before("2025", "2026-11-05"), certainly_before("2026-11", "2026-11-05")
    (True, False)
    """
    return PartialDate.from_iso(early).latest() < PartialDate.from_iso(late).earliest()


def certainly_after(text: str, day: date) -> bool:
    """Test whether a date (ISO, perhaps partial) lies after a day whatever its unknown parts are.

    >>> certainly_after("2026-12", date(2026, 11, 30)), certainly_after("2026", date(2026, 11, 30))
    (True, False)
    """
    return PartialDate.from_iso(text).earliest() > day
