"""3+3 dose escalation: replay a whole trial from its cohorts.

Purpose: check a history against the rules and give the advice after its last cohort.

Inputs: the number of dose levels (level 1 is the lowest) and the cohorts in order, each with its level, its evaluable
subjects and those with a DLT; nobody is pending.

Algorithm
    1. Start at level 1.
    2. A cohort must be treated at the level the last advice named, and may not exceed what that advice allowed
       (three, then six). Anything else, and any cohort after a final decision, is an impossible history.
    3. After each cohort the level is decided with `decide_level`. ESCALATE moves up, a too toxic level moves down to a
       level that is not filled yet, a declared MTD or no tolerated dose ends the trial.

Source: as `three_plus_three`.

>>> replay = replay_trial(PROTOCOL, 3, [Cohort(1, 3, 0), Cohort(2, 3, 2), Cohort(1, 3, 1)])
>>> replay.final_action.value, replay.mtd_level, replay.too_toxic_levels
('DECLARE_MTD', 1, (2,))
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dosing.rules.three_plus_three import (
    PROTOCOL,
    Action,
    Decision,
    Higher,
    LevelTally,
    MtdIs,
    NextLevel,
    RuleSet,
    decide_level,
)

__all__ = ["PROTOCOL", "Cohort", "ImpossibleHistory", "Replay", "Step", "replay_trial"]

RULE = "dose-escalation-trial"
VERSION = "1.0.0"

#: Level of the next cohort relative to the level decided on.
MOVE = {NextLevel.SAME: 0, NextLevel.HIGHER: 1, NextLevel.LOWER: -1, NextLevel.STOP: 0}


class ImpossibleHistory(ValueError):
    """A history the rules could not have produced; the text says which cohort and why."""


@dataclass(frozen=True)
class Cohort:
    """Subjects treated together: level (1 = lowest), evaluable subjects, subjects with a DLT."""

    dose: int
    n: int
    dlt: int


@dataclass(frozen=True)
class Step:
    """One cohort and the advice after it."""

    cohort: Cohort
    decision: Decision


@dataclass(frozen=True)
class Replay:
    """The outcome: `mtd_level` 0 = no tolerated dose, None = not declared yet; `next_dose` None once final."""

    final_action: Action
    mtd_level: int | None
    mtd_reached: bool | None
    n_total: int
    too_toxic_levels: tuple[int, ...]
    next_dose: int | None
    tallies: tuple[LevelTally, ...]
    steps: tuple[Step, ...]
    because: str


@dataclass
class _State:
    tallies: list[LevelTally]
    too_toxic: set[int]
    level: int
    decision: Decision
    steps: list[Step]


def replay_trial(rules: RuleSet, n_doses: int, cohorts: Sequence[Cohort]) -> Replay:
    """Replay the cohorts by the algorithm above. Raises ImpossibleHistory."""
    if n_doses < 1:
        raise ImpossibleHistory("n_doses must be at least 1")
    first = decide_level(rules, LevelTally(0, 0), higher=Higher.UNTESTED if n_doses > 1 else Higher.NONE)
    state = _State([LevelTally(0, 0)] * n_doses, set(), 1, first, [])
    for number, cohort in enumerate(cohorts, start=1):
        _check(rules, state, cohort, f"cohorts: cohort {number}")
        _treat(rules, state, cohort)
    return _outcome(state)


def _next_dose(state: _State) -> int:
    return state.level + MOVE[state.decision.next_level]


def _check(rules: RuleSet, state: _State, cohort: Cohort, name: str) -> None:
    """Refuse a cohort that the advice before it did not allow."""
    if cohort.n < 1 or not 0 <= cohort.dlt <= cohort.n:
        raise ImpossibleHistory(f"{name}: {cohort.dlt} subjects with a DLT among {cohort.n} is impossible")
    if not 1 <= cohort.dose <= len(state.tallies):
        raise ImpossibleHistory(f"{name}: dose {cohort.dose} is not one of the levels 1 to {len(state.tallies)}")
    advice = state.decision.action
    if state.decision.next_level is NextLevel.STOP or advice is Action.SRC_DECISION:
        raise ImpossibleHistory(f"{name}: nobody is treated after {advice}")
    expected = _next_dose(state)
    if cohort.dose in state.too_toxic:
        raise ImpossibleHistory(f"{name}: dose {cohort.dose} was too toxic and is closed")
    if cohort.dose != expected:
        raise ImpossibleHistory(f"{name}: after {advice} the next dose is {expected}, not {cohort.dose}")
    before = state.tallies[cohort.dose - 1].n_evaluable
    most = rules.cohort_size if before < rules.cohort_size else rules.most_subjects
    if before + cohort.n > most:
        total = before + cohort.n
        raise ImpossibleHistory(f"{name}: {total} subjects at dose {cohort.dose}, where the rules allow {most} now")


def _treat(rules: RuleSet, state: _State, cohort: Cohort) -> None:
    index = cohort.dose - 1
    before = state.tallies[index]
    state.tallies[index] = LevelTally(before.n_evaluable + cohort.n, before.n_dlt + cohort.dlt)
    state.level = cohort.dose
    lower = state.tallies[index - 1] if index else None
    state.decision = decide_level(rules, state.tallies[index], higher=_higher(state), lower=lower)
    if state.decision.too_toxic:
        state.too_toxic.add(cohort.dose)
    state.steps.append(Step(cohort, state.decision))


def _higher(state: _State) -> Higher:
    if state.level == len(state.tallies):
        return Higher.NONE
    return Higher.TOO_TOXIC if state.level + 1 in state.too_toxic else Higher.UNTESTED


def mtd_level(level: int, decision: Decision) -> int | None:
    """The number of the declared MTD level, 0 for no tolerated dose, None while undecided."""
    if decision.mtd is None:
        return None
    return {MtdIs.CURRENT: level, MtdIs.LOWER: level - 1, MtdIs.BELOW_LOWEST: 0}[decision.mtd]


def _outcome(state: _State) -> Replay:
    decision = state.decision
    return Replay(
        final_action=decision.action,
        mtd_level=mtd_level(state.level, decision),
        mtd_reached=decision.mtd_reached,
        n_total=sum(tally.n_evaluable for tally in state.tallies),
        too_toxic_levels=tuple(sorted(state.too_toxic)),
        next_dose=None if decision.next_level is NextLevel.STOP else _next_dose(state),
        tallies=tuple(state.tallies),
        steps=tuple(state.steps),
        because=f"Dose level {state.level}: {decision.because}",
    )
