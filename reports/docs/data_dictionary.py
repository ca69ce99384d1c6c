"""docs/generated/data-dictionary.md: every form and every item that can be stored."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models

from reports.docs.markdown import code, page, section, table
from trial_edc.crf import registry
from trial_edc.crf.fields import PartialDateField
from trial_edc.crf.spec import NOT_SUBMITTED, Item, Number
from trial_edc.protocol.forms import FORMS

INTRODUCTION = """\
Every form with an entry page, every item on it, and the tables of repeated rows within a form. A form is described
once, on its model; the entry page, the edit checks and this dictionary are read from that one description.

**Flags**: *required* is needed before a form can be called complete (a value, or a reason why there is none);
*critical* feeds a dose decision; *judgement* is entered by a physician named in the delegation log; *partial date*
allows an unknown day, or day and month. **Expected** is the range outside which a value must be confirmed, **limits**
the range outside which it is refused."""

HEADERS = ("OID", "Label", "Column", "Type", "Unit", "Choices", "Expected", "Limits", "Flags", "SDTM")

#: Field class -> how the dictionary names it; the first that fits counts.
TYPES: tuple[tuple[type[Any], str], ...] = (
    (ArrayField, "several of a list"),
    (PartialDateField, "date, partial allowed"),
    (models.BooleanField, "yes / no"),
    (models.DecimalField, "decimal"),
    (models.IntegerField, "whole number"),
    (models.DateField, "date"),
    (models.TimeField, "time, 24 hours"),
    (models.TextField, "long text"),
    (models.CharField, "text"),
)


def write() -> str:
    """Return the page."""
    forms = [_form(model) for model in in_protocol_order()]
    return page("Data dictionary", INTRODUCTION, _contents(), *forms)


def in_protocol_order() -> list[Any]:
    """Return the registered forms in the order of the protocol's inventory."""
    place = {definition.oid: number for number, definition in enumerate(FORMS)}
    return sorted(registry.all_forms(), key=lambda model: place[model.crf.oid])


def _contents() -> str:
    registered = {model.crf.oid for model in registry.all_forms()}
    rows = [
        (form.code, code(form.oid), form.title, form.repeats, form.log, form.oid in registered or "not yet")
        for form in FORMS
    ]
    return section("Forms of the protocol", table(("Form", "OID", "Title", "Repeats", "Log", "Entry page"), rows))


def _form(model: Any) -> str:
    crf = model.crf
    parts = [model.__doc__ or ""]
    for part in crf.sections:
        rows_model = registry.rows_of(part.rows) if part.rows else None
        parts.append(_items(str(part.title), model if rows_model is None else rows_model, part.fields, rows_model))
    return section(f"{crf.code} {crf.title} ({code(crf.oid)})", code(model._meta.db_table), *parts)


def _items(title: str, model: Any, names: Sequence[str], rows_model: Any) -> str:
    shown = rows_model.crf.fields if rows_model is not None else names
    heading = f"**{title}**" + (f", repeated rows {code(rows_model.crf.oid)}" if rows_model is not None else "")
    fields = [model._meta.get_field(name) for name in shown]
    return heading + "\n\n" + table(HEADERS, [_row(field, field.item) for field in fields])


def _row(field: Any, item: Item) -> tuple[object, ...]:
    return (
        code(item.oid),
        field.verbose_name,
        code(field.column),
        type_of(field),
        item.unit,
        _choices(field),
        _range(item.plausible),
        _range(item.limits),
        ", ".join(_flags(item)),
        "not submitted" if item.sdtm == NOT_SUBMITTED else item.sdtm,
    )


def type_of(field: Any) -> str:
    """Return the kind of value in words, with its size where it has one."""
    base = next(name for kind, name in TYPES if isinstance(field, kind))
    if isinstance(field, models.DecimalField):
        return f"{base}, {field.decimal_places} places"
    if field.choices:
        return "one of a list"
    if base in ("text", "long text") and field.max_length:
        return f"{base}, at most {field.max_length} characters"
    return base


def _choices(field: Any) -> str:
    choices = field.base_field.choices if isinstance(field, ArrayField) else field.choices
    pairs = [(value, str(label)) for value, label in choices or () if value not in (None, "")]
    return "; ".join(f"{value}" if str(value) == label else f"{value} = {label}" for value, label in pairs)


def _range(limits: tuple[Number, Number] | None) -> str:
    return "" if limits is None else f"{limits[0]}–{limits[1]}"


def _flags(item: Item) -> Iterator[str]:
    if item.required and not item.judgement:
        yield "required"
    if item.critical:
        yield "critical"
    if item.judgement:
        yield "judgement"
    if item.partial:
        yield "partial date"
    if item.since:
        yield f"since amendment {item.since}"
    if item.until is not None:
        yield f"until amendment {item.until}"
