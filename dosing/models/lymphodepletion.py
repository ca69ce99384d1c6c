"""Lymphodepletion dosing (F19)."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from dosing import dose_checks
from dosing.models.columns import day, number, story, whole, yes_no
from trial_edc.crf.fields import item
from trial_edc.crf.models import CrfRecord
from trial_edc.crf.spec import Check, Crf, Section
from trial_edc.protocol.parameters import decimal

SIZE = ("weight_kg", "height_cm")
CHANGED = ("dose_changed", (True,))


def _planned(label: Any, oid: str, drug: str, most: int) -> models.DecimalField[Any, Any]:
    return item(
        number(label, 6, 1), oid=oid, sdtm=f"EC.ECDOSE when ECTRT={drug.upper()} and ECMOOD=SCHEDULED", unit="mg/m²",
        limits=(0, most), hint=format_lazy("{}: {} mg/m²", _("Protocol"), decimal(f"lymphodepletion.{drug}_mg_m2")),
    )  # fmt: skip


class Lymphodepletion(CrfRecord):
    """What was planned and given on one day; the first day anchors the visits before the infusion."""

    given_date = item(day(_("Date given")), oid="LDDT", sdtm="EX.EXSTDTC", critical=True)
    weight_kg = item(
        number(_("Body weight"), 5, 1), oid="LDWT", sdtm="VS.VSORRES when VSTESTCD=WEIGHT", unit="kg",
        limits=(25, 300), plausible=(40, 130),
    )  # fmt: skip
    height_cm = item(
        number(_("Height"), 4, 1), oid="LDHT", sdtm="VS.VSORRES when VSTESTCD=HEIGHT", unit="cm", limits=(100, 250),
        plausible=(140, 200),
    )  # fmt: skip
    creatinine_umol_l = item(
        number(_("Serum creatinine"), 5, 1), oid="LDCREAT", sdtm="LB.LBORRES when LBTESTCD=CREAT", unit="µmol/L",
        limits=(10, 2000), plausible=(30, 150), required=False,
        hint=_("For the estimated clearance; or enter a measured clearance"),
    )  # fmt: skip
    creatinine_clearance_ml_min = item(
        number(_("Creatinine clearance, measured"), 4, 1), oid="LDCRCL", sdtm="LB.LBORRES when LBTESTCD=CREATCLR",
        unit="mL/min", limits=(1, 400), required=False,
    )  # fmt: skip
    fludarabine_planned_mg_m2 = _planned(_("Fludarabine planned"), "LDFLUP", "fludarabine", 100)
    fludarabine_given_mg = item(
        number(_("Fludarabine given, total"), 6, 1), oid="LDFLUMG", sdtm="EC.ECDOSE when ECTRT=FLUDARABINE", unit="mg",
        limits=(0, 300),
    )  # fmt: skip
    fludarabine_mg_m2 = item(
        number(_("Fludarabine given"), 6, 1), oid="LDFLU", sdtm="EX.EXDOSE when EXTRT=FLUDARABINE", unit="mg/m²",
        limits=(0, 100), plausible=(20, 35),
    )  # fmt: skip
    cyclophosphamide_planned_mg_m2 = _planned(_("Cyclophosphamide planned"), "LDCYCP", "cyclophosphamide", 2000)
    cyclophosphamide_given_mg = item(
        number(_("Cyclophosphamide given, total"), 6, 1), oid="LDCYCMG", sdtm="EC.ECDOSE when ECTRT=CYCLOPHOSPHAMIDE",
        unit="mg", limits=(0, 6000),
    )  # fmt: skip
    cyclophosphamide_mg_m2 = item(
        number(_("Cyclophosphamide given"), 6, 1), oid="LDCYC", sdtm="EX.EXDOSE when EXTRT=CYCLOPHOSPHAMIDE",
        unit="mg/m²", limits=(0, 2000), plausible=(250, 600),
    )  # fmt: skip
    dose_changed = item(
        yes_no(_("Dose changed from the protocol's")), oid="LDCHG", sdtm="SUPPEX.QVAL when QNAM=EXCHG",
        hint=_("Reduced, delayed or left out"),
    )  # fmt: skip
    change_reason = item(story(_("Reason for a changed dose")), oid="LDADJ", sdtm="EX.EXADJ", when=CHANGED)
    hydration_given = item(yes_no(_("Hydration given")), oid="LDHYD", sdtm="CM.CMOCCUR when CMCAT=HYDRATION")
    hydration_ml = item(
        whole(_("Volume of fluid")), oid="LDHYDML", sdtm="CM.CMDOSE when CMCAT=HYDRATION", unit="mL",
        limits=(50, 10000), plausible=(500, 4000), when=("hydration_given", (True,)),
    )  # fmt: skip

    crf = Crf(
        oid="LD",
        code="F19",
        title=_("Lymphodepletion"),
        sections=(
            Section(_("Before the dose"), (
                "given_date", "weight_kg", "height_cm", "creatinine_umol_l", "creatinine_clearance_ml_min",
            )),
            Section(_("Fludarabine"), ("fludarabine_planned_mg_m2", "fludarabine_given_mg", "fludarabine_mg_m2")),
            Section(
                _("Cyclophosphamide"),
                ("cyclophosphamide_planned_mg_m2", "cyclophosphamide_given_mg", "cyclophosphamide_mg_m2"),
            ),
            Section(_("Changes and fluid"), ("dose_changed", "change_reason", "hydration_given", "hydration_ml")),
        ),
        checks=(
            Check("LD-001", _("The weight differs from the previous one by more than the protocol expects. "
                              "Weigh again, or confirm."),
                  broken=dose_checks.weight_changed("given_date"), items=("weight_kg", "given_date")),
            Check("LD-002", _("Enter the serum creatinine or the measured clearance."),
                  broken=dose_checks.kidney_unknown, at="creatinine_umol_l", needed=True),
            Check("LD-003", _("More fludarabine is planned than the creatinine clearance allows. Confirm with the "
                              "reason."),
                  broken=dose_checks.too_much_for_the_kidney, items=("fludarabine_planned_mg_m2",),
                  about=dose_checks.dose_and_clearance),
            Check("LD-004", _("The planned dose is not the protocol's: say that it was changed, and why."),
                  broken=dose_checks.changed_without_saying, items=("dose_changed",), needed=True),
            Check("LD-005", _("The given fludarabine is more than 5 % away from the planned dose. Confirm with the "
                              "reason."),
                  broken=dose_checks.off_plan("fludarabine"),
                  items=("fludarabine_given_mg", "fludarabine_planned_mg_m2", *SIZE)),
            Check("LD-006", _("The given cyclophosphamide is more than 5 % away from the planned dose. Confirm with "
                              "the reason."),
                  broken=dose_checks.off_plan("cyclophosphamide"),
                  items=("cyclophosphamide_given_mg", "cyclophosphamide_planned_mg_m2", *SIZE)),
            Check("LD-007", _("Total dose, body surface and dose per m² of fludarabine do not fit together."),
                  broken=dose_checks.wrong_arithmetic("fludarabine"),
                  items=("fludarabine_mg_m2", "fludarabine_given_mg", *SIZE)),
            Check("LD-008", _("Total dose, body surface and dose per m² of cyclophosphamide do not fit together."),
                  broken=dose_checks.wrong_arithmetic("cyclophosphamide"),
                  items=("cyclophosphamide_mg_m2", "cyclophosphamide_given_mg", *SIZE)),
        ),
    )  # fmt: skip

    class Meta(CrfRecord.Meta):
        pass
