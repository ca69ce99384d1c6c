"""BOIN and mTPI-2: published tables, second computations, and laws."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from math import log

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate, stats

from dosing.rules import boin, mtpi2
from dosing.rules.boin_mtd import isotonic, select_mtd
from tests.rules.tables import rows

THIRTY = Fraction(3, 10)

# The published table for a target of 0.30.
BOIN_30 = rows("""
n         | 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9 | 10 | 11 | 12 | 13 | 14 | 15 | 16 | 17 | 18
escalate  | 0 | 0 | 0 | 0 | 1 | 1 | 1 | 1 | 2 | 2  | 2  | 2  | 3  | 3  | 3  | 3  | 4  | 4
stop      | 1 | 1 | 2 | 2 | 2 | 3 | 3 | 3 | 4 | 4  | 4  | 5  | 5  | 6  | 6  | 6  | 7  | 7
eliminate | - | - | 3 | 3 | 4 | 4 | 5 | 5 | 5 | 6  | 6  | 7  | 7  | 8  | 8  | 8  | 9  | 9
""")


def test_the_published_boin_table() -> None:
    found = boin.boundaries(THIRTY, 18)
    assert (round(found.lambda_e, 7), round(found.lambda_d, 7)) == (0.2364907, 0.3585195)
    kinds = {line.pop("n"): line for line in BOIN_30}
    for row in found.rows:
        assert row.escalate_at_most == int(kinds["escalate"][str(row.n)])
        assert row.deescalate_from == int(kinds["stop"][str(row.n)])
        assert str(row.eliminate_from or "-") == kinds["eliminate"][str(row.n)]


# The limits of the published table per target: three digits, some of them cut off rather than rounded.
LIMITS = [(0.15, 0.118, 0.179), (0.20, 0.157, 0.238), (0.25, 0.197, 0.298), (0.30, 0.236, 0.358), (0.35, 0.276, 0.419),
          (0.40, 0.316, 0.479)]  # fmt: skip


@pytest.mark.parametrize(("target", "low", "high"), LIMITS)
def test_the_published_limits(target: float, low: float, high: float) -> None:
    assert boin.limits(Fraction(str(target))) == pytest.approx((low, high), abs=7e-4)


@settings(max_examples=40, deadline=None)
@given(st.integers(5, 60), st.integers(1, 40))
def test_boin_rows_against_the_definition(percent: int, n_max: int) -> None:
    target = percent / 100
    low, high = 0.6 * target, 1.4 * target
    lambda_e = log((1 - low) / (1 - target)) / log(target * (1 - low) / (low * (1 - target)))
    lambda_d = log((1 - target) / (1 - high)) / log(high * (1 - target) / (target * (1 - high)))
    for row in boin.boundaries(Fraction(percent, 100), n_max).rows:
        out = [x for x in range(1, row.n + 1) if row.n >= 3 and stats.beta.sf(target, 1 + x, 1 + row.n - x) > 0.95]
        assert row.eliminate_from == (out[0] if out else None)
        assert [x for x in range(row.n + 1) if x / row.n <= lambda_e][-1] == row.escalate_at_most
        stops = {x for x in range(row.n + 1) if x / row.n >= lambda_d} | set(out)
        assert row.deescalate_from == min(stops)


def test_an_elimination_is_also_a_deescalation() -> None:
    for percent in range(5, 61):
        for row in boin.boundaries(Fraction(percent, 100), 30).rows:
            assert row.eliminate_from is None or row.deescalate_from <= row.eliminate_from


@pytest.mark.parametrize(("n", "x", "decision"), [(3, 0, "E"), (3, 1, "S"), (3, 2, "D"), (3, 3, "DU"), (6, 2, "S")])
def test_the_boin_decision(n: int, x: int, decision: str) -> None:
    assert boin.decide(THIRTY, n, x) == decision


def test_boin_refuses_what_cannot_be() -> None:
    for n, x in ((0, 0), (3, 4), (3, -1)):
        with pytest.raises(ValueError, match="decides from one subject on"):
            boin.decide(THIRTY, n, x)
    for target in ("0", "5/7", "1"):
        with pytest.raises(ValueError, match="the target must lie above 0 and below"):
            boin.limits(Fraction(target))


# Subjects and DLTs per dose -> the selected dose, and why.
SELECTED = rows("""
n           | y         | mtd  | because
3 3 15 9 0  | 0 0 4 4 0 | 3    | the published example
3 0 0       | 0 0 0     | 1    | only what was treated
3 3 0       | 0 0 0     | 2    | equal estimates below the target: the highest
2 2         | 1 1       | 1    | equal estimates above the target: the lowest
3 3 3       | 2 2 0     | 3    | the dose without DLT weighs most in the pool, which stays below the target
3           | 3         | None | the lowest is eliminated
3 3         | 0 3       | 1    | the second is eliminated
0 3         | 0 3       | None | nobody at what is left
0 0 0       | 0 0 0     | None | nobody treated
2 0         | 2 0       | 1    | no elimination below three subjects
6 6 6       | 1 2 3     | 2    | closest to the target
0 6 6       | 0 2 2     | 2    | the lowest dose was not treated
6 3 6       | 1 3 0     | 1    | an eliminated dose closes those above
""")


@pytest.mark.parametrize("row", SELECTED, ids=lambda row: row["because"])
def test_the_boin_selection(row: dict[str, str]) -> None:
    n, y = ([int(part) for part in row[key].split()] for key in ("n", "y"))
    assert str(select_mtd(THIRTY, n, y).mtd) == row["mtd"]


def reference_selection(target: float, n: list[int], y: list[int]) -> int | None:
    """The published procedure in floating point: weighted isotonic regression as a minimax of block means."""
    last = len(n)
    for number, (subjects, toxic) in enumerate(zip(n, y, strict=True)):
        if subjects >= 3 and stats.beta.sf(target, toxic + 1, subjects - toxic + 1) > 0.95:
            last = number
            break
    doses = [number for number in range(last) if n[number]]
    if not doses:
        return None
    a = np.array([y[number] + 0.05 for number in doses])
    b = np.array([n[number] - y[number] + 0.05 for number in doses])
    weight, mean = (a + b) ** 2 * (a + b + 1) / (a * b), a / (a + b)

    def block(first: int, until: int) -> float:
        return float(np.average(mean[first : until + 1], weights=weight[first : until + 1]))

    many = len(doses)
    smooth = [max(min(block(i, k) for k in range(j, many)) for i in range(j + 1)) for j in range(many)]
    distance = [abs(value + (rank + 1) * 1e-10 - target) for rank, value in enumerate(smooth)]
    return doses[distance.index(min(distance))] + 1


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 12), st.integers(0, 12)), min_size=1, max_size=6), st.integers(10, 50))
def test_the_selection_against_the_minimax_formula(seen: list[tuple[int, int]], percent: int) -> None:
    n, y = [max(pair) for pair in seen], [min(pair) for pair in seen]
    found = select_mtd(Fraction(percent, 100), n, y)
    assert found.mtd == reference_selection(percent / 100, n, y)
    rising = [value for value in found.estimates if value is not None]
    assert rising == sorted(rising)


def test_pooling_keeps_the_weighted_mean() -> None:
    values = [Fraction(1), Fraction(3), Fraction(2), Fraction(0)]
    weights = [Fraction(1), Fraction(2), Fraction(1), Fraction(4)]
    smooth = isotonic(values, weights)
    assert list(smooth) == [Fraction(1), *[Fraction(8, 7)] * 3]


@pytest.mark.parametrize(("n", "y", "says"), [([], [], "0 numbers"), ([3], [1, 1], "1 numbers"), ([3], [4], "level 1")])
def test_impossible_lists_are_refused(n: list[int], y: list[int], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        select_mtd(THIRTY, n, y)


# Decisions for a target of 0.30 and the interval 0.25 to 0.35: one column per number of subjects.
MTPI2_30 = {
    1: "E D", 2: "E D DU", 3: "E S D DU", 4: "E S D DU DU", 5: "E E D D DU DU", 6: "E E S D DU DU DU",
    9: "E E E S D DU DU DU DU DU", 12: "E E E S S D D DU DU DU DU DU DU",
}  # fmt: skip


@pytest.mark.parametrize(("n", "expected"), MTPI2_30.items())
def test_the_mtpi2_table(n: int, expected: str) -> None:
    assert [mtpi2.decide(n, y).decision.value for y in range(n + 1)] == expected.split()


def reference_mtpi2(n: int, y: int, target: float, low: float, high: float, xi: float) -> str:
    """The definition with intervals built upwards in floating point."""
    if stats.beta.sf(target, 1 + y, 1 + n - y) > xi:
        return "DU"
    length, best = high - low, {"E": 0.0, "S": 0.0, "D": 0.0}
    for number in range(-int(1 / length) - 1, int(1 / length) + 2):
        start, end = max(low + number * length, 0.0), min(low + (number + 1) * length, 1.0)
        if end - start > 1e-12:
            kind = "S" if number == 0 else "E" if number < 0 else "D"
            share = integrate.quad(lambda p: stats.beta.pdf(p, 1 + y, 1 + n - y), start, end)[0]
            best[kind] = max(best[kind], share / (end - start))
    return max(best, key=lambda kind: best[kind])


@settings(max_examples=25, deadline=None)
@given(st.integers(1, 15), st.integers(0, 15), st.sampled_from([(20, 15, 25), (30, 25, 35), (25, 20, 33)]))
def test_mtpi2_against_the_definition(n: int, y: int, percent: tuple[int, int, int]) -> None:
    y = min(n, y)
    config = mtpi2.Mtpi2Config(*(Fraction(part, 100) for part in percent))
    target, low, high = (part / 100 for part in percent)
    expected = reference_mtpi2(n, y, target, low, high, 0.95)
    assert mtpi2.decide(n, y, config).decision == expected


def test_a_true_tie_goes_to_the_more_cautious_decision() -> None:
    """One of two: the posterior is symmetric about 0.5, where the equivalence interval ends and the next begins."""
    config = mtpi2.Mtpi2Config(Fraction(2, 5), Fraction(3, 10), Fraction(1, 2))
    found = mtpi2.decide(2, 1, config)
    assert found.masses["S"] == pytest.approx(found.masses["D"])
    assert found.decision == "D"


def test_the_intervals_cover_zero_to_one_once() -> None:
    for low, high in (("1/4", "7/20"), ("1/5", "3/10"), ("1/3", "1/2")):
        limits = mtpi2.edges(mtpi2.Mtpi2Config(Fraction(low), Fraction(low), Fraction(high)))
        assert (limits[0], limits[-1]) == (Fraction(0), Fraction(1))
        lengths = [after - before for before, after in pairwise(limits)]
        assert min(lengths) > 0
        assert set(lengths[1:-1]) == {Fraction(high) - Fraction(low)}


@pytest.mark.parametrize(
    ("low", "target", "high", "xi", "says"),
    [
        ("0.4", "0.3", "0.5", "0.95", "must hold the target"),
        ("0", "0.3", "0.5", "0.95", "between 0 and 1"),
        ("0.2", "0.3", "1", "0.95", "between 0 and 1"),
        ("0.3", "0.3", "0.3", "0.95", "at least 0.001 long"),
        ("0.25", "0.3", "0.35", "1", "xi"),
    ],
)
def test_contradictory_mtpi2_parameters_are_refused(low: str, target: str, high: str, xi: str, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        mtpi2.Mtpi2Config(Fraction(target), Fraction(low), Fraction(high), Fraction(xi))


def test_mtpi2_needs_a_subject() -> None:
    with pytest.raises(ValueError, match="one subject"):
        mtpi2.decide(0, 0)


RESTRICTION = ["E", "S", "D", "DU"]


@pytest.mark.parametrize("n", range(1, 31))
def test_one_more_dlt_is_never_less_restrictive(n: int) -> None:
    for decisions in (
        [boin.decide(THIRTY, n, x).value for x in range(n + 1)],
        [mtpi2.decide(n, x).decision.value for x in range(n + 1)],
    ):
        order = [RESTRICTION.index(decision) for decision in decisions]
        assert order == sorted(order)
