"""Read the course of every infused subject as of a cut-off: grades, rescue treatments, death, time on study."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from efficacy.endpoints import Assessor
from enrollment.models import Subject
from reports.content.courses import Given, Lane, SubjectCourse, given_of
from reports.content.facts import StudyFacts
from reports.course.events import SYNDROMES, Clock, grades_of, spans_of
from reports.efficacy.population import read_population
from reports.figures.swimmer import lanes_of
from reports.sources import Snapshot
from safety.models import Medication
from trial_edc.accounts.models import Site
from trial_edc.crf.models import FormStatus

#: Question of a bedside form -> kind of treatment.
QUESTIONS = {"tocilizumab_given": "tocilizumab", "corticosteroid_given": "corticosteroid"}
Rows = dict[UUID, list[Any]]


def with_courses(facts: StudyFacts, site: Site | None) -> StudyFacts:
    """Return the facts with the course of every infused subject, as known at the same cut-off."""
    courses = courses_of(Snapshot(facts.cutoff, site), facts)
    return replace(facts, courses=courses, lanes=lanes_at(facts.cutoff, site))


def courses_of(snapshot: Snapshot, facts: StudyFacts) -> tuple[SubjectCourse, ...]:
    """Return the course of every infused subject in order of codes; a fixed number of readings of the trail."""
    assessed = {name: _by_subject(snapshot.rows(model)) for name, model, _rule in SYNDROMES}
    computed = {
        name: {root: result.output.get("grade") for root, result in snapshot.results(rule).items()}
        for name, _model, rule in SYNDROMES
    }
    medications = _by_subject(sorted(snapshot.rows(Medication), key=lambda row: row.sequence))
    groups = {each.identifier: each.group for each in facts.subjects}
    found = []
    for subject in sorted(snapshot.subjects.values(), key=lambda each: each.identifier):
        if subject.infused_at is None:
            continue
        clock = Clock(subject.infused_at)
        own = {name: rows[subject.pk] for name, rows in assessed.items()}
        spans = spans_of(medications[subject.pk], clock, facts.cutoff)
        found.append(
            SubjectCourse(
                subject=subject.identifier,
                group=groups[subject.identifier],
                grades=tuple((name, grades_of(rows, computed[name], clock)) for name, rows in own.items()),
                treatments=tuple(span for span in spans if span.kind in QUESTIONS.values()),
                given=tuple(_given([row for rows in own.values() for row in rows], clock)),
                death=_death(subject, clock),
            )
        )
    return tuple(found)


def lanes_at(cutoff: datetime, site: Site | None) -> tuple[Lane, ...]:
    """Return the time on study of every infused subject, by the investigator's responses."""
    sites = list(Site.objects.all()) if site is None else [site]
    return lanes_of(read_population(sites, as_of=cutoff), Assessor.INVESTIGATOR)


def _by_subject(rows: Iterable[Any]) -> Rows:
    found: Rows = defaultdict(list)
    for row in rows:
        if row.status != FormStatus.NOT_DONE:
            found[row.subject_id].append(row)
    return found


def _given(rows: Iterable[Any], clock: Clock) -> Iterator[Given]:
    dated = [row for row in rows if row.assessed_date is not None]
    for question, kind in QUESTIONS.items():
        days = [clock.on(row.assessed_date, row.assessed_time) for row in dated if getattr(row, question, None)]
        yield from given_of(days, kind)


def _death(subject: Subject, clock: Clock) -> float | None:
    return None if subject.death_date is None else clock.on(subject.death_date, None)
