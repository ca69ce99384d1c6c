"""A job as its card shows it: title, state, steps with counts, time left, what can be done."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from reports.models import Job
from trial_edc.casebook.jobs.cards import WorkCard, work_card
from trial_edc.casebook.rendering.dates import study_date


@dataclass(frozen=True)
class JobCard(WorkCard):
    """What the card of a document and the shared progress fragment read."""

    title: str
    file: Any
    is_trail: bool
    progress_url: str


def job_card(job: Job) -> JobCard:
    """Return the card of a job."""
    is_trail = job.kind == Job.Kind.TRAIL
    return JobCard(
        **vars(work_card(job, dict(Job.StageName.choices))),
        title=_("%(report)s, cut-off %(date)s")
        % {"report": job.title, "date": study_date(timezone.localtime(job.cutoff))},
        file=getattr(job, "file", None),
        is_trail=is_trail,
        progress_url=reverse("reports:trail-progress" if is_trail else "reports:job-progress", args=[job.pk]),
    )
