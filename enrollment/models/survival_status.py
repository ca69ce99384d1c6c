"""Survival status and new therapy (F39)."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from enrollment import cross_checks
from enrollment.models.answers import yes_no
from enrollment.models.prior_therapy import TherapyType
from enrollment.rules.date_order import certainly_before
from trial_edc.crf.fields import PartialDateField, item
from trial_edc.crf.models import CrfRecord, CrfRow
from trial_edc.crf.spec import Check, Crf, Section


class SurvivalStatus(CrfRecord):
    """One contact: whether the subject lives, and which anticancer therapy was begun since the cells."""

    class Method(models.TextChoices):
        VISIT = "VISIT", _("Visit to the site")
        TELEPHONE = "TELEPHONE", _("Telephone or message")
        PHYSICIAN = "OTHER PHYSICIAN", _("Other physician")
        RECORD = "MEDICAL RECORD", _("Medical record")
        REGISTER = "PUBLIC REGISTER", _("Public register")

    class Status(models.TextChoices):
        ALIVE = "ALIVE", _("Alive")
        DEAD = "DEAD", _("Dead")
        LOST = "LOST TO FOLLOW-UP", _("Lost to follow-up")

    contact_date = item(models.DateField(_("Date of contact"), null=True, blank=True), oid="SSDT", sdtm="SS.SSDTC")
    method = item(
        models.CharField(_("Source of the information"), max_length=16, choices=Method, blank=True),
        oid="SSMETHOD", sdtm="SUPPSS.QVAL when QNAM=SSMETHOD",
    )  # fmt: skip
    survival_status = item(
        models.CharField(_("Survival status"), max_length=18, choices=Status, blank=True),
        oid="SURVSTAT", sdtm="SS.SSORRES when SSTESTCD=SURVSTAT",
    )  # fmt: skip
    last_alive_date = item(
        models.DateField(_("Last date known to be alive"), null=True, blank=True),
        oid="SSLALVDT", sdtm="SUPPDM.QVAL when QNAM=LSTALVDT", when=("survival_status", ("ALIVE", "LOST TO FOLLOW-UP")),
    )  # fmt: skip
    new_therapy = item(
        yes_no(_("New anticancer therapy since the infusion")), oid="SSNEWTRT",
        sdtm="SUPPSS.QVAL when QNAM=SSNEWTRT", hint=_("List every one known so far, also when it has ended"),
    )  # fmt: skip

    crf = Crf(
        oid="SURV",
        code="F39",
        title=_("Survival status and new therapy"),
        repeating=True,
        sections=(
            Section(_("Contact"), ("contact_date", "method", "survival_status", "last_alive_date")),
            Section(_("New anticancer therapy"), ("new_therapy",)),
            Section(_("Therapies"), rows="SURVT"),
        ),
        checks=(
            Check(
                "SURV-001",
                _("The last date known to be alive is after the contact."),
                broken=lambda r: r.last_alive_date > r.contact_date,
                items=("last_alive_date", "contact_date"),
                hard=True,
            ),
            Check(
                "SURV-002",
                _("Fill in the form “Death” of this subject."),
                broken=lambda r: r.survival_status == "DEAD" and cross_checks.has_no_death_form(r),
                items=("survival_status",),
                needed=True,
            ),
            Check(
                "SURV-003",
                _("Enter each new therapy with its kind and start date."),
                broken=lambda r, rows: r.new_therapy and not rows,
                items=("new_therapy",),
                needed=True,
                on_rows=True,
            ),
            Check(
                "SURV-004",
                _("Therapies are listed although the answer is no."),
                broken=lambda r, rows: r.new_therapy is False and bool(rows),
                items=("new_therapy",),
                hard=True,
                on_rows=True,
            ),
            Check(
                "SURV-005",
                _("A therapy stopped before it started."),
                broken=lambda r, rows: any(_stopped_before_start(row) for row in rows),
                items=("new_therapy",),
                hard=True,
                on_rows=True,
            ),
        ),
    )

    class Meta(CrfRecord.Meta):
        pass


def _stopped_before_start(row: SubsequentTherapy) -> bool:
    return bool(row.start_date and row.stop_date) and certainly_before(row.stop_date, row.start_date)


class SubsequentTherapy(CrfRow):
    """One anticancer therapy that began after the infusion."""

    record = models.ForeignKey(SurvivalStatus, models.PROTECT, related_name="therapies")
    therapy_type = item(
        models.CharField(_("Kind of therapy"), max_length=16, choices=TherapyType), oid="SUTCAT", sdtm="CM.CMCAT"
    )
    regimen = item(models.CharField(_("Regimen, field or operation"), max_length=200), oid="SUTTRT", sdtm="CM.CMTRT")
    start_date = item(PartialDateField(_("Start date")), oid="SUTSTDT", sdtm="CM.CMSTDTC", partial=True)
    stop_date = item(
        PartialDateField(_("Stop date"), blank=True), oid="SUTENDT", sdtm="CM.CMENDTC", partial=True, required=False
    )

    crf = Crf(
        oid="SURVT",
        code="F39",
        title=_("Therapies"),
        sections=(Section("", ("therapy_type", "regimen", "start_date", "stop_date")),),
    )

    class Meta(CrfRow.Meta):
        pass
