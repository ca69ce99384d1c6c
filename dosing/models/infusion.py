"""Infusion of the CAR-T cells and the chain-of-identity check (F20)."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from trial_edc.crf.fields import item
from trial_edc.crf.models import CrfRecord
from trial_edc.crf.spec import Check, Crf, Section


class Infusion(CrfRecord):
    """Day 0: which dose was planned, which was given. Cells per kilogram and percentage of plan are computed."""

    assigned_dose_level = item(
        models.PositiveSmallIntegerField(
            _("Assigned dose level"), choices=[(1, "DL1"), (2, "DL2"), (3, "DL3")], null=True, blank=True
        ),
        oid="EXDL", sdtm="EX.EXDOSTOT", critical=True,
    )  # fmt: skip
    weight_kg = item(
        models.DecimalField(_("Body weight used for the dose"), max_digits=5, decimal_places=1, null=True, blank=True),
        oid="EXWT", sdtm="VS.VSORRES when VSTESTCD=WEIGHT", unit="kg", limits=(25, 300), plausible=(40, 130),
        critical=True,
    )  # fmt: skip
    product_lot = item(
        models.CharField(_("Product lot"), max_length=40, blank=True), oid="EXLOT", sdtm="EX.EXLOT", critical=True
    )
    identity_matches = item(
        models.BooleanField(_("Two people matched subject and bag"), null=True, blank=True), oid="EXCOI", critical=True
    )
    start_date = item(
        models.DateField(_("Date of infusion"), null=True, blank=True), oid="EXSTDT", sdtm="EX.EXSTDTC", critical=True
    )
    start_time = item(
        models.TimeField(_("Start"), null=True, blank=True), oid="EXSTTM", sdtm="EX.EXSTDTC", critical=True,
        hint=_("24-hour clock, site time"),
    )  # fmt: skip
    stop_time = item(models.TimeField(_("Stop"), null=True, blank=True), oid="EXENTM", sdtm="EX.EXENDTC")
    infused_cells_million = item(
        models.DecimalField(_("CAR+ cells infused"), max_digits=9, decimal_places=2, null=True, blank=True),
        oid="EXDOSE", sdtm="EX.EXDOSE", unit="×10⁶ cells", limits=(0, 100000), critical=True,
    )  # fmt: skip
    reaction = item(
        models.BooleanField(_("Infusion reaction"), null=True, blank=True), oid="EXREACT",
        hint=_("If yes, enter an adverse event"),
    )  # fmt: skip

    crf = Crf(
        oid="INF",
        code="F20",
        title=_("Infusion"),
        sections=(
            Section(_("Gate"), ("assigned_dose_level", "weight_kg", "product_lot", "identity_matches")),
            Section(_("Infusion"), ("start_date", "start_time", "stop_time", "infused_cells_million", "reaction")),
        ),
        checks=(
            Check(
                "INF-001",
                _("Subject and bag must match before cells are infused."),
                broken=lambda r: r.identity_matches is False,
                items=("identity_matches",),
                hard=True,
            ),
        ),
    )

    class Meta(CrfRecord.Meta):
        pass
