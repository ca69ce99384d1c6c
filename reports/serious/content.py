"""What the documents about serious events say, as plain values: codes of choices stay codes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from json import dumps

from reports.content.facts import EventFacts
from reports.content.safety import plain_value
from safety.rules.reporting_clock import Clock, Recipient

#: Changes when the same facts would be listed in another way.
CONTENT_VERSION = "1.0.0"


@dataclass(frozen=True)
class Version:
    """One report of an event, the initial one or a follow-up, with its clocks at the moment of the document.

    `told` holds what the form says of each report sent, as (date and time in words, receipt).
    """

    number: int
    report_type: str
    follow_up: int | None
    aware: str
    criteria: tuple[str, ...]
    narrative: str
    told: dict[Recipient, tuple[str, str]]
    clocks: tuple[Clock, ...]
    relationships: tuple[tuple[str, str], ...]
    related: bool | None
    unexpected: bool | None
    urgent: bool
    autopsy: bool | None
    final_report: str

    @property
    def susar(self) -> str:
        """The class of the event: "urgent" or "other" SUSAR, "no", or "open" while an assessment is missing."""
        if self.related is False or self.unexpected is False:
            return "no"
        if self.related is None or self.unexpected is None:
            return "open"
        return "urgent" if self.urgent else "other"


@dataclass(frozen=True)
class Person:
    """The subject as the form asks for it: never by name, initials or full date of birth."""

    identifier: str
    group: str
    age_years: int | None = None
    sex: str = ""
    infusion_date: date | None = None
    infused_cells: str = ""
    lymphodepletion_date: date | None = None


@dataclass(frozen=True)
class SeriousEvent:
    """One event with its reports in order; `event` is None when the log has no event of that number."""

    person: Person
    number: int
    event: EventFacts | None
    versions: tuple[Version, ...]
    medications: tuple[tuple[str, ...], ...] = ()
    history: tuple[tuple[str, ...], ...] = ()

    @property
    def latest(self) -> Version | None:
        """The last report, None before the first."""
        return self.versions[-1] if self.versions else None


@dataclass(frozen=True)
class SeriousListing:
    """Every serious event at a cut-off, and every event that was reported as one."""

    cutoff: datetime
    scope: str
    events: tuple[SeriousEvent, ...]
    unverified: int
    open_queries: int


def content_hash(events: Sequence[SeriousEvent]) -> str:
    """Return the SHA-256 of some events in canonical form."""
    body = {"version": CONTENT_VERSION, "events": list(events)}
    text = dumps(body, default=plain_value, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return sha256(text.encode()).hexdigest()
