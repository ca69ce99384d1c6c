"""The exact operating characteristics against 100,000 trials played by brute force, several scenarios and variants."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import numpy as np
import pytest

from tests.rules.bench_cases import ask
from tests.rules.simulated_trials import Simulated, Variant, simulate

TRIALS = 100_000
#: Standard errors that a share or a mean may be away; one in a million would be further by chance.
FURTHEST = 5
PROTOCOL, CLASSICAL = Variant(), Variant(mtd_max6=1)

COURSES = [
    pytest.param(PROTOCOL, (0.05, 0.15, 0.30), (), id="protocol, safe"),
    pytest.param(PROTOCOL, (0.10, 0.25, 0.40), (), id="protocol, rising"),
    pytest.param(PROTOCOL, (0.40, 0.55, 0.70), (), id="protocol, toxic"),
    pytest.param(PROTOCOL, (0.30, 0.10, 0.50), (), id="protocol, not rising"),
    pytest.param(PROTOCOL, (0.02, 0.05, 0.08, 0.12, 0.18, 0.25, 0.33, 0.45), (), id="protocol, eight doses"),
    pytest.param(CLASSICAL, (0.10, 0.25, 0.40), (), id="classical, rising"),
    pytest.param(Variant(esc_max6=2), (0.10, 0.25, 0.40), (), id="2 of 6 escalates"),
    pytest.param(Variant(expand_max3=2), (0.10, 0.25, 0.40), (), id="2 of the first 3 expands"),
    pytest.param(Variant(expand_top=False), (0.05, 0.10, 0.15), (), id="top level not filled"),
    pytest.param(Variant(expand_on_deesc=False), (0.10, 0.25, 0.60), (), id="level below not filled"),
    pytest.param(PROTOCOL, (0.10, 0.25, 0.40), ((1, 3, 0), (2, 3, 1)), id="after two cohorts"),
    pytest.param(PROTOCOL, (0.10, 0.25, 0.40), ((1, 3, 0), (2, 3, 0), (3, 3, 2)), id="coming down"),
]


@pytest.mark.parametrize(("variant", "risks", "observed"), COURSES)
def test_a_hundred_thousand_trials_agree(
    variant: Variant, risks: tuple[float, ...], observed: tuple[tuple[int, int, int], ...]
) -> None:
    cohorts = [{"dose": dose, "n": size, "dlt": dlt} for dose, size, dlt in observed]
    case: dict[str, Any] = {"true_dlt_prob": [str(risk) for risk in risks]} | ({"observed": cohorts} if cohorts else {})
    exact = ask("operating-characteristics", case, config=asdict(variant))[0]["output"]
    played = simulate(variant, risks, TRIALS, seed=20260301, observed=observed)
    ended = [float(np.mean(played.mtd == dose)) for dose in range(len(risks) + 1)]
    assert_shares(exact["p_select_none_then_each_dose"], ended)
    totals = played.subjects.sum(axis=1)
    seen = {str(total): count / TRIALS for total, count in zip(*np.unique(totals, return_counts=True), strict=True)}
    expected = exact["n_total_distribution"]
    assert set(seen) <= set(expected)
    assert_shares(list(expected.values()), [seen.get(total, 0.0) for total in expected])
    assert_shares([exact["p_n_total_lt_12"]], [float(np.mean(totals < 12))])
    assert_means(exact, played)


def assert_shares(exact: list[float], seen: list[float]) -> None:
    """Every share lies within a few of its binomial standard errors; what is impossible is never seen."""
    for probability, share in zip(exact, seen, strict=True):
        error = (probability * (1 - probability) / TRIALS) ** 0.5
        assert abs(share - probability) <= FURTHEST * error + 1e-9


def assert_means(exact: dict[str, Any], played: Simulated) -> None:
    """Expected subjects and DLTs, per dose and in total."""
    for key, numbers in (("exp_n", played.subjects), ("exp_dlt", played.toxic)):
        error = numbers.std(axis=0) / TRIALS**0.5
        assert (abs(numbers.mean(axis=0) - exact[f"{key}_per_dose"]) <= FURTHEST * error + 1e-9).all()
        total = numbers.sum(axis=1)
        assert abs(total.mean() - exact[f"{key}_total"]) <= FURTHEST * total.std() / TRIALS**0.5 + 1e-9


def test_the_comparison_can_fail() -> None:
    """One DLT more allowed at the MTD is seen at once."""
    played = simulate(PROTOCOL, (0.10, 0.25, 0.40), TRIALS, seed=1)
    exact = ask("operating-characteristics", {"true_dlt_prob": ["0.10", "0.25", "0.40"]}, config={"mtd_max6": 1})
    shares = [float(np.mean(played.mtd == dose)) for dose in range(4)]
    with pytest.raises(AssertionError):
        assert_shares(exact[0]["output"]["p_select_none_then_each_dose"], shares)
