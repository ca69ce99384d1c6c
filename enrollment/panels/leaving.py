"""Beside survival status and the end of study: what is still missing, and what a withdrawal leaves open."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from enrollment.cross_checks import has_no_death_form
from enrollment.models import Disposition
from enrollment.rules import after_withdrawal as rule
from trial_edc.casebook.panel import Panel, PanelRow
from trial_edc.casebook.place import Place
from trial_edc.protocol.forms import form
from trial_edc.protocol.visits.schedule import forms_for

DEATH = "DTH"


def survival(record: Any, _rows: list[Any]) -> Panel | None:
    """Lead to the death form when the subject died and none is on file."""
    if record.survival_status != "DEAD":
        return None
    return _death_panel(record)


def _death_panel(record: Any) -> Panel:
    missing = has_no_death_form(record)
    place = Place(record.subject, _death_visit(record.visit), DEATH)
    title = _("The form “Death” is missing") if missing else _("The form “Death” is filed")
    return Panel(
        title=title,
        grade="!" if missing else "✓",
        rule=_("Death and survival status"),
        version="",
        because=_("A death is recorded once, with its date and cause; expectations after it end."),
        link=place.url if missing else "",
        link_text=_("Enter the death"),
    )


def _death_visit(visit: str) -> str:
    """Return the visit at which the death form is filed: this one where the protocol has it here."""
    required, optional = forms_for(visit)
    return visit if DEATH in (*required, *optional) else "EOS"


def disposition(record: Any, _rows: list[Any]) -> Panel | None:
    """Say what may be entered after a withdrawal, or lead to the death form."""
    if record.reason == Disposition.Reason.DEATH:
        return _death_panel(record)
    if record.reason != Disposition.Reason.WITHDRAWAL:
        return None
    rows = [PanelRow(_(form(oid).title), _("stays open")) for oid in rule.SAFETY_FOLLOW_UP if oid != "EOS"]
    because = _("What was collected stays. For later days only the follow-up of safety is recorded.")
    return Panel(_("Withdrawal of consent"), "!", _("After withdrawal"), rule.VERSION, because, rows)
