"""One form as it stands in front of a person: fields, rows, reasons, confirmations; read from what was typed."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.utils.translation import gettext as _

from trial_edc.accounts.access import may_judge
from trial_edc.accounts.models import User
from trial_edc.casebook.place import Place
from trial_edc.casebook.rows import rowsets
from trial_edc.crf import registry
from trial_edc.crf.checks import NEEDED, is_missing
from trial_edc.crf.forms import EntryForm, entry_form
from trial_edc.protocol.amendments import current_amendment
from trial_edc.review.models import MissingReason
from trial_edc.review.selectors import Said, confirmations, said_about

Typed = Mapping[str, Any]


@dataclass
class Entry:
    """A form bound to what was typed, or to what is saved when nothing was."""

    place: Place
    by: User
    record: Any
    form: EntryForm
    rowsets: dict[str, Any]
    typed: Typed | None
    missing: dict[str, str] = field(default_factory=dict)
    #: Tables whose sent rows are not those now saved; see `rows.rowsets`.
    misfits: set[str] = field(default_factory=set)
    #: What is said about the saved form; nothing about a new one.
    said: Said = field(default_factory=Said)

    @cached_property
    def confirmed(self) -> dict[tuple[str, str], str]:
        """Return what was confirmed on the saved form; read only when a value is in doubt."""
        return {} if self.is_new else confirmations(self.record.pk)

    @property
    def is_new(self) -> bool:
        return bool(self.record._state.adding)

    def rows(self) -> dict[str, list[Any]]:
        """Return the rows as typed, without removed and empty ones, by table."""
        return {oid: _rows_of(formset) for oid, formset in self.rowsets.items()}

    def all_rows(self) -> list[Any]:
        return [row for rows in self.rows().values() for row in rows]

    def is_valid(self) -> bool:
        """Read everything that was typed and run the edit checks; False when something cannot be saved."""
        readable = [self.form.is_valid(), *(formset.is_valid() for formset in self.rowsets.values())]
        if all(readable):
            self.form.run_checks(self.all_rows())
            for formset in self.rowsets.values():
                for row in kept_forms(formset):
                    row.run_checks()
        self._refuse_empty_rows()
        return self.form.is_valid() and all(formset.is_valid() for formset in self.rowsets.values())

    def _refuse_empty_rows(self) -> None:
        for formset in self.rowsets.values():
            for row in formset.forms:
                if row in formset.deleted_forms or not row.has_changed() or row.errors:
                    continue
                for name, item_field in row.fields.items():
                    meaning = getattr(item_field, "meaning", None)
                    if meaning and meaning.required and is_missing(row.cleaned_data.get(name)):
                        row.add_error(name, ValidationError(_("Enter a value.")))

    def unconfirmed(self) -> list[Any]:
        """Return the soft checks that nobody has confirmed for the value as it stands."""
        return [check for check in self.form.soft if (check.oid, self.value_text(check)) not in self.confirmed]

    def value_text(self, check: Any) -> str:
        """Return the values a check looked at, as text: a confirmation holds for exactly these."""
        if check.about is not None:
            return str(check.about(self.record, self.all_rows()))
        values = [getattr(self.record, name) for name in check.items]
        if check.on_rows:
            values += [
                getattr(row, row_field.name)
                for row in self.all_rows()
                for row_field, _item in registry.items(type(row))
            ]
        return " | ".join(_exact(value) for value in values)

    def block_completion(self) -> bool:
        """Add an error for everything that keeps the form from being complete; return True when there is any."""
        for name in self.unanswered():
            self.form.add_error(name, ValidationError(NEEDED, code="needed"))
        in_rows = [self._say_in_rows(check) for check in self.form.needed]
        for check in [*self.form.needed, *self.unconfirmed()]:
            if check not in in_rows:
                self.form.add_error(check.place, ValidationError(check.message, code=check.oid))
        return bool(self.form.errors) or any(in_rows)

    def _say_in_rows(self, check: Any) -> Any | None:
        """Put the sentence of a check into the rows it is about; return the check where the page shows any of them."""
        where = check.in_rows
        if where is None:
            return None
        wanted = set(where.which(self.record, self.all_rows()))
        formset = self.rowsets[where.table]
        found = [form for form in formset.forms if tuple(str(form[name].value() or "") for name in where.by) in wanted]
        for form in found:
            form.add_error(where.at, ValidationError(check.message, code=check.oid))
        return check if found else None

    @property
    def is_complete(self) -> bool:
        """Test whether nothing keeps the form from being complete, without adding errors."""
        return not self.form.needed and not self.unconfirmed() and not self.unanswered()

    def unanswered(self) -> list[str]:
        return [
            item_field.name
            for item_field, item in registry.items(type(self.record), self.record.amendment)
            if item.required
            and not item.judgement
            and item.applies_to(self.record)
            and is_missing(getattr(self.record, item_field.name))
            and item_field.name not in self.missing
        ]


def open_entry(place: Place, by: User, *, record: Any | None, typed: Typed | None = None) -> Entry:
    """Return the entry of a place: bound to `typed` if something was typed, else to the saved record."""
    model = place.model
    amendment = record.amendment if record else current_amendment().number
    shown = (
        copy.copy(record)
        if record
        else model(subject=place.subject, visit=place.visit, sequence=place.sequence, amendment=amendment)
    )
    shown._state = copy.copy(shown._state)
    editable = editable_items(model, by, place)
    form = entry_form(model, amendment)(typed, instance=shown, editable=editable)
    tables, misfits = rowsets(place, record, typed)
    entry = Entry(place, by, form.instance, form, tables, typed, misfits=misfits)
    entry.said = said_about(record.pk) if record else Said()
    entry.missing = _missing(entry)
    if typed is not None:
        refuse_tampering(form, typed, editable)
    return entry


def editable_items(model: Any, by: User, place: Place) -> set[str]:
    """Return the items this person may enter: judgement belongs to a delegated physician."""
    judge = may_judge(by, place.subject.site)
    return {f.name for f, item in registry.items(model) if judge or not item.judgement}


def refuse_tampering(form: EntryForm, typed: Typed, editable: set[str]) -> None:
    """Raise PermissionDenied when a value was sent for an item this person may not enter."""
    for name in set(form.fields) - editable:
        sent = typed.get(name)
        shown = form[name].initial
        if sent not in (None, "") and str(sent) != str(form.fields[name].prepare_value(shown)):
            label = form.fields[name].label
            raise PermissionDenied(_("Only a delegated physician may enter “%(item)s”.") % {"item": label})


def _rows_of(formset: Any) -> list[Any]:
    if not formset.is_bound:
        return [form.instance for form in formset.forms]
    return [form.instance for form in kept_forms(formset)]


def kept_forms(formset: Any) -> list[Any]:
    """Return the rows of a readable form set that were typed into and not removed."""
    gone = formset.deleted_forms
    return [form for form in formset.forms if form not in gone and form.has_content()]


def _exact(value: Any) -> str:
    """Return a value as text, a number the same however many zeros the table keeps."""
    return f"{value.normalize():f}" if isinstance(value, Decimal) else str(value)


def _missing(entry: Entry) -> dict[str, str]:
    if entry.typed is None:
        return entry.said.missing
    codes = set(MissingReason.Code.values)
    sent = {name: str(entry.typed.get(f"missing-{name}", "")) for name in entry.form.fields}
    return {name: code for name, code in sent.items() if code in codes and not entry.typed.get(name)}


def newly_confirmed(entry: Entry) -> list[tuple[Any, str]]:
    """Return the soft checks confirmed in this post, with their explanations."""
    typed = entry.typed or {}
    return [
        (check, str(typed.get(f"explain-{check.oid}", ""))[:200])
        for check in entry.unconfirmed()
        if typed.get(f"confirm-{check.oid}")
    ]
