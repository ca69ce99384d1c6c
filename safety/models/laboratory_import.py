"""A laboratory file that a site took in, with what became of it."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class LaboratoryImport(models.Model):
    """One file of one site. Its rows become forms all at once or not at all; `state` says how far it is."""

    class State(models.TextChoices):
        CHECKED = "checked", _("To be checked")
        QUEUED = "queued", _("Waiting")
        DONE = "done", _("Taken")
        FAILED = "failed", _("Nothing taken")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    site = models.ForeignKey("accounts.Site", models.PROTECT, related_name="+")
    name = models.CharField(max_length=120)
    content = models.BinaryField()
    sha256 = models.CharField(max_length=64)
    mapping = models.JSONField(default=dict)
    state = models.CharField(max_length=8, choices=State, default=State.CHECKED)
    rows = models.PositiveIntegerField(default=0)
    forms_created = models.PositiveIntegerField(default=0)
    forms_present = models.PositiveIntegerField(default=0)
    failure_reason = models.TextField(blank=True)
    uploaded_at = models.DateTimeField()
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    finished_at = models.DateTimeField(null=True, blank=True)

    trail_ignore = ("content",)

    class Meta:
        ordering = ["-uploaded_at"]
        constraints = [
            models.UniqueConstraint(fields=["site", "sha256"], name="a_laboratory_file_is_kept_once_per_site"),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.state}"
