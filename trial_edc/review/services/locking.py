"""Take turns with whoever else writes about a subject."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from trial_edc.crf.registry import subject_model


def lock_subjects(subject_ids: Iterable[UUID]) -> None:
    """Lock the rows of some subjects until the transaction ends, always in the same order.

    Every save of a form locks its subject first and the end of the subject's trail after it; who writes about a subject
    without changing a form does the same, so that nobody waits in a circle. Other rows may still point to the subjects.
    """
    rows = subject_model().objects.select_for_update(of=("self",), no_key=True)
    list(rows.filter(pk__in=set(subject_ids)).order_by("pk").values_list("pk"))
