"""From rows to samples: every row is either part of a sample or named with what is wrong with it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time
from typing import Any

from django.utils.translation import gettext as _

from safety.lab_checks import limit_of
from safety.lab_import.mapping import analyte_of, unit_of
from safety.lab_import.reading import TICK_EVERY, Sheet, Tick, untold
from safety.rules.form_analytes import CHEMISTRY, COAGULATION, HAEMATOLOGY, IMMUNOLOGY
from safety.rules.moments import parse_moment
from safety.rules.reported_value import NotANumber, TwoReadings, parse_reported
from safety.selectors import trial_zone
from trial_edc.protocol.partial_dates import DateText, parse_full_date, parse_time
from trial_edc.protocol.windows import local_date

#: The letter between date and time of ISO 8601, which is no letter of a month.
_BEFORE_TIME = re.compile(r"(?<=[0-9])T(?=[0-9])")
_CLOCK = re.compile(
    r"(?P<minutes>[0-9]{1,2}:[0-9]{2})(?::[0-9]{2}(?:\.[0-9]+)?)? ?(?P<offset>Z|[+-](?:0[0-9]|1[0-4]):?[0-5][0-9])?"
)

FORM_OF = {
    analyte.code: oid
    for oid, analytes in (("HEM", HAEMATOLOGY), ("CHEM", CHEMISTRY), ("COAG", COAGULATION), ("IMM", IMMUNOLOGY))
    for analyte in analytes
}


@dataclass(frozen=True)
class Fault:
    """What is wrong with one row of the file; `about` is what the row says, for a person to find it again."""

    line: int
    sentence: str
    about: str = ""


class _Wrong(Exception):
    """A cell that cannot be taken; the text says why."""


@dataclass(frozen=True)
class Result:
    """One result as the form takes it, with the line it came from."""

    line: int
    analyte: str
    value: str
    unit: str
    low: str
    high: str

    @property
    def content(self) -> tuple[str, str, str, str]:
        """What two results of one analyte must agree in to be the same."""
        return self.value, self.unit, self.low, self.high


@dataclass(frozen=True, order=True)
class SampleKey:
    """Whose sample, for which form, taken when; `clock` '' where the file gives no time."""

    subject: str
    day: date
    clock: str
    form: str


@dataclass
class Sample:
    """The results of one sample on one form, by analyte."""

    key: SampleKey
    laboratory: str = ""
    results: dict[str, Result] = field(default_factory=dict)


@dataclass
class Checked:
    """What a file amounts to. `repeated` counts rows that say the same as an earlier one."""

    samples: dict[SampleKey, Sample] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    rows: int = 0
    repeated: int = 0


def check_rows(
    sheet: Sheet, mapping: Mapping[str, int], *, subjects: Mapping[str, Any], today: date, tick: Tick = untold
) -> Checked:
    """Read every row; `subjects` are those of the site by identifier. Pure but for the language of the sentences."""
    found = Checked(rows=len(sheet.rows))
    for done, (line, cells) in enumerate(sheet.rows):
        if done % TICK_EVERY == 0:
            tick(done, found.rows)
        texts = {target: cells[column] if column < len(cells) else "" for target, column in mapping.items()}
        try:
            if any(cells[len(sheet.header) :]):
                raise _Wrong(_("The row has more cells than there are headings."))
            key, result = _read(line, texts, subjects, today)
            _file(found, key, result, texts.get("laboratory", ""))
        except _Wrong as wrong:
            found.faults.append(Fault(line, str(wrong)))
    tick(found.rows, found.rows)
    return found


def _read(line: int, texts: Mapping[str, str], subjects: Mapping[str, Any], today: date) -> tuple[SampleKey, Result]:
    subject = texts.get("subject", "")
    if subject not in subjects:
        raise _Wrong(_("Subject “%(subject)s” is not one of this site.") % {"subject": subject or "–"})
    day, clock = _moment(texts, today)
    code = analyte_of(texts.get("analyte", ""))
    if code is None:
        raise _Wrong(_("The forms have no analyte “%(analyte)s”.") % {"analyte": texts.get("analyte", "") or "–"})
    value = _number(texts.get("value", ""), _("The result"), needed=True)
    unit = unit_of(code, texts.get("unit", ""))
    if unit is None:
        words = {"unit": texts.get("unit", "") or "–", "analyte": code}
        raise _Wrong(_("“%(unit)s” is no unit of %(analyte)s.") % words)
    low = _number(texts.get("low", ""), _("The lower limit"))
    high = _number(texts.get("high", ""), _("The upper limit"))
    lowest, highest = limit_of(low), limit_of(high)
    if lowest is not None and highest is not None and lowest > highest:
        raise _Wrong(_("The lower limit of normal is above the upper limit."))
    key = SampleKey(subject, day, "" if clock is None else f"{clock:%H:%M}", FORM_OF[code])
    return key, Result(line, code, value, unit, low, high)


def _moment(texts: Mapping[str, str], today: date) -> tuple[date, time | None]:
    """Read the date, and the time beside it or in a column of its own."""
    written = _BEFORE_TIME.sub(" ", texts.get("collected", "")).replace("/", "-")
    day_text, _gap, rest = written.strip().partition(" ")
    try:
        day, clock = _in_trial_time(parse_full_date(day_text), (texts.get("time", "") or rest).strip())
    except DateText as problem:
        raise _Wrong(_(problem.template) % problem.values) from None
    if day > today:
        raise _Wrong(_("The date of collection is in the future."))
    return day, clock


def _in_trial_time(day: date, text: str) -> tuple[date, time | None]:
    """Read a time, seconds left out; one with an offset from UTC is turned into day and time of the trial's zone."""
    if not text:
        return day, None
    match = _CLOCK.fullmatch(text)
    clock = parse_time(match["minutes"] if match else text)
    if match is None or match["offset"] is None:
        return day, clock
    moment = parse_moment(f"{day.isoformat()}T{clock:%H:%M}{match['offset']}", trial_zone()).first
    return local_date(moment, trial_zone()), moment.astimezone(trial_zone()).time()


def _number(text: str, what: str, *, needed: bool = False) -> str:
    if not text:
        if needed:
            raise _Wrong(_("%(what)s is missing.") % {"what": what})
        return ""
    try:
        read = parse_reported(text)
    except (NotANumber, TwoReadings):
        raise _Wrong(_("%(what)s “%(text)s” is not a number.") % {"what": what, "text": text}) from None
    if read.censored and not needed:
        raise _Wrong(_("%(what)s “%(text)s” is not a number.") % {"what": what, "text": text})
    return text


def _file(found: Checked, key: SampleKey, result: Result, laboratory: str) -> None:
    sample = found.samples.setdefault(key, Sample(key, laboratory))
    earlier = sample.results.get(result.analyte)
    if earlier is None:
        sample.results[result.analyte] = result
    elif earlier.content == result.content:
        found.repeated += 1
    else:
        words = {"analyte": result.analyte, "line": earlier.line}
        raise _Wrong(_("%(analyte)s of this sample has another result in line %(line)s.") % words)
