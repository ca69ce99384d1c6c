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
from trial_edc.protocol.forms import SAMPLE_FORMS
from trial_edc.protocol.status import Status
from trial_edc.protocol.visits.due import Phase
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


def is_overdue(state: VisitState) -> bool:
    """Test whether the window of a visit has closed without all required forms complete."""
    return state.status is status.OVERDUE


def is_due(state: VisitState) -> bool:
    """Test whether the window of a visit is open and its required forms are not all complete."""
    return state.phase is Phase.DUE and state.status in (status.NOT_STARTED, status.IN_PROGRESS)


def samples_waiting(state: VisitState) -> list[str]:
    """Return the forms of samples that a visit due now asks for and of which nothing is entered."""
    if state.phase is not Phase.DUE:
        return []
    return [
        form.form.oid
        for form in state.forms
        if form.form.required and form.form.oid in SAMPLE_FORMS and form.status is status.NOT_STARTED
    ]


def is_in_progress(record: FormRecord) -> bool:
    """Test whether a saved form was begun and is not complete."""
    return record.state == "STARTED"


def is_to_verify(record: FormRecord, facts: Facts) -> bool:
    """Test whether a complete form still has something to verify against source."""
    return record.state == "COMPLETE" and not (facts.verified and record.pk in facts.verified)


def is_to_sign(record: FormRecord, facts: Facts) -> bool:
    """Test whether no valid signature covers a complete form without unresolved query."""
    if record.state != "COMPLETE" or (facts.signed and record.pk in facts.signed):
        return False
    return not (facts.queries and record.pk in facts.queries)


def unsaved(subject: Any, facts: Facts) -> list[tuple[str, str, int]]:
    """Return (visit, form, number) of what somebody has typed of a subject and never saved."""
    found: list[tuple[str, str, int]] = []
    for (pk, code), drafts in facts.drafts.items():
        if pk == subject.pk:
            saved = {(record.oid, record.sequence) for record in facts.records.get((pk, code), ())}
            found += [(code, oid, sequence) for oid, sequence in drafts - saved]
    return sorted(found)


def overdue(books: Iterable[Casebook], _facts: Facts) -> Iterator[Found]:
    """Yield the visits whose window has closed without all required forms complete."""
    for book in books:
        for state in book.visits:
            if is_overdue(state):
                yield book, state


def in_progress(books: Iterable[Casebook], facts: Facts) -> Iterator[Found]:
    """Yield the forms that were begun and are not complete, drafts that were never saved included."""
    for book in books:
        yield from ((book, record) for record in records_of(book) if is_in_progress(record))
        yield from ((book, place) for place in unsaved(book.subject, facts))


def to_verify(books: Iterable[Casebook], facts: Facts) -> Iterator[Found]:
    """Yield the complete forms that still have something to verify against source."""
    for book in books:
        yield from ((book, record) for record in records_of(book) if is_to_verify(record, facts))


def to_sign(books: Iterable[Casebook], facts: Facts) -> Iterator[Found]:
    """Yield the complete forms without unresolved query that no valid signature covers."""
    for book in books:
        yield from ((book, record) for record in records_of(book) if is_to_sign(record, facts))


def records_of(book: Casebook) -> Iterator[FormRecord]:
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
