"""Exact arithmetic: half away from zero, no context of a caller, no silent rounding."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Context, Decimal, Inexact, localcontext
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from efficacy.rules.exact import exactly, percent_change, percent_words, plain, signed
from tests.rules.tables import rows

CHANGES = rows("""
value     | reference | percent  | words
8.000004  | 8         | 0.0001   | +0.0 %
7.999996  | 8         | -0.0001  | +0.0 %
8.0000039 | 8         | 0.0000   | +0.0 %
8.004     | 8         | 0.0500   | +0.1 %
7.996     | 8         | -0.0500  | -0.1 %
50        | 40        | 25.0000  | +25.0 %
47        | 67        | -29.8507 | -29.9 %
20        | 30        | -33.3333 | -33.3 %
""")


@pytest.mark.parametrize("row", CHANGES, ids=lambda row: f"{row['value']} {row['reference']}")
def test_percentages(row: dict[str, str]) -> None:
    value, reference = Decimal(row["value"]), Decimal(row["reference"])
    assert str(percent_change(value, reference)) == row["percent"]
    assert percent_words(value, reference) == row["words"]


def test_no_percentage_of_nothing() -> None:
    assert percent_change(None, Decimal(5)) is percent_change(Decimal(5), None) is None
    assert percent_change(Decimal(5), Decimal(0)) is None
    assert percent_words(Decimal(5), Decimal(0)) == "from 0"


numbers = st.decimals(0, 10_000, allow_nan=False, places=9)


@given(numbers, numbers.filter(bool), st.integers(0, 6))
def test_percentages_are_rounded_once(value: Decimal, reference: Decimal, places: int) -> None:
    exact = 100 * (Fraction(value) - Fraction(reference)) / Fraction(reference)
    change = percent_change(value, reference, places)
    assert change is not None
    with localcontext(Context(prec=200)):
        long = Decimal(exact.numerator) / Decimal(exact.denominator)
        assert change == long.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


@pytest.mark.parametrize(
    ("number", "text", "with_sign"),
    [("70.0", "70", "+70"), ("50.50", "50.5", "+50.5"), ("5E+1", "50", "+50"), ("-0.0", "0", "+0"), ("-1", "-1", "-1")],
)
def test_numbers_are_written_plainly(number: str, text: str, with_sign: str) -> None:
    assert (plain(Decimal(number)), signed(Decimal(number))) == (text, with_sign)


def test_the_context_of_the_caller_does_not_matter_and_rounding_is_refused() -> None:
    @exactly
    def added(one: Decimal, other: Decimal) -> Decimal:
        return one + other

    @exactly
    def divided(one: Decimal, other: Decimal) -> Decimal:
        return one / other

    with localcontext(Context(prec=3)):
        assert added(Decimal("70.000"), Decimal("0.00001")) == Decimal("70.00001")
    with pytest.raises(Inexact):
        divided(Decimal(1), Decimal(3))
