"""The trail in the words people read: which form, which item, from what to what."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any
from uuid import UUID

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.utils.translation import gettext as _

from trial_edc.audit.models import ItemChange
from trial_edc.casebook.display import display_trail_text
from trial_edc.crf import registry
from trial_edc.crf.registry import subject_model


@dataclass(frozen=True)
class TrailLine:
    """One change as a person reads it; `subject` is '' for changes that concern no subject."""

    change: ItemChange
    subject: str
    form: Any
    item: Any
    old: str
    new: str
    kind: str


@cache
def model_of(entity: str) -> Any | None:
    """Return the model behind an entity of the trail, None when the software no longer has it."""
    tables: list[Any] = [*registry.all_forms(), *registry.all_rows()]
    found = next((table for table in tables if table.crf.oid == entity), None)
    if found is not None:
        return found
    try:
        return apps.get_model(entity)
    except (LookupError, ValueError):
        return None


def form_title(entity: str) -> Any:
    """Return what a table of the trail is called on pages."""
    model = model_of(entity)
    if model is None:
        return entity
    crf = getattr(model, "crf", None)
    return crf.title if crf else str(model._meta.verbose_name).capitalize()


def lines(changes: Sequence[ItemChange]) -> list[TrailLine]:
    """Return changes in words; the identifiers of their subjects are read in one query."""
    names = subject_names({change.chain for change in changes})
    return [_line(change, names.get(change.chain, "")) for change in changes]


def subject_names(chains: Iterable[UUID]) -> dict[UUID, str]:
    """Return the identifier of each subject whose chain is given."""
    return dict(subject_model().objects.filter(pk__in=list(chains)).values_list("pk", "identifier"))


def _line(change: ItemChange, subject: str) -> TrailLine:
    field = _field(model_of(change.entity), change.field)
    label = field.verbose_name if field is not None else change.field
    old, new = (_words(field, text) for text in (change.old, change.new))
    return TrailLine(change, subject, form_title(change.entity), label, old, new, _kind(change))


def _field(model: Any, column: str) -> Any | None:
    if model is None:
        return None
    for name in (column, column.removesuffix("_id")):
        try:
            return model._meta.get_field(name)
        except FieldDoesNotExist:
            continue
    return None


def _words(field: Any, text: str | None) -> str:
    if text is None:
        return ""
    return display_trail_text(field, text) if field is not None and not field.is_relation else text


def _kind(change: ItemChange) -> str:
    if change.old is None:
        return _("entered")
    return _("removed") if change.new is None else _("changed")
