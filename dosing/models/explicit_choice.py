"""What the committee chose where the protocol's text leaves a choice: with a reason, and signed by two."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class ExplicitChoice(models.Model):
    """One answer to one question. `key` names the facts it was given on: on other facts it is no answer.

    It is in force with the last signature its protocol asks for, and is never edited: another answer sets it aside.
    """

    class Question(models.TextChoices):
        OFF_RANGE_DOSE = "OFF RANGE DOSE", _("Infused dose outside the tolerance")
        EARLY_DEATH = "EARLY DEATH", _("Death before Day 28 without a DLT")
        EXPANSION_CAP = "EXPANSION CAP", _("One more subject than the expansion may treat")
        INCOMPLETE_DATA = "INCOMPLETE DATA", _("Decide although the data are not ready")

    class Option(models.TextChoices):
        COUNTS = "COUNTS", _("Counts at the assigned level")
        REPLACED = "REPLACED", _("Does not count and is replaced")
        GO_AHEAD = "GO AHEAD", _("Go ahead")

    class Status(models.TextChoices):
        PROPOSED = "PROPOSED", _("Proposed")
        IN_FORCE = "IN FORCE", _("In force")
        SET_ASIDE = "SET ASIDE", _("Set aside")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    question = models.CharField(_("Question"), max_length=16, choices=Question)
    key = models.CharField(max_length=120)
    subject = models.ForeignKey("enrollment.Subject", models.PROTECT, null=True, blank=True, related_name="+")
    because = models.TextField(_("Facts"))
    option = models.CharField(_("Choice"), max_length=10, choices=Option)
    reason = models.TextField(_("Reason"), max_length=4000)
    status = models.CharField(_("Status"), max_length=10, choices=Status, default=Status.PROPOSED)
    proposed_at = models.DateTimeField()
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["proposed_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["key"], condition=~Q(status="SET ASIDE"), name="one_answer_to_an_explicit_question"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.question}: {self.option}"
