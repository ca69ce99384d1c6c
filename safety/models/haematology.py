"""Haematology (F09)."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from safety.lab_checks import panel_checks
from safety.models.laboratory import (
    LaboratoryForm,
    LaboratoryResult,
    analyte_field,
    results_table,
    unit_field,
    unit_label,
)
from safety.rules.form_analytes import HAEMATOLOGY
from trial_edc.crf.models import CrfRecord, CrfRow
from trial_edc.crf.spec import Crf, Section


class HaematologyAnalyte(models.TextChoices):
    """Analytes by their CDISC test codes, in the order of the report."""

    WBC = "WBC", _("Leucocytes")
    NEUT = "NEUT", _("Neutrophils")
    LYM = "LYM", _("Lymphocytes")
    MONO = "MONO", _("Monocytes")
    EOS = "EOS", _("Eosinophils")
    HGB = "HGB", _("Haemoglobin")
    PLAT = "PLAT", _("Platelets")
    RETI = "RETI", _("Reticulocytes")


class Haematology(LaboratoryForm):
    """Blood counts of one sample."""

    crf = Crf(
        oid="HEM",
        code="F09",
        title=_("Haematology"),
        repeating=True,
        sections=(
            Section(_("Sample"), ("collected_date", "collected_time", "laboratory")),
            Section(_("Results"), rows="HEMR", fixed_rows=True),
        ),
        checks=panel_checks("HEM", HaematologyAnalyte.choices, unit_label),
    )

    class Meta(CrfRecord.Meta):
        pass


class HaematologyResult(LaboratoryResult):
    """One analyte of a haematology sample."""

    record = models.ForeignKey(Haematology, models.PROTECT, related_name="results")
    analyte = analyte_field(HaematologyAnalyte.choices)
    unit = unit_field(HAEMATOLOGY)

    crf = results_table("HEMR", "F09")

    class Meta(CrfRow.Meta):
        pass
