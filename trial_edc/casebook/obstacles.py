"""What stands in the way of closing a casebook or a visit of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from trial_edc.casebook.selectors.facts import Facts, FormRecord, read_facts
from trial_edc.casebook.selectors.status import Casebook, VisitState, casebook
from trial_edc.crf import registry
from trial_edc.crf.models import FormStatus
from trial_edc.errors import DomainError
from trial_edc.review.models import Closure


@dataclass(frozen=True)
class Obstacle:
    """What keeps a place open, in words, with the visit and form it stands at."""

    words: str
    visit: str
    oid: str = ""
    sequence: int = 0


@dataclass(frozen=True)
class Scope:
    """What is to be closed of one subject: a visit, or (no visit) everything, logs included."""

    book: Casebook
    facts: Facts
    visit: str = ""

    @property
    def subject(self) -> Any:
        return self.book.subject

    def visits(self) -> Iterator[VisitState]:
        return (state for state in self.book.visits if self.visit in ("", state.visit.code))

    def numbers(self) -> dict[str, int]:
        """Return how far the scope is from being closed: forms saved, those signed, points that keep it open."""
        records = self.records()
        return {
            "saved": len(records),
            "signed": sum(record.pk in self.facts.signed for record in records),
            "open-points": len(obstacles(self, to=Closure.State.FROZEN)),
        }

    def records(self) -> list[FormRecord]:
        """Return the saved forms of the scope, in protocol order."""
        found = [record for state in self.visits() for form in state.forms for record in form.records]
        return found + ([] if self.visit else [record for log in self.book.logs for record in log.records])


def scope_of(subject: Any, visit: str = "") -> Scope:
    """Read what stands at a visit, or at all of them; DomainError for a visit the protocol does not have."""
    facts = read_facts([subject.pk])
    book = casebook(subject, facts)
    if visit and book.at(visit) is None:
        raise DomainError(_("The protocol has no visit %(code)s.") % {"code": visit})
    return Scope(book, facts, visit)


def obstacles(scope: Scope, *, to: str) -> list[Obstacle]:
    """Return what has to be settled before the scope can be frozen or locked."""
    found = [
        Obstacle(_("%(form)s is not complete") % {"form": form.form.title}, state.visit.code, form.form.oid)
        for state in scope.visits()
        if state.status.code != "NOT_EXPECTED"
        for form in state.forms
        if _is_open(form, state)
    ]
    for record in scope.records():
        where = (record.visit, record.oid, record.sequence)
        title = registry.get(record.oid).crf.title
        if record.state == FormStatus.STARTED and not any(each.oid == record.oid for each in found):
            found.append(Obstacle(_("%(form)s is in progress") % {"form": title}, *where))
        if record.pk in scope.facts.queries:
            found.append(Obstacle(_("%(form)s has an unresolved query") % {"form": title}, *where))
        unsigned = record.pk not in scope.facts.signed and record.state != FormStatus.NOT_DONE
        if to == Closure.State.LOCKED and unsigned:
            found.append(Obstacle(_("%(form)s is not signed") % {"form": title}, *where))
    return found


def _is_open(form: Any, state: VisitState) -> bool:
    if state.row.not_done_reason or not form.form.required:
        return False
    return not form.is_done and form.status.code != "NOT_EXPECTED"
