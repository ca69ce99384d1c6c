"""Read what was known at a cut-off from the trail and turn it into the facts that the report is computed from."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils import timezone

from dosing.models import DltAdjudication, DoseDecision, Infusion
from enrollment.models import Subject
from reports.content.facts import (
    AssessmentFacts,
    DeathFacts,
    DecisionFacts,
    DltFacts,
    EventFacts,
    SignatureFacts,
    StudyFacts,
    SubjectFacts,
    Syndrome,
)
from safety.ctcae import find_term
from safety.models import AdverseEvent, CrsAssessment, Death, GradeChange, IcansAssessment
from safety.shifts import shift_tables
from trial_edc.accounts.models import Site, User
from trial_edc.audit.models import Signature
from trial_edc.audit.selectors import load
from trial_edc.crf.models import FormStatus
from trial_edc.protocol.dose_levels import DOSE_LEVELS, dose_level
from trial_edc.review.models import Query, RuleResult, SourceVerification
from trial_edc.review.selectors import UNRESOLVED, unverified_critical

#: Called with (parts read, parts in all).
Step = Callable[[int, int], None]
PARTS = 9


class Snapshot:
    """Rows as of the cut-off (None: as they are now), of the subjects of some sites or of all; a table is read once."""

    def __init__(self, cutoff: datetime | None, site: Site | Collection[Site] | None) -> None:
        self.cutoff = cutoff
        self._rows: dict[type[Any], list[Any]] = {}
        scope: dict[str, Any] = {} if site is None else {"site": site} if isinstance(site, Site) else {"site__in": site}
        self.subjects: dict[UUID, Subject] = {row.pk: row for row in load(Subject, as_of=cutoff, **scope)}

    def rows(self, model: type[Any]) -> list[Any]:
        """Return the rows of a table that belong to the subjects in scope."""
        if model not in self._rows:
            self._rows[model] = [row for row in load(model, as_of=self.cutoff) if row.subject_id in self.subjects]
        return self._rows[model]

    def results(self, rule: str) -> dict[UUID, RuleResult]:
        """Return what a rule had computed at the cut-off, by what it is about."""
        found = load(RuleResult, as_of=self.cutoff, rule=rule)
        return {row.root: row for row in found if row.subject_id is None or row.subject_id in self.subjects}

    def code(self, row: Any) -> str:
        """Return the identifier of the subject that a row belongs to."""
        return self.subjects[row.subject_id].identifier


def read_facts(cutoff: datetime, site: Site | None, step: Step) -> StudyFacts:
    """Return everything that was known at `cutoff`; `step` is called after each part."""
    parts: list[Any] = []

    def read(part: Any) -> Any:
        parts.append(part)
        step(len(parts), PARTS)
        return part

    snapshot: Snapshot = read(Snapshot(cutoff, site))
    return StudyFacts(
        cutoff=cutoff,
        cutoff_date=timezone.localdate(cutoff),
        scope="" if site is None else site.code,
        levels=tuple(level.number for level in DOSE_LEVELS),
        subjects=read(subjects_of(snapshot)),
        events=read(_events(snapshot)),
        assessments=read(_assessments(snapshot)),
        dlts=read(dlts_of(snapshot)),
        deaths=read(_deaths(snapshot)),
        decisions=read(_decisions(cutoff)),
        shifts=read(tuple(shift_tables(snapshot.subjects.values(), as_of=cutoff))),
        **read(open_points(snapshot)),
    )


def subjects_of(snapshot: Snapshot) -> tuple[SubjectFacts, ...]:
    """Return the subjects in scope in order of their codes."""
    infusions = {row.subject_id: row for row in snapshot.rows(Infusion)}
    facts = [_subject(row, infusions.get(row.pk)) for row in snapshot.subjects.values()]
    return tuple(sorted(facts, key=lambda subject: subject.identifier))


def _subject(row: Subject, infusion: Infusion | None) -> SubjectFacts:
    level = row.dose_level
    if level is None and infusion is not None:
        level = infusion.assigned_dose_level
    return SubjectFacts(
        identifier=row.identifier,
        dose_level=level,
        enrolled=row.eligibility_confirmed_date is not None or level is not None,
        infusion_date=row.infusion_date,
        planned_cells_million=None if infusion is None else _planned_million(infusion, level),
        infused_cells_million=None if infusion is None else infusion.infused_cells_million,
        death_date=row.death_date,
        off_study_date=row.off_study_date,
    )


def _planned_million(infusion: Infusion, level: int | None) -> Decimal | None:
    assigned = infusion.assigned_dose_level or level
    if assigned is None or infusion.weight_kg is None or assigned not in {known.number for known in DOSE_LEVELS}:
        return None
    return dose_level(assigned).planned_cells(infusion.weight_kg) / 1_000_000


def _events(snapshot: Snapshot) -> tuple[EventFacts, ...]:
    grades: dict[UUID, list[int]] = defaultdict(list)
    for change in snapshot.rows(GradeChange):
        if change.grade is not None:
            grades[change.record_id].append(change.grade)
    rows = [row for row in snapshot.rows(AdverseEvent) if row.status != FormStatus.NOT_DONE]
    events = [event_facts(snapshot.code(row), row, grades.get(row.pk, [])) for row in rows]
    return tuple(sorted(events, key=lambda event: (event.subject, event.number, event.key)))


def event_facts(subject: str, row: AdverseEvent, grades: Iterable[int]) -> EventFacts:
    """Return one event of the log with the highest of its grades."""
    known = find_term(row.term or "")
    return EventFacts(
        key=str(row.pk),
        subject=subject,
        number=row.sequence,
        term=known.name if known else row.term or "",
        soc=known.soc if known else "",
        specify=row.term_specify or "",
        other_specify=known.other_specify if known else True,
        onset=row.onset_date or "",
        onset_time=row.onset_time,
        end=row.end_date or "",
        grade=max(grades, default=None),
        serious=row.serious,
        criteria=tuple(row.serious_criteria or ()),
        relationship_cells=row.relationship_car_t or "",
        relationship_lymphodepletion=row.relationship_lymphodepletion or "",
        outcome=row.outcome or "",
        treatment=row.treatment or "",
        component_of=row.part_of_event,
    )


def _assessments(snapshot: Snapshot) -> tuple[AssessmentFacts, ...]:
    found = []
    for model, syndrome, rule in (
        (CrsAssessment, Syndrome.CRS, "crs-grade"),
        (IcansAssessment, Syndrome.ICANS, "icans-grade"),
    ):
        computed = snapshot.results(rule)
        for row in snapshot.rows(model):
            result = computed.get(row.pk)
            found.append(
                AssessmentFacts(
                    subject=snapshot.code(row),
                    syndrome=syndrome,
                    assessed_date=row.assessed_date,
                    investigator_grade=row.investigator_grade,
                    computed_grade=None if result is None else result.output.get("grade"),
                    tocilizumab=bool(getattr(row, "tocilizumab_given", False)),
                    corticosteroid=bool(row.corticosteroid_given),
                )
            )
    return tuple(sorted(found, key=lambda a: (a.subject, a.syndrome, str(a.assessed_date))))


def dlts_of(snapshot: Snapshot) -> tuple[DltFacts, ...]:
    """Return what the rule and the physicians say about the events in scope."""
    computed = snapshot.results("dlt")
    adjudicated = {row.adverse_event_id: row for row in snapshot.rows(DltAdjudication)}
    names = _names(snapshot.cutoff)
    facts = [_dlt(key, computed.get(key), adjudicated.get(key), names) for key in {*computed, *adjudicated}]
    return tuple(sorted(facts, key=lambda dlt: dlt.event))


def _dlt(event: UUID, result: RuleResult | None, verdict: DltAdjudication | None, names: dict[UUID, str]) -> DltFacts:
    output = {} if result is None else result.output
    return DltFacts(
        event=str(event),
        computed=output.get("dlt") or "",
        criterion=output.get("criterion") or "",
        because="" if result is None else result.because,
        rule_version="" if result is None else result.rule_version,
        adjudicated="" if verdict is None else verdict.verdict,
        rationale="" if verdict is None else verdict.rationale,
        adjudicated_by="" if verdict is None else names.get(verdict.adjudicated_by_id, ""),
        adjudicated_at=None if verdict is None else verdict.adjudicated_at,
        facts_changed=verdict is not None and result is not None and verdict.seen_input_hash != result.input_hash,
    )


def _deaths(snapshot: Snapshot) -> tuple[DeathFacts, ...]:
    facts = [
        DeathFacts(
            subject=snapshot.code(row),
            death_date=row.death_date,
            cause=row.cause or "",
            detail=row.cause_detail or "",
            related_to_cells=row.related_to_cells,
        )
        for row in snapshot.rows(Death)
    ]
    return tuple(sorted(facts, key=lambda death: death.subject))


def _decisions(cutoff: datetime) -> tuple[DecisionFacts, ...]:
    """Decisions concern the trial, so they are reported whichever site is in scope; drafts decide nothing."""
    signatures: dict[UUID, list[Signature]] = defaultdict(list)
    for signature in load(Signature, as_of=cutoff):
        signatures[signature.root].append(signature)
    names = _names(cutoff)
    rows = [row for row in load(DoseDecision, as_of=cutoff) if row.status != DoseDecision.Status.DRAFT]
    return tuple(_decision(row, signatures.get(row.pk, []), names) for row in rows)


#: Columns of the record that are shown as they are.
_COPIED = (
    "dose_level", "revision", "status", "rule_set", "rule_version", "data_cutoff", "n_evaluable", "n_dlt", "n_pending",
    "advised_action", "advised_because", "choice", "chosen_action", "choice_reason", "override_reason", "meeting_date",
    "released_at", "superseded_at", "superseded_because",
)  # fmt: skip


def _decision(row: DoseDecision, signatures: list[Signature], names: dict[UUID, str]) -> DecisionFacts:
    return DecisionFacts(
        **{name: getattr(row, name) for name in _COPIED},
        released_by=names.get(row.released_by_id, "") if row.released_by_id else "",
        signatures=tuple(
            SignatureFacts(s.printed_name, s.role_title, s.meaning, s.signed_at)
            for s in sorted(signatures, key=lambda s: s.signed_at)
        ),
    )


def decision_facts(row: DoseDecision, signatures: list[Signature]) -> DecisionFacts:
    """Return one record as it stands now, with its signatures."""
    return _decision(row, signatures, {row.released_by_id: str(row.released_by)} if row.released_by_id else {})


def _names(cutoff: datetime | None) -> dict[UUID, str]:
    return {person.pk: person.full_name for person in load(User, as_of=cutoff)}


def open_points(snapshot: Snapshot) -> dict[str, int]:
    """A verification that was withdrawn after the cut-off still counts: it stood then."""
    queries = [row for row in snapshot.rows(Query) if row.state in UNRESOLVED]
    verified = {row.change_id for row in snapshot.rows(SourceVerification)}
    without = unverified_critical(snapshot.subjects.keys(), as_of=snapshot.cutoff)
    return {"unverified": sum(row["change"] not in verified for row in without), "open_queries": len(queries)}
