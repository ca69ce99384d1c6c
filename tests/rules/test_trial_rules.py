"""Whole escalations: replayed from cohorts, and decided from tallies as they stand."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dosing.rules.three_plus_three import CLASSICAL, PROTOCOL, LevelTally, RuleSet
from dosing.rules.trial_replay import Cohort, ImpossibleHistory, Replay, replay_trial
from dosing.rules.trial_state import LevelState, decide_trial_state
from tests.rules.tables import rows


def cohorts(text: str) -> list[Cohort]:
    """Outcome notation: `1NNT` is three subjects at level 1, the last with a DLT (T)."""
    return [Cohort(int(part[0]), len(part) - 1, part.count("T")) for part in text.split()]


TRIALS = rows("""
outcomes                     | action                       | mtd  | reached | total | too toxic | next | because
                             | ENROLL_TO_3                  | None | None    | 0     |           | 1    | 0 of 0
1N                           | ENROLL_TO_3                  | None | None    | 1     |           | 1    | 0 of 1
1NNN                         | ESCALATE                     | None | None    | 3     |           | 2    | 0 of 3
1NNT                         | EXPAND_TO_6                  | None | None    | 3     |           | 1    | 1 of 3
1NNT 1T                      | ENROLL_TO_6_AFTER_SRC_REVIEW | None | None    | 4     |           | 1    | 2 of 4
1NNT 1N                      | ENROLL_TO_6                  | None | None    | 4     |           | 1    | 1 of 4
1NNT 1T 1T                   | STOP_NO_TOLERATED_DOSE       | 0    | True    | 5     | 1         | None | 3 of 5
1TT                          | STOP_NO_TOLERATED_DOSE       | 0    | True    | 2     | 1         | None | 2 of 2
1NNN 2NNT                    | EXPAND_TO_6                  | None | None    | 6     |           | 2    | 1 of 3
1NNN 2NNT 2NNN               | ESCALATE                     | None | None    | 9     |           | 3    | 1 of 6
1NNN 2NNT 2NNT               | DECLARE_MTD_NO_ESCALATION    | 2    | True    | 9     |           | None | 2 of 6
1NNN 2NTT                    | TOO_TOXIC_EXPAND_LOWER_TO_6  | None | None    | 6     | 2         | 1    | 2 of 3
1NNN 2NTT 1NNT               | DECLARE_MTD                  | 1    | True    | 9     | 2         | None | 1 of 6
1NNN 2NTT 1NTT               | DECLARE_MTD_NO_ESCALATION    | 1    | True    | 9     | 2         | None | 2 of 6
1NNN 2NTT 1TTT               | STOP_NO_TOLERATED_DOSE       | 0    | True    | 9     | 1 2       | None | 3 of 6
1NNT 1NNN 2TTT               | TOO_TOXIC_MTD_IS_LOWER       | 1    | True    | 9     | 2         | None | 3 of 3
1NNN 2NNN 3NNN               | EXPAND_TO_6                  | None | None    | 9     |           | 3    | 0 of 3
1NNN 2NNN 3NNN 3NNT          | DECLARE_MTD                  | 3    | False   | 12    |           | None | not exceeded
1NNN 2NNN 3NNT 3TTN 2TTT 1NNN | DECLARE_MTD                 | 1    | True    | 18    | 2 3       | None | 0 of 6
""")


@pytest.mark.parametrize("row", TRIALS, ids=lambda row: row["outcomes"] or "nothing yet")
def test_replay(row: dict[str, str]) -> None:
    replay = replay_trial(PROTOCOL, 3, cohorts(row["outcomes"]))
    seen = (replay.final_action, str(replay.mtd_level), str(replay.mtd_reached), replay.n_total, str(replay.next_dose))
    assert seen == (row["action"], row["mtd"], row["reached"], int(row["total"]), row["next"]), replay.because
    assert replay.too_toxic_levels == tuple(int(level) for level in row["too toxic"].split())
    assert row["because"] in replay.because


def test_the_classical_rule_refuses_two_of_six() -> None:
    replay = replay_trial(CLASSICAL, 3, cohorts("1NNN 2NNT 2NNT 1NNN"))
    assert (replay.final_action, replay.mtd_level, replay.too_toxic_levels) == ("DECLARE_MTD", 1, (2,))


IMPOSSIBLE = rows("""
outcomes            | says
2NNN                | next dose is 1, not 2
1NNN 3NNN           | next dose is 2, not 3
1NNT 2NNN           | next dose is 1, not 2
1NNN 1NNN           | next dose is 2, not 1
1NNN 2NTT 2NNN      | closed
1NNN 2NTT 3NNN      | next dose is 1, not 3
1NNN 2NNT 2NNT 1NNN | nobody is treated after DECLARE_MTD_NO_ESCALATION
1TTT 1N             | nobody is treated after STOP_NO_TOLERATED_DOSE
1NNNN               | allow 3 now
1NNT 1NNNN          | allow 6 now
4NNN                | not one of the levels
0NNN                | not one of the levels
1                   | impossible
""")


@pytest.mark.parametrize("row", IMPOSSIBLE, ids=lambda row: row["outcomes"])
def test_an_impossible_history_is_refused(row: dict[str, str]) -> None:
    with pytest.raises(ImpossibleHistory, match=row["says"]):
        replay_trial(PROTOCOL, 3, cohorts(row["outcomes"]))


def test_more_dlts_than_subjects_and_no_levels_are_refused() -> None:
    with pytest.raises(ImpossibleHistory, match="impossible"):
        replay_trial(PROTOCOL, 3, [Cohort(1, 3, 4)])
    with pytest.raises(ImpossibleHistory, match="n_doses"):
        replay_trial(PROTOCOL, 0, [])


def complete_paths(rules: RuleSet, so_far: tuple[Cohort, ...] = ()) -> list[tuple[Replay, tuple[Cohort, ...]]]:
    """Every complete three-level trial in cohorts of three, found by following the advice."""
    replay = replay_trial(rules, 3, so_far)
    if replay.next_dose is None:
        return [(replay, so_far)]
    found = []
    for toxic in range(4):
        found += complete_paths(rules, (*so_far, Cohort(replay.next_dose, 3, toxic)))
    return found


@pytest.mark.parametrize(("rules", "expected"), [(PROTOCOL, 112), (CLASSICAL, 154)], ids=["protocol", "classical"])
def test_every_path_ends_within_six_a_level_and_the_state_agrees(rules: RuleSet, expected: int) -> None:
    paths = complete_paths(rules)
    assert len(paths) == expected
    for replay, path in paths:
        assert replay.mtd_level is not None
        assert max(tally.n_evaluable for tally in replay.tallies) <= 6
        opened = max(cohort.dose for cohort in path)
        states = [LevelState(tally, number <= opened) for number, tally in enumerate(replay.tallies, start=1)]
        advice = decide_trial_state(states, rules)
        assert (advice.mtd_level, advice.too_toxic_levels) == (replay.mtd_level, replay.too_toxic_levels)
        assert advice.next_dose is None


@given(st.permutations([0, 0, 1, 0, 1, 0]))
def test_the_order_of_subjects_at_a_level_is_irrelevant(outcomes: list[int]) -> None:
    first, second = sum(outcomes[:3]), sum(outcomes[3:])
    if first != 1:
        return
    replay = replay_trial(PROTOCOL, 3, [Cohort(1, 3, first), Cohort(1, 3, second)])
    assert replay.final_action == "DECLARE_MTD_NO_ESCALATION"


# Tallies per level as x/n, with +p pending, +r in review and ! closed before; a dash is a level never opened.
STATES = rows("""
tallies            | level | action                       | next | mtd  | too toxic | standing
0/0 - -            | 1     | ENROLL_TO_3                  | 1    | None |           | current not_opened not_opened
0/3 - -            | 1     | ESCALATE                     | 2    | None |           | current not_opened not_opened
0/3 0/0 -          | 2     | ENROLL_TO_3                  | 2    | None |           | passed current not_opened
0/3 1/3+2p -       | 2     | ENROLL_TO_6                  | 2    | None |           | passed current not_opened
0/3 2/2+1p -       | 1     | EXPAND_TO_6                  | 1    | None | 2         | current too_toxic closed_by_lower
0/3+1p 2/2+1p -    | 1     | ENROLL_TO_6                  | 1    | None | 2         | current too_toxic closed_by_lower
1/6 2/3 -          | 1     | DECLARE_MTD                  | None | 1    | 2         | current too_toxic closed_by_lower
2/6 2/3 -          | 1     | DECLARE_MTD_NO_ESCALATION    | None | 1    | 2         | current too_toxic closed_by_lower
3/6 2/3 -          | 1     | STOP_NO_TOLERATED_DOSE       | None | 0    | 1 2       | too_toxic too_toxic closed_by_lower
2/3 0/3 0/1        | 1     | STOP_NO_TOLERATED_DOSE       | None | 0    | 1         | too_toxic closed_by_lower closed_by_lower
1/3 0/2 -          | 1     | EXPAND_TO_6                  | 1    | None |           | current suspended not_opened
0/3 0/3 2/3        | 2     | EXPAND_TO_6                  | 2    | None | 3         | passed current too_toxic
1/4 0/3 2/3        | 1     | ENROLL_TO_6                  | 1    | None | 3         | current suspended too_toxic
0/3 2/3 1/6        | 1     | EXPAND_TO_6                  | 1    | None | 2         | current too_toxic closed_by_lower
0/3 0/3 1/6        | 3     | DECLARE_MTD                  | None | 3    |           | passed passed current
0/3 1/2+1r -       | 1     | EXPAND_TO_6                  | 1    | None | 2         | current too_toxic closed_by_lower
0/3 2/5! -         | 1     | EXPAND_TO_6                  | 1    | None | 2         | current too_toxic closed_by_lower
0/3 2/7 -          | 2     | SRC_DECISION                 | 2    | None |           | passed current not_opened
""")  # noqa: E501 - a table keeps its rows whole


def level_state(text: str) -> LevelState:
    """Read one level of a row."""
    if text == "-":
        return LevelState(LevelTally(0, 0), opened=False)
    counts, *more = text.rstrip("!").split("+")
    x, n = counts.split("/")
    undecided = {part[-1]: int(part[:-1]) for part in more}
    tally = LevelTally(int(n), int(x), undecided.get("p", 0), undecided.get("r", 0), closed=text.endswith("!"))
    return LevelState(tally)


@pytest.mark.parametrize("row", STATES, ids=lambda row: row["tallies"])
def test_trial_state(row: dict[str, str]) -> None:
    advice = decide_trial_state([level_state(text) for text in row["tallies"].split()], PROTOCOL)
    seen = (advice.level, advice.action, str(advice.next_dose), str(advice.mtd_level))
    assert seen == (int(row["level"]), row["action"], row["next"], row["mtd"]), advice.because
    assert advice.too_toxic_levels == tuple(int(level) for level in row["too toxic"].split())
    assert [level.standing.value for level in advice.levels] == row["standing"].split()
    assert advice.current.decision == advice.decision
    for level in advice.levels:
        hidden = level.standing in ("suspended", "closed_by_lower", "not_opened")
        assert not (hidden and level.decision)


def test_the_level_that_forced_the_advice_is_named() -> None:
    advice = decide_trial_state([LevelState(LevelTally(0 + 3, 0)), LevelState(LevelTally(3, 2))], PROTOCOL)
    assert advice.closing is not None
    assert advice.closing.level == 2
    assert advice.because.startswith("Dose level 2: 2 of 3")


@pytest.mark.parametrize(
    ("text", "says"), [("-", "lowest"), ("", "lowest"), ("0/3 - 0/3", "level 3 is open"), ("0/3 +", "has subjects")]
)
def test_impossible_states_are_refused(text: str, says: str) -> None:
    unopened = LevelState(LevelTally(1, 0), opened=False)
    states = [unopened if part == "+" else level_state(part) for part in text.split()]
    with pytest.raises(ImpossibleHistory, match=says):
        decide_trial_state(states, PROTOCOL)
