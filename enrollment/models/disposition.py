"""End of study (F40)."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from enrollment import cross_checks
from enrollment.models.answers import yes_no
from trial_edc.crf.fields import item
from trial_edc.crf.models import CrfRecord
from trial_edc.crf.spec import Check, Crf, Section


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

    class Samples(models.TextChoices):
        KEEP = "KEEP", _("Kept, as consented before")
        DESTROY = "DESTROY", _("To be destroyed")

    class HandOver(models.TextChoices):
        GIVEN = "GIVEN", _("Handed over")
        REFUSED = "REFUSED", _("Refused by the subject")
        NOT_APPLICABLE = "NOT APPLICABLE", _("Not applicable: not infused, or died")

    off_study_date = item(
        models.DateField(_("Date the subject left the study"), null=True, blank=True),
        oid="DSSTDT", sdtm="DS.DSSTDTC", critical=True,
    )  # fmt: skip
    reason = item(
        models.CharField(_("Reason"), max_length=24, choices=Reason, blank=True),
        oid="DSDECOD", sdtm="DS.DSDECOD", critical=True,
    )  # fmt: skip
    detail = item(
        models.TextField(_("Detail"), max_length=1000, blank=True), oid="DSTERM", sdtm="DS.DSTERM", required=False,
        hint=_("Needed when the reason is another one"),
    )  # fmt: skip
    last_contact_date = item(
        models.DateField(_("Date of the last contact"), null=True, blank=True),
        oid="DSLCDT", sdtm="SUPPDS.QVAL when QNAM=LSTCONDT",
    )  # fmt: skip
    may_be_contacted = item(
        yes_no(_("The subject may still be contacted about survival")),
        oid="DSCONT", sdtm="SUPPDS.QVAL when QNAM=DSCONT", when=("reason", ("WITHDRAWAL BY SUBJECT",)),
    )  # fmt: skip
    stored_samples = item(
        models.CharField(_("Stored samples"), max_length=8, choices=Samples, blank=True),
        oid="DSSAMP", sdtm="SUPPDS.QVAL when QNAM=DSSAMP", when=("reason", ("WITHDRAWAL BY SUBJECT",)),
    )  # fmt: skip
    hand_over = item(
        models.CharField(_("Hand-over to long-term follow-up"), max_length=14, choices=HandOver, blank=True),
        oid="DSLTFU", sdtm="SUPPDS.QVAL when QNAM=DSLTFU",
        hint=_("Gene-modified cells are followed for 15 years under a separate protocol"),
    )  # fmt: skip
    hand_over_date = item(
        models.DateField(_("Date of the hand-over"), null=True, blank=True),
        oid="DSLTFUDT", sdtm="SUPPDS.QVAL when QNAM=DSLTFUDT", when=("hand_over", ("GIVEN",)),
    )  # fmt: skip

    crf = Crf(
        oid="EOS",
        code="F40",
        title=_("End of study"),
        sections=(
            Section(_("Disposition"), ("off_study_date", "reason", "detail", "last_contact_date")),
            Section(_("Withdrawal of consent"), ("may_be_contacted", "stored_samples")),
            Section(_("Long-term follow-up"), ("hand_over", "hand_over_date")),
        ),
        checks=(
            Check(
                "EOS-001",
                _("Say what the other reason is."),
                broken=lambda r: r.reason == "OTHER" and not r.detail.strip(),
                items=("reason",),
                needed=True,
            ),
            Check(
                "EOS-002",
                _("The last contact is after the day the subject left the study."),
                broken=lambda r: r.last_contact_date > r.off_study_date,
                items=("last_contact_date", "off_study_date"),
            ),
            Check(
                "EOS-003",
                _("Fill in the form “Death” of this subject."),
                broken=lambda r: r.reason == "DEATH" and cross_checks.has_no_death_form(r),
                items=("reason",),
                needed=True,
            ),
        ),
    )

    class Meta(CrfRecord.Meta):
        pass
