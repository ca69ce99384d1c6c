"""Change a saved form from the bedside sheet: what it holds is sent again, with the change, to the one save service."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from trial_edc.accounts.models import User
from trial_edc.casebook.entry import Entry, open_entry
from trial_edc.casebook.place import Place
from trial_edc.casebook.rendering.controls import shown_value
from trial_edc.casebook.submission import Conflict, Refused, Saved, submit
from trial_edc.errors import DomainError

Row = Mapping[str, Any]


def saved_texts(by: User, place: Place) -> QueryDict:
    """Return the texts of a saved form as its page would send them; DomainError when nothing is saved there."""
    record = place.find()
    if record is None:
        raise DomainError(_("This form no longer exists. Reload the page."))
    entry = open_entry(place, by, record=record)
    texts = QueryDict(mutable=True)
    for name, item_field in entry.form.fields.items():
        if not item_field.disabled:
            texts.setlist(name, _texts(item_field, getattr(record, name)))
    for name, code in entry.missing.items():
        texts[f"missing-{name}"] = code
    for prefix, formset in entry.rowsets.items():
        _put_rows(texts, prefix, formset)
    return texts


def _texts(item_field: Any, value: Any) -> list[str]:
    many = value if isinstance(value, list) else [value]
    return [shown_value(item_field.prepare_value(each)) for each in many if each not in (None, "")]


def _put_rows(texts: QueryDict, prefix: str, formset: Any) -> None:
    texts[f"{prefix}-TOTAL_FORMS"] = texts[f"{prefix}-INITIAL_FORMS"] = str(len(formset.initial_forms))
    for number, form in enumerate(formset.initial_forms):
        texts[f"{prefix}-{number}-id"] = str(form.instance.pk)
        for name in form.fields:
            if name not in ("id", "DELETE"):
                texts.setlist(f"{prefix}-{number}-{name}", _texts(form.fields[name], getattr(form.instance, name)))


def add_rows(texts: QueryDict, prefix: str, rows: Sequence[Row]) -> None:
    """Add new rows to a table of a form post, after those it has."""
    first = int(texts.get(f"{prefix}-TOTAL_FORMS", "0"))
    for number, row in enumerate(rows, start=first):
        for name, value in row.items():
            texts[f"{prefix}-{number}-{name}"] = str(value)
    texts[f"{prefix}-TOTAL_FORMS"] = str(first + len(rows))


def remove_rows(texts: QueryDict, prefix: str) -> None:
    """Mark every saved row of a table for removal."""
    for number in range(int(texts.get(f"{prefix}-INITIAL_FORMS", "0"))):
        texts[f"{prefix}-{number}-DELETE"] = "on"


def send(*, by: User, place: Place, texts: QueryDict, version: int, token: str, reason: str) -> Any:
    """Save a form with these texts and return it.

    `version` is that of the form as the person saw it; `reason` stands in the trail, and is the reason for change where
    the form was complete. Raises DomainError with every sentence of a refusal.
    """
    texts["version"], texts["token"], texts["action"] = str(version), token, "save"
    texts["reason_code"], texts["reason_text"] = "OTHER", reason
    outcome = submit(by=by, place=place, data=texts)
    if isinstance(outcome, Saved):
        return outcome.record
    raise DomainError(" ".join(_sentences(outcome)))


def _sentences(outcome: Refused | Conflict) -> list[str]:
    if isinstance(outcome, Conflict):
        return [_("The form has changed since you opened it. Reload the page.")]
    found = [*_errors_of(outcome.entry), outcome.reason_error]
    return list(dict.fromkeys(sentence for sentence in found if sentence))


def _errors_of(entry: Entry) -> list[str]:
    forms = [entry.form, *(form for formset in entry.rowsets.values() for form in formset.forms)]
    return [str(sentence) for form in forms for errors in form.errors.values() for sentence in errors]
