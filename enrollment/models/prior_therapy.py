"""Prior anticancer therapy (F05): one record for each course."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from enrollment import cross_checks
from enrollment.models.answers import yes_no
from enrollment.rules.date_order import certainly_before
from trial_edc.crf.fields import PartialDateField, item
from trial_edc.crf.models import CrfRecord
from trial_edc.crf.spec import Check, Crf, Section


class TherapyType(models.TextChoices):
    """Kinds of anticancer therapy; each has a wash-out of its own."""

    SYSTEMIC = "SYSTEMIC THERAPY", _("Systemic therapy")
    RADIOTHERAPY = "RADIOTHERAPY", _("Radiotherapy")
    SURGERY = "SURGERY", _("Surgery")
    OTHER = "OTHER", _("Other therapy")


class PriorTherapy(CrfRecord):
    """One course of therapy before the trial, or the statement that there was none; its end decides the wash-out."""

    class Response(models.TextChoices):
        CR = "CR", _("Complete response")
        PR = "PR", _("Partial response")
        SD = "SD", _("Stable disease")
        PD = "PD", _("Progressive disease")
        NE = "NE", _("Not evaluable")
        NA = "NOT APPLICABLE", _("Not applicable, for example after adjuvant therapy")

    class StopReason(models.TextChoices):
        COMPLETED = "COMPLETED", _("Completed as planned")
        PROGRESSION = "PROGRESSIVE DISEASE", _("Progressive disease")
        TOXICITY = "ADVERSE EVENT", _("Toxicity")
        SUBJECT = "WITHDRAWAL BY SUBJECT", _("Decision of the subject")
        OTHER = "OTHER", _("Other reason")

    had_therapy = item(
        yes_no(_("There is anticancer therapy to record")), oid="PTYN",
        hint=_("No only in the first record, when the subject never had any"),
    )  # fmt: skip
    therapy_type = item(
        models.CharField(_("Kind of therapy"), max_length=16, choices=TherapyType, blank=True),
        oid="PTCAT", sdtm="CM.CMCAT", when=("had_therapy", (True,)),
    )  # fmt: skip
    therapy_specify = item(
        models.CharField(_("Other therapy, specify"), max_length=120, blank=True),
        oid="PTSPEC", sdtm="CM.CMSCAT", when=("therapy_type", ("OTHER",)),
    )  # fmt: skip
    line_number = item(
        models.PositiveSmallIntegerField(_("Line of therapy"), null=True, blank=True),
        oid="PTLINE", sdtm="SUPPCM.QVAL when QNAM=CMLINE", limits=(1, 20), when=("therapy_type", ("SYSTEMIC THERAPY",)),
        hint=_("1 for the first line; drugs given together share a line"),
    )  # fmt: skip
    regimen = item(
        models.CharField(_("Regimen, field or operation"), max_length=200, blank=True),
        oid="PTTRT", sdtm="CM.CMTRT", when=("had_therapy", (True,)),
    )  # fmt: skip
    start_date = item(
        PartialDateField(_("Start date"), blank=True), oid="PTSTDT", sdtm="CM.CMSTDTC", partial=True,
        hint=_("If the day is unknown, type UN, for example UN-Nov-2026"), when=("had_therapy", (True,)),
    )  # fmt: skip
    ongoing = item(yes_no(_("Ongoing at screening")), oid="PTONGO", sdtm="CM.CMENRTPT", when=("had_therapy", (True,)))
    stop_date = item(
        PartialDateField(_("Stop date"), blank=True), oid="PTENDT", sdtm="CM.CMENDTC", partial=True,
        hint=_("Last dose, last fraction or day of the operation"), when=("ongoing", (False,)),
    )  # fmt: skip
    best_response = item(
        models.CharField(_("Best response"), max_length=14, choices=Response, blank=True),
        oid="PTRESP", sdtm="SUPPCM.QVAL when QNAM=CMBSTRSP", when=("had_therapy", (True,)),
    )  # fmt: skip
    stop_reason = item(
        models.CharField(_("Reason for stopping"), max_length=24, choices=StopReason, blank=True),
        oid="PTSTRSN", sdtm="CM.CMRSDISC", when=("ongoing", (False,)),
    )  # fmt: skip

    crf = Crf(
        oid="PT",
        code="F05",
        title=_("Prior anticancer therapy"),
        repeating=True,
        sections=(
            Section(_("History"), ("had_therapy",)),
            Section(_("Therapy"), ("therapy_type", "therapy_specify", "line_number", "regimen")),
            Section(_("Course"), ("start_date", "ongoing", "stop_date", "best_response", "stop_reason")),
        ),
        checks=(
            Check(
                "PT-001",
                _("The stop is before the start."),
                broken=lambda r: certainly_before(r.stop_date, r.start_date),
                items=("stop_date", "start_date"),
                hard=True,
            ),
            Check(
                "PT-002",
                _("Demography counts fewer earlier lines of systemic therapy."),
                broken=cross_checks.line_not_counted,
                items=("line_number",),
            ),
        ),
    )

    class Meta(CrfRecord.Meta):
        pass
