"""What leads to the bedside sheet from the page and the cards of a subject."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext_lazy

from safety.bedside.column import visits_at_the_bedside
from trial_edc.accounts.roles import Permission
from trial_edc.casebook.actions import SubjectAction

BEDSIDE_ACTION = SubjectAction(
    gettext_lazy("Bedside sheet"),
    lambda subject: reverse("bedside:sheet", args=[subject.identifier]),
    Permission.VIEW_SUBJECTS,
    lambda subject: subject.infused_at is not None,
    icon="table",
    visits=tuple(visit.code for visit in visits_at_the_bedside()),
)
