"""3+3 dose escalation: the advice for one dose level.

Purpose: say what the protocol advises at a level. The safety review committee may be more conservative, never less.

Inputs: evaluable subjects, those with a DLT, pending subjects, subjects with an event in review (not among the
evaluable), the state of the next higher level, the tally of the next lower level (None at the lowest).

Algorithm
    1. Look up (n, x) in the decision table of the rule set, in the column of the next higher level.
    2. Too toxic is restrictive and therefore immediate, whatever is pending. An event in review counts as a DLT for
       this step. Lowest level: STOP_NO_TOLERATED_DOSE. The level below has six evaluable (three in a variant that does
       not fill it) and is tolerated: TOO_TOXIC_MTD_IS_LOWER. Otherwise: TOO_TOXIC_EXPAND_LOWER_TO_6.
    3. More than six evaluable: SRC_DECISION (outside 3+3), unless the committee has ruled on this very tally. What it
       may rule: escalate (the next level untested, at most 1 in 6), declare the MTD here (at most 1 in 3), or hold.
    4. Permissive advice needs nobody pending at the level: ESCALATE and every MTD declaration become WAIT.
    5. Enrolling: WAIT once evaluable and pending subjects fill the cohort of 3 or the level of 6. EXPAND_TO_6 names the
       moment the extension opens; with subjects pending in it the advice is ENROLL_TO_6. If the events in review would
       ask for SRC review of the enrolment were they DLTs, the advice says so now.

Source: NCT05947487 with the sister protocol NCT04697940: escalation by 3+3 (at most 1 of 6), MTD at most 2 of 6.

>>> decide_level(PROTOCOL, LevelTally(3, 0)).action.value
'ESCALATE'
>>> decide_level(PROTOCOL, LevelTally(2, 2, n_pending=1), lower=LevelTally(3, 0)).action.value
'TOO_TOXIC_EXPAND_LOWER_TO_6'
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from dosing.rules.decision_table import (
    CLASSICAL,
    PROTOCOL,
    RULE_SETS,
    Action,
    Cell,
    Higher,
    Row,
    RuleSet,
    decision_table,
)

__all__ = [
    "CLASSICAL",
    "PROTOCOL",
    "RULE",
    "RULE_SETS",
    "VERSION",
    "Action",
    "Cell",
    "Decision",
    "Higher",
    "LevelTally",
    "MtdIs",
    "NextLevel",
    "Row",
    "RuleSet",
    "decide_level",
    "decision_table",
    "is_too_toxic",
    "permitted_rulings",
]

RULE = "dose-escalation"
VERSION = "1.0.0"


class NextLevel(StrEnum):
    """Where the next subject goes."""

    SAME = "same"
    HIGHER = "higher"
    LOWER = "lower"
    STOP = "stop"


class MtdIs(StrEnum):
    """The declared MTD relative to the level decided on."""

    CURRENT = "current"
    LOWER = "lower"
    BELOW_LOWEST = "below_lowest"


@dataclass(frozen=True)
class LevelTally:
    """Subjects at one level; `n_review`: infused subjects whose event is in review, not among the evaluable.

    `closed`: the level was found too toxic before and stays closed, whatever the tally says now.
    """

    n_evaluable: int
    n_dlt: int
    n_pending: int = 0
    n_review: int = 0
    closed: bool = False

    def __post_init__(self) -> None:
        """Refuse impossible tallies."""
        if min(self.n_evaluable, self.n_dlt, self.n_pending, self.n_review) < 0:
            raise ValueError("a tally cannot be negative")
        if self.n_dlt > self.n_evaluable:
            raise ValueError(f"{self.n_dlt} subjects with a DLT among {self.n_evaluable} evaluable is impossible")

    @property
    def undecided(self) -> int:
        """Infused subjects that are not decided yet."""
        return self.n_pending + self.n_review

    @property
    def infused(self) -> int:
        """Everyone who holds a slot at the level."""
        return self.n_evaluable + self.undecided


class Decision(NamedTuple):
    """The advice for one level; `row_key` names the row and `higher` the column of the table that fired.

    `provisional`: an event in review, counted as a DLT, made it more restrictive.
    """

    action: Action
    next_level: NextLevel
    mtd: MtdIs | None
    mtd_reached: bool | None
    row_key: str
    higher: Higher
    because: str
    provisional: bool

    @property
    def too_toxic(self) -> bool:
        """Whether the level is closed."""
        return self.action in TOO_TOXIC_ACTIONS


TOO_TOXIC_ACTIONS = frozenset(
    {Action.STOP_NO_TOLERATED_DOSE, Action.TOO_TOXIC_MTD_IS_LOWER, Action.TOO_TOXIC_EXPAND_LOWER_TO_6}
)

#: Action -> (next level, MTD, MTD reached). DECLARE_MTD at the top level is corrected: the MTD was not exceeded.
CONSEQUENCE: dict[Action, tuple[NextLevel, MtdIs | None, bool | None]] = {
    Action.ENROLL_TO_3: (NextLevel.SAME, None, None),
    Action.WAIT: (NextLevel.SAME, None, None),
    Action.ESCALATE: (NextLevel.HIGHER, None, None),
    Action.EXPAND_TO_6: (NextLevel.SAME, None, None),
    Action.ENROLL_TO_6: (NextLevel.SAME, None, None),
    Action.ENROLL_TO_6_AFTER_SRC_REVIEW: (NextLevel.SAME, None, None),
    Action.DECLARE_MTD: (NextLevel.STOP, MtdIs.CURRENT, True),
    Action.DECLARE_MTD_NO_ESCALATION: (NextLevel.STOP, MtdIs.CURRENT, True),
    Action.STOP_NO_TOLERATED_DOSE: (NextLevel.STOP, MtdIs.BELOW_LOWEST, True),
    Action.TOO_TOXIC_MTD_IS_LOWER: (NextLevel.STOP, MtdIs.LOWER, True),
    Action.TOO_TOXIC_EXPAND_LOWER_TO_6: (NextLevel.LOWER, None, None),
    Action.SRC_DECISION: (NextLevel.SAME, None, None),
}

#: Cells that need nobody pending.
PERMISSIVE = frozenset({Cell.ESCALATE, Cell.DECLARE_MTD, Cell.DECLARE_MTD_NO_ESCALATION})
#: Enrolling cells -> subjects at which the cohort or level is full.
FULL_AT = {Cell.ENROLL_TO_3: 3, Cell.EXPAND_TO_6: 6, Cell.ENROLL_TO_6: 6, Cell.ENROLL_TO_6_AFTER_SRC_REVIEW: 6}
#: Cell -> the action of the same name; TOO_TOXIC is decided by the level below.
ACTION_OF: dict[Cell, Action] = {cell: Action(cell.value) for cell in Cell if cell is not Cell.TOO_TOXIC}

_WORDS = {
    Action.ENROLL_TO_3: "enrol until three subjects are evaluable",
    Action.WAIT: "wait until they are decided",
    Action.ESCALATE: "escalate to the next level",
    Action.EXPAND_TO_6: "open the extension to six subjects",
    Action.ENROLL_TO_6: "enrol until six subjects are evaluable",
    Action.ENROLL_TO_6_AFTER_SRC_REVIEW: "enrol to six subjects only after review by the SRC",
    Action.DECLARE_MTD: "this level is declared the MTD",
    Action.DECLARE_MTD_NO_ESCALATION: "this level is declared the MTD: within 2 of 6, but above 1 of 6 for escalation",
    Action.STOP_NO_TOLERATED_DOSE: "too toxic at the lowest level, so no tolerated dose was found",
    Action.TOO_TOXIC_MTD_IS_LOWER: "too toxic; the level below has six evaluable subjects, is tolerated and is the MTD",
    Action.TOO_TOXIC_EXPAND_LOWER_TO_6: "too toxic; the level below is to be filled to six subjects",
    Action.SRC_DECISION: "outside 3+3, the SRC decides (compare with 1/6 for escalation and 1/3 for the MTD)",
}


def decide_level(
    rules: RuleSet,
    tally: LevelTally,
    *,
    higher: Higher = Higher.UNTESTED,
    lower: LevelTally | None = None,
    ruled: Action | None = None,
) -> Decision:
    """The advice for one level by the algorithm above; `lower` is None at the lowest level.

    `ruled`: what the committee decided on a tally outside 3+3; inside 3+3 it has no effect.
    """
    row = rules.row(tally.n_evaluable, tally.n_dlt)
    restrictive = _too_toxic_row(rules, tally)
    if restrictive is not None or tally.closed:
        provisional = restrictive is not None and row.next_untested is not Cell.TOO_TOXIC and not tally.closed
        return _decision(_when_too_toxic(rules, lower), tally, restrictive or row, higher, provisional)
    cell = row.cell(higher)
    if cell is Cell.SRC_DECISION and ruled is not None and ruled in permitted_rulings(tally, higher):
        decided = _decision(_action(Cell(ruled.value), tally), tally, row, higher, False)
        return decided._replace(because=f"{decided.because} Outside 3+3: the committee has ruled so.")
    action = _action(cell, tally)
    if action is Action.ENROLL_TO_6 and _needs_src_if_review_counts(rules, tally):
        return _decision(Action.ENROLL_TO_6_AFTER_SRC_REVIEW, tally, row, higher, True)
    return _decision(action, tally, row, higher, False)


def permitted_rulings(tally: LevelTally, higher: Higher) -> tuple[Action, ...]:
    """What the committee may permit on a tally outside 3+3: never more than the shares 1/6 and 1/3 allow.

    >>> permitted_rulings(LevelTally(7, 1), Higher.UNTESTED)
    (<Action.ESCALATE: 'ESCALATE'>, <Action.DECLARE_MTD_NO_ESCALATION: 'DECLARE_MTD_NO_ESCALATION'>)
    >>> permitted_rulings(LevelTally(7, 3), Higher.UNTESTED)
    ()
    """
    found = []
    if higher is Higher.UNTESTED and tally.n_dlt * 6 <= tally.n_evaluable:
        found.append(Action.ESCALATE)
    if tally.n_dlt * 3 <= tally.n_evaluable:
        found.append(Action.DECLARE_MTD_NO_ESCALATION)
    return tuple(found)


def is_too_toxic(rules: RuleSet, tally: LevelTally) -> bool:
    """Whether the level is closed, whatever the levels beside it are."""
    return tally.closed or _too_toxic_row(rules, tally) is not None


def _too_toxic_row(rules: RuleSet, tally: LevelTally) -> Row | None:
    """The row that closes the level, an event in review counting as a DLT; None when the level stays open."""
    if tally.n_evaluable > rules.most_subjects:
        return None
    counted, n_dlt = tally.n_evaluable, tally.n_dlt
    if tally.n_review:
        counted = min(counted + tally.n_review, rules.most_subjects)
        n_dlt = min(n_dlt + tally.n_review, counted)
    row = rules.row(counted, n_dlt)
    return row if row.next_untested is Cell.TOO_TOXIC else None


def _needs_src_if_review_counts(rules: RuleSet, tally: LevelTally) -> bool:
    row = rules.row(tally.n_evaluable + tally.n_review, tally.n_dlt + tally.n_review)
    return row.next_untested is Cell.ENROLL_TO_6_AFTER_SRC_REVIEW


def _when_too_toxic(rules: RuleSet, lower: LevelTally | None) -> Action:
    if lower is None:
        return Action.STOP_NO_TOLERATED_DOSE
    enough = rules.most_subjects if rules.fill_level_below else rules.cohort_size
    filled = lower.n_evaluable >= enough
    tolerated = lower.n_dlt <= rules.mtd_most_of_6 and not lower.closed
    if filled and tolerated and not lower.undecided:
        return Action.TOO_TOXIC_MTD_IS_LOWER
    return Action.TOO_TOXIC_EXPAND_LOWER_TO_6


def _action(cell: Cell, tally: LevelTally) -> Action:
    """The action of a cell that is not too toxic, given who is still undecided."""
    if cell in PERMISSIVE and tally.undecided:
        return Action.WAIT
    if cell in FULL_AT and tally.infused >= FULL_AT[cell]:
        return Action.WAIT
    if cell is Cell.EXPAND_TO_6 and tally.undecided:
        return Action.ENROLL_TO_6
    return ACTION_OF[cell]


def _decision(action: Action, tally: LevelTally, row: Row, higher: Higher, provisional: bool) -> Decision:
    next_level, mtd, reached = CONSEQUENCE[action]
    if action is Action.DECLARE_MTD and higher is Higher.NONE:
        reached = False
    return Decision(action, next_level, mtd, reached, row.key, higher, _because(action, tally, higher), provisional)


def _because(action: Action, tally: LevelTally, higher: Higher) -> str:
    parts = [f"{tally.n_dlt} of {tally.n_evaluable} evaluable subjects had a DLT"]
    if tally.n_pending:
        parts.append(f"{tally.n_pending} pending")
    if tally.n_review:
        parts.append(f"{tally.n_review} with an event in review, which counts as a DLT for restriction")
    if tally.closed:
        parts.append("the level was closed as too toxic before and stays closed")
    words = _WORDS[action]
    if action is Action.DECLARE_MTD and higher is Higher.NONE:
        words += " (highest level: the MTD was not exceeded)"
    return f"{', '.join(parts)}: {words}."
