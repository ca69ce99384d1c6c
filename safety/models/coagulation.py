"""Coagulation (F11)."""

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
from safety.rules.form_analytes import COAGULATION
from trial_edc.crf.models import CrfRecord, CrfRow
from trial_edc.crf.spec import Crf, Section


class CoagulationAnalyte(models.TextChoices):
    """Analytes by their CDISC test codes, in the order of the report."""

    PT = "PT", _("Prothrombin time")
    INR = "INR", _("INR")
    APTT = "APTT", _("APTT")
    FIBRINO = "FIBRINO", _("Fibrinogen")
    DDIMER = "DDIMER", _("D-dimer")


class Coagulation(LaboratoryForm):
    """Coagulation tests of one sample."""

    crf = Crf(
        oid="COAG",
        code="F11",
        title=_("Coagulation"),
        repeating=True,
        sections=(
            Section(_("Sample"), ("collected_date", "collected_time", "laboratory")),
            Section(_("Results"), rows="COAGR", fixed_rows=True),
        ),
        checks=panel_checks("COAG", CoagulationAnalyte.choices, unit_label),
    )

    class Meta(CrfRecord.Meta):
        pass


class CoagulationResult(LaboratoryResult):
    """One analyte of a coagulation sample."""

    record = models.ForeignKey(Coagulation, models.PROTECT, related_name="results")
    analyte = analyte_field(CoagulationAnalyte.choices)
    unit = unit_field(COAGULATION)

    crf = results_table("COAGR", "F11")

    class Meta(CrfRow.Meta):
        pass
