"""Cytokines and inflammation markers (F23): one sample, one row per analyte."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from efficacy import date_checks, sample_checks
from efficacy.models import sample
from trial_edc.crf.fields import item
from trial_edc.crf.models import CrfRecord, CrfRow
from trial_edc.crf.spec import Check, Crf, Section


class Analyte(models.TextChoices):
    """What is determined, in the words of the protocol's parameter."""

    IL_2 = "IL-2", _("IL-2")
    IL_6 = "IL-6", _("IL-6")
    IL_8 = "IL-8", _("IL-8")
    IL_10 = "IL-10", _("IL-10")
    TNF_ALPHA = "TNF-α", _("TNF-α")
    CRP = "CRP", _("CRP")
    FERRITIN = "ferritin", _("Ferritin")


class CytokineUnit(models.TextChoices):
    """Units of the analytes; which belongs to which is an edit check."""

    PG_ML = "pg/mL", _("pg/mL")
    NG_L = "ng/L", _("ng/L")
    NG_ML = "ng/mL", _("ng/mL")
    UG_L = "ug/L", _("µg/L")
    MG_L = "mg/L", _("mg/L")
    MG_DL = "mg/dL", _("mg/dL")


class DrawReason(models.TextChoices):
    """Why the sample was drawn."""

    SCHEDULED = "SCHEDULED", _("Planned by the protocol")
    CRS_ICANS = "CRS OR ICANS", _("Extra, because of CRS or ICANS")
    OTHER = "OTHER", _("Other")


class Cytokines(CrfRecord):
    """One blood sample; the peak to Day 28 and the fold over baseline are computed from all of them."""

    sample_taken = sample.taken(_("Blood sample taken"), "CYPERF", "LB.LBSTAT")
    not_taken_reason = sample.not_taken_reason("CYREASND", "LB.LBREASND")
    draw_reason = item(
        models.CharField(_("Reason of the draw"), max_length=12, choices=DrawReason, blank=True), oid="CYDRAW",
        sdtm="SUPPLB.QVAL when QNAM=LBDRAW", when=("sample_taken", (True,)),
    )  # fmt: skip
    planned_time = item(
        models.TimeField(_("Planned time"), null=True, blank=True), oid="CYPLTM", sdtm="LB.LBTPT",
        when=("sample_taken", (True,)), required=False,
    )  # fmt: skip
    drawn_date = sample.drawn_date("CYDT", "LB.LBDTC")
    drawn_time = sample.drawn_time("CYTM", "LB.LBDTC")
    timing = sample.timing("CYTIMING", "LB.LBTPT")
    laboratory = sample.text(_("Laboratory"), "CYLAB", "LB.LBNAM")
    batch = sample.text(_("Batch of the assay"), "CYBATCH", "SUPPLB.QVAL when QNAM=LBBATCH", required=False)

    crf = Crf(
        oid="CYT",
        code="F23",
        title=_("Cytokines and inflammation"),
        repeating=True,
        sections=(
            Section(
                _("Sample"),
                ("sample_taken", "not_taken_reason", "draw_reason", "planned_time", "drawn_date", "drawn_time",
                 "timing", "laboratory", "batch"),
            ),
            Section(_("Results"), rows="CYTR", fixed_rows=True),
        ),
        checks=(
            Check("CYT-001", _("There are results although no sample was taken."),
                  broken=sample_checks.results_without_sample, items=("sample_taken",), hard=True, on_rows=True),
            Check("CYT-002", _("Each analyte needs a result, or “not done”."),
                  broken=sample_checks.no_result, items=("drawn_date",), needed=True, on_rows=True,
                  in_rows=sample_checks.without_result("CYTR", "analyte")),
            Check("CYT-003", _("On the day of infusion, say whether the sample is before or after it."),
                  broken=sample_checks.timing_unknown, items=("drawn_date",), needed=True),
            Check("CYT-004", _("This visit is entirely before, or after, the infusion."),
                  broken=sample_checks.wrong_timing, items=("timing",), hard=True),
            Check("CYT-005", _("A row is twice here, or about an analyte that the protocol does not determine."),
                  broken=sample_checks.analyte_twice, items=("sample_taken",), hard=True, on_rows=True),
            Check("CYT-006", _("A result and its limit of quantification contradict each other."),
                  broken=sample_checks.against_limit, items=("drawn_date",), on_rows=True),
            Check("CYT-007", _("The sample is outside the window of the visit."),
                  broken=date_checks.outside_window("drawn_date"), items=("drawn_date",)),
        ),
    )  # fmt: skip

    class Meta(CrfRecord.Meta):
        pass


class CytokineResult(CrfRow):
    """The result of one analyte in one sample, as the laboratory reported it."""

    record = models.ForeignKey(Cytokines, models.PROTECT, related_name="results")
    analyte = item(
        models.CharField(_("Analyte"), max_length=10, choices=Analyte, blank=True), oid="CYTEST", sdtm="LB.LBTESTCD",
        fixed=True,
    )  # fmt: skip
    result = sample.result("CYRES", "LB.LBORRES")
    unit = item(
        models.CharField(_("Unit"), max_length=6, choices=CytokineUnit, blank=True), oid="CYUNIT", sdtm="LB.LBORRESU",
        required=False,
    )  # fmt: skip
    lloq = sample.lloq("CYLLOQ", "LB.LBLLOQ")
    not_done = sample.not_done("CYND", "LB.LBSTAT")

    crf = Crf(
        oid="CYTR",
        code="F23",
        title=_("Results"),
        sections=(Section("", ("analyte", "result", "unit", "lloq", "not_done")),),
        checks=(
            Check("CYTR-001", _("There is a result, so it was done."),
                  broken=lambda row: bool(row.not_done), items=("result", "not_done"), hard=True),
            Check("CYTR-002", _("A result needs its unit."),
                  broken=lambda row: not row.unit, items=("result",), hard=True),
            Check("CYTR-003", _("This unit does not belong to this analyte."),
                  broken=sample_checks.unit_of_another_analyte, items=("unit", "analyte"), hard=True),
            Check("CYTR-004", _("“<LLOQ” needs the limit as a number beside it."),
                  broken=sample_checks.limit_unknown, items=("result",), hard=True),
        ),
    )  # fmt: skip

    class Meta(CrfRow.Meta):
        pass
