"""Read the adverse events of some sites as they are now: a fixed number of queries, however many subjects."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils import timezone

from reports.content.explorer import Period, period_of
from reports.content.facts import StudyFacts
from reports.sources import Snapshot, dlts_of, event_facts, subjects_of
from safety.events.log import emergence, starts_of
from safety.models import AdverseEvent, GradeChange, SeriousEventReport
from trial_edc.accounts.models import Site
from trial_edc.crf.models import FormStatus
from trial_edc.protocol.dose_levels import DOSE_LEVELS


@dataclass(frozen=True)
class Events:
    """The facts of the tables; for each event its period, and the visit that its form stands at."""

    study: StudyFacts
    periods: dict[str, Period]
    visits: dict[str, str]
    #: (subject identifier, event number) of the events with a report of a serious event.
    reported: frozenset[tuple[str, int]]


def read_events(sites: Collection[Site]) -> Events:
    """Return the events of the subjects of these sites, in order of subject and number."""
    snapshot, now = Snapshot(None, sites), timezone.now()
    changes: dict[UUID, list[GradeChange]] = defaultdict(list)
    for row in sorted(snapshot.rows(GradeChange), key=lambda row: row.position):
        changes[row.record_id].append(row)
    rows = [row for row in snapshot.rows(AdverseEvent) if row.status != FormStatus.NOT_DONE]
    facts = [event_facts(snapshot.code(row), row, _grades(changes[row.pk])) for row in rows]
    starts = {pk: starts_of(subject) for pk, subject in snapshot.subjects.items()}
    study = StudyFacts(
        cutoff=now,
        cutoff_date=timezone.localdate(now),
        scope="",
        levels=tuple(level.number for level in DOSE_LEVELS),
        subjects=subjects_of(snapshot),
        events=tuple(sorted(facts, key=lambda event: (event.subject, event.number, event.key))),
        dlts=dlts_of(snapshot),
    )
    return Events(
        study=study,
        periods={str(row.pk): period_of(*emergence(row, changes[row.pk], starts[row.subject_id])) for row in rows},
        visits={str(row.pk): row.visit for row in rows},
        reported=frozenset(
            (snapshot.code(row), row.event_number)
            for row in snapshot.rows(SeriousEventReport)
            if row.event_number is not None and row.status != FormStatus.NOT_DONE
        ),
    )


def _grades(changes: Collection[Any]) -> list[int]:
    return [row.grade for row in changes if row.grade is not None]
