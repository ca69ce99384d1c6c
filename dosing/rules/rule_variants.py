"""Variants of 3+3: a decision table made from the parameters a committee may want to compare.

Purpose: the protocol's and the classical table are two members of one family; the statistician compares others.

Inputs: `escalate_most_of_6` and `mtd_most_of_6` (DLTs among six), `expand_most_of_3` (DLTs among the first three that
still expand the level; more are too toxic), whether the top level is filled to six before it can be the MTD, and
whether the level below is filled when coming down.

Algorithm
    1. Up to two evaluable: enrol, unless the DLTs already exceed `expand_most_of_3`, which is too toxic.
    2. Three evaluable: none with a DLT escalates; up to `expand_most_of_3` expand to six; more is too toxic.
    3. Four and five: none escalates; up to `expand_most_of_3` enrol; up to `mtd_most_of_6` enrol after SRC review; more
       can no longer become the MTD and is too toxic.
    4. Six: up to `escalate_most_of_6` escalates; up to `mtd_most_of_6` is the MTD here; more is too toxic.
    5. Where the next level is closed, a level that would escalate is filled to six and then declared the MTD; a level
       that is not to be filled is declared at once.

Source: NCT05947487 and NCT04697940 for the protocol's member; Storer, Biometrics 1989 (45:925) for the classical one.

>>> rule_set(VariantParameters()).row(6, 2).next_untested.value
'DECLARE_MTD_NO_ESCALATION'
>>> rule_set(VariantParameters(mtd_most_of_6=1)).row(6, 2).next_untested.value
'TOO_TOXIC'
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from dosing.rules.decision_table import ANY, Cell, Row, RuleSet


@dataclass(frozen=True)
class VariantParameters:
    """One member of the family; the defaults are this protocol's. Raises ValueError for a contradiction."""

    escalate_most_of_6: int = 1
    mtd_most_of_6: int = 2
    expand_most_of_3: int = 1
    fill_top_level: bool = True
    fill_level_below: bool = True

    def __post_init__(self) -> None:
        """Refuse numbers outside the cohort, and a level to escalate from that could not itself be the MTD."""
        if not 0 <= self.expand_most_of_3 <= 3:
            raise ValueError(f"expand_most_of_3 must lie between 0 and 3, not {self.expand_most_of_3}")
        if not 0 <= self.escalate_most_of_6 <= self.mtd_most_of_6 <= 6:
            raise ValueError(
                f"escalating at {self.escalate_most_of_6} of 6 with an MTD at most {self.mtd_most_of_6} of 6 is "
                "contradictory: 0 ≤ escalate ≤ MTD ≤ 6"
            )


@lru_cache(maxsize=256)
def rule_set(parameters: VariantParameters) -> RuleSet:
    """The rule set of these parameters."""
    return RuleSet(
        "variant",
        escalate_most_of_6=parameters.escalate_most_of_6,
        mtd_most_of_6=parameters.mtd_most_of_6,
        table=tuple(_rows(parameters)),
        fill_level_below=parameters.fill_level_below,
    )


def _rows(given: VariantParameters) -> Iterator[Row]:
    expand, mtd, escalate = given.expand_most_of_3, given.mtd_most_of_6, given.escalate_most_of_6
    yield from _row((0, 2), (0, min(expand, 2)), Cell.ENROLL_TO_3)
    yield from _row((expand + 1, 3), (expand + 1, ANY), Cell.TOO_TOXIC)
    yield from _permissive_row((3, 3), given, filling=Cell.EXPAND_TO_6)
    yield from _row((3, 3), (1, expand), Cell.EXPAND_TO_6)
    yield from _permissive_row((4, 5), given, filling=Cell.ENROLL_TO_6)
    yield from _row((4, 5), (1, min(expand, mtd)), Cell.ENROLL_TO_6)
    yield from _row((4, 5), (expand + 1, mtd), Cell.ENROLL_TO_6_AFTER_SRC_REVIEW)
    yield from _row((4, 5), (mtd + 1, ANY), Cell.TOO_TOXIC)
    yield from _row((6, 6), (0, escalate), Cell.ESCALATE, Cell.DECLARE_MTD)
    yield from _row((6, 6), (escalate + 1, mtd), Cell.DECLARE_MTD_NO_ESCALATION)
    yield from _row((6, 6), (mtd + 1, ANY), Cell.TOO_TOXIC)
    yield from _row((7, ANY), (0, ANY), Cell.SRC_DECISION)


def _row(n: tuple[int, int], x: tuple[int, int], untested: Cell, closed: Cell | None = None) -> Iterator[Row]:
    """The row, or nothing when its range is empty."""
    if n[0] <= n[1] and x[0] <= x[1]:
        yield Row(_key(n, x), n, x, untested, closed or untested)


def _permissive_row(n: tuple[int, int], given: VariantParameters, *, filling: Cell) -> Iterator[Row]:
    """No DLT yet: escalates; where the next level is closed the level is filled, or declared when it is not to be."""
    below = filling if given.fill_level_below else Cell.DECLARE_MTD
    top = filling if given.fill_top_level else Cell.DECLARE_MTD
    yield Row(_key(n, (0, 0)), n, (0, 0), Cell.ESCALATE, below, at_top=None if top is below else top)


def _key(n: tuple[int, int], x: tuple[int, int]) -> str:
    return f"n{_range_key(n)}" if x == (0, ANY) else f"n{_range_key(n)}_x{_range_key(x)}"


def _range_key(limits: tuple[int, int]) -> str:
    low, high = limits
    if high == ANY:
        return f"{low}+"
    return str(low) if low == high else f"{low}-{high}"
