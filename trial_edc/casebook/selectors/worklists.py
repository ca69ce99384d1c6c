"""Lists of work: what a counter counts is exactly what its list shows, because both are these functions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from trial_edc.casebook.rendering.visits import visit_label
from trial_edc.casebook.selectors.facts import Facts, FormRecord
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
        return visit_label(visit(self.visit))


#: What a list finds before it is put into lines: cheap, because counters only count.
Found = tuple[Casebook, VisitState | FormRecord | tuple[str, str, int]]


def overdue(books: Iterable[Casebook], _facts: Facts) -> Iterator[Found]:
    """Yield the visits whose window has closed without all required forms complete."""
    for book in books:
        for state in book.visits:
            if state.status is status.OVERDUE:
                yield book, state


def in_progress(books: Iterable[Casebook], facts: Facts) -> Iterator[Found]:
    """Yield the forms that were begun and are not complete, drafts that were never saved included."""
    for book in books:
        yield from ((book, record) for record in _records(book) if record.state == "STARTED")
        for (subject, code), drafts in facts.drafts.items():
            if subject == book.subject.pk:
                saved = {(r.oid, r.sequence) for r in facts.records.get((subject, code), ())}
                yield from ((book, (code, oid, sequence)) for oid, sequence in sorted(drafts - saved))


def to_verify(books: Iterable[Casebook], facts: Facts) -> Iterator[Found]:
    """Yield the complete forms that still have something to verify against source."""
    for book in books:
        for record in _records(book):
            if record.state == "COMPLETE" and not (facts.verified and record.pk in facts.verified):
                yield book, record


def to_sign(books: Iterable[Casebook], facts: Facts) -> Iterator[Found]:
    """Yield the complete forms without unresolved query that no valid signature covers."""
    for book in books:
        for record in _records(book):
            signed = bool(facts.signed) and record.pk in facts.signed
            if record.state == "COMPLETE" and not signed and not (facts.queries and record.pk in facts.queries):
                yield book, record


def _records(book: Casebook) -> Iterator[FormRecord]:
    """Yield every saved form of a subject, in protocol order, logs last."""
    for state in book.visits:
        for form in state.forms:
            yield from form.records
    for log in book.logs:
        yield from log.records


def entry(found: Found, facts: Facts) -> Entry:
    """Return what a list found as one of its lines."""
    book, what = found
    if isinstance(what, FormRecord):
        return Entry(book.subject, what.visit, what.oid, what.sequence, record_status(what, facts))
    if isinstance(what, VisitState):
        return Entry(book.subject, what.visit.code, "", 0, what.status)
    code, oid, sequence = what
    return Entry(book.subject, code, oid, sequence, status.IN_PROGRESS)


@dataclass(frozen=True)
class WorkList:
    """A list of work by its name in the address."""

    name: str
    title: Any
    icon: str
    colour: str
    find: Callable[[list[Casebook], Facts], Iterator[Found]]
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
