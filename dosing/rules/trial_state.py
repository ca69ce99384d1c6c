"""3+3 dose escalation: the advice for every level and for the trial, from the tallies as they stand now.

Purpose: what the dose board shows and what a decision record freezes. Unlike a replay this reads tallies that may have
changed afterwards: a DLT found late, a corrected verdict, pending subjects, events in review.

Inputs: one tally per dose level, lowest first, and which levels were opened.

Algorithm
    1. The lowest level that is too toxic (restrictive, immediate, for good) closes itself and every level above it.
    2. Below it, or among all levels when none is too toxic, walk upwards while the advice is ESCALATE and the next
       level was opened. The level where the walk ends is the current one; its advice is the recommendation.
    3. The level below a too toxic level, and the top level, are read in the right-hand column. If no level is left,
       the recommendation is STOP_NO_TOLERATED_DOSE.
    4. Opened levels above the current one that are not closed are suspended: the advice that opened them no longer
       stands.

Source: as `three_plus_three`.

>>> states = decide_trial_state([LevelState(LevelTally(3, 0)), LevelState(LevelTally(2, 2, n_pending=1))], PROTOCOL)
>>> states.action.value, states.level, [level.standing.value for level in states.levels]
('EXPAND_TO_6', 1, ['current', 'too_toxic'])
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from dosing.rules.three_plus_three import (
    PROTOCOL,
    Action,
    Decision,
    Higher,
    LevelTally,
    NextLevel,
    RuleSet,
    decide_level,
    is_too_toxic,
)
from dosing.rules.trial_replay import MOVE, ImpossibleHistory, mtd_level

__all__ = ["PROTOCOL", "LevelAdvice", "LevelState", "Standing", "TrialAdvice", "decide_trial_state"]


class Standing(StrEnum):
    """Where a level stands in the trial."""

    NOT_OPENED = "not_opened"
    PASSED = "passed"
    CURRENT = "current"
    TOO_TOXIC = "too_toxic"
    CLOSED_BY_LOWER = "closed_by_lower"
    SUSPENDED = "suspended"


@dataclass(frozen=True)
class LevelState:
    """A level's tally, whether it was opened for recruitment, and what the committee ruled on a tally outside 3+3."""

    tally: LevelTally
    opened: bool = True
    ruled: Action | None = None


class LevelAdvice(NamedTuple):
    """One level (1 = lowest), where it stands, and its decision as of now.

    A level that was not opened, is suspended, or lies above a too toxic level has no decision: whatever its own tally
    would say must not be acted on.
    """

    level: int
    standing: Standing
    tally: LevelTally
    decision: Decision | None


class TrialAdvice(NamedTuple):
    """The trial's recommendation.

    `level`: the level the recommendation is about. `next_dose`: where the next subject may go, None when nobody may be
    enrolled by the algorithm (final, waiting excepted: the level stays the same). `closing`: the too toxic level that
    forced the recommendation, if any.
    """

    level: int
    action: Action
    next_dose: int | None
    mtd_level: int | None
    mtd_reached: bool | None
    too_toxic_levels: tuple[int, ...]
    levels: tuple[LevelAdvice, ...]
    closing: LevelAdvice | None
    decision: Decision
    because: str

    @property
    def current(self) -> LevelAdvice:
        """The level the recommendation is about."""
        return self.levels[self.level - 1]


def decide_trial_state(levels: Sequence[LevelState], rules: RuleSet) -> TrialAdvice:
    """The advice for every level by the algorithm above.

    Raises ImpossibleHistory when there is no level, the lowest is not opened, a level is opened above one that is not,
    or a level that was not opened has subjects.
    """
    _check(levels)
    toxic = _too_toxic(levels, rules)
    ceiling = toxic[0] if toxic else len(levels) + 1
    decisions = _walk_upwards(levels, ceiling, rules)
    current = len(decisions)
    if current < ceiling <= len(levels):
        decisions[ceiling] = _decide(levels, ceiling, ceiling, rules)
    advice = tuple(
        LevelAdvice(number, _standing(number, state, current, toxic, ceiling), state.tally, decisions.get(number))
        for number, state in enumerate(levels, start=1)
    )
    return _recommend(advice, decisions, current, toxic)


def _check(levels: Sequence[LevelState]) -> None:
    if not levels or not levels[0].opened:
        raise ImpossibleHistory("the lowest level must be open")
    for number, state in enumerate(levels[1:], start=2):
        if state.opened and not levels[number - 2].opened:
            raise ImpossibleHistory(f"level {number} is open although level {number - 1} is not")
        if not state.opened and (state.tally.infused or state.tally.closed):
            raise ImpossibleHistory(f"level {number} has subjects although it was not opened")


def _too_toxic(levels: Sequence[LevelState], rules: RuleSet) -> tuple[int, ...]:
    """Levels whose own tally closes them, the lowest first."""
    return tuple(number for number, state in enumerate(levels, start=1) if is_too_toxic(rules, state.tally))


def _decide(levels: Sequence[LevelState], number: int, ceiling: int, rules: RuleSet) -> Decision:
    higher = Higher.UNTESTED
    if number + 1 >= ceiling:
        higher = Higher.NONE if number == len(levels) else Higher.TOO_TOXIC
    lower = levels[number - 2].tally if number > 1 else None
    here = levels[number - 1]
    return decide_level(rules, here.tally, higher=higher, lower=lower, ruled=here.ruled)


def _walk_upwards(levels: Sequence[LevelState], ceiling: int, rules: RuleSet) -> dict[int, Decision]:
    """The decision of every level from the lowest to the one where the walk ends (the lowest, when too toxic)."""
    number = 1
    found = {number: _decide(levels, number, ceiling, rules)}
    while number + 1 < ceiling and levels[number].opened and found[number].action is Action.ESCALATE:
        number += 1
        found[number] = _decide(levels, number, ceiling, rules)
    return found


def _standing(number: int, state: LevelState, current: int, toxic: tuple[int, ...], ceiling: int) -> Standing:
    if number in toxic:
        return Standing.TOO_TOXIC
    if number == current:
        return Standing.CURRENT
    if number > ceiling:
        return Standing.CLOSED_BY_LOWER
    if number < current:
        return Standing.PASSED
    return Standing.SUSPENDED if state.opened else Standing.NOT_OPENED


def _recommend(
    advice: tuple[LevelAdvice, ...], decisions: Mapping[int, Decision], current: int, toxic: tuple[int, ...]
) -> TrialAdvice:
    decision = decisions[current]
    closing = advice[toxic[0] - 1] if toxic else None
    because = f"Dose level {current}: {decision.because}"
    if closing is not None and closing.level != current:
        because = f"Dose level {closing.level}: {decisions[closing.level].because} {because}"
    final = decision.next_level is NextLevel.STOP
    return TrialAdvice(
        level=current,
        action=decision.action,
        next_dose=None if final else current + MOVE[decision.next_level],
        mtd_level=mtd_level(current, decision),
        mtd_reached=decision.mtd_reached,
        too_toxic_levels=toxic,
        levels=advice,
        closing=closing,
        decision=decision,
        because=because,
    )
