"""Lists of work: what a counter counts is exactly what its list shows, because both are these functions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from trial_edc.casebook.selectors.facts import NO_QUERIES, Facts, FormRecord
from trial_edc.casebook.selectors.status import Casebook, VisitState, record_status
from trial_edc.protocol import status
from trial_edc.protocol.status import Status
from trial_edc.protocol.visits.schedule import visit


@dataclass(frozen=True)
class Entry:
    """One line of a list of work: a visit as a whole (no form), or one form; sequence 0 is a draft not yet saved."""

    subject: Any
    visit: str
    oid: str
    sequence: int
    status: Status

    @property
    def visit_label(self) -> str:
        return visit(self.visit).label


def overdue(books: Iterable[Casebook], _facts: Facts) -> Iterator[Entry]:
    """Yield the visits whose window has closed without all required forms complete."""
    for book in books:
        for state in book.visits:
            if state.status is status.OVERDUE:
                yield _visit_entry(book, state)


def in_progress(books: Iterable[Casebook], facts: Facts) -> Iterator[Entry]:
    """Yield the forms that were begun and are not complete, drafts that were never saved included."""
    for book, record in _records(books, facts):
        if record.state == "STARTED":
            yield _form_entry(book, record, status.IN_PROGRESS)
    for book in books:
        for (subject, code), drafts in facts.drafts.items():
            if subject == book.subject.pk:
                saved = {(r.oid, r.sequence) for r in facts.records.get((subject, code), ())}
                for oid, sequence in sorted(drafts - saved):
                    yield Entry(book.subject, code, oid, sequence, status.IN_PROGRESS)


def to_verify(books: Iterable[Casebook], facts: Facts) -> Iterator[Entry]:
    """Yield the complete forms that still have something to verify against source."""
    for book, record in _records(books, facts):
        if record.state == "COMPLETE" and record.pk not in facts.verified:
            yield _form_entry(book, record, record_status(record, facts))


def to_sign(books: Iterable[Casebook], facts: Facts) -> Iterator[Entry]:
    """Yield the complete forms without unresolved query that no valid signature covers."""
    for book, record in _records(books, facts):
        clear = facts.queries.get(record.pk, NO_QUERIES) == NO_QUERIES
        if record.state == "COMPLETE" and clear and record.pk not in facts.signed:
            yield _form_entry(book, record, record_status(record, facts))


def _records(books: Iterable[Casebook], facts: Facts) -> Iterator[tuple[Casebook, FormRecord]]:
    by_subject = {book.subject.pk: book for book in books}
    for (subject, _visit), records in facts.records.items():
        if subject in by_subject:
            for record in records:
                yield by_subject[subject], record


def _visit_entry(book: Casebook, state: VisitState) -> Entry:
    return Entry(book.subject, state.visit.code, "", 0, state.status)


def _form_entry(book: Casebook, record: FormRecord, shown: Status) -> Entry:
    return Entry(book.subject, record.visit, record.oid, record.sequence, shown)


@dataclass(frozen=True)
class WorkList:
    """A list of work by its name in the address."""

    name: str
    title: Any
    icon: str
    colour: str
    entries: Callable[[list[Casebook], Facts], Iterator[Entry]]
    empty: Any


WORK_LISTS: dict[str, WorkList] = {
    each.name: each
    for each in (
        WorkList("overdue", _("Overdue visits"), "clock-fill", "warn", overdue, _("No visit is overdue.")),
        WorkList(
            "in-progress", _("Forms in progress"), "circle-half", "info", in_progress, _("No form is in progress.")
        ),
        WorkList(
            "to-verify", _("To source verify"), "shield-check", "sdv", to_verify, _("No form waits for verification.")
        ),
        WorkList("to-sign", _("Ready to sign"), "vector-pen", "sign", to_sign, _("No form waits for a signature.")),
    )
}
