"""Dates and times as the study shows them: ``05-Nov-2026``, 24-hour times, the offset beside every instant."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from trial_edc.protocol.partial_dates import DateText, PartialDate
from trial_edc.protocol.study_day import study_day

#: English month abbreviations on purpose: the format is a convention of the field, not of the reader's locale.
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def _is_chinese() -> bool:
    return (get_language() or "").startswith("zh")


def study_date(value: Any) -> str:
    """``dd-MMM-yyyy`` (``yyyy-MM-dd`` for Chinese readers); instants are read in the current zone, text passes.

    >>> study_date(dt.date(2026, 11, 5))
    '05-Nov-2026'
    >>> study_date(None), study_date("UN-Nov-2026")
    ('', 'UN-Nov-2026')
    """
    if value is None or value == "":
        return ""
    if isinstance(value, dt.datetime):
        value = timezone.localtime(value).date() if timezone.is_aware(value) else value.date()
    if not isinstance(value, dt.date):
        return str(value)
    if _is_chinese():
        return value.isoformat()
    return f"{value.day:02d}-{MONTHS[value.month - 1]}-{value.year:04d}"


def offset_text(moment: dt.datetime) -> str:
    """UTC offset of an aware instant, ``UTC+08:00``."""
    text = moment.strftime("%z")
    return f"UTC{text[:3]}:{text[3:5]}" if text else "UTC"


def study_moment(value: Any, *, with_offset: bool = True) -> str:
    """``23-Nov-2026 14:05 (UTC+08:00)`` for an aware instant; empty for nothing; text passes through."""
    if not isinstance(value, dt.datetime):
        return study_date(value)
    local = timezone.localtime(value)
    text = f"{study_date(local)} {local:%H:%M}"
    return f"{text} ({offset_text(local)})" if with_offset else text


def file_moment(value: dt.datetime) -> str:
    """ISO 8601 for a file that programs read: the trial's own day and time, with the offset.

    >>> file_moment(dt.datetime(2026, 3, 31, 16, 30, tzinfo=dt.UTC))
    '2026-04-01T00:30:00+08:00'
    """
    return timezone.localtime(value).isoformat()


def echo_of(value: Any, infusion_date: dt.date | None) -> str:
    """What stands beside a date so that a swapped day and month is seen: weekday and study day, or what is unknown."""
    if isinstance(value, str):
        try:
            parsed = PartialDate.from_iso(value)
        except DateText:
            return ""
        if not parsed.complete:
            return _unknown_parts(parsed)
        value = parsed.earliest()
    if not isinstance(value, dt.date):
        return ""
    weekday = date_format(value, "l")
    if infusion_date is None:
        return weekday
    return _("%(weekday)s, study day %(day)s") % {"weekday": weekday, "day": study_day(value, infusion_date)}


def _unknown_parts(value: PartialDate) -> str:
    if value.month is None:
        return _("Day and month unknown, %(year)s") % {"year": value.year}
    return _("Day unknown, %(month)s") % {"month": date_format(value.earliest(), "F Y")}
