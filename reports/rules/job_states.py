"""The states of a job and the changes between them that are allowed; whatever is not here is refused."""

from __future__ import annotations

from enum import StrEnum


class JobState(StrEnum):
    """Where a job stands."""

    QUEUED = "QUEUED"
    RUNNING = "RUNNING"
    DONE = "DONE"
    FAILED = "FAILED"
    CANCELLED = "CANCELLED"


TRANSITIONS: dict[JobState, frozenset[JobState]] = {
    JobState.QUEUED: frozenset({JobState.RUNNING, JobState.FAILED, JobState.CANCELLED}),
    JobState.RUNNING: frozenset({JobState.DONE, JobState.FAILED, JobState.CANCELLED}),
    JobState.FAILED: frozenset({JobState.QUEUED}),
    JobState.CANCELLED: frozenset({JobState.QUEUED}),
    JobState.DONE: frozenset(),
}
ACTIVE = frozenset({JobState.QUEUED, JobState.RUNNING})
RETRIABLE = frozenset({JobState.FAILED, JobState.CANCELLED})


def may_become(present: str, wanted: str) -> bool:
    """Test whether a job may go from one state to another.

    >>> may_become("FAILED", "QUEUED"), may_become("DONE", "QUEUED")
    (True, False)
    """
    return JobState(wanted) in TRANSITIONS[JobState(present)]


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
    plan = plan_of(kind)
    starts = [*plan.values(), 99]
    place = list(plan).index(stage)
    first, last = starts[place], starts[place + 1]
    share = min(max(done, 0), total) if total else 0
    return first + (last - first) * share // max(total, 1)
