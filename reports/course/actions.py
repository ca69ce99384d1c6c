"""What leads from the page of a subject, and from a visit, to its course."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy

from efficacy.selectors.history import FORMS
from trial_edc.accounts.roles import Permission
from trial_edc.casebook.actions import SubjectAction, VisitAction
from trial_edc.protocol.visits.model import Visit

SUBJECT_ACTIONS = (
    SubjectAction(
        gettext_lazy("Timeline"), lambda subject: reverse("course:timeline", args=[subject.identifier]),
        Permission.VIEW_SUBJECTS, lambda subject: subject.infused_at is not None, icon="clock-history",
    ),
    SubjectAction(
        gettext_lazy("Tumour"), lambda subject: reverse("course:tumour", args=[subject.identifier]),
        Permission.VIEW_SUBJECTS, icon="search",
    ),
)  # fmt: skip


def _has_tumour_forms(_subject: Any, visit: Visit) -> bool:
    return any(oid in (*visit.required_forms, *visit.optional_forms) for oid in FORMS)


VISIT_ACTIONS = (
    VisitAction(
        gettext_lazy("Tumour assessment, all forms on one page"),
        lambda subject, visit: reverse("course:assessment", args=[subject.identifier, visit]),
        _has_tumour_forms, icon="search",
    ),
)  # fmt: skip
