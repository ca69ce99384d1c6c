"""Everything about one subject that has a place on the axis of time, counted in days from the start of the infusion."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from efficacy.filed import filed
from efficacy.models.kinetics import KineticMethod, KineticUnit
from efficacy.selectors.samples import Matrix, days_between, kinetics_of, trial_zone
from reports.content.courses import Grade, Span
from reports.course.tumour import TumourCourse
from reports.figures.samples import Point, points_of
from safety.laboratory import lab_values
from safety.models import Chemistry, CrsAssessment, Haematology, IcansAssessment, Medication, VitalSigns
from safety.treatments import kind_of, medications_of, span_of
from trial_edc.crf.models import FormStatus
from trial_edc.review.models import RuleResult

#: Analytes on the logarithmic axis, with the form that has them.
KEY_ANALYTES = {"NEUT": Haematology, "PLAT": Haematology, "CRP": Chemistry, "FERRITIN": Chemistry}
SYNDROMES: tuple[tuple[str, Any, str], ...] = (
    ("CRS", CrsAssessment, "crs-grade"), ("ICANS", IcansAssessment, "icans-grade"),
)  # fmt: skip


@dataclass(frozen=True)
class Timeline:
    """What the figure shows. Laboratory: analyte → (day, value) in its canonical unit."""

    subject: Any
    today: float
    grades: dict[str, tuple[Grade, ...]]
    temperatures: tuple[tuple[float, float], ...]
    treatments: tuple[Span, ...]
    laboratory: dict[str, tuple[str, tuple[tuple[float, float], ...]]]
    copies: tuple[Point, ...]
    responses: tuple[tuple[float, str], ...]
    death: float | None


def timeline(subject: Any) -> Timeline:
    """Read the course of an infused subject."""
    clock = Clock(subject.infused_at)
    tumour = TumourCourse(subject)
    return Timeline(
        subject=subject,
        today=clock.at(timezone.now()),
        grades={name: _grades(subject, model, rule, clock) for name, model, rule in SYNDROMES},
        temperatures=_temperatures(subject, clock),
        treatments=spans_of(medications_of([subject.pk]), clock, timezone.now()),
        laboratory=_laboratory(subject, clock),
        copies=tuple(_copies(subject)),
        responses=tuple(_responses(tumour, clock)),
        death=None if subject.death_date is None else clock.on(subject.death_date, None),
    )


class Clock:
    """Days since the start of the infusion; what has a date and no time is put at noon."""

    def __init__(self, start: datetime) -> None:
        self.start = start

    def at(self, moment: datetime) -> float:
        """Return the day of a moment."""
        return float(days_between(self.start, moment))

    def on(self, day: date, clock: time | None) -> float:
        """Return the day of a date and a time in the trial's zone."""
        return self.at(datetime.combine(day, clock or time(12), tzinfo=trial_zone()))


def _done(model: Any, subject: Any) -> QuerySet[Any]:
    found: QuerySet[Any] = model.objects.filter(subject=subject).exclude(status=FormStatus.NOT_DONE)
    return found


def _grades(subject: Any, model: Any, rule: str, clock: Clock) -> tuple[Grade, ...]:
    computed = {row.root: row.output.get("grade") for row in RuleResult.objects.filter(rule=rule, subject=subject)}
    return grades_of(_done(model, subject), computed, clock)


def grades_of(rows: Iterable[Any], computed: Mapping[UUID, int | None], clock: Clock) -> tuple[Grade, ...]:
    """Return the grades of assessments in order of time: the investigator's, or where none was given the computed."""
    found = []
    for row in rows:
        grade = row.investigator_grade if row.investigator_grade is not None else computed.get(row.pk)
        if grade is not None and row.assessed_date is not None:
            day = clock.on(row.assessed_date, row.assessed_time)
            found.append(Grade(day, grade, row.investigator_grade is not None))
    return tuple(sorted(found, key=lambda each: each.day))


def _temperatures(subject: Any, clock: Clock) -> tuple[tuple[float, float], ...]:
    rows = [row for row in _done(VitalSigns, subject) if row.assessed_date and row.temperature_c is not None]
    return tuple(sorted((clock.on(row.assessed_date, row.assessed_time), float(row.temperature_c)) for row in rows))


def spans_of(medications: Iterable[Medication], clock: Clock, now: datetime) -> tuple[Span, ...]:
    """Return the treatments that the bedside form asks for, by kind and start; one that goes on lasts until `now`."""
    found = []
    for medication in medications:
        kind, (start, stop) = kind_of(medication), span_of(medication)
        if kind is None or start is None:
            continue
        begins = clock.at(start.first)
        ends = clock.at(stop.last) if stop is not None else begins
        ongoing = bool(medication.ongoing)
        ends = clock.at(now) if ongoing else max(ends, begins)
        found.append(Span(begins, ends, kind, medication.drug, ongoing))
    return tuple(sorted(found, key=lambda each: (each.kind, each.start)))


def _laboratory(subject: Any, clock: Clock) -> dict[str, tuple[str, tuple[tuple[float, float], ...]]]:
    values: dict[str, list[tuple[float, float]]] = defaultdict(list)
    units: dict[str, str] = {}
    for model in dict.fromkeys(KEY_ANALYTES.values()):
        for record in _done(model, subject).prefetch_related("results"):
            if record.collected_date is None:
                continue
            day = clock.on(record.collected_date, record.collected_time)
            for value in lab_values(record.results.all()):
                number = value.canonical.number if value.canonical is not None else None
                if value.analyte in KEY_ANALYTES and number is not None and number > 0:
                    values[value.analyte].append((day, float(number)))
                    units[value.analyte] = value.canonical_unit
    return {analyte: (units[analyte], tuple(sorted(values[analyte]))) for analyte in KEY_ANALYTES if analyte in values}


def _copies(subject: Any) -> list[Point]:
    samples = kinetics_of(filed(subject, Matrix.BLOOD.value), subject.infused_at, Matrix.BLOOD)
    wanted = (KineticMethod.QPCR, KineticUnit.COPIES)
    return points_of([each for each in samples if (each.method, each.unit) == wanted])


def _responses(tumour: TumourCourse, clock: Clock) -> Iterable[tuple[float, str]]:
    for each in tumour.assessments:
        found, judged = tumour.computed(each.visit), each.judgement
        if judged is not None and judged.overall:
            yield clock.on(each.time_point.date, None), judged.overall
        elif found is not None and found.is_open:
            yield clock.on(each.time_point.date, None), _("%(response)s, computed") % {"response": found.point.overall}
