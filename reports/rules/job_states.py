"""The steps of the documents that jobs make, and how far the bar of each has come."""

from __future__ import annotations

from enum import StrEnum

from trial_edc.casebook.jobs.states import percent_of


class Stage(StrEnum):
    """The steps of a report, in order."""

    SNAPSHOT = "snapshot"
    TABLES = "tables"
    LISTINGS = "listings"
    PDF = "pdf"
    ROWS = "rows"
    FILE = "file"


#: The steps of a report as PDF, with the share of the progress bar that each begins at, in percent.
REPORT_PLAN: dict[Stage, int] = {Stage.SNAPSHOT: 0, Stage.TABLES: 30, Stage.LISTINGS: 45, Stage.PDF: 60}
#: The steps of the kinds of jobs that make something else.
OTHER_PLANS: dict[str, dict[Stage, int]] = {
    "trail": {Stage.SNAPSHOT: 0, Stage.ROWS: 10, Stage.FILE: 95},
    "casebook": {Stage.SNAPSHOT: 0, Stage.PDF: 20},
    "cohorts": {Stage.SNAPSHOT: 0, Stage.TABLES: 50, Stage.PDF: 70},
    "metrics": {Stage.SNAPSHOT: 0, Stage.PDF: 60},
}


def plan_of(kind: str) -> dict[Stage, int]:
    """Return the steps of a kind of job, in order.

    >>> [stage.value for stage in plan_of("trail")]
    ['snapshot', 'rows', 'file']
    """
    return OTHER_PLANS.get(kind, REPORT_PLAN)


def percent(kind: str, stage: Stage, done: int, total: int) -> int:
    """Return the progress from 0 to 99; 100 is reached only when the file is stored.

    >>> percent("safety", Stage.SNAPSHOT, 0, 8), percent("safety", Stage.TABLES, 1, 2)
    (0, 37)
    >>> percent("safety", Stage.PDF, 40, 40), percent("trail", Stage.ROWS, 500, 1000)
    (99, 52)
    """
    return percent_of(plan_of(kind), stage, done, total)
