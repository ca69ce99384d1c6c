"""The worker's entry points. Each loads, makes one domain call, and may be delivered twice."""

from __future__ import annotations

from uuid import UUID

from celery import shared_task

from dosing import services
from dosing.selectors.freshness import BoardInputs, board_is_stale, stale_subjects
from trial_edc.casebook.queue import enqueue


@shared_task
def recompute_subject(subject_id: str) -> None:
    """Judge one subject, then the board."""
    services.recompute_subject(subject_id=UUID(subject_id))


@shared_task
def recompute_board() -> None:
    """Judge the levels."""
    services.recompute_board()


@shared_task
def find_stale_results() -> int:
    """Send everything whose stored answer is older than its data or has outlived its moment; return how much.

    This is what recovers from a queue that was down or a worker that was killed, and what closes DLT windows.
    """
    inputs = BoardInputs.read()
    stale = stale_subjects(inputs)
    for subject_id in stale:
        enqueue(recompute_subject, str(subject_id))
    if not stale and board_is_stale(inputs):
        enqueue(recompute_board)
        return 1
    return len(stale)
