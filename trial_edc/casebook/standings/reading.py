"""What is kept of one casebook: computed from the facts by the same functions that the pages of a subject use."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import Any
from uuid import UUID, uuid5

from django.conf import settings

from trial_edc.casebook.models import FormStanding, VisitStanding
from trial_edc.casebook.selectors import verification
from trial_edc.casebook.selectors.expected import ExpectedForm, expected_forms, planned_visits, running_logs
from trial_edc.casebook.selectors.facts import NO_QUERIES, Facts, FormRecord, read_facts, verified_items
from trial_edc.casebook.selectors.status import Casebook, VisitState, casebook, record_status, visit_state
from trial_edc.casebook.selectors.verification import STATES, Counts, FormProgress
from trial_edc.casebook.selectors.worklists import (
    is_due,
    is_in_progress,
    is_to_sign,
    is_to_verify,
    samples_waiting,
    unsaved,
)
from trial_edc.protocol import status
from trial_edc.protocol.parameters import PARAMETERS
from trial_edc.protocol.visits.due import spans
from trial_edc.protocol.visits.schedule import visit as visit_definition
from trial_edc.protocol.visits.unscheduled import FIRST
from trial_edc.review.selectors import critical_items

#: Changes whenever what is kept, or how it is computed, changes.
VERSION = "1"
#: Where a form stands that no visit expects any more: after all others.
LAST_PLACE = 100_000
NOTHING = Counts()


@dataclass
class Kept:
    """The rows of one subject, ready to be stored."""

    numbers: Counter[str]
    logs: dict[str, list[Any]]
    visits: list[VisitStanding] = field(default_factory=list)
    forms: list[FormStanding] = field(default_factory=list)


@cache
def basis() -> str:
    """Return a digest of what a casebook is read by, beside the data: the schedule, the forms, the parameters."""
    visits = [*planned_visits(), visit_definition(FIRST)]
    forms = [_plain(form) for visit in visits for form in expected_forms(visit.code)]
    logs = [_plain(form) for form in running_logs()]
    known = (VERSION, settings.TIME_ZONE, visits, forms, logs, verified_items(), critical_items(), PARAMETERS)
    return hashlib.sha256(repr(known).encode()).hexdigest()[:32]


def _plain(form: ExpectedForm) -> tuple[Any, ...]:
    """Return what a form of the schedule is, without its title, which is read in the language of the page."""
    return form.oid, form.required, form.records, form.repeating


def read(subjects: Sequence[Any]) -> dict[UUID, Kept]:
    """Return what is kept of each subject: a number of statements that does not depend on how many they are."""
    ids = [subject.pk for subject in subjects]
    facts, items = read_facts(ids), {form.root: form for form in verification.progress(ids)}
    return {subject.pk: _kept(subject, facts, items) for subject in subjects}


def _kept(subject: Any, facts: Facts, items: dict[UUID, FormProgress]) -> Kept:
    book = casebook(subject, facts)
    kept = Kept(Counter(), {log.form.oid: [log.status.code, len(log.records), *log.queries] for log in book.logs})
    for place, state in enumerate(book.visits):
        kept.visits += _spans(subject, place, state, facts)
    places = _places(book)
    for record in _all_records(subject, facts):
        kept.forms.append(_form(record, places.get(record.pk, LAST_PLACE), facts, items.get(record.pk)))
    kept.forms += [_draft(subject.pk, *place) for place in unsaved(subject, facts)]
    _count(kept, facts, subject)
    return kept


def _spans(subject: Any, place: int, state: VisitState, facts: Facts) -> Iterator[VisitStanding]:
    """Yield how a visit stands in each span of days; neighbouring spans that say the same are one."""
    last: VisitStanding | None = None
    for first_day, last_day in spans(state.window):
        day = last_day if first_day == date.min else first_day
        there = visit_state(subject, state.visit, facts, subject.anchors, today=day)
        row = _span(subject, place, there, first_day, last_day)
        if last is not None and _says(last) == _says(row):
            last.last_day = last_day
            continue
        if last is not None:
            yield last
        last = row
    if last is not None:
        yield last


def _span(subject: Any, place: int, state: VisitState, first_day: date, last_day: date) -> VisitStanding:
    return VisitStanding(
        subject_id=subject.pk, visit=state.visit.code, place=place, first_day=first_day, last_day=last_day,
        status=state.status.code, is_due=is_due(state), due_day=state.window.last if state.window else None,
        samples=samples_waiting(state), done=state.done_count, required=len(state.required),
        begun=sum(bool(form.records) or form.drafted for form in state.forms),
        open_queries=state.queries.open, answered_queries=state.queries.answered,
    )  # fmt: skip


def _says(row: VisitStanding) -> tuple[Any, ...]:
    return row.status, row.is_due, row.samples


def _places(book: Casebook) -> dict[UUID, int]:
    """Return where each saved form stands in the casebook: by visit, then by form; running logs last."""
    found: dict[UUID, int] = {}
    for place, state in enumerate(book.visits):
        for number, form in enumerate(state.forms):
            found |= {record.pk: place * 100 + number for record in form.records}
    for number, log in enumerate(book.logs):
        found |= {
            record.pk: len(book.visits) * 100 + 9_000 + number for record in log.records if record.pk not in found
        }
    return found


def _all_records(subject: Any, facts: Facts) -> Iterator[FormRecord]:
    for (pk, _visit), records in facts.records.items():
        if pk == subject.pk:
            yield from records


def _form(record: FormRecord, place: int, facts: Facts, progress: FormProgress | None) -> FormStanding:
    shown = place != LAST_PLACE
    items, critical = (progress.items, progress.critical) if progress else (NOTHING, NOTHING)
    return FormStanding(
        id=record.pk, subject_id=record.subject, form=record.oid, visit=record.visit, sequence=record.sequence,
        place=place, state=record.state, status=record_status(record, facts).code,
        in_progress=shown and is_in_progress(record), to_verify=shown and is_to_verify(record, facts),
        to_sign=shown and is_to_sign(record, facts), items=items.total, items_verified=items.verified,
        items_changed=items.changed, critical=critical.total, critical_verified=critical.verified,
        critical_changed=critical.changed,
    )  # fmt: skip


def _draft(subject: UUID, visit: str, oid: str, sequence: int) -> FormStanding:
    return FormStanding(
        id=uuid5(subject, f"{visit}/{oid}/{sequence}"), subject_id=subject, form=oid, visit=visit, sequence=sequence,
        place=LAST_PLACE, status=status.IN_PROGRESS.code, in_progress=True, to_verify=False, to_sign=False, items=0,
        items_verified=0, items_changed=0, critical=0, critical_verified=0, critical_changed=0,
    )  # fmt: skip


def _count(kept: Kept, facts: Facts, subject: Any) -> None:
    """Add up what pages count of a whole subject."""
    numbers = kept.numbers
    for form in kept.forms:
        numbers["in-progress"] += form.in_progress
        numbers["to-verify"] += form.to_verify
        numbers["to-sign"] += form.to_sign
        for critical, counts in (("", items_of(form)), ("1", critical_of(form))):
            for name, value in zip(Counts._fields, counts, strict=True):
                numbers[f"{name}{critical}"] += value
            for state in STATES:
                numbers[f"forms-{state}{critical}"] += bool(counts.of(state))
    asked = NO_QUERIES
    for (pk, _visit), count in facts.queries_at.items():
        asked = asked.plus(count) if pk == subject.pk else asked
    numbers["open"], numbers["answered"] = asked


def items_of(form: FormStanding) -> Counts:
    return Counts(form.items, form.items_verified, form.items_changed)


def critical_of(form: FormStanding) -> Counts:
    return Counts(form.critical, form.critical_verified, form.critical_changed)
