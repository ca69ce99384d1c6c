"""Read jobs and documents for the pages; nobody sees a report of a site that they may not report on."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import Q, QuerySet
from django.utils import timezone

from enrollment.models import Subject
from reports.models import Job, ReportFile
from trial_edc.accounts.access import may, sites_of
from trial_edc.accounts.models import Site, User
from trial_edc.accounts.roles import Permission
from trial_edc.casebook.jobs.states import JobState
from trial_edc.review.selectors import open_queries, unverified_critical

#: How long the card of a finished report stays on the page.
SHOW_FINISHED_FOR = timedelta(minutes=10)
#: Reports that are about dose levels, whose subjects may be of any site: never of one site alone.
TRIAL_WIDE = (Job.Kind.PACK, Job.Kind.COHORTS)


def visible_jobs(user: User) -> QuerySet[Job]:
    """Return the reports whose scope the person may report on."""
    sites = sites_of(user, Permission.MAKE_REPORT)
    scope = Q(site__in=sites)
    if sites.exists() and sites.count() == Site.objects.count():
        scope |= Q(site=None)
    if reads_packs(user):
        scope |= Q(kind__in=TRIAL_WIDE)
    unread = Q(kind=Job.Kind.CASEBOOK) & ~Q(site__in=sites_of(user, Permission.VIEW_SUBJECTS))
    return Job.objects.filter(scope).exclude(unread | Q(kind=Job.Kind.TRAIL)).select_related("site", "started_by")


def reads_packs(user: User) -> bool:
    """Test for somebody who signs dose decisions: what these rest on is theirs to read, whichever their site is."""
    return may(user, Permission.MAKE_REPORT) and may(user, Permission.SIGN_DECISION)


def own_exports(user: User) -> QuerySet[Job]:
    """Return the exports of the trail that this very person asked for: each holds what they may read, and no more."""
    return Job.objects.filter(kind=Job.Kind.TRAIL, started_by=user).select_related("site", "started_by")


def export_files(user: User) -> QuerySet[ReportFile]:
    """Return the person's exports of the trail, newest first, without their bytes."""
    files = ReportFile.objects.filter(job__in=own_exports(user).order_by())
    return files.select_related("job", "generated_by").defer("content")


def present_job(user: User) -> Job | None:
    """Return the job to show first: the person's last one; a finished one only for a while, then it is history."""
    return _present(visible_jobs(user).filter(started_by=user))


def present_export(user: User) -> Job | None:
    """Return the export of the trail to show first."""
    return _present(own_exports(user))


def _present(jobs: QuerySet[Job]) -> Job | None:
    job = jobs.order_by("-queued_at").first()
    if job is not None and job.state == JobState.DONE and job.finished_at is not None:
        return job if timezone.now() - job.finished_at < SHOW_FINISHED_FOR else None
    return job


def open_points(user: User) -> tuple[int, int]:
    """Return how many queries are open and how many critical items unverified now, in what the person may report on."""
    subjects = Subject.objects.filter(site__in=sites_of(user, Permission.MAKE_REPORT)).values_list("pk", flat=True)
    return open_queries(subjects).count(), len(unverified_critical(subjects))


def earlier_files(user: User) -> QuerySet[ReportFile]:
    """Return the documents the person may download, newest first, without their bytes."""
    files = ReportFile.objects.filter(job__in=visible_jobs(user).order_by())
    return files.select_related("job", "job__site", "generated_by").defer("content")
