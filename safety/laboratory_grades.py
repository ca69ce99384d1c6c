"""CTCAE grades of the results on a laboratory form, and the events that they ask for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from safety.ae_checks import certainly_before
from safety.laboratory import BEFORE_TREATMENT, LabValue, baseline_for, baseline_values, lab_values
from safety.models import AdverseEvent
from safety.rules import laboratory
from safety.rules.censored_grade import grade_censored
from safety.rules.form_analytes import FORM_ANALYTES, accepts, convert
from safety.rules.laboratory import LaboratoryGrade, LaboratoryResult, Side, corrected_calcium, grade_laboratory
from safety.rules.normal_range import Position
from safety.rules.reported_value import ReportedValue
from trial_edc.crf.models import FormStatus
from trial_edc.review.results import store_result

#: From this grade on a result without an adverse event is asked about.
ASKS_FOR_EVENT = 3
CALCIUM, ALBUMIN = "CA", "ALB"


@dataclass(frozen=True)
class ResultGrade:
    """The computed grade of one result for one term; `grade` None = cannot be graded."""

    result: LabValue
    term: str
    grade: int | None
    because: str


def grades_of(rows: Iterable[Any], baseline: Mapping[str, LabValue]) -> list[ResultGrade]:
    """Grade every result of a form for every term of its analyte; `baseline` holds the values before treatment.

    Results without a unit, and terms for which CTCAE v5.0 publishes no number, are left out. Calcium is corrected for
    the albumin of the same sample; without one it is graded as measured, and the sentence says so.
    """
    values = lab_values(rows)
    albumin = next((value for value in values if value.analyte == ALBUMIN), None)
    return [grade for value in values for grade in _grades(value, baseline.get(value.analyte), albumin)]


def _grades(value: LabValue, base: LabValue | None, albumin: LabValue | None) -> Iterator[ResultGrade]:
    measured = FORM_ANALYTES[value.analyte].measured
    if not accepts(value.analyte, value.unit):
        return
    graded, remark = _corrected(value, albumin) if value.analyte == CALCIUM else (value, "")
    for side, term in ((Side.LOW, measured.terms.low), (Side.HIGH, measured.terms.high)):
        if term is None or laboratory.find_criterion(term, ionized=measured.ionized) is None:
            continue
        answer = _answer(_asked(term, graded, base, ionized=measured.ionized), graded, side)
        yield ResultGrade(value, term, answer.grade, f"{answer.because}{remark}")


def _answer(asked: LaboratoryResult, value: LabValue, side: Side) -> LaboratoryGrade:
    try:
        if not value.censored:
            return grade_laboratory(asked)
        return grade_censored(asked, side, below=value.value.comparator == "<")
    except ValueError as problem:  # an impossible limit or value, while it is being typed
        return LaboratoryGrade(None, f"Cannot grade: {problem}.")


def _asked(term: str, value: LabValue, base: LabValue | None, *, ionized: bool) -> LaboratoryResult:
    known = base if base is not None and base.canonical is not None and not base.censored else None
    if known is None or known.value.number == 0:
        return LaboratoryResult(term, value.value.number, value.unit, value.low, value.high, ionized=ionized)
    return LaboratoryResult(
        term=term,
        value=value.value.number,
        unit=value.unit,
        lln=value.low,
        uln=value.high,
        baseline=convert(value.analyte, known.value.number, known.unit, value.unit),
        baseline_high=_is(known.position, Position.HIGH),
        baseline_low=_is(known.position, Position.LOW),
        ionized=ionized,
    )


def _is(found: Position, wanted: Position) -> bool | None:
    return None if found is Position.UNKNOWN else found is wanted


def _corrected(calcium: LabValue, albumin: LabValue | None) -> tuple[LabValue, str]:
    """Return total calcium corrected for albumin, in mmol/L, and what to say about it."""
    if calcium.canonical is None or calcium.censored:
        return calcium, " Not corrected for albumin."
    if albumin is None or albumin.canonical is None or albumin.censored:
        return calcium, " Not corrected for albumin: this sample has no value of it."
    number = corrected_calcium(calcium.canonical.number, albumin.canonical.number)
    if number == calcium.canonical.number:
        return calcium, ""
    low, high = (
        None if limit is None else convert(CALCIUM, limit, calcium.unit, calcium.canonical_unit)
        for limit in (calcium.low, calcium.high)
    )
    corrected = replace(calcium, value=ReportedValue(number), unit=calcium.canonical_unit, low=low, high=high)
    return corrected, f" Corrected for albumin {albumin.text} {albumin.unit}."


def without_event(subject: Any, grades: Iterable[ResultGrade], on: date | None) -> list[ResultGrade]:
    """Return the grades of 3 and above for whose term no adverse event was going on that day; no day: none at all.

    An event with a partial date counts unless it certainly ended before, or certainly began after.
    """
    severe = [grade for grade in grades if grade.grade is not None and grade.grade >= ASKS_FOR_EVENT]
    if not severe:
        return []
    events = AdverseEvent.objects.filter(subject=subject, term__in={grade.term for grade in severe})
    covered = {event.term for event in events.exclude(status=FormStatus.NOT_DONE) if _covers(event, on)}
    return [grade for grade in severe if grade.term not in covered]


def _covers(event: AdverseEvent, on: date | None) -> bool:
    if on is None:
        return True
    day = on.isoformat()
    began = not event.onset_date or not certainly_before(day, event.onset_date)
    return began and not (event.end_date and certainly_before(event.end_date, day))


def store_grades(record: Any) -> None:
    """Keep the computed grades of a saved form; runs inside `acting`."""
    _store(record, baseline_for(record))


def store_grades_after_baseline(record: Any) -> None:
    """Keep the grades of every form of this kind: a baseline result is what the others are compared with."""
    baseline = baseline_values(record.subject)
    for each in type(record).objects.filter(subject=record.subject).prefetch_related("results"):
        _store(each, {} if each.visit in BEFORE_TREATMENT else baseline)


def _store(record: Any, baseline: Mapping[str, LabValue]) -> None:
    rows = list(record.results.all())
    grades = grades_of(rows, baseline)
    highest = max((grade.grade for grade in grades if grade.grade is not None), default=None)
    named = sorted({grade.term for grade in grades if grade.grade is not None and grade.grade == highest})
    because = f"Highest grade {highest}: {', '.join(named)}." if highest else "No result has a grade of 1 or above."
    store_result(
        root=record.pk,
        subject_id=record.subject_id,
        rule=laboratory.RULE,
        version=laboratory.VERSION,
        inputs={"results": _plain(lab_values(rows)), "baseline": _plain(_used(grades, baseline))},
        output={
            "highest": highest,
            "grades": [[g.result.analyte, g.term, g.grade, g.because] for g in grades if g.grade != 0],
        },
        because=because,
    )


def _used(grades: Iterable[ResultGrade], baseline: Mapping[str, LabValue]) -> list[LabValue]:
    codes = dict.fromkeys(grade.result.analyte for grade in grades)
    return [baseline[code] for code in codes if code in baseline]


def _plain(values: Iterable[LabValue]) -> list[list[str]]:
    return [[value.analyte, value.text, value.unit, value.range_text] for value in values]
