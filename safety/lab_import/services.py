"""What people do with a laboratory file: send it, name its columns, have it checked and taken in, stop the work."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from safety.lab_import.checking import Fault
from safety.lab_import.mapping import TARGETS, guess, lacking
from safety.lab_import.reading import read_head
from safety.lab_import.selectors import active_job, is_taking, last_finding
from safety.lab_import.working import said_of, work
from safety.models.laboratory_import import LaboratoryImport, LaboratoryJob
from safety.tasks import work_on_file
from trial_edc.accounts.access import require
from trial_edc.accounts.models import Site, User
from trial_edc.accounts.roles import Permission
from trial_edc.audit.context import acting
from trial_edc.casebook.jobs.life import move
from trial_edc.casebook.jobs.states import JobState
from trial_edc.casebook.queue import enqueue
from trial_edc.errors import DomainError

State, Kind = LaboratoryImport.State, LaboratoryJob.Kind
#: A larger file, or one with more new forms, takes longer than a person waits for a page: the worker does it.
MOST_BYTES_AT_ONCE, MOST_FORMS_AT_ONCE = 100_000, 10


def upload_file(*, by: User, site: Site, name: str, content: bytes) -> LaboratoryImport:
    """Keep a file of a site, its columns guessed, and check it; the same bytes again return what they led to before."""
    require(by, Permission.ENTER_DATA, site)
    digest = hashlib.sha256(content).hexdigest()
    head = read_head(name, content)
    with acting(by, _("Laboratory file %(name)s") % {"name": name[:120]}, source="import"):
        found, created = LaboratoryImport.objects.get_or_create(
            site=site,
            sha256=digest,
            defaults={
                "name": name[-120:], "content": content, "size": len(content), "mapping": guess(head.header),
                "head": {"header": head.header, "rows": head.rows, "other_sheets": head.other_sheets,
                         "encoding": head.encoding},
                "uploaded_at": timezone.now(), "uploaded_by": by,
            },
        )  # fmt: skip
        job = _ask(by, found, Kind.CHECK) if created and not lacking(found.mapping) else None
    _set_off(job)
    return found


def name_columns(*, by: User, upload: LaboratoryImport, mapping: Mapping[str, int]) -> None:
    """Say which column is which item, and have the file checked with them; refused once it is at work or taken in."""
    require(by, Permission.ENTER_DATA, upload.site)
    chosen = {target: number for target, number in mapping.items() if target in TARGETS and number >= 0}
    if len(set(chosen.values())) < len(chosen):
        raise DomainError(_("One column was chosen for two items. Choose a column of its own for each."))
    with acting(by, source="import"):
        present = _locked(upload)
        _refuse_closed(present)
        present.mapping = chosen
        present.save()
        job = None if lacking(chosen) else _ask(by, present, Kind.CHECK)
    _set_off(job)


def start_import(*, by: User, upload: LaboratoryImport) -> LaboratoryImport:
    """Have the samples of a file without a fault saved: at once where it is short work, else by the worker.

    Raises DomainError while a row has a fault. A file that is being taken in, or was, is not taken in again.
    """
    require(by, Permission.ENTER_DATA, upload.site)
    with acting(by, source="import"):
        present = _locked(upload)
        if present.state == State.DONE or is_taking(present):
            return present
        _refuse_closed(present)
        checked = last_finding(present)
        if checked is None:
            raise DomainError(_("The file was not checked with these columns yet."))
        if checked.faults:
            raise DomainError(said_of(len(checked.faults), [Fault(*each) for each in checked.faults[:3]]))
        job = _ask(by, present, Kind.TAKE, found={"rows": checked.found["rows"]})
    _set_off(job, forms=checked.found["new"])
    present.refresh_from_db()
    return present


def cancel_work(*, by: User, upload: LaboratoryImport) -> None:
    """Stop the work on a file; the worker notices at its next step, and nothing of it stays."""
    require(by, Permission.ENTER_DATA, upload.site)
    job = active_job(upload)
    if job is None:
        raise DomainError(_("Nobody works on this file now."))
    move(job, JobState.CANCELLED, finished_at=timezone.now())


def _locked(upload: LaboratoryImport) -> LaboratoryImport:
    return LaboratoryImport.objects.select_for_update(of=("self",)).select_related("site").get(pk=upload.pk)


def _refuse_closed(upload: LaboratoryImport) -> None:
    if upload.state == State.DONE:
        raise DomainError(_("This file is taken in already."))
    if active_job(upload) is not None:
        raise DomainError(_("This file is being worked on. Wait, or cancel that first."))


def _ask(by: User, upload: LaboratoryImport, kind: str, **more: Any) -> LaboratoryJob:
    now = timezone.now()
    parameters = {"language": get_language() or "en-gb", "mapping": upload.mapping}
    return LaboratoryJob.objects.create(
        upload=upload, kind=kind, parameters=parameters, started_by=by, created_at=now, queued_at=now, **more
    )


def _set_off(job: LaboratoryJob | None, *, forms: int = 0) -> None:
    if job is None:
        return
    if job.upload.size <= MOST_BYTES_AT_ONCE and forms <= MOST_FORMS_AT_ONCE:
        work(job.pk)
    else:
        transaction.on_commit(lambda: enqueue(work_on_file, str(job.pk)))
