"""Echocardiogram (F15)."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from safety.models.crs_assessment import yes_no
from safety.models.electrocardiogram import Interpretation
from trial_edc.crf.fields import item
from trial_edc.crf.models import CrfRecord
from trial_edc.crf.spec import Crf, Section


class Echocardiogram(CrfRecord):
    """Heart function by imaging; the ejection fraction is compared with the limit of the criteria."""

    class Method(models.TextChoices):
        ECHO = "ECHOCARDIOGRAPHY", _("Echocardiography")
        MUGA = "MUGA SCAN", _("Radionuclide ventriculography (MUGA)")
        MRI = "MRI", _("Magnetic resonance imaging")

    class Effusion(models.TextChoices):
        NONE = "NONE", _("None")
        SMALL = "SMALL", _("Small")
        MODERATE = "MODERATE", _("Moderate")
        LARGE = "LARGE", _("Large")

    assessed_date = item(models.DateField(_("Date"), null=True, blank=True), oid="ECHODT", sdtm="CV.CVDTC")
    method = item(
        models.CharField(_("Method"), max_length=16, choices=Method, blank=True), oid="ECHOMETH", sdtm="CV.CVMETHOD"
    )
    lvef_percent = item(
        models.PositiveSmallIntegerField(_("Left ventricular ejection fraction (LVEF)"), null=True, blank=True),
        oid="LVEF", sdtm="CV.CVORRES when CVTESTCD=LVEF", unit="%", limits=(5, 95), plausible=(40, 80),
    )  # fmt: skip
    pericardial_effusion = item(
        models.CharField(_("Pericardial effusion"), max_length=8, choices=Effusion, blank=True),
        oid="ECHOPEFF", sdtm="CV.CVORRES when CVTESTCD=PERICEFF",
    )  # fmt: skip
    interpretation = item(
        models.CharField(_("Interpretation"), max_length=8, choices=Interpretation, blank=True),
        oid="ECHOINTP", sdtm="CV.CVORRES when CVTESTCD=INTP",
    )  # fmt: skip
    finding = item(
        models.CharField(_("Finding"), max_length=200, blank=True), oid="ECHOFIND", sdtm="CV.CVORRES",
        when=("interpretation", (Interpretation.ABNORMAL,)),
    )  # fmt: skip
    clinically_significant = item(
        yes_no(_("Clinically significant")), oid="ECHOCLS", sdtm="CV.CVCLSIG",
        when=("interpretation", (Interpretation.ABNORMAL,)),
    )  # fmt: skip

    crf = Crf(
        oid="ECHO",
        code="F15",
        title=_("Echocardiogram"),
        sections=(
            Section(_("Examination"), ("assessed_date", "method")),
            Section(_("Heart"), ("lvef_percent", "pericardial_effusion")),
            Section(_("Reading"), ("interpretation", "finding", "clinically_significant")),
        ),
    )

    class Meta(CrfRecord.Meta):
        pass
