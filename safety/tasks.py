"""What the worker does for the safety part: check laboratory files and take them in."""

from __future__ import annotations

from uuid import UUID

from celery import shared_task

from safety.lab_import.working import work
from safety.models.laboratory_import import LaboratoryJob
from trial_edc.casebook.jobs.life import give_up_abandoned
from trial_edc.casebook.queue import enqueue


@shared_task(name="safety.tasks.work_on_file")
def work_on_file(job_id: str) -> None:
    """Do one job on a laboratory file. Delivered twice, it is done once."""
    work(UUID(job_id), beside=True)


@shared_task(name="safety.tasks.find_waiting_files")
def find_waiting_files() -> None:
    """Close the jobs of workers that stopped; send waiting jobs once more whose message was lost."""
    for job_id in give_up_abandoned(LaboratoryJob):
        enqueue(work_on_file, str(job_id))
