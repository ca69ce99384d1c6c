"""Serious adverse event reports (F32): one record per report, the initial one and every follow-up."""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from safety import report_checks
from safety.models.adverse_event import SeriousCriterion, relationship
from safety.models.crs_assessment import yes_no
from safety.models.event_link import event_number
from trial_edc.crf.fields import item
from trial_edc.crf.models import CrfRecord
from trial_edc.crf.spec import Check, Crf, Section

FATAL = ("serious_criteria", (SeriousCriterion.DEATH.value,))
IN_HOSPITAL = ("serious_criteria", (SeriousCriterion.HOSPITALISATION.value,))


class ReportType(models.TextChoices):
    """Whether a report is the first of an event or adds to it."""

    INITIAL = "INITIAL", _("Initial")
    FOLLOW_UP = "FOLLOW-UP", _("Follow-up")


class Expectedness(models.TextChoices):
    """Whether the reference safety information describes the event; the sponsor says so."""

    EXPECTED = "EXPECTED", _("Expected")
    UNEXPECTED = "UNEXPECTED", _("Unexpected")


UNEXPECTED = ("expectedness", (Expectedness.UNEXPECTED.value,))


def _date(label: Any, oid: str, **more: Any) -> models.DateField[Any, Any]:
    return item(models.DateField(label, null=True, blank=True), oid=oid, **more)


def _time(label: Any, oid: str, **more: Any) -> models.TimeField[Any, Any]:
    return item(models.TimeField(label, null=True, blank=True), oid=oid, hint=_("24-hour clock, site time"), **more)


def _reference(label: Any, oid: str, **more: Any) -> models.CharField[Any, Any]:
    return item(models.CharField(label, max_length=200, blank=True), oid=oid, required=False, **more)


class SeriousEventReport(CrfRecord):
    """One report of a serious event. The clocks run from the moment the site became aware."""

    event_number = event_number("SAEAE", "AE.AESPID", critical=True)
    report_type = item(
        models.CharField(_("Report"), max_length=10, choices=ReportType, blank=True), oid="SAETYPE", critical=True
    )
    follow_up_number = item(
        models.PositiveSmallIntegerField(_("Number of the follow-up"), null=True, blank=True),
        oid="SAEFUN", limits=(1, 99), when=("report_type", (ReportType.FOLLOW_UP.value,)),
    )  # fmt: skip
    awareness_date = _date(_("Date the site became aware"), "SAEAWDT", critical=True)
    awareness_time = _time(_("Time the site became aware"), "SAEAWTM", critical=True)
    sponsor_date = _date(_("Date reported to the sponsor"), "SAESPDT", critical=True)
    sponsor_time = _time(_("Time reported to the sponsor"), "SAESPTM", critical=True)
    sponsor_receipt = _reference(
        _("Acknowledgement of the sponsor"), "SAESPRC", hint=_("Name, or number of the receipt")
    )
    ethics_date = _date(_("Date reported to the ethics committee"), "SAEECDT", critical=True)
    ethics_time = _time(_("Time reported to the ethics committee"), "SAEECTM", critical=True)
    ethics_receipt = _reference(
        _("Acknowledgement of the ethics committee"), "SAEECRC", hint=_("Name, or number of the receipt")
    )
    serious_criteria = item(
        ArrayField(
            models.CharField(max_length=20, choices=SeriousCriterion),
            verbose_name=_("Seriousness criteria"), blank=True, default=list,
        ),
        oid="SAECRIT", sdtm="AE.AESDTH, AE.AESLIFE, AE.AESHOSP, AE.AESDISAB, AE.AESCONG, AE.AESMIE", critical=True,
    )  # fmt: skip
    admission_date = _date(_("Admitted to hospital"), "SAEADDT", sdtm="HO.HOSTDTC", when=IN_HOSPITAL)
    discharge_date = _date(
        _("Discharged"), "SAEDCDT", sdtm="HO.HOENDTC", when=IN_HOSPITAL, required=False,
        hint=_("Leave empty while the subject is in hospital"),
    )  # fmt: skip
    narrative = item(
        models.TextField(_("Narrative"), max_length=20_000, blank=True), oid="SAENARR",
        hint=_("Onset, course, findings, treatment and outcome; no name, initials or hospital number"),
    )  # fmt: skip
    relationship_car_t = relationship(_("Relationship to the CAR-T cells"), "SAEREL", "AE.AEREL", critical=True)
    relationship_lymphodepletion = relationship(
        _("Relationship to lymphodepletion"), "SAERELLD", "SUPPAE.QVAL when QNAM=AERELLD", required=False
    )
    relationship_procedure = relationship(
        _("Relationship to leukapheresis or another study procedure"), "SAERELPR", "SUPPAE.QVAL when QNAM=AERELPRC",
        required=False,
    )  # fmt: skip
    relationship_disease = relationship(
        _("Relationship to the disease"), "SAERELDI", "SUPPAE.QVAL when QNAM=AERELDIS", required=False
    )
    sponsor_related = item(
        yes_no(_("Related to the study treatment, in the sponsor's assessment")), oid="SAESPREL",
        required=False, critical=True,
    )  # fmt: skip
    expectedness = item(
        models.CharField(_("Expectedness, by the sponsor"), max_length=10, choices=Expectedness, blank=True),
        oid="SAEEXP", required=False, critical=True, hint=_("Against the reference safety information"),
    )  # fmt: skip
    authority_date = _date(
        _("Expedited report to the authority"), "SAEAUDT", when=UNEXPECTED, required=False, critical=True
    )
    authority_follow_up_date = _date(
        _("Follow-up report to the authority"), "SAEAUFDT", when=UNEXPECTED, required=False
    )
    autopsy_done = item(yes_no(_("Autopsy done")), oid="SAEAUT", when=FATAL)
    autopsy_report = _reference(_("Autopsy report"), "SAEAUTRP", when=("autopsy_done", (True,)),
                                hint=_("Date and reference; leave empty until it is there"))  # fmt: skip
    final_report_date = _date(_("Final medical report received"), "SAEFNDT", required=False)
    final_report = _reference(_("Final medical report, reference"), "SAEFNRP")
    acknowledged = item(
        yes_no(_("The investigator has read this report and the sponsor's assessment")), oid="SAEACK",
        judgement=True, required=False,
    )  # fmt: skip
    treatment_changes = item(
        yes_no(_("Because of it, the treatment of subjects changes")), oid="SAEACKCH", judgement=True, required=False,
        when=("acknowledged", (True,)),
    )  # fmt: skip
    treatment_change = item(
        models.TextField(_("What changes"), max_length=1000, blank=True), oid="SAEACKTX", judgement=True,
        required=False, when=("treatment_changes", (True,)),
    )  # fmt: skip

    crf = Crf(
        oid="SAE",
        code="F32",
        title=_("Serious adverse event report"),
        repeating=True,
        log=True,
        sections=(
            Section(_("Report"), ("event_number", "report_type", "follow_up_number")),
            Section(
                _("Awareness and receipts"),
                (
                    "awareness_date", "awareness_time", "sponsor_date", "sponsor_time", "sponsor_receipt",
                    "ethics_date", "ethics_time", "ethics_receipt",
                ),
            ),
            Section(_("Seriousness"), ("serious_criteria", "admission_date", "discharge_date")),
            Section(_("Narrative"), ("narrative",)),
            Section(
                _("Causality, by a delegated physician"),
                (
                    "relationship_car_t", "relationship_lymphodepletion", "relationship_procedure",
                    "relationship_disease",
                ),
            ),
            Section(
                _("Assessment of the sponsor and expedited reports"),
                ("sponsor_related", "expectedness", "authority_date", "authority_follow_up_date"),
            ),
            Section(
                _("Autopsy and final report"), ("autopsy_done", "autopsy_report", "final_report_date", "final_report")
            ),
            Section(
                _("Acknowledgement by the investigator"), ("acknowledged", "treatment_changes", "treatment_change")
            ),
        ),
        checks=(
            Check("SAE-001", _("The report to the sponsor lies before the awareness of the site."),
                  broken=report_checks.sponsor_before_awareness, items=("sponsor_date", "awareness_date"), hard=True),
            Check("SAE-002", _("The report to the ethics committee lies before the awareness of the site."),
                  broken=report_checks.ethics_before_awareness, items=("ethics_date", "awareness_date"), hard=True),
            Check("SAE-003", _("The sponsor was told more than 24 hours after the site became aware."),
                  broken=report_checks.sponsor_late, items=("sponsor_date", "awareness_date"),
                  about=report_checks.sponsor_moments),
            Check("SAE-004", _("The ethics committee was told more than 24 hours after the site became aware."),
                  broken=report_checks.ethics_late, items=("ethics_date", "awareness_date"),
                  about=report_checks.ethics_moments),
            Check("SAE-005", _("Enter the date to this time."),
                  broken=lambda sae: sae.sponsor_date is None, items=("sponsor_time",), hard=True),
            Check("SAE-006", _("Enter the date to this time."),
                  broken=lambda sae: sae.ethics_date is None, items=("ethics_time",), hard=True),
            Check("SAE-007", _("The report to the authority lies before the awareness of the site."),
                  broken=lambda sae: sae.authority_date < sae.awareness_date,
                  items=("authority_date", "awareness_date"), hard=True),
            Check("SAE-008", _("The follow-up report lies before the report it follows."),
                  broken=lambda sae: sae.authority_follow_up_date < sae.authority_date,
                  items=("authority_follow_up_date", "authority_date"), hard=True),
            Check("SAE-009", _("The discharge lies before the admission."),
                  broken=lambda sae: sae.discharge_date < sae.admission_date,
                  items=("discharge_date", "admission_date"), hard=True),
            Check("SAE-010", _("A fatal event needs an answer to the question of the autopsy."),
                  broken=report_checks.autopsy_unanswered, items=("serious_criteria",), needed=True,
                  at="autopsy_done"),
            Check("SAE-011", _("The final report lies before the awareness of the site."),
                  broken=lambda sae: sae.final_report_date < sae.awareness_date,
                  items=("final_report_date", "awareness_date"), hard=True),
            Check("SAE-012", _("Enter the expedited report first."),
                  broken=lambda sae: sae.authority_date is None, items=("authority_follow_up_date",), hard=True),
        ),
    )  # fmt: skip

    class Meta(CrfRecord.Meta):
        pass
