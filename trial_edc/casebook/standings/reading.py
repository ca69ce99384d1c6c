"""What is kept of one casebook: computed from the facts by the same functions that the pages of a subject use."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import Any, NamedTuple
from uuid import UUID, uuid5

from django.conf import settings

from trial_edc.casebook.endorsing import days_of_last_change, milestones_to_come, unsigned_forms, waiting_by_day
from trial_edc.casebook.models import FormStanding
from trial_edc.casebook.obstacles import Scope
from trial_edc.casebook.selectors.expected import ExpectedForm, expected_forms, planned_visits, running_logs
from trial_edc.casebook.selectors.facts import Facts, FormRecord, QueryCount, read_facts, verified_items
from trial_edc.casebook.selectors.status import Casebook, VisitState, casebook, record_status, visit_state
from trial_edc.casebook.selectors.verification import STATES, Counts
from trial_edc.casebook.selectors.worklists import (
    is_due,
    is_in_progress,
    is_to_sign,
    is_to_verify,
    samples_waiting,
    unsaved,
)
from trial_edc.casebook.standings import counting
from trial_edc.casebook.standings.items import Items, count_items
from trial_edc.protocol import status
from trial_edc.protocol.parameters import PARAMETERS
from trial_edc.protocol.visits.due import spans
from trial_edc.protocol.visits.schedule import visit as visit_definition
from trial_edc.protocol.visits.unscheduled import FIRST
from trial_edc.review.selectors import critical_items

#: Changes whenever what is kept, or how it is computed, changes.
VERSION = "2"
#: Where the running logs stand, and a form that no visit expects any more: after all others.
LOGS_PLACE, LAST_PLACE = 50_000, 100_000


class VisitRow(NamedTuple):
    """The columns of a VisitStanding."""

    subject_id: UUID
    visit: str
    place: int
    first_day: date
    last_day: date
    status: str
    is_due: bool
    due_day: date | None
    samples: list[str]
    done: int
    required: int
    begun: int
    open_queries: int
    answered_queries: int

    @property
    def says(self) -> tuple[Any, ...]:
        """Return what may differ from one span of days to the next."""
        return self.status, self.is_due, self.samples


class FormRow(NamedTuple):
    """The columns of a FormStanding."""

    id: UUID
    subject_id: UUID
    form: str
    visit: str
    sequence: int
    place: int
    state: str
    status: str
    in_progress: bool
    to_verify: bool
    to_sign: bool
    items: int = 0
    items_verified: int = 0
    items_changed: int = 0
    critical: int = 0
    critical_verified: int = 0
    critical_changed: int = 0


@dataclass
class Kept:
    """The rows of one subject, ready to be stored."""

    numbers: Counter[str]
    logs: dict[str, list[Any]]
    visits: list[VisitRow] = field(default_factory=list)
    forms: list[FormRow] = field(default_factory=list)
    unsigned: list[Any] = field(default_factory=list)
    milestones: list[Any] = field(default_factory=list)
    endorsements: list[Any] = field(default_factory=list)


@cache
def basis() -> str:
    """Return a digest of what a casebook is read by, beside the data: the schedule, the forms, the parameters."""
    visits = [*planned_visits(), visit_definition(FIRST)]
    forms = [_plain(form) for visit in visits for form in expected_forms(visit.code)]
    logs = [_plain(form) for form in running_logs()]
    counted = sorted((name, sorted(each.forms)) for name, each in counting.counted().items())
    known = (VERSION, settings.TIME_ZONE, visits, forms, logs, counted, verified_items(), critical_items(), PARAMETERS)
    return hashlib.sha256(repr(known).encode()).hexdigest()[:32]


def _plain(form: ExpectedForm) -> tuple[Any, ...]:
    """Return what a form of the schedule is, without its title, which is read in the language of the page."""
    return form.oid, form.required, form.records, form.repeating


def read(subjects: Sequence[Any], since: Mapping[UUID, int] | None = None) -> dict[UUID, Kept]:
    """Return what is kept of each subject: a number of statements that does not depend on how many they are.

    `since` gives the length of the chain at which a subject was read before; the items of forms are counted from there.
    """
    ids = [subject.pk for subject in subjects]
    facts = read_facts(ids)
    saved: dict[UUID, list[FormRecord]] = defaultdict(list)
    for (subject, _visit), records in facts.records.items():
        saved[subject] += records
    items = count_items({record.pk: pk for pk, records in saved.items() for record in records}, since or {})
    asked: dict[UUID, QueryCount] = defaultdict(QueryCount)
    for (subject, _visit), count in facts.queries_at.items():
        asked[subject] = asked[subject].plus(count)
    books = {subject.pk: casebook(subject, facts) for subject in subjects}
    found = {pk: _kept(book, facts, saved[pk], items) for pk, book in books.items()}
    _endorsements(found, books, facts)
    forms = {pk: {record.oid for record in saved[pk]} for pk in ids}
    counted = {name: each.of(forms) for name, each in counting.counted().items()}
    for pk, kept in found.items():
        kept.numbers["open"], kept.numbers["answered"] = asked[pk]
        kept.numbers.update({name: numbers.get(pk, 0) for name, numbers in counted.items()})
    return found


def _endorsements(found: dict[UUID, Kept], books: dict[UUID, Casebook], facts: Facts) -> None:
    """Note the complete forms without signature as (day, day of the last change, how many), and the milestones."""
    waiting = {pk: list(unsigned_forms(book, facts)) for pk, book in books.items()}
    changed = days_of_last_change(record.pk for forms in waiting.values() for record, _day in forms)
    for pk, kept in found.items():
        days = Counter((str(day or changed[record.pk]), str(changed[record.pk])) for record, day in waiting[pk])
        kept.unsigned = [[*pair, count] for pair, count in sorted(days.items())]
        milestones = list(milestones_to_come(books[pk]))
        kept.milestones = [[m.key, str(m.reached), str(m.counts_from), m.closes] for m in milestones]
        kept.endorsements = waiting_by_day(kept.unsigned, milestones)


def _kept(book: Casebook, facts: Facts, saved: list[FormRecord], items: dict[UUID, Items]) -> Kept:
    subject = book.subject
    kept = Kept(Counter(), {log.form.oid: [log.status.code, len(log.records), *log.queries] for log in book.logs})
    for place, state in enumerate(book.visits):
        kept.visits += _spans(subject, place, state, facts)
    places = _places(book)
    kept.forms = [
        _form(record, places.get(record.pk, LAST_PLACE), facts, items.get(record.pk, Items())) for record in saved
    ]
    kept.forms += [_draft(subject.pk, *place) for place in unsaved(subject, facts)]
    for form in kept.forms:
        _count(form, kept.numbers)
    kept.numbers.update(Scope(book, facts).numbers())
    return kept


def _spans(subject: Any, place: int, state: VisitState, facts: Facts) -> list[VisitRow]:
    """Return how a visit stands in each span of days; neighbouring spans that say the same are one."""
    found: list[VisitRow] = []
    for first_day, last_day in spans(state.window):
        day = last_day if first_day == date.min else first_day
        there = visit_state(subject, state.visit, facts, subject.anchors, today=day)
        row = _span(subject, place, there, first_day, last_day)
        if found and found[-1].says == row.says:
            found[-1] = found[-1]._replace(last_day=last_day)
        else:
            found.append(row)
    return found


def _span(subject: Any, place: int, state: VisitState, first_day: date, last_day: date) -> VisitRow:
    return VisitRow(
        subject_id=subject.pk, visit=state.visit.code, place=place, first_day=first_day, last_day=last_day,
        status=state.status.code, is_due=is_due(state), due_day=state.window.last if state.window else None,
        samples=samples_waiting(state), done=state.done_count, required=len(state.required),
        begun=sum(bool(form.records) or form.drafted for form in state.forms),
        open_queries=state.queries.open, answered_queries=state.queries.answered,
    )  # fmt: skip


def _places(book: Casebook) -> dict[UUID, int]:
    """Return where each saved form stands in the casebook: by visit, then by form; running logs last."""
    found: dict[UUID, int] = {}
    for number, log in enumerate(book.logs):
        found |= {record.pk: LOGS_PLACE + number for record in log.records}
    for place, state in enumerate(book.visits):
        for number, form in enumerate(state.forms):
            found |= {record.pk: place * 100 + number for record in form.records}
    return found


def _form(record: FormRecord, place: int, facts: Facts, items: Items) -> FormRow:
    shown = place != LAST_PLACE
    return FormRow(
        record.pk, record.subject, record.oid, record.visit, record.sequence, place, record.state,
        record_status(record, facts).code, shown and is_in_progress(record), shown and is_to_verify(record, facts),
        shown and is_to_sign(record, facts), *items.all, *items.critical,
    )  # fmt: skip


def _draft(subject: UUID, visit: str, oid: str, sequence: int) -> FormRow:
    key = uuid5(subject, f"{visit}/{oid}/{sequence}")
    return FormRow(key, subject, oid, visit, sequence, LAST_PLACE, "", status.IN_PROGRESS.code, True, False, False)


def _count(form: FormRow, numbers: Counter[str]) -> None:
    """Add one form to what pages count of a whole subject."""
    numbers["in-progress"] += form.in_progress
    numbers["to-verify"] += form.to_verify
    numbers["to-sign"] += form.to_sign
    for critical, counts in (("", items_of(form)), ("1", critical_of(form))):
        if counts.total:
            for name, value in zip(Counts._fields, counts, strict=True):
                numbers[f"{name}{critical}"] += value
            for state in STATES:
                numbers[f"forms-{state}{critical}"] += bool(counts.of(state))


def items_of(form: FormRow | FormStanding) -> Counts:
    """Return the items of a form that verification is about."""
    return Counts(form.items, form.items_verified, form.items_changed)


def critical_of(form: FormRow | FormStanding) -> Counts:
    """Return those of them that feed the dose decision."""
    return Counts(form.critical, form.critical_verified, form.critical_changed)
