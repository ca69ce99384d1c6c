"""Enter forms as a person at the keyboard would: texts into the form, through the service the page uses."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import uuid4

from trial_edc.accounts.models import User
from trial_edc.casebook.place import NEW, Place
from trial_edc.casebook.submission import Saved, submit
from trial_edc.crf import registry
from trial_edc.errors import DomainError

Row = dict[str, object]


class Typed(dict[str, Any]):
    """Form texts that answer `getlist`, as a form post does."""

    def getlist(self, name: str) -> list[Any]:
        value = self.get(name, [])
        return value if isinstance(value, list) else [value]


def typed(day: date) -> str:
    """Return a date as a coordinator types it."""
    return f"{day.day:02}-{day.strftime('%b')}-{day.year}"


def enter(
    by: User, subject: Any, visit: str, oid: str, texts: dict[str, Any], *, rows: Sequence[Row] = (), sequence: int = 1,
    action: str = "complete",
) -> Any:  # fmt: skip
    """Enter one form and return it; a refusal raises DomainError with every sentence the page would show."""
    place = Place(subject, visit, oid, sequence)
    saved = place.find() if sequence != NEW else None
    data = Typed(texts, token=str(uuid4()), version=str(saved.version if saved else 0), action=action)
    for place_of_rows, table in enumerate(registry.row_tables(place.model)):
        data.update(_rows(table, rows if place_of_rows == 0 else (), saved))
    outcome = submit(by=by, place=place, data=data, source="import")
    if not isinstance(outcome, Saved):
        raise DomainError(f"{subject} {visit} {oid}: {_sentences(outcome)}")
    subject.refresh_from_db()
    return outcome.record


def _rows(table: Any, rows: Sequence[Row], saved: Any) -> dict[str, str]:
    prefix = table.crf.oid
    known = list(table.objects.filter(record=saved).order_by("position")) if saved else []
    texts = {f"{prefix}-TOTAL_FORMS": str(len(rows)), f"{prefix}-INITIAL_FORMS": str(len(known))}
    for number, row in enumerate(rows):
        texts |= {f"{prefix}-{number}-{name}": str(value) for name, value in row.items()}
        if number < len(known):
            texts[f"{prefix}-{number}-id"] = str(known[number].pk)
    return texts


def _sentences(outcome: Any) -> str:
    form = outcome.entry.form
    found = [f"{name}: {' '.join(errors)}" for name, errors in form.errors.items()]
    found += [str(formset.errors) for formset in outcome.entry.rowsets.values() if any(formset.errors)]
    return "; ".join(found) or getattr(outcome, "reason_error", "") or type(outcome).__name__
