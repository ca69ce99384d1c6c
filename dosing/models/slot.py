"""A place in a cohort, held by one subject."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from trial_edc.protocol.dose_levels import DOSE_LEVELS


class Slot(models.Model):
    """One subject's place at a dose level. Numbers run on: who replaces a subject takes the next number.

    Whether the place counts, waits or is replaced is computed, never stored here. One that was given back before the
    infusion stays on record and frees its place; when the subject is enrolled again, it takes another number.
    """

    class Part(models.TextChoices):
        ESCALATION = "ESCALATION", _("Dose escalation")
        EXPANSION = "EXPANSION", _("Dose expansion")
        #: Subjects of another study in a training database: outside cohorts, windows and decisions.
        IMPORTED = "IMPORTED", _("Imported")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    subject = models.OneToOneField("enrollment.Subject", models.PROTECT, related_name="slot")
    dose_level = models.PositiveSmallIntegerField(
        _("Dose level"), choices=[(d.number, d.short_label) for d in DOSE_LEVELS]
    )
    part = models.CharField(_("Part"), max_length=10, choices=Part, default=Part.ESCALATION)
    number = models.PositiveSmallIntegerField(_("Slot"))
    assigned_at = models.DateTimeField()
    assigned_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    #: Whose place this subject took, when one was free because a subject is replaced.
    replaces = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="replaced_by")
    released_at = models.DateTimeField(null=True, blank=True)
    released_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    release_reason = models.TextField(_("Reason for giving the slot back"), max_length=1000, blank=True)
    stagger_override_reason = models.TextField(_("Reason for an earlier infusion"), max_length=1000, blank=True)
    stagger_override_at = models.DateTimeField(null=True, blank=True)
    stagger_override_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["dose_level", "part", "number"]
        constraints = [
            models.UniqueConstraint(fields=["dose_level", "part", "number"], name="slot_number_once_per_level"),
            models.CheckConstraint(condition=Q(number__gte=1), name="slot_numbers_start_at_one"),
            models.CheckConstraint(
                condition=Q(stagger_override_at=None, stagger_override_by=None, stagger_override_reason="")
                | (
                    Q(stagger_override_at__isnull=False, stagger_override_by__isnull=False)
                    & ~Q(stagger_override_reason="")
                ),
                name="slot_override_at_by_and_reason",
            ),
            models.CheckConstraint(
                condition=Q(released_at=None, released_by=None, release_reason="")
                | (Q(released_at__isnull=False, released_by__isnull=False) & ~Q(release_reason="")),
                name="slot_released_at_by_and_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"DL{self.dose_level} slot {self.number}"

    @property
    def is_released(self) -> bool:
        """Test whether the place was given back before the infusion."""
        return self.released_at is not None

    @property
    def is_imported(self) -> bool:
        """Test whether the place is that of a subject of another study, outside every cohort."""
        return self.part == self.Part.IMPORTED
