"""Assessment of cytokine release syndrome (F21)."""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from trial_edc.crf.fields import item
from trial_edc.crf.models import CrfRecord
from trial_edc.crf.spec import Check, Crf, Section


class Vasopressor(models.TextChoices):
    """Agents that raise blood pressure; the grade counts them, vasopressin apart."""

    NOREPINEPHRINE = "NOREPINEPHRINE", _("Norepinephrine")
    EPINEPHRINE = "EPINEPHRINE", _("Epinephrine")
    PHENYLEPHRINE = "PHENYLEPHRINE", _("Phenylephrine")
    DOPAMINE = "DOPAMINE", _("Dopamine")
    METARAMINOL = "METARAMINOL", _("Metaraminol")
    VASOPRESSIN = "VASOPRESSIN", _("Vasopressin")


class OxygenSupport(models.TextChoices):
    """Oxygen devices, named as the grading rule names them."""

    NONE = "none", _("None")
    NASAL_CANNULA = "nasal_cannula", _("Nasal cannula")
    BLOW_BY = "blow_by", _("Blow-by")
    FACEMASK = "facemask", _("Face mask")
    NONREBREATHER = "nonrebreather", _("Non-rebreather mask")
    VENTURI = "venturi", _("Venturi mask")
    HIGH_FLOW = "high_flow_nc", _("High-flow nasal cannula")
    CPAP = "cpap", _("CPAP")
    BIPAP = "bipap", _("BiPAP")
    VENTILATION = "mechanical_ventilation", _("Intubation with mechanical ventilation")


class Grade(models.IntegerChoices):
    """Grades of the consensus; 0 is resolved or absent."""

    G0 = 0, _("0, none")
    G1 = 1, _("1")
    G2 = 2, _("2")
    G3 = 3, _("3")
    G4 = 4, _("4")
    G5 = 5, _("5, death")


def yes_no(label: Any) -> models.BooleanField[Any, Any]:
    """Return a question answered yes or no; unanswered is neither."""
    return models.BooleanField(label, null=True, blank=True)


class CrsAssessment(CrfRecord):
    """One bedside assessment; the ASTCT grade is computed from it and stands beside the investigator's."""

    assessed_date = item(
        models.DateField(_("Date of assessment"), null=True, blank=True), oid="CRSDT", sdtm="CE.CEDTC", critical=True
    )
    assessed_time = item(
        models.TimeField(_("Time"), null=True, blank=True), oid="CRSTM", sdtm="CE.CEDTC",
        hint=_("24-hour clock, site time"),
    )  # fmt: skip
    max_temperature_c = item(
        models.DecimalField(_("Temperature"), max_digits=4, decimal_places=1, null=True, blank=True),
        oid="CRSTEMP", sdtm="VS.VSORRES when VSTESTCD=TEMP", unit="°C", plausible=(35, 41), limits=(25, 45),
        hint=_("Highest in the last 24 hours"), critical=True,
    )  # fmt: skip
    fever_other_cause = item(yes_no(_("Fever explained by another documented cause")), oid="CRSFOC", critical=True)
    crs_already_diagnosed = item(yes_no(_("CRS already diagnosed in this episode")), oid="CRSDIAG", critical=True)
    antipyretic_given = item(yes_no(_("Antipyretic given in the last 24 hours")), oid="CRSAPYR", critical=True)
    tocilizumab_given = item(
        yes_no(_("Tocilizumab or another anti-cytokine drug given")), oid="CRSTOCI", critical=True,
        hint=_("Fever is then no longer required"),
    )  # fmt: skip
    corticosteroid_given = item(yes_no(_("Corticosteroid given")), oid="CRSSTER", critical=True)
    hypotension = item(yes_no(_("Hypotension")), oid="CRSHYPO", critical=True)
    hypotension_other_cause = item(
        yes_no(_("Hypotension explained by another documented cause")), oid="CRSHOC", critical=True, required=False
    )
    vasopressors = item(
        ArrayField(
            models.CharField(max_length=16, choices=Vasopressor),
            verbose_name=_("Vasopressors"), blank=True, default=list,
        ),
        oid="CRSVASO", critical=True, required=False, hint=_("Tick every agent running"),
    )  # fmt: skip
    oxygen_support = item(
        models.CharField(_("Oxygen support for hypoxia"), max_length=24, choices=OxygenSupport, blank=True),
        oid="CRSO2", critical=True,
    )  # fmt: skip
    oxygen_flow_l_min = item(
        models.DecimalField(_("Oxygen flow"), max_digits=4, decimal_places=1, null=True, blank=True),
        oid="CRSFLOW", unit="L/min", limits=(0, 80), critical=True, required=False,
    )  # fmt: skip
    hypoxia_other_cause = item(
        yes_no(_("Hypoxia explained by another cause")), oid="CRSXOC", critical=True, required=False,
        hint=_("Includes intubation for airway protection alone"),
    )  # fmt: skip
    death_due_to_crs = item(yes_no(_("Death due to CRS")), oid="CRSDTH", critical=True, required=False)
    investigator_grade = item(
        models.PositiveSmallIntegerField(_("Investigator's grade"), choices=Grade, null=True, blank=True),
        oid="CRSIGR", sdtm="CE.CETOXGR", judgement=True, required=False, critical=True,
    )  # fmt: skip
    grade_reason = item(
        models.TextField(_("Reason where it differs from the computed grade"), max_length=500, blank=True),
        oid="CRSIGRS", judgement=True, required=False,
    )  # fmt: skip

    crf = Crf(
        oid="CRS",
        code="F21",
        title=_("CRS assessment"),
        repeating=True,
        copy_from_previous=True,
        sections=(
            Section(_("Assessment"), ("assessed_date", "assessed_time")),
            Section(
                _("Fever and treatment"),
                (
                    "max_temperature_c", "fever_other_cause", "crs_already_diagnosed",
                    "antipyretic_given", "tocilizumab_given", "corticosteroid_given",
                ),
            ),
            Section(_("Hypotension"), ("hypotension", "vasopressors", "hypotension_other_cause")),
            Section(_("Hypoxia"), ("oxygen_support", "oxygen_flow_l_min", "hypoxia_other_cause")),
            Section(_("Outcome"), ("death_due_to_crs",)),
            Section(_("Judgement of the investigator"), ("investigator_grade", "grade_reason")),
        ),
        checks=(
            Check(
                "CRS-001",
                _("Vasopressors are ticked although there is no hypotension."),
                broken=lambda r: r.hypotension is False,
                items=("hypotension", "vasopressors"),
            ),
            Check(
                "CRS-002",
                _("Enter the flow of the nasal cannula: 6 L/min or less is grade 2, more is grade 3."),
                broken=lambda r: r.oxygen_support == OxygenSupport.NASAL_CANNULA and r.oxygen_flow_l_min is None,
                items=("oxygen_support",),
                hard=True,
            ),
        ),
    )  # fmt: skip

    class Meta(CrfRecord.Meta):
        pass
