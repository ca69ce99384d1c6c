"""Cellular kinetics: worked profiles, an independent integration, properties."""

from __future__ import annotations

import math
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.stats import linregress

from efficacy.rules.area_under_curve import area
from efficacy.rules.cellular_kinetics import CellularKinetics, Sample, cellular_kinetics
from efficacy.rules.half_life import HalfLifeConfig, half_life
from tests.rules.tables import rows

LN2 = math.log(2)


def samples(text: str) -> list[Sample]:
    """Samples from "0=blq 7=100": day = concentration."""
    pairs = [word.split("=") for word in text.split()]
    return [Sample(Decimal(day), None if value == "blq" else Decimal(value)) for day, value in pairs]


def kinetics(text: str) -> CellularKinetics:
    """The parameters of samples written "0=blq 7=100"."""
    return cellular_kinetics(samples(text))


# covers = sampled on Day 28 or later. A day is lost from the first of two BLQ samples in a row on.
PARAMETERS = rows("""
situation                 | samples                               | cmax | tmax | clast | tlast | covers | lost
rise and fall             | 0=blq 7=100 14=400 28=50              | 400  | 14   | 50    | 28    | yes    | -
equal maxima: the first   | 0=blq 7=400 14=400 28=50              | 400  | 7    | 50    | 28    | yes    | -
order does not matter     | 28=50 14=400 0=blq 7=100              | 400  | 14   | 50    | 28    | yes    | -
ends early                | 0=blq 7=100 27.9=50                   | 100  | 7    | 50    | 27.9  | no     | -
ends BLQ on Day 28        | 0=blq 7=100 14=50 28=blq              | 100  | 7    | 50    | 14    | yes    | -
lost                      | 0=blq 7=100 14=blq 28=blq 60=blq      | 100  | 7    | 100   | 7     | yes    | 14
one BLQ sample is no loss | 0=blq 7=100 14=blq 28=60 60=blq       | 100  | 7    | 60    | 28    | yes    | -
lost and seen again       | 0=blq 7=100 14=blq 21=blq 28=9 60=blq | 100  | 7    | 9     | 28    | yes    | 14
BLQ before is no loss     | 0=blq 1=blq 4=blq 7=100 28=9          | 100  | 7    | 9     | 28    | yes    | -
before infusion left out  | -7=900 0=blq 7=100 28=9               | 100  | 7    | 9     | 28    | yes    | -
never quantifiable        | 0=blq 7=blq 28=blq                    | -    | -    | -     | -     | yes    | -
only before infusion      | -7=900                                | -    | -    | -     | -     | no     | -
nothing at all            |                                       | -    | -    | -     | -     | no     | -
""")


def written(value: Decimal | None) -> str:
    """A number as the table writes it."""
    return "-" if value is None else str(value)


@pytest.mark.parametrize("row", PARAMETERS, ids=lambda row: row["situation"])
def test_parameters(row: dict[str, str]) -> None:
    found = kinetics(row["samples"])
    for key, value in (("cmax", found.cmax), ("tmax", found.tmax), ("clast", found.clast), ("tlast", found.tlast)):
        assert written(value) == row[key], key
    assert written(found.persistence_days) == row["tlast"]
    assert written(found.lost_on) == row["lost"]
    assert found.covers_last_day == (row["covers"] == "yes")
    assert (found.auc_last is None) == (row["covers"] == "no" or row["cmax"] == "-") == (found.auc_all is None)
    assert (found.auc_last_total is None) == (row["cmax"] == "-")


def falling(start: float, end: float, days: float) -> float:
    """The area under an exponential decline, the textbook formula."""
    return (start - end) * days / math.log(start / end)


# Every area as the sum of its pieces: a triangle, a trapezoid, or a decline.
@dataclass(frozen=True)
class Areas:
    """Areas to Day 28 by both rules, and to Tlast."""

    last: float | None
    every: float | None
    total: float


def same(value: float) -> Areas:
    """All three areas are one."""
    return Areas(value, value, value)


# Every area as the sum of its pieces: a triangle, a trapezoid, or a decline.
AREAS = {
    "0=blq 7=100 14=400 28=50": same(350 + 1750 + falling(400, 50, 14)),
    # Falling through Day 28: the concentration there follows the decline, 400 · (1/8)^(14/28) = 141.42.
    "0=blq 14=400 42=50": Areas(
        2800 + falling(400, 400 / math.sqrt(8), 14),
        2800 + falling(400, 400 / math.sqrt(8), 14),
        2800 + falling(400, 50, 28),
    ),
    # Rising through Day 28: 200 there.
    "0=blq 14=100 42=300": Areas(700 + 150 * 14, 700 + 150 * 14, 700 + 200 * 28),
    # Level through Day 28.
    "0=blq 14=100 42=100": Areas(700 + 1400, 700 + 1400, 700 + 2800),
    # BLQ after Tlast: left out, or the first of them is 0 and the line straight.
    "0=blq 7=100 14=50 28=blq": Areas(
        350 + falling(100, 50, 7), 350 + falling(100, 50, 7) + 350, 350 + falling(100, 50, 7)
    ),
    # The zero lies after Day 28: on Day 28 half of the way from 50 to 0 is left.
    "0=blq 7=100 14=50 42=blq 60=blq": Areas(
        350 + falling(100, 50, 7), 350 + falling(100, 50, 7) + (50 + 25) / 2 * 14, 350 + falling(100, 50, 7)
    ),
    # BLQ between quantifiable samples is missing.
    "0=blq 7=100 14=blq 28=50": same(350 + falling(100, 50, 21)),
    # BLQ before the first quantifiable sample is 0 at its own time.
    "0=blq 7=blq 14=100 28=100": same(350 + 1400),
    # No sample when the infusion ended: nothing was there.
    "7=100 28=100": same(350 + 2100),
    # Quantifiable when the infusion ended: the area starts there.
    "0=100 28=100": same(2800),
    # First seen after Day 28.
    "0=blq 21=blq 35=100 49=100": Areas(50 / 2 * 7, 50 / 2 * 7, 50 * 14 + 1400),
    # Last sample before Day 28: only the area to Tlast.
    "0=blq 7=100 14=100": Areas(None, None, 350 + 700),
    "0=blq 7=100 14=100 27=blq": Areas(None, None, 350 + 700),
}


@pytest.mark.parametrize("text", AREAS)
def test_areas(text: str) -> None:
    found, expected = kinetics(text), AREAS[text]
    assert found.auc_last_total == pytest.approx(expected.total)
    for value, wanted in ((found.auc_last, expected.last), (found.auc_all, expected.every)):
        assert value == (None if wanted is None else pytest.approx(wanted))


def test_two_samples_at_one_time_and_a_zero_are_refused() -> None:
    with pytest.raises(ValueError, match="same time"):
        kinetics("7=100 7=50")
    with pytest.raises(ValueError, match="above 0"):
        kinetics("7=0")


# After Tmax; the points are those of the line. half = - : not estimable.
HALF_LIVES = rows("""
because                          | points                                   | half | n | span
exactly halving every week       | 14=400 21=200 28=100 35=50               | 7    | 4 | 3
only the last three are straight | 7=10000 14=400 21=200 28=100 35=50 42=25 | 7    | 5 | 4
three points                     | 10=64 20=16 30=4                         | 5    | 3 | 4
fewer than 3                     | 10=64 20=16                              | -    | - | -
fewer than 3                     |                                          | -    | - | -
does not fall                    | 10=4 20=16 30=64                         | -    | - | -
does not fall                    | 10=4 20=4 30=4                           | -    | - | -
fewer than 2                     | 14=400 21=300 28=225                     | -    | 3 | 0.83
is below 0.8                     | 7=100 14=5 21=90 28=4 35=50              | -    | - | -
""")


@pytest.mark.parametrize("row", HALF_LIVES, ids=lambda row: f"{row['because']}: {row['points']}")
def test_half_lives(row: dict[str, str]) -> None:
    found = half_life([(each.day, each.concentration or Decimal(0)) for each in samples(row["points"])])
    assert (found.value is None) == (row["half"] == "-")
    if found.value is not None:
        assert found.value == pytest.approx(float(row["half"]))
    elif row["n"] == "-":
        assert row["because"] in found.because
    if row["n"] != "-":
        assert found.n_points == int(row["n"])
        assert found.span == pytest.approx(float(row["span"]), abs=0.005)


def test_the_best_line_is_that_of_an_independent_regression() -> None:
    text = "10=30000 14=16100 17=7900 21=4200 28=1900 60=300 90=190 120=30"
    points = [(float(each.day), math.log(each.concentration or 1)) for each in samples(text)][1:]
    best = None
    for count in range(3, len(points) + 1):
        days, logs = zip(*points[-count:], strict=True)
        line = linregress(days, logs)
        adjusted = 1 - (1 - line.rvalue**2) * (count - 1) / (count - 2)
        if best is None or adjusted > best[0]:
            best = (adjusted, count, LN2 / -line.slope, line.rvalue**2)
    found = kinetics(text).half_life
    assert best is not None
    assert (found.r2_adj, found.n_points, found.value, found.r2) == pytest.approx(best)


def test_the_maximum_is_no_point_of_the_line() -> None:
    found = kinetics("0=blq 7=800 14=400 21=200 28=100")
    assert found.half_life.n_points == 3 and found.half_life.value == pytest.approx(7)


def test_a_span_of_exactly_two_half_lives_is_enough() -> None:
    """Binary logarithms put some of these spans a hair below 2."""
    for first in (100, 360, 400, 800, 3000):
        falling_points = [(Decimal(14 + 7 * number), Decimal(first) / 2**number) for number in range(3)]
        assert half_life(falling_points).value == pytest.approx(7)


def test_limits_of_the_half_life_are_parameters() -> None:
    points = [(each.day, each.concentration or Decimal(0)) for each in samples("14=400 21=300 28=225")]
    lenient = half_life(points, HalfLifeConfig(minimum_span=Decimal("0.5")))
    assert lenient.value == pytest.approx(LN2 / math.log(4 / 3) * 7)
    assert half_life(points, HalfLifeConfig(minimum_points=4)).n_points is None
    noisy = [(each.day, each.concentration or Decimal(0)) for each in samples("0=100 7=30 14=60 21=10 35=9")]
    assert half_life(noisy, HalfLifeConfig(minimum_r2=Decimal("0.99"))).value is None


amounts = st.decimals("0.01", "100000", places=2)
profiles = st.lists(st.tuples(st.integers(0, 200), st.none() | amounts), max_size=12, unique_by=lambda pair: pair[0])


def as_samples(profile: list[tuple[int, Decimal | None]]) -> list[Sample]:
    """Samples of a generated profile, tenths of days."""
    return [Sample(Decimal(day) / 4, amount) for day, amount in profile]


@settings(max_examples=100, deadline=None)
@given(profiles, st.integers(2, 1000))
def test_properties_of_every_profile(profile: list[tuple[int, Decimal | None]], factor: int) -> None:
    found = cellular_kinetics(as_samples(profile))
    assert cellular_kinetics(as_samples(profile[::-1])) == found
    if found.cmax is None:
        return
    assert found.clast is not None and found.tmax is not None and found.tlast is not None
    assert found.cmax >= found.clast and found.tmax <= found.tlast
    scaled = cellular_kinetics(
        [Sample(s.day, s.concentration and s.concentration * factor) for s in as_samples(profile)]
    )
    assert (scaled.tmax, scaled.tlast) == (found.tmax, found.tlast)
    for before, after in ((found.auc_last_total, scaled.auc_last_total), (found.auc_all, scaled.auc_all)):
        assert after == (None if before is None else pytest.approx(before * factor))
    if found.auc_last is not None and found.auc_all is not None and found.auc_last_total is not None:
        assert found.auc_all >= found.auc_last * (1 - 1e-12)
        assert found.auc_last <= found.auc_last_total * (1 + 1e-12)
    if found.half_life.value is not None:
        assert found.half_life.value > 0 and (found.half_life.n_points or 0) >= 3


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.integers(1, 80), amounts), min_size=1, max_size=7, unique_by=lambda pair: pair[0]))
def test_an_independent_integration_finds_the_same_area(profile: list[tuple[int, Decimal]]) -> None:
    """The curve drawn point by point (straight up, exponential down) and integrated numerically."""
    points = [(Decimal(0), Decimal(0)), *((Decimal(day) / 2, amount) for day, amount in sorted(profile))]
    plain = [(float(day), float(amount)) for day, amount in points]

    def curve(day: float) -> float:
        for (start, before), (end, after) in pairwise(plain):
            if day <= end:
                share = (day - start) / (end - start)
                if 0 < after < before:
                    return float(before * (after / before) ** share)
                return before + (after - before) * share
        return plain[-1][1]

    end = plain[-1][0]
    for until in (end, end / 3):
        expected = sum(
            quad(curve, start, min(stop, until))[0] for (start, _), (stop, _) in pairwise(plain) if start < until
        )
        assert area(points, Decimal(until)) == pytest.approx(expected, rel=1e-6)


def test_concentrations_that_are_almost_equal_lose_no_digits() -> None:
    points = [(Decimal(0), Decimal("100.0000000000001")), (Decimal(10), Decimal(100))]
    assert area(points) == pytest.approx(1000, rel=1e-12)
