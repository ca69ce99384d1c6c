"""Where paths of the escalation meet again, and where the limits of a tree cut it."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from itertools import pairwise

import pytest

from dosing.rules.dose_path_tree import PathNode, dose_path_tree
from dosing.rules.dose_paths import PROTOCOL, after_cohorts, explore, untreated
from dosing.rules.three_plus_three import CLASSICAL, Action, LevelTally, RuleSet
from dosing.rules.trial_replay import Cohort, ImpossibleHistory
from dosing.rules.trial_state import LevelState, decide_trial_state
from tests.rules.test_trial_rules import level_state


def state(text: str) -> tuple[LevelState, ...]:
    return tuple(level_state(part) for part in text.split())


def nodes(root: PathNode) -> Iterator[PathNode]:
    """All nodes, generation by generation."""
    waiting = deque([root])
    while waiting:
        node = waiting.popleft()
        yield node
        waiting.extend(node.following)


@pytest.mark.parametrize(("cohorts", "opened"), [
    ((Cohort(1, 3, 0),), (True, True, False)),
    ((Cohort(1, 3, 1),), (True, False, False)),
    ((Cohort(1, 3, 3),), (True, False, False)),
    ((Cohort(1, 3, 0), Cohort(2, 3, 0)), (True, True, True)),
    ((Cohort(1, 3, 0), Cohort(2, 3, 2)), (True, True, False)),
])  # fmt: skip
def test_the_levels_treated_and_the_next_one_are_open(cohorts: tuple[Cohort, ...], opened: tuple[bool, ...]) -> None:
    assert tuple(level.opened for level in after_cohorts(PROTOCOL, 3, cohorts)) == opened


@pytest.mark.parametrize("rules", [PROTOCOL, CLASSICAL], ids=lambda rules: rules.name)
def test_paths_meet_again(rules: RuleSet) -> None:
    """Paths multiply with every level, steps do not: one more level adds a constant number more than the one before."""
    steps = [len(explore(rules, untreated(levels)).steps) for levels in range(1, 9)]
    added = [after - before for before, after in pairwise(steps)]
    assert {after - before for before, after in pairwise(added)} == {4}
    assert explore(rules, untreated(8)).n_paths > 100 * explore(rules, untreated(2)).n_paths


def test_an_end_treats_nobody() -> None:
    graph = explore(PROTOCOL, untreated(3))
    ends = [step for step in graph.steps if step.mtd_level is not None]
    assert {(step.size, step.following) for step in ends} == {(0, ())}
    assert sorted(step.mtd_level or 0 for step in ends) == [0, 1, 2, 3]
    assert all(len(step.following) == step.size + 1 for step in graph.steps if step.mtd_level is None)


STATES = ["- - -", "0/3 1/4 -", "1/3+1p -", "0/3 0/3 1/5", "1/4 - -", "0/1 - -", "0/6 2/3 -", "0/4 1/3 -"]


@pytest.mark.parametrize("text", STATES)
def test_a_tree_opens_nodes_in_order_while_they_fit(text: str) -> None:
    """A cohort that does not fit any more stays closed; a smaller one after it may fit still."""
    levels = (LevelState(LevelTally(0, 0)), *state(text)[1:]) if text.startswith("-") else state(text)
    full = {id(node): node for node in nodes(dose_path_tree(PROTOCOL, levels, most_cohorts=100, most_nodes=100_000))}
    assert all(node.following or node.mtd_level is not None for node in full.values())
    assert not any(node.cut for node in full.values())
    for most in range(1, 40):
        cut_tree = dose_path_tree(PROTOCOL, levels, most_nodes=most)
        left = most - 1
        waiting = deque([(next(iter(full.values())), cut_tree)])
        while waiting:
            complete, limited = waiting.popleft()
            fits = len(complete.following) <= left
            assert limited.cut is (not fits), (most, limited)
            assert len(limited.following) == (len(complete.following) if fits else 0)
            left -= len(limited.following)
            waiting.extend(zip(complete.following, limited.following, strict=False))
        assert cut_tree.size == most - left


def test_a_tree_has_twenty_cohorts_and_five_hundred_nodes_unless_asked_otherwise() -> None:
    large = untreated(8)
    assert dose_path_tree(PROTOCOL, large) == dose_path_tree(PROTOCOL, large, most_cohorts=20, most_nodes=500)
    assert 496 < dose_path_tree(PROTOCOL, large).size <= 500
    depth, node = 0, dose_path_tree(PROTOCOL, untreated(8), most_cohorts=3, most_nodes=100_000)
    while node.following:
        depth, node = depth + 1, node.following[0]
    assert (depth, node.cut) == (3, True)


@pytest.mark.parametrize(("text", "action"), [
    ("1/6 2/3 -", Action.TOO_TOXIC_MTD_IS_LOWER),
    ("0/3 2/3 -", Action.TOO_TOXIC_EXPAND_LOWER_TO_6),
    ("0/3 1/6 2/2", Action.TOO_TOXIC_MTD_IS_LOWER),
    ("0/6 0/3 2/2", Action.TOO_TOXIC_EXPAND_LOWER_TO_6),
    ("2/2 - -", Action.STOP_NO_TOLERATED_DOSE),
])  # fmt: skip
def test_a_level_that_closes_looks_at_the_level_below_it(text: str, action: Action) -> None:
    closing = decide_trial_state(state(text), PROTOCOL).closing
    assert closing is not None and closing.decision is not None
    assert closing.decision.action is action


@pytest.mark.parametrize(("opened", "says"), [
    ((True, False, True), "level 3 is open although level 2 is not"),
    ((False, False, False), "the lowest level must be open"),
])  # fmt: skip
def test_levels_are_opened_from_below(opened: tuple[bool, ...], says: str) -> None:
    with pytest.raises(ImpossibleHistory, match=f"^{says}$"):
        decide_trial_state([LevelState(LevelTally(0, 0), each) for each in opened], PROTOCOL)


@pytest.mark.parametrize(("cohorts", "says"), [
    ((Cohort(1, 3, 0), Cohort(1, 3, 0)), "cohorts: cohort 2: after ESCALATE the next dose is 2, not 1"),
    ((Cohort(1, 4, 0),), "cohorts: cohort 1: 4 subjects at dose 1, where the rules allow 3 now"),
    ((Cohort(1, 3, 1), Cohort(1, 4, 0)), "cohorts: cohort 2: 7 subjects at dose 1, where the rules allow 6 now"),
])  # fmt: skip
def test_an_impossible_history_names_its_cohort(cohorts: tuple[Cohort, ...], says: str) -> None:
    with pytest.raises(ImpossibleHistory, match=f"^{says}$"):
        after_cohorts(PROTOCOL, 3, cohorts)
