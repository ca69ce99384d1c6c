"""Every form of the study, by OID. Filled when Django loads the models."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from trial_edc.crf.spec import Item
from trial_edc.errors import DomainError

if TYPE_CHECKING:
    from django.db.models import Field

    from trial_edc.crf.models import CrfRecord, CrfRow

_forms: dict[str, type[CrfRecord]] = {}
_rows: dict[str, type[CrfRow]] = {}


def register(model: type[CrfRecord]) -> None:
    """Add a form; two forms with one OID is a programming error."""
    if model.crf.oid in _forms:
        raise ValueError(f"duplicate form OID {model.crf.oid}")
    _forms[model.crf.oid] = model


def register_rows(model: type[CrfRow]) -> None:
    """Add a repeating child table of a form."""
    _rows[model.crf.oid] = model


def get(oid: str) -> type[CrfRecord]:
    """Return the model of a form; DomainError when the study has no such form."""
    try:
        return _forms[oid]
    except KeyError:
        raise DomainError(_("This study has no form %(form)s.") % {"form": oid}) from None


def find(oid: str) -> type[CrfRecord] | None:
    """Return the model of a form, or None when it is not registered."""
    return _forms.get(oid)


def rows_of(oid: str) -> type[CrfRow]:
    """Return the model of a repeating child table by its OID."""
    return _rows[oid]


def find_table(oid: str) -> Any | None:
    """Return the model of a form or of a repeating child table, None when neither has this OID."""
    return _forms.get(oid) or _rows.get(oid)


def form_of_table(table: Any) -> type[CrfRecord]:
    """Return the form that a table is, or of which it holds the rows."""
    if table.crf.oid in _forms:
        return _forms[table.crf.oid]
    parent: type[CrfRecord] = table._meta.get_field("record").related_model
    return parent


def row_tables(model: type[CrfRecord], visit: str | None = None) -> list[type[CrfRow]]:
    """Return the repeating child tables of a form in the order of its sections: all, or those asked at one visit."""
    return [
        _rows[section.rows]
        for section in model.crf.sections
        if section.rows and (visit is None or section.asked_at(visit))
    ]


def all_forms() -> tuple[type[CrfRecord], ...]:
    return tuple(_forms.values())


def all_rows() -> tuple[type[CrfRow], ...]:
    return tuple(_rows.values())


def items(model: Any, amendment: int | None = None) -> tuple[tuple[Field[Any, Any], Item], ...]:
    """Return the (field, item) pairs of a form in the order of the page, for one protocol amendment."""
    return _cached_items(model, amendment)


@cache
def _cached_items(model: Any, amendment: int | None) -> tuple[tuple[Field[Any, Any], Item], ...]:
    return tuple(_items(model, amendment))


def _items(model: Any, amendment: int | None) -> Iterator[tuple[Field[Any, Any], Item]]:
    for name in model.crf.fields:
        field = model._meta.get_field(name)
        if field.item.asked_in(amendment):
            yield field, field.item


def subject_model() -> Any:
    """Return the clinic's subject model, without importing the clinic."""
    from django.apps import apps

    return apps.get_model("enrollment.Subject")
