"""Concomitant and rescue medication (F33): one record per drug and period."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from safety import treatment_checks
from safety.models.crs_assessment import yes_no
from safety.models.event_link import event_number
from trial_edc.crf.fields import PartialDateField, item
from trial_edc.crf.models import CrfRecord
from trial_edc.crf.spec import Check, Crf, Section
from trial_edc.protocol.medications import DrugClass, canonical_drug

ENDED = ("ongoing", (False,))


class MedicationClass(models.TextChoices):
    """What a drug is given for, as far as the rules of the trial ask."""

    ANTIPYRETIC = DrugClass.ANTIPYRETIC.value, _("Antipyretic")
    ANTI_IL6 = DrugClass.ANTI_IL6.value, _("Tocilizumab or another anti-IL-6 drug")
    CORTICOSTEROID = DrugClass.CORTICOSTEROID.value, _("Corticosteroid")
    ANAKINRA = DrugClass.ANAKINRA.value, _("Anakinra")
    VASOPRESSOR = DrugClass.VASOPRESSOR.value, _("Vasopressor")
    ANTIBIOTIC = DrugClass.ANTIBIOTIC.value, _("Antibiotic")
    ANTIFUNGAL = DrugClass.ANTIFUNGAL.value, _("Antifungal")
    ANTIVIRAL = DrugClass.ANTIVIRAL.value, _("Antiviral")
    ANTICONVULSANT = DrugClass.ANTICONVULSANT.value, _("Anticonvulsant")
    G_CSF = DrugClass.G_CSF.value, _("G-CSF")
    IMMUNOGLOBULIN = DrugClass.IMMUNOGLOBULIN.value, _("Immunoglobulin")
    OTHER = DrugClass.OTHER.value, _("Other")


class DoseUnit(models.TextChoices):
    """CDISC submission values of units of a dose."""

    MG = "mg", _("mg")
    G = "g", _("g")
    UG = "ug", _("µg")
    MG_KG = "mg/kg", _("mg/kg")
    UG_KG_MIN = "ug/kg/min", _("µg/kg/min")
    MG_H = "mg/h", _("mg/h")
    IU = "IU", _("IU")
    ML = "mL", _("mL")
    TABLET = "TABLET", _("Tablet")
    CAPSULE = "CAPSULE", _("Capsule")
    OTHER = "OTHER", _("Other, in the indication")


class Route(models.TextChoices):
    """CDISC submission values of the route of administration."""

    ORAL = "ORAL", _("By mouth")
    INTRAVENOUS = "INTRAVENOUS", _("Intravenous")
    SUBCUTANEOUS = "SUBCUTANEOUS", _("Subcutaneous")
    INTRAMUSCULAR = "INTRAMUSCULAR", _("Intramuscular")
    INHALATION = "RESPIRATORY (INHALATION)", _("Inhaled")
    TOPICAL = "TOPICAL", _("On skin or eye")
    RECTAL = "RECTAL", _("Rectal")
    OTHER = "OTHER", _("Other")


class Frequency(models.TextChoices):
    """CDISC submission values of how often a drug is given."""

    ONCE = "ONCE", _("Once")
    QD = "QD", _("Once a day")
    BID = "BID", _("Twice a day")
    TID = "TID", _("Three times a day")
    QID = "QID", _("Four times a day")
    Q4H = "Q4H", _("Every 4 hours")
    Q6H = "Q6H", _("Every 6 hours")
    Q8H = "Q8H", _("Every 8 hours")
    Q12H = "Q12H", _("Every 12 hours")
    CONTINUOUS = "CONTINUOUS", _("Continuously")
    PRN = "PRN", _("As needed")
    WEEKLY = "QS", _("Every week")
    OTHER = "OTHER", _("Other")


class Medication(CrfRecord):
    """One drug over one period; the assessments of CRS ask this log what was given before them."""

    drug = item(
        models.CharField(_("Drug"), max_length=200, blank=True), oid="CMTRT", sdtm="CM.CMTRT", critical=True,
        suggest="drugs", normalise=canonical_drug, hint=_("International name; type three letters"),
    )  # fmt: skip
    who_drug_code = item(
        models.CharField(_("WHODrug code"), max_length=20, blank=True), oid="CMCODE",
        sdtm="SUPPCM.QVAL when QNAM=CMCODE", required=False, hint=_("If it is coded"),
    )  # fmt: skip
    drug_class = item(
        models.CharField(_("Class"), max_length=16, choices=MedicationClass, blank=True), oid="CMCLAS",
        sdtm="CM.CMCLAS", critical=True,
    )  # fmt: skip
    dose = item(
        models.DecimalField(_("Dose"), max_digits=10, decimal_places=3, null=True, blank=True), oid="CMDOSE",
        sdtm="CM.CMDOSE", limits=(0, 1_000_000), hint=_("Of one administration, or the rate of an infusion"),
    )  # fmt: skip
    dose_unit = item(
        models.CharField(_("Unit of the dose"), max_length=10, choices=DoseUnit, blank=True), oid="CMDOSU",
        sdtm="CM.CMDOSU",
    )  # fmt: skip
    route = item(
        models.CharField(_("Route"), max_length=24, choices=Route, blank=True), oid="CMROUTE", sdtm="CM.CMROUTE"
    )
    frequency = item(
        models.CharField(_("Frequency"), max_length=10, choices=Frequency, blank=True), oid="CMDOSFRQ",
        sdtm="CM.CMDOSFRQ",
    )  # fmt: skip
    start_date = item(
        PartialDateField(_("Start date"), blank=True), oid="CMSTDT", sdtm="CM.CMSTDTC", critical=True, partial=True
    )
    start_time = item(
        models.TimeField(_("Start time"), null=True, blank=True), oid="CMSTTM", sdtm="CM.CMSTDTC", required=False,
        critical=True, hint=_("Needed for antipyretics and rescue drugs"),
    )  # fmt: skip
    ongoing = item(yes_no(_("Still given")), oid="CMONGO", sdtm="CM.CMENRTPT")
    end_date = item(
        PartialDateField(_("Stop date"), blank=True), oid="CMENDT", sdtm="CM.CMENDTC", partial=True, when=ENDED,
        hint=_("Of the last administration; of a single dose, the start date"),
    )  # fmt: skip
    end_time = item(
        models.TimeField(_("Stop time"), null=True, blank=True), oid="CMENTM", sdtm="CM.CMENDTC", required=False,
        when=ENDED,
    )  # fmt: skip
    indication = item(
        models.CharField(_("Indication"), max_length=200, blank=True), oid="CMINDC", sdtm="CM.CMINDC",
        hint=_("What it is given for: an event, a history, a prophylaxis"),
    )  # fmt: skip
    event_number = event_number("CMAENO", "CM.CMAENO", required=False)

    crf = Crf(
        oid="CM",
        code="F33",
        title=_("Concomitant and rescue medication"),
        repeating=True,
        log=True,
        sections=(
            Section(_("Drug"), ("drug", "who_drug_code", "drug_class")),
            Section(_("Period"), ("start_date", "start_time", "ongoing", "end_date", "end_time")),
            Section(_("Dose"), ("dose", "dose_unit", "route", "frequency")),
            Section(_("Reason"), ("indication", "event_number")),
        ),
        checks=(
            Check("CM-001", _("The stop lies before the start."),
                  broken=treatment_checks.stop_before_start, items=("end_date", "start_date"), hard=True),
            Check("CM-002", _("The list has this drug in another class."),
                  broken=treatment_checks.unusual_class, items=("drug_class", "drug")),
            Check("CM-003", _("Enter the time: the assessments of CRS ask what was given in the last 24 hours."),
                  broken=treatment_checks.rescue_without_time, items=("start_date", "drug_class")),
            Check("CM-004", _("The protocol does not allow this drug. Check the source; if it was given, report it."),
                  broken=treatment_checks.prohibited, items=("drug",)),
            Check("CM-005", _("A systemic corticosteroid is allowed for an event: link the event, or explain."),
                  broken=treatment_checks.steroid_outside_rescue, items=("drug_class", "route")),
            Check("CM-006", _("A single dose stops when it starts."),
                  broken=lambda cm: cm.frequency == Frequency.ONCE and bool(cm.ongoing),
                  items=("ongoing", "frequency"), hard=True),
            Check("CM-007", _("The dose must be more than 0."),
                  broken=lambda cm: cm.dose <= 0, items=("dose",), hard=True),
        ),
    )  # fmt: skip

    class Meta(CrfRecord.Meta):
        pass
