"""The CRM: second computations of the posterior, the worked example, and laws."""

from __future__ import annotations

from itertools import pairwise
from math import exp, expm1, log

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate

from dosing.rules.crm import fit_crm, indifference_skeleton

SKELETON = (0.10, 0.20, 0.30)
#: Level and outcome of each subject, as `1NNT 2N`.
CRM_DATA = ["1NNN", "1NNT", "1TTT", "1NNN 2NNT 2NNT", "1NNN 2NNN 3NTT", "1N", "3NNNNNN", "1TTTTTT 2TTT"]


def subjects(text: str) -> tuple[list[int], list[bool]]:
    """Levels and outcomes from the notation."""
    parts = text.split()
    levels = [int(part[0]) for part in parts for _ in part[1:]]
    return levels, [letter == "T" for part in parts for letter in part[1:]]


def reference_mean(skeleton: tuple[float, ...], variance: float, levels: list[int], tox: list[bool]) -> float:
    """Posterior mean of `a` by adaptive integration of the plain likelihood."""

    def density(a: float, power: int) -> float:
        value = exp(-a * a / 2 / variance) * a**power
        for level, toxic in zip(levels, tox, strict=True):
            z = exp(a) * log(skeleton[level - 1])
            value *= exp(z) if toxic else -expm1(z)
        return value

    # The prior leaves nothing beyond nine standard deviations.
    reach, inner = 9 * variance**0.5, [-3, -1, 0, 1, 3]
    moments = [
        integrate.quad(density, -reach, reach, args=(power,), points=inner, epsabs=0, epsrel=1e-11, limit=400)[0]
        for power in (0, 1)
    ]
    return float(moments[1] / moments[0])


@pytest.mark.parametrize("data", CRM_DATA)
@pytest.mark.parametrize("skeleton", [SKELETON, (0.186039, 0.30, 0.422356)], ids=["plain", "indifference"])
@pytest.mark.parametrize("variance", [0.5, 1.34, 4.0])
def test_the_posterior_mean_against_adaptive_integration(
    data: str, skeleton: tuple[float, ...], variance: float
) -> None:
    levels, tox = subjects(data)
    fit = fit_crm(skeleton, 0.3, variance, levels, tox)
    assert fit.est == pytest.approx(reference_mean(skeleton, variance, levels, tox), abs=1e-8)
    assert fit.ptox == pytest.approx([value ** exp(fit.est) for value in skeleton])


def test_six_levels_and_ten_subjects() -> None:
    """The data of the example in the manual of R's dfcrm, target 0.20."""
    skeleton = (0.05, 0.10, 0.20, 0.35, 0.50, 0.70)
    levels, tox = subjects("3N 4NT 3NN 4T 3T 2NNN")
    assert levels == [3, 4, 4, 3, 3, 4, 3, 2, 2, 2]
    fit = fit_crm(skeleton, 0.2, 1.34, levels, tox)
    assert fit.est == pytest.approx(reference_mean(skeleton, 1.34, levels, tox), abs=1e-8)
    assert round(fit.est, 3) == -0.212
    assert (fit.mtd, fit.mtd_no_skip) == (2, 2)


def test_before_the_first_subject_the_skeleton_is_the_answer() -> None:
    fit = fit_crm(SKELETON, 0.3, 1.34, [], [])
    assert (fit.est, fit.ptox, fit.mtd, fit.mtd_no_skip) == (0.0, SKELETON, 3, 1)
    assert fit.variance == pytest.approx(1.34, rel=1e-6)


def test_of_two_levels_as_close_the_lower_is_named() -> None:
    assert fit_crm((0.2, 0.3), 0.25, 1.34, [], []).mtd == 1


def test_no_level_is_skipped() -> None:
    levels, tox = subjects("1NNNNNN")
    fit = fit_crm(SKELETON, 0.3, 1.34, levels, tox)
    assert (fit.mtd, fit.mtd_no_skip) == (3, 2)
    levels, tox = subjects("1TTT 2TTT")
    assert fit_crm(SKELETON, 0.3, 1.34, levels, tox).mtd_no_skip == 1


@pytest.mark.parametrize("variance", [1e-8, 1e-3, 1.34, 100.0])
@pytest.mark.parametrize("toxic", [0, 1, 500, 1000])
def test_many_subjects_and_any_prior_leave_the_numbers_sound(variance: float, toxic: int) -> None:
    fit = fit_crm(SKELETON, 0.3, variance, [2] * 1000, [True] * toxic + [False] * (1000 - toxic))
    assert 0 <= fit.ptox[0] <= fit.ptox[1] <= fit.ptox[2] <= 1
    assert 0 < fit.variance <= variance * (1 + 1e-6)
    assert all(low <= high for low, high in fit.intervals)
    if toxic == 500 and variance > 1:
        assert fit.ptox[1] == pytest.approx(0.5, abs=0.01)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.integers(1, 3), st.booleans()), min_size=1, max_size=20))
def test_one_more_dlt_raises_the_curve_and_the_order_is_irrelevant(
    seen: list[tuple[int, bool]],
) -> None:
    levels, tox = [level for level, _ in seen], [toxic for _, toxic in seen]
    fit = fit_crm(SKELETON, 0.3, 1.34, levels, tox)
    turned = fit_crm(SKELETON, 0.3, 1.34, levels[::-1], tox[::-1])
    assert turned == fit
    if False in tox:
        index = tox.index(False)
        worse = fit_crm(SKELETON, 0.3, 1.34, levels, [*tox[:index], True, *tox[index + 1 :]])
        assert all(after > before for before, after in zip(fit.ptox, worse.ptox, strict=True))
        assert worse.mtd <= fit.mtd
    for (low, high), value in zip(fit.intervals, fit.ptox, strict=True):
        assert low < value < high


def test_the_interval_of_the_crm_is_the_posteriors() -> None:
    levels, tox = subjects("1NNN 2NNT 2NNT")
    fit = fit_crm(SKELETON, 0.3, 1.34, levels, tox, interval_level=0.9)
    a = np.linspace(-8, 8, 200_001)
    weight = np.exp(-(a**2) / 2.68)
    for level, toxic in zip(levels, tox, strict=True):
        p = SKELETON[level - 1] ** np.exp(a)
        weight *= p if toxic else 1 - p
    share = np.cumsum(weight) / weight.sum()
    low, high = (float(a[np.searchsorted(share, limit)]) for limit in (0.05, 0.95))
    assert fit.intervals[1] == pytest.approx((0.2 ** exp(high), 0.2 ** exp(low)), abs=1e-4)
    assert fit.variance == pytest.approx(float(np.average((a - fit.est) ** 2, weights=weight)), rel=1e-6)


@pytest.mark.parametrize(
    ("skeleton", "target", "variance", "data", "says"),
    [
        ((), 0.3, 1.34, "", "skeleton"),
        ((0.2, 0.2), 0.3, 1.34, "", "skeleton"),
        ((0.0, 0.2), 0.3, 1.34, "", "skeleton"),
        ((0.1, 1.0), 0.3, 1.34, "", "skeleton"),
        (SKELETON, 0.0, 1.34, "", "target"),
        (SKELETON, 0.3, 0.0, "", "prior_var"),
        (SKELETON, 0.3, 101.0, "", "prior_var"),
        (SKELETON, 0.3, float("nan"), "", "prior_var"),
        (SKELETON, 0.3, 1.34, "4N", "levels: level 4"),
    ],
)
def test_what_the_crm_cannot_fit_is_refused(
    skeleton: tuple[float, ...], target: float, variance: float, data: str, says: str
) -> None:
    with pytest.raises(ValueError, match=says):
        fit_crm(skeleton, target, variance, *subjects(data))


def test_levels_and_outcomes_must_match() -> None:
    with pytest.raises(ValueError, match="tox: 1 outcomes for 2 levels"):
        fit_crm(SKELETON, 0.3, 1.34, [1, 1], [True])


def test_the_indifference_skeleton() -> None:
    assert [round(value, 6) for value in indifference_skeleton(0.06, 0.30, 2, 3)] == [0.186039, 0.30, 0.422356]
    # Neighbours meet at the ends of the interval: where the curve gives target + half width at the upper level, it
    # gives target - half width at the lower one.
    skeleton = indifference_skeleton(0.05, 0.25, 3, 5)
    assert skeleton[2] == pytest.approx(0.25)
    for lower, upper in pairwise(skeleton):
        power = log(0.30) / log(upper)
        assert lower**power == pytest.approx(0.20)


@pytest.mark.parametrize(
    ("half_width", "target", "level", "says"),
    [(0.3, 0.3, 2, "interval"), (0.0, 0.3, 2, "interval"), (0.1, 0.95, 2, "interval"), (0.06, 0.3, 4, "level 4")],
)
def test_an_impossible_indifference_interval_is_refused(
    half_width: float, target: float, level: int, says: str
) -> None:
    with pytest.raises(ValueError, match=says):
        indifference_skeleton(half_width, target, level, 3)
