"""Exact arithmetic of the response rules.

Purpose: no threshold is decided by a rounded number. Sums and products are computed with as many digits as they need;
a computation that would have to round raises instead. Percentages are for display and are rounded once, half up.

Inputs: decimal numbers, millimetres or a ratio of them.

Source: 33.3 mm falling to 23.31 mm is exactly -30 %; binary floating point misses it.

>>> percent_change(Decimal("23.31"), Decimal("33.3")), percent_change(Decimal(5), Decimal(0))
(Decimal('-30.0000'), None)
>>> plain(Decimal("70.0")), plain(Decimal("5E+1"))
('70', '50')
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import ROUND_HALF_UP, Context, Decimal, DivisionByZero, Inexact, InvalidOperation, Overflow, localcontext
from functools import wraps
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")

#: More digits than the sum or product of any accepted measurements has; rounding is an error, never a silent loss.
EXACT = Context(prec=500, rounding=ROUND_HALF_UP, traps=[Inexact, InvalidOperation, DivisionByZero, Overflow])
#: Decimal places of a percentage in an answer.
PLACES = 4


def exactly(function: Callable[P, R]) -> Callable[P, R]:
    """Run a function in the exact decimal context, whatever the context of its caller is."""

    @wraps(function)
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> R:
        with localcontext(EXACT):
            return function(*args, **kwargs)

    return wrapped


def percent_change(value: Decimal | None, reference: Decimal | None, places: int = PLACES) -> Decimal | None:
    """Change from a positive reference in percent, rounded half away from zero; None when unknown or from 0."""
    if value is None or not reference:
        return None
    change = EXACT.subtract(value, reference)
    whole, rest = EXACT.divmod(EXACT.scaleb(abs(change), places + 2), reference)
    if EXACT.add(rest, rest) >= reference:
        whole = EXACT.add(whole, 1)
    return EXACT.scaleb(whole.copy_sign(change) if whole else whole, -places)


def percent_words(value: Decimal, reference: Decimal) -> str:
    """The change as a sentence says it: one decimal and its sign, or that the reference was 0."""
    percent = percent_change(value, reference, 1)
    return f"{percent:+f} %" if percent is not None else "from 0"


def plain(value: Decimal) -> str:
    """The number without exponent and without trailing zeros."""
    return format(EXACT.normalize(value), "f") if value else "0"


def signed(value: Decimal) -> str:
    """The number as `plain` writes it, always with its sign."""
    return plain(value) if value < 0 else f"+{plain(value)}"
