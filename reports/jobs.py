"""The end of a job that makes a document: it is stored, and the job closed, in one transaction."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils import timezone

from reports.models import Job, ReportFile
from trial_edc.audit.context import acting, system_user
from trial_edc.casebook.jobs.life import present


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


def finish(job: Job, document: Document) -> ReportFile | None:
    """Store the document and close the job in one transaction; None when the job was taken away meanwhile."""
    with acting(system_user(), f"Report asked for by {job.started_by.full_name}", source="task"):
        row = present(job).select_for_update().first()
        if row is None:
            return None
        now = timezone.now()
        file = ReportFile.objects.create(
            job=row,
            name=document.name,
            content=document.content,
            sha256=document.sha256,
            content_hash=document.content_hash,
            size=len(document.content),
            pages=document.pages,
            rows=document.rows,
            cutoff=row.cutoff,
            generated_at=now,
            generated_by=row.started_by,
            software_version=document.software_version,
        )
        row.state, row.progress, row.finished_at = Job.State.DONE, 100, now
        row.save()
    return file
