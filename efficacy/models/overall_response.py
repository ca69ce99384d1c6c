"""Overall response (F29): the investigator's judgement of one assessment, by both criteria."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from efficacy import date_checks, response_checks
from efficacy.models import scan
from trial_edc.crf.fields import item
from trial_edc.crf.models import CrfRecord
from trial_edc.crf.spec import Check, Crf, Section


class TargetResponse(models.TextChoices):
    """Response of the target lesions; NA where there were none at baseline."""

    CR = "CR", _("CR, complete response")
    PR = "PR", _("PR, partial response")
    SD = "SD", _("SD, stable disease")
    PD = "PD", _("PD, progressive disease")
    NE = "NE", _("NE, not evaluable")
    NA = "NA", _("Not applicable, none at baseline")


class NonTargetResponse(models.TextChoices):
    """Response of the non-target lesions; NA where there were none at baseline."""

    CR = "CR", _("CR, complete response")
    NON_CR_NON_PD = "NON-CR/NON-PD", _("Non-CR/non-PD")
    PD = "PD", _("PD, progressive disease")
    NE = "NE", _("NE, not evaluable")
    NA = "NA", _("Not applicable, none at baseline")


class OverallResponse(models.TextChoices):
    """Overall response by RECIST 1.1."""

    CR = "CR", _("CR, complete response")
    PR = "PR", _("PR, partial response")
    SD = "SD", _("SD, stable disease")
    NON_CR_NON_PD = "NON-CR/NON-PD", _("Non-CR/non-PD")
    PD = "PD", _("PD, progressive disease")
    NE = "NE", _("NE, not evaluable")


class ImmuneResponse(models.TextChoices):
    """Overall response by iRECIST."""

    ICR = "iCR", _("iCR, complete response")
    IPR = "iPR", _("iPR, partial response")
    ISD = "iSD", _("iSD, stable disease")
    NON_ICR_NON_IUPD = "NON-iCR/NON-iUPD", _("Non-iCR/non-iUPD")
    IUPD = "iUPD", _("iUPD, unconfirmed progression")
    ICPD = "iCPD", _("iCPD, confirmed progression")
    NE = "NE", _("NE, not evaluable")


class TumourMarker(models.TextChoices):
    """A tumour marker against its upper limit of normal."""

    NORMAL = "NORMAL", _("Normal")
    ELEVATED = "ELEVATED", _("Elevated")
    NOT_APPLICABLE = "NOT APPLICABLE", _("No marker is followed")


def _asked(label: Any, oid: str, sdtm: str, **more: Any) -> models.BooleanField[Any, Any]:
    return item(scan.yes_no(label), oid=oid, sdtm=sdtm, when=("assessment_done", (True,)), **more)


def _judged(label: Any, choices: Any, oid: str, test: str, category: str) -> models.CharField[Any, Any]:
    return item(
        models.CharField(label, max_length=16, choices=choices, blank=True), oid=oid,
        sdtm=f"RS.RSORRES when RSTESTCD={test} and RSCAT={category}", judgement=True, required=False,
        when=("assessment_done", (True,)),
    )  # fmt: skip


class ResponseAssessment(CrfRecord):
    """The response at one assessment as the investigator judges it; the computed one stands beside it."""

    assessment_done = scan.done(_("Response assessed"), "RSPERF", "RS.RSSTAT")
    not_done_reason = scan.not_done_reason("RSREASND", "RS.RSREASND", question="assessment_done")
    assessment_date = item(
        models.DateField(_("Date of the assessment"), null=True, blank=True), oid="RSDT", sdtm="RS.RSDTC",
        when=("assessment_done", (True,)), hint=_("Of its scan; of the first, when there were several"),
    )  # fmt: skip
    tumour_marker = item(
        models.CharField(_("Tumour marker"), max_length=16, choices=TumourMarker, blank=True), oid="RSMARK",
        sdtm="SUPPRS.QVAL when QNAM=RSMARK", when=("assessment_done", (True,)),
    )  # fmt: skip
    new_symptom = _asked(_("The scan was made to explain a new symptom"), "RSNEWSX", "SUPPRS.QVAL when QNAM=RSNEWSX")
    clinically_stable = _asked(
        _("Clinically stable"), "RSSTABLE", "SUPPRS.QVAL when QNAM=RSSTABLE",
        hint=_("No worsening of performance status or of symptoms, no need of urgent intervention"),
    )  # fmt: skip
    target_response = _judged(_("Target lesions"), TargetResponse, "TRGRESP", "TRGRESP", "RECIST 1.1")
    non_target_response = _judged(_("Non-target lesions"), NonTargetResponse, "NTRGRESP", "NTRGRESP", "RECIST 1.1")
    overall_response = _judged(_("Overall, RECIST 1.1"), OverallResponse, "OVRLRESP", "OVRLRESP", "RECIST 1.1")
    immune_response = _judged(_("Overall, iRECIST"), ImmuneResponse, "IOVRLRSP", "OVRLRESP", "iRECIST")
    rationale = item(
        models.TextField(_("Rationale"), max_length=1000, blank=True), oid="RSRATION",
        sdtm="SUPPRS.QVAL when QNAM=RSRATION", judgement=True, required=False, when=("assessment_done", (True,)),
    )  # fmt: skip
    confirmation_planned = _asked(
        _("Confirmation scan planned"), "RSCONFPL", "SUPPRS.QVAL when QNAM=RSCONFPL", required=False
    )
    confirmation_date = item(
        models.DateField(_("Planned for"), null=True, blank=True), oid="RSCONFDT",
        sdtm="SUPPRS.QVAL when QNAM=RSCONFDT", required=False, when=("confirmation_planned", (True,)),
    )  # fmt: skip

    crf = Crf(
        oid="RESP",
        code="F29",
        title=_("Overall response"),
        sections=(
            Section(_("Assessment"), ("assessment_done", "not_done_reason", "assessment_date")),
            Section(_("Beside the scan"), ("tumour_marker", "new_symptom", "clinically_stable")),
            Section(
                _("Judgement of the investigator"),
                ("target_response", "non_target_response", "overall_response", "immune_response", "rationale"),
            ),
            Section(_("Confirmation"), ("confirmation_planned", "confirmation_date")),
        ),
        checks=(
            Check("RESP-001", _("The confirmation scan is planned before this assessment."),
                  broken=lambda r: r.confirmation_date <= r.assessment_date,
                  items=("confirmation_date", "assessment_date"), hard=True),
            Check("RESP-002", _("No tumour form of this visit has a scan of this date."),
                  broken=response_checks.no_scan_that_day, items=("assessment_date",)),
            Check("RESP-003", _("The overall response is better than its parts allow."),
                  broken=response_checks.better_than_parts,
                  items=("overall_response", "target_response", "non_target_response")),
            Check("RESP-004", _("Progression by RECIST 1.1 and response by iRECIST at one assessment: explain."),
                  broken=response_checks.criteria_disagree, items=("immune_response", "overall_response")),
            Check("RESP-005", _("Confirmed progression needs an assessment with unconfirmed progression before it."),
                  broken=response_checks.confirmed_without_first, items=("immune_response", "assessment_date")),
            Check("RESP-006", _("The assessment is outside the window of the visit."),
                  broken=date_checks.outside_window("assessment_date"), items=("assessment_date",)),
            Check("RESP-007", _("The dates of the assessments do not follow the order of the visits."),
                  broken=date_checks.out_of_order("assessment_date"), items=("assessment_date",)),
            Check("RESP-008", _("The investigator has not judged the overall response by both criteria yet."),
                  broken=lambda r: not (r.overall_response and r.immune_response), items=("assessment_date",),
                  needed=True),
        ),
    )  # fmt: skip

    class Meta(CrfRecord.Meta):
        pass
