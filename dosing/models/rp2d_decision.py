"""The choice of the recommended phase 2 dose, which opens the expansion."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from trial_edc.protocol.dose_levels import DOSE_LEVELS

LEVELS = [(d.number, d.short_label) for d in DOSE_LEVELS]


class Rp2dDecision(models.Model):
    """One revision of the choice; it rests on a released decision that declared the MTD, and falls with it."""

    class Status(models.TextChoices):
        IN_REVIEW = "IN REVIEW", _("In review")
        SIGNED = "SIGNED", _("Signed")
        RELEASED = "RELEASED", _("Released")
        SUPERSEDED = "SUPERSEDED", _("Superseded")

    OPEN = (Status.IN_REVIEW, Status.SIGNED)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    revision = models.PositiveSmallIntegerField(_("Revision"), unique=True)
    rests_on = models.ForeignKey("dosing.DoseDecision", models.PROTECT, related_name="rp2d_decisions")
    mtd_level = models.PositiveSmallIntegerField(_("MTD"), choices=LEVELS)
    chosen_level = models.PositiveSmallIntegerField(_("Recommended phase 2 dose"), choices=LEVELS)
    reason = models.TextField(_("Reason"), max_length=4000)
    meeting_date = models.DateField(_("Date of the meeting"))
    attendees = models.TextField(_("Attendees"), max_length=2000)
    status = models.CharField(_("Status"), max_length=10, choices=Status, default=Status.IN_REVIEW)
    proposed_at = models.DateTimeField()
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    released_at = models.DateTimeField(null=True, blank=True)
    released_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["-revision"]
        constraints = [
            models.CheckConstraint(condition=Q(chosen_level__lte=F("mtd_level")), name="rp2d_not_above_the_mtd"),
            models.CheckConstraint(
                condition=Q(released_at=None, released_by=None)
                | Q(released_at__isnull=False, released_by__isnull=False),
                name="rp2d_released_at_and_by",
            ),
            models.CheckConstraint(
                condition=~Q(status="RELEASED") | Q(released_at__isnull=False), name="rp2d_released_has_a_moment"
            ),
        ]

    def __str__(self) -> str:
        return f"RP2D revision {self.revision}: DL{self.chosen_level}"
