"""Attach clinical meaning to a Django field, and the one field type of ours."""

from __future__ import annotations

from typing import Any, TypeVar

from django.db import models

from trial_edc.crf.spec import Item

F = TypeVar("F", bound="models.Field[Any, Any]")


def item(field: F, **meaning: Any) -> F:
    """Return `field`, carrying an `Item` that says what it means in the protocol. Makes no migration."""
    field.item = Item(**meaning)  # type: ignore[attr-defined]  # the attribute is ours
    return field


def meaning_of(field: Any) -> Item:
    """Return the `Item` of a model field."""
    meaning: Item = field.item
    return meaning


class PartialDateField(models.CharField):  # type: ignore[type-arg]  # not generic at run time
    """A date of which day, or day and month, may be unknown; stored as ISO 8601: 2026, 2026-11 or 2026-11-05."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 10)
        super().__init__(*args, **kwargs)
