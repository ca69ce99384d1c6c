"""What is not guessed: off-range doses, early deaths, and tallies outside 3+3."""

from __future__ import annotations

from decimal import Decimal

import pytest

from dosing.rules.evaluability import EvaluabilityConfig, Status, SubjectFacts, evaluate_subject
from dosing.rules.explicit_choices import OPTIONS, Option, Question, settle
from dosing.rules.three_plus_three import (
    PROTOCOL,
    Action,
    Higher,
    LevelTally,
    decide_level,
    permitted_rulings,
)
from dosing.rules.trial_state import LevelState, decide_trial_state

DOSE, DEATH = Question.OFF_RANGE_DOSE, Question.EARLY_DEATH
COUNTS, REPLACED = Option.COUNTS, Option.REPLACED


def facts(**changed: object) -> SubjectFacts:
    values: dict[str, object] = {
        "infused": True, "dose_assigned": Decimal(100), "dose_given": Decimal(100), "days_followed": 28,
        "day28_assessment_done": True,
    }  # fmt: skip
    return SubjectFacts(**{**values, **changed})  # type: ignore[arg-type]


LOW = {"dose_given": Decimal(60)}
DEAD = {"off_study_before_d28": True, "days_followed": 20, "day28_assessment_done": False}


@pytest.mark.req("P22", "P33")
@pytest.mark.parametrize(
    ("changed", "died", "choices", "status", "question", "chosen"),
    [
        ({}, False, {}, "EVALUABLE_NO_DLT", None, None),
        ({"infused": False}, False, {}, "NOT_TREATED", None, None),
        (LOW | {"dlt": True}, True, {}, "EVALUABLE_DLT", None, None),
        (LOW | {"unresolved_event": True}, False, {}, "PENDING", None, None),
        ({"dose_given": Decimal(80)}, False, {}, "EVALUABLE_NO_DLT", None, None),
        (LOW, False, {}, "PENDING", DOSE, None),
        ({"dose_given": Decimal("120.01")}, False, {}, "PENDING", DOSE, None),
        (LOW, False, {DOSE: COUNTS}, "EVALUABLE_NO_DLT", DOSE, COUNTS),
        (LOW | {"days_followed": 3, "day28_assessment_done": False}, False, {DOSE: COUNTS}, "PENDING", DOSE, COUNTS),
        (LOW, False, {DOSE: REPLACED}, "NON_EVALUABLE", DOSE, REPLACED),
        (DEAD, True, {}, "PENDING", DEATH, None),
        (DEAD, True, {DEATH: COUNTS}, "EVALUABLE_NO_DLT", DEATH, COUNTS),
        (DEAD, True, {DEATH: REPLACED}, "NON_EVALUABLE", DEATH, REPLACED),
        (DEAD, False, {}, "NON_EVALUABLE", None, None),
        (DEAD | LOW, True, {}, "PENDING", DOSE, None),
        (DEAD | LOW, True, {DOSE: REPLACED}, "NON_EVALUABLE", DOSE, REPLACED),
        (DEAD | LOW, True, {DOSE: COUNTS}, "PENDING", DEATH, None),
        (DEAD | LOW, True, {DOSE: COUNTS, DEATH: COUNTS}, "EVALUABLE_NO_DLT", DEATH, COUNTS),
        (DEAD | LOW, False, {DOSE: COUNTS}, "NON_EVALUABLE", DOSE, COUNTS),
    ],
)
def test_until_chosen_a_subject_is_pending_and_then_counts_as_chosen(
    changed: dict[str, object],
    died: bool,
    choices: dict[Question, Option],
    status: str,
    question: Question | None,
    chosen: Option | None,
) -> None:
    found = settle(facts(**changed), EvaluabilityConfig(), died_early=died, choices=choices)
    assert (found.verdict.status.value, found.question, found.chosen) == (status, question, chosen)
    assert found.undecided is (question is not None and chosen is None)
    if found.undecided:
        assert found.verdict.because.startswith("Undecided: needs an explicit choice")
        assert not found.verdict.replace, "an undecided subject keeps its place"


def test_a_choice_is_said_beside_its_result_and_the_rule_alone_stays_what_it_was() -> None:
    assert evaluate_subject(facts(**LOW)).status is Status.NON_EVALUABLE
    assert settle(facts(**LOW), died_early=False, choices={DOSE: COUNTS}).verdict.because.endswith(
        "By explicit choice of the committee."
    )
    assert set(OPTIONS) == set(Question)


@pytest.mark.parametrize(
    ("n", "x", "higher", "permitted"),
    [
        (7, 1, Higher.UNTESTED, ("ESCALATE", "DECLARE_MTD_NO_ESCALATION")),
        (7, 2, Higher.UNTESTED, ("DECLARE_MTD_NO_ESCALATION",)),
        (7, 1, Higher.NONE, ("DECLARE_MTD_NO_ESCALATION",)),
        (9, 3, Higher.TOO_TOXIC, ("DECLARE_MTD_NO_ESCALATION",)),
        (7, 3, Higher.UNTESTED, ()),
    ],
)
def test_a_ruling_outside_3_plus_3_permits_no_more_than_the_shares(
    n: int, x: int, higher: Higher, permitted: tuple[str, ...]
) -> None:
    tally = LevelTally(n, x)
    assert permitted_rulings(tally, higher) == permitted
    for action in (Action.ESCALATE, Action.DECLARE_MTD_NO_ESCALATION, Action.WAIT):
        found = decide_level(PROTOCOL, tally, higher=higher, ruled=action)
        assert found.action == (action if action in permitted else Action.SRC_DECISION)
    assert decide_level(PROTOCOL, tally, higher=higher).action is Action.SRC_DECISION


def test_a_ruling_waits_for_who_is_pending_and_says_nothing_inside_3_plus_3() -> None:
    assert decide_level(PROTOCOL, LevelTally(7, 1, n_pending=1), ruled=Action.ESCALATE).action is Action.WAIT
    assert decide_level(PROTOCOL, LevelTally(3, 1), ruled=Action.ESCALATE).action is Action.EXPAND_TO_6


def test_a_level_that_was_ruled_on_is_passed() -> None:
    rest = [LevelState(LevelTally(1, 0)), LevelState(LevelTally(0, 0), opened=False)]
    ruled = decide_trial_state([LevelState(LevelTally(7, 1), ruled=Action.ESCALATE), *rest], PROTOCOL)
    assert (ruled.level, ruled.action) == (2, Action.ENROLL_TO_3)
    assert decide_trial_state([LevelState(LevelTally(7, 1)), *rest], PROTOCOL).action is Action.SRC_DECISION
