"""Safety forms that should agree and do not: read for many subjects at once, with a form filled in for each finding."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Q

from safety.clocks import reports_on_file
from safety.ctcae import CRS_TERM, ICANS_TERM
from safety.models import (
    AdverseEvent,
    CrsAssessment,
    Death,
    GradeChange,
    HospitalStay,
    IcansAssessment,
    Medication,
    SeriousEventReport,
)
from safety.models.adverse_event import Outcome
from safety.models.hospital_stay import StayReason
from safety.rules import crs, icans
from safety.rules.reconciliation import (
    Assessment,
    DeathForm,
    Event,
    Finding,
    Logs,
    SeriousReport,
    Stay,
    discrepancies,
)
from trial_edc.crf.models import FormStatus
from trial_edc.protocol.medications import DrugClass
from trial_edc.protocol.parameters import boolean
from trial_edc.protocol.partial_dates import PartialDate
from trial_edc.review.models import RuleResult

KINDS = {CRS_TERM: "CRS", ICANS_TERM: "ICANS"}
#: The forms of which one may have to agree with another.
FORMS = tuple(
    model.crf.oid
    for model in (
        AdverseEvent, SeriousEventReport, Death, CrsAssessment, IcansAssessment, Medication, HospitalStay,
    )
)  # fmt: skip
TERMS = {kind: term for term, kind in KINDS.items()}


@dataclass
class Casefile:
    """What the safety forms of one subject say, as the rule reads it, and the terms of its events by number."""

    events: list[Event] = field(default_factory=list)
    terms: dict[int, str] = field(default_factory=dict)
    places: dict[int, str] = field(default_factory=dict)
    reports: list[SeriousReport] = field(default_factory=list)
    death: DeathForm | None = None
    assessments: list[Assessment] = field(default_factory=list)
    rescues: list[int] = field(default_factory=list)
    stays: list[Stay] = field(default_factory=list)

    def criteria_of(self, number: int) -> frozenset[str]:
        """Return the seriousness criteria of an event."""
        return next(event.criteria for event in self.events if event.number == number)

    def findings(self) -> tuple[Finding, ...]:
        """Return what does not agree."""
        logs = Logs(self.events, self.reports, self.death, self.assessments, self.rescues, self.stays)
        progression = boolean("sae.progression_death_is_event")
        return discrepancies(logs, progression_death_is_event=progression)


def casefiles(subject_ids: Iterable[UUID]) -> dict[UUID, Casefile]:
    """Return the case file of every subject of whom a safety form asks to agree with another: nine queries."""
    wanted = list(subject_ids)
    files: dict[UUID, Casefile] = defaultdict(Casefile)
    for death in _present(Death, wanted):
        files[death.subject_id].death = DeathForm(death.death_date, death.cause == Death.Cause.PROGRESSION)
    _read_events(files, wanted)
    for report in reports_on_file(wanted):
        criteria = frozenset(report.serious_criteria)
        files[report.subject_id].reports.append(SeriousReport(report.sequence, report.event_number, criteria))
    _read_assessments(files, wanted)
    for drug in _present(Medication, wanted).filter(drug_class=DrugClass.ANTI_IL6).order_by("sequence"):
        files[drug.subject_id].rescues.append(drug.sequence)
    for stay in _present(HospitalStay, wanted).filter(reason=StayReason.ADVERSE_EVENT).order_by("sequence"):
        files[stay.subject_id].stays.append(Stay(stay.sequence, stay.event_number))
    return files


def _present(model: Any, subject_ids: list[UUID]) -> Any:
    return model.objects.filter(subject__in=subject_ids).exclude(status=FormStatus.NOT_DONE)


def _read_events(files: dict[UUID, Casefile], wanted: list[UUID]) -> None:
    """Only events that another form may have to agree with are read; of a large study that is a small part.

    Of a subject who died all are: none begins after the death.
    """
    dead = [subject for subject, file in files.items() if file.death is not None]
    grade_5 = dict(GradeChange.objects.filter(subject__in=wanted, grade=5).values_list("record", "start_date"))
    asked = Q(serious=True) | Q(outcome=Outcome.FATAL) | Q(term__in=KINDS) | Q(pk__in=grade_5) | Q(subject__in=dead)
    for event in _present(AdverseEvent, wanted).filter(asked).order_by("sequence"):
        file = files[event.subject_id]
        fatal = event.outcome == Outcome.FATAL or event.pk in grade_5
        file.terms[event.sequence], file.places[event.sequence] = event.term, event.visit
        file.events.append(
            Event(
                number=event.sequence,
                kind=KINDS.get(event.term, ""),
                serious=bool(event.serious),
                fatal=fatal,
                criteria=frozenset(event.serious_criteria),
                present=_presence(event),
                # Without an end, a fatal event ends with its grade 5.
                ended=_span(event.end_date or grade_5.get(event.pk, "")),
            )
        )


def _span(text: str) -> tuple[date, date] | None:
    if not text:
        return None
    day = PartialDate.from_iso(text)
    return day.earliest(), day.latest()


def _presence(event: AdverseEvent) -> tuple[date, date]:
    """Return the first and last day on which the event may have been present; an unknown side is open."""
    began, ended = _span(event.onset_date), _span(event.end_date)
    return (began[0] if began else date.min), (ended[1] if ended else date.max)


def _read_assessments(files: dict[UUID, Casefile], wanted: list[UUID]) -> None:
    tables: tuple[tuple[Any, str, str], ...] = (
        (CrsAssessment, "CRS", crs.RULE), (IcansAssessment, "ICANS", icans.RULE),
    )  # fmt: skip
    computed = dict(
        RuleResult.objects.filter(subject__in=wanted, rule__in=[rule for _model, _kind, rule in tables])
        .values_list("root", "output__grade")
    )  # fmt: skip
    for model, kind, _rule in tables:
        rows = _present(model, wanted).filter(assessed_date__isnull=False)
        for pk, subject, day, said in rows.values_list("pk", "subject", "assessed_date", "investigator_grade"):
            grade = said if said is not None else computed.get(pk)
            if grade:
                files[subject].assessments.append(Assessment(kind, day, int(grade)))
