"""What waits for the investigator's endorsement, by subject and milestone, read from the casebook."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from uuid import UUID

from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from trial_edc.accounts.access import today
from trial_edc.audit.models import ItemChange
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
from trial_edc.protocol.visits.due import Phase

#: subjects -> their milestones beyond the visits, as dose decisions are
Finder = Callable[[list[UUID]], Mapping[UUID, list[Milestone]]]
_finders: list[Finder] = []


def register(finder: Finder) -> None:
    """Add milestones that the platform does not know; applications register theirs when they are ready."""
    if finder not in _finders:
        _finders.append(finder)


def waiting_endorsements(books: Iterable[Casebook], facts: Facts) -> dict[UUID, list[Endorsement]]:
    """Return what waits at each milestone of each subject, as `FormRecord`s; one query more than the finders."""
    known = list(books)
    more: dict[UUID, list[Milestone]] = {}
    for finder in _finders:
        for subject, found in finder([book.subject.pk for book in known]).items():
            more.setdefault(subject, []).extend(found)
    unsigned = {book.subject.pk: list(_unsigned(book, facts)) for book in known}
    changed = _last_changes(record.pk for records in unsigned.values() for record, _day in records)
    days = integer("records.endorsement_days")
    return {
        book.subject.pk: endorsements(
            _dated(unsigned[book.subject.pk], changed),
            [*_milestones(book), *more.get(book.subject.pk, ())],
            within=days,
        )
        for book in known
    }


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


def _unsigned(book: Casebook, facts: Facts) -> Iterator[tuple[FormRecord, date | None]]:
    """Yield the complete forms without a valid signature, with the day of their visit (None: kept as a log)."""
    for state in book.visits:
        day = state.row.visit_date or (state.window.target if state.window else None)
        for form in state.forms:
            yield from ((record, day) for record in form.records if _waits(record, facts))
    for log in book.logs:
        yield from ((record, None) for record in log.records if _waits(record, facts))


def _waits(record: FormRecord, facts: Facts) -> bool:
    return record.state == "COMPLETE" and not (facts.signed and record.pk in facts.signed)


def _last_changes(roots: Iterable[UUID]) -> dict[UUID, date]:
    changes = ItemChange.objects.filter(root__in=list(roots)).exclude(entity="audit.signature")
    rows = changes.order_by().values_list("root").annotate(Max("changed_at"))
    return {root: timezone.localdate(moment) for root, moment in rows}


def _dated(found: list[tuple[FormRecord, date | None]], changed: Mapping[UUID, date]) -> Iterator[Unsigned]:
    for record, day in found:
        last = changed.get(record.pk, today())
        yield Unsigned(record, day or last, last)
