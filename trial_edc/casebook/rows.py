"""The rows of a repeating table as they were sent: they must be the saved rows of this very form, and new ones."""

from __future__ import annotations

from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from trial_edc.casebook import hooks
from trial_edc.casebook.place import Place
from trial_edc.crf import registry
from trial_edc.crf.forms import row_formset
from trial_edc.errors import DomainError

MOST_ROWS = 200


def rowsets(place: Place, record: Any | None, typed: Any | None) -> tuple[dict[str, Any], set[str]]:
    """Return the form set of every table of a form, and the tables whose sent rows are not those now saved.

    Sent rows that do not fit (somebody saved in between, or the page was tampered with) are shown as new rows; whether
    they may replace the saved ones is for the submission to decide. Raises DomainError when no table can be read.
    """
    found: dict[str, Any] = {}
    misfits: set[str] = set()
    tables: list[Any] = registry.row_tables(place.model, place.visit)
    opening = hooks.seeds(place.oid, place.subject, place.visit) if tables and typed is None else {}
    for table in tables:
        prefix = table.crf.oid
        rows = table._default_manager.filter(record=record) if record else table._default_manager.none()
        saved, data = rows.order_by("position"), typed
        known = sorted(str(row.pk) for row in saved)
        if typed is not None and _sent_ids(typed, prefix) != known:
            misfits.add(prefix)
            data, saved = _as_new(typed, prefix), rows.none()
        more = opening.get(prefix, []) if record is None else _lacking(place, table, saved, opening.get(prefix, []))
        found[prefix] = _formset(table, data, saved, more)
    return found, misfits


def _formset(table: Any, data: Any, saved: Any, opening: list[dict[str, Any]]) -> Any:
    formset = row_formset(table, extra=len(opening))(data, queryset=saved, prefix=table.crf.oid, initial=opening)
    if data is None:
        for form, values in zip(formset.extra_forms, opening, strict=True):
            for name, value in values.items():
                setattr(form.instance, name, value)
    return formset


def _lacking(place: Place, table: Any, saved: Any, opening: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the rows a saved form lacks: its table is fixed, and meanwhile there is more to ask about."""
    if not any(section.rows == table.crf.oid and section.fixed_rows for section in place.model.crf.sections):
        return []
    about = [field.name for field, meaning in registry.items(table) if meaning.fixed]
    present = {tuple(getattr(row, name) for name in about) for row in saved}
    return [row for row in opening if tuple(row[name] for name in about) not in present]


def out_of_date() -> DomainError:
    """Return the refusal of a page that no longer fits what is saved."""
    return DomainError(_("This page is out of date. Reload it; your draft is kept."))


def _sent_ids(typed: Any, prefix: str) -> list[str]:
    initial = _count(typed, f"{prefix}-INITIAL_FORMS")
    _count(typed, f"{prefix}-TOTAL_FORMS")
    return sorted(str(typed.get(f"{prefix}-{number}-id", "")) for number in range(initial))


def _count(typed: Any, name: str) -> int:
    text = str(typed.get(name, ""))
    if not (text.isdecimal() and text.isascii() and len(text) < 4 and int(text) <= MOST_ROWS):
        raise out_of_date()
    return int(text)


def _as_new(typed: Any, prefix: str) -> Any:
    data = typed.copy() if isinstance(typed, QueryDict) else dict(typed)
    data[f"{prefix}-INITIAL_FORMS"] = "0"
    for number in range(_count(typed, f"{prefix}-TOTAL_FORMS")):
        data[f"{prefix}-{number}-id"] = ""
    return data
