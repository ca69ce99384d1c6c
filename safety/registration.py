"""What the examination and laboratory forms bring to the casebook: guards, followers, panels, opening rows."""

from __future__ import annotations

from typing import Any

from safety import examination_panels as panels
from safety import examination_services as services
from safety.laboratory import opening_rows
from safety.laboratory_panels import grade_captions, grade_panel, range_panel, rcl_panel
from safety.models.physical_examination import BodySystem
from safety.rules.form_analytes import CHEMISTRY, COAGULATION, HAEMATOLOGY, IMMUNOLOGY
from safety.services import guard_assessment
from trial_edc.casebook import hooks

LABORATORY = {"HEM": HAEMATOLOGY, "CHEM": CHEMISTRY, "COAG": COAGULATION, "IMM": IMMUNOLOGY}


def register() -> None:
    """Register every examination and laboratory form."""
    for oid, analytes in LABORATORY.items():
        hooks.register(oid, guard=services.guard_collection, panel=range_panel)
        hooks.register_seed(oid, opening_rows(f"{oid}R", [analyte.code for analyte in analytes]))
    for oid in ("HEM", "CHEM", "COAG"):
        hooks.register(oid, follow=services.follow_laboratory, panel=grade_panel)
        hooks.register_captions(f"{oid}R", grade_captions)
    hooks.register("IMM", panel=rcl_panel)
    hooks.register(
        "PE", guard=guard_assessment, follow=services.follow_physical_examination, panel=panels.surface_panel
    )
    hooks.register("PE", panel=panels.weight_panel)
    hooks.register_seed("PE", _body_systems)
    hooks.register(
        "SER", guard=services.guard_collection, follow=services.follow_serology, panel=panels.infection_panel
    )
    hooks.register("PREG", guard=services.guard_collection, panel=panels.pregnancy_panel)
    hooks.register("ECG", guard=guard_assessment, follow=services.follow_electrocardiogram, panel=panels.qtcf_panel)
    hooks.register("ECHO", guard=guard_assessment, panel=panels.ejection_panel)
    hooks.register("IE", guard=services.guard_pregnancy)


def _body_systems(_subject: Any, _visit: str) -> dict[str, list[dict[str, Any]]]:
    return {"PES": [{"body_system": system} for system in BodySystem.values]}
