"""Demography (F03)."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from enrollment import cross_checks
from trial_edc.crf.fields import item
from trial_edc.crf.models import CrfRecord
from trial_edc.crf.spec import Check, Crf, Section


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

    class MetastaticSite(models.TextChoices):
        LYMPH_NODE = "LYMPH NODE", _("Lymph nodes")
        LUNG = "LUNG", _("Lung")
        LIVER = "LIVER", _("Liver")
        BONE = "BONE", _("Bone")
        BRAIN = "BRAIN", _("Brain")
        PERITONEUM = "PERITONEUM", _("Peritoneum")
        ADRENAL_GLAND = "ADRENAL GLAND", _("Adrenal gland")
        OTHER = "OTHER", _("Other site")

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
        oid="TUSPEC", sdtm="MH.MHTERM", when=("tumour_type", ("OTHER",)),
    )  # fmt: skip
    stage = item(models.CharField(_("Stage"), max_length=4, choices=Stage, blank=True), oid="STAGE", sdtm="MH.MHSTDTC")
    metastatic_sites = item(
        ArrayField(
            models.CharField(max_length=16, choices=MetastaticSite),
            verbose_name=_("Sites of metastasis"), blank=True, default=list,
        ),
        oid="METSITE", sdtm="SUPPMH.QVAL when QNAM=METSITE", when=("stage", ("IV",)),
    )  # fmt: skip
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
            Section(_("Disease"), ("tumour_type", "tumour_specify", "stage", "metastatic_sites", "prior_lines")),
        ),
        checks=(
            Check(
                "DM-001",
                _("Year of birth and date of consent give another age."),
                broken=cross_checks.age_does_not_fit,
                items=("age_years", "birth_year"),
            ),
            Check(
                "DM-002",
                _("The year of birth is after the consent."),
                broken=cross_checks.born_after_consent,
                items=("birth_year",),
                hard=True,
            ),
            Check(
                "DM-003",
                _("The lines of systemic therapy entered as earlier therapy are another number."),
                broken=cross_checks.lines_differ,
                items=("prior_lines",),
            ),
        ),
    )

    class Meta(CrfRecord.Meta):
        pass
