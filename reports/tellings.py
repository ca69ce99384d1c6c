"""What the reports have to tell: a report that failed concerns whoever asked for it."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from reports.models import Job
from trial_edc.casebook.models import Notice
from trial_edc.casebook.notices import LOOK_BACK, Told


def failed_jobs() -> Iterator[Told]:
    """Yield the reports that failed in the last days."""
    for job in Job.objects.filter(state=Job.State.FAILED, created_at__gte=timezone.now() - LOOK_BACK):
        text = _("%(report)s: it could not be made") % {"report": job.get_kind_display()}
        cause = f"job:{job.pk}:{job.attempt}"
        page = "reports:trail" if job.kind == Job.Kind.TRAIL else "reports:list"
        yield Told(job.started_by_id, Notice.Kind.JOB, cause, text, reverse(page))
