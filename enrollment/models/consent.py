"""Informed consent (F01)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db import models
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from enrollment.models.answers import yes_no
from trial_edc.crf.fields import item
from trial_edc.crf.models import CrfRecord
from trial_edc.crf.spec import Crf, Section
from trial_edc.protocol.consent_versions import CONSENT_VERSIONS
from trial_edc.protocol.partial_dates import PartialDate


def consent_versions() -> Iterator[tuple[str, Any]]:
    """Yield the versions as choices; a new one makes no migration."""
    for version in CONSENT_VERSIONS:
        approved = PartialDate.from_date(version.approved).display()
        label = format_lazy(_("Version {number}, approved {date}"), number=version.number, date=approved)
        yield version.number, label


class Consent(CrfRecord):
    """Which version was signed, when exactly, and who obtained it; the consent date anchors screening."""

    class ReconsentReason(models.TextChoices):
        NEW_VERSION = "NEW VERSION", _("New version of the consent form")
        NEW_INFORMATION = "NEW INFORMATION", _("New information that matters to the subject")
        INCOMPLETE = "EARLIER CONSENT INCOMPLETE", _("The earlier consent was incomplete")
        OTHER = "OTHER", _("Other reason, in the source")

    consent_version = item(
        models.CharField(_("Consent form version"), max_length=8, choices=consent_versions, blank=True),
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
    reconsent = item(
        yes_no(_("The subject consents again")), oid="ICRECONS", sdtm="SUPPDS.QVAL when QNAM=ICRECONS",
        hint=_("No for the first signature under this or the pre-screening consent"),
    )  # fmt: skip
    reconsent_reason = item(
        models.CharField(_("Why the subject consents again"), max_length=26, choices=ReconsentReason, blank=True),
        oid="ICRERSN", sdtm="SUPPDS.QVAL when QNAM=ICRERSN", when=("reconsent", (True,)),
    )  # fmt: skip
    biopsy_consent = item(
        yes_no(_("Agrees to optional tumour biopsies")), oid="ICBIOPSY", sdtm="SUPPDS.QVAL when QNAM=ICBIOPSY"
    )
    gene_storage_consent = item(
        yes_no(_("Agrees to the storage of samples for genetic research")),
        oid="ICGENE", sdtm="SUPPDS.QVAL when QNAM=ICGENE",
    )  # fmt: skip
    earlier_standard_care = item(
        yes_no(_("Procedures dated before this consent were standard care")), oid="ICEARLY", required=False,
        hint=_("Only when there are such procedures; with No, each becomes a protocol deviation"),
    )  # fmt: skip

    crf = Crf(
        oid="IC",
        code="F01",
        title=_("Informed consent"),
        sections=(
            Section(_("Consent"), ("consent_version", "consent_date", "consent_time", "obtained_by", "copy_given")),
            Section(_("Consent again"), ("reconsent", "reconsent_reason")),
            Section(_("Optional consents"), ("biopsy_consent", "gene_storage_consent")),
            Section(_("Procedures before consent"), ("earlier_standard_care",)),
        ),
    )

    class Meta(CrfRecord.Meta):
        pass
