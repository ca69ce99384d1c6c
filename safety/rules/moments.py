"""Points in time as a case report form knows them: exact, a day, a month or a year.

A partial date is the interval of every instant it may stand for. Comparing intervals gives *certain* answers where the
record allows them and leaves the rest visibly undecided; nothing is imputed.

>>> zone = ZoneInfo("Asia/Shanghai")
>>> parse_moment("2025-03", zone).local_dates(zone)
(datetime.date(2025, 3, 1), datetime.date(2025, 3, 31))
>>> parse_moment("2025-03-30T16:30:00Z", zone).local_dates(zone)
(datetime.date(2025, 3, 31), datetime.date(2025, 3, 31))
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone
from functools import lru_cache
from zoneinfo import ZoneInfo

_ISO = re.compile(
    r"(\d{4})(?:-(\d{2})(?:-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,6}))?)?(Z|[+-]\d{2}:?\d{2})?)?)?)?",
    re.ASCII,
)
_YEARS = range(1900, 2201)
_INSTANT = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Moment:
    """Every instant from `first` to before `last` (UTC); an exact instant has `first == last`."""

    first: datetime
    last: datetime
    text: str

    @property
    def exact(self) -> bool:
        """Whether date and time are known."""
        return self.first == self.last

    @property
    def day_known(self) -> bool:
        """Whether at least the day is known (a local day can last 25 hours where clocks change)."""
        return self.last - self.first <= timedelta(hours=25)

    def certainly_before(self, other: Moment) -> bool:
        """Whether every instant of this moment lies before every instant of the other."""
        return self.last < other.first or (self.last == other.first and not self.exact)

    def local_dates(self, zone: ZoneInfo) -> tuple[date, date]:
        """First and last calendar date this moment may fall on in the zone."""
        end = self.last if self.exact else self.last - _INSTANT
        return self.first.astimezone(zone).date(), end.astimezone(zone).date()


def instant(at: datetime) -> Moment:
    """An exact moment. Raises ValueError for a datetime without a zone."""
    if at.tzinfo is None:
        raise ValueError("the time zone is missing")
    return Moment(at.astimezone(UTC), at.astimezone(UTC), at.isoformat())


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """The start of a local day, in UTC."""
    return datetime.combine(day, time(0), tzinfo=zone).astimezone(UTC)


def whole_day(day: date, zone: ZoneInfo) -> Moment:
    """A day whose time is not known.

    >>> zone = ZoneInfo("Asia/Shanghai")
    >>> whole_day(date(2025, 3, 3), zone) == parse_moment("2025-03-03", zone)
    True
    """
    return Moment(midnight(day, zone), midnight(day + timedelta(days=1), zone), day.isoformat())


def _offset(text: str, zone: ZoneInfo) -> ZoneInfo | timezone:
    if not text:
        return zone
    if text == "Z":
        return UTC
    minutes = int(text[1:3]) * 60 + int(text[-2:])
    return timezone(timedelta(minutes=minutes if text[0] == "+" else -minutes))


@lru_cache(maxsize=4096)
def parse_moment(text: str, zone: ZoneInfo) -> Moment:
    """Read ISO 8601 `YYYY`, `YYYY-MM`, `YYYY-MM-DD` or date and time; without an offset it is local to the zone.

    Raises ValueError with a readable sentence for anything else, also for dates that do not exist.
    """
    match = _ISO.fullmatch(text)
    if match is None or int(match[1]) not in _YEARS:
        raise ValueError(f"{text[:40]!r} is not an ISO 8601 date or date and time between 1900 and 2200")
    year, month, day, hour, minute, second, fraction, offset = match.groups()
    try:
        if hour:
            clock = time(int(hour), int(minute), int(second or 0), int((fraction or "0").ljust(6, "0")))
            at = datetime.combine(date(int(year), int(month), int(day)), clock, tzinfo=_offset(offset or "", zone))
            return Moment(at.astimezone(UTC), at.astimezone(UTC), text)
        first = date(int(year), int(month or 1), int(day or 1))
    except ValueError:
        raise ValueError(f"{text!r} is not a date and time that exists") from None
    return Moment(midnight(first, zone), midnight(_day_after(first, month, day), zone), text)


def _day_after(first: date, month: str | None, day: str | None) -> date:
    """The first day after the day, month or year that starts with `first`."""
    if day:
        return first + timedelta(days=1)
    if month:
        return (first + timedelta(days=31)).replace(day=1)
    return first.replace(year=first.year + 1)
