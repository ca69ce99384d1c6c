"""Lymphodepletion dosing (F19)."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from trial_edc.crf.fields import item
from trial_edc.crf.models import CrfRecord
from trial_edc.crf.spec import Crf, Section


def _dose(label: Any) -> models.DecimalField[Any, Any]:
    return models.DecimalField(label, max_digits=6, decimal_places=1, null=True, blank=True)


class Lymphodepletion(CrfRecord):
    """What was given on one day; the first day anchors the visits before the infusion."""

    given_date = item(
        models.DateField(_("Date given"), null=True, blank=True), oid="LDDT", sdtm="EX.EXSTDTC", critical=True
    )
    fludarabine_mg_m2 = item(
        _dose(_("Fludarabine given")), oid="LDFLU", sdtm="EX.EXDOSE when EXTRT=FLUDARABINE", unit="mg/m²",
        limits=(0, 100), plausible=(20, 35),
    )  # fmt: skip
    cyclophosphamide_mg_m2 = item(
        _dose(_("Cyclophosphamide given")), oid="LDCYC", sdtm="EX.EXDOSE when EXTRT=CYCLOPHOSPHAMIDE", unit="mg/m²",
        limits=(0, 2000), plausible=(250, 600),
    )  # fmt: skip
    change_reason = item(
        models.TextField(_("Reason for a changed dose"), max_length=500, blank=True), oid="LDADJ", sdtm="EX.EXADJ",
        required=False,
    )  # fmt: skip

    crf = Crf(
        oid="LD",
        code="F19",
        title=_("Lymphodepletion"),
        sections=(
            Section(_("Dosing"), ("given_date", "fludarabine_mg_m2", "cyclophosphamide_mg_m2", "change_reason")),
        ),
    )

    class Meta(CrfRecord.Meta):
        pass
