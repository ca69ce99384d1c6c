"""Beside an adverse event: whether it is treatment-emergent, and the forms that refer to it."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from safety.events.log import day_text, emergence, starts_of
from safety.models import AdverseEvent, HospitalStay, Medication, Transfusion
from safety.rules import treatment_emergent
from safety.rules.treatment_emergent import Emergent
from trial_edc.casebook.panel import Panel, PanelRow
from trial_edc.casebook.selectors.visit_page import form_url
from trial_edc.crf.models import FormStatus

WORDS = {Emergent.YES: gettext_lazy("Yes"), Emergent.NO: gettext_lazy("No"), Emergent.MAYBE: gettext_lazy("Open")}
#: Forms that name an event by its number, with the item that says what the entry is.
REFERRING: tuple[tuple[Any, str], ...] = ((Medication, "drug"), (Transfusion, "product"), (HospitalStay, "reason"))


def emergence_panel(record: Any, rows: list[Any]) -> Panel | None:
    """Say from which treatment on the event counts, as the values are typed."""
    if not record.onset_date:
        return None
    starts = starts_of(record.subject)
    if starts.lymphodepletion is None and starts.cells is None:
        return None
    by_lymphodepletion, by_cells = emergence(record, rows, starts)
    lines = [
        PanelRow(_("From lymphodepletion"), WORDS[by_lymphodepletion]), PanelRow(_("From the cells"), WORDS[by_cells]),
    ]  # fmt: skip
    if day := day_text(record.onset_date, record.subject.infusion_date):
        lines.insert(0, PanelRow(_("Onset"), day))
    certain = Emergent.MAYBE not in (by_lymphodepletion, by_cells)
    return Panel(
        title=_("Treatment-emergent"),
        grade="T" if Emergent.YES in (by_lymphodepletion, by_cells) else "–",
        rule=_("ICH E9, onset or worsening under treatment"),
        version=treatment_emergent.VERSION,
        because="" if certain else _("A partial date leaves it open."),
        rows=lines,
    )


def links_panel(record: Any, _rows: list[Any]) -> Panel | None:
    """List what refers to the event: its components, and the treatments and stays given for it."""
    if record._state.adding:
        return None
    lines = [*_components(record), *_treatments(record)]
    if not lines:
        return None
    return Panel(_("Linked to this event"), len(lines), _("Links of the logs"), "", "", lines)


def _components(record: Any) -> list[PanelRow]:
    found = AdverseEvent.objects.filter(subject=record.subject, part_of_event=record.sequence)
    return [
        PanelRow(_("Component, event %(number)s") % {"number": event.sequence}, event.term,
                 link=form_url(record.subject.identifier, event.visit, "AE", event.sequence))
        for event in found.exclude(status=FormStatus.NOT_DONE).order_by("sequence")
    ]  # fmt: skip


def _treatments(record: Any) -> list[PanelRow]:
    lines = []
    for table, name in REFERRING:
        found = table.objects.filter(subject=record.subject, event_number=record.sequence)
        for each in found.exclude(status=FormStatus.NOT_DONE).order_by("sequence"):
            shown = getattr(each, f"get_{name}_display", None)
            words = shown() if shown is not None else getattr(each, name)
            url = form_url(record.subject.identifier, each.visit, table.crf.oid, each.sequence)
            lines.append(PanelRow(f"{table.crf.title} {each.sequence}", words or "–", link=url))
    return lines
