"""Diameters and laboratory values as people write them, and as they are kept."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

MOST_FRAGMENTS = 10
LARGEST_MM = Decimal(500)
DIAMETER = re.compile(r"[0-9]{1,3}(\.[0-9]+)?")
RESULT = re.compile(r"([<>]?)([0-9]{1,12}([.,][0-9]{1,6})?|LLOQ)")
#: A laboratory's words for a value below its limit of quantification.
WORDS = {"BLQ": "<LLOQ", "BLOQ": "<LLOQ", "<BLQ": "<LLOQ"}
MEANINGLESS = frozenset({"LLOQ", ">LLOQ"})


@dataclass(frozen=True)
class Reported:
    """A result as reported: `sign` is "<", ">" or "". `number` None: the limit is named, not given (<LLOQ)."""

    sign: str
    number: Decimal | None

    @property
    def is_below(self) -> bool:
        return self.sign == "<"

    @property
    def is_above(self) -> bool:
        return self.sign == ">"


def _plain(text: str) -> str:
    """Full-width characters made ordinary, as a Chinese keyboard types them; capitals; no outer blanks."""
    return unicodedata.normalize("NFKC", text).strip().upper()


def split_fragments(text: str) -> tuple[Decimal, ...]:
    """Return the diameters of a kept text, mm.

    >>> split_fragments("12.5, 8")
    (Decimal('12.5'), Decimal('8'))
    """
    return tuple(Decimal(part) for part in text.split(", ")) if text else ()


def normalise_fragments(text: str) -> str:
    """Return the diameters of the fragments as they are kept, "12.5, 8"; ValidationError says what is wrong.

    >>> normalise_fragments("12.5;8 ")
    '12.5, 8'
    """
    parts = [part.removesuffix("MM").strip() for part in re.split(r"[,;、+]", _plain(text))]
    if len(parts) < 2:
        raise ValidationError(_("Enter at least two fragments with commas between them, like 12.5, 8."))
    if len(parts) > MOST_FRAGMENTS:
        raise ValidationError(_("Enter at most %(most)s fragments.") % {"most": MOST_FRAGMENTS})
    return ", ".join(_fragment(part) for part in parts)


def _fragment(part: str) -> str:
    shown = {"part": part or "–"}
    if not DIAMETER.fullmatch(part):
        raise ValidationError(_("“%(part)s” is no diameter in mm. Write them like 12.5, 8.") % shown)
    if "." in part and len(part.partition(".")[2]) > 1:
        raise ValidationError(_("“%(part)s” has more than one decimal place.") % shown)
    if not 0 < Decimal(part) <= LARGEST_MM:
        raise ValidationError(_("“%(part)s” is not between 0.1 and 500 mm.") % shown)
    return part


def normalise_result(text: str) -> str:
    """Return a laboratory result as it is kept: "12.5", "<1.5", ">5000", "<LLOQ"; ValidationError says what is wrong.

    >>> normalise_result("＜ 1,5"), normalise_result("blq"), normalise_result(">5000")
    ('<1.5', '<LLOQ', '>5000')
    """
    plain = _plain(text).replace(" ", "")
    match = RESULT.fullmatch(WORDS.get(plain, plain))
    if match is None or match[0] in MEANINGLESS:
        raise ValidationError(_("Enter the result as reported: a number like 12.5, or <1.5, >5000, <LLOQ."))
    sign, number = match[1], match[2]
    if "," in number and len(number.partition(",")[2]) == 3:
        raise ValidationError(_("A comma before three digits can be read in two ways: write 1234, or 1.234."))
    if sign == "<" and number.strip("0.,") == "":
        raise ValidationError(_("No result is below 0."))
    return sign + number.replace(",", ".")


def read_result(text: str) -> Reported | None:
    """Return what a kept result says; None when there is none.

    >>> read_result("<1.5"), read_result("<LLOQ")
    (Reported(sign='<', number=Decimal('1.5')), Reported(sign='<', number=None))
    """
    if not text:
        return None
    sign = text[0] if text[0] in "<>" else ""
    number = text.removeprefix(sign)
    return Reported(sign, None if number.endswith("LOQ") else Decimal(number))
