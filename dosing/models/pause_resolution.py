"""How the committee answered a pause: may go on, with the reason and a signature."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class PauseResolution(models.Model):
    """A pause follows from the data; what is recorded is who ended it, why, and on what evidence. Never edited."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    key = models.CharField(max_length=100, unique=True)
    rule = models.CharField(_("Rule"), max_length=20)
    rule_version = models.CharField(max_length=12)
    scope = models.CharField(_("Scope"), max_length=12)
    evidence = models.TextField(_("Evidence"))
    reason = models.TextField(_("Why the trial may go on"), max_length=4000)
    resolved_at = models.DateTimeField()
    resolved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-resolved_at"]

    def __str__(self) -> str:
        return self.key
