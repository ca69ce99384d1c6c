"""Hospital stays (F36) with their days in intensive care."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from safety import treatment_checks
from safety.models.crs_assessment import yes_no
from safety.models.event_link import event_number
from trial_edc.accounts.access import today
from trial_edc.crf.fields import item
from trial_edc.crf.models import CrfRecord, CrfRow
from trial_edc.crf.spec import Check, Crf, Section


class StayReason(models.TextChoices):
    """Why the subject was admitted."""

    STUDY_TREATMENT = "STUDY TREATMENT", _("Planned stay for lymphodepletion and infusion")
    ADVERSE_EVENT = "ADVERSE EVENT", _("Adverse event")
    PROCEDURE = "PLANNED PROCEDURE", _("Another planned procedure")
    DISEASE = "DISEASE", _("The disease under study")
    OTHER = "OTHER", _("Other")


def _time(label: Any, oid: str, sdtm: str) -> models.TimeField[Any, Any]:
    return item(models.TimeField(label, null=True, blank=True), oid=oid, sdtm=sdtm, required=False)


class HospitalStay(CrfRecord):
    """One stay, from admission to discharge."""

    admission_date = item(
        models.DateField(_("Admitted on"), null=True, blank=True), oid="HOSTDT", sdtm="HO.HOSTDTC", critical=True
    )
    admission_time = _time(_("Admitted at"), "HOSTTM", "HO.HOSTDTC")
    discharge_date = item(
        models.DateField(_("Discharged on"), null=True, blank=True), oid="HOENDT", sdtm="HO.HOENDTC", critical=True,
        hint=_("Leave empty while the subject is in hospital"),
    )  # fmt: skip
    discharge_time = _time(_("Discharged at"), "HOENTM", "HO.HOENDTC")
    ward = item(models.CharField(_("Ward"), max_length=100, blank=True), oid="HOWARD", sdtm="HO.HOTERM")
    reason = item(
        models.CharField(_("Reason"), max_length=20, choices=StayReason, blank=True), oid="HOREAS", sdtm="HO.HOREAS",
        critical=True,
    )  # fmt: skip
    reason_detail = item(
        models.CharField(_("Which reason"), max_length=200, blank=True), oid="HOREASO",
        sdtm="SUPPHO.QVAL when QNAM=HOREASO", when=("reason", (StayReason.PROCEDURE.value, StayReason.OTHER.value)),
    )  # fmt: skip
    event_number = event_number(
        "HOAENO", "SUPPHO.QVAL when QNAM=HOAENO", when=("reason", (StayReason.ADVERSE_EVENT.value,))
    )
    intensive_care = item(yes_no(_("Intensive care during this stay")), oid="HOICU", sdtm="SUPPHO.QVAL when QNAM=HOICU")

    crf = Crf(
        oid="HOSP",
        code="F36",
        title=_("Hospital stay"),
        repeating=True,
        log=True,
        sections=(
            Section(_("Stay"), ("admission_date", "admission_time", "discharge_date", "discharge_time", "ward")),
            Section(_("Reason"), ("reason", "reason_detail", "event_number")),
            Section(_("Intensive care, yes or no"), ("intensive_care",)),
            Section(_("Intensive care"), rows="HOSPI"),
        ),
        checks=(
            Check("HOSP-001", _("The discharge lies before the admission."),
                  broken=treatment_checks.discharge_before_admission,
                  items=("discharge_date", "admission_date"), hard=True),
            Check("HOSP-002", _("Intensive care lies within the stay, between admission and discharge."),
                  broken=treatment_checks.care_outside_stay, items=("admission_date",), hard=True, on_rows=True),
            Check("HOSP-003", _("Two stays in intensive care cannot overlap."),
                  broken=treatment_checks.care_overlaps, items=("admission_date",), hard=True, on_rows=True),
            Check("HOSP-004", _("The answer about intensive care and the table below say different things."),
                  broken=treatment_checks.care_unanswered, items=("intensive_care",), needed=True, on_rows=True),
            Check("HOSP-005", _("The subject is discharged: enter when intensive care ended."),
                  broken=treatment_checks.care_open_after_discharge, items=("discharge_date",), needed=True,
                  on_rows=True),
            Check("HOSP-006", _("Enter the date to this time."),
                  broken=lambda stay: stay.discharge_date is None, items=("discharge_time",), hard=True),
            Check("HOSP-007", _("Enter the date to this time."),
                  broken=lambda stay: stay.admission_date is None, items=("admission_time",), hard=True),
        ),
    )  # fmt: skip

    class Meta(CrfRecord.Meta):
        pass


class IntensiveCare(CrfRow):
    """One stay in intensive care."""

    record = models.ForeignKey(HospitalStay, models.PROTECT, related_name="intensive_care_stays")
    in_date = item(models.DateField(_("In, date"), null=True, blank=True), oid="HOISTDT", sdtm="HO.HOSTDTC")
    in_time = item(
        models.TimeField(_("In, time"), null=True, blank=True), oid="HOISTTM", sdtm="HO.HOSTDTC", required=False
    )
    out_date = item(
        models.DateField(_("Out, date"), null=True, blank=True), oid="HOIENDT", sdtm="HO.HOENDTC", required=False
    )
    out_time = item(
        models.TimeField(_("Out, time"), null=True, blank=True), oid="HOIENTM", sdtm="HO.HOENDTC", required=False
    )

    crf = Crf(
        oid="HOSPI",
        code="F36",
        title=_("Intensive care"),
        sections=(Section("", ("in_date", "in_time", "out_date", "out_time")),),
        checks=(
            Check("HOSPI-001", _("Intensive care ends before it begins."),
                  broken=treatment_checks.care_out_before_in, items=("out_date", "in_date"), hard=True),
            Check("HOSPI-002", _("This date lies in the future."),
                  broken=lambda row: row.in_date > today(), items=("in_date",), hard=True),
            Check("HOSPI-003", _("This date lies in the future."),
                  broken=lambda row: row.out_date > today(), items=("out_date",), hard=True),
            Check("HOSPI-004", _("Enter the date to this time."),
                  broken=lambda row: row.out_date is None, items=("out_time",), hard=True),
        ),
    )  # fmt: skip

    class Meta(CrfRow.Meta):
        pass
