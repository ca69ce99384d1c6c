"""The forms of one kind that a subject has on file, with their rows: what came before an assessment, and the baseline.

The models are found by their form's OID, so that the edit checks of a model may ask what other forms say.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from trial_edc.audit.selectors import load
from trial_edc.crf import registry
from trial_edc.crf.models import FormStatus
from trial_edc.protocol.visits.schedule import order_of
from trial_edc.protocol.visits.unscheduled import is_unscheduled

#: Visits whose tumour forms identify the lesions; every other one follows them. The later one wins.
BASELINE_VISITS = ("SCR", "BL")
#: Where a subject carries what a page has read of it.
READ_ONCE = "_read_once"


@dataclass(frozen=True)
class Filed:
    """Forms in the order of visits, and their rows by table and form; forms marked as not done are left out."""

    forms: tuple[Any, ...]
    _rows: dict[str, dict[UUID, list[Any]]] = field(default_factory=dict)

    def rows(self, table: str, form: Any) -> list[Any]:
        """Return the rows of one table of a form, in their order."""
        return self._rows[table][form.pk]

    def at(self, visit: str) -> Any | None:
        """Return the first form at a visit, or None."""
        return next((form for form in self.forms if form.visit == visit), None)

    def replaced(self, record: Any, rows: Sequence[Any]) -> Filed:
        """Return the same with one form as it stands in front of a person, saved or not."""
        forms = [*(form for form in self.forms if form.pk != record.pk), record]
        tables: dict[str, dict[UUID, list[Any]]] = {
            oid: defaultdict(list, found) | {record.pk: rows_of(rows, oid)} for oid, found in self._rows.items()
        }
        return Filed(tuple(sorted(forms, key=_place)), tables)

    @property
    def baseline(self) -> Any | None:
        """Return the assessed baseline form in force: a repeated baseline replaces that of screening."""
        found = [form for form in self.forms if form.visit in BASELINE_VISITS and form.imaging_done]
        return found[-1] if found else None

    def before(self, record: Any) -> list[Any]:
        """Return the later assessments that came before this one, the latest first."""
        earlier = [
            form
            for form in self.forms
            if form.visit not in BASELINE_VISITS and form.imaging_done and form.pk != record.pk and comes(form, record)
        ]
        return sorted(earlier, key=lambda form: (form.scan_date or date.min, order_of(form.visit)), reverse=True)


def comes(early: Any, late: Any) -> bool:
    """Test whether one assessment comes before another: by the scans' dates, else by the order of the visits."""
    if early.scan_date is not None and late.scan_date is not None:
        return bool(early.scan_date < late.scan_date)
    return order_of(early.visit) < order_of(late.visit) or any(map(is_unscheduled, (early.visit, late.visit)))


def filed(subject: Any, oid: str, *, as_of: datetime | None = None) -> Filed:
    """Return the forms of one kind of a subject, live or as of a cut-off: one query for the forms, one per table."""
    kept: dict[str, Filed] | None = subject.__dict__.get(READ_ONCE) if as_of is None else None
    if kept is None:
        return _read(subject, oid, as_of)
    if oid not in kept:
        kept[oid] = _read(subject, oid, None)
    return kept[oid]


def read_once(subject: Any) -> None:
    """Let a page that only reads look up each kind of form once, however many of its parts ask for it."""
    subject.__dict__[READ_ONCE] = {}


def _read(subject: Any, oid: str, as_of: datetime | None) -> Filed:
    model: Any = registry.get(oid)
    forms = [form for form in load(model, as_of=as_of, subject=subject) if form.status != FormStatus.NOT_DONE]
    forms.sort(key=_place)
    for form in forms:
        form.subject = subject  # so that what a page has read once is found from each form too
    tables: Sequence[Any] = registry.row_tables(model)
    return Filed(tuple(forms), {table.crf.oid: _by_form(load(table, as_of=as_of, subject=subject)) for table in tables})


def filed_by_subject(oid: str, *, as_of: datetime | None = None) -> dict[UUID, Filed]:
    """Return the same of every subject: one query for the forms, one per table, however many subjects."""
    model: Any = registry.get(oid)
    forms: dict[UUID, list[Any]] = defaultdict(list)
    for form in load(model, as_of=as_of):
        if form.status != FormStatus.NOT_DONE:
            forms[form.subject_id].append(form)
    tables: Sequence[Any] = registry.row_tables(model)
    rows = {table.crf.oid: _by_form(load(table, as_of=as_of)) for table in tables}
    return {subject: Filed(tuple(sorted(found, key=_place)), rows) for subject, found in forms.items()}


def _place(form: Any) -> tuple[tuple[int, int], int]:
    return order_of(form.visit), form.sequence


def _by_form(rows: list[Any]) -> dict[UUID, list[Any]]:
    found: dict[UUID, list[Any]] = defaultdict(list)
    for row in sorted(rows, key=lambda each: (each.position, str(each.pk))):
        found[row.record_id].append(row)
    return found


def others(record: Any, oid: str) -> Filed:
    """Return what is on file of a kind of form beside the record in front of a person; read once per record."""
    kept: dict[str, Filed] = record.__dict__.setdefault("_filed", {})
    if oid not in kept:
        kept[oid] = filed(record.subject, oid)
    return kept[oid]


def rows_of(rows: Sequence[Any], table: str) -> list[Any]:
    """Return the rows of one table among those of all tables of a form."""
    return [row for row in rows if row.crf.oid == table]
