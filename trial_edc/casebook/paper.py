"""A form of the study on paper: the same description as the electronic form, as blank boxes and lines, without data."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from trial_edc.casebook.display import display_value
from trial_edc.crf import registry
from trial_edc.crf.forms import entry_form
from trial_edc.crf.spec import Item, Section

#: Kinds of items that are answered by ticking a box.
TICKED = frozenset({"choice", "multi_choice", "yes_no"})
#: Blank lines of a table that has no rows of its own.
BLANK_ROWS = 6


@dataclass(frozen=True)
class PaperItem:
    """One question: what is asked, what helps to answer it, and the shape of the answer.

    `kind` is that of the entry field; `options` are the boxes to tick; `condition` says when the question applies.
    """

    label: Any
    kind: str
    unit: str
    hints: tuple[str, ...]
    options: tuple[str, ...]
    condition: str
    required: bool
    several: bool


@dataclass(frozen=True)
class PaperTable:
    """A repeating table: its columns, and what each row is about; rows to be filled in are about nothing yet."""

    columns: tuple[PaperItem, ...]
    rows: tuple[str, ...]
    about: Any = ""


@dataclass(frozen=True)
class PaperSection:
    """A titled part of the form; `note` says at which visits a table is asked."""

    title: Any
    items: tuple[PaperItem, ...] = ()
    table: PaperTable | None = None
    note: str = ""


def paper_form(model: Any, amendment: int | None = None) -> tuple[PaperSection, ...]:
    """Return the parts of a form as the protocol at `amendment` asks them, in the order of the page."""
    return tuple(_section(model, section, amendment) for section in model.crf.sections)


def _section(model: Any, section: Section, amendment: int | None) -> PaperSection:
    if not section.rows:
        return PaperSection(section.title, tuple(_items(model, section.fields, amendment)))
    return PaperSection(section.title, table=_table(registry.rows_of(section.rows)), note=_visits(section))


def _items(model: Any, names: Any, amendment: int | None) -> Iterator[PaperItem]:
    fields = entry_form(model, amendment).base_fields
    for field, item in registry.items(model, amendment):
        if field.name in names:
            yield _item(model, field, item, fields[field.name])


def _item(model: Any, field: Any, item: Item, control: Any) -> PaperItem:
    kind = str(getattr(control, "kind", "text"))
    return PaperItem(
        label=field.verbose_name,
        kind=kind,
        unit=item.unit,
        hints=tuple(_hints(item)),
        options=tuple(_options(control)) if kind in TICKED else (),
        condition=_condition(model, item),
        required=item.required,
        several=kind == "multi_choice",
    )


def _hints(item: Item) -> Iterator[str]:
    if item.hint:
        yield str(item.hint)
    if item.normal:
        yield _("Expected %(range)s") % {"range": item.normal}
    if item.judgement:
        yield _("Physician's assessment")


def _options(control: Any) -> Iterator[str]:
    for value, label in control.choices:
        if isinstance(label, list | tuple):
            yield from (str(each) for _value, each in label)
        elif value not in ("", None):
            yield str(label)


def _condition(model: Any, item: Item) -> str:
    if item.when is None:
        return ""
    name, values = item.when
    other = model._meta.get_field(name)
    answers = _(" or ").join(_answer(other, value) for value in values)
    return _("Only if “%(item)s” is %(answers)s") % {"item": other.verbose_name, "answers": answers}


def _answer(field: Any, value: Any) -> str:
    many = hasattr(field, "base_field")
    return display_value(field, [value] if many else value)


def _visits(section: Section) -> str:
    if section.only_at:
        return _("Only at %(visits)s") % {"visits": ", ".join(section.only_at)}
    if section.not_at:
        return _("Not at %(visits)s") % {"visits": ", ".join(section.not_at)}
    return ""


def _table(model: Any) -> PaperTable:
    """Return a table; where what its rows are about is a list of the study, it has a row for each."""
    about = next((field for field, item in registry.items(model) if item.fixed), None)
    names = [field.name for field, _item in registry.items(model) if field is not about]
    columns = tuple(_items(model, names, None))
    known = tuple(str(label) for _value, label in about.flatchoices) if about is not None else ()
    return PaperTable(columns, known or ("",) * BLANK_ROWS, about.verbose_name if about is not None else "")
