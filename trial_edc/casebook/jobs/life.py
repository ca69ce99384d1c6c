"""The life of a job: taken up once, moved on, finished or failed, stopped, or given up.

Every write names the attempt it belongs to. A worker that was given up, or whose job was cancelled, changes nothing.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from typing import Any, TypeVar
from uuid import UUID

from django.db import connections, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from trial_edc.casebook.jobs.models import LongWork
from trial_edc.casebook.jobs.states import JobState, may_become, percent_of
from trial_edc.errors import DomainError

J = TypeVar("J", bound=LongWork)
Write = Callable[[Callable[[], int]], int]

#: A worker writes at least this often; who is silent for `SILENT_AFTER` has stopped.
WRITE_EVERY_SECONDS = 0.5
SILENT_AFTER = timedelta(seconds=60)
#: A waiting job is sent again after the first span, and given up after the second.
SEND_AGAIN_AFTER = timedelta(seconds=60)
GIVE_UP_AFTER = timedelta(minutes=15)


class Stopped(Exception):
    """The job is no longer this worker's."""


def take_up(model: type[J], job_id: UUID) -> J | None:
    """Make a waiting job this worker's; None when there is nothing to do, as when a message is delivered twice."""
    with transaction.atomic():
        job: J | None = _rows(model).select_for_update().filter(pk=job_id, state=JobState.QUEUED).first()
        if job is None:
            return None
        job.state, job.started_at = JobState.RUNNING.value, timezone.now()
        job.heartbeat_at = job.started_at
        job.stage, job.stage_counts, job.progress = "", {}, 0
        job.save()
    return job


def present(job: J) -> QuerySet[J]:
    """Return the row of a job for as long as it is this worker's."""
    found: QuerySet[J] = _rows(type(job)).filter(pk=job.pk, state=JobState.RUNNING, attempt=job.attempt)
    return found


def _rows(model: type[J]) -> Any:
    return model._default_manager


def directly(write: Callable[[], int]) -> int:
    """Run a write on the connection of the work itself."""
    return write()


@contextmanager
def beside_the_transaction() -> Iterator[Write]:
    """Yield a way to run single writes on a connection of their own, for work that is one long transaction.

    What is written so is seen by others at once, and stays when the transaction is rolled back.
    """
    with ThreadPoolExecutor(max_workers=1) as thread:
        try:
            yield lambda write: thread.submit(write).result()
        finally:
            thread.submit(connections.close_all).result()


class Progress:
    """Writes how far a job is, not more often than someone can read it; each write is also the sign of life."""

    def __init__(self, job: LongWork, write: Write = directly) -> None:
        self.job = job
        self.counts: dict[str, list[int]] = {}
        self.last_write = 0.0
        self.write = write

    def __call__(self, stage: str, done: int, total: int) -> None:
        """Note that `done` of `total` parts of a stage are ready; raises Stopped when the job was taken away."""
        stage = str(stage)
        is_new = stage not in self.counts
        self.counts[stage] = [done, total]
        if not is_new and done < total and time.monotonic() - self.last_write < WRITE_EVERY_SECONDS:
            return
        self.last_write = time.monotonic()
        if not self.write(lambda: self._update(stage, done, total)):
            raise Stopped

    def _update(self, stage: str, done: int, total: int) -> int:
        return present(self.job).update(
            stage=stage,
            stage_counts=self.counts,
            progress=percent_of(self.job.plan, stage, done, total),
            heartbeat_at=timezone.now(),
        )


def fail(job: LongWork, reason: str) -> None:
    """Close the job with a reason a person can read."""
    present(job).update(state=JobState.FAILED, failure_reason=reason, finished_at=timezone.now())


def move(job: J, state: JobState, **changes: object) -> J:
    """Take a step that a person asked for; DomainError when the table of states does not allow it."""
    with transaction.atomic():
        row: J = _rows(type(job)).select_for_update(of=("self",)).get(pk=job.pk)
        if not may_become(row.state, state):
            word = row.get_state_display().lower()  # type: ignore[attr-defined]  # every kind of work names its states
            raise DomainError(_("This work is %(state)s; that can no longer be done.") % {"state": word})
        row.state = state.value
        for name, value in changes.items():
            setattr(row, name, value)
        row.save()
    return row


def give_up_abandoned(model: type[LongWork]) -> list[UUID]:
    """Fail jobs whose worker went silent or that nobody took up; return the waiting jobs to send once more."""
    now = timezone.now()
    _rows(model).filter(state=JobState.RUNNING, heartbeat_at__lt=now - SILENT_AFTER).update(
        state=JobState.FAILED, failure_reason=_("The worker stopped. Try again."), finished_at=now
    )
    waiting = _rows(model).filter(state=JobState.QUEUED)
    waiting.filter(queued_at__lt=now - GIVE_UP_AFTER).update(
        state=JobState.FAILED, failure_reason=_("No worker took this up. Try again."), finished_at=now
    )
    again = waiting.filter(queued_at__lt=now - SEND_AGAIN_AFTER, heartbeat_at=None)
    found = list(again.values_list("pk", flat=True))
    _rows(model).filter(pk__in=found, state=JobState.QUEUED).update(heartbeat_at=now)
    return found
