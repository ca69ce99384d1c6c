"""What leads from the page of a subject to its course."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext_lazy

from trial_edc.accounts.roles import Permission
from trial_edc.casebook.actions import SubjectAction

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
