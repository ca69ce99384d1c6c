"""Infusion of the CAR-T cells and the chain-of-identity check (F20)."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from dosing import dose_checks
from dosing.models.columns import COI_HINT, clock, coi_text, day, number, story, whole, words, yes_no
from dosing.product_checks import odd_coi, one_person
from trial_edc.crf.fields import item
from trial_edc.crf.models import CrfRecord, CrfRow
from trial_edc.crf.spec import Check, Crf, Section


class Infusion(CrfRecord):
    """Day 0: which dose was planned, which was given. Cells per kilogram and percentage of plan are computed."""

    start_date = item(day(_("Date of infusion")), oid="EXSTDT", sdtm="EX.EXSTDTC", critical=True)
    gate_temperature_c = item(
        number(_("Highest temperature of the last 48 hours"), 4, 1), oid="GATETEMP",
        sdtm="VS.VSORRES when VSTESTCD=TEMP", unit="°C", limits=(25, 45),
    )  # fmt: skip
    gate_oxygen_saturation = item(
        whole(_("Oxygen saturation on room air")), oid="GATEO2", sdtm="VS.VSORRES when VSTESTCD=OXYSAT", unit="%",
        limits=(30, 100),
    )  # fmt: skip
    gate_vasopressor = item(yes_no(_("Vasopressor running")), oid="GATEVASO")
    gate_infection = item(yes_no(_("Active infection")), oid="GATEINF")
    gate_ecog = item(
        whole(_("ECOG performance status"), choices=[(grade, str(grade)) for grade in range(5)]), oid="GATEECOG",
        sdtm="QS.QSORRES when QSTESTCD=ECOG101",
    )  # fmt: skip
    assigned_dose_level = item(
        whole(_("Assigned dose level"), choices=[(1, "DL1"), (2, "DL2"), (3, "DL3")]), oid="EXDL",
        sdtm="EX.EXDOSTOT", critical=True,
    )  # fmt: skip
    weight_kg = item(
        number(_("Body weight used for the dose"), 5, 1), oid="EXWT", sdtm="VS.VSORRES when VSTESTCD=WEIGHT",
        unit="kg", limits=(25, 300), plausible=(40, 130), critical=True,
    )  # fmt: skip
    weight_date = item(day(_("Date of this weight")), oid="EXWTDT", sdtm="VS.VSDTC when VSTESTCD=WEIGHT")
    product_lot = item(words(_("Product lot"), 40), oid="EXLOT", sdtm="EX.EXLOT", critical=True)
    wristband_coi = item(
        words(_("Chain-of-identity number, wristband scanned"), 20), oid="EXWRIST", sdtm="BE.BEREFID", critical=True,
        normalise=coi_text, hint=COI_HINT,
    )  # fmt: skip
    identity_matches = item(yes_no(_("Two people matched subject and bag")), oid="EXCOI", critical=True)
    first_checker = item(words(_("Identity checked by")), oid="EXCHK1", sdtm="SUPPEX.QVAL when QNAM=EXCHECK1")
    second_checker = item(
        words(_("Identity checked by, second person")), oid="EXCHK2", sdtm="SUPPEX.QVAL when QNAM=EXCHECK2"
    )
    premedication_given = item(yes_no(_("Pre-medication given")), oid="EXPREYN", sdtm="CM.CMOCCUR when CMCAT=PREMED")
    premedication = item(
        story(_("Which pre-medication")), oid="EXPREMED", sdtm="CM.CMTRT when CMCAT=PREMED",
        when=("premedication_given", (True,)), hint=_("Drug, dose and time"),
    )  # fmt: skip
    start_time = item(
        clock(_("Start")), oid="EXSTTM", sdtm="EX.EXSTDTC", critical=True, hint=_("24-hour clock, site time")
    )
    stop_date = item(
        day(_("End date")), oid="EXENDT", sdtm="EX.EXENDTC", required=False, hint=_("Only if it ended on a later day")
    )
    stop_time = item(clock(_("Stop")), oid="EXENTM", sdtm="EX.EXENDTC")
    interrupted = item(yes_no(_("Interrupted")), oid="EXINTYN", sdtm="SUPPEX.QVAL when QNAM=EXINTYN")
    interruption_detail = item(
        story(_("When, how long and why")), oid="EXINT", sdtm="SUPPEX.QVAL when QNAM=EXINT",
        when=("interrupted", (True,)),
    )  # fmt: skip
    infused_cells_million = item(
        number(_("CAR+ cells infused"), 9, 2), oid="EXDOSE", sdtm="EX.EXDOSE", unit="×10⁶ cells", limits=(0, 100000),
        critical=True,
    )  # fmt: skip
    reaction = item(yes_no(_("Infusion reaction")), oid="EXREACT", hint=_("If yes, enter an adverse event"))

    crf = Crf(
        oid="INF",
        code="F20",
        title=_("Infusion"),
        sections=(
            Section(_("Day and gate"), (
                "start_date", "gate_temperature_c", "gate_oxygen_saturation", "gate_vasopressor", "gate_infection",
                "gate_ecog",
            )),
            Section(_("Dose and product"), ("assigned_dose_level", "weight_kg", "weight_date", "product_lot")),
            Section(
                _("Identity at the bedside"), ("wristband_coi", "identity_matches", "first_checker", "second_checker")
            ),
            Section(_("Bags"), rows="INFBAG"),
            Section(_("Infusion"), (
                "premedication_given", "premedication", "start_time", "stop_date", "stop_time",
                "interrupted", "interruption_detail", "infused_cells_million", "reaction",
            )),
        ),
        checks=(
            Check("INF-001", _("Subject and bag must match before cells are infused."),
                  broken=lambda r: r.identity_matches is False, items=("identity_matches",), hard=True),
            Check("INF-002", _("This is not a chain-of-identity number of the trial."),
                  broken=odd_coi("wristband_coi"), items=("wristband_coi",), hard=True),
            Check("INF-003", _("A bag does not carry the number of the wristband: it must not be infused."),
                  broken=dose_checks.other_bag, items=("wristband_coi",), hard=True, on_rows=True),
            Check("INF-004", _("One bag is entered twice."),
                  broken=dose_checks.same_bag_twice, items=("wristband_coi",), hard=True, on_rows=True),
            Check("INF-005", _("A bag had expired on the day of infusion."),
                  broken=dose_checks.expired_bag, items=("start_date",), hard=True, on_rows=True),
            Check("INF-006", _("The second check needs another person."),
                  broken=one_person("first_checker", "second_checker"), items=("second_checker", "first_checker"),
                  hard=True),
            Check("INF-007", _("The infusion must stop after it starts."),
                  broken=dose_checks.stops_before_start, items=("stop_time", "start_date", "start_time"), hard=True),
            Check("INF-008", _("The weight is younger than the infusion."),
                  broken=lambda r: r.weight_date > r.start_date, items=("weight_date", "start_date"), hard=True),
            Check("INF-009", _("Enter every bag that was infused."),
                  broken=lambda _r, bags: not bags, items=("infused_cells_million",), needed=True, on_rows=True),
            Check("INF-010", _("The bags do not add up to the infused cells. Correct, or confirm with the reason."),
                  broken=dose_checks.bags_do_not_add_up, items=("infused_cells_million",), on_rows=True),
            Check("INF-011", _("The infused cells are outside the limits around the planned dose. Confirm with the "
                               "reason."),
                  broken=dose_checks.dose_outside_limits,
                  items=("infused_cells_million", "weight_kg", "assigned_dose_level")),
            Check("INF-012", _("A bag was thawed for longer than the limit before its infusion ended. Confirm with the "
                               "reason."),
                  broken=dose_checks.thawed_too_long, items=("stop_time",), on_rows=True),
            Check("INF-013", _("The weight differs from the previous one by more than the protocol expects. Weigh "
                               "again, or confirm."),
                  broken=dose_checks.weight_changed("start_date"), items=("weight_kg", "start_date")),
            Check("INF-014", _("With a fever in the last 48 hours the gate is not passed. Confirm with the reason."),
                  broken=dose_checks.gate_fever, items=("gate_temperature_c",)),
            Check("INF-015", _("With this oxygen saturation the gate is not passed. Confirm with the reason."),
                  broken=dose_checks.gate_hypoxia, items=("gate_oxygen_saturation",)),
            Check("INF-016", _("With a vasopressor the gate is not passed. Confirm with the reason."),
                  broken=lambda r: r.gate_vasopressor, items=("gate_vasopressor",)),
            Check("INF-017", _("With an active infection the gate is not passed. Confirm with the reason."),
                  broken=lambda r: r.gate_infection, items=("gate_infection",)),
            Check("INF-018", _("With this performance status the gate is not passed. Confirm with the reason."),
                  broken=dose_checks.gate_performance, items=("gate_ecog",)),
        ),
    )  # fmt: skip

    class Meta(CrfRecord.Meta):
        pass


class InfusionBag(CrfRow):
    """One bag: what was scanned, what it held, when it was thawed and when its infusion ended."""

    record = models.ForeignKey(Infusion, models.PROTECT, related_name="bags")
    bag_number = item(words(_("Bag"), 40), oid="BAGID", sdtm="EC.ECLNKID", critical=True)
    coi_number = item(
        words(_("Chain-of-identity number, bag scanned"), 20), oid="BAGCOI", sdtm="BE.BEREFID", critical=True,
        normalise=coi_text,
    )  # fmt: skip
    volume_ml = item(number(_("Volume (mL)"), 6, 1), oid="BAGVOL", sdtm="EC.ECVAMT", unit="mL", limits=(0, 2000))
    cells_million = item(
        number(_("CAR+ cells (×10⁶)"), 9, 2), oid="BAGCELLS", sdtm="EC.ECDOSE", unit="×10⁶ cells", limits=(0, 100000),
        critical=True,
    )  # fmt: skip
    expiry_date = item(day(_("Expiry date")), oid="BAGEXP", sdtm="SUPPEC.QVAL when QNAM=ECEXPDT", critical=True)
    thaw_time = item(clock(_("Thawed at")), oid="BAGTHAW", sdtm="SUPPEC.QVAL when QNAM=ECTHAWTM")
    end_time = item(
        clock(_("Infused until")), oid="BAGEND", sdtm="EC.ECENDTC", required=False,
        hint=_("If it is not the end of the infusion"),
    )  # fmt: skip

    crf = Crf(
        oid="INFBAG", code="F20", title=_("Bags"),
        sections=(Section("", (
            "bag_number", "coi_number", "volume_ml", "cells_million", "expiry_date", "thaw_time", "end_time",
        )),),
    )  # fmt: skip

    class Meta(CrfRow.Meta):
        pass
