"""What the mapping produces: the texts a person would type into our forms, and notes on what did not fit."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

UNKNOWN = "UNKNOWN"
NOT_APPLICABLE = "NOT APPLICABLE"

_DTC = re.compile(r"(?P<year>\d{4}|-)(?:-(?P<month>\d{2}|-)(?:-(?P<day>\d{2}|-))?)?(?:T(?P<clock>.*))?")
_CLOCK = re.compile(r"(?P<minutes>\d{2}:\d{2})(?P<rest>.*)")


class CannotMap(Exception):
    """A row has no honest place in our forms; the text says why."""


@dataclass(frozen=True)
class Note:
    """Something the source says that could not be entered as it stands. Notes of one sentence are reported together."""

    sentence: str
    detail: str = ""

    def __str__(self) -> str:
        return f"{self.sentence} ({self.detail})" if self.detail else self.sentence


def number_text(text: str) -> str:
    """Return a sequence number as people write it: some tools export whole numbers with a decimal.

    >>> number_text("3.0"), number_text("30")
    ('3', '30')
    """
    return text.removesuffix(".0")


@dataclass
class FormTexts:
    """One form as it would be typed. `row` names the source record; `rows` are those of the form's table."""

    visit: str
    oid: str
    domain: str
    row: str
    texts: dict[str, str | list[str]] = field(default_factory=dict)
    rows: list[dict[str, str]] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)

    def give(self, name: str, value: str, missing: str = UNKNOWN) -> None:
        """Enter a value, or the reason why there is none."""
        if value:
            self.texts[name] = value
        else:
            self.texts[f"missing-{name}"] = missing

    def note(self, sentence: str, detail: str = "") -> None:
        """Remember something that did not fit."""
        self.notes.append(Note(sentence, detail))


@dataclass(frozen=True)
class SourceDate:
    """A date as our forms take it: `date` ISO, perhaps partial, `time` HH:MM, `lost` when the source says more."""

    date: str = ""
    time: str = ""
    lost: bool = False

    @property
    def complete(self) -> bool:
        return len(self.date) == 10


def source_date(text: str) -> SourceDate:
    """Read an SDTM date-time. What is no such text is handed on as it is: the form says what is wrong with it.

    >>> source_date("2014-01-02T11:45")
    SourceDate(date='2014-01-02', time='11:45', lost=False)
    >>> source_date("2014-01"), source_date("2014---15").lost, source_date("--12-15").date
    (SourceDate(date='2014-01', time='', lost=False), True, '')
    """
    match = _DTC.fullmatch(text)
    if match is None:
        return SourceDate(date=text)
    year, month, day = (None if part in (None, "-") else part for part in match.group("year", "month", "day"))
    parts = [year, month, day]
    known = parts[: parts.index(None)] if None in parts else parts
    clock, lost_clock = _clock(match["clock"] or "")
    lost = any(parts[len(known) :]) or lost_clock or (bool(clock) and len(known) < 3)
    return SourceDate("-".join(str(part) for part in known), clock if len(known) == 3 else "", lost)


def _clock(text: str) -> tuple[str, bool]:
    """Return hours and minutes, and whether seconds that are not zero, a zone or a part was left out."""
    match = _CLOCK.fullmatch(text)
    if match is None:
        return "", bool(text)
    return match["minutes"], match["rest"] not in ("", ":00")


def give_date(form: FormTexts, name: str, variable: str, text: str, *, partial: bool = False) -> SourceDate:
    """Enter a date of the source; one that the item cannot hold is noted and left out, never completed."""
    found = source_date(text)
    readable = _DTC.fullmatch(text) is not None
    if readable and not partial and not found.complete:
        form.note(_("The form asks for a complete date, and this is none: not entered."), f"{variable} {text}")
        found = SourceDate()
    elif found.lost:
        form.note(_("The form has no place for a part of this date: that part is left out."), f"{variable} {text}")
    form.give(name, found.date)
    return found
