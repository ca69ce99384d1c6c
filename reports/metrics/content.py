"""What the report on queries and source verification says: counts, and times in days as decimal texts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from json import dumps

from reports.content.safety import plain_value

#: Changes when the same data would be counted in another way.
CONTENT_VERSION = "1.0.0"
#: Classes of age in whole days, as (from, to); the last has no end.
AGE_CLASSES: tuple[tuple[int, int | None], ...] = ((0, 7), (8, 14), (15, 28), (29, None))


@dataclass(frozen=True)
class QueryFacts:
    """One query at the cut-off: `days` is its age in whole days, the times are in days with their fraction.

    `form` is the OID of the form, of which the item may be in a table; `reopened` counts how often it came back.
    """

    number: int
    subject: str
    site: str
    form: str
    visit: str
    state: str
    origin: str
    days: int
    reopened: int
    answered_after: str | None
    closed_after: str | None


@dataclass(frozen=True)
class QueryGroup:
    """The queries that have something in common, `key` naming it; texts are "" where there is nothing to say."""

    key: str
    states: tuple[tuple[str, int], ...]
    ages: tuple[int, ...]
    median_age: str
    oldest: int | None
    answered: int
    median_answer: str
    closed: int
    median_close: str
    cycles: tuple[int, int, int]

    @property
    def total(self) -> int:
        """All queries of the group, whatever their state."""
        return sum(count for _state, count in self.states)

    def count(self, state: str) -> int:
        """Return how many are in a state."""
        return dict(self.states).get(state, 0)


@dataclass(frozen=True)
class VerifiedGroup:
    """The items of some forms: those that feed the dose decision first, then all; (all, verified, changed since)."""

    key: str
    forms: int
    critical: tuple[int, int, int]
    items: tuple[int, int, int]


@dataclass(frozen=True)
class SignatureGroup:
    """Complete forms of a subject or visit: with a signature that holds, ready to sign, waiting for a query."""

    key: str
    complete: int
    signed: int
    ready: int
    queried: int
    void: int


@dataclass(frozen=True)
class Metrics:
    """The whole report; each group has its lines by form, origin, subject or visit, in the order of the protocol."""

    cutoff: datetime
    scope: str
    subjects: int
    queries: QueryGroup
    by_form: tuple[QueryGroup, ...]
    by_origin: tuple[QueryGroup, ...]
    by_subject: tuple[QueryGroup, ...]
    by_visit: tuple[QueryGroup, ...]
    verified: VerifiedGroup
    verified_by_subject: tuple[VerifiedGroup, ...]
    verified_by_visit: tuple[VerifiedGroup, ...]
    verified_by_form: tuple[VerifiedGroup, ...]
    signatures: SignatureGroup
    signatures_by_subject: tuple[SignatureGroup, ...]
    signatures_by_visit: tuple[SignatureGroup, ...]


def content_hash(metrics: Metrics) -> str:
    """Return the SHA-256 of the report in canonical form; layout, language and who asked do not enter."""
    body = {"version": CONTENT_VERSION, "metrics": metrics}
    text = dumps(body, default=plain_value, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return sha256(text.encode()).hexdigest()
