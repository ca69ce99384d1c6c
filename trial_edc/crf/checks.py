"""Run a form's edit checks: those declared, and one for every ranged item."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from trial_edc.crf import registry
from trial_edc.crf.spec import Check


def is_missing(value: object) -> bool:
    """Test for "not entered"; 0 and False are values.

    >>> [is_missing(v) for v in (None, "", [], 0, False)]
    [True, True, True, False, False]
    """
    return value is None or value == "" or value == []


def broken_checks(record: Any, rows: Sequence[Any] | None = None) -> Iterator[Check]:
    """Yield each check that `record` breaks; a check on a missing value does not fire."""
    for check in all_checks(type(record)):
        if any(is_missing(getattr(record, name)) for name in check.items):
            continue
        if check.on_rows:
            if rows is not None and check.broken(record, rows):
                yield check
        elif check.broken(record):
            yield check


def all_checks(model: Any) -> tuple[Check, ...]:
    """Return the declared checks of a form, then one soft check per plausible range."""
    return _cached_checks(model)


@cache
def _cached_checks(model: Any) -> tuple[Check, ...]:
    return (*model.crf.checks, *_plausible(model))


def _plausible(model: Any) -> Iterator[Check]:
    for field, item in registry.items(model):
        if item.plausible is not None:
            low, high = item.plausible
            yield Check(
                oid=f"{model.crf.oid}-{item.oid}-RANGE",
                message=_RangeSentence(low, high, item.unit),
                broken=_outside(field.name, low, high),
                items=(field.name,),
            )


class _RangeSentence:
    """A sentence that is translated when it is shown, not when the module is loaded."""

    def __init__(self, low: object, high: object, unit: str) -> None:
        self.parts = {"low": low, "high": high, "unit": unit}

    def __str__(self) -> str:
        sentence = _("Outside the expected %(low)s to %(high)s %(unit)s. Check the source, then confirm or correct.")
        return sentence % self.parts


def _outside(name: str, low: Any, high: Any) -> Any:
    return lambda record: not low <= getattr(record, name) <= high


NEEDED = gettext_lazy("Enter a value, or say why there is none.")


def missing_items(record: Any, missing_reasons: set[str]) -> list[str]:
    """Return the required items without value and without a reason, in page order."""
    return [
        field.name
        for field, item in registry.items(type(record), record.amendment)
        if item.required
        and item.applies_to(record)
        and is_missing(getattr(record, field.name))
        and field.name not in missing_reasons
    ]


def beside_the_answer(record: Any) -> list[str]:
    """Return the items that hold a choice which does not go with the other answer it depends on, in page order."""
    found = []
    for field, item in registry.items(type(record)):
        value = getattr(record, field.name)
        if item.narrow is None or is_missing(value):
            continue
        allowed = item.choices_beside(getattr(record, item.narrow[0]))
        if allowed is not None and value not in allowed:
            found.append(field.name)
    return found


def out_of_place(record: Any) -> list[str]:
    """Return the items that hold a value although the other answers say they do not apply, in page order."""
    return [
        field.name
        for field, item in registry.items(type(record))
        if item.when is not None and not is_missing(getattr(record, field.name)) and not item.applies_to(record)
    ]
