"""What leads from the page of a subject, and from its visits, to the bedside sheet and the adverse events."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext_lazy

from safety.bedside.column import visits_at_the_bedside
from trial_edc.accounts.roles import Permission
from trial_edc.casebook.actions import SubjectAction, VisitAction

EVENTS_ACTION = SubjectAction(
    gettext_lazy("Adverse events"),
    lambda subject: reverse("events:log", args=[subject.identifier]),
    Permission.VIEW_SUBJECTS,
    icon="exclamation-triangle-fill",
)
BEDSIDE_ACTION = SubjectAction(
    gettext_lazy("Bedside sheet"),
    lambda subject: reverse("bedside:sheet", args=[subject.identifier]),
    Permission.VIEW_SUBJECTS,
    lambda subject: subject.infused_at is not None,
    icon="table",
)
BEDSIDE_OF_VISIT = VisitAction(
    gettext_lazy("Bedside sheet"),
    lambda subject, _visit: reverse("bedside:sheet", args=[subject.identifier]),
    lambda subject, visit: subject.infused_at is not None and visit in visits_at_the_bedside(),
    icon="table",
)
