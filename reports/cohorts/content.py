"""What the DLT and cohort report says, as plain values: codes stay codes, instants are ISO texts in the rows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from json import dumps
from typing import Any

from reports.content.facts import DecisionFacts, SignatureFacts
from reports.content.listings import DltLine
from reports.content.safety import plain_value

#: Changes when the same data would be shown in another way.
CONTENT_VERSION = "1.0.0"


@dataclass(frozen=True)
class Advice:
    """What the rule advises for the trial: for which level, by which row of the table, and why."""

    level: int
    action: str
    because: str
    row_key: str
    higher: str
    rule_set: str
    rule_version: str
    mtd_level: int | None


@dataclass(frozen=True)
class Level:
    """One dose level: its standing, its tally, and the advice for it, "" where nothing may be acted on."""

    level: int
    standing: str
    tally: dict[str, Any]
    action: str
    because: str


@dataclass(frozen=True)
class Cohort:
    """The subjects of one part of the trial at one level; `rows` are as the evidence of a decision holds them."""

    level: int
    part: str
    rows: tuple[dict[str, Any], ...]


@dataclass(frozen=True)
class Choice:
    """One explicit choice; `signatures` are those that hold."""

    question: str
    subject: str
    because: str
    option: str
    reason: str
    status: str
    proposed_at: datetime
    proposed_by: str
    signatures: tuple[SignatureFacts, ...]


@dataclass(frozen=True)
class PauseLine:
    """One pause: what paused, on what evidence, and how it was resolved; without a moment it still holds."""

    rule: str
    rule_version: str
    scope: str
    evidence: str
    resolved_at: datetime | None = None
    resolved_by: str = ""
    reason: str = ""
    signatures: tuple[SignatureFacts, ...] = ()


@dataclass(frozen=True)
class Recommended:
    """One revision of the choice of the recommended phase 2 dose."""

    revision: int
    mtd_level: int
    chosen_level: int
    status: str
    reason: str
    meeting_date: date
    attendees: str
    released_at: datetime | None
    released_by: str
    signatures: tuple[SignatureFacts, ...]


@dataclass(frozen=True)
class ExpansionState:
    """The expansion: treated, with an event, places held and in all, and at how many events it pauses."""

    level: int | None
    treated: int
    events: int
    held: int
    maximum: int
    pause_at: int | None
    paused: bool


@dataclass(frozen=True)
class CohortReport:
    """The whole report at a cut-off, always of the whole trial."""

    cutoff: datetime
    advice: Advice
    levels: tuple[Level, ...]
    cohorts: tuple[Cohort, ...]
    dlts: tuple[DltLine, ...]
    severe_without_verdict: int
    decisions: tuple[DecisionFacts, ...]
    choices: tuple[Choice, ...]
    pauses: tuple[PauseLine, ...]
    recommended: tuple[Recommended, ...]
    expansion: ExpansionState
    unverified: int
    open_queries: int


def content_hash(report: CohortReport) -> str:
    """Return the SHA-256 of the report in canonical form; layout, language and who asked do not enter."""
    body = {"version": CONTENT_VERSION, "report": report}
    text = dumps(body, default=plain_value, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return sha256(text.encode()).hexdigest()
