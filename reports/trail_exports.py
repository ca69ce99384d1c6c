"""Exports of the audit trail: ask for one, and take it with you."""

from __future__ import annotations

import uuid
from dataclasses import asdict

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from reports.models import Job, ReportFile
from reports.services import database_now, require_job
from reports.tasks import produce_report
from trial_edc.accounts.access import may, require, sites_of
from trial_edc.accounts.models import User
from trial_edc.accounts.roles import Permission
from trial_edc.audit.selectors import last_change, settle
from trial_edc.audit.signatures import note
from trial_edc.casebook.queue import enqueue
from trial_edc.casebook.selectors.trail_list import TrailFilter, reads_all_sites


def request_trail_export(*, by: User, chosen: TrailFilter, idempotency_key: str = "") -> Job:
    """Ask for what the filter shows now, as a CSV file; DomainError when the filter names no real date.

    The same key again returns the job that it made.
    """
    require(by, Permission.VIEW_AUDIT)
    chosen.period()
    key = idempotency_key or uuid.uuid4().hex
    earlier = Job.objects.filter(idempotency_key=key, started_by=by).first()
    if earlier is not None:
        return earlier
    settle()
    now = database_now()
    parameters = {
        "language": get_language() or "en-gb", "filter": asdict(chosen), "last_change": last_change(),
        "scope": reading_scope(by),
    }  # fmt: skip
    with transaction.atomic():
        job, created = Job.objects.get_or_create(
            idempotency_key=key,
            defaults={
                "kind": Job.Kind.TRAIL, "cutoff": now, "parameters": parameters, "started_by": by, "created_at": now,
                "queued_at": now,
            },
        )  # fmt: skip
        if job.started_by_id != by.pk:
            raise PermissionDenied(_("This request belongs to someone else."))
        if created:
            transaction.on_commit(lambda: enqueue(produce_report, str(job.pk)))
    return job


def reading_scope(user: User) -> str:
    """Return which part of the trail a person reads now; a file is handed out only while it is the same."""
    if not may(user, Permission.VIEW_SUBJECTS):
        return "people"
    if reads_all_sites(user):
        return "all"
    return ",".join(sorted(sites_of(user, Permission.VIEW_AUDIT).values_list("code", flat=True)))


def note_trail_download(*, by: User, file: ReportFile) -> None:
    """Write down who took which part of the trail: filter, rows, checksum. Refused once the person reads less."""
    require_job(by, file.job)
    if file.job.parameters["scope"] != reading_scope(by):
        raise PermissionDenied(_("What you may read has changed since. Make the export again."))
    filter_text = TrailFilter(**file.job.parameters["filter"]).query() or "all"
    note(
        by, "audit trail downloaded",
        f"{file.name} filter={filter_text} rows={file.rows} sha256={file.sha256} bytes={file.size}",
    )  # fmt: skip
