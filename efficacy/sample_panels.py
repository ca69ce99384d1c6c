"""Computed values beside the forms of cytokines and kinetics: all samples of the subject, this one as typed."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from efficacy.filed import filed, others
from efficacy.models.kinetics import KineticMethod, KineticUnit
from efficacy.rules import cellular_kinetics, cytokine_peak
from efficacy.rules.cellular_kinetics import CellularKinetics, KineticsConfig
from efficacy.rules.cytokine_peak import CytokineConfig, CytokinePeak
from efficacy.rules.half_life import HalfLifeConfig
from efficacy.selectors.samples import CytokineOnFile, KineticOnFile, Matrix, cytokines_of, kinetics_of
from trial_edc.casebook.panel import Panel, PanelRow
from trial_edc.protocol.parameters import decimal, integer, values

PEAK = gettext_lazy("Peak to Day 28 and rise over baseline")
KINETICS = gettext_lazy("Cellular kinetics")


def cytokine_config() -> CytokineConfig:
    """Return the protocol's parameters of the peak."""
    return CytokineConfig(integer("cytokines.peak_window_days"), decimal("cytokines.baseline_blq_factor"))


def kinetics_config() -> KineticsConfig:
    """Return the protocol's parameters of cellular kinetics."""
    limits = HalfLifeConfig(
        integer("kinetics.half_life_minimum_points"),
        decimal("kinetics.half_life_minimum_r2"),
        decimal("kinetics.half_life_minimum_span"),
    )
    return KineticsConfig(decimal("kinetics.auc_last_day"), integer("kinetics.loss_of_persistence_samples"), limits)


def cytokine_panel(record: Any, rows: list[Any]) -> Panel | None:
    """Say the peak of each analyte so far, and its rise over baseline."""
    found = others(record, "CYT").replaced(record, rows)
    samples = cytokines_of(found, record.subject.infused_at)
    if not samples:
        return None
    lines = []
    for analyte in (str(each) for each in values("cytokines.analytes")):
        peak = peak_of(analyte, samples)
        if peak is not None and peak.peak is not None:
            lines.append(PanelRow(analyte, f"{peak.peak} {peak.unit}", _peak_detail(peak)))
    if not lines:
        return None
    return Panel(_("Peaks so far"), None, PEAK, cytokine_peak.VERSION, "", lines)


def peak_of(analyte: str, samples: list[CytokineOnFile]) -> CytokinePeak | None:
    """Return the peak of one analyte, None while no sample can be placed in time."""
    readable = [found for each in samples if each.analyte == analyte and (found := each.for_rule()) is not None]
    return cytokine_peak.cytokine_peak(analyte, readable, cytokine_config()) if readable else None


def _peak_detail(peak: CytokinePeak) -> str:
    assert peak.peak is not None  # the caller shows only analytes with a peak
    day = _("Day %(day)s") % {"day": peak.peak.day}
    if peak.fold_change is None:
        return day
    fold = _("%(fold)s × baseline") % {"fold": f"{float(peak.fold_change):.1f}"}
    return f"{day} · {fold}"


def blood_panel(record: Any, rows: list[Any]) -> Panel | None:
    """Say maximum, its day, the last quantifiable day and the area, for each method and unit by itself."""
    found = others(record, "PKB").replaced(record, rows)
    samples = kinetics_of(found, record.subject.infused_at, Matrix.BLOOD)
    lines, sentences = [], []
    for method, unit in dict.fromkeys((each.method, each.unit) for each in samples):
        same = [each for each in samples if (each.method, each.unit) == (method, unit)]
        label = f"{KineticMethod(method).label}, {KineticUnit(unit).label}"
        try:
            result = kinetics_for(same)
        except ValueError as problem:
            sentences.append(f"{label}: {problem}.")
            continue
        if result is not None:
            lines.append(PanelRow(label, _maximum(result), _course(result)))
    if not lines and not sentences:
        return None
    return Panel(_("Course so far"), None, KINETICS, cellular_kinetics.VERSION, " ".join(sentences), lines)


def kinetics_for(samples: list[KineticOnFile]) -> CellularKinetics | None:
    """Return the parameters of one method and unit, None without a sample after the infusion. Raises ValueError."""
    readable = [found for each in samples if (found := each.for_rule()) is not None]
    if not any(each.day >= 0 for each in readable):
        return None
    return cellular_kinetics.cellular_kinetics(readable, kinetics_config())


def _maximum(result: CellularKinetics) -> str:
    return _("below the limit") if result.cmax is None else f"{result.cmax:f}"


def _course(result: CellularKinetics) -> str:
    if result.tmax is None or result.tlast is None:
        return ""
    parts = [
        _("maximum on day %(day)s") % {"day": f"{result.tmax:.1f}"},
        _("quantifiable to day %(day)s") % {"day": f"{result.tlast:.1f}"},
    ]
    if result.auc_last is not None:
        parts.append(_("area to Day 28: %(area)s") % {"area": f"{result.auc_last:.4g}"})
    return " · ".join(parts)


def tumour_panel(record: Any, _rows: list[Any]) -> Panel | None:
    """Show the determinations of the paired blood sample."""
    if not record.paired_visit or record.paired_sequence is None:
        return None
    blood = filed(record.subject, "PKB")
    place = (record.paired_visit, record.paired_sequence)
    form = next((form for form in blood.forms if (form.visit, form.sequence) == place), None)
    if form is None:
        return None
    lines = [
        PanelRow(f"{row.get_method_display()}, {row.get_unit_display()}", row.result)
        for row in blood.rows("PKBR", form)
        if row.result
    ]
    return Panel(_("Paired blood, %(visit)s") % {"visit": form.visit}, None, KINETICS, "", "", lines)
