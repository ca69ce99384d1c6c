"""Informed consent (F01)."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from trial_edc.crf.fields import item
from trial_edc.crf.models import CrfRecord
from trial_edc.crf.spec import Crf, Section


class Consent(CrfRecord):
    """Which version was signed, when exactly, and who obtained it; the consent date anchors screening."""

    class Version(models.TextChoices):
        V1_0 = "1.0", _("Version 1.0, approved 02-Mar-2025")
        V1_1 = "1.1", _("Version 1.1, approved 08-Sep-2025")

    consent_version = item(
        models.CharField(_("Consent form version"), max_length=8, choices=Version, blank=True),
        oid="ICVERS", sdtm="SUPPDS.QVAL when QNAM=ICVERS",
    )  # fmt: skip
    consent_date = item(
        models.DateField(_("Date of consent"), null=True, blank=True),
        oid="ICDT", sdtm="DS.DSSTDTC when DSDECOD=INFORMED CONSENT OBTAINED", critical=True,
    )  # fmt: skip
    consent_time = item(
        models.TimeField(_("Time of consent"), null=True, blank=True), oid="ICTM", sdtm="DS.DSSTDTC",
        hint=_("24-hour clock, site time"),
    )  # fmt: skip
    obtained_by = item(
        models.CharField(_("Consent obtained by"), max_length=80, blank=True),
        oid="ICBY", hint=_("Initials or staff code of the person who explained the trial"),
    )  # fmt: skip
    copy_given = item(models.BooleanField(_("Signed copy given to the subject"), null=True, blank=True), oid="ICCOPY")

    crf = Crf(
        oid="IC",
        code="F01",
        title=_("Informed consent"),
        sections=(
            Section(_("Consent"), ("consent_version", "consent_date", "consent_time", "obtained_by", "copy_given")),
        ),
    )

    class Meta(CrfRecord.Meta):
        pass
