"""Normal ranges of a site's laboratory, each with the days it is in force."""

from __future__ import annotations

import uuid
from decimal import Decimal

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from safety.models.chemistry import ChemistryAnalyte
from safety.models.coagulation import CoagulationAnalyte
from safety.models.haematology import HaematologyAnalyte
from safety.models.immunology import ImmunologyAnalyte
from safety.models.laboratory import Unit
from trial_edc.accounts.models import Site

#: Every analyte of the laboratory forms, by form.
ANALYTE_CHOICES = (
    *HaematologyAnalyte.choices, *ChemistryAnalyte.choices, *CoagulationAnalyte.choices, *ImmunologyAnalyte.choices,
)  # fmt: skip


class NormalRange(models.Model):
    """What is normal for one analyte at one site: for whom, from which day, until which day (None: until further).

    Ages are whole years, both ends included; None = no limit. A range that has been in force is closed, never deleted.
    """

    class Sex(models.TextChoices):
        ANY = "", _("any")
        FEMALE = "F", _("Female")
        MALE = "M", _("Male")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    site = models.ForeignKey(Site, models.PROTECT, related_name="+")
    analyte = models.CharField(_("Analyte"), max_length=8, choices=ANALYTE_CHOICES)
    unit = models.CharField(_("Unit"), max_length=10, choices=Unit)
    low = models.DecimalField(_("Lower limit"), max_digits=12, decimal_places=4, null=True, blank=True)
    high = models.DecimalField(_("Upper limit"), max_digits=12, decimal_places=4, null=True, blank=True)
    sex = models.CharField(_("Sex"), max_length=1, choices=Sex, blank=True, default=Sex.ANY)
    age_from = models.PositiveSmallIntegerField(_("Age from"), null=True, blank=True)
    age_to = models.PositiveSmallIntegerField(_("Age to"), null=True, blank=True)
    valid_from = models.DateField(_("In force from"))
    valid_to = models.DateField(_("In force until"), null=True, blank=True)
    source = models.CharField(_("Source"), max_length=200)

    class Meta:
        ordering = ["analyte", "valid_from", "sex", "age_from"]
        indexes = [models.Index(fields=["site", "analyte"], name="ranges_by_site_and_analyte")]
        constraints = [
            models.CheckConstraint(condition=Q(low__isnull=False) | Q(high__isnull=False), name="range_has_a_limit"),
            models.CheckConstraint(
                condition=Q(low=None) | Q(high=None) | Q(low__lte=F("high")), name="range_low_not_above_high"
            ),
            models.CheckConstraint(
                condition=Q(age_from=None) | Q(age_to=None) | Q(age_from__lte=F("age_to")), name="range_ages_in_order"
            ),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")), name="range_days_in_order"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.analyte} {self.low_text}–{self.high_text} {self.unit}"

    @property
    def low_text(self) -> str:
        """Return the lower limit without idle zeros, '' when there is none."""
        return plain(self.low)

    @property
    def high_text(self) -> str:
        """Return the upper limit without idle zeros, '' when there is none."""
        return plain(self.high)


def plain(number: Decimal | None) -> str:
    """Return a number as a laboratory prints it: 115.0000 as 115, 1.8000 as 1.8, None as nothing."""
    return "" if number is None else format(number.normalize(), "f")
