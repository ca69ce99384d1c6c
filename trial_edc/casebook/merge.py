"""When two people edited one form: which values differ, and what the second person chose."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from trial_edc.accounts.models import User
from trial_edc.audit.models import ItemChange
from trial_edc.casebook.display import display_value
from trial_edc.casebook.entry import Entry, Typed, open_entry
from trial_edc.casebook.place import Place
from trial_edc.crf import registry


@dataclass(frozen=True)
class Difference:
    """One item (or table of rows) with two values; `name` goes into the field `resolve-<name>`."""

    name: str
    label: str
    mine_display: str
    theirs_display: str


def differences(entry: Entry, record: Any) -> list[Difference]:
    """Return the items whose typed value is not the saved one, and the tables whose rows differ."""
    found = []
    for field, _item in registry.items(type(record)):
        typed = entry.form[field.name].value()
        mine = entry.form.cleaned_data.get(field.name, typed) if hasattr(entry.form, "cleaned_data") else typed
        theirs = getattr(record, field.name)
        if mine != theirs and not (mine in (None, "", []) and theirs in (None, "", [])):
            found.append(
                Difference(
                    field.name, str(field.verbose_name), display_value(field, mine), display_value(field, theirs)
                )
            )
    for oid, formset in entry.rowsets.items():
        if formset.has_changed():
            table: Any = registry.rows_of(oid)
            saved = table._default_manager.filter(record=record)
            found.append(
                Difference(
                    oid, str(table.crf.title), _rows_text(table, entry.rows()[oid]), _rows_text(table, list(saved))
                )
            )
    return found


def _rows_text(table: Any, rows: list[Any]) -> str:
    lines = [
        " ".join(
            text for field, _item in registry.items(table) if (text := display_value(field, getattr(row, field.name)))
        )
        for row in rows
    ]
    return "; ".join(lines) or _("no rows")


def last_editor(record: Any) -> tuple[str, datetime | None]:
    """Return who saved the form last, and when."""
    last = ItemChange.objects.filter(root=record.pk).order_by("-id").first()
    return (last.changed_by_name, last.changed_at) if last else ("", None)


def with_choices(place: Place, by: User, record: Any, data: Typed) -> Typed:
    """Return the typed data with the saved value wherever the person chose "theirs"."""
    chosen = [key[8:] for key in data if key.startswith("resolve-") and data.get(key) == "theirs"]
    if not chosen:
        return data
    merged = data.copy() if isinstance(data, QueryDict) else dict(data)
    saved = open_entry(place, by, record=record)
    for name in chosen:
        if name in saved.form.fields:
            value = saved.form.fields[name].prepare_value(getattr(record, name))
            _put(merged, name, "" if value is None else value)
        elif name in saved.rowsets:
            _put_rows(merged, name, saved.rowsets[name])
    return merged


def _put(data: Any, name: str, value: Any) -> None:
    if isinstance(value, list) and isinstance(data, QueryDict):
        data.setlist(name, value)
    else:
        data[name] = value


def _put_rows(data: Any, prefix: str, formset: Any) -> None:
    for key in [key for key in data if key.startswith(f"{prefix}-")]:
        del data[key]
    data[f"{prefix}-TOTAL_FORMS"] = data[f"{prefix}-INITIAL_FORMS"] = str(len(formset.initial_forms))
    data[f"{prefix}-MIN_NUM_FORMS"], data[f"{prefix}-MAX_NUM_FORMS"] = "0", "200"
    for number, form in enumerate(formset.initial_forms):
        data[f"{prefix}-{number}-id"] = str(form.instance.pk)
        for name in form.fields:
            if name not in ("id", "DELETE"):
                value = form.fields[name].prepare_value(getattr(form.instance, name))
                data[f"{prefix}-{number}-{name}"] = "" if value is None else str(value)
