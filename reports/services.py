"""What people do about reports: ask for one, stop it, try again, take it with them."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from datetime import time as day_time

from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from dosing.models import DoseDecision
from enrollment.models import Subject
from reports.models import Job, ReportFile
from reports.selectors import TRIAL_WIDE, reads_packs
from reports.tasks import produce_report
from trial_edc.accounts.access import require, sites_of
from trial_edc.accounts.models import Site, User
from trial_edc.accounts.roles import Permission
from trial_edc.audit.selectors import settle
from trial_edc.audit.signatures import note
from trial_edc.casebook.jobs.life import move
from trial_edc.casebook.jobs.states import JobState
from trial_edc.casebook.queue import enqueue
from trial_edc.errors import DomainError


def request_report(
    *,
    by: User,
    cutoff: date | datetime | None = None,
    site: Site | None = None,
    kind: str = Job.Kind.SAFETY,
    idempotency_key: str = "",
    parameters: Mapping[str, str] | None = None,
) -> Job:
    """Ask for a report of the data as they were at `cutoff`, of one site or (None) of all.

    A date means the end of that day in the trial's zone, or now when it is today; None means now. The instant is
    fixed here and kept in the job. The same key again returns the job that it made. A report that is about dose levels
    is always of all sites.
    """
    site = None if kind in TRIAL_WIDE else site
    require_kind(by, kind, site)
    key = idempotency_key or uuid.uuid4().hex
    earlier = Job.objects.filter(idempotency_key=key, started_by=by).first()
    if earlier is not None:
        return earlier
    now = database_now()
    spoken = {**(parameters or {}), "language": get_language() or "en-gb"}
    instant = _instant(cutoff, now)
    asked = {"kind": kind, "cutoff": instant, "site": site, "parameters": spoken}
    settle(instant)
    with transaction.atomic():
        job, created = Job.objects.get_or_create(
            idempotency_key=key, defaults={**asked, "started_by": by, "created_at": now, "queued_at": now}
        )
        if job.started_by_id != by.pk:
            raise PermissionDenied(_("This request belongs to someone else."))
        if created:
            transaction.on_commit(lambda: enqueue(produce_report, str(job.pk)))
    return job


def request_pack(*, by: User, decision: DoseDecision, idempotency_key: str = "") -> Job:
    """Ask for the meeting pack of a frozen decision, as of its own cut-off."""
    name = f"src-pack_DL{decision.dose_level}-r{decision.revision}"
    return request_report(
        by=by,
        kind=Job.Kind.PACK,
        cutoff=decision.data_cutoff,
        idempotency_key=idempotency_key,
        parameters={"decision": str(decision.pk), "name": name},
    )


def request_casebook(
    *, by: User, subject: Subject, with_trail: bool, cutoff: date | datetime | None = None, idempotency_key: str = ""
) -> Job:
    """Ask for the casebook of one subject, with every version of every item if wanted."""
    return request_report(
        by=by,
        kind=Job.Kind.CASEBOOK,
        cutoff=cutoff,
        site=subject.site,
        idempotency_key=idempotency_key,
        parameters={
            "subject": str(subject.pk),
            "about": subject.identifier,
            "name": f"casebook_{subject.identifier}",
            "trail": "1" if with_trail else "",
        },
    )


def require_scope(user: User, site: Site | None) -> None:
    """Raise PermissionDenied unless `user` may make reports of `site`, or of every site when it is None."""
    require(user, Permission.MAKE_REPORT, site)
    if site is None and sites_of(user, Permission.MAKE_REPORT).count() != Site.objects.count():
        raise PermissionDenied(_("Your role covers single sites; choose one of them."))


def require_kind(user: User, kind: str, site: Site | None) -> None:
    """Raise PermissionDenied unless `user` may have this kind of report of this scope.

    A meeting pack or the report on the cohorts is about dose levels, whose subjects may be of any site: who signs the
    decision reads what it rests on, by code and as the dose board shows it, whichever site is theirs. A casebook is for
    who reads the forms.
    """
    if kind in TRIAL_WIDE and reads_packs(user):
        return
    require_scope(user, site)
    if kind == Job.Kind.CASEBOOK:
        require(user, Permission.VIEW_SUBJECTS, site)


def database_now() -> datetime:
    """Return the time of the clock that stamps the trail: an application server's own may differ."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        moment: datetime = cursor.fetchone()[0]
    return moment


def _instant(cutoff: date | datetime | None, now: datetime) -> datetime:
    if cutoff is None:
        return now
    if isinstance(cutoff, datetime):
        moment = cutoff
    elif cutoff == timezone.localdate(now):
        return now
    else:
        zone = timezone.get_default_timezone()
        moment = datetime.combine(cutoff + timedelta(days=1), day_time.min, zone) - timedelta(microseconds=1)
    if moment > now:
        raise DomainError(_("The data cut-off is in the future. Enter today's date or an earlier one."), field="cutoff")
    return moment


def cancel(*, by: User, job: Job) -> Job:
    """Stop a waiting or running job; the worker notices at its next step."""
    require_job(by, job)
    return move(job, JobState.CANCELLED, finished_at=timezone.now())


def retry(*, by: User, job: Job) -> Job:
    """Start a failed or cancelled job again, with the same cut-off."""
    now = timezone.now()
    require_job(by, job)
    moved = move(
        job, JobState.QUEUED,
        queued_at=now, heartbeat_at=None, finished_at=None, failure_reason="", attempt=job.attempt + 1,
        stage="", stage_counts={}, progress=0,
    )  # fmt: skip
    transaction.on_commit(lambda: enqueue(produce_report, str(job.pk)))
    return moved


def require_job(by: User, job: Job) -> None:
    """Raise PermissionDenied unless `by` may stop, repeat or take this job: an export of the trail is one's own."""
    if job.kind != Job.Kind.TRAIL:
        require_kind(by, job.kind, job.site)
        return
    require(by, Permission.VIEW_AUDIT)
    if job.started_by_id != by.pk:
        raise PermissionDenied(_("This request belongs to someone else."))


def note_download(*, by: User, file: ReportFile) -> None:
    """Write down who took which document: its name, cut-off, checksum and size."""
    require_kind(by, file.job.kind, file.job.site)
    detail = f"{file.name} cut-off={file.cutoff.isoformat()} sha256={file.sha256} bytes={file.size} pages={file.pages}"
    note(by, "download", detail)
