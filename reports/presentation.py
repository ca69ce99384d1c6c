"""A job as its card shows it: title, state, steps with counts, time left, what can be done."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from reports.models import Job
from reports.rules.job_states import plan_of
from trial_edc.casebook.rendering.dates import study_date

#: Before this share is done, or this many seconds have passed, an estimate says nothing.
ESTIMATE_FROM_PERCENT, ESTIMATE_FROM_SECONDS = 10, 2.0
CHIPS = {
    Job.State.QUEUED: ("info", "hourglass-split"),
    Job.State.RUNNING: ("info", "arrow-repeat"),
    Job.State.DONE: ("ok", "check-circle-fill"),
    Job.State.FAILED: ("bad", "exclamation-circle-fill"),
    Job.State.CANCELLED: ("mute", "slash-circle"),
}


@dataclass(frozen=True)
class StageCard:
    """One step of the work."""

    label: str
    detail: str
    done: bool
    current: bool


@dataclass(frozen=True)
class JobCard:
    """What the card and the shared progress fragment read."""

    id: uuid.UUID
    title: str
    state: str
    word: str
    chip: str
    icon: str
    active: bool
    retriable: bool
    failed: bool
    percent: int
    step: str
    remaining: str
    reason: str
    steps: list[StageCard]
    file: Any
    is_trail: bool
    progress_url: str


def job_card(job: Job) -> JobCard:
    """Return the card of a job."""
    chip, icon = CHIPS[Job.State(job.state)]
    file, is_trail = getattr(job, "file", None), job.kind == Job.Kind.TRAIL
    return JobCard(
        id=job.pk,
        title=_("%(report)s, cut-off %(date)s")
        % {"report": job.title, "date": study_date(timezone.localtime(job.cutoff))},
        state=job.state,
        word=str(job.get_state_display()),
        chip=chip,
        icon=icon,
        active=job.is_active,
        retriable=job.is_retriable,
        failed=job.state == Job.State.FAILED,
        percent=job.progress,
        step=_step(job),
        remaining=_remaining(job, timezone.now()),
        reason=job.failure_reason,
        steps=_stages(job),
        file=file,
        is_trail=is_trail,
        progress_url=reverse("reports:trail-progress" if is_trail else "reports:job-progress", args=[job.pk]),
    )


def _step(job: Job) -> str:
    if job.state == Job.State.QUEUED:
        return _("Waiting for a worker")
    return str(job.get_stage_display()) if job.stage else _("Starting")


def _stages(job: Job) -> list[StageCard]:
    names = dict(Job.StageName.choices)
    order = [stage.value for stage in plan_of(job.kind)]
    present = order.index(job.stage) if job.stage in order else -1
    ready = job.state == Job.State.DONE
    return [
        StageCard(
            label=str(names[stage]),
            detail=_counts(job.stage_counts.get(stage)),
            done=ready or place < present,
            current=not ready and place == present,
        )
        for place, stage in enumerate(order)
    ]


def _counts(counts: list[int] | None) -> str:
    return _("%(done)s of %(total)s") % {"done": counts[0], "total": counts[1]} if counts else _("waiting")


def _remaining(job: Job, now: datetime) -> str:
    """Estimate the time left from the share that is done, once that says anything."""
    if job.state != Job.State.RUNNING or job.started_at is None or job.progress < ESTIMATE_FROM_PERCENT:
        return ""
    passed = (now - job.started_at).total_seconds()
    if passed < ESTIMATE_FROM_SECONDS:
        return ""
    left = max(round(passed * (100 - job.progress) / job.progress), 1)
    return ngettext("about %(count)s second left", "about %(count)s seconds left", left) % {"count": left}
