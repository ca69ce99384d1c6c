"""Operating characteristics kept with the minutes of a decision."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models


class StoredCharacteristics(models.Model):
    """What the statistician showed the committee: frozen, with its hash; part of what the signers of the decision sign.

    `evidence_hash` names the evidence it was worked out from: when that is frozen again, this stays behind with it.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    decision = models.ForeignKey("dosing.DoseDecision", models.PROTECT, related_name="characteristics")
    evidence_hash = models.CharField(max_length=64)
    content = models.JSONField()
    content_hash = models.CharField(max_length=64)
    stored_at = models.DateTimeField()
    stored_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    #: Its changes belong to the decision: a signature on the decision covers it, and a later one voids the signature.
    trail_root = "decision_id"

    class Meta:
        ordering = ["stored_at"]
        constraints = [
            models.UniqueConstraint(fields=["decision", "content_hash"], name="characteristics_stored_once"),
        ]

    def __str__(self) -> str:
        return f"{self.decision}: {', '.join(self.content['probabilities'])}"
