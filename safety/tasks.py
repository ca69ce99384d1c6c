"""What the worker does for the safety part: take laboratory files in."""

from __future__ import annotations

from uuid import UUID

from celery import shared_task

from safety.lab_import import services
from trial_edc.casebook.queue import enqueue


@shared_task(name="safety.tasks.take_in_file")
def take_in_file(pk: str) -> None:
    """Save the samples of one laboratory file. Delivered twice, they are saved once."""
    services.take_in(UUID(pk))


@shared_task(name="safety.tasks.find_waiting_files")
def find_waiting_files() -> None:
    """Send the files that wait once more; one that is being taken in is passed over."""
    for pk in services.waiting():
        enqueue(take_in_file, str(pk))
