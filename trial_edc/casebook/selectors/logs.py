"""A running log as a table: what each entry says in its first items, and the rows below it in one cell."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from trial_edc.casebook.display import display_value
from trial_edc.casebook.selectors.facts import Facts
from trial_edc.casebook.selectors.status import FormState, record_status, sum_queries
from trial_edc.casebook.selectors.visit_page import form_url
from trial_edc.crf import registry

#: How many of a form's required items stand in its table.
COLUMNS = 5


@dataclass(frozen=True)
class LogTable:
    """One running log of one subject."""

    oid: str
    title: Any
    headings: list[Any]
    lines: list[dict[str, Any]]
    add_url: str


def log_table(subject: Any, state: FormState, facts: Facts) -> LogTable:
    """Return the entries of a log: one query for the forms and one per table of rows, none while it is empty."""
    oid = state.form.oid
    model = registry.get(oid)
    items = registry.items(model)
    fields = ([field for field, item in items if item.required] or [field for field, _item in items])[:COLUMNS]
    tables = registry.row_tables(model)
    forms = {form.pk: form for form in model._default_manager.filter(subject=subject)} if state.records else {}
    rows = [_rows_text(table, list(forms)) for table in tables]
    lines = []
    for record in state.records:
        form = forms[record.pk]
        values = [display_value(field, getattr(form, field.name)) for field in fields]
        lines.append(
            {
                "number": record.sequence,
                "url": form_url(subject.identifier, record.visit, oid, record.sequence),
                "values": [*values[1:2], *(texts.get(record.pk, "") for texts in rows), *values[2:]],
                "first": values[0],
                "status": record_status(record, facts),
                "queries": sum_queries([record], facts),
            }
        )
    titles = [field.verbose_name for field in fields]
    headings = [*titles[:2], *(table.crf.title for table in tables), *titles[2:]]
    return LogTable(oid, state.form.title, headings, lines, form_url(subject.identifier, "LOG", oid))


def _rows_text(table: Any, forms: list[UUID]) -> dict[UUID, str]:
    found: dict[UUID, list[str]] = defaultdict(list)
    if not forms:
        return {}
    for row in table._default_manager.filter(record__in=forms).order_by("record", "position"):
        parts = [display_value(field, getattr(row, field.name)) for field, _item in registry.items(table)]
        found[row.record_id].append(" ".join(part for part in parts if part))
    return {pk: " → ".join(texts) for pk, texts in found.items()}
