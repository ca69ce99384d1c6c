"""Items that every tumour form has: was it assessed, why not, on which day, by which method."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from efficacy.models.lesion_lists import Method
from trial_edc.crf.fields import item


def yes_no(label: Any) -> models.BooleanField[Any, Any]:
    """Return a question answered yes or no; unanswered is neither."""
    return models.BooleanField(label, null=True, blank=True)


def done(label: Any, oid: str, sdtm: str) -> models.BooleanField[Any, Any]:
    """Return the question whether the assessment of a form took place; the other items hang on it."""
    return item(yes_no(label), oid=oid, sdtm=sdtm)


def not_done_reason(oid: str, sdtm: str, *, question: str) -> models.CharField[Any, Any]:
    """Return the reason why it did not take place; `question` names the item that asks whether."""
    return item(
        models.CharField(_("Why not"), max_length=200, blank=True), oid=oid, sdtm=sdtm, when=(question, (False,))
    )


def scan_date(oid: str, sdtm: str) -> models.DateField[Any, Any]:
    """Return the day of the scan, or of its first part."""
    return item(
        models.DateField(_("Date of the scan"), null=True, blank=True), oid=oid, sdtm=sdtm,
        when=("imaging_done", (True,)), hint=_("Of the first, when regions were scanned on different days"),
    )  # fmt: skip


def own_scan_date(oid: str, sdtm: str) -> models.DateField[Any, Any]:
    """Return the day of the scan of one lesion, where it is not the day of the form."""
    return item(models.DateField(_("Scan date, if another"), null=True, blank=True), oid=oid, sdtm=sdtm, required=False)


def method(oid: str, sdtm: str, *, required: bool = True) -> models.CharField[Any, Any]:
    """Return how the lesion was looked at."""
    return item(
        models.CharField(_("Method"), max_length=20, choices=Method, blank=True), oid=oid, sdtm=sdtm, required=required
    )


def code(oid: str, sdtm: str) -> models.CharField[Any, Any]:
    """Return the code of a lesion: given by the system, never typed, never given twice."""
    return item(
        models.CharField(_("Lesion"), max_length=8, blank=True), oid=oid, sdtm=sdtm, required=False, fixed=True,
        hint=_("given when saved"),
    )  # fmt: skip


def millimetres(label: Any, oid: str, sdtm: str, *, lowest: Any) -> models.DecimalField[Any, Any]:
    """Return a diameter in mm with one decimal; a zero is never a diameter, `lowest` says where it is caught."""
    return item(
        models.DecimalField(label, max_digits=5, decimal_places=1, null=True, blank=True), oid=oid, sdtm=sdtm,
        unit="mm", limits=(lowest, 500), required=False,
    )  # fmt: skip
