"""End of study (F40)."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from trial_edc.crf.fields import item
from trial_edc.crf.models import CrfRecord
from trial_edc.crf.spec import Crf, Section


class Disposition(CrfRecord):
    """When and why the subject left the study; before Day 28 it decides on replacement."""

    class Reason(models.TextChoices):
        COMPLETED = "COMPLETED", _("Completed the study")
        WITHDRAWAL = "WITHDRAWAL BY SUBJECT", _("Withdrawal by subject")
        PROGRESSION = "PROGRESSIVE DISEASE", _("Progressive disease")
        ADVERSE_EVENT = "ADVERSE EVENT", _("Adverse event")
        DEATH = "DEATH", _("Death")
        LOST = "LOST TO FOLLOW-UP", _("Lost to follow-up")
        PHYSICIAN = "PHYSICIAN DECISION", _("Physician decision")
        OTHER_THERAPY = "NEW ANTICANCER THERAPY", _("New anticancer therapy")
        SCREEN_FAILURE = "SCREEN FAILURE", _("Screen failure")
        MANUFACTURING = "MANUFACTURING FAILURE", _("Manufacturing failure")
        OTHER = "OTHER", _("Other")

    off_study_date = item(
        models.DateField(_("Date the subject left the study"), null=True, blank=True),
        oid="DSSTDT", sdtm="DS.DSSTDTC", critical=True,
    )  # fmt: skip
    reason = item(
        models.CharField(_("Reason"), max_length=24, choices=Reason, blank=True),
        oid="DSDECOD", sdtm="DS.DSDECOD", critical=True,
    )  # fmt: skip
    detail = item(
        models.TextField(_("Detail"), max_length=1000, blank=True), oid="DSTERM", sdtm="DS.DSTERM", required=False
    )

    crf = Crf(
        oid="EOS",
        code="F40",
        title=_("End of study"),
        sections=(Section(_("Disposition"), ("off_study_date", "reason", "detail")),),
    )

    class Meta(CrfRecord.Meta):
        pass
