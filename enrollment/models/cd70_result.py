"""CD70 expression by immunohistochemistry (F02)."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from trial_edc.crf.fields import item
from trial_edc.crf.models import CrfRecord
from trial_edc.crf.spec import Check, Crf, Section

PERCENT = {"unit": "%", "limits": (0, 100), "critical": True}


def _percent(label: Any) -> models.PositiveSmallIntegerField[Any, Any]:
    return models.PositiveSmallIntegerField(label, null=True, blank=True)


class Cd70Result(CrfRecord):
    """Share of tumour cells by staining intensity; the H-score is computed from it."""

    class Specimen(models.TextChoices):
        ARCHIVAL = "ARCHIVAL", _("Archival")
        FRESH = "FRESH", _("Fresh biopsy")

    class Method(models.TextChoices):
        IMMUNOHISTOCHEMISTRY = "IHC", _("Immunohistochemistry, chromogenic")
        IMMUNOFLUORESCENCE = "IMMUNOFLUORESCENCE", _("Immunofluorescence")
        OTHER = "OTHER", _("Other method, in the report")

    specimen = item(
        models.CharField(_("Specimen"), max_length=8, choices=Specimen, blank=True), oid="CDSPEC", sdtm="MI.MISPEC"
    )
    collection_date = item(
        models.DateField(_("Date of collection"), null=True, blank=True), oid="CDDT", sdtm="MI.MIDTC"
    )
    method = item(
        models.CharField(_("Method"), max_length=20, choices=Method, blank=True), oid="CDMETHOD", sdtm="MI.MIMETHOD"
    )
    clone = item(
        models.CharField(_("Antibody clone"), max_length=40, blank=True),
        oid="CDCLONE", sdtm="SUPPMI.QVAL when QNAM=MICLONE",
    )  # fmt: skip
    percent_1plus = item(_percent(_("Cells with 1+ staining")), oid="CD1P", sdtm="MI.MIORRES", **PERCENT)
    percent_2plus = item(_percent(_("Cells with 2+ staining")), oid="CD2P", sdtm="MI.MIORRES", **PERCENT)
    percent_3plus = item(_percent(_("Cells with 3+ staining")), oid="CD3P", sdtm="MI.MIORRES", **PERCENT)
    laboratory = item(models.CharField(_("Laboratory"), max_length=80, blank=True), oid="CDLAB", sdtm="MI.MINAM")
    report_reference = item(
        models.CharField(_("Reference of the report"), max_length=60, blank=True), oid="CDREPORT", sdtm="MI.MIREFID",
        hint=_("Number of the pathology report, as filed at the site"),
    )  # fmt: skip

    crf = Crf(
        oid="CD70",
        code="F02",
        title=_("CD70 expression"),
        sections=(
            Section(_("Specimen"), ("specimen", "collection_date")),
            Section(_("Test"), ("method", "clone", "laboratory", "report_reference")),
            Section(_("Staining"), ("percent_1plus", "percent_2plus", "percent_3plus")),
        ),
        checks=(
            Check(
                "CD70-001",
                _("The three percentages together exceed 100 %."),
                broken=lambda r: r.percent_1plus + r.percent_2plus + r.percent_3plus > 100,
                items=("percent_3plus", "percent_2plus", "percent_1plus"),
                hard=True,
            ),
        ),
    )

    class Meta(CrfRecord.Meta):
        pass
