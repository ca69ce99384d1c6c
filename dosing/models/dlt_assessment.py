"""Day-28 DLT assessment (F30)."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from trial_edc.crf.fields import item
from trial_edc.crf.models import CrfRecord
from trial_edc.crf.spec import Check, Crf, Section


class DltAssessment(CrfRecord):
    """The safety assessment that closes the window; complete, it makes a subject without DLT evaluable."""

    assessment_date = item(
        models.DateField(_("Date of assessment"), null=True, blank=True), oid="DLTDT", sdtm="FA.FADTC", critical=True
    )
    followed_to_day_28 = item(
        models.BooleanField(_("Followed for safety through Day 28"), null=True, blank=True),
        oid="DLTFUP", sdtm="FA.FAORRES when FATESTCD=FUP28", critical=True,
    )  # fmt: skip
    all_events_entered = item(
        models.BooleanField(_("All adverse events of the window are entered"), null=True, blank=True),
        oid="DLTAES", critical=True,
    )  # fmt: skip
    dlt_occurred = item(
        models.BooleanField(_("A dose-limiting toxicity occurred"), null=True, blank=True),
        oid="DLTYN", sdtm="FA.FAORRES when FATESTCD=DLT", judgement=True, required=False, critical=True,
    )  # fmt: skip
    comment = item(models.TextField(_("Comment"), max_length=1000, blank=True), oid="DLTCOM", required=False)

    crf = Crf(
        oid="DLT",
        code="F30",
        title=_("Day-28 DLT assessment"),
        sections=(
            Section(_("Safety assessment"), ("assessment_date", "followed_to_day_28", "all_events_entered")),
            Section(_("Judgement of the investigator"), ("dlt_occurred", "comment")),
        ),
        checks=(
            Check(
                "DLT-001",
                _("Enter all adverse events of the window first."),
                broken=lambda r: r.all_events_entered is False,
                items=("all_events_entered",),
                hard=True,
            ),
        ),
    )

    class Meta(CrfRecord.Meta):
        pass
