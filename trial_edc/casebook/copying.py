"""Copy from the previous assessment: what it said, item by item, for a person to tick what is still so."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from trial_edc.accounts.models import User
from trial_edc.casebook.display import display_value
from trial_edc.casebook.entry import editable_items
from trial_edc.casebook.place import Place
from trial_edc.casebook.rendering.controls import shown_value
from trial_edc.casebook.rendering.visits import visit_label
from trial_edc.casebook.selectors.facts import FormRecord
from trial_edc.casebook.selectors.status import Casebook
from trial_edc.crf import registry
from trial_edc.crf.checks import is_missing
from trial_edc.crf.forms import entry_form
from trial_edc.crf.models import FormStatus
from trial_edc.protocol.visits.schedule import visit as visit_definition


@dataclass(frozen=True)
class Offered:
    """One value of the previous assessment: in words, and as its control takes it. Nobody has chosen any yet."""

    name: str
    label: Any
    words: str
    unit: str
    values: str


def previous(book: Casebook, place: Place) -> FormRecord | None:
    """Return the assessment of the same kind before this one, by the order of the subject's visits; None for none.

    Forms that were not done are passed over, and logs have no previous assessment.
    """
    if not place.model.crf.copy_from_previous or book.at(place.visit) is None:
        return None
    found: FormRecord | None = None
    for state in book.visits:
        here = state.visit.code == place.visit
        for form in state.forms:
            for record in form.records if form.form.oid == place.oid else ():
                later = here and place.sequence and record.sequence >= place.sequence
                if not later and record.state != FormStatus.NOT_DONE:
                    found = record
        if here:
            return found
    return None


def title_of(record: FormRecord) -> str:
    """Return what an assessment is called on a button: its visit, and its number where there are several."""
    label = visit_label(visit_definition(record.visit))
    if not registry.get(record.oid).crf.repeating:
        return label
    return _("%(visit)s, no. %(number)s") % {"visit": label, "number": record.sequence}


def offer(record: Any, by: User, place: Place) -> list[Offered]:
    """Return the values of a saved form that this person may enter into another one, in the order of the page."""
    model: Any = type(record)
    fields = entry_form(model, None).base_fields
    editable = editable_items(model, by, place)
    found = []
    for field, item in registry.items(model):
        value, control = getattr(record, field.name), fields[field.name]
        if is_missing(value) or field.name not in editable:
            continue
        kept = value if isinstance(value, list) else [value]
        texts = [shown_value(control.prepare_value(each)) for each in kept]
        words = display_value(field, value)
        found.append(Offered(field.name, field.verbose_name, words, item.unit, json.dumps(texts)))
    return found
