"""The 3+3 decision table as data: what a page prints, a PDF prints and the rule reads are the same rows.

A row applies to a range of evaluable subjects `n` and of subjects with a DLT `x`. Its two cells say what to do while
the next level is untested, and when the next level is too toxic or there is none.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property


class Action(StrEnum):
    """The advice for one dose level."""

    ENROLL_TO_3 = "ENROLL_TO_3"
    WAIT = "WAIT"
    ESCALATE = "ESCALATE"
    EXPAND_TO_6 = "EXPAND_TO_6"
    ENROLL_TO_6 = "ENROLL_TO_6"
    ENROLL_TO_6_AFTER_SRC_REVIEW = "ENROLL_TO_6_AFTER_SRC_REVIEW"
    DECLARE_MTD = "DECLARE_MTD"
    DECLARE_MTD_NO_ESCALATION = "DECLARE_MTD_NO_ESCALATION"
    STOP_NO_TOLERATED_DOSE = "STOP_NO_TOLERATED_DOSE"
    TOO_TOXIC_MTD_IS_LOWER = "TOO_TOXIC_MTD_IS_LOWER"
    TOO_TOXIC_EXPAND_LOWER_TO_6 = "TOO_TOXIC_EXPAND_LOWER_TO_6"
    SRC_DECISION = "SRC_DECISION"


class Cell(StrEnum):
    """A cell of the table; TOO_TOXIC becomes one of three actions by the state of the level below."""

    ENROLL_TO_3 = "ENROLL_TO_3"
    ESCALATE = "ESCALATE"
    EXPAND_TO_6 = "EXPAND_TO_6"
    ENROLL_TO_6 = "ENROLL_TO_6"
    ENROLL_TO_6_AFTER_SRC_REVIEW = "ENROLL_TO_6_AFTER_SRC_REVIEW"
    DECLARE_MTD = "DECLARE_MTD"
    DECLARE_MTD_NO_ESCALATION = "DECLARE_MTD_NO_ESCALATION"
    TOO_TOXIC = "TOO_TOXIC"
    SRC_DECISION = "SRC_DECISION"


class Higher(StrEnum):
    """The next higher level: not yet tested, too toxic, or there is none."""

    UNTESTED = "untested"
    TOO_TOXIC = "too_toxic"
    NONE = "none"


#: No upper limit of a range.
ANY = 10**9


@dataclass(frozen=True)
class Row:
    """One row: `n` and `x` as (from, to), both included, and the two cells.

    `at_top`: the cell at the highest level where a variant does not fill that level; None = `next_closed`.
    """

    key: str
    n: tuple[int, int]
    x: tuple[int, int]
    next_untested: Cell
    next_closed: Cell
    at_top: Cell | None = None

    def covers(self, n: int, x: int) -> bool:
        """Whether the row applies."""
        return self.n[0] <= n <= self.n[1] and self.x[0] <= x <= self.x[1]

    def cell(self, higher: Higher) -> Cell:
        """The cell for the state of the next higher level."""
        if higher is Higher.UNTESTED:
            return self.next_untested
        if higher is Higher.NONE and self.at_top is not None:
            return self.at_top
        return self.next_closed

    @property
    def n_text(self) -> str:
        """The range of evaluable subjects as the table prints it.

        >>> PROTOCOL.table[0].n_text, PROTOCOL.table[-1].n_text, PROTOCOL.table[2].n_text
        ('0–2', '> 6', '3')
        """
        return _range_text(self.n, above=True)

    @property
    def x_text(self) -> str:
        """The range of subjects with a DLT as the table prints it.

        >>> PROTOCOL.table[1].x_text, PROTOCOL.table[-1].x_text
        ('≥ 2', 'any')
        """
        return _range_text(self.x, above=False)


def _range_text(limits: tuple[int, int], *, above: bool) -> str:
    low, high = limits
    if high == ANY:
        if low == 0:
            return "any"
        return f"> {low - 1}" if above else f"≥ {low}"
    return str(low) if low == high else f"{low}–{high}"


#: Protocol rules, dose escalation section 2, in the order of the published table.
PROTOCOL_TABLE = (
    Row("n0-2_x0-1", (0, 2), (0, 1), Cell.ENROLL_TO_3, Cell.ENROLL_TO_3),
    Row("n2-3_x2+", (2, 3), (2, ANY), Cell.TOO_TOXIC, Cell.TOO_TOXIC),
    Row("n3_x0", (3, 3), (0, 0), Cell.ESCALATE, Cell.EXPAND_TO_6),
    Row("n3_x1", (3, 3), (1, 1), Cell.EXPAND_TO_6, Cell.EXPAND_TO_6),
    Row("n4-5_x0", (4, 5), (0, 0), Cell.ESCALATE, Cell.ENROLL_TO_6),
    Row("n4-5_x1", (4, 5), (1, 1), Cell.ENROLL_TO_6, Cell.ENROLL_TO_6),
    Row("n4-5_x2", (4, 5), (2, 2), Cell.ENROLL_TO_6_AFTER_SRC_REVIEW, Cell.ENROLL_TO_6_AFTER_SRC_REVIEW),
    Row("n4-5_x3+", (4, 5), (3, ANY), Cell.TOO_TOXIC, Cell.TOO_TOXIC),
    Row("n6_x0-1", (6, 6), (0, 1), Cell.ESCALATE, Cell.DECLARE_MTD),
    Row("n6_x2", (6, 6), (2, 2), Cell.DECLARE_MTD_NO_ESCALATION, Cell.DECLARE_MTD_NO_ESCALATION),
    Row("n6_x3+", (6, 6), (3, ANY), Cell.TOO_TOXIC, Cell.TOO_TOXIC),
    Row("n7+", (7, ANY), (0, ANY), Cell.SRC_DECISION, Cell.SRC_DECISION),
)

#: Classical 3+3: two DLTs among four to six are too toxic; every other row is the protocol's.
_CLASSICAL_CELLS = {"n4-5_x2": Cell.TOO_TOXIC, "n6_x2": Cell.TOO_TOXIC}
CLASSICAL_TABLE = tuple(
    Row(row.key, row.n, row.x, _CLASSICAL_CELLS[row.key], _CLASSICAL_CELLS[row.key])
    if row.key in _CLASSICAL_CELLS
    else row
    for row in PROTOCOL_TABLE
)


@dataclass(frozen=True)
class RuleSet:
    """A variant of 3+3 as a value: its parameters and its table.

    `fill_level_below`: coming down, the level below is filled before it can be the MTD.
    """

    name: str
    escalate_most_of_6: int
    mtd_most_of_6: int
    table: tuple[Row, ...]
    cohort_size: int = 3
    most_subjects: int = 6
    fill_level_below: bool = True

    def row(self, n: int, x: int) -> Row:
        """The row that applies. Raises ValueError when `x` exceeds `n` or one is negative."""
        if not 0 <= x <= n:
            raise ValueError(f"{x} subjects with a DLT among {n} evaluable subjects is impossible")
        return self._within.get((n, x)) or self._first(n, x)

    def _first(self, n: int, x: int) -> Row:
        return next(row for row in self.table if row.covers(n, x))

    @cached_property
    def _within(self) -> dict[tuple[int, int], Row]:
        """The row of every tally that 3+3 knows; paths ask for them thousands of times."""
        return {(n, x): self._first(n, x) for n in range(self.most_subjects + 1) for x in range(n + 1)}


PROTOCOL = RuleSet("protocol", escalate_most_of_6=1, mtd_most_of_6=2, table=PROTOCOL_TABLE)
CLASSICAL = RuleSet("classical", escalate_most_of_6=1, mtd_most_of_6=1, table=CLASSICAL_TABLE)
RULE_SETS = {rules.name: rules for rules in (PROTOCOL, CLASSICAL)}


def decision_table(rules: RuleSet) -> tuple[Row, ...]:
    """The full decision table, row by row, for a page or a report; `Row.key` matches `Decision.row_key`."""
    return rules.table
