"""Enter forms in tests exactly as a browser would post them."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from trial_edc.accounts.models import User
from trial_edc.casebook.place import Place
from trial_edc.casebook.submission import Outcome, Saved, submit


def post(
    by: User, subject: Any, visit: str, oid: str, /, *, sequence: Any = 1, rows: Any = (), **texts: Any
) -> Outcome:
    """Post texts into a form; version and token are filled in unless given."""
    place = Place(subject, visit, oid, sequence)
    saved = place.find() if sequence else None
    data: dict[str, Any] = {"token": str(uuid4()), "version": str(saved.version if saved else 0), "action": "save"}
    table = "AEG" if oid == "AE" else ""
    if table:
        data |= row_texts(table, rows)
    return submit(by=by, place=place, data=_Post(data | texts))


def enter(by: User, subject: Any, visit: str, oid: str, /, **texts: Any) -> Any:
    """Post, and return the saved form; a refusal fails the test with its sentences."""
    outcome = post(by, subject, visit, oid, **texts)
    assert isinstance(outcome, Saved), _why(outcome)
    return outcome.record


def row_texts(prefix: str, rows: Any) -> dict[str, Any]:
    """Return the texts of a table of new rows."""
    texts: dict[str, Any] = {f"{prefix}-TOTAL_FORMS": str(len(rows)), f"{prefix}-INITIAL_FORMS": "0"}
    for number, row in enumerate(rows):
        texts |= {f"{prefix}-{number}-{name}": str(value) for name, value in row.items()}
    return texts


def _why(outcome: Any) -> str:
    errors = {name: list(found) for name, found in outcome.entry.form.errors.items()}
    rows = [formset.errors for formset in outcome.entry.rowsets.values()]
    return f"{type(outcome).__name__}: {errors} {rows} {getattr(outcome, 'reason_error', '')}"


class _Post(dict[str, Any]):
    """A dictionary that answers `getlist`, as a form post does."""

    def getlist(self, name: str) -> list[Any]:
        value = self.get(name, [])
        return value if isinstance(value, list) else [value]
