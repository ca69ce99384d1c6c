"""What waits for the investigator's endorsement, by subject and milestone, read from the casebook."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from trial_edc.accounts.access import today
from trial_edc.audit.selectors import last_changes
from trial_edc.casebook.rendering.visits import visit_label
from trial_edc.casebook.selectors.facts import Facts, FormRecord
from trial_edc.casebook.selectors.status import Casebook, VisitState, ended_on
from trial_edc.protocol.endorsement import (
    END_OF_STUDY,
    MILESTONE_VISITS,
    Endorsement,
    Milestone,
    Unsigned,
    endorsements,
)
from trial_edc.protocol.parameters import integer
from trial_edc.protocol.visits.due import Phase, phase_within
from trial_edc.protocol.visits.schedule import visit as visit_definition

#: subjects -> their milestones beyond the visits, as dose decisions are
Finder = Callable[[list[UUID]], Mapping[UUID, list[Milestone]]]
_finders: list[Finder] = []


def register(finder: Finder) -> None:
    """Add milestones that the platform does not know; applications register theirs when they are ready."""
    if finder not in _finders:
        _finders.append(finder)


def milestones_of_applications(subjects: list[UUID]) -> dict[UUID, list[Milestone]]:
    """Return the milestones that other data than visits bring about, by subject; most subjects have none."""
    found: dict[UUID, list[Milestone]] = {}
    for finder in _finders:
        for subject, milestones in finder(subjects).items():
            found.setdefault(subject, []).extend(milestones)
    return found


def waiting_endorsements(books: Iterable[Casebook], facts: Facts) -> dict[UUID, list[Endorsement]]:
    """Return what waits at each milestone of each subject, as `FormRecord`s; one query more than the finders."""
    known = list(books)
    more = milestones_of_applications([book.subject.pk for book in known])
    unsigned = {book.subject.pk: list(unsigned_forms(book, facts)) for book in known}
    changed = days_of_last_change(record.pk for records in unsigned.values() for record, _day in records)
    days = integer("records.endorsement_days")
    return {
        book.subject.pk: endorsements(
            _dated(unsigned[book.subject.pk], changed),
            [*_milestones(book), *more.get(book.subject.pk, ())],
            within=days,
        )
        for book in known
    }


@dataclass(frozen=True)
class KeptMilestone:
    """A milestone that counts as reached on a day, from another day on: the same day, or when its window is over."""

    key: str
    reached: date
    counts_from: date
    closes: bool = False

    @property
    def label(self) -> str:
        return _("End of study") if self.closes else visit_label(visit_definition(self.key))


def milestones_to_come(book: Casebook) -> Iterator[KeptMilestone]:
    """Yield the milestones of a subject with the day from which each counts, those of days to come included."""
    for state in book.visits:
        if state.visit.code not in MILESTONE_VISITS:
            continue
        if state.row.visit_date is not None:
            yield KeptMilestone(state.visit.code, state.row.visit_date, date.min)
        elif state.window is not None and state.window.last is not None:
            last = state.window.last
            if state.row.not_done_reason:
                yield KeptMilestone(state.visit.code, last, last)
            elif _phase_on(book, state, last + timedelta(days=1)) is Phase.OVERDUE:
                yield KeptMilestone(state.visit.code, last, last + timedelta(days=1))
    ended = ended_on(book.subject)
    if ended is not None:
        yield KeptMilestone(END_OF_STUDY, ended, date.min, closes=True)


def _phase_on(book: Casebook, state: VisitState, day: date) -> Phase:
    ended = ended_on(book.subject)
    return phase_within(state.window, state.visit, today=day, ended_on=ended, visited_on=state.row.visit_date)


def waiting_by_day(unsigned: Iterable[Any], milestones: Iterable[KeptMilestone]) -> list[list[Any]]:
    """Return what waits at a subject's own milestones, from each day on which one more of them counts.

    `unsigned` are (day, day of the last change, how many); an entry of the answer is (first day, what waits), the
    latter as (milestone, reached, closes, how many forms, due).
    """
    known, forms = list(milestones), list(unsigned)
    found: list[list[Any]] = []
    for first in sorted({each.counts_from for each in known}):
        waiting = [
            [each.milestone.key, str(each.milestone.reached), each.milestone.closes, sum(each.forms), str(each.due)]
            for each in waiting_among(forms, [milestone for milestone in known if milestone.counts_from <= first])
        ]
        if not found or found[-1][1] != waiting:
            found.append([str(first), waiting])
    return found


def waiting_among(unsigned: Iterable[Any], milestones: Iterable[Milestone | KeptMilestone]) -> list[Endorsement]:
    """Return what waits at some milestones; `unsigned` as of `waiting_by_day`."""
    reached = [Milestone(each.key, each.label, each.reached, each.closes) for each in milestones]
    forms = (Unsigned(count, _day(day), _day(changed)) for day, changed, count in unsigned)
    return endorsements(forms, reached, within=integer("records.endorsement_days")) if reached else []


def _day(text: str) -> date:
    return date.fromisoformat(text)


def _milestones(book: Casebook) -> Iterator[Milestone]:
    """Yield the milestones this subject has reached: visits that took place or whose window is over, the end."""
    for state in book.visits:
        reached = _reached(state) if state.visit.code in MILESTONE_VISITS else None
        if reached is not None:
            yield Milestone(state.visit.code, visit_label(state.visit), reached)
    ended = ended_on(book.subject)
    if ended is not None:
        yield Milestone(END_OF_STUDY, _("End of study"), ended, closes=True)


def _reached(state: VisitState) -> date | None:
    if state.row.visit_date is not None:
        return state.row.visit_date
    over = state.phase is Phase.OVERDUE or bool(state.row.not_done_reason)
    last = state.window.last if state.window else None
    return last if over and last is not None and last <= today() else None


def unsigned_forms(book: Casebook, facts: Facts) -> Iterator[tuple[FormRecord, date | None]]:
    """Yield the complete forms without a valid signature, with the day of their visit (None: kept as a log)."""
    for state in book.visits:
        day = state.row.visit_date or (state.window.target if state.window else None)
        for form in state.forms:
            yield from ((record, day) for record in form.records if _waits(record, facts))
    for log in book.logs:
        yield from ((record, None) for record in log.records if _waits(record, facts))


def _waits(record: FormRecord, facts: Facts) -> bool:
    return record.state == "COMPLETE" and not (facts.signed and record.pk in facts.signed)


def days_of_last_change(roots: Iterable[UUID]) -> dict[UUID, date]:
    """Return the day of the last change of each form, signatures apart."""
    return {root: timezone.localdate(change.at) for root, change in last_changes(roots).items()}


def _dated(found: list[tuple[FormRecord, date | None]], changed: Mapping[UUID, date]) -> Iterator[Unsigned]:
    for record, day in found:
        last = changed.get(record.pk, today())
        yield Unsigned(record, day or last, last)
