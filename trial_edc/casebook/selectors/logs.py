"""A running log as a table: what each entry says in its first items, and the rows below it in one cell."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.urls import reverse
from django.utils.translation import gettext as _

from trial_edc.casebook.display import display_value
from trial_edc.casebook.selectors.facts import Facts, FormRecord
from trial_edc.casebook.selectors.status import FormState, record_status, sum_queries
from trial_edc.casebook.selectors.visit_page import form_url
from trial_edc.crf import registry
from trial_edc.crf.checks import is_missing
from trial_edc.protocol.status import LEAST_FINISHED_FIRST

#: How many of a form's required items stand in its table.
COLUMNS = 5
NUMBER, STATE = "no", "state"


@dataclass(frozen=True)
class Heading:
    """The heading of a column; its address sorts by it, `direction` is how the table is sorted by it now."""

    label: Any
    url: str
    direction: str = ""


@dataclass(frozen=True)
class Document:
    """What an entry of a log can be read as: `url(subject, form)` answers with its address, '' for none."""

    label: Any
    url: Callable[[Any, Any], str]


#: Kind of form -> the document of an entry; applications name theirs when they are ready.
_documents: dict[str, Document] = {}


def register_document(oid: str, document: Document) -> None:
    """Offer a document beside each entry of a log."""
    _documents[oid] = document


def row_key(oid: str, visit: str, sequence: int) -> str:
    """Return what a row of a log is called on its page; the way back from its form leads there.

    >>> row_key("AE", "LOG", 3)
    'log-AE-LOG-3'
    """
    return f"log-{oid}-{visit}-{sequence}"


def way_back(sorting: Mapping[str, str]) -> str:
    """Return what the address of a form carries so that it leads back to its log, sorted as it was.

    >>> way_back({}), way_back({"AE": "-term"})
    ('?next=log', '?next=log&sort=AE.-term')
    """
    return "?" + urlencode([("next", "log"), *(("sort", f"{oid}.{key}") for oid, key in sorting.items())])


@dataclass(frozen=True)
class LogTable:
    """One running log of one subject; the number is the first heading, the state the last."""

    oid: str
    title: Any
    headings: list[Heading]
    lines: list[dict[str, Any]]
    add_url: str
    #: What the document beside each entry is called, '' for none.
    document: Any = ""


@dataclass(frozen=True)
class _Column:
    """One column: its name in the address, its heading, and by entry the text and what it is sorted by."""

    key: str
    label: Any
    texts: Mapping[UUID, str]
    ranks: Mapping[UUID, Any]


def read_sorting(asked: Sequence[str]) -> dict[str, str]:
    """Return the column each log is sorted by, by OID; one that starts with a minus sorts downwards.

    >>> read_sorting(["AE.onset_date", "CM.-start_date", "nonsense"])
    {'AE': 'onset_date', 'CM': '-start_date'}
    """
    pairs = (text.partition(".") for text in asked)
    return {oid: key for oid, dot, key in pairs if dot and key}


def log_table(subject: Any, state: FormState, facts: Facts, sorting: Mapping[str, str] | None = None) -> LogTable:
    """Return the entries of a log: one query for the forms and one per table of rows, none while it is empty."""
    oid = state.form.oid
    wanted = dict(sorting or {})
    forms = _forms(registry.get(oid), subject) if state.records else {}
    columns = _columns(registry.get(oid), forms, state, facts)
    document = _documents.get(oid)
    records = _sorted(state.records, columns, wanted.get(oid, ""))
    shown = columns[1:-1]
    lines = [
        {
            "number": record.sequence,
            "key": row_key(oid, record.visit, record.sequence),
            "url": form_url(subject.identifier, record.visit, oid, record.sequence) + way_back(wanted),
            "first": shown[0].texts[record.pk],
            "values": [column.texts.get(record.pk, "") for column in shown[1:]],
            "status": record_status(record, facts),
            "queries": sum_queries([record], facts),
            "document": document.url(subject, forms[record.pk]) if document else "",
        }
        for record in records
    ]
    headings = [_heading(subject, oid, column, wanted) for column in columns]
    add_url = form_url(subject.identifier, "LOG", oid) + way_back(wanted)
    return LogTable(oid, state.form.title, headings, lines, add_url, document.label if document else "")


def _forms(model: Any, subject: Any) -> dict[UUID, Any]:
    return {form.pk: form for form in model._default_manager.filter(subject=subject)}


def _columns(model: Any, forms: Mapping[UUID, Any], state: FormState, facts: Facts) -> list[_Column]:
    items = registry.items(model)
    fields = ([field for field, item in items if item.required] or [field for field, _item in items])[:COLUMNS]
    values = [_values(field, forms) for field in fields]
    tables = [_rows(table, list(forms)) for table in registry.row_tables(model)]
    stages = {record.pk: LEAST_FINISHED_FIRST.index(record_status(record, facts)) for record in state.records}
    numbers = {record.pk: record.sequence for record in state.records}
    first, last = _Column(NUMBER, _("No."), {}, numbers), _Column(STATE, _("State"), {}, stages)
    return [first, *values[:2], *tables, *values[2:], last]


def _values(field: Any, forms: Mapping[UUID, Any]) -> _Column:
    raw = {pk: getattr(form, field.name) for pk, form in forms.items()}
    texts = {pk: display_value(field, value) for pk, value in raw.items()}
    by_words = bool(field.choices) or isinstance(field, ArrayField)
    ranks = {pk: _rank(texts[pk] if by_words else value) for pk, value in raw.items() if not is_missing(value)}
    return _Column(field.name, field.verbose_name, texts, ranks)


def _rank(value: Any) -> Any:
    return value.casefold() if isinstance(value, str) else value


def _rows(table: Any, forms: list[UUID]) -> _Column:
    found: dict[UUID, list[str]] = defaultdict(list)
    rows = table._default_manager.filter(record__in=forms).order_by("record", "position") if forms else ()
    for row in rows:
        parts = [display_value(field, getattr(row, field.name)) for field, _item in registry.items(table)]
        found[row.record_id].append(" ".join(part for part in parts if part))
    texts = {pk: " → ".join(each) for pk, each in found.items()}
    return _Column(table.crf.oid, table.crf.title, texts, {pk: _rank(text) for pk, text in texts.items()})


def _sorted(records: Sequence[FormRecord], columns: list[_Column], wanted: str) -> list[FormRecord]:
    """Return the records by the wanted column; entries without a value come last in either direction."""
    column = next((each for each in columns if each.key == wanted.removeprefix("-")), None)
    if column is None:
        return list(records)
    known = [record for record in records if record.pk in column.ranks]
    known.sort(key=lambda record: column.ranks[record.pk], reverse=wanted.startswith("-"))
    return known + [record for record in records if record.pk not in column.ranks]


def _heading(subject: Any, oid: str, column: _Column, wanted: Mapping[str, str]) -> Heading:
    now = wanted.get(oid, "")
    direction = {column.key: "ascending", f"-{column.key}": "descending"}.get(now, "")
    following = {**wanted, oid: f"-{column.key}" if direction == "ascending" else column.key}
    query = urlencode([("tab", "logs"), *(("sort", f"{log}.{key}") for log, key in following.items())])
    url = reverse("casebook:subject", args=[subject.identifier])
    return Heading(column.label, f"{url}?{query}#log-{oid}", direction)
