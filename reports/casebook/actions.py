"""What leads from the page of a subject to its casebook."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext_lazy

from trial_edc.accounts.roles import Permission
from trial_edc.casebook.actions import SubjectAction

CASEBOOK = SubjectAction(
    gettext_lazy("Casebook PDF"), lambda subject: reverse("reports:casebook", args=[subject.identifier]),
    Permission.MAKE_REPORT, icon="file-earmark-pdf",
)  # fmt: skip
