"""Every way an escalation can still go: the cohorts that may follow, found by following the advice.

Purpose: one walk through the rule that exact probabilities and the tree of dose paths share. The walk decides nothing
itself: after each cohort it asks `trial_state`, as the dose board does.

Inputs: one `LevelState` per dose level, lowest first, and the rule set.

Algorithm
    1. Pending subjects, and subjects with an event in review, are still to be observed: they come first, the lowest
       level before the others.
    2. Then the level the advice names is treated: to three evaluable subjects, or to six once it has three. Where the
       advice asks for SRC review of the enrolment, the review is taken to agree.
    3. Each number of DLTs in the cohort is one branch. A declared MTD, or no tolerated dose, ends the path.
    4. What cannot matter any more is forgotten, so that paths meet again: levels below one that is full and tolerated
       (coming down stops there) and everything from the lowest too toxic level upwards.

Source: as `three_plus_three`; 112 paths over three levels for the protocol's rule, 154 for the classical one.

>>> len(explore(PROTOCOL, untreated(3)).steps), explore(PROTOCOL, untreated(3)).n_paths
(23, 112)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import NamedTuple

from dosing.rules.three_plus_three import PROTOCOL, LevelTally, RuleSet
from dosing.rules.trial_replay import Cohort, ImpossibleHistory, replay_trial
from dosing.rules.trial_state import LevelState, TrialAdvice, decide_trial_state

__all__ = ["PROTOCOL", "PathGraph", "Step", "after_cohorts", "explore", "next_cohort", "settled", "treat", "untreated"]

Levels = tuple[LevelState, ...]

_TOO_TOXIC = LevelState(LevelTally(0, 0, closed=True))
_NEVER_OPENED = LevelState(LevelTally(0, 0), opened=False)


class Step(NamedTuple):
    """A cohort of `size` at `level` (1 = lowest); `following[k]` is the step after `k` DLTs. At an end `size` is 0 and
    `mtd_level` names the outcome (0 = no tolerated dose)."""

    level: int
    size: int
    following: tuple[int, ...] = ()
    mtd_level: int | None = None


@dataclass(frozen=True)
class PathGraph:
    """All paths from one state: `steps[0]` is the next one, every step comes before those that follow it."""

    steps: tuple[Step, ...]
    n_paths: int


def untreated(n_doses: int) -> Levels:
    """The state before the first subject. Raises ImpossibleHistory when there is no level."""
    if n_doses < 1:
        raise ImpossibleHistory("n_doses must be at least 1")
    return (LevelState(LevelTally(0, 0)), *[_NEVER_OPENED] * (n_doses - 1))


def after_cohorts(rules: RuleSet, n_doses: int, cohorts: Sequence[Cohort]) -> Levels:
    """The state after these cohorts. Raises ImpossibleHistory when the rules could not have produced them."""
    replay = replay_trial(rules, n_doses, cohorts)
    opened = max([1, replay.next_dose or 1, *(cohort.dose for cohort in cohorts)])
    return tuple(LevelState(tally, number <= opened) for number, tally in enumerate(replay.tallies, start=1))


def settled(levels: Sequence[LevelState]) -> Levels:
    """The state with an event in review counted as pending: what it becomes is still to be observed."""
    return tuple(
        replace(state, tally=replace(state.tally, n_pending=state.tally.undecided, n_review=0)) for state in levels
    )


def next_cohort(rules: RuleSet, levels: Levels, advice: TrialAdvice) -> tuple[int, int] | None:
    """Level and size of the next cohort of a settled state, None at an end of the path."""
    for number, state in enumerate(levels, start=1):
        if state.tally.n_pending:
            return number, state.tally.n_pending
    if advice.next_dose is None:
        return None
    before = levels[advice.next_dose - 1].tally.n_evaluable
    most = rules.cohort_size if before < rules.cohort_size else rules.most_subjects
    return advice.next_dose, most - before


def treat(levels: Levels, level: int, size: int, n_dlt: int) -> Levels:
    """The state after the subjects at that level, pending ones first, were observed."""
    before = levels[level - 1].tally
    pending = max(before.n_pending - size, 0)
    tally = LevelTally(before.n_evaluable + size, before.n_dlt + n_dlt, pending, before.n_review, before.closed)
    return (*levels[: level - 1], LevelState(tally), *levels[level:])


@lru_cache(maxsize=256)
def explore(rules: RuleSet, levels: Levels) -> PathGraph:
    """All paths from this state. Raises ImpossibleHistory when a level already holds more subjects than 3+3 allows."""
    for number, state in enumerate(levels, start=1):
        if state.tally.infused > rules.most_subjects:
            raise ImpossibleHistory(
                f"level {number} holds {state.tally.infused} subjects: outside 3+3, the paths cannot be followed"
            )
    walk = _Walk(rules)
    walk.visit(settled(levels))
    return walk.graph()


class _Walk:
    """Collects steps, those that follow before the step itself; equal states become one step."""

    def __init__(self, rules: RuleSet) -> None:
        self.rules = rules
        self.steps: list[Step] = []
        self.paths: list[int] = []
        self.known: dict[Levels | int, int] = {}

    def visit(self, levels: Levels) -> int:
        """The index of the step from this state."""
        advice = decide_trial_state(levels, self.rules)
        cohort = next_cohort(self.rules, levels, advice)
        if cohort is None:
            assert advice.mtd_level is not None, "only a final decision leaves no next dose"
            return self._end(advice)
        relevant = _relevant(self.rules, levels, advice)
        found = self.known.get(relevant)
        if found is None:
            level, size = cohort
            following = tuple(self.visit(treat(relevant, level, size, n_dlt)) for n_dlt in range(size + 1))
            paths = sum(self.paths[index] for index in following)
            found = self.known[relevant] = self._add(Step(level, size, following), paths)
        return found

    def _end(self, advice: TrialAdvice) -> int:
        mtd = advice.mtd_level or 0
        if mtd not in self.known:
            self.known[mtd] = self._add(Step(advice.level, 0, mtd_level=mtd), 1)
        return self.known[mtd]

    def _add(self, step: Step, paths: int) -> int:
        self.steps.append(step)
        self.paths.append(paths)
        return len(self.steps) - 1

    def graph(self) -> PathGraph:
        """The steps in walking order."""
        last = len(self.steps) - 1
        turned = [
            step._replace(following=tuple(last - index for index in step.following)) for step in reversed(self.steps)
        ]
        return PathGraph(tuple(turned), self.paths[-1])


def _relevant(rules: RuleSet, levels: Levels, advice: TrialAdvice) -> Levels:
    """The state without what cannot matter any more; unchanged while somebody is pending."""
    if any(state.tally.n_pending for state in levels):
        return levels
    found = list(levels)
    full = [n for n in range(1, advice.level) if levels[n - 1].tally.n_evaluable == rules.most_subjects]
    for number in range(1, max(full, default=0) + 1):
        found[number - 1] = LevelState(LevelTally(rules.most_subjects, 0))
    for number in range(min(advice.too_toxic_levels, default=len(levels) + 1), len(levels) + 1):
        found[number - 1] = _TOO_TOXIC if number == advice.too_toxic_levels[0] else _NEVER_OPENED
    return tuple(found)
