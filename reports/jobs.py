"""The life of a job from the worker's side: taken up once, moved on, finished or failed.

Every write names the attempt it belongs to. A worker that was given up, or whose job was cancelled, changes nothing.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from reports.models import Job, ReportFile
from reports.rules.job_states import Stage, percent
from trial_edc.audit.context import acting, system_user

#: A worker writes at least this often; who is silent for `SILENT_AFTER` has stopped.
WRITE_EVERY_SECONDS = 0.5
SILENT_AFTER = timedelta(seconds=60)
#: A waiting job is sent again after the first span, and given up after the second.
SEND_AGAIN_AFTER = timedelta(seconds=60)
GIVE_UP_AFTER = timedelta(minutes=15)


class Stopped(Exception):
    """The job is no longer this worker's."""


@dataclass(frozen=True)
class Document:
    """A finished document."""

    name: str
    content: bytes
    sha256: str
    content_hash: str
    pages: int
    software_version: str
    rows: int = 0


def take_up(job_id: UUID) -> Job | None:
    """Make a waiting job this worker's; None when there is nothing to do, as when a message is delivered twice."""
    with transaction.atomic():
        job = Job.objects.select_for_update().filter(pk=job_id, state=Job.State.QUEUED).first()
        if job is None:
            return None
        job.state, job.started_at = Job.State.RUNNING, timezone.now()
        job.heartbeat_at = job.started_at
        job.stage, job.stage_counts, job.progress = "", {}, 0
        job.save()
    return job


class Progress:
    """Writes how far a job is, not more often than someone can read it; each write is also the sign of life."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self.counts: dict[str, list[int]] = {}
        self.last_write = 0.0

    def __call__(self, stage: Stage, done: int, total: int) -> None:
        """Note that `done` of `total` parts of a stage are ready; raises Stopped when the job was taken away."""
        is_new = stage not in self.counts
        self.counts[stage] = [done, total]
        if not is_new and done < total and time.monotonic() - self.last_write < WRITE_EVERY_SECONDS:
            return
        self.last_write = time.monotonic()
        changed = _present(self.job).update(
            stage=stage.value,
            stage_counts=self.counts,
            progress=percent(self.job.kind, stage, done, total),
            heartbeat_at=timezone.now(),
        )
        if not changed:
            raise Stopped


def _present(job: Job) -> QuerySet[Job]:
    return Job.objects.filter(pk=job.pk, state=Job.State.RUNNING, attempt=job.attempt)


def finish(job: Job, document: Document) -> ReportFile | None:
    """Store the document and close the job in one transaction; None when the job was taken away meanwhile."""
    with acting(system_user(), f"Report asked for by {job.started_by.full_name}", source="task"):
        present = _present(job).select_for_update().first()
        if present is None:
            return None
        now = timezone.now()
        file = ReportFile.objects.create(
            job=present,
            name=document.name,
            content=document.content,
            sha256=document.sha256,
            content_hash=document.content_hash,
            size=len(document.content),
            pages=document.pages,
            rows=document.rows,
            cutoff=present.cutoff,
            generated_at=now,
            generated_by=present.started_by,
            software_version=document.software_version,
        )
        present.state, present.progress, present.finished_at = Job.State.DONE, 100, now
        present.save()
    return file


def fail(job: Job, reason: str) -> None:
    """Close the job with a reason a person can read."""
    _present(job).update(state=Job.State.FAILED, failure_reason=reason, finished_at=timezone.now())


def give_up_abandoned() -> list[UUID]:
    """Fail jobs whose worker went silent or that nobody took up; return the waiting jobs to send once more."""
    now = timezone.now()
    Job.objects.filter(state=Job.State.RUNNING, heartbeat_at__lt=now - SILENT_AFTER).update(
        state=Job.State.FAILED, failure_reason=_("The worker stopped. Try again."), finished_at=now
    )
    waiting = Job.objects.filter(state=Job.State.QUEUED)
    waiting.filter(queued_at__lt=now - GIVE_UP_AFTER).update(
        state=Job.State.FAILED, failure_reason=_("No worker took up the report. Try again."), finished_at=now
    )
    again = waiting.filter(queued_at__lt=now - SEND_AGAIN_AFTER, heartbeat_at=None)
    found = list(again.values_list("pk", flat=True))
    Job.objects.filter(pk__in=found, state=Job.State.QUEUED).update(heartbeat_at=now)
    return found
