"""The ways an escalation can still go: the same advice as the dose board, from any state, and the tree of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from math import isclose

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dosing.rules.dose_path_tree import PathNode, dose_path_tree
from dosing.rules.dose_paths import after_cohorts, explore, next_cohort, settled, treat, untreated
from dosing.rules.operating_characteristics import from_state, operating_characteristics
from dosing.rules.rule_variants import VariantParameters, rule_set
from dosing.rules.three_plus_three import CLASSICAL, PROTOCOL, LevelTally, RuleSet
from dosing.rules.trial_replay import Cohort, replay_trial
from dosing.rules.trial_state import LevelState, decide_trial_state
from tests.rules.test_trial_rules import level_state

TRUE_P = (0.10, 0.25, 0.40)


def state(text: str) -> tuple[LevelState, ...]:
    """Levels as `0/3 1/3+2p -`: DLTs of evaluable, pending (p) or in review (r); a dash was never opened."""
    return tuple(level_state(part) for part in text.split())


def leaves(node: PathNode) -> Iterator[PathNode]:
    """The ends of a tree."""
    if not node.following:
        yield node
    for following in node.following:
        yield from leaves(following)


@pytest.mark.parametrize(("rules", "expected"), [(PROTOCOL, 112), (CLASSICAL, 154)], ids=["protocol", "classical"])
def test_the_published_number_of_paths(rules: RuleSet, expected: int) -> None:
    assert explore(rules, untreated(3)).n_paths == expected
    assert len(list(leaves(dose_path_tree(rules, untreated(3))))) == expected


def histories(rules: RuleSet, n_doses: int, so_far: tuple[Cohort, ...] = ()) -> Iterator[tuple[Cohort, ...]]:
    """Every beginning of a trial in cohorts of three."""
    yield so_far
    replay = replay_trial(rules, n_doses, so_far)
    if replay.next_dose is not None:
        for toxic in range(4):
            yield from histories(rules, n_doses, (*so_far, Cohort(replay.next_dose, 3, toxic)))


VARIANTS = [
    PROTOCOL,
    CLASSICAL,
    rule_set(VariantParameters(2, 2, 2)),
    rule_set(VariantParameters(fill_top_level=False)),
    rule_set(VariantParameters(fill_level_below=False)),
]


@pytest.mark.parametrize("rules", VARIANTS, ids=range(len(VARIANTS)))
def test_the_next_cohort_is_the_one_the_replay_expects(rules: RuleSet) -> None:
    for history in histories(rules, 3):
        replay = replay_trial(rules, 3, history)
        levels = after_cohorts(rules, 3, history)
        cohort = next_cohort(rules, levels, decide_trial_state(levels, rules))
        assert cohort == (None if replay.next_dose is None else (replay.next_dose, 3)), history
        assert decide_trial_state(levels, rules).mtd_level == replay.mtd_level


# Pending subjects and events in review are still to be observed, the lowest level first; then the advice is followed.
NEXT = [
    ("0/0 - -", (1, 3)),
    ("0/1 - -", (1, 2)),
    ("0/2+1p - -", (1, 1)),
    ("0/3 - -", (2, 3)),
    ("0/3 0/0 -", (2, 3)),
    ("0/3 1/3 -", (2, 3)),
    ("0/3 1/4 -", (2, 2)),
    ("0/3 2/5 -", (2, 1)),
    ("0/3 1/3+2p -", (2, 2)),
    ("0/3 1/2+1r -", (2, 1)),
    ("0/3+1p 2/2+1p -", (1, 1)),
    ("0/3 2/2+1p -", (2, 1)),
    ("0/3 2/2 -", (1, 3)),
    ("0/4 2/2 -", (1, 2)),
    ("1/3 0/2 -", (1, 3)),
    ("1/6 0/2 -", (2, 1)),
    ("1/6 2/3 -", None),
    ("2/2 - -", None),
]


@pytest.mark.parametrize(("text", "expected"), NEXT, ids=[text for text, _ in NEXT])
def test_the_next_cohort_of_a_state(text: str, expected: tuple[int, int] | None) -> None:
    levels = settled(state(text))
    assert next_cohort(PROTOCOL, levels, decide_trial_state(levels, PROTOCOL)) == expected


def test_treating_observes_the_pending_first() -> None:
    levels = treat(settled(state("0/2+1p - -")), 1, 1, 1)
    assert levels[0].tally == LevelTally(3, 1)
    assert treat(levels, 1, 3, 0)[0].tally == LevelTally(6, 1)
    assert treat(state("0/3 - -"), 2, 3, 1)[1] == LevelState(LevelTally(3, 1))


# A pending subject changes nothing but that its outcome is not known yet.
SAME = [
    ("0/2+1p - -", "0/2 - -"),
    ("0/3 1/3+2p -", "0/3 1/3 -"),
    ("0/3 1/3+1r -", "0/3 1/3 -"),
    ("0/3 0/1+1p -", "0/3 0/1 -"),
]


@pytest.mark.parametrize(("with_pending", "without"), SAME)
def test_pending_subjects_are_part_of_the_next_cohort(with_pending: str, without: str) -> None:
    """They may close the level before the cohort is full, which saves a subject but leads to the same MTD."""
    results = [from_state(PROTOCOL, TRUE_P, state(text)) for text in (with_pending, without)]
    assert results[0].p_select == pytest.approx(results[1].p_select, abs=1e-12)
    assert results[0].expected_n_total <= results[1].expected_n_total + 1e-12


def test_one_pending_subject_gives_exactly_the_same_result() -> None:
    with_pending, without = (from_state(PROTOCOL, TRUE_P, state(text)) for text in ("0/2+1p - -", "0/2 - -"))
    assert with_pending == without


def test_the_state_and_the_cohorts_give_the_same_result() -> None:
    given_cohorts = operating_characteristics(PROTOCOL, TRUE_P, [Cohort(1, 3, 0), Cohort(2, 3, 1)])
    assert from_state(PROTOCOL, TRUE_P, state("0/3 1/3 -")) == given_cohorts


def test_a_pending_subject_at_a_closed_level_still_counts() -> None:
    result = from_state(PROTOCOL, TRUE_P, state("2/2+1p - -"))
    assert result.p_select == (1, 0, 0, 0)
    assert result.expected_n == (3, 0, 0)
    assert result.expected_dlt == pytest.approx((2.1, 0, 0))


def test_a_level_suspended_by_a_late_dlt_goes_on_from_its_tally() -> None:
    result = from_state(PROTOCOL, TRUE_P, state("1/3 0/2 -"))
    expanded = [from_state(PROTOCOL, TRUE_P, state(f"{x}/6 0/2 -")) for x in (1, 2, 3, 4)]
    weights = (0.729, 0.243, 0.027, 0.001)
    for outcome in range(4):
        mean = sum(w * part.p_select[outcome] for w, part in zip(weights, expanded, strict=True))
        assert result.p_select[outcome] == pytest.approx(mean)


def test_a_level_closed_before_stays_closed() -> None:
    result = from_state(PROTOCOL, TRUE_P, state("0/3 1/5! -"))
    assert result.p_select[2:] == (0, 0)
    assert result.p_select[0] == pytest.approx(0.001)


tallies = st.tuples(st.integers(0, 6), st.integers(0, 6)).map(lambda pair: (max(pair), min(pair)))


@settings(max_examples=80, deadline=None)
@given(st.lists(tallies, min_size=1, max_size=3), st.sampled_from(VARIANTS), st.data())
def test_any_state_of_the_board_can_be_followed(
    seen: list[tuple[int, int]], rules: RuleSet, data: st.DataObject
) -> None:
    levels = []
    for n, x in seen:
        pending = data.draw(st.integers(0, 6 - n))
        review = data.draw(st.integers(0, 6 - n - pending))
        levels.append(LevelState(LevelTally(n, x, pending, review)))
    result = from_state(rules, TRUE_P[: len(levels)], levels)
    assert isclose(sum(result.p_select), 1, abs_tol=1e-12)
    for mean, level in zip(result.expected_n, levels, strict=True):
        assert level.tally.infused - 1e-12 <= mean <= 6 + 1e-12
    # One more DLT at the lowest level never makes "no tolerated dose" less likely.
    n, x = seen[0]
    if x < n:
        worse = [LevelState(LevelTally(n, x + 1, levels[0].tally.n_pending, levels[0].tally.n_review)), *levels[1:]]
        assert from_state(rules, TRUE_P[: len(levels)], worse).p_select[0] >= result.p_select[0] - 1e-12


def test_the_tree_shows_the_next_cohorts() -> None:
    root = dose_path_tree(PROTOCOL, state("0/3 1/3 -"), probabilities=TRUE_P)
    assert (root.level, root.n, root.x, root.action, root.next_dose) == (2, 3, 1, "EXPAND_TO_6", 2)
    assert (root.advice_level, root.following[2].advice_level) == (2, 1)
    assert (root.cohort_size, root.cohort_dlt, root.probability, root.mtd_level) == (None, None, 1.0, None)
    seen = [(node.cohort_dlt, f"{node.x}/{node.n}", node.action, node.mtd_level) for node in root.following]
    assert seen == [
        (0, "1/6", "ESCALATE", None),
        (1, "2/6", "DECLARE_MTD_NO_ESCALATION", 2),
        (2, "3/6", "EXPAND_TO_6", None),
        (3, "4/6", "EXPAND_TO_6", None),
    ]
    assert root.following[2].next_dose == 1
    assert root.following[1].following == ()
    assert root.following[0].probability == pytest.approx(0.75**3)


def test_the_probabilities_of_the_tree_are_the_operating_characteristics() -> None:
    root = dose_path_tree(PROTOCOL, untreated(3), probabilities=TRUE_P)
    ended: dict[int, float] = defaultdict(float)
    for leaf in leaves(root):
        assert leaf.mtd_level is not None
        assert leaf.probability is not None
        ended[leaf.mtd_level] += leaf.probability
    result = operating_characteristics(PROTOCOL, TRUE_P)
    assert [ended[level] for level in range(4)] == pytest.approx(list(result.p_select))
    assert root.size == 149


def test_a_tree_without_assumed_probabilities_has_none() -> None:
    root = dose_path_tree(PROTOCOL, untreated(2))
    assert all(node.probability is None for node in leaves(root))


def test_the_limits_cut_the_tree_and_say_so() -> None:
    by_depth = dose_path_tree(PROTOCOL, untreated(3), most_cohorts=1)
    assert [(node.cut, node.following) for node in by_depth.following] == [
        (True, ()), (True, ()), (False, ()), (False, ()),
    ]  # fmt: skip
    by_number = dose_path_tree(PROTOCOL, untreated(3), most_nodes=20)
    assert by_number.size <= 20
    assert any(leaf.cut for leaf in leaves(by_number))
    alone = dose_path_tree(PROTOCOL, untreated(3), most_nodes=1)
    assert (alone.size, alone.cut) == (1, True)


def test_beyond_six_subjects_the_tree_ends_with_the_committee() -> None:
    root = dose_path_tree(PROTOCOL, state("0/3 2/7 -"))
    assert (root.action, root.following, root.cut) == ("SRC_DECISION", (), False)


def test_probabilities_that_do_not_fit_the_data_are_refused() -> None:
    with pytest.raises(ValueError, match="excludes"):
        dose_path_tree(PROTOCOL, state("1/3 - -"), probabilities=(0, 0.5, 0.5))
