"""A laboratory result as the laboratory reported it: a number, or a number with "<" or ">".

Purpose: read the text without losing what it says. "<0.5" is not 0 and not 0.5: it is less than 0.5, and stays that.

Inputs: the text as typed, such as "5.1", "5,1", "<0.5", "> 500".

Algorithm
    1. An optional "<" or ">" comes first, then digits with at most one point or comma.
    2. A comma before exactly three digits may mark thousands (1,200) or decimals (1,200 = 1.2): refused. With a zero
       before it (0,200) it can only mark decimals.
    3. Anything else is refused; nothing is guessed.

>>> parse_reported("<0.5")
ReportedValue(number=Decimal('0.5'), comparator='<')
>>> parse_reported("5,1").number
Decimal('5.1')
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

_TEXT = re.compile(r"([<>]?)\s*(\d{1,12}(?:[.,]\d{1,8})?)", re.ASCII)
_THOUSANDS = re.compile(r"[1-9]\d{0,2},\d{3}", re.ASCII)


class NotANumber(ValueError):
    """The text is neither a number nor a number with "<" or ">"."""


class TwoReadings(ValueError):
    """The comma may mark thousands or decimals."""


@dataclass(frozen=True)
class ReportedValue:
    """The number of a result and what stands before it: "" (equal), "<" or ">"."""

    number: Decimal
    comparator: str = ""

    @property
    def censored(self) -> bool:
        """Whether only a limit of the value is known."""
        return self.comparator != ""


def parse_reported(text: str) -> ReportedValue:
    """Read a result. Raises NotANumber, or TwoReadings for a comma that can be read in two ways."""
    found = _TEXT.fullmatch(text.strip())
    if found is None:
        raise NotANumber(text)
    comparator, digits = found.groups()
    if _THOUSANDS.fullmatch(digits):
        raise TwoReadings(text)
    return ReportedValue(Decimal(digits.replace(",", ".")), comparator)


def reported_or_none(text: str) -> ReportedValue | None:
    """Read a result; None for a text that is no result.

    >>> reported_or_none("haemolysed") is None
    True
    """
    try:
        return parse_reported(text)
    except (NotANumber, TwoReadings):
        return None
