"""The 3+3 decision table, cell by cell, and the properties every rule set must have."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dosing.rules.three_plus_three import (
    CLASSICAL,
    PROTOCOL,
    RULE_SETS,
    Action,
    Higher,
    LevelTally,
    RuleSet,
    decide_level,
    decision_table,
)
from tests.rules.tables import rows

# `p` pending, `r` in review; `lower` x/n of the level below, `-` at the lowest; C: the classical rule where it differs.
DECISIONS = rows("""
n | x | p | r | higher    | lower | action                       | C
0 | 0 | 0 | 0 | untested  | -     | ENROLL_TO_3                  |
0 | 0 | 2 | 0 | untested  | -     | ENROLL_TO_3                  |
0 | 0 | 3 | 0 | untested  | -     | WAIT                         |
2 | 1 | 0 | 0 | none      | 0/3   | ENROLL_TO_3                  |
2 | 1 | 1 | 0 | none      | 0/3   | WAIT                         |
2 | 2 | 0 | 0 | untested  | -     | STOP_NO_TOLERATED_DOSE       |
2 | 2 | 1 | 0 | untested  | 0/3   | TOO_TOXIC_EXPAND_LOWER_TO_6  |
3 | 2 | 0 | 0 | untested  | 1/6   | TOO_TOXIC_MTD_IS_LOWER       |
3 | 3 | 0 | 0 | none      | 2/6   | TOO_TOXIC_MTD_IS_LOWER       | TOO_TOXIC_EXPAND_LOWER_TO_6
3 | 0 | 0 | 0 | untested  | -     | ESCALATE                     |
3 | 0 | 1 | 0 | untested  | -     | WAIT                         |
3 | 0 | 0 | 0 | none      | 0/3   | EXPAND_TO_6                  |
3 | 0 | 0 | 0 | too_toxic | 0/3   | EXPAND_TO_6                  |
3 | 1 | 0 | 0 | untested  | -     | EXPAND_TO_6                  |
3 | 1 | 2 | 0 | untested  | -     | ENROLL_TO_6                  |
3 | 1 | 3 | 0 | untested  | -     | WAIT                         |
4 | 0 | 0 | 0 | untested  | -     | ESCALATE                     |
4 | 0 | 0 | 0 | none      | -     | ENROLL_TO_6                  |
4 | 1 | 0 | 0 | untested  | -     | ENROLL_TO_6                  |
4 | 1 | 2 | 0 | untested  | -     | WAIT                         |
4 | 2 | 0 | 0 | untested  | -     | ENROLL_TO_6_AFTER_SRC_REVIEW | STOP_NO_TOLERATED_DOSE
5 | 2 | 0 | 0 | none      | 0/3   | ENROLL_TO_6_AFTER_SRC_REVIEW | TOO_TOXIC_EXPAND_LOWER_TO_6
5 | 2 | 1 | 0 | none      | 0/3   | WAIT                         | TOO_TOXIC_EXPAND_LOWER_TO_6
5 | 3 | 1 | 0 | untested  | -     | STOP_NO_TOLERATED_DOSE       |
6 | 1 | 0 | 0 | untested  | -     | ESCALATE                     |
6 | 1 | 1 | 0 | untested  | -     | WAIT                         |
6 | 1 | 0 | 0 | too_toxic | -     | DECLARE_MTD                  |
6 | 0 | 0 | 0 | none      | 0/3   | DECLARE_MTD                  |
6 | 2 | 0 | 0 | untested  | -     | DECLARE_MTD_NO_ESCALATION    | STOP_NO_TOLERATED_DOSE
6 | 2 | 0 | 0 | too_toxic | 0/3   | DECLARE_MTD_NO_ESCALATION    | TOO_TOXIC_EXPAND_LOWER_TO_6
6 | 2 | 1 | 0 | none      | 0/3   | WAIT                         | TOO_TOXIC_EXPAND_LOWER_TO_6
6 | 3 | 0 | 0 | none      | 0/6   | TOO_TOXIC_MTD_IS_LOWER       |
7 | 1 | 0 | 0 | none      | 0/3   | SRC_DECISION                 |
2 | 1 | 0 | 1 | untested  | -     | STOP_NO_TOLERATED_DOSE       |
2 | 0 | 0 | 1 | untested  | -     | WAIT                         |
3 | 0 | 0 | 1 | untested  | -     | WAIT                         |
3 | 1 | 0 | 1 | untested  | -     | ENROLL_TO_6_AFTER_SRC_REVIEW | STOP_NO_TOLERATED_DOSE
5 | 1 | 0 | 1 | untested  | -     | WAIT                         | STOP_NO_TOLERATED_DOSE
5 | 2 | 0 | 2 | untested  | -     | STOP_NO_TOLERATED_DOSE       |
""")


def lower(text: str) -> LevelTally | None:
    """Read `x/n`."""
    if text == "-":
        return None
    x, n = text.split("/")
    return LevelTally(int(n), int(x))


@pytest.mark.parametrize("name", RULE_SETS)
@pytest.mark.parametrize("row", DECISIONS, ids=lambda row: "-".join(row[key] for key in ("n", "x", "p", "r", "higher")))
def test_decision(row: dict[str, str], name: str) -> None:
    tally = LevelTally(int(row["n"]), int(row["x"]), int(row["p"]), int(row["r"]))
    decision = decide_level(RULE_SETS[name], tally, higher=Higher(row["higher"]), lower=lower(row["lower"]))
    expected = row["C"] if name == "classical" and row["C"] else row["action"]
    assert decision.action == expected, decision.because
    assert decision.because.startswith(f"{row['x']} of {row['n']} evaluable subjects had a DLT")


CONSEQUENCES = rows("""
n | x | higher    | lower | next   | mtd          | reached
3 | 0 | untested  | -     | higher | None         | None
3 | 1 | untested  | -     | same   | None         | None
6 | 1 | too_toxic | -     | stop   | current      | True
6 | 1 | none      | -     | stop   | current      | False
6 | 2 | untested  | -     | stop   | current      | True
6 | 2 | none      | -     | stop   | current      | True
3 | 2 | untested  | -     | stop   | below_lowest | True
3 | 2 | untested  | 0/6   | stop   | lower        | True
3 | 2 | untested  | 0/3   | lower  | None         | None
7 | 2 | untested  | 0/3   | same   | None         | None
""")


@pytest.mark.parametrize("row", CONSEQUENCES, ids=lambda row: f"{row['n']}-{row['x']}-{row['higher']}-{row['lower']}")
def test_consequences(row: dict[str, str]) -> None:
    tally = LevelTally(int(row["n"]), int(row["x"]))
    decision = decide_level(PROTOCOL, tally, higher=Higher(row["higher"]), lower=lower(row["lower"]))
    assert (str(decision.next_level), str(decision.mtd), str(decision.mtd_reached)) == (
        row["next"],
        row["mtd"],
        row["reached"],
    )


def test_the_sentence_names_what_is_open() -> None:
    decision = decide_level(PROTOCOL, LevelTally(2, 1, 1, 1))
    assert "1 pending" in decision.because
    assert "in review" in decision.because
    assert decision.provisional
    assert "not exceeded" in decide_level(PROTOCOL, LevelTally(6, 0), higher=Higher.NONE).because


def test_a_closed_level_stays_closed() -> None:
    decision = decide_level(PROTOCOL, LevelTally(5, 2, closed=True), lower=LevelTally(3, 0))
    assert decision.action is Action.TOO_TOXIC_EXPAND_LOWER_TO_6
    assert not decision.provisional
    assert "stays closed" in decision.because


def test_a_lower_level_that_is_closed_or_undecided_is_not_declared() -> None:
    for below in (LevelTally(6, 1, closed=True), LevelTally(6, 1, n_pending=1)):
        assert decide_level(PROTOCOL, LevelTally(3, 2), lower=below).action is Action.TOO_TOXIC_EXPAND_LOWER_TO_6


@pytest.mark.parametrize("tally", [(3, 4, 0, 0), (-1, 0, 0, 0), (3, 0, -1, 0), (3, 0, 0, -1)])
def test_impossible_tallies_are_refused(tally: tuple[int, int, int, int]) -> None:
    with pytest.raises(ValueError, match=r"impossible|negative"):
        LevelTally(*tally)
    with pytest.raises(ValueError, match="impossible"):
        PROTOCOL.row(3, 4)


@pytest.mark.parametrize("rules", RULE_SETS.values(), ids=RULE_SETS)
def test_every_tally_has_exactly_one_row(rules: RuleSet) -> None:
    for n in range(10):
        for x in range(n + 1):
            assert sum(row.covers(n, x) for row in decision_table(rules)) == 1
            assert rules.row(n, x).key == decide_level(rules, LevelTally(n, x)).row_key


def test_the_rule_sets_differ_in_two_rows() -> None:
    different = [one.key for one, other in zip(PROTOCOL.table, CLASSICAL.table, strict=True) if one != other]
    assert different == ["n4-5_x2", "n6_x2"]


#: Actions from permissive to restrictive at equal numbers of subjects.
RESTRICTIVENESS = {
    Action.ESCALATE: 0,
    Action.DECLARE_MTD: 1,
    Action.EXPAND_TO_6: 1,
    Action.ENROLL_TO_3: 1,
    Action.ENROLL_TO_6: 1,
    Action.WAIT: 1,
    Action.DECLARE_MTD_NO_ESCALATION: 2,
    Action.ENROLL_TO_6_AFTER_SRC_REVIEW: 2,
    Action.SRC_DECISION: 2,
    Action.TOO_TOXIC_EXPAND_LOWER_TO_6: 3,
    Action.TOO_TOXIC_MTD_IS_LOWER: 3,
    Action.STOP_NO_TOLERATED_DOSE: 3,
}
tallies = st.builds(
    lambda n, share, pending, review: LevelTally(n, min(share, n), pending, review),
    st.integers(0, 8),
    st.integers(0, 8),
    st.integers(0, 4),
    st.integers(0, 3),
)
rule_sets = st.sampled_from(list(RULE_SETS.values()))
lowers = st.sampled_from([None, LevelTally(3, 0), LevelTally(6, 0), LevelTally(6, 1), LevelTally(6, 2)])


@given(rule_sets, tallies, st.sampled_from(Higher), lowers)
def test_one_more_dlt_is_never_less_restrictive(
    rules: RuleSet, tally: LevelTally, higher: Higher, below: LevelTally | None
) -> None:
    if tally.n_dlt == tally.n_evaluable:
        return
    more = LevelTally(tally.n_evaluable, tally.n_dlt + 1, tally.n_pending, tally.n_review)
    before, after = (decide_level(rules, each, higher=higher, lower=below) for each in (tally, more))
    assert RESTRICTIVENESS[before.action] <= RESTRICTIVENESS[after.action]


@given(rule_sets, tallies, st.sampled_from(Higher), lowers)
def test_nobody_escalates_and_no_level_is_the_mtd_while_someone_is_undecided(
    rules: RuleSet, tally: LevelTally, higher: Higher, below: LevelTally | None
) -> None:
    decision = decide_level(rules, tally, higher=higher, lower=below)
    if tally.undecided:
        assert decision.action is not Action.ESCALATE
        assert decision.mtd != "current"


@given(rule_sets, tallies, st.sampled_from(Higher), lowers)
def test_an_event_in_review_is_never_less_restrictive_than_none(
    rules: RuleSet, tally: LevelTally, higher: Higher, below: LevelTally | None
) -> None:
    without = LevelTally(tally.n_evaluable, tally.n_dlt, tally.undecided)
    plain, reviewed = (decide_level(rules, each, higher=higher, lower=below) for each in (without, tally))
    assert RESTRICTIVENESS[plain.action] <= RESTRICTIVENESS[reviewed.action]
