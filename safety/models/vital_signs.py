"""Vital signs (F07)."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from trial_edc.crf.fields import item
from trial_edc.crf.models import CrfRecord
from trial_edc.crf.spec import Check, Crf, Section


class VitalSigns(CrfRecord):
    """Vital signs at one time point."""

    assessed_date = item(
        models.DateField(_("Date of assessment"), null=True, blank=True), oid="VSDT", sdtm="VS.VSDTC", critical=True
    )
    assessed_time = item(
        models.TimeField(_("Time"), null=True, blank=True), oid="VSTM", sdtm="VS.VSDTC",
        hint=_("24-hour clock, site time"),
    )  # fmt: skip
    temperature_c = item(
        models.DecimalField(_("Temperature"), max_digits=4, decimal_places=1, null=True, blank=True),
        oid="TEMP", sdtm="VS.VSORRES when VSTESTCD=TEMP", unit="°C", plausible=(35, 41), limits=(25, 45), critical=True,
    )  # fmt: skip
    systolic_bp = item(
        models.PositiveSmallIntegerField(_("Systolic blood pressure"), null=True, blank=True),
        oid="SYSBP", sdtm="VS.VSORRES when VSTESTCD=SYSBP", unit="mmHg", plausible=(90, 160), limits=(20, 300),
        critical=True,
    )  # fmt: skip
    diastolic_bp = item(
        models.PositiveSmallIntegerField(_("Diastolic blood pressure"), null=True, blank=True),
        oid="DIABP", sdtm="VS.VSORRES when VSTESTCD=DIABP", unit="mmHg", plausible=(40, 110), limits=(10, 200),
    )  # fmt: skip
    heart_rate = item(
        models.PositiveSmallIntegerField(_("Heart rate"), null=True, blank=True),
        oid="HR", sdtm="VS.VSORRES when VSTESTCD=HR", unit="/min", plausible=(45, 140), limits=(10, 300),
    )  # fmt: skip
    respiratory_rate = item(
        models.PositiveSmallIntegerField(_("Respiratory rate"), null=True, blank=True),
        oid="RESP", sdtm="VS.VSORRES when VSTESTCD=RESP", unit="/min", plausible=(8, 30), limits=(2, 80),
    )  # fmt: skip
    oxygen_saturation = item(
        models.PositiveSmallIntegerField(_("Oxygen saturation"), null=True, blank=True),
        oid="OXYSAT", sdtm="VS.VSORRES when VSTESTCD=OXYSAT", unit="%", plausible=(90, 100), limits=(30, 100),
        hint=_("On the support recorded in the CRS assessment"), critical=True,
    )  # fmt: skip

    crf = Crf(
        oid="VS",
        code="F07",
        title=_("Vital signs"),
        repeating=True,
        copy_from_previous=True,
        sections=(
            Section(_("Assessment"), ("assessed_date", "assessed_time")),
            Section(
                _("Vital signs"),
                ("temperature_c", "systolic_bp", "diastolic_bp", "heart_rate", "respiratory_rate", "oxygen_saturation"),
            ),
        ),
        checks=(
            Check(
                "VS-001",
                _("Diastolic pressure must be below systolic pressure."),
                broken=lambda vs: vs.diastolic_bp >= vs.systolic_bp,
                items=("diastolic_bp", "systolic_bp"),
                hard=True,
            ),
        ),
    )

    class Meta(CrfRecord.Meta):
        pass
