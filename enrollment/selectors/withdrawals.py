"""Withdrawal of consent, as the end-of-study form says it."""

from __future__ import annotations

from typing import Any

from enrollment.models import Disposition


def withdrawal_of(subject: Any) -> Disposition | None:
    """Return the end-of-study form by which the subject withdrew consent, None when it did not."""
    if subject.off_study_date is None:
        return None
    forms = Disposition.objects.filter(subject=subject, reason=Disposition.Reason.WITHDRAWAL)
    return forms.filter(off_study_date__isnull=False).first()
