"""Infection serology (F12)."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from safety.models.laboratory import Finding
from trial_edc.crf.fields import item
from trial_edc.crf.models import CrfRecord
from trial_edc.crf.spec import Crf, Section


class Detection(models.TextChoices):
    """Result of a search for DNA or RNA of a virus."""

    NOT_DETECTED = "NEGATIVE", _("Not detected")
    DETECTED = "POSITIVE", _("Detected")
    INDETERMINATE = "INDETERMINATE", _("Indeterminate")


def _result(label: Any, oid: str, test: str, choices: type[models.TextChoices] = Finding, **more: Any) -> Any:
    return item(
        models.CharField(label, max_length=13, choices=choices, blank=True),
        oid=oid, sdtm=f"MB.MBORRES when MBTESTCD={test}", **more,
    )  # fmt: skip


class InfectionSerology(CrfRecord):
    """Chronic and latent infections; exclusion criterion E1 is computed from the results."""

    collected_date = item(
        models.DateField(_("Date of collection"), null=True, blank=True), oid="SERDT", sdtm="MB.MBDTC"
    )
    laboratory = item(models.CharField(_("Laboratory"), max_length=80, blank=True), oid="SERNAM", sdtm="MB.MBNAM")
    hbsag = _result(_("Hepatitis B surface antigen (HBsAg)"), "HBSAG", "HBSAG", critical=True)
    anti_hbc = _result(_("Antibody to hepatitis B core (anti-HBc)"), "HBCAB", "HBCAB", critical=True)
    hbv_dna = _result(
        _("Hepatitis B DNA"), "HBDNA", "HBVDNA", Detection, critical=True, when=("anti_hbc", (Finding.POSITIVE,))
    )
    hcv_antibody = _result(_("Antibody to hepatitis C"), "HCAB", "HCAB", critical=True)
    hcv_rna = _result(
        _("Hepatitis C RNA"), "HCRNA", "HCVRNA", Detection, critical=True, when=("hcv_antibody", (Finding.POSITIVE,))
    )
    hiv = _result(_("HIV (antigen and antibody)"), "HIV", "HIVAGAB", critical=True)
    syphilis = _result(_("Syphilis"), "SYPH", "TPAB", critical=True)
    ebv_dna = _result(_("Epstein-Barr virus DNA"), "EBVDNA", "EBVDNA", Detection, critical=True)
    cmv_dna = _result(_("Cytomegalovirus DNA"), "CMVDNA", "CMVDNA", Detection, critical=True)

    crf = Crf(
        oid="SER",
        code="F12",
        title=_("Infection serology"),
        sections=(
            Section(_("Sample"), ("collected_date", "laboratory")),
            Section(_("Hepatitis"), ("hbsag", "anti_hbc", "hbv_dna", "hcv_antibody", "hcv_rna")),
            Section(_("Other infections"), ("hiv", "syphilis", "ebv_dna", "cmv_dna")),
        ),
    )

    class Meta(CrfRecord.Meta):
        pass
