"""BOIN, mTPI-2 and CRM exactly at the limits of what they accept, and levels they may move to."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from math import exp, log

import pytest
from scipy.stats import beta

from dosing.rules.advice import DesignConfig, Move, compare_designs, protocol_config
from dosing.rules.boin import PUBLISHED, BoinConfig, boundaries, eliminated, limits
from dosing.rules.boin_mtd import isotonic, select_mtd
from dosing.rules.crm import fit_crm, indifference_skeleton
from dosing.rules.mtpi2 import Mtpi2Config, decide
from dosing.rules.three_plus_three import PROTOCOL, LevelTally
from dosing.rules.trial_state import LevelState, decide_trial_state

F = Fraction
THIRTY = F(3, 10)


@pytest.mark.parametrize("target", [F(0), F(5, 7), F(1)])
def test_a_target_whose_neighbours_leave_0_to_1_has_no_limits(target: Fraction) -> None:
    """φ2 = 1.4 φ must stay below 1: targets end below 0.7143."""
    with pytest.raises(ValueError, match=r"above 0 and below 0\.7143$"):
        limits(target)


@pytest.mark.parametrize(
    "config", [BoinConfig(low_share=F(1)), BoinConfig(toxic_share=F(1)), BoinConfig(low_share=F(0))]
)
def test_the_neighbours_of_the_target_differ_from_it(config: BoinConfig) -> None:
    with pytest.raises(ValueError, match="the target must lie"):
        limits(THIRTY, config)


def test_nobody_with_a_dlt_never_eliminates() -> None:
    """Three subjects are the fewest, and one DLT the fewest, from which a dose is eliminated."""
    strict = BoinConfig(elimination_cutoff=F(1, 100))
    assert [eliminated(F(1, 20), 3, dlts, strict) for dlts in (0, 1)] == [False, True]
    assert not eliminated(F(1, 20), 2, 2, strict)
    assert boundaries(F(1, 20), 3, strict).rows[-1].eliminate_from == 1


@pytest.mark.parametrize(("n", "y", "because"), [
    ([0, 0, 0], [0, 0, 0], "No dose: nobody was treated."),
    ([3, 0, 0], [3, 0, 0], "No dose: eliminated from level 1 on."),
    ([3, 6, 0], [0, 2, 0], "Level 2: isotonic estimate 0.3361, closest to 0.3."),
])  # fmt: skip
def test_the_sentence_of_the_selection(n: list[int], y: list[int], because: str) -> None:
    assert select_mtd(THIRTY, n, y).because == because


def test_the_estimate_is_the_mean_of_the_posterior() -> None:
    """(y + 0.05) / (n + 0.1); equal estimates: the higher dose below the target, the lower one above it."""
    found = select_mtd(THIRTY, [3, 6, 3], [0, 1, 1])
    assert found.estimates == (F("0.05") / F("3.1"), F("1.05") / F("6.1"), F("1.05") / F("3.1"))
    assert select_mtd(THIRTY, [6, 6, 6], [1, 1, 1]).mtd == 3
    assert select_mtd(F(1, 10), [6, 6, 6], [1, 1, 1]).mtd == 1


def test_pooling_weighs_and_keeps_what_rises() -> None:
    assert isotonic([F(1), F(3), F(2)], [F(1), F(1), F(3)]) == (F(1), F(9, 4), F(9, 4))
    assert isotonic([F(1), F(1), F(2)], [F(1), F(5), F(1)]) == (F(1), F(1), F(2))


@pytest.mark.parametrize(("values", "sentence"), [
    ({"low": F(0)}, "equivalence interval must hold"),
    ({"high": F(1)}, "equivalence interval must hold"),
    ({"low": F(31, 100)}, "equivalence interval must hold"),
    ({"high": F(29, 100)}, "equivalence interval must hold"),
    ({"low": F(2995, 10_000), "high": F(30_049, 100_000)}, "at least 0.001 long"),
    ({"xi": F(0)}, "xi must lie"),
    ({"xi": F(1)}, "xi must lie"),
])  # fmt: skip
def test_an_interval_that_cannot_be_is_refused(values: dict[str, Fraction], sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        Mtpi2Config(**values)


def test_the_shortest_interval_and_one_that_begins_at_the_target() -> None:
    short = Mtpi2Config(low=F(2995, 10_000), high=F(3005, 10_000))
    assert decide(3, 0, short).decision == "E"
    assert Mtpi2Config(low=THIRTY).low == Mtpi2Config(low=F(1, 4), high=THIRTY).high == THIRTY


@pytest.mark.parametrize(("half_width", "target"), [(0.25, 0.25), (0.0, 0.25), (0.25, 0.75)])
def test_an_indifference_interval_stays_inside_0_to_1(half_width: float, target: float) -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        indifference_skeleton(half_width, target, 1, 3)


def test_the_guessed_mtd_may_be_the_first_or_the_last_level() -> None:
    for guess in (1, 3):
        assert indifference_skeleton(0.05, 0.3, guess, 3)[guess - 1] == pytest.approx(0.3)
    for guess in (0, 4):
        with pytest.raises(ValueError, match=f"level {guess}, is not one of the levels 1 to 3"):
            indifference_skeleton(0.05, 0.3, guess, 3)


SKELETON = (0.1, 0.2, 0.3)


@pytest.mark.parametrize("target", [0.0, 1.0, 1.5])
def test_a_target_of_the_crm_lies_inside_0_to_1(target: float) -> None:
    with pytest.raises(ValueError, match="target: must lie between 0 and 1"):
        fit_crm(SKELETON, target, 1.34, [], [])


@pytest.mark.parametrize("level", [0, 4])
def test_a_level_outside_the_skeleton_is_refused(level: int) -> None:
    with pytest.raises(ValueError, match=f"level {level} is not one of 1 to 3"):
        fit_crm(SKELETON, 0.3, 1.34, [level], [False])


def test_without_data_the_interval_is_that_of_the_prior() -> None:
    """The middle 95 % of a normal distribution with variance 1.34 lies within 1.959964 standard deviations."""
    fit = fit_crm(SKELETON, 0.3, 1.34, [], [])
    reach = 1.959964 * 1.34**0.5
    for (low, high), level in zip(fit.intervals, SKELETON, strict=True):
        assert log(log(low) / log(level)) == pytest.approx(reach, rel=2e-3)
        assert log(log(high) / log(level)) == pytest.approx(-reach, rel=2e-3)
    assert (fit.est, fit.mtd, fit.mtd_no_skip) == (0.0, 3, 1)
    assert fit.ptox == pytest.approx(tuple(value ** exp(0.0) for value in SKELETON))


def advice(*tallies: tuple[int, int], last: int, config: DesignConfig | None = None) -> dict[str, tuple[object, ...]]:
    """What each design advises: move and next dose."""
    levels = [LevelState(LevelTally(n, x), bool(n) or number == 0) for number, (n, x) in enumerate(tallies)]
    found = compare_designs(decide_trial_state(levels, PROTOCOL), last_treated=last, config=config)
    return {each.design: (each.move, each.next_dose) for each in found}


@pytest.mark.parametrize(("tallies", "last", "move", "dose"), [
    (((3, 0), (0, 0), (0, 0)), 1, Move.ESCALATE, 2),
    (((6, 2), (0, 0), (0, 0)), 1, Move.STAY, 1),
    (((3, 0), (3, 0), (3, 0)), 3, Move.STAY, 3),
    (((3, 0), (6, 3), (0, 0)), 2, Move.DEESCALATE, 1),
    (((3, 0), (3, 3), (0, 0)), 2, Move.DEESCALATE, 1),
    (((3, 0), (3, 3), (0, 0)), 1, Move.STAY, 1),
    (((3, 0), (3, 0), (6, 3)), 3, Move.DEESCALATE, 2),
    (((3, 0), (3, 0), (3, 3)), 3, Move.DEESCALATE, 2),
    (((3, 3), (0, 0), (0, 0)), 1, Move.STOP, None),
])  # fmt: skip
def test_interval_designs_move_one_level_and_below_what_is_eliminated(
    tallies: tuple[tuple[int, int], ...], last: int, move: Move, dose: int | None
) -> None:
    found = advice(*tallies, last=last)
    assert found["BOIN"] == found["mTPI-2"] == (move, dose)


@pytest.mark.parametrize("last", [0, 4])
def test_the_level_treated_last_is_one_of_the_levels(last: int) -> None:
    with pytest.raises(ValueError, match=f"level {last} is not one of the levels 1 to 3"):
        advice((3, 0), (0, 0), (0, 0), last=last)


def test_the_fitted_curve_is_read_at_the_level_treated_last() -> None:
    levels = [LevelState(LevelTally(3, 0)), LevelState(LevelTally(3, 1)), LevelState(LevelTally(0, 0), False)]
    config = protocol_config()
    found = compare_designs(decide_trial_state(levels, PROTOCOL), last_treated=2, config=config)
    for shown in (each for each in found if each.skeleton):
        fit = fit_crm(
            shown.skeleton or (), config.crm_target, config.crm_prior_variance, [1, 1, 1, 2, 2, 2],
            [False] * 3 + [True, False, False], interval_level=config.interval_level,
        )  # fmt: skip
        assert (shown.estimate, shown.interval) == (fit.ptox[1], fit.intervals[1])
        assert f"fitted {fit.ptox[fit.mtd - 1]:.4f}." in shown.because
    assert PUBLISHED.elimination_minimum == 3


@pytest.mark.parametrize(("n", "y"), [(3, 0), (3, 1), (6, 2), (6, 5), (12, 12)])
def test_the_mass_of_an_interval_is_its_probability_by_its_length(n: int, y: int) -> None:
    """Intervals of 0.1 from 0.05 to 0.95, and two of 0.05 at the ends; the greatest of each kind is reported."""
    given = beta(1 + y, 1 + n - y)
    edges = [0.0, *(0.05 + 0.1 * number for number in range(10)), 1.0]
    masses = [(given.cdf(high) - given.cdf(low)) / (high - low) for low, high in pairwise(edges)]
    found = decide(n, y).masses
    assert found == pytest.approx({"E": max(masses[:3]), "S": masses[3], "D": max(masses[4:])}, rel=1e-9)
