"""The content of the safety report, and the checksum by which two reports of one cut-off are compared."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass
from datetime import date, datetime, time
from decimal import Decimal

from reports.content.courses import Lane, SubjectCourse
from reports.content.events import EventTables, event_tables
from reports.content.exposure import ExposureColumn, exposure
from reports.content.facts import DecisionFacts, StudyFacts
from reports.content.listings import Listings, listings
from safety.shifts import ShiftTable

#: Changes when the same facts would be counted or listed in another way.
CONTENT_VERSION = "1.2.0"
#: Document, report, listings, one listing: what is below is one line, made into text at once.
LEVELS_IN_PARTS = 4


@dataclass(frozen=True)
class SafetyReport:
    """Every number and line of the report. `scope` is a site's code, "" for all sites."""

    cutoff: datetime
    scope: str
    screened: int
    exposure: tuple[ExposureColumn, ...]
    events: EventTables
    listings: Listings
    shifts: tuple[ShiftTable, ...]
    courses: tuple[SubjectCourse, ...]
    lanes: tuple[Lane, ...]
    decisions: tuple[DecisionFacts, ...]
    unverified: int
    open_queries: int

    @property
    def is_draft(self) -> bool:
        """Whether critical data are not verified against source."""
        return self.unverified > 0


def safety_report(facts: StudyFacts) -> SafetyReport:
    """Compute the whole report from what was known at the cut-off."""
    return assemble(facts, event_tables(facts), listings(facts))


def assemble(facts: StudyFacts, events: EventTables, lines: Listings) -> SafetyReport:
    """Put the parts together, so that whoever shows progress can compute them one by one."""
    return SafetyReport(
        cutoff=facts.cutoff,
        scope=facts.scope,
        screened=len(facts.subjects),
        exposure=exposure(facts),
        events=events,
        listings=lines,
        shifts=facts.shifts,
        courses=facts.courses,
        lanes=facts.lanes,
        decisions=tuple(sorted(facts.decisions, key=lambda d: (d.dose_level, d.revision))),
        unverified=facts.unverified,
        open_queries=facts.open_queries,
    )


def content_hash(report: SafetyReport) -> str:
    """Return the SHA-256 of the report's content in canonical form; layout, language and who asked do not enter."""
    digest = hashlib.sha256()
    for part in _canonical({"version": CONTENT_VERSION, "report": report}, LEVELS_IN_PARTS):
        digest.update(part.encode())
    return digest.hexdigest()


def _canonical(value: object, levels: int) -> Iterator[str]:
    """Yield the canonical text in parts: thousands of lines are never one text in memory."""
    if not levels:
        yield _ENCODER.encode(value)
    elif is_dataclass(value) or isinstance(value, dict):
        named = plain_value(value) if is_dataclass(value) else value
        assert isinstance(named, dict)
        yield "{"
        for place, key in enumerate(sorted(named)):
            yield f"{',' if place else ''}{_ENCODER.encode(key)}:"
            yield from _canonical(named[key], levels - 1)
        yield "}"
    elif isinstance(value, tuple):
        yield "["
        for place, each in enumerate(value):
            yield "," if place else ""
            yield from _canonical(each, levels - 1)
        yield "]"
    else:
        yield _ENCODER.encode(value)


def plain_value(value: object) -> str | dict[str, object]:
    """Return a value that JSON does not know in its canonical form; thousands of lines are not copied for it."""
    if is_dataclass(value):
        return {field.name: getattr(value, field.name) for field in fields(value)}
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    raise TypeError(f"no canonical form of {type(value).__name__}")


_ENCODER = json.JSONEncoder(default=plain_value, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
