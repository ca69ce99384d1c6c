"""Immunology (F35)."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from safety.lab_checks import panel_checks
from safety.models.laboratory import (
    Finding,
    LaboratoryForm,
    LaboratoryResult,
    analyte_field,
    results_table,
    unit_field,
    unit_label,
)
from safety.rules.form_analytes import IMMUNOLOGY
from trial_edc.crf.fields import item
from trial_edc.crf.models import CrfRecord, CrfRow
from trial_edc.crf.spec import Crf, Section


class ImmunologyAnalyte(models.TextChoices):
    """Analytes by their CDISC test codes, in the order of the report."""

    IGG = "IGG", _("Immunoglobulin G")
    IGA = "IGA", _("Immunoglobulin A")
    IGM = "IGM", _("Immunoglobulin M")
    BCELL = "BCELL", _("B cells (CD19+)")


class Immunology(LaboratoryForm):
    """Humoral immunity, antibodies against the cells, and the search for replication-competent lentivirus."""

    anti_drug_antibodies = item(
        models.CharField(_("Antibodies against the CAR (ADA)"), max_length=13, choices=Finding, blank=True),
        oid="ADA", sdtm="IS.ISORRES when ISTESTCD=ADA_BAB",
    )  # fmt: skip
    rcl = item(
        models.CharField(_("Replication-competent lentivirus (RCL)"), max_length=13, choices=Finding, blank=True),
        oid="RCL", sdtm="MB.MBORRES when MBTESTCD=RCL",
    )  # fmt: skip

    crf = Crf(
        oid="IMM",
        code="F35",
        title=_("Immunology"),
        sections=(
            Section(_("Sample"), ("collected_date", "collected_time", "laboratory")),
            Section(_("Results"), rows="IMMR", fixed_rows=True),
            Section(_("Safety of the vector"), ("anti_drug_antibodies", "rcl")),
        ),
        checks=panel_checks("IMM", ImmunologyAnalyte.choices, unit_label),
    )

    class Meta(CrfRecord.Meta):
        pass


class ImmunologyResult(LaboratoryResult):
    """One analyte of a immunology sample."""

    record = models.ForeignKey(Immunology, models.PROTECT, related_name="results")
    analyte = analyte_field(ImmunologyAnalyte.choices)
    unit = unit_field(IMMUNOLOGY)

    crf = results_table("IMMR", "F35")

    class Meta(CrfRow.Meta):
        pass
