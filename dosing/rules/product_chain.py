"""The way of one product from collection to infusion, read from its ledger.

Purpose: say where a product stands, what may follow, and whether a further entry fits. A ledger is never edited: an
entry is corrected or withdrawn by a further one.

Inputs: the entries of one product in the order they were written; moments aware of their zone.

Algorithm
    1. A milestone is added at the end. A correction takes the place of the entry it names; a withdrawal takes that
       entry out and names the same milestone, so that nobody withdraws another one by a slip.
    2. Only an entry that still holds can be corrected or withdrawn.
    3. What holds must begin with the collection; each step must be one that the table of the product allows after
       the step before it, and none may be earlier than the step before it. Equal moments are allowed.

Source: protocol, chain of identity; the allowed steps are `trial_edc.protocol.state_machines.PRODUCT`.

>>> from datetime import UTC
>>> start = datetime(2026, 3, 2, 9, tzinfo=UTC)
>>> first = LedgerEntry(1, Kind.MILESTONE, "COLLECTED", start)
>>> read_ledger([first]).may_follow
('SHIPPED_TO_MANUFACTURER',)
>>> read_ledger([first, LedgerEntry(2, Kind.MILESTONE, "STORED", start)]).problem.fault.value
'NOT_ALLOWED'
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from trial_edc.protocol.state_machines import PRODUCT

RULE = "product-chain"
VERSION = "1.0.0"


class Kind(StrEnum):
    """What an entry of the ledger does."""

    MILESTONE = "MILESTONE"
    CORRECTION = "CORRECTION"
    WITHDRAWAL = "WITHDRAWAL"


class Fault(StrEnum):
    """Why an entry does not fit."""

    UNKNOWN_ENTRY = "UNKNOWN_ENTRY"
    SUPERSEDED_ENTRY = "SUPERSEDED_ENTRY"
    OTHER_MILESTONE = "OTHER_MILESTONE"
    NOT_THE_FIRST = "NOT_THE_FIRST"
    NOT_ALLOWED = "NOT_ALLOWED"
    TOO_EARLY = "TOO_EARLY"


@dataclass(frozen=True)
class LedgerEntry:
    """One entry; `number` counts within the ledger, `corrects` is the number of the entry it corrects or withdraws."""

    number: int
    kind: Kind
    milestone: str
    moment: datetime
    corrects: int | None = None


@dataclass(frozen=True)
class Problem:
    """The entry that does not fit, the step before it, and the milestones that would have been allowed."""

    fault: Fault
    entry: LedgerEntry
    previous: LedgerEntry | None = None
    allowed: tuple[str, ...] = ()


@dataclass(frozen=True)
class ProductChain:
    """The entries that hold, in the order of the product's way; `problem` is the first entry that does not fit."""

    steps: tuple[LedgerEntry, ...]
    problem: Problem | None = None

    @property
    def state(self) -> str | None:
        """The last milestone, None before the collection."""
        return self.steps[-1].milestone if self.steps else None

    @property
    def may_follow(self) -> tuple[str, ...]:
        """The milestones that may come next; none after the end of the product."""
        return (PRODUCT.initial,) if self.state is None else tuple(PRODUCT.transitions[self.state])


def read_ledger(entries: Sequence[LedgerEntry]) -> ProductChain:
    """Return the chain by the algorithm above."""
    steps: list[LedgerEntry] = []
    for entry in entries:
        if entry.kind is Kind.MILESTONE:
            steps.append(entry)
            continue
        place = next((place for place, step in enumerate(steps) if step.number == entry.corrects), None)
        if place is None:
            return ProductChain(tuple(steps), Problem(_why_not(entry, entries), entry))
        if entry.kind is Kind.CORRECTION:
            steps[place] = entry
        elif steps[place].milestone == entry.milestone:
            del steps[place]
        else:
            return ProductChain(tuple(steps), Problem(Fault.OTHER_MILESTONE, entry, steps[place]))
    return ProductChain(tuple(steps), _first_misfit(steps))


def _why_not(entry: LedgerEntry, entries: Sequence[LedgerEntry]) -> Fault:
    known = {earlier.number for earlier in entries if earlier.number < entry.number}
    return Fault.SUPERSEDED_ENTRY if entry.corrects in known else Fault.UNKNOWN_ENTRY


def _first_misfit(steps: Sequence[LedgerEntry]) -> Problem | None:
    previous: LedgerEntry | None = None
    for step in steps:
        if previous is None:
            if step.milestone != PRODUCT.initial:
                return Problem(Fault.NOT_THE_FIRST, step, None, (PRODUCT.initial,))
        elif not PRODUCT.allowed(previous.milestone, step.milestone):
            return Problem(Fault.NOT_ALLOWED, step, previous, tuple(PRODUCT.transitions[previous.milestone]))
        elif step.moment < previous.moment:
            return Problem(Fault.TOO_EARLY, step, previous)
        previous = step
    return None
