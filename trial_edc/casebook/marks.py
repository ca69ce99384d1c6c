"""What hangs on each item of a form in front of a person, what is left to resolve, and how far each section is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from trial_edc.casebook.entry import Entry
from trial_edc.casebook.rendering.controls import full_label
from trial_edc.casebook.rendering.dates import echo_of
from trial_edc.crf.checks import broken_checks
from trial_edc.crf.fields import meaning_of
from trial_edc.review.models import Query
from trial_edc.review.selectors import Asked, Versions


@dataclass
class Doubt:
    """A soft check on a value, and whether somebody confirmed it."""

    code: str
    message: str
    confirmed: bool = False
    explanation: str = ""


@dataclass
class QueryMark:
    """The unresolved conversation about one item; `state` is the more urgent where there are several."""

    state: str
    number: int
    count: int
    id: UUID


@dataclass
class Marks:
    """Everything that hangs on one item; `row` is its row, where it stands in a table."""

    soft: list[Doubt] = field(default_factory=list)
    hard: list[str] = field(default_factory=list)
    query: QueryMark | None = None
    changed: int = 0
    verified: bool = False
    missing: str = ""
    echo: str = ""
    row: UUID | None = None


def marks(entry: Entry, versions: Mapping[str, Versions]) -> dict[str, Marks]:
    """Return what hangs on each item of the form; `versions` is what the trail holds of each."""
    found: dict[str, Marks] = defaultdict(Marks)
    record = entry.record
    for check in _doubts(entry):
        key = (check.oid, entry.value_text(check))
        sent = bool(entry.typed and entry.typed.get(f"confirm-{check.oid}"))
        doubt = Doubt(check.oid, str(check.message), sent or key in entry.confirmed, entry.confirmed.get(key, ""))
        found[check.place].soft.append(doubt)
    for name, code in entry.missing.items():
        found[name].missing = code
    for bound in entry.form:
        if getattr(bound.field, "kind", "") in ("date", "partial_date"):
            found[bound.name].echo = echo_of(getattr(record, bound.name), entry.place.subject.infusion_date)
    for name, held in versions.items():
        found[name].changed, found[name].verified = held.number, held.verified
    for name, asked in _by(attrgetter("field"), entry.said.on_form).items():
        found[name].query = _query_mark(asked)
    return found


def _doubts(entry: Entry) -> list[Any]:
    if entry.form.is_bound:
        return entry.form.soft
    return [check for check in broken_checks(entry.record, entry.all_rows()) if not check.hard and not check.needed]


def _by(key: Callable[[Asked], Any], queries: Iterable[Asked]) -> dict[Any, list[Asked]]:
    found: dict[Any, list[Asked]] = defaultdict(list)
    for query in queries:
        found[key(query)].append(query)
    return found


def _query_mark(queries: list[Asked]) -> QueryMark:
    first = next((query for query in queries if query.state == Query.State.OPEN), queries[0])
    return QueryMark(first.state, first.number, len(queries), first.id)


def row_marks(entry: Entry) -> dict[UUID, dict[str, Marks]]:
    """Return the unresolved queries on the rows of a saved form: by row, then by item."""
    found: dict[UUID, dict[str, Marks]] = defaultdict(dict)
    for (row, name), asked in _by(attrgetter("record", "field"), entry.said.on_rows).items():
        found[row][name] = Marks(query=_query_mark(asked), row=row)
    return found


def to_resolve(entry: Entry) -> list[dict[str, Any]]:
    lines = []
    names = {bound.name: bound for bound in entry.form}
    for name, mark in entry.form.flags.items():
        if name not in names:
            continue
        bound = names[name]
        entry_line = {"href": f"#row-{bound.auto_id}"}
        if mark.query and mark.query.state == "open":
            lines.append(entry_line | {"kind": "query", "label": _("%(item)s: query open") % {"item": bound.label}})
        for doubt in mark.soft:
            if not doubt.confirmed:
                lines.append(entry_line | {"kind": "soft", "label": _("%(item)s: confirm") % {"item": bound.label}})
    for name in entry.unanswered():
        bound = names[name]
        lines.append(
            {
                "href": f"#row-{bound.auto_id}",
                "kind": "missing",
                "label": _("%(item)s: missing") % {"item": bound.label},
            }
        )
    for name, errors in entry.form.errors.items():
        if name in names and errors and name not in entry.unanswered():
            lines.append(
                {"href": f"#row-{names[name].auto_id}", "kind": "hard", "label": f"{names[name].label}: {errors[0]}"}
            )
    return lines


def rows_to_resolve(form: Any, where: str) -> list[dict[str, Any]]:
    """Return the open queries and the errors on one row of a table, as lines of what to resolve.

    `where` names the row; a row that is about something is called by that.
    """
    asked = [name for name, mark in (form.flags or {}).items() if mark.query and mark.query.state == Query.State.OPEN]
    lines = [
        {
            "href": f"#{form[name].auto_id}",
            "kind": "query",
            "label": _("%(item)s: query open") % {"item": _in_row(form[name], where)},
        }
        for name in asked
        if name in form.fields
    ]
    errors = form.errors.items() if form.is_bound and not is_removed(form) else ()
    return lines + [
        {"href": f"#{form[name].auto_id}", "kind": "hard", "label": f"{_in_row(form[name], where)}: {found[0]}"}
        for name, found in errors
        if name in form.fields
    ]


def is_removed(form: Any) -> bool:
    """Test whether a row was ticked for removal: what is wrong with it matters no more."""
    return bool(getattr(form, "cleaned_data", {}).get("DELETE"))


def _in_row(field: Any, where: str) -> str:
    named = full_label(field)
    return named if named != str(field.label) else f"{where}, {field.label}"


def _asked(entry: Entry, name: str) -> bool:
    return meaning_of(entry.record._meta.get_field(name)).applies_to(entry.record)


def sections(entry: Entry) -> list[dict[str, Any]]:
    found = []
    for section in type(entry.record).crf.sections:
        names = [name for name in section.fields if name in entry.form.fields and _asked(entry, name)]
        if not names:
            continue
        answered = sum(getattr(entry.record, name) not in (None, "", []) or name in entry.missing for name in names)
        errors = sum(bool(entry.form.errors.get(name)) for name in names) if entry.form.is_bound else 0
        found.append({"title": section.title, "answered": answered, "total": len(names), "errors": errors})
    return found
