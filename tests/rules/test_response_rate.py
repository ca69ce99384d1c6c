"""Response rates with exact intervals, and geometric summaries."""

from __future__ import annotations

import math
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from efficacy.rules.response_rate import response_rate
from efficacy.rules.summaries import geometric_summary
from tests.rules.tables import rows

# Published values of the exact 95 % interval (binom.test in R prints the same).
EXACT = rows("""
x  | n  | level | lower    | upper
0  | 12 | 0.95  | 0        | 0.264648
12 | 12 | 0.95  | 0.735352 | 1
1  | 12 | 0.95  | 0.002108 | 0.384796
3  | 12 | 0.95  | 0.054861 | 0.571858
7  | 20 | 0.95  | 0.153909 | 0.592189
10 | 20 | 0.95  | 0.271958 | 0.728042
0  | 1  | 0.95  | 0        | 0.975
4  | 10 | 0.90  | 0.150028 | 0.696463
1  | 1  | 0.8   | 0.1      | 1
""")


@pytest.mark.parametrize("row", EXACT, ids=lambda row: f"{row['x']}/{row['n']} {row['level']}")
def test_exact_intervals(row: dict[str, str]) -> None:
    found = response_rate(int(row["x"]), int(row["n"]), Decimal(row["level"]))
    assert found.rate == Fraction(int(row["x"]), int(row["n"]))
    assert found.lower == pytest.approx(float(row["lower"]), abs=6e-7)
    assert found.upper == pytest.approx(float(row["upper"]), abs=6e-7)
    assert (found.lower == 0) == (row["x"] == "0") and (found.upper == 1) == (row["x"] == row["n"])


def test_no_subjects_is_not_estimable() -> None:
    found = response_rate(0, 0)
    assert (found.rate, found.lower, found.upper) == (None, None, None)


@pytest.mark.parametrize(("x", "n", "level"), [(3, 2, "0.95"), (-1, 2, "0.95"), (1, 2, "0"), (1, 2, "1"), (1, 2, "95")])
def test_impossible_counts_and_levels_are_refused(x: int, n: int, level: str) -> None:
    with pytest.raises(ValueError, match=r"impossible|between 0 and 1"):
        response_rate(x, n, Decimal(level))


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 60), st.integers(1, 60), st.decimals("0.5", "0.999", places=3))
def test_the_interval_holds_the_rate_and_has_the_exact_tails(x: int, more: int, level: Decimal) -> None:
    n = x + more
    found = response_rate(x, n, level)
    assert found.lower is not None and found.upper is not None and found.rate is not None
    assert 0 <= found.lower <= float(found.rate) <= found.upper <= 1
    # The definition: at each limit the observed count or a more extreme one has probability a/2.
    tail = float(1 - level) / 2
    assert stats.binom.cdf(x, n, found.upper) == pytest.approx(tail, rel=1e-6)
    if x:
        assert stats.binom.sf(x - 1, n, found.lower) == pytest.approx(tail, rel=1e-6)
    mirrored = response_rate(n - x, n, level)
    assert mirrored.lower == pytest.approx(1 - found.upper, abs=1e-12)


def test_geometric_summary() -> None:
    found = geometric_summary([Decimal(text) for text in ("8", "2", "4", "16")])
    assert found.geometric_mean == pytest.approx(2**2.5)
    variance = math.log(2) ** 2 * (1.5**2 + 0.5**2) * 2 / 3
    assert found.geometric_cv_percent == pytest.approx(100 * math.sqrt(math.exp(variance) - 1))
    assert (found.n, found.median) == (4, Decimal(6))
    assert (found.minimum, found.maximum) == (Decimal(2), Decimal(16))


def test_geometric_summary_of_one_value_and_of_none() -> None:
    one = geometric_summary([Decimal("7.5")])
    assert one.geometric_mean == pytest.approx(7.5)
    assert (one.geometric_cv_percent, one.median) == (None, Decimal("7.5"))
    none = geometric_summary([])
    assert (none.n, none.geometric_mean, none.geometric_cv_percent, none.median) == (0, None, None, None)


@pytest.mark.parametrize("value", ["0", "-1"])
def test_a_value_without_logarithm_is_refused(value: str) -> None:
    with pytest.raises(ValueError, match="above 0"):
        geometric_summary([Decimal(1), Decimal(value)])


positive = st.decimals("0.001", "1000000", places=3)


@given(st.lists(positive, min_size=2, max_size=20), st.decimals("0.01", "1000", places=2))
def test_scaling_changes_the_mean_and_leaves_the_variation(values: list[Decimal], factor: Decimal) -> None:
    plain, scaled = geometric_summary(values), geometric_summary([value * factor for value in values])
    assert plain.geometric_mean is not None and plain.geometric_cv_percent is not None
    assert scaled.geometric_mean == pytest.approx(plain.geometric_mean * float(factor))
    assert scaled.geometric_cv_percent == pytest.approx(plain.geometric_cv_percent, rel=1e-6, abs=1e-5)
    assert plain.minimum is not None and plain.maximum is not None
    assert float(plain.minimum) <= plain.geometric_mean * (1 + 1e-9)
    assert plain.geometric_mean <= float(plain.maximum) * (1 + 1e-9)
