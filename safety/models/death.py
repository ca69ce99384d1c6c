"""Death (F38)."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from safety.models.crs_assessment import yes_no
from trial_edc.crf.fields import item
from trial_edc.crf.models import CrfRecord
from trial_edc.crf.spec import Check, Crf, Section


class Death(CrfRecord):
    """When and of what the subject died, and whether the cells had a part in it."""

    class Cause(models.TextChoices):
        PROGRESSION = "PROGRESSIVE DISEASE", _("Progressive disease")
        ADVERSE_EVENT = "ADVERSE EVENT", _("Adverse event")
        OTHER = "OTHER", _("Other cause")
        UNKNOWN = "UNKNOWN", _("Unknown")

    death_date = item(
        models.DateField(_("Date of death"), null=True, blank=True), oid="DTHDT", sdtm="DM.DTHDTC", critical=True
    )
    cause = item(
        models.CharField(_("Primary cause"), max_length=20, choices=Cause, blank=True),
        oid="DTHCAUS", sdtm="DD.DDORRES when DDTESTCD=PRCDTH", critical=True,
    )  # fmt: skip
    cause_detail = item(
        models.CharField(_("Cause as documented"), max_length=200, blank=True), oid="DTHTXT", sdtm="DD.DDORRES",
        required=False,
    )  # fmt: skip
    related_to_cells = item(
        yes_no(_("Related to the CAR-T cells")), oid="DTHREL", judgement=True, required=False, critical=True
    )

    autopsy_done = item(
        yes_no(_("Autopsy done")), oid="DTHAUT", sdtm="DD.DDORRES when DDTESTCD=AUTOPIND", critical=True
    )
    autopsy_report = item(
        models.CharField(_("Autopsy report"), max_length=200, blank=True), oid="DTHAUTRP", required=False,
        when=("autopsy_done", (True,)), hint=_("Date and reference; leave empty until it is there"),
    )  # fmt: skip

    crf = Crf(
        oid="DTH",
        code="F38",
        title=_("Death"),
        sections=(
            Section(_("Death"), ("death_date", "cause", "cause_detail", "related_to_cells")),
            Section(_("Autopsy"), ("autopsy_done", "autopsy_report")),
        ),
        checks=(
            Check(
                "DTH-001",
                _("Say which other cause."),
                broken=lambda death: death.cause == Death.Cause.OTHER and not death.cause_detail.strip(),
                items=("cause",),
                needed=True,
            ),
        ),
    )

    class Meta(CrfRecord.Meta):
        pass
