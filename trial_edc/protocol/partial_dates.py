"""Dates and times as people type them, and dates of which only a part is known.

A partial date is stored as ISO 8601: "2026", "2026-11" or "2026-11-05". Entry forms and rules share this
module, so a date means the same to both.
"""

from __future__ import annotations

import re
import unicodedata
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, time

FIRST_YEAR, LAST_YEAR = 1900, 2100
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_MONTH_NAMES = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_MONTH_NUMBERS = {name.upper()[:length]: number for number, name in enumerate(_MONTH_NAMES, 1) for length in (3, 20)}
_MONTH_NUMBERS["SEPT"] = 9
_LONGEST = 40
_UNKNOWN = frozenset({"UN", "UK", "UNK"})


class DateText(ValueError):
    """Text that is not a date or time; the message tells the person what to enter.

    `template` and `values` let a translated page say the same sentence.
    """

    def __init__(self, template: str, **values: object) -> None:
        super().__init__(template % values)
        self.template = template
        self.values = values


EXAMPLE = "Enter a date like 05-Nov-2026."
COMPLETE_EXAMPLE = "Enter the complete date, like 05-Nov-2026."
MONTH_LENGTH = "%(month)s %(year)s has %(days)s days."
NO_SUCH_MONTH = "Enter a month from 1 to 12."
NO_SUCH_DAY = "Days of a month start at 1."
YEAR_RANGE = "Enter a year from 1900 to 2100."
DAY_WITHOUT_MONTH = "Enter the month, or UN for the day as well: UN-UNK-2026."
YEAR_UNKNOWN = "Enter at least the year; if it is not known, choose Unknown as the reason the date is missing."
TIME_EXAMPLE = "Enter a time like 08:10."
TIME_RANGE = "Enter a time from 00:00 to 23:59."
#: Every sentence above, for the translation catalogue.
MESSAGES = (
    EXAMPLE, COMPLETE_EXAMPLE, MONTH_LENGTH, NO_SUCH_MONTH, NO_SUCH_DAY, YEAR_RANGE, DAY_WITHOUT_MONTH, YEAR_UNKNOWN,
    TIME_EXAMPLE, TIME_RANGE,
)  # fmt: skip


@dataclass(frozen=True)
class PartialDate:
    """A date of which the day, or the month and the day, may be unknown (None)."""

    year: int
    month: int | None = None
    day: int | None = None

    def __post_init__(self) -> None:
        if not FIRST_YEAR <= self.year <= LAST_YEAR:
            raise DateText(YEAR_RANGE)
        if self.month is None:
            if self.day is not None:
                raise DateText(DAY_WITHOUT_MONTH)
            return
        if not 1 <= self.month <= 12:
            raise DateText(NO_SUCH_MONTH)
        if self.day is not None:
            self._check_day(self.month, self.day)

    def _check_day(self, month: int, day: int) -> None:
        if day < 1:
            raise DateText(NO_SUCH_DAY)
        days = monthrange(self.year, month)[1]
        if day > days:
            raise DateText(MONTH_LENGTH, month=_MONTH_NAMES[month - 1], year=self.year, days=days)

    @property
    def complete(self) -> bool:
        """Whether year, month and day are all known."""
        return self.day is not None

    def earliest(self) -> date:
        """The first day this may be."""
        return date(self.year, self.month or 1, self.day or 1)

    def latest(self) -> date:
        """The last day this may be."""
        month = self.month or 12
        return date(self.year, month, self.day or monthrange(self.year, month)[1])

    def iso(self) -> str:
        """The stored form.

        >>> PartialDate(2026, 11).iso()
        '2026-11'
        """
        parts = [f"{self.year:04}"] + [f"{part:02}" for part in (self.month, self.day) if part is not None]
        return "-".join(parts)

    def display(self) -> str:
        """The form shown to people.

        >>> PartialDate(2026, 11, 5).display(), PartialDate(2026, 11).display(), PartialDate(2026).display()
        ('05-Nov-2026', 'UN-Nov-2026', 'UN-UNK-2026')
        """
        day = "UN" if self.day is None else f"{self.day:02}"
        month = "UNK" if self.month is None else MONTHS[self.month - 1]
        return f"{day}-{month}-{self.year:04}"

    @classmethod
    def from_date(cls, value: date) -> PartialDate:
        """A complete date."""
        return cls(value.year, value.month, value.day)

    @classmethod
    def from_iso(cls, text: str) -> PartialDate:
        """The stored form read back; refuses every other spelling."""
        if not re.fullmatch(r"[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?", text):
            raise DateText(EXAMPLE)
        return cls(*(int(part) for part in text.split("-")))


def parse_partial_date(text: str) -> PartialDate:
    """A date as typed by a person; DateText with an instruction when it is not one.

    Day comes before month, two-digit years are 20xx, capitals do not matter. UN, UK and UNK stand for unknown.

    >>> [parse_partial_date(typed).iso() for typed in ("5nov26", "05112026", "5/11/2026", "2026-11-05", "un-nov-2026")]
    ['2026-11-05', '2026-11-05', '2026-11-05', '2026-11-05', '2026-11']
    >>> parse_partial_date("31-Feb-2026")
    Traceback (most recent call last):
    trial_edc.protocol.partial_dates.DateText: February 2026 has 28 days.
    """
    tokens = _tokens(text)
    if tokens and all(token in _UNKNOWN for token in tokens):
        raise DateText(YEAR_UNKNOWN)
    if len(tokens) == 1:
        return _from_one(tokens[0])
    if len(tokens) == 2:
        return _from_two(*tokens)
    if len(tokens) == 3:
        return _from_three(*tokens)
    raise DateText(EXAMPLE)


def parse_full_date(text: str) -> date:
    """A complete date as typed by a person; a partial one is refused."""
    parsed = parse_partial_date(text)
    if not parsed.complete:
        raise DateText(COMPLETE_EXAMPLE)
    return parsed.earliest()


def parse_time(text: str) -> time:
    """A time of day, 24 hours, as typed by a person.

    >>> parse_time("8:10") == parse_time("0810") == parse_time("08:10") == time(8, 10)
    True
    """
    if len(text) > _LONGEST:
        raise DateText(TIME_EXAMPLE)
    match = re.fullmatch(r"([0-9]{1,2})[:.]([0-9]{2})|([0-9]{1,2})([0-9]{2})", _plain(text))
    if match is None:
        raise DateText(TIME_EXAMPLE)
    hour, minute = (int(part) for part in match.groups() if part is not None)
    if hour > 23 or minute > 59:
        raise DateText(TIME_RANGE)
    return time(hour, minute)


def _plain(text: str) -> str:
    """Full-width characters made ordinary, as a Chinese keyboard types them; capitals; no outer blanks."""
    return unicodedata.normalize("NFKC", text).strip().upper()


def _tokens(text: str) -> list[str]:
    if len(text) > _LONGEST:
        raise DateText(EXAMPLE)
    plain = re.sub(r"[年月]", "-", _plain(text)).replace("日", "").rstrip("-")
    if not re.fullmatch(r"[0-9A-Z][-/., 0-9A-Z]*", plain):
        raise DateText(EXAMPLE)
    return re.findall(r"[0-9]+|[A-Z]+", plain)


def _from_one(token: str) -> PartialDate:
    """Digits without separators: a year, ddmmyy, ddmmyyyy or yyyymmdd.

    The last two cannot be confused: a year from 1900 on never begins with a month.
    """
    if re.fullmatch(r"[0-9]{4}", token):
        return PartialDate(int(token))
    if re.fullmatch(r"(19|20|21)[0-9]{6}", token) and not FIRST_YEAR <= int(token[4:]) <= LAST_YEAR:
        return _from_three(token[:4], token[4:6], token[6:])
    if re.fullmatch(r"[0-9]{6}|[0-9]{8}", token):
        return _from_three(token[:2], token[2:4], token[4:])
    raise DateText(EXAMPLE)


def _from_two(first: str, second: str) -> PartialDate:
    """Month and year in either order; the year with four digits."""
    year, month = (first, second) if re.fullmatch(r"[0-9]{4}", first) else (second, first)
    if not re.fullmatch(r"[0-9]{4}", year):
        raise DateText(EXAMPLE)
    return PartialDate(int(year), _month(month))


def _from_three(first: str, second: str, third: str) -> PartialDate:
    """Day, month, year; or year, month, day when the first has four digits."""
    day, year = (third, first) if re.fullmatch(r"[0-9]{4}", first) else (first, third)
    if not re.fullmatch(r"[0-9]{2}|[0-9]{4}", year):
        raise DateText(EXAMPLE)
    full_year = int(year) if len(year) == 4 else 2000 + int(year)
    return PartialDate(full_year, _month(second), _day(day))


def _month(token: str) -> int | None:
    if token in _UNKNOWN:
        return None
    if token in _MONTH_NUMBERS:
        return _MONTH_NUMBERS[token]
    if not re.fullmatch(r"[0-9]{1,2}", token):
        raise DateText(EXAMPLE)
    return int(token)


def _day(token: str) -> int | None:
    if token in _UNKNOWN:
        return None
    if not re.fullmatch(r"[0-9]{1,2}", token):
        raise DateText(EXAMPLE)
    return int(token)
