"""What the workers do: make documents, and find the jobs that nobody works on."""

from __future__ import annotations

import logging
from uuid import UUID

from celery import shared_task
from django.utils import translation
from django.utils.translation import gettext as _

from reports import jobs
from reports.models import Job
from reports.production import produce
from trial_edc.casebook.jobs import life
from trial_edc.casebook.queue import enqueue
from trial_edc.errors import DomainError

logger = logging.getLogger(__name__)


@shared_task(name="reports.tasks.produce_report")
def produce_report(job_id: str) -> None:
    """Make the document of one job. Delivered twice, it is made once."""
    job = life.take_up(Job, UUID(job_id))
    if job is None:
        return
    with translation.override(job.parameters.get("language")):
        _produce(job)


def _produce(job: Job) -> None:
    try:
        jobs.finish(job, produce(job, life.Progress(job)))
    except life.Stopped:
        logger.info("report %s was cancelled or given up", job.pk)
    except DomainError as refusal:
        life.fail(job, str(refusal))
    except Exception:  # whatever goes wrong, the person who waits is told
        logger.exception("report %s failed", job.pk)
        life.fail(job, _failure(job))


def _failure(job: Job) -> str:
    return _(
        "The report could not be made because of a fault in the program. Try again; if it fails again, tell the"
        " administrator the reference %(reference)s."
    ) % {"reference": str(job.pk)[:8]}


@shared_task(name="reports.tasks.find_abandoned_jobs")
def find_abandoned_jobs() -> None:
    """Close the jobs of workers that stopped; send waiting jobs once more whose message was lost."""
    for job_id in life.give_up_abandoned(Job):
        enqueue(produce_report, str(job_id))
