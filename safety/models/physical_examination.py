"""Physical examination (F08)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from trial_edc.crf.fields import item
from trial_edc.crf.models import CrfRecord, CrfRow
from trial_edc.crf.spec import Check, Crf, InRows, Section


class Ecog(models.IntegerChoices):
    """ECOG performance status (Oken 1982)."""

    ACTIVE = 0, _("0, fully active")
    RESTRICTED = 1, _("1, restricted in strenuous activity")
    SELF_CARE = 2, _("2, up and about more than half of the day, no work")
    LIMITED = 3, _("3, in bed or chair more than half of the day")
    DISABLED = 4, _("4, completely disabled")
    DEAD = 5, _("5, dead")


class BodySystem(models.TextChoices):
    """What is examined, in the order of an examination."""

    GENERAL = "GENERAL APPEARANCE", _("General appearance")
    SKIN = "SKIN", _("Skin")
    HEAD_NECK = "HEAD AND NECK", _("Head and neck")
    LYMPH_NODES = "LYMPH NODES", _("Lymph nodes")
    RESPIRATORY = "RESPIRATORY", _("Lungs and airways")
    CARDIOVASCULAR = "CARDIOVASCULAR", _("Heart and vessels")
    ABDOMEN = "ABDOMEN", _("Abdomen")
    MUSCULOSKELETAL = "MUSCULOSKELETAL", _("Muscles and skeleton")
    NEUROLOGICAL = "NEUROLOGICAL", _("Nervous system")


class Finding(models.TextChoices):
    """How one system was found."""

    NORMAL = "NORMAL", _("Normal")
    ABNORMAL = "ABNORMAL", _("Abnormal")
    NOT_EXAMINED = "NOT DONE", _("Not examined")


def _unanswered(_record: Any, rows: Sequence[Any]) -> list[tuple[str, ...]]:
    answered = {row.body_system for row in rows if row.result}
    return [(system,) for system in BodySystem.values if system not in answered]


def _system_twice(_record: Any, rows: Sequence[Any]) -> bool:
    systems = [row.body_system for row in rows]
    return len(systems) != len(set(systems))


def _undescribed(_record: Any, rows: Sequence[Any]) -> list[tuple[str, ...]]:
    return [(row.body_system,) for row in rows if row.result == Finding.ABNORMAL and not row.finding.strip()]


class PhysicalExamination(CrfRecord):
    """Weight, height, performance status and the findings by body system. Body surface area is computed."""

    assessed_date = item(models.DateField(_("Date of examination"), null=True, blank=True), oid="PEDT", sdtm="PE.PEDTC")
    weight_kg = item(
        models.DecimalField(_("Body weight"), max_digits=5, decimal_places=1, null=True, blank=True),
        oid="WEIGHT", sdtm="VS.VSORRES when VSTESTCD=WEIGHT", unit="kg", limits=(20, 300), plausible=(40, 130),
    )  # fmt: skip
    height_cm = item(
        models.DecimalField(_("Height"), max_digits=4, decimal_places=1, null=True, blank=True),
        oid="HEIGHT", sdtm="VS.VSORRES when VSTESTCD=HEIGHT", unit="cm", limits=(100, 250), plausible=(140, 200),
        required=False, hint=_("Needed at screening; later the last height counts"),
    )  # fmt: skip
    ecog = item(
        models.PositiveSmallIntegerField(_("ECOG performance status"), choices=Ecog, null=True, blank=True),
        oid="ECOG", sdtm="RS.RSORRES when RSTESTCD=ECOG101", critical=True,
    )  # fmt: skip

    crf = Crf(
        oid="PE",
        code="F08",
        title=_("Physical examination"),
        sections=(
            Section(_("Examination"), ("assessed_date", "weight_kg", "height_cm", "ecog")),
            Section(_("Body systems"), rows="PES", fixed_rows=True),
        ),
        checks=(
            Check("PE-001", _("Enter the height at screening: the body surface area is computed from it."),
                  broken=lambda r: r.visit == "SCR" and r.height_cm is None, at="height_cm", needed=True),
            Check("PE-002", _("Each body system needs a result, or “not examined”."),
                  broken=lambda record, rows: bool(_unanswered(record, rows)), at="assessed_date", on_rows=True,
                  needed=True, in_rows=InRows("PES", ("body_system",), "result", _unanswered)),
            Check("PE-003", _("Describe each abnormal finding."),
                  broken=lambda record, rows: bool(_undescribed(record, rows)), at="assessed_date", on_rows=True,
                  needed=True, in_rows=InRows("PES", ("body_system",), "finding", _undescribed)),
            Check("PE-004", _("Each body system has one row."),
                  broken=_system_twice, at="assessed_date", on_rows=True, hard=True),
        ),
    )  # fmt: skip

    class Meta(CrfRecord.Meta):
        pass


class SystemFinding(CrfRow):
    """How one body system was found; an abnormal one is described."""

    record = models.ForeignKey(PhysicalExamination, models.PROTECT, related_name="systems")
    body_system = item(
        models.CharField(_("Body system"), max_length=20, choices=BodySystem), oid="PETEST", sdtm="PE.PETEST",
        fixed=True,
    )  # fmt: skip
    result = item(
        models.CharField(_("Result"), max_length=8, choices=Finding, blank=True), oid="PERES",
        sdtm="PE.PESTRESC", required=False,
    )  # fmt: skip
    finding = item(
        models.CharField(_("Finding"), max_length=200, blank=True), oid="PEORRES", sdtm="PE.PEORRES",
        required=False, when=("result", (Finding.ABNORMAL,)),
    )  # fmt: skip

    crf = Crf(
        oid="PES",
        code="F08",
        title=_("Body systems"),
        sections=(Section("", ("body_system", "result", "finding")),),
    )

    class Meta(CrfRow.Meta):
        pass
