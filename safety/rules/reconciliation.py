"""Forms of one subject that should agree and do not: proposals to the person who enters the data.

Purpose: find what is missing or contradicts another form before a monitor does.

Inputs: the events of the adverse-event log, the serious-event reports, the form of the death, the grades of the CRS and
ICANS assessments, the anti-IL-6 medications and the hospital stays, as plain values.

Each of the following is one finding.

Algorithm
    1. A serious event without a serious-event report; a report on an event that is not there or not serious; a report
       whose seriousness criteria are not those of the event.
    2. A fatal event (outcome fatal or grade 5) without the form of the death; a death without a fatal event. A death
       from progression needs no event beside it, unless the protocol says so. A fatal event that certainly does not
       end on the day of the death. Any event that certainly begins after it.
    3. Tocilizumab or another anti-IL-6 drug without any CRS or ICANS event.
    4. An assessment of CRS (ICANS) with grade 1 or more on a day on which no CRS (ICANS) event of the log may be
       present: the first such day of each stretch of days. A CRS (ICANS) event without any such assessment.
    5. A hospital stay because of an event that is not serious, or not serious for hospitalisation.

Source: reconciliation of safety data as monitoring asks for it; the pairs are those of the protocol's serious-event
section. Death from progression beside the log is an assumption.

>>> event = Event(number=1, kind="", serious=True, fatal=False, criteria=frozenset({"LIFE THREATENING"}))
>>> [finding.kind.value for finding in discrepancies(Logs(events=(event,)))]
['serious event without a report']
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

RULE = "reconciliation"
VERSION = "1.1.0"

HOSPITALISATION = "HOSPITALIZATION"
#: Assessments so close to each other belong to one stretch; a later one is a finding of its own.
SAME_STRETCH = timedelta(days=7)


class Kind(StrEnum):
    """What does not agree."""

    SERIOUS_WITHOUT_REPORT = "serious event without a report"
    REPORT_WITHOUT_EVENT = "report without a serious event"
    CRITERIA_DIFFER = "seriousness criteria differ"
    FATAL_WITHOUT_DEATH = "fatal event without the form of the death"
    DEATH_WITHOUT_FATAL = "death without a fatal event"
    DEATH_ON_ANOTHER_DAY = "fatal event and death on different days"
    EVENT_AFTER_DEATH = "event begins after the death"
    RESCUE_WITHOUT_EVENT = "anti-IL-6 drug without CRS or ICANS"
    ASSESSMENT_WITHOUT_EVENT = "assessment without an event"
    EVENT_WITHOUT_ASSESSMENT = "event without an assessment"
    STAY_NOT_SERIOUS = "hospital stay for an event that is not serious for it"


@dataclass(frozen=True)
class Event:
    """One event of the log. `kind` is "CRS", "ICANS" or ""; `present` its first and last possible day."""

    number: int
    kind: str
    serious: bool
    fatal: bool
    criteria: frozenset[str] = frozenset()
    present: tuple[date, date] | None = None
    ended: tuple[date, date] | None = None


@dataclass(frozen=True)
class SeriousReport:
    """One serious-event report, by its number in its own log."""

    number: int
    event: int | None
    criteria: frozenset[str] = frozenset()


@dataclass(frozen=True)
class DeathForm:
    """The form of the death."""

    day: date | None
    from_progression: bool = False


@dataclass(frozen=True)
class Assessment:
    """One assessment of CRS or ICANS: `kind`, its day, its grade."""

    kind: str
    day: date
    grade: int


@dataclass(frozen=True)
class Stay:
    """One hospital stay because of an event."""

    number: int
    event: int | None


@dataclass(frozen=True)
class Logs:
    """What is on file of one subject."""

    events: Sequence[Event] = ()
    reports: Sequence[SeriousReport] = ()
    death: DeathForm | None = None
    assessments: Sequence[Assessment] = ()
    rescues: Sequence[int] = ()
    stays: Sequence[Stay] = ()


@dataclass(frozen=True)
class Finding:
    """One discrepancy: `number` of the record it stands at (None: of none), CRS or ICANS, the day and grade."""

    kind: Kind
    number: int | None = None
    about: str = ""
    day: date | None = None
    grade: int | None = None


def discrepancies(logs: Logs, *, progression_death_is_event: bool = False) -> tuple[Finding, ...]:
    """Return everything that does not agree, in the order of the algorithm."""
    return (
        *_reports(logs),
        *_deaths(logs, progression_death_is_event=progression_death_is_event),
        *_rescues(logs),
        *_assessments(logs, "CRS"),
        *_assessments(logs, "ICANS"),
        *_stays(logs),
    )


def _reports(logs: Logs) -> Iterator[Finding]:
    by_number = {event.number: event for event in logs.events}
    reported = {report.event for report in logs.reports}
    for event in logs.events:
        if event.serious and event.number not in reported:
            yield Finding(Kind.SERIOUS_WITHOUT_REPORT, event.number)
    latest: dict[int, SeriousReport] = {}
    for report in logs.reports:
        reported_event = by_number.get(report.event) if report.event is not None else None
        if reported_event is None or not reported_event.serious:
            yield Finding(Kind.REPORT_WITHOUT_EVENT, report.number)
        else:
            latest[reported_event.number] = report
    for number, report in latest.items():
        if report.criteria != by_number[number].criteria:
            yield Finding(Kind.CRITERIA_DIFFER, report.number)


def _deaths(logs: Logs, *, progression_death_is_event: bool) -> Iterator[Finding]:
    fatal = [event for event in logs.events if event.fatal]
    death = logs.death
    if death is None:
        yield from (Finding(Kind.FATAL_WITHOUT_DEATH, event.number) for event in fatal)
        return
    if not fatal and (progression_death_is_event or not death.from_progression):
        yield Finding(Kind.DEATH_WITHOUT_FATAL, day=death.day)
    for event in fatal:
        if death.day and event.ended and not event.ended[0] <= death.day <= event.ended[1]:
            yield Finding(Kind.DEATH_ON_ANOTHER_DAY, event.number, day=death.day)
    for event in logs.events:
        if death.day and event.present and event.present[0] > death.day:
            yield Finding(Kind.EVENT_AFTER_DEATH, event.number, day=death.day)


def _rescues(logs: Logs) -> Iterator[Finding]:
    if logs.rescues and not any(event.kind for event in logs.events):
        yield Finding(Kind.RESCUE_WITHOUT_EVENT, logs.rescues[0])


def _assessments(logs: Logs, kind: str) -> Iterator[Finding]:
    events = [event for event in logs.events if event.kind == kind]
    graded = sorted((each for each in logs.assessments if each.kind == kind and each.grade >= 1), key=lambda a: a.day)
    last: date | None = None
    for each in graded:
        if any(event.present and event.present[0] <= each.day <= event.present[1] for event in events):
            continue
        if last is None or each.day - last > SAME_STRETCH:
            yield Finding(Kind.ASSESSMENT_WITHOUT_EVENT, None, kind, each.day, each.grade)
        last = each.day
    for event in events:
        if event.present and not any(event.present[0] <= each.day <= event.present[1] for each in graded):
            yield Finding(Kind.EVENT_WITHOUT_ASSESSMENT, event.number, kind)


def _stays(logs: Logs) -> Iterator[Finding]:
    by_number = {event.number: event for event in logs.events}
    for stay in logs.stays:
        event = by_number.get(stay.event) if stay.event is not None else None
        if event is None or not event.serious or HOSPITALISATION not in event.criteria:
            yield Finding(Kind.STAY_NOT_SERIOUS, stay.number)
