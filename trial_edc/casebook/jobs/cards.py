"""A job as a page shows it: state, steps with counts, time left, and what to say when nobody works on it."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from trial_edc.casebook.jobs.life import SILENT_AFTER
from trial_edc.casebook.jobs.models import LongWork
from trial_edc.casebook.jobs.states import JobState

#: Before this share is done, or this many seconds have passed, an estimate says nothing.
ESTIMATE_FROM_PERCENT, ESTIMATE_FROM_SECONDS = 10, 2.0
#: Who waits longer than this for a worker is told so.
WORKER_EXPECTED_AFTER = timedelta(seconds=20)
CHIPS = {
    JobState.QUEUED: ("info", "hourglass-split"),
    JobState.RUNNING: ("info", "arrow-repeat"),
    JobState.DONE: ("ok", "check-circle-fill"),
    JobState.FAILED: ("bad", "exclamation-circle-fill"),
    JobState.CANCELLED: ("mute", "slash-circle"),
}


@dataclass(frozen=True)
class StageCard:
    """One step of the work."""

    label: str
    detail: str
    done: bool
    current: bool


@dataclass(frozen=True)
class WorkCard:
    """What the shared progress fragment reads. `alone` says that nobody seems to work on it, '' where somebody does."""

    id: uuid.UUID
    word: str
    chip: str
    icon: str
    active: bool
    retriable: bool
    failed: bool
    percent: int
    step: str
    remaining: str
    alone: str
    reason: str
    steps: list[StageCard]


def work_card(job: LongWork, names: Mapping[str, object]) -> WorkCard:
    """Return the card of a job; `names` says what its steps are called."""
    chip, icon = CHIPS[JobState(job.state)]
    now = timezone.now()
    return WorkCard(
        id=job.pk,
        word=str(job.get_state_display()),  # type: ignore[attr-defined]  # every kind of work names its states
        chip=chip,
        icon=icon,
        active=job.is_active,
        retriable=job.is_retriable,
        failed=job.state == JobState.FAILED,
        percent=job.progress,
        step=_step(job, names),
        remaining=_remaining(job, now),
        alone=_alone(job, now),
        reason=job.failure_reason,
        steps=_stages(job, names),
    )


def _step(job: LongWork, names: Mapping[str, object]) -> str:
    if job.state == JobState.QUEUED:
        return _("Waiting for a worker")
    return str(names[job.stage]) if job.stage else _("Starting")


def _stages(job: LongWork, names: Mapping[str, object]) -> list[StageCard]:
    order = list(job.plan)
    reached = order.index(job.stage) if job.stage in order else -1
    ready = job.state == JobState.DONE
    return [
        StageCard(
            label=str(names[stage]),
            detail=_counts(job.stage_counts.get(stage)),
            done=ready or place < reached,
            current=not ready and place == reached,
        )
        for place, stage in enumerate(order)
    ]


def _counts(counts: list[int] | None) -> str:
    if not counts:
        return _("waiting")
    return _("%(done)s of %(total)s") % {"done": f"{counts[0]:,}", "total": f"{counts[1]:,}"}


def _remaining(job: LongWork, now: datetime) -> str:
    """Estimate the time left from the share that is done, once that says anything."""
    if job.state != JobState.RUNNING or job.started_at is None or job.progress < ESTIMATE_FROM_PERCENT:
        return ""
    passed = (now - job.started_at).total_seconds()
    if passed < ESTIMATE_FROM_SECONDS:
        return ""
    left = max(round(passed * (100 - job.progress) / job.progress), 1)
    return ngettext("about %(count)s second left", "about %(count)s seconds left", left) % {"count": left}


def _alone(job: LongWork, now: datetime) -> str:
    """The timetable that gives work up runs in the worker too: while none runs, only the page can say so."""
    if job.state == JobState.QUEUED and now - job.queued_at > WORKER_EXPECTED_AFTER:
        return _(
            "No worker has taken this up since %(time)s. It begins by itself as soon as one runs; if it does not, tell"
            " the administrator."
        ) % {"time": f"{timezone.localtime(job.queued_at):%H:%M}"}
    if job.state == JobState.RUNNING and job.heartbeat_at is not None and now - job.heartbeat_at > SILENT_AFTER:
        return _(
            "The worker has given no sign of life since %(time)s. Cancel and try again; if that does not help, tell the"
            " administrator."
        ) % {"time": f"{timezone.localtime(job.heartbeat_at):%H:%M}"}
    return ""
