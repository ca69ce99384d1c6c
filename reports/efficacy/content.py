"""What a table of the efficacy pages is: texts, so that page, document and download show the same."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any

from django.utils.translation import gettext as _

DASH = "–"
#: Texts up to this length stay on one line of a table.
LONGEST_UNBROKEN = 30


@dataclass(frozen=True)
class Sheet:
    """A table: a title, heads, rows of as many texts, and a remark. `numbers` are the columns set to the right."""

    title: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""
    numbers: frozenset[int] = frozenset()
    shares: tuple[float, ...] = ()

    @property
    def marked_rows(self) -> list[list[tuple[str, str]]]:
        """Return the rows as the page writes them: each text with the look of its column."""
        looks = [self._look(index) for index in range(len(self.heads))]
        return [list(zip(row, looks, strict=True)) for row in self.rows]

    @property
    def marked_heads(self) -> list[tuple[str, str]]:
        """Return the heads in the same way."""
        return [(text, self._look(index)) for index, text in enumerate(self.heads)]

    def _look(self, column: int) -> str:
        if column in self.numbers:
            return "num"
        return "wrap" if max((len(row[column]) for row in self.rows), default=0) > LONGEST_UNBROKEN else "whole"


def sheet(
    title: str, heads: Sequence[str], rows: Iterable[Sequence[str]], *, note: str = "", numbers: Iterable[int] = (),
    shares: Sequence[float] = (),
) -> Sheet:  # fmt: skip
    """Return a table; ValueError for a row that does not fit its heads."""
    kept = tuple(tuple(row) for row in rows)
    if any(len(row) != len(heads) for row in kept):
        raise ValueError(f"a row of “{title}” does not fit its heads")
    return Sheet(title, tuple(heads), kept, note, frozenset(numbers), tuple(shares))


def content_hash(sheets: Iterable[Sheet]) -> str:
    """Return the SHA-256 of the texts of some tables."""
    body = [[each.title, each.heads, each.rows, each.note] for each in sheets]
    return hashlib.sha256(json.dumps(body, ensure_ascii=True, separators=(",", ":")).encode()).hexdigest()


def rounded(value: Any, places: int = 1) -> str:
    """Return a number with a fixed count of places, half away from zero, with a true minus; a dash for None.

    >>> rounded(Fraction(-29, 4)), rounded(None), rounded(0.25), rounded(-0.04)
    ('−7.3', '–', '0.3', '0.0')
    """
    if value is None:
        return DASH
    exact = (
        Decimal(value.numerator) / Decimal(value.denominator) if isinstance(value, Fraction) else Decimal(str(value))
    )
    # Nothing less than nothing: adding 0 takes the sign off a rounded −0.0.
    return f"{exact.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP) + 0:f}".replace("-", "−")


def percent(value: Any) -> str:
    """Return a share of one as a percentage: 0.25 is 25.0 %."""
    return DASH if value is None else f"{rounded(value * 100)} %"


def interval(lower: Any, upper: Any, *, as_percent: bool = False) -> str:
    """Return a confidence interval; a limit that is not estimable is NE."""
    write = percent if as_percent else rounded
    shown = [_("NE") if limit is None else write(limit) for limit in (lower, upper)]
    return f"({shown[0]}; {shown[1]})"
