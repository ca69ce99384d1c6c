"""Read serious events and their reports, as they are now or as they were at a cut-off."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from dosing.models import Infusion
from enrollment.models import Demographics, MedicalHistory, Subject
from reports.content.facts import EventFacts, level_code
from reports.serious.content import Person, SeriousEvent, SeriousListing, Version
from reports.sources import Snapshot, event_facts, open_points
from safety.clocks import clocks_of, facts_of
from safety.models import AdverseEvent, GradeChange, Medication, SeriousEventReport
from safety.rules.reporting_clock import Recipient
from trial_edc.casebook.display import display_value
from trial_edc.crf.models import FormStatus

#: Items of the medication log and of the medical history that the CIOMS I form asks for.
MEDICATION = ("drug", "dose", "dose_unit", "route", "start_date", "end_date", "indication")
HISTORY = ("term", "onset_date", "ongoing", "end_date")
RELATIONSHIPS = ("relationship_car_t", "relationship_lymphodepletion", "relationship_procedure", "relationship_disease")


class SeriousReader:
    """The serious events in scope; each table is read once, however many events there are."""

    def __init__(self, snapshot: Snapshot, moment: datetime) -> None:
        self.snapshot, self.moment = snapshot, moment
        self.reports: dict[tuple[UUID, int], list[Any]] = defaultdict(list)
        for row in sorted(self._done(SeriousEventReport), key=lambda row: row.sequence):
            if row.event_number is not None:
                self.reports[row.subject_id, row.event_number].append(row)
        grades: dict[UUID, list[int]] = defaultdict(list)
        for change in snapshot.rows(GradeChange):
            if change.grade is not None:
                grades[change.record_id].append(change.grade)
        self.events: dict[tuple[UUID, int], EventFacts] = {
            (row.subject_id, row.sequence): event_facts(snapshot.code(row), row, grades[row.pk])
            for row in self._done(AdverseEvent)
        }
        self.infusions = {row.subject_id: row for row in snapshot.rows(Infusion)}
        self.demographics = {row.subject_id: row for row in self._done(Demographics)}

    def listed(self) -> Iterator[SeriousEvent]:
        """Yield the events that are serious or were reported, by subject and number."""
        serious = {key for key, event in self.events.items() if event.serious}
        for key in sorted({*serious, *self.reports}, key=lambda key: (self._subject(key[0]).identifier, key[1])):
            yield self.event(*key)

    def event(self, subject: UUID, number: int) -> SeriousEvent:
        """Return one event with its reports."""
        versions = tuple(self._version(row) for row in self.reports.get((subject, number), ()))
        return SeriousEvent(self._person(subject), number, self.events.get((subject, number)), versions)

    def lines(self, model: type[Any], names: tuple[str, ...], subject: UUID) -> tuple[tuple[str, ...], ...]:
        """Return some items of a subject's log in words, in the order of the log."""
        rows = sorted((row for row in self._done(model) if row.subject_id == subject), key=lambda row: row.sequence)
        texts = (tuple(_words(row, name) for name in names) for row in rows)
        return tuple(line for line in texts if line[0])

    def _done(self, model: type[Any]) -> list[Any]:
        return [row for row in self.snapshot.rows(model) if row.status != FormStatus.NOT_DONE]

    def _subject(self, key: UUID) -> Subject:
        return self.snapshot.subjects[key]

    def _person(self, key: UUID) -> Person:
        subject, known, infusion = self._subject(key), self.demographics.get(key), self.infusions.get(key)
        cells = None if infusion is None else infusion.infused_cells_million
        return Person(
            identifier=subject.identifier,
            group=level_code(subject.dose_level),
            age_years=None if known is None else known.age_years,
            sex="" if known is None else _words(known, "sex"),
            infusion_date=subject.infusion_date,
            infused_cells="" if cells is None else f"{cells.normalize():f}",
            lymphodepletion_date=subject.lymphodepletion_date,
        )

    def _version(self, row: Any) -> Version:
        facts = facts_of(row)
        told = {
            Recipient.SPONSOR: (moment_words(row.sponsor_date, row.sponsor_time), row.sponsor_receipt),
            Recipient.ETHICS: (moment_words(row.ethics_date, row.ethics_time), row.ethics_receipt),
            Recipient.AUTHORITY: (moment_words(row.authority_date, None), ""),
            Recipient.AUTHORITY_FOLLOW_UP: (moment_words(row.authority_follow_up_date, None), ""),
        }
        return Version(
            number=row.sequence,
            report_type=row.report_type,
            follow_up=row.follow_up_number,
            aware=moment_words(row.awareness_date, row.awareness_time),
            criteria=tuple(row.serious_criteria or ()),
            narrative=row.narrative or "",
            told=told,
            clocks=clocks_of(row, now=self.moment),
            relationships=tuple((str(row._meta.get_field(n).verbose_name), _words(row, n)) for n in RELATIONSHIPS),
            related=facts.related,
            unexpected=facts.unexpected,
            urgent=facts.fatal_or_life_threatening,
            autopsy=row.autopsy_done,
            final_report=moment_words(row.final_report_date, None),
        )


def _words(row: Any, name: str) -> str:
    return display_value(row._meta.get_field(name), getattr(row, name))


def moment_words(day: date | None, clock: time | None) -> str:
    """Return a date of a form with its time, "" for none.

    >>> moment_words(date(2026, 11, 5), time(9, 30)), moment_words(date(2026, 11, 5), None)
    ('05-Nov-2026 09:30', '05-Nov-2026')
    """
    if day is None:
        return ""
    text = f"{day:%d-%b-%Y}"
    return f"{text} {clock:%H:%M}" if clock else text


def read_listing(cutoff: datetime, site: Any) -> SeriousListing:
    """Return every serious event of a site, or of all sites, as known at a cut-off."""
    snapshot = Snapshot(cutoff, site)
    events = tuple(SeriousReader(snapshot, cutoff).listed())
    return SeriousListing(cutoff, "" if site is None else site.code, events, **open_points(snapshot))


def read_event(subject: Subject, number: int, moment: datetime) -> SeriousEvent | None:
    """Return one event as it is now, with medication and history; None when it is neither serious nor reported."""
    snapshot = Snapshot(None, subject.site)
    reader = SeriousReader(snapshot, moment)
    found = reader.event(subject.pk, number)
    if not found.versions and (found.event is None or not found.event.serious):
        return None
    return SeriousEvent(
        found.person,
        number,
        found.event,
        found.versions,
        medications=reader.lines(Medication, MEDICATION, subject.pk),
        history=reader.lines(MedicalHistory, HISTORY, subject.pk),
    )
