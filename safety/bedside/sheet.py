"""The columns of the bedside sheet: what the forms of one time point hold, with the grades the rules gave."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from itertools import zip_longest
from typing import Any
from uuid import uuid4

from safety.bedside.layout import BLOCKS, CRS, ICANS, OIDS, VITALS, Computed, Line
from safety.grading import ice_of
from safety.models import CrsAssessment, IcansAssessment, VitalSigns
from safety.rules import crs, icans
from safety.rules.mean_arterial_pressure import mean_arterial_pressure
from safety.selectors import trial_zone
from safety.treatments import Treatments, medications_of, treatments_among
from trial_edc.casebook.display import display_value
from trial_edc.crf.models import FormStatus
from trial_edc.review.models import RuleResult

MODELS: dict[str, Any] = {VITALS: VitalSigns, CRS: CrsAssessment, ICANS: IcansAssessment}
#: Form -> the rule whose grade stands under its column.
RULES = {CRS: crs.RULE, ICANS: icans.RULE}


@dataclass(frozen=True)
class GradeOf:
    """The grades of one assessment: computed with the sentence of the rule, and the investigator's where given."""

    record: Any
    computed: int | None
    because: str
    investigator: int | None
    reason: str
    #: Of the form that gives a grade: each assessment is graded by a post of its own.
    token: str = field(default_factory=lambda: str(uuid4()))

    @property
    def counts(self) -> int | None:
        """The grade that counts: the investigator's, else the computed one."""
        return self.investigator if self.investigator is not None else self.computed

    @property
    def differs(self) -> bool:
        """Whether the investigator says something else than the rule."""
        return None not in (self.investigator, self.computed) and self.investigator != self.computed


@dataclass
class Column:
    """One time point: its forms by OID. `clock` None: only the day is known."""

    day: date
    clock: time | None
    forms: dict[str, Any] = field(default_factory=dict)
    grades: dict[str, GradeOf] = field(default_factory=dict)
    treatments: Treatments = field(default_factory=Treatments)

    @property
    def at(self) -> datetime:
        """The moment, for the order of columns; the start of the day where the time is not known."""
        return datetime.combine(self.day, self.clock or time(0), tzinfo=trial_zone())

    def text(self, line: Line | Computed) -> str:
        """Return the value of a line in words, '' for none."""
        if isinstance(line, Computed):
            value = self.mean_pressure if line.what == "map" else self.ice
            return "" if value is None else str(value)
        form = self.forms.get(line.oid)
        return "" if form is None else display_value(form._meta.get_field(line.name), getattr(form, line.name))

    @property
    def mean_pressure(self) -> int | None:
        """The mean arterial pressure in mmHg."""
        vitals = self.forms.get(VITALS)
        return None if vitals is None else mean_arterial_pressure(vitals.systolic_bp, vitals.diastolic_bp)

    @property
    def ice(self) -> int | None:
        """The ICE score; None while an item was not assessed."""
        return ice_of(self.forms[ICANS]) if ICANS in self.forms else None

    def given(self, kind: str) -> str:
        """Return the drugs of a kind that the medication log has in the 24 hours before, '' for none."""
        return ", ".join(dict.fromkeys(each.drug for each in getattr(self.treatments, kind)))


def columns_of(subject: Any) -> list[Column]:
    """Return the time points of a subject since its infusion, the earliest first: five queries.

    Several forms of one kind at the same minute stand in columns of their own.
    """
    since = subject.infusion_date
    if since is None:
        return []
    found: dict[tuple[date, time | None], dict[str, list[Any]]] = defaultdict(lambda: defaultdict(list))
    for oid in OIDS:
        for form in _forms(oid, subject, since):
            found[form.assessed_date, form.assessed_time][oid].append(form)
    columns = [column for (day, clock), forms in found.items() for column in _columns(day, clock, forms)]
    columns.sort(key=lambda each: each.at)
    _add_grades(subject, columns)
    medications = medications_of([subject.pk])
    for column in columns:
        if column.clock is not None:
            column.treatments = treatments_among(medications, column.at)
    return columns


def _forms(oid: str, subject: Any, since: date) -> Iterable[Any]:
    forms = MODELS[oid].objects.filter(subject=subject, assessed_date__gte=since)
    return list(forms.exclude(status=FormStatus.NOT_DONE).order_by("assessed_date", "assessed_time", "sequence"))


def _columns(day: date, clock: time | None, forms: dict[str, list[Any]]) -> list[Column]:
    sets = zip_longest(*(forms[oid] for oid in OIDS))
    return [
        Column(day, clock, {oid: form for oid, form in zip(OIDS, each, strict=True) if form is not None})
        for each in sets
    ]


def _add_grades(subject: Any, columns: Sequence[Column]) -> None:
    results = RuleResult.objects.filter(subject=subject, rule__in=RULES.values())
    stored = {(result.root, result.rule): result for result in results}
    for column in columns:
        for oid, rule in RULES.items():
            if oid in column.forms:
                form = column.forms[oid]
                result = stored.get((form.pk, rule))
                column.grades[oid] = GradeOf(
                    record=form,
                    computed=None if result is None else result.output.get("grade"),
                    because="" if result is None else result.because,
                    investigator=form.investigator_grade,
                    reason=form.grade_reason,
                )


@dataclass(frozen=True)
class Cell:
    """One value in words, with the drugs the medication log has for it; `denied`: the answer says there are none."""

    text: str
    drugs: str = ""
    denied: bool = False


@dataclass(frozen=True)
class Shown:
    """One line of the table: its label, its unit, and a cell for each column.

    `hidden`: a rarely needed line that no column answers with more than "no".
    """

    line: Line | Computed
    label: Any
    unit: str
    cells: tuple[Cell, ...]
    hidden: bool = False


def blocks_of(columns: Sequence[Column]) -> list[tuple[Any, list[Shown]]]:
    """Return the blocks of the sheet with the texts of the given columns."""
    return [(block.title, [_shown(line, columns) for line in block.lines]) for block in BLOCKS]


def _shown(line: Line | Computed, columns: Sequence[Column]) -> Shown:
    if isinstance(line, Computed):
        return Shown(line, line.label, line.unit, tuple(Cell(column.text(line)) for column in columns))
    item_field = MODELS[line.oid]._meta.get_field(line.name)
    cells = tuple(_cell(line, column) for column in columns)
    answers = [getattr(column.forms[line.oid], line.name) for column in columns if line.oid in column.forms]
    quiet = line.rare and not any(answers)
    return Shown(line, line.label or item_field.verbose_name, item_field.item.unit, cells, quiet)


def _cell(line: Line, column: Column) -> Cell:
    drugs = column.given(line.memory) if line.memory and line.oid in column.forms else ""
    denied = bool(drugs) and getattr(column.forms[line.oid], line.name) is False
    return Cell(column.text(line), drugs, denied)
