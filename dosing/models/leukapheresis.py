"""Leukapheresis (F16): the gate, the procedure, and the number that ties the product to the subject."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from dosing import product_checks
from dosing.models.columns import COI_HINT, choice, clock, coi_text, day, number, story, whole, words, yes_no
from trial_edc.crf.fields import item
from trial_edc.crf.models import CrfRecord
from trial_edc.crf.spec import Check, Crf, Section


class Anticoagulant(models.TextChoices):
    """What keeps the blood from clotting in the circuit."""

    ACD_A = "ACD-A", _("ACD-A")
    HEPARIN = "HEPARIN", _("Heparin")
    BOTH = "ACD-A AND HEPARIN", _("ACD-A and heparin")
    OTHER = "OTHER", _("Other")


class Leukapheresis(CrfRecord):
    """One collection of cells. The chain-of-identity number is issued here and holds for one product of the trial."""

    haemoglobin_g_l = item(
        whole(_("Haemoglobin")), oid="APHHGB", sdtm="LB.LBORRES when LBTESTCD=HGB", unit="g/L", limits=(20, 250)
    )
    lymphocytes_10e9_l = item(
        number(_("Lymphocytes"), 5, 2), oid="APHLYM", sdtm="LB.LBORRES when LBTESTCD=LYM", unit="×10⁹/L",
        limits=(0, 500),
    )  # fmt: skip
    venous_access = item(yes_no(_("Venous access is adequate")), oid="APHVEN")
    active_infection = item(yes_no(_("Active infection")), oid="APHINF")
    washout_complete = item(
        yes_no(_("Wash-out of earlier treatment is complete")), oid="APHWASH",
        hint=_("Chemotherapy, steroids, antibodies: as the protocol lists them"),
    )  # fmt: skip
    procedure_date = item(day(_("Date of leukapheresis")), oid="APHDT", sdtm="PR.PRSTDTC", critical=True)
    start_time = item(
        clock(_("Start")), oid="APHSTTM", sdtm="PR.PRSTDTC", hint=_("24-hour clock, site time"), critical=True
    )
    stop_date = item(
        day(_("End date")), oid="APHENDT", sdtm="PR.PRENDTC", required=False, hint=_("Only if it ended on a later day")
    )
    stop_time = item(clock(_("Stop")), oid="APHENTM", sdtm="PR.PRENDTC")
    blood_volume_ml = item(
        whole(_("Blood volume processed")), oid="APHBV", sdtm="SUPPPR.QVAL when QNAM=PRBLDVOL", unit="mL",
        limits=(100, 32000), plausible=(5000, 20000),
    )  # fmt: skip
    product_volume_ml = item(
        whole(_("Product volume")), oid="APHPV", sdtm="SUPPPR.QVAL when QNAM=PRPRDVOL", unit="mL", limits=(1, 2000),
        plausible=(50, 500),
    )  # fmt: skip
    white_cells_10e9 = item(
        number(_("White blood cells collected"), 6, 2), oid="APHWBC", sdtm="SUPPPR.QVAL when QNAM=PRWBC",
        unit="×10⁹ cells", limits=(0, 1000), plausible=(2, 60),
    )  # fmt: skip
    cd3_cells_10e9 = item(
        number(_("CD3+ cells collected"), 6, 2), oid="APHCD3", sdtm="SUPPPR.QVAL when QNAM=PRCD3", unit="×10⁹ cells",
        limits=(0, 1000), critical=True,
    )  # fmt: skip
    anticoagulant = item(choice(_("Anticoagulant"), Anticoagulant), oid="APHAC", sdtm="SUPPPR.QVAL when QNAM=PRANTCOA")
    adverse_reaction = item(yes_no(_("Adverse reaction")), oid="APHREACT", hint=_("If yes, enter an adverse event"))
    reaction_detail = item(
        story(_("Which reaction")), oid="APHREAD", sdtm="SUPPPR.QVAL when QNAM=PRREACT",
        when=("adverse_reaction", (True,)),
    )  # fmt: skip
    coi_number = item(
        words(_("Chain-of-identity number"), 20), oid="APHCOI", sdtm="BE.BEREFID", critical=True, normalise=coi_text,
        hint=COI_HINT,
    )  # fmt: skip
    first_checker = item(words(_("Identity checked by")), oid="APHCHK1", sdtm="SUPPPR.QVAL when QNAM=PRCHECK1")
    second_checker = item(
        words(_("Identity checked by, second person")), oid="APHCHK2", sdtm="SUPPPR.QVAL when QNAM=PRCHECK2"
    )
    courier = item(words(_("Courier")), oid="APHCOUR", sdtm="BE.BEPARTY")
    temperature_logger = item(words(_("Temperature logger"), 40), oid="APHLOG", sdtm="BE.BESPID")

    crf = Crf(
        oid="APH",
        code="F16",
        title=_("Leukapheresis"),
        repeating=True,
        sections=(
            Section(
                _("Gate"),
                ("haemoglobin_g_l", "lymphocytes_10e9_l", "venous_access", "active_infection", "washout_complete"),
            ),
            Section(
                _("Procedure"),
                (
                    "procedure_date", "start_time", "stop_date", "stop_time", "blood_volume_ml", "anticoagulant",
                    "adverse_reaction", "reaction_detail",
                ),
            ),
            Section(_("Product"), ("product_volume_ml", "white_cells_10e9", "cd3_cells_10e9")),
            Section(
                _("Identity and hand-over"),
                ("coi_number", "first_checker", "second_checker", "courier", "temperature_logger"),
            ),
        ),
        checks=(
            Check("APH-001", _("The procedure must stop after it starts."), broken=product_checks.stops_before_start,
                  items=("stop_time", "procedure_date", "start_time"), hard=True),
            Check("APH-002", _("This is not a chain-of-identity number of the trial."),
                  broken=product_checks.odd_coi(), items=("coi_number",), hard=True),
            Check("APH-003", _("The second check needs another person."),
                  broken=product_checks.one_person("first_checker", "second_checker"),
                  items=("second_checker", "first_checker"), hard=True),
            Check("APH-004", _("There cannot be more CD3+ cells than white blood cells."),
                  broken=lambda r: r.cd3_cells_10e9 > r.white_cells_10e9,
                  items=("cd3_cells_10e9", "white_cells_10e9"), hard=True),
            Check("APH-005", _("Haemoglobin is below the limit for leukapheresis. Confirm with the reason."),
                  broken=product_checks.below("haemoglobin_g_l", "leukapheresis.haemoglobin_g_l"),
                  items=("haemoglobin_g_l",)),
            Check("APH-006", _("Lymphocytes are below the limit for leukapheresis. Confirm with the reason."),
                  broken=product_checks.below("lymphocytes_10e9_l", "leukapheresis.lymphocytes_10e9_l"),
                  items=("lymphocytes_10e9_l",)),
            Check("APH-007", _("Without venous access the gate is not passed. Confirm with the reason."),
                  broken=lambda r: r.venous_access is False, items=("venous_access",)),
            Check("APH-008", _("With an active infection the gate is not passed. Confirm with the reason."),
                  broken=lambda r: r.active_infection, items=("active_infection",)),
            Check("APH-009", _("Before the wash-out is complete the gate is not passed. Confirm with the reason."),
                  broken=lambda r: r.washout_complete is False, items=("washout_complete",)),
            Check("APH-010", _("Fewer CD3+ cells than manufacturing needs. Confirm with the reason."),
                  broken=product_checks.below("cd3_cells_10e9", "leukapheresis.cd3_cells_10e9"),
                  items=("cd3_cells_10e9",)),
        ),
    )  # fmt: skip

    class Meta(CrfRecord.Meta):
        constraints = [
            *CrfRecord.Meta.constraints,
            models.UniqueConstraint(
                fields=["coi_number"], condition=~Q(coi_number=""), name="leukapheresis_coi_number_once"
            ),
        ]
