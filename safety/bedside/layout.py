"""The lines of the bedside sheet, top to bottom: which item of which form each of them shows and asks for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

VITALS, CRS, ICANS = "VS", "CRS", "ICANS"
#: The forms a column is made of, in the order in which they are saved.
OIDS = (VITALS, CRS, ICANS)
MOMENT = ("assessed_date", "assessed_time")

#: Points of the ICE score: item of the form -> what is ticked, one point each.
ICE_TICKS: dict[str, tuple[tuple[str, Any], ...]] = {
    "ice_orientation": (
        ("year", _("Year")), ("month", _("Month")), ("city", _("City")), ("hospital", _("Hospital")),
    ),
    "ice_naming": (
        ("object-1", _("Object 1 named")), ("object-2", _("Object 2 named")), ("object-3", _("Object 3 named")),
    ),
    "ice_command": (("command", _("Follows a simple command")),),
    "ice_writing": (("writing", _("Writes a standard sentence")),),
    "ice_attention": (("attention", _("Counts backwards from 100 by ten")),),
}  # fmt: skip


@dataclass(frozen=True)
class Line:
    """One line: an item of a form. `copied`: the value of the column before may be taken over with a tap.

    A measurement is of its own time and is never copied. `rare` lines stay folded until they are needed.
    `memory` names the treatments of the medication log that answer the item.
    """

    oid: str
    name: str
    copied: bool = True
    rare: bool = False
    memory: str = ""
    label: Any = ""

    @property
    def field_name(self) -> str:
        """The name of the control in the new column."""
        return f"{self.oid}-{self.name}"


@dataclass(frozen=True)
class Computed:
    """A line that the rules fill: the mean pressure, the ICE score."""

    what: str
    label: Any
    unit: str = ""


@dataclass(frozen=True)
class Block:
    """A titled block of lines."""

    title: Any
    lines: tuple[Line | Computed, ...]


def _measured(name: str) -> Line:
    return Line(VITALS, name, copied=False)


BLOCKS = (
    Block(
        _("Fever and treatment"),
        (
            _measured("temperature_c"),
            Line(CRS, "max_temperature_c", copied=False, label=_("Highest temperature of 24 hours")),
            Line(CRS, "fever_other_cause"),
            Line(CRS, "crs_already_diagnosed"),
            Line(CRS, "antipyretic_given", memory="antipyretic"),
            Line(CRS, "tocilizumab_given", memory="tocilizumab"),
            Line(CRS, "corticosteroid_given", memory="corticosteroid"),
        ),
    ),
    Block(
        _("Circulation"),
        (
            _measured("heart_rate"),
            _measured("systolic_bp"),
            _measured("diastolic_bp"),
            Computed("map", _("Mean arterial pressure"), "mmHg"),
            Line(CRS, "hypotension"),
            Line(CRS, "vasopressors"),
            Line(CRS, "hypotension_other_cause", rare=True),
        ),
    ),
    Block(
        _("Oxygen"),
        (
            _measured("respiratory_rate"),
            _measured("oxygen_saturation"),
            Line(CRS, "oxygen_support"),
            Line(CRS, "oxygen_flow_l_min"),
            Line(CRS, "hypoxia_other_cause", rare=True),
        ),
    ),
    Block(
        _("Neurology"),
        (
            Computed("ice", _("ICE score"), "/ 10"),
            Line(ICANS, "consciousness"),
            Line(ICANS, "consciousness_other_cause", rare=True),
            Line(ICANS, "seizure"),
            Line(ICANS, "deep_focal_motor_weakness"),
            Line(ICANS, "cerebral_oedema"),
            Line(ICANS, "oedema_due_to_haemorrhage", rare=True),
            Line(ICANS, "posturing", rare=True),
            Line(ICANS, "cn6_palsy", rare=True),
            Line(ICANS, "papilloedema", rare=True),
            Line(ICANS, "cushings_triad", rare=True),
            Line(
                ICANS,
                "corticosteroid_given",
                rare=True,
                memory="corticosteroid",
                label=_("Corticosteroid given for ICANS"),
            ),
        ),
    ),
    Block(_("Death"), (Line(CRS, "death_due_to_crs", rare=True), Line(ICANS, "death_due_to_icans", rare=True))),
)


def lines_of(oid: str) -> list[Line]:
    """Return the lines that belong to one form."""
    return [line for block in BLOCKS for line in block.lines if isinstance(line, Line) and line.oid == oid]
