"""What other designs would say, beside the protocol's advice."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from dosing.rules.advice import DesignAdvice, Move, compare_designs, protocol_config
from dosing.rules.mtpi2 import PROTOCOL_CONFIG
from dosing.rules.three_plus_three import CLASSICAL, PROTOCOL, RULE_SETS, LevelTally
from dosing.rules.trial_state import LevelState, TrialAdvice, decide_trial_state
from tests.rules.tables import rows
from tests.rules.test_trial_rules import level_state


def board(text: str, rules: str = "protocol") -> TrialAdvice:
    """The protocol's advice for levels written as `0/3 1/3+2p -`."""
    return decide_trial_state([level_state(part) for part in text.split()], RULE_SETS[rules])


def advice(text: str, last: int, rules: str = "protocol") -> dict[str, DesignAdvice]:
    """The designs' advice; the CRM with the first skeleton."""
    found = compare_designs(board(text, rules), last_treated=last)
    return {each.design: each for each in reversed(found)}


# Tallies, level treated last -> next dose of the protocol (an MTD counts as staying), BOIN, mTPI-2 and the CRM;
# = agrees, ! differs, ? open; a dash is a stop or, with ?, nothing to decide from.
COMPARED = rows("""
rules     | tallies       | last | BOIN | mTPI-2 | CRM | says
protocol  | 0/3 - -       | 1    | 2=   | 2=     | 2=  | all escalate
protocol  | 1/3 - -       | 1    | 1=   | 1=     | 1=  | all stay
protocol  | 2/3 - -       | 1    | 1!   | 1!     | 1!  | the protocol stops, others stay at the lowest
protocol  | 3/3 - -       | 1    | -=   | -=     | 1!  | the lowest is eliminated
protocol  | 0/3 2/6 -     | 2    | 2=   | 2=     | 2=  | stay at 2 of 6 agrees with the protocol
classical | 0/3 2/6 -     | 2    | 2!   | 2!     | 2!  | and not with the classical rule
protocol  | 0/3 2/3 -     | 2    | 1=   | 1=     | 1=  | de-escalate
protocol  | 0/6 3/3 -     | 1    | 1=   | 1=     | 1=  | never up to an eliminated level
protocol  | 0/3 3/3 -     | 2    | 1=   | 1=     | 1=  | de-escalate and eliminate
protocol  | 0/3 1/6 0/6   | 3    | 3=   | 3=     | 3=  | nothing above the highest
protocol  | 3/3 3/3 -     | 2    | -=   | -=     | 1!  | everything eliminated
protocol  | 0/1 - -       | 1    | 2?   | 2?     | 2?  | the first cohort is not complete
protocol  | 0/3 1/3+1p -  | 2    | 2?   | 2?     | 3?  | a pending subject
protocol  | 0/3+1p - -    | 1    | 2?   | 2?     | 2?  | the protocol waits
protocol  | 0/3 2/7 -     | 2    | 2?   | 2?     | 3?  | the committee decides
protocol  | 0/3 0/0 -     | 1    | 2=   | 2=     | 2=  | the next level is open, nobody treated there yet
protocol  | 0/3 0/0+1p -  | 2    | -?   | -?     | 2?  | nothing to decide from at this level
protocol  | 0/0+1p - -    | 1    | -?   | -?     | -?  | nothing to decide from at all
""")
MARK = {True: "=", False: "!", None: "?"}


@pytest.mark.parametrize("row", COMPARED, ids=lambda row: row["says"])
def test_the_designs_at_a_state(row: dict[str, str]) -> None:
    found = advice(row["tallies"], int(row["last"]), row["rules"])
    seen = {name: f"{each.next_dose or '-'}{MARK[each.agrees]}" for name, each in found.items()}
    assert seen == {name: row[name] for name in ("BOIN", "mTPI-2", "CRM")}, [each.because for each in found.values()]


def test_the_moves_have_names() -> None:
    assert advice("0/3 - -", 1)["BOIN"].move is Move.ESCALATE
    assert advice("1/3 - -", 1)["BOIN"].move is Move.STAY
    assert advice("0/3 2/3 -", 2)["BOIN"].move is Move.DEESCALATE
    assert advice("3/3 - -", 1)["BOIN"].move is Move.STOP
    assert advice("0/0 - -", 1)["BOIN"].move is None


def test_estimates_intervals_and_the_mtd_so_far() -> None:
    found = advice("0/3 2/6 -", 2)
    boin, mtpi2, crm = found["BOIN"], found["mTPI-2"], found["CRM"]
    exact = stats.binomtest(2, 6).proportion_ci(0.95, method="exact")
    assert boin.estimate == pytest.approx(1 / 3)
    assert boin.interval == pytest.approx((exact.low, exact.high))
    assert mtpi2.estimate == pytest.approx(3 / 8)
    assert mtpi2.interval == pytest.approx((stats.beta.ppf(0.025, 3, 5), stats.beta.ppf(0.975, 3, 5)))
    assert crm.estimate is not None
    assert crm.interval is not None
    assert crm.interval[0] < crm.estimate < crm.interval[1]
    assert (boin.mtd, mtpi2.mtd, crm.mtd) == (2, None, 2)


@pytest.mark.parametrize(("text", "limit"), [("0/3 - -", 0), ("3/3 - -", 1)])
def test_the_exact_interval_reaches_the_end(text: str, limit: int) -> None:
    interval = advice(text, 1)["BOIN"].interval
    assert interval is not None
    assert interval[limit] == limit


def test_both_skeletons_are_fitted() -> None:
    found = compare_designs(board("0/3 - -"), last_treated=1)
    assert [each.skeleton for each in found] == [None, None, (0.10, 0.20, 0.30), (0.186039, 0.30, 0.422356)]
    assert [each.design for each in found] == ["BOIN", "mTPI-2", "CRM", "CRM"]


def test_the_protocols_parameters() -> None:
    config = protocol_config()
    assert (config.boin_target, config.mtpi2) == (Fraction(3, 10), PROTOCOL_CONFIG)
    assert (config.boin.low_share, config.boin.toxic_share) == (Fraction(3, 5), Fraction(7, 5))
    assert (config.crm_target, config.crm_prior_variance, config.interval_level) == (0.30, 1.34, 0.95)


def test_other_parameters_can_be_given() -> None:
    config = replace(protocol_config(), boin_target=Fraction(1, 5))
    found = compare_designs(board("1/3 - -"), last_treated=1, config=config)
    assert found[0].next_dose == 1
    assert found[0].because.startswith("1 of 3 subjects with a DLT at level 1; limits 0.1572")


def test_what_cannot_be_compared_is_refused() -> None:
    state = decide_trial_state([LevelState(LevelTally(3, 0))], CLASSICAL)
    with pytest.raises(ValueError, match="level 2 is not one of the levels 1 to 1"):
        compare_designs(state, last_treated=2)
    with pytest.raises(ValueError, match="a skeleton of 3 levels does not fit a trial of 1"):
        compare_designs(state, last_treated=1)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)), min_size=3, max_size=3), st.integers(1, 3))
def test_one_more_dlt_never_raises_the_next_dose(pairs: list[tuple[int, int]], last: int) -> None:
    levels = [LevelState(LevelTally(max(pair), min(pair))) for pair in pairs]
    before = compare_designs(decide_trial_state(levels, PROTOCOL), last_treated=last)
    tally = levels[last - 1].tally
    if tally.n_dlt < tally.n_evaluable:
        levels[last - 1] = LevelState(LevelTally(tally.n_evaluable, tally.n_dlt + 1))
        after = compare_designs(decide_trial_state(levels, PROTOCOL), last_treated=last)
        for one, other in zip(before, after, strict=True):
            assert (other.next_dose or 0) <= (one.next_dose or 0)
            assert (other.estimate or 0) > (one.estimate or 0)
