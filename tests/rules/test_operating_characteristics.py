"""Exact operating characteristics: the published tables, another way to the same numbers, and laws they must obey."""

from __future__ import annotations

import time
from collections import defaultdict
from fractions import Fraction
from itertools import product
from math import comb, isclose

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dosing.rules.dose_paths import explore, untreated
from dosing.rules.operating_characteristics import binomial, from_state, operating_characteristics
from dosing.rules.rule_variants import VariantParameters, rule_set
from dosing.rules.three_plus_three import CLASSICAL, PROTOCOL, RULE_SETS, LevelTally
from dosing.rules.trial_replay import Cohort, ImpossibleHistory
from dosing.rules.trial_state import LevelState
from tests.rules.tables import rows

PUBLISHED = rows("""
rules     | true p         | none  | 1     | 2     | 3     | paths
protocol  | .05/.15/.30    | .0082 | .0973 | .3562 | .5383 | 112
protocol  | .10/.25/.40    | .0350 | .2633 | .4397 | .2621 | 112
protocol  | .40/.55/.70    | .5149 | .4174 | .0655 | .0022 | 112
classical | .05/.15/.30    | .0278 | .2010 | .4383 | .3329 | 154
classical | .10/.25/.40    | .1031 | .3992 | .3710 | .1268 | 154
classical | .40/.55/.70    | .7614 | .2170 | .0212 | .0004 | 154
""")


@pytest.mark.parametrize("row", PUBLISHED, ids=lambda row: f"{row['rules']} {row['true p']}")
def test_the_published_tables(row: dict[str, str]) -> None:
    probabilities = [Fraction(part) for part in row["true p"].split("/")]
    result = operating_characteristics(RULE_SETS[row["rules"]], probabilities)
    assert [round(value, 4) for value in result.p_select] == [float(row[key]) for key in ("none", "1", "2", "3")]
    assert result.n_paths == int(row["paths"])


class ByHand:
    """3+3 written down once more: one recursion over whole trials, every path on its own, in exact fractions."""

    def __init__(self, variant: VariantParameters, p: list[Fraction]) -> None:
        self.variant = variant
        self.p = p
        self.paths = 0
        self.select = [Fraction(0)] * (len(p) + 1)
        self.n = [Fraction(0)] * len(p)
        self.dlt = [Fraction(0)] * len(p)
        self.total: dict[int, Fraction] = defaultdict(Fraction)
        self.go(Fraction(1), 0, [(0, 0)] * len(p), len(p))

    def go(self, weight: Fraction, dose: int, seen: list[tuple[int, int]], ceiling: int) -> None:
        """Treat three at `dose`; doses from `ceiling` upwards are too toxic."""
        for toxic in range(4):
            here = comb(3, toxic) * self.p[dose] ** toxic * (1 - self.p[dose]) ** (3 - toxic)
            after = list(seen)
            after[dose] = (seen[dose][0] + 3, seen[dose][1] + toxic)
            self.after_cohort(weight * here, dose, after, ceiling)

    def after_cohort(self, weight: Fraction, dose: int, seen: list[tuple[int, int]], ceiling: int) -> None:
        """Decide: up, again, the MTD, or down."""
        (n, x), top = seen[dose], len(self.p) - 1
        open_above = dose < top and dose + 1 < ceiling
        if n == 3 and 0 < x <= self.variant.expand_most_of_3:
            self.go(weight, dose, seen, ceiling)
        elif n == 3 and x > self.variant.expand_most_of_3:
            self.down(weight, dose, seen)
        elif n == 3 and open_above:
            self.go(weight, dose + 1, seen, ceiling)
        elif n == 3:
            filling = self.variant.fill_top_level if dose == top else self.variant.fill_level_below
            self.go(weight, dose, seen, ceiling) if filling else self.end(weight, dose + 1, seen)
        elif x <= self.variant.escalate_most_of_6 and open_above:
            self.go(weight, dose + 1, seen, ceiling)
        elif x <= self.variant.mtd_most_of_6:
            self.end(weight, dose + 1, seen)
        else:
            self.down(weight, dose, seen)

    def down(self, weight: Fraction, dose: int, seen: list[tuple[int, int]]) -> None:
        """This dose is too toxic."""
        if dose == 0:
            self.end(weight, 0, seen)
        elif seen[dose - 1][0] == 6 or not self.variant.fill_level_below:
            self.end(weight, dose, seen)
        else:
            self.go(weight, dose - 1, seen, dose)

    def end(self, weight: Fraction, mtd: int, seen: list[tuple[int, int]]) -> None:
        """Count a whole trial."""
        self.paths += 1
        self.select[mtd] += weight
        self.total[sum(n for n, _ in seen)] += weight
        for dose, (n, x) in enumerate(seen):
            self.n[dose] += weight * n
            self.dlt[dose] += weight * x


VARIANTS = [
    VariantParameters(escalate, mtd, expand, top, below)
    for escalate, mtd in ((0, 0), (0, 1), (1, 1), (1, 2), (2, 2), (2, 3))
    for expand, top, below in product(range(4), (True, False), (True, False))
]


@pytest.mark.parametrize("variant", VARIANTS, ids=str)
def test_every_variant_against_the_recursion_by_hand(variant: VariantParameters) -> None:
    for p in (["1/10"], ["3/10", "1/5"], ["1/20", "1/4", "2/5"]):
        probabilities = [Fraction(part) for part in p]
        expected = ByHand(variant, probabilities)
        result = operating_characteristics(rule_set(variant), probabilities)
        assert result.n_paths == expected.paths
        assert result.p_select == pytest.approx([float(share) for share in expected.select], abs=1e-14)
        assert result.expected_n == pytest.approx([float(mean) for mean in expected.n], abs=1e-13)
        assert result.expected_dlt == pytest.approx([float(mean) for mean in expected.dlt], abs=1e-13)
        totals = {total: float(share) for total, share in expected.total.items()}
        assert dict(result.n_total) == pytest.approx(totals, abs=1e-14)


def test_five_doses_against_the_recursion_by_hand() -> None:
    probabilities = [Fraction(part, 100) for part in (5, 30, 10, 45, 60)]
    expected = ByHand(VariantParameters(), probabilities)
    result = operating_characteristics(PROTOCOL, probabilities)
    assert result.n_paths == expected.paths
    assert result.p_select == pytest.approx([float(share) for share in expected.select], abs=1e-14)


def test_an_mtd_of_two_in_six_doubles_the_chance_to_name_one_when_every_dose_is_toxic() -> None:
    toxic = (0.40, 0.55, 0.70)
    named = [1 - operating_characteristics(rules, toxic).p_select[0] for rules in (PROTOCOL, CLASSICAL)]
    assert 1.9 < named[0] / named[1] < 2.1


# What is certain at probabilities 0 and 1: outcome, subjects per dose.
CERTAIN = rows("""
true p | mtd | n
0/0/0  | 3   | 3/3/6
1/0/0  | 0   | 3/0/0
0/1/0  | 1   | 6/3/0
0/0/1  | 2   | 3/6/3
0      | 1   | 6
1      | 0   | 3
""")


@pytest.mark.parametrize("row", CERTAIN, ids=lambda row: row["true p"])
def test_probabilities_of_zero_and_one(row: dict[str, str]) -> None:
    probabilities = [int(part) for part in row["true p"].split("/")]
    result = operating_characteristics(PROTOCOL, probabilities)
    assert result.p_select[int(row["mtd"])] == 1
    assert result.expected_n == tuple(float(part) for part in row["n"].split("/"))
    assert result.expected_dlt == tuple(n * p for n, p in zip(result.expected_n, probabilities, strict=True))


# Outcomes as cohort notation (1NNT: three at level 1, the last with a DLT) -> what is left at .10/.25/.40.
GIVEN = rows("""
outcomes                 | none  | 1     | 2     | 3     | paths
1NNN 2NNT 2NNT           | 0     | 0     | 1     | 0     | 1
1NTT                     | 1     | 0     | 0     | 0     | 1
1NNN 2NTT                | .0010 | .9990 | 0     | 0     | 4
1NNN 2NTT 1N             | 0     | 1     | 0     | 0     | 3
1NNN 2NTT 1T             | .0100 | .9900 | 0     | 0     | 3
1NNN 2NTT 1TT            | .1000 | .9000 | 0     | 0     | 2
1NNN 2NNT 2NNN 3NTT      | 0     | 0     | 1     | 0     | 1
""")


def cohorts(text: str) -> list[Cohort]:
    """Outcome notation."""
    return [Cohort(int(part[0]), len(part) - 1, part.count("T")) for part in text.split()]


@pytest.mark.parametrize("row", GIVEN, ids=lambda row: row["outcomes"])
def test_given_the_data_so_far(row: dict[str, str]) -> None:
    result = operating_characteristics(PROTOCOL, (0.10, 0.25, 0.40), cohorts(row["outcomes"]))
    assert [round(value, 4) for value in result.p_select] == [float(row[key]) for key in ("none", "1", "2", "3")]
    assert result.n_paths == int(row["paths"])


def test_above_a_full_level_the_rest_is_a_smaller_trial() -> None:
    """With five at level 1 and one DLT, one more subject decides between the MTD here (2 of 6) and escalation."""
    whole = operating_characteristics(PROTOCOL, (0.10, 0.25, 0.40), cohorts("1NNT 1NN"))
    rest = operating_characteristics(PROTOCOL, (0.25, 0.40))
    expected = [0.0, 0.1 + 0.9 * rest.p_select[0], 0.9 * rest.p_select[1], 0.9 * rest.p_select[2]]
    assert whole.p_select == pytest.approx(expected)
    assert whole.n_paths == rest.n_paths + 1


def test_a_begun_cohort_is_completed() -> None:
    result = operating_characteristics(PROTOCOL, (0.5,), cohorts("1N"))
    # Two more: none, one, two DLTs; none and one expand to six, two are too toxic at once.
    assert result.p_select[0] == pytest.approx(0.25 + 0.5 * binomial_above(1) + 0.25 * binomial_above(2))
    assert result.n_total == pytest.approx({3: 0.25, 6: 0.75})


def binomial_above(most: int) -> float:
    """More than `most` DLTs among three at one half."""
    return sum(binomial(3, 0.5)[most + 1 :])


def test_what_the_rules_exclude_is_an_error() -> None:
    with pytest.raises(ImpossibleHistory, match="next dose is 2"):
        operating_characteristics(PROTOCOL, (0.1, 0.2), cohorts("1NNN 1NNN"))
    with pytest.raises(ImpossibleHistory, match="n_doses"):
        operating_characteristics(PROTOCOL, ())
    with pytest.raises(ValueError, match="2 probabilities for 3"):
        from_state(PROTOCOL, (0.1, 0.2), untreated(3))
    for impossible in (-0.1, 1.1, float("nan")):
        with pytest.raises(ValueError, match="level 1 must lie between 0 and 1"):
            operating_characteristics(PROTOCOL, (impossible,))


@pytest.mark.parametrize(("outcomes", "p"), [("1NNT", 0), ("1NNT", 1)])
def test_data_that_the_probabilities_exclude_are_refused(outcomes: str, p: int) -> None:
    with pytest.raises(ValueError, match=f"1 of 3 subjects with a DLT, which a DLT probability of {p} excludes"):
        operating_characteristics(PROTOCOL, (p, 0.5), cohorts(outcomes))


any_probability = st.floats(0, 1)
any_variant = st.sampled_from(VARIANTS)


@settings(max_examples=60, deadline=None)
@given(st.lists(any_probability, min_size=1, max_size=5), any_variant)
def test_probabilities_sum_to_one_and_expectations_agree(p: list[float], variant: VariantParameters) -> None:
    result = operating_characteristics(rule_set(variant), p)
    assert isclose(sum(result.p_select), 1, abs_tol=1e-12)
    assert isclose(sum(result.n_total.values()), 1, abs_tol=1e-12)
    mean = sum(total * share for total, share in result.n_total.items())
    assert isclose(mean, result.expected_n_total, abs_tol=1e-10)
    assert isclose(result.p_fewer_than(1000), 1, abs_tol=1e-12)
    assert result.p_fewer_than(3) == 0
    for n, toxic, probability in zip(result.expected_n, result.expected_dlt, p, strict=True):
        assert isclose(toxic, n * probability, abs_tol=1e-12)
        assert 0 <= n <= 6 + 1e-12


@settings(max_examples=40, deadline=None)
@given(st.lists(st.floats(0.01, 0.99), min_size=1, max_size=4), any_variant)
def test_the_mean_of_the_conditional_results_is_the_unconditional_one(
    p: list[float], variant: VariantParameters
) -> None:
    rules = rule_set(variant)
    whole = operating_characteristics(rules, p)
    parts = [operating_characteristics(rules, p, [Cohort(1, 3, toxic)]) for toxic in range(4)]
    weights = binomial(3, p[0])
    for outcome, share in enumerate(whole.p_select):
        mean = sum(w * part.p_select[outcome] for w, part in zip(weights, parts, strict=True))
        assert isclose(mean, share, abs_tol=1e-12)
    for level in range(len(p)):
        mean = sum(w * part.expected_n[level] for w, part in zip(weights, parts, strict=True))
        assert isclose(mean, whole.expected_n[level], abs_tol=1e-10)
    dlts = sum(w * part.expected_dlt_total for w, part in zip(weights, parts, strict=True))
    assert isclose(dlts, whole.expected_dlt_total, abs_tol=1e-10)
    assert sum(part.n_paths for part in parts) == whole.n_paths


@settings(max_examples=40, deadline=None)
@given(st.lists(any_probability, min_size=1, max_size=4))
def test_no_cohorts_and_the_untreated_state_are_the_unconditional_result(p: list[float]) -> None:
    whole = operating_characteristics(PROTOCOL, p)
    assert operating_characteristics(PROTOCOL, p, []) == whole
    assert from_state(PROTOCOL, p, untreated(len(p))) == whole


@settings(max_examples=40, deadline=None)
@given(st.lists(st.floats(0.01, 0.98), min_size=1, max_size=4), st.floats(0.001, 0.01))
def test_a_more_toxic_lowest_dose_never_makes_no_tolerated_dose_less_likely(p: list[float], more: float) -> None:
    before = operating_characteristics(PROTOCOL, p).p_select[0]
    assert operating_characteristics(PROTOCOL, [p[0] + more, *p[1:]]).p_select[0] >= before - 1e-12


def test_changing_probabilities_is_quick() -> None:
    explore(PROTOCOL, untreated(3))
    started = time.process_time()
    for step in range(100):
        operating_characteristics(PROTOCOL, (0.1, 0.2, step / 100))
    assert (time.process_time() - started) / 100 < 0.01  # seconds; usually a hundredth of that


def test_eight_levels_are_followed_in_a_moment() -> None:
    explore.cache_clear()
    started = time.process_time()
    result = operating_characteristics(PROTOCOL, [0.05 * number for number in range(1, 9)])
    assert time.process_time() - started < 2
    assert isclose(sum(result.p_select), 1, abs_tol=1e-12)


def test_more_subjects_than_the_rule_knows_cannot_be_followed() -> None:
    with pytest.raises(ImpossibleHistory, match="level 1 holds 7 subjects"):
        from_state(PROTOCOL, (0.1,), [LevelState(LevelTally(5, 1, n_pending=2))])
