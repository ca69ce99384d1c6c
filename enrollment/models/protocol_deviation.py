"""Protocol deviations (F37), drafted by the product where it can tell, otherwise entered by hand."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from enrollment.models.answers import yes_no
from trial_edc.crf.fields import item
from trial_edc.crf.models import CrfRecord
from trial_edc.crf.spec import Check, Crf, Section
from trial_edc.protocol.forms import FORMS
from trial_edc.protocol.visits.schedule import SCHEDULE


def visits() -> Iterator[tuple[str, Any]]:
    """Yield the visits of the schedule as choices."""
    return ((visit.code, f"{visit.code}: {visit.label}") for visit in SCHEDULE)


def forms() -> Iterator[tuple[str, Any]]:
    """Yield the forms of the study as choices."""
    return ((form.oid, f"{form.code}: {form.title}") for form in FORMS)


class ProtocolDeviation(CrfRecord):
    """One departure from the protocol. `reference` names the cause of an automatic draft: one cause, one record."""

    class Category(models.TextChoices):
        CONSENT = "INFORMED CONSENT", _("Informed consent")
        ELIGIBILITY = "ELIGIBILITY", _("Eligibility")
        VISIT = "VISIT WINDOW", _("Visit outside its window")
        ASSESSMENT = "ASSESSMENT NOT DONE", _("Visit or assessment not done")
        DOSE = "TREATMENT", _("Dose or administration")
        PRODUCT = "PRODUCT HANDLING", _("Product handling or identity")
        MEDICATION = "PROHIBITED MEDICATION", _("Prohibited medication")
        REPORTING = "SAFETY REPORTING", _("Safety reporting")
        OTHER = "OTHER", _("Other")

    class Found(models.TextChoices):
        AUTOMATIC = "AUTOMATIC", _("By the product")
        MANUAL = "MANUAL", _("By a person")

    class Severity(models.TextChoices):
        MINOR = "MINOR", _("Minor")
        MAJOR = "MAJOR", _("Major")

    category = item(
        models.CharField(_("Category"), max_length=24, choices=Category, blank=True), oid="DVCAT", sdtm="DV.DVCAT"
    )
    found_date = item(
        models.DateField(_("Date found"), null=True, blank=True), oid="DVFNDT", sdtm="SUPPDV.QVAL when QNAM=DVFNDT"
    )
    occurred_date = item(
        models.DateField(_("Date it occurred"), null=True, blank=True), oid="DVSTDT", sdtm="DV.DVSTDTC"
    )
    affected_visit = item(
        models.CharField(_("Visit affected"), max_length=8, choices=visits, blank=True), oid="DVVISIT",
        sdtm="SUPPDV.QVAL when QNAM=DVVISIT", required=False,
    )  # fmt: skip
    affected_form = item(
        models.CharField(_("Form affected"), max_length=8, choices=forms, blank=True), oid="DVFORM",
        sdtm="SUPPDV.QVAL when QNAM=DVFORM", required=False,
    )  # fmt: skip
    how_found = item(
        models.CharField(_("How it was found"), max_length=9, choices=Found, blank=True), oid="DVHOW",
        sdtm="SUPPDV.QVAL when QNAM=DVHOW",
    )  # fmt: skip
    description = item(
        models.TextField(_("What happened"), max_length=1000, blank=True), oid="DVTERM", sdtm="DV.DVTERM"
    )
    severity = item(
        models.CharField(_("Importance"), max_length=5, choices=Severity, blank=True), oid="DVSEV",
        sdtm="SUPPDV.QVAL when QNAM=DVSEV",
        hint=_("Major: it may affect the subject's rights or safety, or the reliability of the data"),
    )  # fmt: skip
    safety_affected = item(
        yes_no(_("The safety of the subject was affected")), oid="DVSAFE", sdtm="SUPPDV.QVAL when QNAM=DVSAFE"
    )
    corrective_action = item(
        models.TextField(_("Corrective action"), max_length=1000, blank=True), oid="DVACT",
        sdtm="SUPPDV.QVAL when QNAM=DVACT", required=False,
    )  # fmt: skip
    reference = item(
        models.CharField(_("Reference of the automatic draft"), max_length=80, blank=True), oid="DVREFID",
        sdtm="DV.DVREFID", required=False, hint=_("Written by the product; stays empty in a record made by hand"),
    )  # fmt: skip

    crf = Crf(
        oid="DV",
        code="F37",
        title=_("Protocol deviation"),
        repeating=True,
        log=True,
        sections=(
            Section(
                _("Deviation"),
                ("category", "occurred_date", "affected_visit", "affected_form", "description"),
            ),
            Section(_("Finding"), ("found_date", "how_found", "reference")),
            Section(_("Assessment"), ("severity", "safety_affected", "corrective_action")),
        ),
        checks=(
            Check(
                "DV-001",
                _("It was found before it occurred."),
                broken=lambda r: r.found_date < r.occurred_date,
                items=("found_date", "occurred_date"),
                hard=True,
            ),
            Check(
                "DV-002",
                _("A major deviation needs a corrective action."),
                broken=lambda r: r.severity == "MAJOR" and not r.corrective_action.strip(),
                items=("severity",),
                needed=True,
            ),
            Check(
                "DV-003",
                _("A deviation that affected the subject's safety is major."),
                broken=lambda r: r.safety_affected and r.severity == "MINOR",
                items=("severity", "safety_affected"),
                hard=True,
            ),
        ),
    )

    class Meta(CrfRecord.Meta):
        constraints = [
            *CrfRecord.Meta.constraints,
            models.UniqueConstraint(
                fields=["subject", "reference"], condition=~models.Q(reference=""), name="one_deviation_per_cause"
            ),
        ]
