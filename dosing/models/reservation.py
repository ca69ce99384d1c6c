"""A place kept for a subject in screening, until it is assigned, given up, or its last day is over."""

from __future__ import annotations

import uuid
from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from dosing.models.slot import Slot
from trial_edc.protocol.dose_levels import DOSE_LEVELS


class Reservation(models.Model):
    """One place kept at a level. Ended ones stay on record; one that lapsed needs no act of anybody."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    subject = models.ForeignKey("enrollment.Subject", models.PROTECT, related_name="reservations")
    dose_level = models.PositiveSmallIntegerField(
        _("Dose level"), choices=[(d.number, d.short_label) for d in DOSE_LEVELS]
    )
    part = models.CharField(_("Part"), max_length=10, choices=Slot.Part, default=Slot.Part.ESCALATION)
    reserved_at = models.DateTimeField()
    reserved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    last_day = models.DateField(_("Kept until"))
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    end_reason = models.TextField(_("Why it ended"), max_length=1000, blank=True)

    class Meta:
        ordering = ["reserved_at"]
        constraints = [
            models.UniqueConstraint(fields=["subject"], condition=Q(ended_at=None), name="one_open_reservation"),
            models.CheckConstraint(
                condition=Q(ended_at=None, ended_by=None, end_reason="")
                | (Q(ended_at__isnull=False, ended_by__isnull=False) & ~Q(end_reason="")),
                name="reservation_ended_at_by_and_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"DL{self.dose_level} reserved"

    def holds(self, day: date) -> bool:
        """Test whether the place is still kept on a day."""
        return self.ended_at is None and day <= self.last_day
