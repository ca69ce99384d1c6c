"""The edit checks of the laboratory forms: of one row, and of the analytes of a form."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from decimal import Decimal
from functools import partial
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from safety.rules.form_analytes import FORM_ANALYTES, accepts, to_canonical
from safety.rules.reported_value import NotANumber, ReportedValue, TwoReadings, parse_reported, reported_or_none
from trial_edc.crf.spec import Check, InRows

NO_NUMBER = gettext_lazy("Enter a number like 5.1, or <0.5 or >500.")
TWO_READINGS = gettext_lazy("Write 1200 or 1.2: a comma before three digits can be read in two ways.")


def readable_result(text: str) -> None:
    """Refuse a text that is no result (validator of a stored value)."""
    try:
        parse_reported(text)
    except NotANumber:
        raise ValidationError(str(NO_NUMBER), code="unreadable") from None
    except TwoReadings:
        raise ValidationError(str(TWO_READINGS), code="unreadable") from None


def plain_number(text: str) -> None:
    """Refuse a limit of normal that is not a number by itself (validator)."""
    readable_result(text)
    if parse_reported(text).censored:
        raise ValidationError(_("Enter a number like 3.5."), code="unreadable")


def limit_of(text: str) -> Decimal | None:
    """Return a limit of normal as a number, None when there is none."""
    read = reported_or_none(text)
    return None if read is None else read.number


# --- one row


def limits_swapped(row: Any) -> bool:
    """Test for a lower limit above the upper one; what is unreadable has its own error."""
    low, high = limit_of(row.range_low), limit_of(row.range_high)
    return low is not None and high is not None and low > high


def row_checks(prefix: str) -> tuple[Check, ...]:
    """Return the checks of one result row; a hard one stands at its cell."""
    return (
        Check(f"{prefix}-001", gettext_lazy("Choose the unit of this value."),
              broken=lambda row: not row.unit, items=("value",), at="unit", hard=True),
        Check(f"{prefix}-002", gettext_lazy("A value and “not done” exclude each other."),
              broken=lambda row: True, items=("not_done", "value"), hard=True),
        Check(f"{prefix}-003", gettext_lazy("The lower limit of normal is above the upper limit."),
              broken=limits_swapped, items=("range_low", "range_high"), hard=True),
    )  # fmt: skip


# --- the analytes of a form


def analyte_twice(_record: Any, rows: Sequence[Any]) -> bool:
    """Test for two rows about the same analyte."""
    codes = [row.analyte for row in rows]
    return len(codes) != len(set(codes))


def unanswered(codes: Iterable[str], rows: Sequence[Any]) -> list[str]:
    """Return the analytes that have neither a result nor "not done"; optional ones never count."""
    answered = {row.analyte for row in rows if row.value or row.not_done}
    return [code for code in codes if code not in answered and not FORM_ANALYTES[code].optional]


def _row_of(code: str, rows: Sequence[Any]) -> Any | None:
    return next((row for row in rows if row.analyte == code and row.value), None)


def implausible(_record: Any, rows: Sequence[Any], *, code: str) -> bool:
    """Test whether a value or its normal range, in the canonical unit, is what no body holds: often another unit."""
    row = _row_of(code, rows)
    value = None if row is None else reported_or_none(row.value)
    if row is None or value is None or not accepts(code, row.unit):
        return False
    limits = (limit_of(row.range_high), limit_of(row.range_low))
    limit = next((ReportedValue(limit) for limit in limits if limit is not None), None)
    return not all(_plausible(code, row.unit, each) for each in (value, limit) if each is not None)


def _plausible(code: str, unit: str, value: ReportedValue) -> bool:
    low, high = FORM_ANALYTES[code].plausible
    number = to_canonical(code, unit, value.number)
    assert number is not None
    if value.comparator == "<":
        return number > low
    if value.comparator == ">":
        return number < high
    return low <= number <= high


def value_in_doubt(_record: Any, rows: Sequence[Any], *, code: str) -> str:
    """Return the values a confirmation of an implausible result holds for."""
    row = _row_of(code, rows)
    return "" if row is None else " | ".join((row.value, row.unit, row.range_low, row.range_high))


class _DoubtSentence:
    """Names the analyte and its range in the canonical unit; translated when it is shown."""

    def __init__(self, code: str, name: Any, unit: Any) -> None:
        self.code, self.name, self.unit = code, name, unit

    def __str__(self) -> str:
        low, high = FORM_ANALYTES[self.code].plausible
        sentence = _(
            "%(analyte)s: the value or its normal range lies outside the expected %(low)s to %(high)s %(unit)s. "
            "Check value and unit, then confirm or correct."
        )
        return sentence % {"analyte": self.name, "low": low, "high": high, "unit": self.unit}


def panel_checks(prefix: str, analytes: Sequence[tuple[str, Any]], units: Callable[[str], Any]) -> tuple[Check, ...]:
    """Return the checks of a laboratory form over all its rows; `analytes` are the (code, name) pairs of the form."""
    codes = [code for code, _name in analytes]
    return (
        Check(f"{prefix}-001", gettext_lazy("Each analyte has one row."),
              broken=analyte_twice, at="collected_date", on_rows=True, hard=True),
        Check(f"{prefix}-002", gettext_lazy("Each analyte needs a result, or “not done”."),
              broken=lambda _record, rows: bool(unanswered(codes, rows)), at="collected_date", on_rows=True,
              needed=True, in_rows=InRows(
                  f"{prefix}R", ("analyte",), "value",
                  lambda _record, rows: [(code,) for code in unanswered(codes, rows)],
              )),
        *_doubts(prefix, analytes, units),
    )  # fmt: skip


def _doubts(prefix: str, analytes: Sequence[tuple[str, Any]], units: Callable[[str], Any]) -> Iterator[Check]:
    for code, name in analytes:
        yield Check(
            f"{prefix}-{code}",
            _DoubtSentence(code, name, units(FORM_ANALYTES[code].unit)),
            broken=partial(implausible, code=code),
            at="collected_date",
            on_rows=True,
            about=partial(value_in_doubt, code=code),
        )
