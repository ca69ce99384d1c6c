"""A physician's verdict on one adverse event; it stands beside the computed one and wins in the tally."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class DltAdjudication(models.Model):
    """The present verdict on an event; earlier verdicts stand in the trail.

    `seen_input_hash` is the hash of the facts the physician judged: when they change, the verdict asks for review.
    """

    class Verdict(models.TextChoices):
        YES = "YES", _("Dose-limiting toxicity")
        NO = "NO", _("Not a dose-limiting toxicity")
        NEEDS_DATA = "NEEDS DATA", _("More data are needed")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    subject = models.ForeignKey("enrollment.Subject", models.PROTECT, related_name="+")
    adverse_event = models.OneToOneField("safety.AdverseEvent", models.PROTECT, related_name="dlt_adjudication")
    verdict = models.CharField(_("Verdict"), max_length=10, choices=Verdict)
    rationale = models.TextField(_("Rationale"), max_length=2000)
    seen_input_hash = models.CharField(max_length=64)
    adjudicated_at = models.DateTimeField()
    adjudicated_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return f"DLT {self.verdict}"
