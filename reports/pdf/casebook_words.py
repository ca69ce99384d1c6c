"""What stands in the casebook, in the words of the pages: labels, values with unit, codes, places, states."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from reports.casebook.content import Form, Item, Said
from reports.pdf import words
from trial_edc.bench import registry as rules
from trial_edc.casebook.display import display_trail_text
from trial_edc.casebook.rendering.status import look_of
from trial_edc.casebook.rendering.visits import visit_label
from trial_edc.casebook.selectors.row_names import row_name
from trial_edc.crf import registry
from trial_edc.crf.checks import all_checks
from trial_edc.crf.models import FormStatus
from trial_edc.protocol.visits.schedule import visit
from trial_edc.review.models import MissingReason

#: How a change came in, where it was not typed into a page.
SOURCE_WORDS: dict[str, Any] = {
    "import": gettext_lazy("import"),
    "task": gettext_lazy("computed"),
    "migration": gettext_lazy("migration"),
    "command": gettext_lazy("command"),
}


def field_of(table: str, name: str) -> Any:
    """Return the field of an item by its name or column."""
    model: Any = registry.find_table(table)
    known = {str(field.column): field for field in model._meta.concrete_fields}
    return known.get(name) or model._meta.get_field(name)


def label(table: str, name: str) -> str:
    """Return what an item is called; the state of a form is one too."""
    if name == "status" and registry.find(table) is not None:
        return _("State of the form")
    return str(field_of(table, name).verbose_name)


def value(table: str, name: str, text: str | None) -> str:
    """Return a value in words with its unit, "" for none."""
    field = field_of(table, name)
    shown = display_trail_text(field, text)
    unit = getattr(getattr(field, "item", None), "unit", "")
    return f"{shown} {unit}" if shown and unit else shown


def code(item: Item) -> str:
    """Return the stored code of a coded value where it differs from its words."""
    field = field_of(item.table, item.field)
    choices = field.choices or getattr(getattr(field, "base_field", None), "choices", None)
    if not choices or not item.text:
        return ""
    stored = item.text.strip('[]"').replace('", "', ", ")
    return stored if stored != display_trail_text(field, item.text) else ""


def shown(item: Item) -> str:
    """Return a value, or why there is none; a question that was not to be asked says so."""
    text = value(item.table, item.field, item.text)
    if text:
        return text
    if item.missing:
        return f"{words.DASH} {words.choice(MissingReason.Code, item.missing)}"
    return words.DASH if item.applies else _("does not apply")


def item_place(form: Form, table: str, name: str, row: int | None) -> str:
    """Return what a change or a query is about: the item, and what the row of its table is about, or its number."""
    if row is None:
        return label(table, name)
    rows = (each for part in form.tables if part.oid == table for each in part.rows if each.position == row)
    texts = {item.field: item.text for each in rows for item in each.items}
    return _("%(item)s, %(row)s") % {"item": label(table, name), "row": row_name(table, texts, row or None)}


def form_title(form: Form) -> str:
    """Return the title of a form; one of several carries its number."""
    crf = registry.get(form.oid).crf
    return f"{crf.title} {form.sequence}" if crf.repeating else str(crf.title)


def visit_title(code_of_visit: str) -> str:
    """Return the label of a visit with its code."""
    named = visit_label(visit(code_of_visit))
    return named if named == code_of_visit else f"{named} ({code_of_visit})"


def form_state(form: Form) -> str:
    """Return the stored state of a form."""
    return words.choice(FormStatus, form.state)


def visit_state(code_of_state: str) -> str:
    """Return the state of a visit or of a form that nobody began."""
    return str(look_of(code_of_state).word)


def rule(name: str) -> str:
    """Return the title of a rule with its name."""
    known = rules.find(name)
    return f"{known.title} ({name})" if known else name


def check_sentence(form: Form, oid: str) -> str:
    """Return the sentence of an edit check; its number where the software no longer has it."""
    checks = all_checks(registry.get(form.oid))
    return next((str(check.message) for check in checks if check.oid == oid), oid)


def said(by: Said) -> str:
    """Return who did something and when."""
    return f"{by.by}, {words.moment(by.at)}"


def source(name: str) -> str:
    """Return how a change came in, "" for the usual way."""
    return "" if name == "web" else str(SOURCE_WORDS.get(name, name))
