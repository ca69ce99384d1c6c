"""The states of a job and the changes between them that are allowed; whatever is not here is refused. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any


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


def percent_of(plan: Mapping[Any, int], stage: str, done: int, total: int) -> int:
    """Return the progress from 0 to 99; 100 is reached only when the result is stored.

    `plan` holds the steps in order, each with the share of the bar, in percent, that it begins at.

    >>> percent_of({"read": 0, "save": 20}, "read", 5, 10), percent_of({"read": 0, "save": 20}, "save", 7, 7)
    (10, 99)
    """
    starts = [*plan.values(), 99]
    place = list(plan).index(stage)
    first, last = starts[place], starts[place + 1]
    share = min(max(done, 0), total) if total else 0
    return first + (last - first) * share // max(total, 1)
