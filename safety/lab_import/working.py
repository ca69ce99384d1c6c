"""What a worker does with a file: check it, or save its samples, all in one transaction.

Each is a job that one worker takes up once. Whatever ends the saving half-way, a refusal, a fault, a person who
cancels, or the end of the process, leaves nothing behind.
"""

from __future__ import annotations

import logging
from contextlib import ExitStack
from dataclasses import asdict
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from safety.lab_import.checking import Fault
from safety.lab_import.planning import Plan, Step, plan_of
from safety.lab_import.saving import save_sample
from safety.models.laboratory_import import LaboratoryImport, LaboratoryJob
from trial_edc.accounts.models import User
from trial_edc.audit.context import acting
from trial_edc.casebook.jobs import life
from trial_edc.errors import DomainError

logger = logging.getLogger(__name__)
#: Faults named in the reason why nothing was taken; the page lists all of them.
NAMED = 3
#: After so many faults the rest is not tried.
ENOUGH = 50


class FaultsFound(DomainError):
    """The file cannot be taken in as it is."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        super().__init__(said_of(len(plan.faults), plan.faults))


def said_of(number: int, first: list[Fault]) -> str:
    """Say why nothing is taken of a file with so many faults, of which the first are named."""
    named = "; ".join(_("line %(line)s: %(why)s") % {"line": each.line, "why": each.sentence} for each in first[:NAMED])
    return _("%(number)s rows have faults, so nothing is taken: %(named)s") % {"number": number, "named": named}


def work(job_id: UUID, *, beside: bool = False) -> None:
    """Do the job if it still waits. `beside`: tell how far it is on a connection of its own, for others to see."""
    job = life.take_up(LaboratoryJob, job_id)
    if job is None:
        return
    with ExitStack() as around:
        around.enter_context(translation.override(job.parameters.get("language")))
        write = around.enter_context(life.beside_the_transaction()) if beside else life.directly
        _work(job, life.Progress(job, write))


def _work(job: LaboratoryJob, progress: life.Progress) -> None:
    try:
        (_take if job.kind == LaboratoryJob.Kind.TAKE else _check)(job, progress)
    except life.Stopped:
        logger.info("work %s on a laboratory file was cancelled or given up", job.pk)
    except FaultsFound as refusal:
        _keep(life.present(job), refusal.plan)
        life.fail(job, str(refusal))
    except (DomainError, PermissionDenied) as refusal:
        life.fail(job, str(refusal))
    except Exception:  # whatever goes wrong, the person who waits is told
        logger.exception("work %s on a laboratory file failed", job.pk)
        life.fail(job, _failure(job))


def _failure(job: LaboratoryJob) -> str:
    return _(
        "A fault in the program ended this. Try again; if it fails again, tell the administrator the reference"
        " %(reference)s."
    ) % {"reference": str(job.pk)[:8]}


def _keep(row: QuerySet[LaboratoryJob], plan: Plan) -> int:
    return row.update(found=plan.counts(), faults=[list(asdict(fault).values()) for fault in plan.faults])


def _check(job: LaboratoryJob, progress: life.Progress) -> None:
    plan = plan_of(job.upload, job.started_by, progress)
    _keep(life.present(job), plan)
    life.present(job).update(state=LaboratoryJob.State.DONE, progress=100, finished_at=timezone.now())


def _take(job: LaboratoryJob, progress: life.Progress) -> None:
    # Read anew: the person's roles may have changed since the page was opened.
    by, upload = User.objects.get(pk=job.started_by_id), job.upload
    with acting(by, _("Laboratory file %(name)s") % {"name": upload.name}, source="import"):
        plan = plan_of(upload, by, progress)
        if not plan.faults:
            _save(by, upload, plan, progress)
        if plan.faults:
            raise FaultsFound(plan)
        _close(job, plan)


def _save(by: User, upload: LaboratoryImport, plan: Plan, progress: life.Progress) -> None:
    """Save every new sample; what a form refuses becomes a fault, so that one attempt tells all of them."""
    for done, (subject, visit, sample) in enumerate(plan.new):
        progress(Step.SAVE, done, len(plan.new))
        try:
            save_sample(by=by, upload=upload, subject=subject, visit=visit, sample=sample)
        except DomainError as refusal:
            plan.faults += [Fault(result.line, str(refusal)) for result in sample.results.values()]
        if len(plan.faults) > ENOUGH:
            return
    progress(Step.SAVE, len(plan.new), len(plan.new))


def _close(job: LaboratoryJob, plan: Plan) -> None:
    """Close file and job in the transaction that saved the forms; raises Stopped when the job was taken away.

    Both rows are locked only now: while the forms are saved, a person may look and cancel.
    """
    upload = LaboratoryImport.objects.select_for_update().get(pk=job.upload_id)
    row = life.present(job).select_for_update().first()
    if row is None:
        raise life.Stopped
    now = timezone.now()
    upload.state, upload.finished_at, upload.rows = LaboratoryImport.State.DONE, now, plan.checked.rows
    upload.forms_created, upload.forms_present = len(plan.new), plan.present.total()
    upload.save()
    row.state, row.progress, row.finished_at, row.found = LaboratoryJob.State.DONE, 100, now, plan.counts()
    row.save()
