"""The tree of dose paths: what can still happen from the trial's state, cohort by cohort.

Purpose: let a committee read the next steps in advance ("1 of 3 at level 2: expand to six"), with their probabilities
under assumed true DLT probabilities if wanted.

Inputs: the tallies of the trial as they stand, the rule set, optionally one true DLT probability per level, and two
limits: cohorts in a row, and nodes altogether.

Algorithm
    1. The root is the present state. Each node names the level just treated, its tally and the advice after it.
    2. A node's branches are the numbers of DLTs in the next cohort (`dose_paths.next_cohort`); ends have none.
    3. Nodes are opened generation by generation; a node beyond a limit stays closed and says so (`cut`).

Source: dose transition pathways, Yap et al., Clin Cancer Res 2017 (23:7440).

>>> root = dose_path_tree(PROTOCOL, untreated(3), most_cohorts=1)
>>> [(node.cohort_dlt, node.action.value) for node in root.following][:2]
[(0, 'ESCALATE'), (1, 'EXPAND_TO_6')]
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field

from dosing.rules.dose_paths import Levels, next_cohort, settled, treat, untreated
from dosing.rules.operating_characteristics import Probability, binomial, check_probabilities
from dosing.rules.three_plus_three import PROTOCOL, Action, RuleSet
from dosing.rules.trial_state import LevelState, TrialAdvice, decide_trial_state

__all__ = ["PROTOCOL", "PathNode", "dose_path_tree", "untreated"]


@dataclass(frozen=True)
class PathNode:
    """A point of the escalation.

    `level`, `n`, `x`: the level just treated (at the root: the one the advice is about) and its tally. `advice_level`:
    the level the action is about, another one when the level treated is too toxic. `next_dose`: None at an end;
    `mtd_level` 0 = no tolerated dose, None = not an end. `cohort_size`, `cohort_dlt`: the cohort that
    led here, None at the root. `probability`: of reaching this node from the root, None without assumed probabilities.
    """

    level: int
    n: int
    x: int
    action: Action
    advice_level: int
    next_dose: int | None
    mtd_level: int | None
    cohort_size: int | None
    cohort_dlt: int | None
    probability: float | None
    following: tuple[PathNode, ...]
    cut: bool

    @property
    def size(self) -> int:
        """Nodes of the tree below and with this one."""
        return 1 + sum(node.size for node in self.following)


def dose_path_tree(
    rules: RuleSet,
    levels: Sequence[LevelState],
    *,
    probabilities: Sequence[Probability] | None = None,
    most_cohorts: int = 20,
    most_nodes: int = 500,
) -> PathNode:
    """The tree from this state within the limits; the root is always there.

    Raises ValueError for probabilities that do not fit the levels or the data.
    """
    if probabilities is not None:
        check_probabilities(probabilities, levels)
    assumed = None if probabilities is None else [float(probability) for probability in probabilities]
    advice = decide_trial_state(levels, rules)
    root = _Draft(settled(levels), advice.level, advice, probability=None if assumed is None else 1.0)
    _grow(rules, root, assumed, most_cohorts, most_nodes)
    return root.finished()


@dataclass
class _Draft:
    """A node while the tree grows."""

    levels: Levels
    level: int
    advice: TrialAdvice
    generation: int = 0
    cohort: tuple[int, int] | None = None
    probability: float | None = None
    following: list[_Draft] = field(default_factory=list)
    cut: bool = False

    def finished(self) -> PathNode:
        """The node with everything below it."""
        tally = self.levels[self.level - 1].tally
        size, n_dlt = self.cohort or (None, None)
        return PathNode(
            level=self.level,
            n=tally.n_evaluable,
            x=tally.n_dlt,
            action=self.advice.action,
            advice_level=self.advice.level,
            next_dose=self.advice.next_dose,
            mtd_level=self.advice.mtd_level,
            cohort_size=size,
            cohort_dlt=n_dlt,
            probability=self.probability,
            following=tuple(draft.finished() for draft in self.following),
            cut=self.cut,
        )


def _grow(rules: RuleSet, root: _Draft, assumed: list[float] | None, most_cohorts: int, most_nodes: int) -> None:
    """Open nodes in the order of their generation until a limit is met."""
    waiting, nodes = deque([root]), 1
    while waiting:
        draft = waiting.popleft()
        cohort = next_cohort(rules, draft.levels, draft.advice)
        if cohort is None or cohort[1] < 1:
            continue
        nodes += cohort[1] + 1
        if nodes > most_nodes or draft.generation == most_cohorts:
            draft.cut = True
            nodes -= cohort[1] + 1
            continue
        draft.following = _branches(rules, draft, cohort, assumed)
        waiting.extend(draft.following)


def _branches(rules: RuleSet, draft: _Draft, cohort: tuple[int, int], assumed: list[float] | None) -> list[_Draft]:
    level, size = cohort
    weights = [None] * (size + 1) if assumed is None else list(binomial(size, assumed[level - 1]))
    branches = []
    for n_dlt, weight in enumerate(weights):
        levels = treat(draft.levels, level, size, n_dlt)
        advice = decide_trial_state(levels, rules)
        probability = None if weight is None or draft.probability is None else draft.probability * weight
        branches.append(_Draft(levels, level, advice, draft.generation + 1, (size, n_dlt), probability))
    return branches
