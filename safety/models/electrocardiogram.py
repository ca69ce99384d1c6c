"""Electrocardiogram (F14)."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from safety.models.crs_assessment import yes_no
from trial_edc.crf.fields import item
from trial_edc.crf.models import CrfRecord
from trial_edc.crf.spec import Check, Crf, Section

MILLISECONDS_PER_MINUTE = 60_000


class Interpretation(models.TextChoices):
    """How a tracing or image was read."""

    NORMAL = "NORMAL", _("Normal")
    ABNORMAL = "ABNORMAL", _("Abnormal")


def _whole(label: Any) -> models.PositiveSmallIntegerField[Any, Any]:
    return models.PositiveSmallIntegerField(label, null=True, blank=True)


class Electrocardiogram(CrfRecord):
    """A 12-lead tracing at rest. The QT interval corrected for heart rate is computed."""

    assessed_date = item(models.DateField(_("Date"), null=True, blank=True), oid="EGDT", sdtm="EG.EGDTC")
    assessed_time = item(
        models.TimeField(_("Time"), null=True, blank=True), oid="EGTM", sdtm="EG.EGDTC",
        hint=_("24-hour clock, site time"),
    )  # fmt: skip
    heart_rate = item(
        _whole(_("Heart rate")), oid="EGHR", sdtm="EG.EGORRES when EGTESTCD=EGHRMN", unit="/min", limits=(10, 300),
        plausible=(45, 140),
    )  # fmt: skip
    pr_ms = item(
        _whole(_("PR interval")), oid="EGPR", sdtm="EG.EGORRES when EGTESTCD=PRAG", unit="ms", limits=(40, 600),
        plausible=(100, 250), hint=_("Not applicable in atrial fibrillation"),
    )  # fmt: skip
    qrs_ms = item(
        _whole(_("QRS duration")), oid="EGQRS", sdtm="EG.EGORRES when EGTESTCD=QRSAG", unit="ms", limits=(30, 400),
        plausible=(60, 160),
    )  # fmt: skip
    qt_ms = item(
        _whole(_("QT interval, uncorrected")), oid="EGQT", sdtm="EG.EGORRES when EGTESTCD=QTAG", unit="ms",
        limits=(150, 900), plausible=(280, 520),
    )  # fmt: skip
    interpretation = item(
        models.CharField(_("Interpretation"), max_length=8, choices=Interpretation, blank=True),
        oid="EGINTP", sdtm="EG.EGORRES when EGTESTCD=INTP",
    )  # fmt: skip
    finding = item(
        models.CharField(_("Finding"), max_length=200, blank=True), oid="EGFIND", sdtm="EG.EGORRES",
        when=("interpretation", (Interpretation.ABNORMAL,)),
    )  # fmt: skip
    clinically_significant = item(
        yes_no(_("Clinically significant")), oid="EGCLSIG", sdtm="EG.EGCLSIG",
        when=("interpretation", (Interpretation.ABNORMAL,)),
    )  # fmt: skip

    crf = Crf(
        oid="ECG",
        code="F14",
        title=_("Electrocardiogram"),
        repeating=True,
        sections=(
            Section(_("Tracing"), ("assessed_date", "assessed_time")),
            Section(_("Intervals"), ("heart_rate", "pr_ms", "qrs_ms", "qt_ms")),
            Section(_("Reading"), ("interpretation", "finding", "clinically_significant")),
        ),
        checks=(
            Check("ECG-001", _("The QRS duration must be shorter than the QT interval."),
                  broken=lambda r: r.qrs_ms >= r.qt_ms, items=("qrs_ms", "qt_ms"), hard=True),
            Check("ECG-002", _("The QT interval is as long as a whole beat at this heart rate."),
                  broken=lambda r: r.qt_ms * r.heart_rate >= MILLISECONDS_PER_MINUTE, items=("qt_ms", "heart_rate")),
        ),
    )  # fmt: skip

    class Meta(CrfRecord.Meta):
        pass
