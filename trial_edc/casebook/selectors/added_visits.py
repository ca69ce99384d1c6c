"""Which unscheduled visits a subject has: those with a day of their own, or with a form."""

from __future__ import annotations

from typing import Any

from trial_edc.casebook.models import SubjectVisit
from trial_edc.casebook.selectors.expected import expected_forms
from trial_edc.crf import registry


def is_added(subject: Any, code: str) -> bool:
    """Test whether a subject has an unscheduled visit: its day is recorded, or a form is filed at it."""
    dated = SubjectVisit.objects.filter(subject=subject, code=code, visit_date__isnull=False)
    return dated.exists() or has_forms(subject, code)


def has_forms(subject: Any, code: str) -> bool:
    """Test whether any form of the visit is saved."""
    return any(
        registry.get(form.oid)._default_manager.filter(subject=subject, visit=code).exists()
        for form in expected_forms(code)
    )
