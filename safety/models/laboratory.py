"""What the laboratory forms share: when and where a sample was taken, and one row per analyte."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from safety.lab_checks import plain_number, readable_result, row_checks
from safety.models.crs_assessment import yes_no
from safety.rules.form_analytes import FormAnalyte
from trial_edc.crf.fields import item
from trial_edc.crf.models import CrfRecord, CrfRow
from trial_edc.crf.spec import Crf, Section

NOT_DONE = "NOT DONE"


class Unit(models.TextChoices):
    """CDISC submission values of the units, printed as laboratories print them."""

    GIGA_PER_LITRE = "10^9/L", "×10⁹/L"
    THOUSAND_PER_MICROLITRE = "10^3/uL", "×10³/µL"
    PER_MICROLITRE = "/uL", "/µL"
    TERA_PER_LITRE = "10^12/L", "×10¹²/L"
    MEGA_PER_LITRE = "10^6/L", "×10⁶/L"
    G_PER_LITRE = "g/L", "g/L"
    G_PER_DECILITRE = "g/dL", "g/dL"
    MG_PER_DECILITRE = "mg/dL", "mg/dL"
    MG_PER_LITRE = "mg/L", "mg/L"
    UG_PER_LITRE = "ug/L", "µg/L"
    NG_PER_MILLILITRE = "ng/mL", "ng/mL"
    MMOL_PER_LITRE = "mmol/L", "mmol/L"
    UMOL_PER_LITRE = "umol/L", "µmol/L"
    MEQ_PER_LITRE = "mEq/L", "mEq/L"
    U_PER_LITRE = "U/L", "U/L"
    UKAT_PER_LITRE = "ukat/L", "µkat/L"
    ML_PER_MINUTE = "mL/min", "mL/min"
    ML_PER_SECOND = "mL/s", "mL/s"
    SECONDS = "s", "s"
    RATIO = "RATIO", _("ratio")
    MG_PER_LITRE_FEU = "mg/L FEU", "mg/L FEU"
    UG_PER_MILLILITRE_FEU = "ug/mL FEU", "µg/mL FEU"
    UG_PER_LITRE_FEU = "ug/L FEU", "µg/L FEU"
    NG_PER_MILLILITRE_FEU = "ng/mL FEU", "ng/mL FEU"


class Finding(models.TextChoices):
    """Result of a test that finds something or does not."""

    NEGATIVE = "NEGATIVE", _("Negative")
    POSITIVE = "POSITIVE", _("Positive")
    INDETERMINATE = "INDETERMINATE", _("Indeterminate")


def unit_label(unit: str) -> Any:
    """Return a unit as it is printed."""
    return Unit(unit).label


class LaboratoryForm(CrfRecord):
    """One sample: its results stand in rows, with the normal range of the day it was taken."""

    collected_date = item(models.DateField(_("Date of collection"), null=True, blank=True), oid="LBDT", sdtm="LB.LBDTC")
    collected_time = item(
        models.TimeField(_("Time"), null=True, blank=True), oid="LBTM", sdtm="LB.LBDTC",
        hint=_("24-hour clock, site time"),
    )  # fmt: skip
    laboratory = item(models.CharField(_("Laboratory"), max_length=80, blank=True), oid="LBNAM", sdtm="LB.LBNAM")

    class Meta(CrfRecord.Meta):
        abstract = True


class LaboratoryResult(CrfRow):
    """One analyte of a sample, as the laboratory reported it. A result that was not measured is not 0."""

    value = item(
        models.CharField(_("Result"), max_length=24, blank=True, validators=[readable_result]),
        oid="LBORRES", sdtm="LB.LBORRES", required=False, hint=_("As reported, <0.5 and >500 included"),
    )  # fmt: skip
    range_low = item(
        models.CharField(_("Normal from"), max_length=12, blank=True, validators=[plain_number]),
        oid="LBORNRLO", sdtm="LB.LBORNRLO", required=False,
    )  # fmt: skip
    range_high = item(
        models.CharField(_("Normal to"), max_length=12, blank=True, validators=[plain_number]),
        oid="LBORNRHI", sdtm="LB.LBORNRHI", required=False,
    )  # fmt: skip
    clinically_significant = item(yes_no(_("Clinically significant")), oid="LBCLSIG", sdtm="LB.LBCLSIG", required=False)
    not_done = item(
        models.CharField(_("Not done"), max_length=8, blank=True, choices=[(NOT_DONE, _("Not done"))]),
        oid="LBSTAT", sdtm="LB.LBSTAT", required=False,
    )  # fmt: skip

    class Meta(CrfRow.Meta):
        abstract = True


def analyte_field(choices: Sequence[tuple[str, Any]]) -> models.CharField[Any, Any]:
    """Return the item that says which analyte a row is about."""
    return item(
        models.CharField(_("Analyte"), max_length=8, choices=choices), oid="LBTESTCD", sdtm="LB.LBTESTCD", fixed=True
    )


def unit_field(analytes: Sequence[FormAnalyte]) -> models.CharField[Any, Any]:
    """Return the unit of a row: every unit of the form is stored, each analyte offers its own."""
    used = {unit for analyte in analytes for unit in analyte.units}
    return item(
        models.CharField(_("Unit"), max_length=10, blank=True, choices=[c for c in Unit.choices if c[0] in used]),
        oid="LBORRESU", sdtm="LB.LBORRESU", required=False,
        narrow=("analyte", {analyte.code: analyte.units for analyte in analytes}),
    )  # fmt: skip


def results_table(oid: str, code: str) -> Crf:
    """Return the description of a table of results."""
    columns = ("analyte", "value", "unit", "range_low", "range_high", "clinically_significant", "not_done")
    return Crf(oid=oid, code=code, title=_("Results"), sections=(Section("", columns),), checks=row_checks(oid))
