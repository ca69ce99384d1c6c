"""The laboratory grades of many subjects as shift tables, read from what was stored with each form."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from safety.laboratory import BEFORE_TREATMENT
from safety.laboratory_work import GRADED_FORMS
from safety.rules import laboratory
from safety.rules.form_analytes import FORM_ANALYTES
from safety.rules.laboratory import find_criterion
from safety.rules.shift import BASELINES, WORST, Course, shift_table
from trial_edc.audit.selectors import load
from trial_edc.crf.models import FormStatus
from trial_edc.review.models import RuleResult


@dataclass(frozen=True)
class ShiftTable:
    """One term: for each baseline grade the number of subjects by worst grade; `subjects` counts all of them."""

    term: str
    rows: tuple[tuple[int | None, tuple[int, ...]], ...]
    subjects: int
    severe: tuple[str, ...]


@dataclass(frozen=True)
class _Graded:
    """One value of a subject, for one term."""

    subject: UUID
    term: str
    grade: int | None
    day: date
    before: bool


def shift_tables(subjects: Iterable[Any], *, as_of: datetime | None = None) -> list[ShiftTable]:
    """Return a table per term that was measured after the start of treatment, by name: four queries.

    With `as_of` the forms and grades are read as they were then; `subjects` are given as they were.
    """
    known = {subject.pk: subject for subject in subjects}
    courses: dict[str, dict[UUID, dict[bool, list[tuple[date, int | None]]]]] = defaultdict(
        lambda: defaultdict(lambda: defaultdict(list))
    )
    for value in _values(known, as_of):
        courses[value.term][value.subject][value.before].append((value.day, value.grade))
    tables = [_table(term, courses[term], known) for term in sorted(courses)]
    return [table for table in tables if table.subjects]


def _values(subjects: dict[UUID, Any], as_of: datetime | None) -> Iterator[_Graded]:
    results = load(RuleResult, as_of=as_of, rule=laboratory.RULE, subject__in=list(subjects))
    stored = {result.root: result for result in results}
    for model in GRADED_FORMS:
        for form in load(model, as_of=as_of, subject__in=list(subjects)):
            graded = form.collected_date is not None and form.status != FormStatus.NOT_DONE
            if graded and form.pk in stored:
                yield from _of_form(form, stored[form.pk], subjects[form.subject_id])


def _of_form(form: Any, result: RuleResult, subject: Any) -> Iterator[_Graded]:
    """A form stores the grades that are not 0: whatever else was measured with a term had grade 0."""
    given = {(analyte, term): grade for analyte, term, grade, _because in result.output["grades"]}
    before = is_before(form, subject)
    for analyte, _text, unit, _range in result.inputs["results"]:
        for term in terms_of(analyte, unit):
            yield _Graded(form.subject_id, term, given.get((analyte, term), 0), form.collected_date, before)


def terms_of(analyte: str, unit: str) -> list[str]:
    """Return the terms CTCAE v5.0 grades an analyte for by number; none without an accepted unit."""
    known = FORM_ANALYTES.get(analyte)
    if known is None or unit not in known.units:
        return []
    named = (known.measured.terms.low, known.measured.terms.high)
    return [t for t in named if t is not None and find_criterion(t, ionized=known.measured.ionized) is not None]


def is_before(form: Any, subject: Any) -> bool:
    """Test whether a sample is from before treatment: from a visit before it, or from a day before it began."""
    if form.visit in BEFORE_TREATMENT:
        return True
    began = subject.lymphodepletion_date or subject.infusion_date
    return began is None or form.collected_date < began


def _table(
    term: str, courses: dict[UUID, dict[bool, list[tuple[date, int | None]]]], subjects: dict[UUID, Any]
) -> ShiftTable:
    found = {pk: Course(_in_order(sides[True]), _in_order(sides[False])) for pk, sides in courses.items()}
    counts: Counter[tuple[int | None, int]] = shift_table(found.values())
    severe = sorted(subjects[pk].identifier for pk, course in found.items() if (course.worst or 0) >= 3)
    rows = tuple((base, tuple(counts[base, worst] for worst in WORST)) for base in BASELINES)
    return ShiftTable(term, rows, sum(counts.values()), tuple(severe))


def _in_order(values: list[tuple[date, int | None]]) -> tuple[int | None, ...]:
    return tuple(grade for _day, grade in sorted(values, key=lambda value: value[0]))
