"""Units as laboratories write them, read into a kind of quantity and a size.

One kind of quantity has one base unit, and every other unit of the kind is an exact multiple of it: the prefixes are
powers of ten, and one µkat is 60 U because a katal counts per second and an enzyme unit per minute.

Capitals carry no meaning here ("G/L" is giga per litre on a blood count and gram per litre on a chemistry sheet), so a
text is read for the kinds of quantity that the analyte can have, and for no other.

>>> parse_unit("×10⁹/L", {Kind.COUNT}) == parse_unit(" K / µL", {Kind.COUNT}) == parse_unit("10e9 /l", {Kind.COUNT})
True
>>> parse_unit("mg/dL", {Kind.MASS}).size, parse_unit("µkat/L", {Kind.ACTIVITY}).size
(Decimal('0.01'), Decimal('60'))
>>> parse_unit("furlong", {Kind.MASS}) is None
True
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache


class Kind(StrEnum):
    """A kind of quantity; the value is its base unit."""

    COUNT = "10^9/L"
    MASS = "g/L"
    MOLAR = "mmol/L"
    EQUIVALENT = "mEq/L"
    ACTIVITY = "U/L"
    CLEARANCE = "mL/min"
    TIME = "s"
    FRACTION = "%"
    RATIO = "ratio"


@dataclass(frozen=True)
class Unit:
    """One unit: `size` base units of its kind."""

    kind: Kind
    size: Decimal


_PER_LITRE: Mapping[str, str] = {
    "l": "1", "liter": "1", "litre": "1", "dl": "1e1", "100ml": "1e1", "cl": "1e2", "ml": "1e3", "cc": "1e3",
    "cm^3": "1e3", "cm3": "1e3", "ul": "1e6", "mm^3": "1e6", "mm3": "1e6", "mm*3": "1e6", "cumm": "1e6", "cmm": "1e6",
    "nl": "1e9",
}  # fmt: skip
#: Kind of concentration -> numerator -> its size in the base unit's numerator.
_NUMERATORS: Mapping[Kind, Mapping[str, str]] = {
    Kind.COUNT: {
        "": "1e-9", "1": "1e-9", "#": "1e-9", "k": "1e-6", "th": "1e-6", "thou": "1e-6", "thousand": "1e-6",
        "tsd": "1e-6", "1000": "1e-6", "10^3": "1e-6", "10^6": "1e-3", "mio": "1e-3", "10^9": "1", "g": "1",
        "gpt": "1", "giga": "1", "10^12": "1e3",
    },
    Kind.MASS: {
        "kg": "1e3", "g": "1", "gm": "1", "gram": "1", "grams": "1", "mg": "1e-3", "ug": "1e-6", "mcg": "1e-6",
        "ng": "1e-9", "pg": "1e-12",
    },
    Kind.MOLAR: {
        "mol": "1e3", "mmol": "1", "mmole": "1", "mmoles": "1", "umol": "1e-3", "mcmol": "1e-3", "nmol": "1e-6",
        "pmol": "1e-9",
    },
    Kind.EQUIVALENT: {"eq": "1e3", "meq": "1", "mval": "1", "ueq": "1e-3"},
    Kind.ACTIVITY: {
        "u": "1", "iu": "1", "ui": "1", "unit": "1", "units": "1", "ku": "1e3", "mu": "1e-3", "miu": "1e-3",
        "kat": "6e7", "mkat": "6e4", "ukat": "60", "mckat": "60", "nkat": "0.06",
    },
}  # fmt: skip
#: Units that are not "something per volume".
_WHOLE: Mapping[Kind, Mapping[str, str]] = {
    Kind.MASS: {"g%": "1e1", "gm%": "1e1", "mg%": "1e-2"},
    Kind.MOLAR: {"mm": "1", "um": "1e-3", "nm": "1e-6"},
    Kind.CLEARANCE: {"ml/min": "1", "ml/minute": "1", "ml/s": "60", "ml/sec": "60", "l/min": "1e3"},
    Kind.TIME: {"s": "1", "sec": "1", "secs": "1", "second": "1", "seconds": "1", "秒": "1"},
    Kind.FRACTION: {"%": "1", "percent": "1", "l/l": "100", "1": "100", "fraction": "100"},
    Kind.RATIO: {"1": "1", "ratio": "1", "inr": "1", "unitless": "1"},
}  # fmt: skip

_SUPERSCRIPT = re.compile(r"[⁰¹²³⁴⁵⁶⁷⁸⁹]+")
#: 10^9, 10⁹, 10e9, 10E9, 10*9, 10**9, 10(9), each perhaps behind a multiplication sign; 109/ where a system lost the
#: superscript, which can mean nothing else.
_POWER = re.compile(r"^[x*·]*10(?:(?:\^|\*{1,2}|e|\()(3|6|9|12)\)?|(3|6|9|12)(?=/))")
_PER = re.compile(r"(^|\s)per\s")
_NOISE = re.compile(r"[\s{}\[\]]|cells?")
_MICRO = str.maketrans({"µ": "u", "μ": "u", "×": "x", "✕": "x", "∗": "*", "⋅": "·", "∕": "/", "⁄": "/", "÷": "/"})


def plain_unit(text: str) -> str:
    """A unit's text without case, spaces, typographic variants and the word cells.

    >>> plain_unit("× 10³ cells / mm³"), plain_unit("μmol/L"), plain_unit("10E9 / L")
    ('10^3/mm^3', 'umol/l', '10^9/l')
    """
    spelled = _SUPERSCRIPT.sub(lambda found: "^" + found.group(), text)
    plain = unicodedata.normalize("NFKC", spelled.translate(_MICRO)).translate(_MICRO).casefold()
    plain = _PER.sub("/", plain).replace("mcl", "ul")
    plain = _NOISE.sub("", plain)
    return _POWER.sub(lambda power: f"10^{power[1] or power[2]}", plain).replace("·/", "/")


def _concentration(kind: Kind, plain: str) -> Decimal | None:
    above, slash, below = plain.partition("/")
    if not slash or below not in _PER_LITRE:
        return None
    size = _NUMERATORS[kind].get(above.rstrip("x*·"))
    return None if size is None else Decimal(size) * Decimal(_PER_LITRE[below])


@lru_cache(maxsize=2048)
def _read(plain: str, kind: Kind) -> Decimal | None:
    size = _WHOLE.get(kind, {}).get(plain)
    if size is not None:
        return Decimal(size)
    return _concentration(kind, plain) if kind in _NUMERATORS else None


def parse_unit(text: str, kinds: Collection[Kind]) -> Unit | None:
    """The unit that a text means among some kinds of quantity; None when it means none of them."""
    plain = plain_unit(text)
    for kind in kinds:
        size = _read(plain, kind)
        if size is not None:
            return Unit(kind, size)
    return None
