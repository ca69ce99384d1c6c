"""Read jobs and documents for the pages; nobody sees a report of a site that they may not report on."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from reports.models import Job, ReportFile
from reports.rules.job_states import JobState
from trial_edc.accounts.access import sites_of
from trial_edc.accounts.models import Site, User
from trial_edc.accounts.roles import Permission


def visible_jobs(user: User) -> QuerySet[Job]:
    """Return the jobs whose scope the person may report on."""
    sites = sites_of(user, Permission.MAKE_REPORT)
    scope = Q(site__in=sites)
    if sites.exists() and sites.count() == Site.objects.count():
        scope |= Q(site=None)
    return Job.objects.filter(scope).select_related("site", "started_by")


def present_job(user: User) -> Job | None:
    """Return the job to show first: the person's last one, unless its document is already among the earlier ones."""
    job = visible_jobs(user).filter(started_by=user).order_by("-queued_at").first()
    return None if job is None or job.state == JobState.DONE else job


def earlier_files(user: User) -> QuerySet[ReportFile]:
    """Return the documents the person may download, newest first, without their bytes."""
    files = ReportFile.objects.filter(job__in=visible_jobs(user).order_by())
    return files.select_related("job", "job__site", "generated_by").defer("content")
