"""Chemistry (F10)."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from safety.lab_checks import panel_checks
from safety.models.crs_assessment import yes_no
from safety.models.laboratory import (
    LaboratoryForm,
    LaboratoryResult,
    analyte_field,
    results_table,
    unit_field,
    unit_label,
)
from safety.rules.form_analytes import CHEMISTRY
from trial_edc.crf.fields import item
from trial_edc.crf.models import CrfRecord, CrfRow
from trial_edc.crf.spec import Crf, Section


class ChemistryAnalyte(models.TextChoices):
    """Analytes by their CDISC test codes, in the order of the report."""

    ALT = "ALT", _("ALT")
    AST = "AST", _("AST")
    ALP = "ALP", _("Alkaline phosphatase")
    GGT = "GGT", _("GGT")
    BILI = "BILI", _("Bilirubin, total")
    BILDIR = "BILDIR", _("Bilirubin, direct")
    CREAT = "CREAT", _("Creatinine")
    CREATCLR = "CREATCLR", _("Creatinine clearance")
    UREA = "UREA", _("Urea")
    LDH = "LDH", _("LDH")
    CK = "CK", _("Creatine kinase")
    SODIUM = "SODIUM", _("Sodium")
    K = "K", _("Potassium")
    CA = "CA", _("Calcium")
    CAION = "CAION", _("Calcium, ionised")
    MG = "MG", _("Magnesium")
    PHOS = "PHOS", _("Phosphate")
    GLUC = "GLUC", _("Glucose")
    ALB = "ALB", _("Albumin")
    URATE = "URATE", _("Urate")
    LIPASET = "LIPASET", _("Lipase")
    AMYLASE = "AMYLASE", _("Amylase")
    CRP = "CRP", _("C-reactive protein")
    FERRITIN = "FERRITIN", _("Ferritin")
    CHOL = "CHOL", _("Cholesterol")
    TRIG = "TRIG", _("Triglycerides")


class Chemistry(LaboratoryForm):
    """Clinical chemistry of one sample; glucose and lipids are read with the fasting state."""

    fasting = item(yes_no(_("Fasting")), oid="LBFAST", sdtm="LB.LBFAST", hint=_("At least 8 hours without food"))

    crf = Crf(
        oid="CHEM",
        code="F10",
        title=_("Chemistry"),
        repeating=True,
        sections=(
            Section(_("Sample"), ("collected_date", "collected_time", "laboratory", "fasting")),
            Section(_("Results"), rows="CHEMR", fixed_rows=True),
        ),
        checks=panel_checks("CHEM", ChemistryAnalyte.choices, unit_label),
    )

    class Meta(CrfRecord.Meta):
        pass


class ChemistryResult(LaboratoryResult):
    """One analyte of a chemistry sample."""

    record = models.ForeignKey(Chemistry, models.PROTECT, related_name="results")
    analyte = analyte_field(ChemistryAnalyte.choices)
    unit = unit_field(CHEMISTRY)

    crf = results_table("CHEMR", "F10")

    class Meta(CrfRow.Meta):
        pass
