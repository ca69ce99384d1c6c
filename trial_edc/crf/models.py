"""The base every form inherits: whose, when planned, in which state, and nothing else."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from trial_edc.crf import registry
from trial_edc.crf.spec import Crf


class FormStatus(models.TextChoices):
    """The states a saved form passes through; drafts are not records."""

    STARTED = "STARTED", _("In progress")
    COMPLETE = "COMPLETE", _("Complete")
    NOT_DONE = "NOT DONE", _("Not done")
    FROZEN = "FROZEN", _("Frozen")
    LOCKED = "LOCKED", _("Locked")


class CrfRecord(models.Model):
    """One form of one subject at one visit. `version` counts saves, for concurrent editors."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    subject = models.ForeignKey("enrollment.Subject", models.PROTECT, related_name="+")
    visit = models.CharField(max_length=8)
    sequence = models.PositiveSmallIntegerField(default=1)
    amendment = models.PositiveSmallIntegerField(default=0)
    status = models.CharField(max_length=8, choices=FormStatus, default=FormStatus.STARTED)
    version = models.PositiveIntegerField(default=0)
    completed_at = models.DateTimeField(null=True, blank=True)
    completed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    crf: ClassVar[Crf]
    trail_ignore = ("version",)
    #: Fields that every form has; the rest are items.
    BASE_FIELDS = frozenset(
        ("id", "subject", "visit", "sequence", "amendment", "status", "version", "completed_at", "completed_by")
    )

    class Meta:
        abstract = True
        constraints = [
            models.UniqueConstraint(fields=["subject", "visit", "sequence"], name="%(class)s_one_per_place"),
            models.CheckConstraint(
                condition=models.Q(completed_at=None, completed_by=None)
                | models.Q(completed_at__isnull=False, completed_by__isnull=False),
                name="%(class)s_completed_at_and_by",
            ),
        ]

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if "crf" in vars(cls):
            registry.register(cls)

    def __str__(self) -> str:
        return f"{self.crf.oid} {self.visit}/{self.sequence}"

    @property
    def is_editable(self) -> bool:
        """Test whether the site may still change the form."""
        return self.status not in (FormStatus.FROZEN, FormStatus.LOCKED)


class CrfRow(models.Model):
    """One row of a repeating table within a form; `record` is declared by the child class."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    subject = models.ForeignKey("enrollment.Subject", models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField(default=1)

    crf: ClassVar[Crf]
    trail_root = "record_id"
    BASE_FIELDS = frozenset(("id", "subject", "position", "record"))

    class Meta:
        abstract = True
        ordering = ["position"]

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if "crf" in vars(cls):
            registry.register_rows(cls)

    def __str__(self) -> str:
        return f"{self.crf.oid} {self.position}"
