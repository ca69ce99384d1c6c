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
    tables: list[Any] = registry.row_tables(place.model)
    opening = hooks.seeds(place.oid, place.subject, place.visit) if tables and not record and typed is None else {}
    for table in tables:
        prefix = table.crf.oid
        saved = table._default_manager.filter(record=record) if record else table._default_manager.none()
        data = typed
        known = sorted(str(pk) for pk in saved.values_list("pk", flat=True))
        if typed is not None and _sent_ids(typed, prefix) != known:
            misfits.add(prefix)
            data, saved = _as_new(typed, prefix), table._default_manager.none()
        rows = opening.get(prefix, [])
        formset = row_formset(table, extra=len(rows))
        found[prefix] = formset(data, queryset=saved.order_by("position"), prefix=prefix, initial=rows)
    return found, misfits


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
