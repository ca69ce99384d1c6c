"""Items that every sample has: was it taken, when, before or after the infusion; and what a laboratory reports."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from efficacy.measurements import normalise_result
from trial_edc.crf.fields import item

#: Below it a limit of quantification is a slip; far above any of the assays.
SMALLEST_LIMIT, LARGEST_LIMIT = Decimal("0.0001"), 1_000_000


class Timing(models.TextChoices):
    """Before or after the infusion; asked on the day of infusion, where both happen."""

    PRE = "PRE", _("Before the infusion")
    POST = "POST", _("After the infusion")


def taken(label: Any, oid: str, sdtm: str) -> models.BooleanField[Any, Any]:
    """Return the question whether there is a sample; the other items hang on it."""
    return item(models.BooleanField(label, null=True, blank=True), oid=oid, sdtm=sdtm)


def not_taken_reason(oid: str, sdtm: str) -> models.CharField[Any, Any]:
    """Return the reason why there is none."""
    return item(
        models.CharField(_("Why not"), max_length=200, blank=True), oid=oid, sdtm=sdtm, when=("sample_taken", (False,))
    )


def drawn_date(oid: str, sdtm: str) -> models.DateField[Any, Any]:
    """Return the day of the sample."""
    return item(
        models.DateField(_("Date of the sample"), null=True, blank=True), oid=oid, sdtm=sdtm,
        when=("sample_taken", (True,)),
    )  # fmt: skip


def drawn_time(oid: str, sdtm: str) -> models.TimeField[Any, Any]:
    """Return the time of the sample: kinetics count in fractions of a day."""
    return item(
        models.TimeField(_("Time of the sample"), null=True, blank=True), oid=oid, sdtm=sdtm,
        when=("sample_taken", (True,)), hint=_("24-hour clock, site time"),
    )  # fmt: skip


def timing(oid: str, sdtm: str) -> models.CharField[Any, Any]:
    """Return whether the sample is before or after the infusion."""
    return item(
        models.CharField(_("Before or after the infusion"), max_length=4, choices=Timing, blank=True), oid=oid,
        sdtm=sdtm, when=("sample_taken", (True,)), required=False, hint=_("On the day of infusion"),
    )  # fmt: skip


def text(label: Any, oid: str, sdtm: str, **more: Any) -> models.CharField[Any, Any]:
    """Return a short text about the sample, asked once there is one."""
    return item(
        models.CharField(label, max_length=80, blank=True), oid=oid, sdtm=sdtm, when=("sample_taken", (True,)), **more
    )


def result(oid: str, sdtm: str) -> models.CharField[Any, Any]:
    """Return a result as the laboratory reported it; the sign of a limit stays with it."""
    return item(
        models.CharField(_("Result"), max_length=24, blank=True), oid=oid, sdtm=sdtm, required=False,
        normalise=normalise_result, hint=_("As reported: 12.5, <1.5, >5000"),
    )  # fmt: skip


def lloq(oid: str, sdtm: str) -> models.DecimalField[Any, Any]:
    """Return the lower limit of quantification, in the unit of the result."""
    return item(
        models.DecimalField(_("LLOQ"), max_digits=12, decimal_places=4, null=True, blank=True), oid=oid, sdtm=sdtm,
        limits=(SMALLEST_LIMIT, LARGEST_LIMIT), required=False,
    )  # fmt: skip


def not_done(oid: str, sdtm: str) -> models.BooleanField[Any, Any]:
    """Return whether this determination was not made."""
    return item(models.BooleanField(_("Not done"), null=True, blank=True), oid=oid, sdtm=sdtm, required=False)
