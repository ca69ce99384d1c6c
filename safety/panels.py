"""Computed grades beside the bedside forms: the same rule that runs again at the save."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from safety.grading import grade_crs_form, grade_icans_form, ice_of
from safety.rules import crs, icans
from trial_edc.casebook.display import display_value
from trial_edc.casebook.panel import Panel, PanelRow

SCALE = (1, 2, 3, 4, 5)


def crs_panel(record: Any, _rows: list[Any]) -> Panel:
    """Say which CRS grade the values as typed mean, and what decides it."""
    answer = grade_crs_form(record)
    rows = [
        PanelRow(_("Fever 38.0 °C or higher"), _temperature(record), driving=_has_fever(record)),
        PanelRow(
            _("Hypotension"), _shown(record, "hypotension"), _shown(record, "vasopressors"), bool(record.hypotension)
        ),
        PanelRow(
            _("Hypoxia"), _shown(record, "oxygen_support"), _flow(record), record.oxygen_support not in ("", "none")
        ),
    ]
    if answer is None:
        return Panel(_("CRS grade open"), None, _("ASTCT 2019 consensus"), crs.VERSION,
                     _("Enter the temperature."), rows, SCALE)  # fmt: skip
    title = _("CRS grade %(grade)s") % {"grade": answer.grade} if answer.grade else _("No CRS by the rule")
    return Panel(title, answer.grade, _("ASTCT 2019 consensus"), crs.VERSION, answer.because, rows, SCALE)


def icans_panel(record: Any, _rows: list[Any]) -> Panel:
    """Say which ICANS grade the values as typed mean."""
    answer = grade_icans_form(record)
    ice = ice_of(record)
    rows = [
        PanelRow(
            _("ICE score"), _("not complete") if ice is None else f"{ice} / 10", driving=ice is not None and ice < 10
        ),
        PanelRow(
            _("Consciousness"), _shown(record, "consciousness"), driving=record.consciousness not in ("", "normal")
        ),
        PanelRow(_("Seizure"), _shown(record, "seizure"), driving=record.seizure not in ("", "none")),
        PanelRow(
            _("Cerebral oedema"), _shown(record, "cerebral_oedema"), driving=record.cerebral_oedema not in ("", "none")
        ),
    ]
    if answer.grade is None:
        return Panel(_("ICANS grade open"), None, _("ASTCT 2019 consensus"), icans.VERSION, answer.because, rows, SCALE)
    title = _("ICANS grade %(grade)s") % {"grade": answer.grade} if answer.grade else _("No ICANS by the rule")
    return Panel(title, answer.grade, _("ASTCT 2019 consensus"), icans.VERSION, answer.because, rows, SCALE)


def _shown(record: Any, name: str) -> str:
    return display_value(record._meta.get_field(name), getattr(record, name)) or "–"


def _temperature(record: Any) -> str:
    return "–" if record.max_temperature_c is None else f"{record.max_temperature_c} °C"


def _has_fever(record: Any) -> bool:
    return record.max_temperature_c is not None and record.max_temperature_c >= crs.FEVER_C


def _flow(record: Any) -> str:
    return "" if record.oxygen_flow_l_min is None else f"{record.oxygen_flow_l_min} L/min"
