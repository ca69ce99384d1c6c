"""The infused subjects with their tumours, facts and endpoints: read once, used by tables, figures and documents."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.utils import timezone

from dosing.models import Infusion
from efficacy.endpoints import Assessor, Endpoints, SurvivalFacts, endpoints_of
from efficacy.filed import Filed, filed_by_subject
from efficacy.responses import Course, course_of
from efficacy.selectors.history import FORMS, history_of
from efficacy.selectors.survival import survival_facts
from enrollment.models import Subject
from trial_edc.accounts.models import Site
from trial_edc.audit.selectors import load

NOTHING_FILED = Filed((), {})


@dataclass(frozen=True)
class SubjectResult:
    """One infused subject: the course by both criteria and the endpoints by both assessors."""

    key: UUID
    identifier: str
    level: int | None
    infused_at: datetime
    facts: SurvivalFacts
    course: Course
    endpoints: Mapping[Assessor, Endpoints]


@dataclass(frozen=True)
class Population:
    """All infused subjects of some sites, in order of their codes, as of the end of a day."""

    subjects: tuple[SubjectResult, ...]
    cutoff: date
    #: None: the data as they are now.
    as_of: datetime | None

    def of_level(self, level: int | None) -> tuple[SubjectResult, ...]:
        """Return the subjects of a dose level, all for None."""
        return self.subjects if level is None else tuple(each for each in self.subjects if each.level == level)


def read_population(sites: Collection[Site], *, as_of: datetime | None = None) -> Population:
    """Return the infused subjects of these sites: a fixed number of queries, however many subjects."""
    moment = as_of or timezone.now()
    cutoff = timezone.localdate(moment)
    subjects = [each for each in load(Subject, as_of=as_of, site__in=list(sites)) if each.infused_at is not None]
    facts = survival_facts(subjects, as_of=as_of)
    levels = {row.subject_id: row.assigned_dose_level for row in load(Infusion, as_of=as_of)}
    forms = {oid: filed_by_subject(oid, as_of=as_of) for oid in FORMS}
    found = [
        _result(
            each,
            facts[each.pk],
            levels.get(each.pk),
            {oid: forms[oid].get(each.pk, NOTHING_FILED) for oid in FORMS},
            cutoff,
        )
        for each in sorted(subjects, key=lambda each: each.identifier)
    ]
    return Population(tuple(found), cutoff, as_of)


def _result(
    subject: Subject, facts: SurvivalFacts, level: int | None, forms: Mapping[str, Filed], cutoff: date
) -> SubjectResult:
    course = course_of(history_of(subject.pk, forms))
    assert subject.infused_at is not None
    return SubjectResult(
        key=subject.pk,
        identifier=subject.identifier,
        level=subject.dose_level or level,
        infused_at=subject.infused_at,
        facts=facts,
        course=course,
        endpoints={assessor: endpoints_of(facts, course, assessor, cutoff) for assessor in Assessor},
    )
