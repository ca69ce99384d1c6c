"""Demography (F03)."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from trial_edc.crf.fields import item
from trial_edc.crf.models import CrfRecord
from trial_edc.crf.spec import Crf, Section


class Demographics(CrfRecord):
    """Age, sex and disease; no names, no full birth date."""

    class Sex(models.TextChoices):
        FEMALE = "F", _("Female")
        MALE = "M", _("Male")

    class Tumour(models.TextChoices):
        RENAL = "RENAL CELL CARCINOMA", _("Renal cell carcinoma")
        PANCREATIC = "PANCREATIC CARCINOMA", _("Pancreatic carcinoma")
        GLIOBLASTOMA = "GLIOBLASTOMA", _("Glioblastoma")
        LUNG = "NON-SMALL CELL LUNG CARCINOMA", _("Non-small cell lung carcinoma")
        OVARIAN = "OVARIAN CARCINOMA", _("Ovarian carcinoma")
        NASOPHARYNGEAL = "NASOPHARYNGEAL CARCINOMA", _("Nasopharyngeal carcinoma")
        OTHER = "OTHER", _("Other solid tumour")

    class Stage(models.TextChoices):
        III = "III", _("III, not resectable")
        IV = "IV", _("IV, metastatic")

    birth_year = item(
        models.PositiveSmallIntegerField(_("Year of birth"), null=True, blank=True),
        oid="BRTHYR", sdtm="DM.BRTHDTC", limits=(1900, 2100),
    )  # fmt: skip
    age_years = item(
        models.PositiveSmallIntegerField(_("Age at consent"), null=True, blank=True),
        oid="AGE", sdtm="DM.AGE", unit="years", limits=(18, 120), plausible=(18, 80),
    )  # fmt: skip
    sex = item(models.CharField(_("Sex"), max_length=1, choices=Sex, blank=True), oid="SEX", sdtm="DM.SEX")
    tumour_type = item(
        models.CharField(_("Tumour type"), max_length=32, choices=Tumour, blank=True), oid="TUTYPE", sdtm="MH.MHDECOD"
    )
    tumour_specify = item(
        models.CharField(_("Other tumour, specify"), max_length=120, blank=True),
        oid="TUSPEC", sdtm="MH.MHTERM", required=False,
    )  # fmt: skip
    stage = item(models.CharField(_("Stage"), max_length=4, choices=Stage, blank=True), oid="STAGE", sdtm="MH.MHSTDTC")
    prior_lines = item(
        models.PositiveSmallIntegerField(_("Earlier lines of systemic therapy"), null=True, blank=True),
        oid="PRLINES", sdtm="SUPPDM.QVAL when QNAM=PRLINES", limits=(0, 20), plausible=(1, 8),
    )  # fmt: skip

    crf = Crf(
        oid="DM",
        code="F03",
        title=_("Demography"),
        sections=(
            Section(_("Subject"), ("birth_year", "age_years", "sex")),
            Section(_("Disease"), ("tumour_type", "tumour_specify", "stage", "prior_lines")),
        ),
    )

    class Meta(CrfRecord.Meta):
        pass
