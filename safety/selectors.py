"""Adverse events as the DLT rule wants them, read live or as of a cut-off."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings

from safety.ctcae import ASTCT_VERSION, TERMS
from safety.models import AdverseEvent, GradeChange
from safety.rules.facts import AdverseEventFacts, Anchor, DltConfig, GradePeriod, Grading, Outcome, Relationship
from safety.rules.moments import Moment, parse_moment
from trial_edc.audit.selectors import load
from trial_edc.crf.models import FormStatus
from trial_edc.protocol.parameters import boolean, integer, text


@dataclass(frozen=True)
class EventOnFile:
    """One adverse event form with its grade changes in order, and the facts the rule judges.

    `facts` is None when the form is marked as not done: there is no event to judge.
    """

    event: AdverseEvent
    changes: tuple[GradeChange, ...]
    facts: AdverseEventFacts | None


def dlt_config() -> DltConfig:
    """Return the protocol's parameters of the DLT rule, days counted in the trial's zone."""
    return DltConfig(
        window_days=integer("dlt.window_days"),
        infusion_day=integer("dlt.infusion_day"),
        crs_min_days=integer("dlt.crs_min_days"),
        crs_g4_any_duration=boolean("dlt.crs_g4_any_duration"),
        onset_anchor=Anchor(text("dlt.onset_anchor")),
        time_zone=trial_zone(),
    )


def trial_zone() -> ZoneInfo:
    """Return the zone in which clinical days are counted."""
    return ZoneInfo(settings.TRIAL_TIME_ZONE)


def events_on_file(subject_ids: Iterable[UUID], *, as_of: datetime | None = None) -> dict[UUID, list[EventOnFile]]:
    """Return the adverse events of each subject, by number; every given subject has an entry."""
    wanted = list(subject_ids)
    only = {"subject": wanted[0]} if len(wanted) == 1 else {"subject__in": wanted}
    changes: dict[UUID, list[GradeChange]] = defaultdict(list)
    for change in load(GradeChange, as_of=as_of, **only):
        changes[change.record_id].append(change)
    events: dict[UUID, list[AdverseEvent]] = {pk: [] for pk in wanted}
    for event in load(AdverseEvent, as_of=as_of, **only):
        events[event.subject_id].append(event)
    return {pk: _on_file(rows, changes) for pk, rows in events.items()}


def _on_file(events: list[AdverseEvent], changes: dict[UUID, list[GradeChange]]) -> list[EventOnFile]:
    found = []
    for event in sorted(events, key=lambda each: (each.visit, each.sequence)):
        rows = tuple(sorted(changes[event.pk], key=lambda row: (row.position, str(row.pk))))
        facts = None if event.status == FormStatus.NOT_DONE else facts_of(event, rows, siblings=events)
        found.append(EventOnFile(event, rows, facts))
    return found


def facts_of(
    event: AdverseEvent, changes: Sequence[GradeChange], *, siblings: Sequence[AdverseEvent] = ()
) -> AdverseEventFacts:
    """Turn a form and its grade changes into the facts of the rule; nothing is imputed.

    A grade change without a date cannot be placed in time: then only the maximum grade is known.
    """
    graded = [(row.grade, event_moment(row.start_date, row.start_time)) for row in changes if row.grade is not None]
    history = tuple(GradePeriod(grade, start) for grade, start in graded if start is not None)
    return AdverseEventFacts(
        term=event.term or "(no term)",
        relationship=Relationship(event.relationship_car_t) if event.relationship_car_t else None,
        onset=event_moment(event.onset_date, event.onset_time),
        end=event_moment(event.end_date, event.end_time),
        max_grade=max((grade for grade, _start in graded), default=None),
        grade_history=history if len(history) == len(graded) else (),
        grading=_grading(event.term),
        term_specify=event.term_specify or None,
        relationship_lymphodepletion=(
            Relationship(event.relationship_lymphodepletion) if event.relationship_lymphodepletion else None
        ),
        outcome=Outcome(event.outcome) if event.outcome else None,
        part_of_event=_is_component(event, siblings),
    )


def event_moment(day: str, clock: time | None) -> Moment | None:
    """Return a date of a form (ISO, perhaps partial) with its time as a moment; a time counts with a complete date."""
    if not day:
        return None
    exact = clock is not None and len(day) == len("2026-11-05")
    return parse_moment(f"{day}T{clock:%H:%M:%S}" if exact else day, trial_zone())


def _grading(term: str) -> Grading | None:
    known = TERMS.get(term)
    return None if known is None else Grading(known.grading)


def _is_component(event: AdverseEvent, siblings: Sequence[AdverseEvent]) -> bool:
    """Test for a component sign: only a link to a CRS or ICANS event of the same subject takes an event out."""
    if event.part_of_event is None:
        return False
    parents = [
        each
        for each in siblings
        if each.sequence == event.part_of_event and each.pk != event.pk and each.status != FormStatus.NOT_DONE
    ]
    return any(_grading(parent.term) == ASTCT_VERSION for parent in parents)


def plain_facts(facts: AdverseEventFacts) -> dict[str, Any]:
    """Return the facts as plain JSON values, for the stored inputs of the rule and for evidence."""
    return {
        "term": facts.term,
        "relationship": facts.relationship,
        "relationship_lymphodepletion": facts.relationship_lymphodepletion,
        "onset": facts.onset.text if facts.onset else None,
        "end": facts.end.text if facts.end else None,
        "max_grade": facts.max_grade,
        "grade_history": [[period.grade, period.start.text] for period in facts.grade_history],
        "grading": facts.grading,
        "outcome": facts.outcome,
        "part_of_event": facts.part_of_event,
    }
