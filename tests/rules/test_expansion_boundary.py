"""The Beta tail and the pause boundary of the expansion: the protocol's list, second computations."""

from __future__ import annotations

from fractions import Fraction
from math import comb

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from dosing.rules.beta_tail import UNIFORM, Posterior, exceeds, interval, posterior, tail, tail_exact
from dosing.rules.expansion_boundary import ExpansionConfig, pause_boundary
from tests.rules.bench_cases_designs import PAUSE


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 25), st.integers(1, 25), st.integers(1, 99))
def test_the_exact_tail_is_the_tail(a: int, b: int, percent: int) -> None:
    given_ = Posterior(Fraction(a), Fraction(b))
    limit = Fraction(percent, 100)
    assert float(tail_exact(given_, limit)) == pytest.approx(stats.beta.sf(percent / 100, a, b), abs=1e-12)
    assert tail(given_, limit) == pytest.approx(float(tail_exact(given_, limit)), abs=1e-12)


@pytest.mark.parametrize(
    ("a", "b", "limit", "cutoff", "above"),
    [
        ("2", "1", "1/3", "8/9", False),
        ("2", "1", "1/3", "8888888888888/10000000000000", True),
        ("2", "1", "1/2", "3/4", False),
        ("1/2", "1/2", "1/2", "1/2", False),
        ("1/2", "1/2", "1/2", "49999999999/100000000000", True),
        ("3", "2", "1/3", "9/10", False),
        ("4", "1", "1/3", "9/10", True),
    ],
)
def test_a_tail_equal_to_the_cutoff_does_not_exceed_it(a: str, b: str, limit: str, cutoff: str, above: bool) -> None:
    assert exceeds(Posterior(Fraction(a), Fraction(b)), Fraction(limit), Fraction(cutoff)) is above


def test_an_impossible_tally_is_refused() -> None:
    with pytest.raises(ValueError, match="4 subjects with a DLT among 3"):
        posterior(UNIFORM, 3, 4)


def test_the_interval_holds_its_probability() -> None:
    low, high = interval(Posterior(Fraction(3), Fraction(5)), 0.95)
    assert stats.beta.cdf([low, high], 3, 5) == pytest.approx([0.025, 0.975])


def test_the_protocols_list_of_the_expansion() -> None:
    assert pause_boundary(21) == PAUSE


def test_two_of_two_would_pause_but_the_list_begins_with_three() -> None:
    assert pause_boundary(2) == {}
    assert pause_boundary(2, ExpansionConfig(first=1)) == {1: None, 2: 2}


@settings(max_examples=40, deadline=None)
@given(
    st.integers(3, 40), st.integers(5, 95), st.integers(50, 99), st.sampled_from(["1", "1/2", "2"]), st.integers(1, 3)
)
def test_the_boundary_is_the_smallest_number_that_pauses(n_max: int, p0: int, cutoff: int, a: str, b: int) -> None:
    prior = Posterior(Fraction(a), Fraction(b))
    config = ExpansionConfig(Fraction(p0, 100), Fraction(cutoff, 100), prior)
    found = pause_boundary(n_max, config)
    assert list(found) == list(range(3, n_max + 1))
    for n, events in found.items():
        tails = [stats.beta.sf(p0 / 100, float(prior.a) + x, b + n - x) for x in range(n + 1)]
        crossing = [x for x, share in enumerate(tails) if share > cutoff / 100 + 1e-11]
        assert events == (crossing[0] if crossing else None)


def test_binomial_sum_of_the_boundary_by_hand() -> None:
    """3 of 3: Pr(p > 1/3) = 1 - (1/3)^4; 2 of 3 stays below 0.90 with 72/81."""
    assert tail_exact(posterior(UNIFORM, 3, 3), Fraction(1, 3)) == 1 - Fraction(1, 81)
    by_hand = sum(comb(4, k) * Fraction(1, 3) ** k * Fraction(2, 3) ** (4 - k) for k in range(3))
    assert tail_exact(posterior(UNIFORM, 3, 2), Fraction(1, 3)) == by_hand == Fraction(72, 81)
