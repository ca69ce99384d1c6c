"""Read laboratory files and the work on them; nobody sees a file of a site whose subjects they may not see."""

from __future__ import annotations

from django.db.models import OuterRef, QuerySet, Subquery

from safety.models.laboratory_import import LaboratoryImport, LaboratoryJob
from trial_edc.accounts.access import sites_of
from trial_edc.accounts.models import User
from trial_edc.accounts.roles import Permission
from trial_edc.casebook.jobs.states import ACTIVE


def visible_files(user: User) -> QuerySet[LaboratoryImport]:
    """Return the files of the person's sites, newest first, without their bytes."""
    files = LaboratoryImport.objects.filter(site__in=sites_of(user, Permission.VIEW_SUBJECTS)).defer("content")
    return files.select_related("site", "uploaded_by")


def last_jobs(files: list[LaboratoryImport]) -> dict[object, LaboratoryJob]:
    """Return the last job of each file, by the key of the file."""
    newest = LaboratoryJob.objects.filter(upload=OuterRef("upload")).order_by("-created_at").values("pk")[:1]
    jobs = LaboratoryJob.objects.filter(upload__in=[file.pk for file in files], pk=Subquery(newest)).defer("faults")
    return {job.upload_id: job for job in jobs}


def last_job(upload: LaboratoryImport) -> LaboratoryJob | None:
    """Return the last job of a file."""
    return upload.jobs.select_related("started_by").defer("faults").order_by("-created_at").first()


def active_job(upload: LaboratoryImport) -> LaboratoryJob | None:
    """Return the job that waits or runs."""
    return upload.jobs.filter(state__in=[state.value for state in ACTIVE]).first()


def is_taking(upload: LaboratoryImport) -> bool:
    """Test whether the samples of a file are being saved."""
    job = active_job(upload)
    return job is not None and job.kind == LaboratoryJob.Kind.TAKE


def last_finding(upload: LaboratoryImport) -> LaboratoryJob | None:
    """Return the last job that said what the file amounts to with the columns as they are named now."""
    found = upload.jobs.filter(found__has_key="new", parameters__mapping=upload.mapping)
    return found.order_by("-created_at").first()
