"""Variants of 3+3: the protocol's and the classical table are members of the family; others differ where they say."""

from __future__ import annotations

from typing import Any

import pytest

from dosing.rules.decision_table import CLASSICAL, PROTOCOL, Higher, RuleSet
from dosing.rules.rule_variants import VariantParameters, rule_set
from dosing.rules.trial_replay import Cohort, replay_trial
from tests.rules.tables import rows


def cells(rules: RuleSet) -> dict[tuple[int, int, str], str]:
    """The whole table, from no subject to beyond six."""
    return {
        (n, x, higher): rules.row(n, x).cell(Higher(higher))
        for n in range(8)
        for x in range(n + 1)
        for higher in ("untested", "too_toxic", "none")
    }


def test_the_protocols_table_is_the_family_with_the_protocols_parameters() -> None:
    variant = rule_set(VariantParameters())
    assert variant.table == PROTOCOL.table
    assert cells(variant) == cells(PROTOCOL)


def test_the_classical_table_is_the_family_with_an_mtd_of_one_in_six() -> None:
    assert cells(rule_set(VariantParameters(mtd_most_of_6=1))) == cells(CLASSICAL)


# Each row: parameters, tally and the state of the next level -> cell. A dash keeps the protocol's value.
DIFFERENCES = rows("""
escalate | mtd | expand | top | below | tally | next      | cell
2        | -   | -      | -   | -     | 2/6   | untested  | ESCALATE
2        | -   | -      | -   | -     | 2/6   | none      | DECLARE_MTD
2        | -   | -      | -   | -     | 2/5   | untested  | ENROLL_TO_6_AFTER_SRC_REVIEW
0        | -   | -      | -   | -     | 1/6   | untested  | DECLARE_MTD_NO_ESCALATION
0        | 0   | -      | -   | -     | 1/6   | untested  | TOO_TOXIC
0        | 0   | -      | -   | -     | 1/3   | untested  | EXPAND_TO_6
0        | 0   | -      | -   | -     | 1/4   | untested  | TOO_TOXIC
-        | -   | 2      | -   | -     | 2/2   | untested  | ENROLL_TO_3
-        | -   | 2      | -   | -     | 2/3   | untested  | EXPAND_TO_6
-        | -   | 2      | -   | -     | 3/3   | untested  | TOO_TOXIC
-        | -   | 2      | -   | -     | 2/4   | untested  | ENROLL_TO_6
-        | -   | 3      | -   | -     | 3/3   | untested  | EXPAND_TO_6
-        | -   | 0      | -   | -     | 1/1   | untested  | TOO_TOXIC
-        | -   | 0      | -   | -     | 1/3   | too_toxic | TOO_TOXIC
-        | 6   | -      | -   | -     | 6/6   | untested  | DECLARE_MTD_NO_ESCALATION
-        | -   | -      | no  | -     | 0/3   | none      | DECLARE_MTD
-        | -   | -      | no  | -     | 1/3   | none      | EXPAND_TO_6
-        | -   | -      | no  | -     | 0/3   | too_toxic | EXPAND_TO_6
-        | -   | -      | no  | -     | 0/4   | none      | DECLARE_MTD
-        | -   | -      | -   | no    | 0/3   | too_toxic | DECLARE_MTD
-        | -   | -      | -   | no    | 0/3   | none      | EXPAND_TO_6
-        | -   | -      | -   | no    | 0/5   | too_toxic | DECLARE_MTD
-        | -   | -      | -   | no    | 1/5   | too_toxic | ENROLL_TO_6
""")
NAMES = {"escalate": "escalate_most_of_6", "mtd": "mtd_most_of_6", "expand": "expand_most_of_3"}
SWITCHES = {"top": "fill_top_level", "below": "fill_level_below"}


def parameters(row: dict[str, str]) -> VariantParameters:
    """The parameters of a row."""
    given: dict[str, Any] = {name: int(row[key]) for key, name in NAMES.items() if row[key] != "-"}
    return VariantParameters(**given, **{name: False for key, name in SWITCHES.items() if row[key] == "no"})


@pytest.mark.parametrize("row", DIFFERENCES, ids=lambda row: " ".join(row.values()))
def test_a_variant_differs_where_it_says(row: dict[str, str]) -> None:
    x, n = (int(part) for part in row["tally"].split("/"))
    assert rule_set(parameters(row)).row(n, x).cell(Higher(row["next"])) == row["cell"]


def test_every_tally_has_one_cell_in_every_variant() -> None:
    for escalate in range(7):
        for mtd in range(escalate, 7):
            for expand in range(4):
                rules = rule_set(VariantParameters(escalate, mtd, expand))
                assert len({row.key for row in rules.table}) == len(rules.table)
                for n in range(9):
                    for x in range(n + 1):
                        assert sum(row.covers(n, x) for row in rules.table) == 1, (escalate, mtd, expand, n, x)


def test_without_filling_the_level_below_it_is_the_mtd_on_three_subjects() -> None:
    history = [Cohort(1, 3, 0), Cohort(2, 3, 2)]
    filled = replay_trial(rule_set(VariantParameters()), 2, history)
    at_once = replay_trial(rule_set(VariantParameters(fill_level_below=False)), 2, history)
    assert (filled.final_action, filled.mtd_level) == ("TOO_TOXIC_EXPAND_LOWER_TO_6", None)
    assert (at_once.final_action, at_once.mtd_level, at_once.n_total) == ("TOO_TOXIC_MTD_IS_LOWER", 1, 6)


@pytest.mark.parametrize("given", [{"escalate_most_of_6": 3}, {"escalate_most_of_6": -1}, {"mtd_most_of_6": 7}])
def test_contradictory_limits_of_six_are_refused(given: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="contradictory"):
        VariantParameters(**given)  # type: ignore[arg-type]


@pytest.mark.parametrize("expand", [-1, 4])
def test_an_expansion_outside_the_cohort_is_refused(expand: int) -> None:
    with pytest.raises(ValueError, match="between 0 and 3"):
        VariantParameters(expand_most_of_3=expand)
