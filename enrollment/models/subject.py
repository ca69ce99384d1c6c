"""A subject: a code, a site, a state, and the dates everything else is counted from."""

from __future__ import annotations

import uuid
from datetime import date

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from trial_edc.accounts.models import Site
from trial_edc.protocol.study_day import study_day
from trial_edc.protocol.visits.model import Anchors


class SubjectStatus(models.TextChoices):
    """Where a subject stands in the trial."""

    SCREENING = "SCREENING", _("Screening")
    SCREEN_FAILURE = "SCREEN FAILURE", _("Screen failure")
    ELIGIBLE = "ELIGIBLE", _("Eligible")
    ENROLLED = "ENROLLED", _("Enrolled, awaiting infusion")
    APHERESED = "APHERESED", _("Apheresed")
    MANUFACTURING = "MANUFACTURING", _("Manufacturing")
    PRODUCT_FAILED = "PRODUCT FAILED", _("Manufacture failed")
    PRODUCT_RELEASED = "PRODUCT RELEASED", _("Product released")
    LYMPHODEPLETION = "LYMPHODEPLETION", _("Lymphodepletion")
    IN_WINDOW = "IN WINDOW", _("In DLT window")
    FOLLOW_UP = "FOLLOW-UP", _("Follow-up")
    OFF_STUDY = "OFF STUDY", _("Off study")
    DIED = "DIED", _("Died")


class Subject(models.Model):
    """One subject, known by code alone. The anchors are set by the services that record the events themselves."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    identifier = models.CharField(_("Subject"), max_length=12, unique=True)
    site = models.ForeignKey(Site, models.PROTECT)
    status = models.CharField(_("Status"), max_length=16, choices=SubjectStatus, default=SubjectStatus.SCREENING)
    dose_level = models.PositiveSmallIntegerField(_("Dose level"), null=True, blank=True)
    consent_date = models.DateField(null=True, blank=True)
    eligibility_confirmed_date = models.DateField(null=True, blank=True)
    leukapheresis_date = models.DateField(null=True, blank=True)
    lymphodepletion_date = models.DateField(null=True, blank=True)
    infused_at = models.DateTimeField(null=True, blank=True)
    death_date = models.DateField(null=True, blank=True)
    off_study_date = models.DateField(null=True, blank=True)

    trail_subject = "id"

    class Meta:
        ordering = ["identifier"]

    def __str__(self) -> str:
        return self.identifier

    @property
    def infusion_date(self) -> date | None:
        """Return the date of Day 0 in the trial's time zone."""
        return None if self.infused_at is None else timezone.localdate(self.infused_at)

    @property
    def anchors(self) -> Anchors:
        """Return the dates from which visit windows are counted."""
        return Anchors(
            consent=self.consent_date,
            eligibility_confirmed=self.eligibility_confirmed_date,
            leukapheresis=self.leukapheresis_date,
            lymphodepletion=self.lymphodepletion_date,
            infusion=self.infusion_date,
        )

    def study_day(self, on: date) -> int | None:
        """Return the study day of a date (infusion is Day 0), None before there is an infusion."""
        return None if self.infusion_date is None else study_day(on, self.infusion_date)
