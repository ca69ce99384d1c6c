"""Field types of the bench's inputs: exact numbers and dates, read strictly.

Whole numbers accept 3 and 3.0 (JSON has one kind of number) but neither true nor "3". Decimals accept numbers and
decimal strings and are never binary floating point. Dates are ISO 8601.
"""

from __future__ import annotations

import re
from datetime import date
from decimal import Context, Decimal, Rounded
from typing import Annotated, Any

from pydantic import BeforeValidator, PlainValidator, WithJsonSchema

_DECIMAL = re.compile(r"[+-]?(\d{1,30}(\.\d{0,30})?|\.\d{1,30})([eE][+-]?\d{1,2})?", re.ASCII)
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
#: Powers of ten beyond which no clinical number lies; it also bounds the cost of exact arithmetic.
_LARGEST_EXPONENT = 30
#: Whole numbers below this need no further look.
_PLAIN = 10**_LARGEST_EXPONENT
#: Refuses a number with more digits than this instead of rounding it.
_DIGITS = Context(prec=2 * _LARGEST_EXPONENT, traps=[Rounded])


class RepeatedKey:
    """Stands for the value of a key that a JSON object gives twice."""


def _reasonable(number: Decimal) -> Decimal:
    if not number.is_finite():
        raise ValueError("must be a finite number")
    if number and abs(number.adjusted()) > _LARGEST_EXPONENT:
        raise ValueError("is too large or too small")
    try:
        _DIGITS.plus(number)
    except Rounded:
        raise ValueError("has too many digits") from None
    return number


def to_whole(value: Any) -> int:
    """A whole number from a JSON number. Raises ValueError."""
    if type(value) is int and -_PLAIN < value < _PLAIN:
        return value
    if isinstance(value, bool) or not isinstance(value, (int, Decimal)):
        raise ValueError("must be a whole number")
    number = _reasonable(Decimal(value))
    if number != number.to_integral_value():
        raise ValueError("must be a whole number")
    return int(number)


def to_decimal(value: Any) -> Decimal:
    """An exact number from a JSON number or a decimal string. Raises ValueError."""
    if type(value) is int and -_PLAIN < value < _PLAIN:
        return Decimal(value)
    if isinstance(value, str):
        if not _DECIMAL.fullmatch(value):
            raise ValueError("must be a number or a decimal string")
        value = Decimal(value)
    if isinstance(value, bool) or not isinstance(value, (int, Decimal)):
        raise ValueError("must be a number or a decimal string")
    return _reasonable(Decimal(value))


def to_date(value: Any) -> date:
    """A calendar date from `YYYY-MM-DD`. Raises ValueError."""
    if not isinstance(value, str) or not _DATE.fullmatch(value):
        raise ValueError("must be a date written YYYY-MM-DD")
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise ValueError("is not a date that exists") from None


#: Reads a whole number: `Annotated[int, Field(ge=0), WHOLE]` (limits first, so that the schema can state them).
WHOLE = BeforeValidator(to_whole)
#: Reads an exact decimal number: `Annotated[Decimal, Field(ge=0), EXACT]`.
EXACT = BeforeValidator(to_decimal)
#: A calendar date.
Day = Annotated[date, PlainValidator(to_date), WithJsonSchema({"type": "string", "format": "date"})]
