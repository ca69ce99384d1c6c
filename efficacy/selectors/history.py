"""The tumour of one subject as the rules of response read it, live or as of a cut-off.

A lesion without a finding is missing, never 0. What was typed is not corrected on the way: what the rules cannot read
is said in `LesionHistory.problem`, and then there is no baseline to compute from.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from efficacy.filed import BASELINE_VISITS, Filed, filed
from efficacy.measurements import split_fragments
from efficacy.models.overall_response import TumourMarker
from efficacy.rules.observations import (
    Baseline,
    Contradiction,
    Findings,
    LesionObservation,
    LesionStatus,
    NewLesionObservation,
    NewLesionStatus,
    NonTargetObservation,
    NonTargetStatus,
    SinceLast,
    TargetLesion,
    TimePoint,
)
from efficacy.target_checks import counted_mm
from trial_edc.protocol.visits.schedule import order_of

FORMS = ("TL", "NTL", "NL", "RESP")
MEASURABLE = "target"


@dataclass(frozen=True)
class Judgement:
    """The investigator's responses at one assessment, as submitted to CDISC; '' where not judged."""

    target: str
    non_target: str
    overall: str
    immune: str
    rationale: str


@dataclass(frozen=True)
class AssessmentOnFile:
    """One assessment after baseline. `new_lesions_assessed` False: nobody said yet whether there are new lesions."""

    visit: str
    time_point: TimePoint
    new_lesions_assessed: bool
    clinically_stable: bool | None
    judgement: Judgement | None


@dataclass(frozen=True)
class LesionHistory:
    """Baseline and later assessments in order of their dates.

    `baseline` None: none is on file, or `problem` says why it cannot be read. `undated`: visits with tumour forms of
    which no date is known, so that they have no place in the course.
    """

    subject_id: UUID
    baseline: Baseline | None
    baseline_date: date | None
    assessments: tuple[AssessmentOnFile, ...]
    undated: tuple[str, ...] = ()
    problem: str = ""

    @property
    def time_points(self) -> tuple[TimePoint, ...]:
        return tuple(each.time_point for each in self.assessments)


def lesion_history(subject: Any, *, as_of: datetime | None = None) -> LesionHistory:
    """Return the tumour of one subject: one query per kind of form and table."""
    return history_of(subject.pk, {oid: filed(subject, oid, as_of=as_of) for oid in FORMS})


def history_of(subject_id: UUID, forms: Mapping[str, Filed]) -> LesionHistory:
    """Return the same from forms that are read already, or as they stand in front of a person."""
    baseline, problem = _baseline(forms["TL"], forms["NTL"])
    assessments, undated = [], []
    for visit in _visits(forms):
        day = _date_of(forms, visit)
        if day is None:
            undated.append(visit)
        else:
            assessments.append(_assessment(forms, visit, day, baseline))
    assessments.sort(key=lambda each: (each.time_point.date, order_of(each.visit)))
    first = forms["TL"].baseline or forms["NTL"].baseline
    return LesionHistory(
        subject_id, baseline, first.scan_date if first else None, tuple(assessments), tuple(undated), problem
    )


def _baseline(targets: Filed, non_targets: Filed) -> tuple[Baseline | None, str]:
    if targets.baseline is None and non_targets.baseline is None:
        return None, ""
    lesions = targets.rows("TLB", targets.baseline) if targets.baseline else []
    others = non_targets.rows("NTLB", non_targets.baseline) if non_targets.baseline else []
    unmeasured = [lesion.code for lesion in lesions if counted_mm(lesion) is None]
    if unmeasured:
        return None, _("%(lesions)s not measured at baseline.") % {"lesions": ", ".join(unmeasured)}
    chosen = tuple(TargetLesion(row.code, counted_mm(row) or Decimal(0), bool(row.nodal)) for row in lesions)
    try:
        return Baseline(chosen, tuple(row.code for row in others)), ""
    except Contradiction as wrong:
        return None, str(wrong)


def _visits(forms: Mapping[str, Filed]) -> list[str]:
    visits = {form.visit for found in forms.values() for form in found.forms} - set(BASELINE_VISITS)
    return sorted(visits, key=order_of)


def _date_of(forms: Mapping[str, Filed], visit: str) -> date | None:
    """Return the date of an assessment: the investigator's, else that of its first scan."""
    response = forms["RESP"].at(visit)
    if response is not None and response.assessment_date is not None:
        return _day(response.assessment_date)
    days = [form.scan_date for oid in FORMS[:3] if (form := forms[oid].at(visit)) is not None and form.scan_date]
    return min(days, default=None)


def _day(value: Any) -> date:
    assert isinstance(value, date)
    return value


def _assessment(forms: Mapping[str, Filed], visit: str, day: date, baseline: Baseline | None) -> AssessmentOnFile:
    response, new = forms["RESP"].at(visit), forms["NL"].at(visit)
    findings = Findings(
        targets=_targets(forms["TL"], visit, baseline),
        non_targets=_non_targets(forms["NTL"], visit, baseline),
        new_lesions=_new_lesions(forms["NL"], visit),
        marker_elevated=response is not None and response.tumour_marker == TumourMarker.ELEVATED,
    )
    done = response is None or response.assessment_done is not False
    symptom = bool(response is not None and response.new_symptom)
    return AssessmentOnFile(
        visit=visit,
        time_point=TimePoint(day, findings if done else None, new_symptom=symptom),
        new_lesions_assessed=new is not None and new.any_new is not None,
        clinically_stable=None if response is None else response.clinically_stable,
        judgement=None if response is None else judgement_of(response),
    )


def judgement_of(response: Any) -> Judgement | None:
    """Return what the investigator judged, None while nothing is."""
    if not (response.overall_response or response.immune_response):
        return None
    return Judgement(
        response.target_response, response.non_target_response, response.overall_response, response.immune_response,
        response.rationale,
    )  # fmt: skip


def _rows_at(found: Filed, visit: str, table: str) -> list[Any]:
    form = found.at(visit)
    return [] if form is None else found.rows(table, form)


def _targets(found: Filed, visit: str, baseline: Baseline | None) -> dict[str, LesionObservation]:
    known = {lesion.lesion_id for lesion in baseline.targets} if baseline else set()
    rows = [row for row in _rows_at(found, visit, "TLM") if row.code in known and row.status]
    return {row.code: target_observation(row) for row in rows}


def target_observation(row: Any) -> LesionObservation:
    """Return the finding of a target lesion; what the entry form would refuse is missing here."""
    try:
        return LesionObservation(LesionStatus(row.status), row.mm, split_fragments(row.fragments_mm))
    except Contradiction:
        return LesionObservation(LesionStatus.MISSING)


def _non_targets(found: Filed, visit: str, baseline: Baseline | None) -> dict[str, NonTargetObservation]:
    known = set(baseline.non_targets) if baseline else set()
    return {
        row.code: NonTargetObservation(
            NonTargetStatus(row.state), SinceLast(row.since_last) if row.since_last else None
        )
        for row in _rows_at(found, visit, "NTLS")
        if row.code in known and row.state
    }


def _new_lesions(found: Filed, visit: str) -> dict[str, NewLesionObservation]:
    kinds = {row.code: row.kind for form in found.forms for row in found.rows("NLN", form)}
    first = {
        row.code or f"new {row.position}": _new_lesion(_first_status(row), row.mm, row.kind)
        for row in _rows_at(found, visit, "NLN")
        if row.certainty
    }
    later = {
        row.code: _new_lesion(NewLesionStatus(row.state), row.mm, kinds[row.code])
        for row in _rows_at(found, visit, "NLS")
        if row.state and row.code in kinds
    }
    return first | later


def _first_status(row: Any) -> NewLesionStatus:
    return NewLesionStatus.EQUIVOCAL if row.certainty == NewLesionStatus.EQUIVOCAL else NewLesionStatus.NEW


def _new_lesion(status: NewLesionStatus, mm: Decimal | None, kind: str) -> NewLesionObservation:
    if kind != MEASURABLE:
        return NewLesionObservation(status)
    if status is NewLesionStatus.ABSENT:
        return NewLesionObservation(status, LesionObservation(LesionStatus.ABSENT))
    size = LesionObservation(LesionStatus.MISSING) if mm is None else LesionObservation(LesionStatus.MEASURED, mm)
    return NewLesionObservation(status, size)
