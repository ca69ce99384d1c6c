"""The protocol's parameters that these tables depend on, as they stand in the study definition."""

from __future__ import annotations

from django.utils.translation import gettext as _

from reports.efficacy.content import Sheet, sheet
from trial_edc.protocol.parameters import parameters_in
from trial_edc.protocol.parameters.model import Section, Value


def parameter_sheet() -> Sheet:
    """Return every parameter of response, time to event, kinetics and cytokines with its value."""
    wanted = (Section.RESPONSE, Section.SURVIVAL, Section.KINETICS)
    rows = [
        [each.key, _shown(each.value), each.unit, each.meaning, _("assumed") if each.assumption else _("settled")]
        for section in wanted
        for each in parameters_in(section)
    ]
    heads = [_("Parameter"), _("Value"), _("Unit"), _("What it means"), _("Standing")]
    return sheet(_("Parameters"), heads, rows, shares=(2, 1, 1, 4, 1))


def _shown(value: Value) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return ", ".join(str(each) for each in value) if isinstance(value, tuple) else str(value)
