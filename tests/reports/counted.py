"""The study counted from its tables with plain queries: what every number of the safety report must be.

Nothing here uses the code that computes the report; words and shapes are those of a reader of the document.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from statistics import median
from typing import Any
from uuid import UUID

from django.utils import timezone

from dosing.models import DltAdjudication, DoseDecision, Infusion
from enrollment.models import Subject
from safety.ctcae import find_term
from safety.models import AdverseEvent, CrsAssessment, Death, GradeChange, IcansAssessment
from trial_edc.casebook.rendering.dates import study_date
from trial_edc.review.models import RuleResult

RELATED = ("definite", "probable", "possible")
SYNDROMES = {
    "Cytokine release syndrome": "CRS",
    "Immune effector cell-associated neurotoxicity syndrome": "ICANS",
}
ENDED = ("FATAL", "RECOVERED/RESOLVED", "RECOVERED/RESOLVED WITH SEQUELAE")
#: Cells of a planned dose for each kilogram, in millions.
DOSES = {1: Decimal(1), 2: Decimal(3), 3: Decimal(10)}
Test = Callable[[AdverseEvent], bool]


def share(count: int, of: int) -> str:
    """2 of 3 as the report writes it."""
    if not count:
        return "0"
    return f"{count} ({(Decimal(count) * 100 / of).quantize(Decimal('0.1'), ROUND_HALF_UP)} %)"


class Counted:
    """Subjects, events and grades as the tables hold them now."""

    def __init__(self) -> None:
        self.subjects = {each.pk: each for each in Subject.objects.order_by("identifier")}
        self.infusions = {each.subject_id: each for each in Infusion.objects.all()}
        self.events = list(AdverseEvent.objects.exclude(status="NOT DONE"))
        self.grades: dict[UUID, int] = {}
        for change in GradeChange.objects.exclude(grade=None):
            assert change.grade is not None
            self.grades[change.record_id] = max(self.grades.get(change.record_id, 0), change.grade)
        self.today = timezone.localdate()

    def level(self, subject: Any) -> int | None:
        infusion = self.infusions.get(subject.pk)
        level: int | None = subject.dose_level or (infusion.assigned_dose_level if infusion else None)
        return level

    def columns(self) -> list[list[Any]]:
        """Levels 1 to 3 of the infused, all infused, enrolled but not infused."""
        infused = [each for each in self.subjects.values() if each.infused_at]
        waiting = [
            each for each in self.subjects.values()
            if not each.infused_at and (each.eligibility_confirmed_date or self.level(each))
        ]  # fmt: skip
        return [*([each for each in infused if self.level(each) == level] for level in DOSES), infused, waiting]

    def row(self, label: str, wanted: Test) -> str:
        """The line of an event table: subjects with their share and events, for each column."""
        cells = []
        for people in self.columns():
            known = {each.pk for each in people}
            found = [event for event in self.events if event.subject_id in known and wanted(event)]
            cells += [share(len({event.subject_id for event in found}), len(known)), str(len(found))]
        return " ".join([label, *cells])

    def graded_rows(self, wanted: Test) -> list[str]:
        """The lines below a term: subjects at their highest grade, events at their own."""
        rows = []
        for grade in (5, 4, 3, 2, 1, 0):
            cells, anything = [], False
            for people in self.columns():
                tops = [
                    max((self.grade(e) for e in self.events if e.subject_id == each.pk and wanted(e)), default=-1)
                    for each in people
                ]
                known = {each.pk for each in people}
                own = sum(e.subject_id in known and wanted(e) and self.grade(e) == grade for e in self.events)
                cells += [share(tops.count(grade), len(people)), str(own)]
                anything = anything or bool(own or tops.count(grade))
            if anything:
                rows.append(" ".join([f"Grade {grade}" if grade else "Grade not recorded", *cells]))
        return rows

    def grade(self, event: AdverseEvent) -> int:
        return self.grades.get(event.pk, 0)

    def name(self, event: AdverseEvent) -> str:
        known = find_term(event.term or "")
        own_words = known is None or known.other_specify
        name = (known.name if known else event.term) or ""
        return f"{name}: {event.term_specify}" if own_words and event.term_specify else name

    def soc(self, event: AdverseEvent) -> str:
        known = find_term(event.term or "")
        return known.soc if known else ""

    def overview(self) -> list[str]:
        computed = {each.root: each.output.get("dlt") for each in RuleResult.objects.filter(rule="dlt")}
        judged = {each.adverse_event_id: each.verdict for each in DltAdjudication.objects.all()}
        tests: list[tuple[str, Test]] = [
            ("Any adverse event", lambda event: True),
            ("Grade 3 or higher", lambda event: self.grade(event) >= 3),
            ("Grade 4 or 5", lambda event: self.grade(event) >= 4),
            ("Serious", lambda event: event.serious is True),
            ("Related to the CAR-T cells", lambda event: event.relationship_car_t in RELATED),
            ("Related, grade 3 or higher",
             lambda event: event.relationship_car_t in RELATED and self.grade(event) >= 3),
            ("Fatal", lambda event: self.grade(event) == 5 or event.outcome == "FATAL"),
            ("Dose-limiting toxicity", lambda event: (judged.get(event.pk) or computed.get(event.pk)) == "YES"),
        ]  # fmt: skip
        return [self.row(label, wanted) for label, wanted in tests]

    def terms(self) -> list[str]:
        """All lines of the table of classes, terms and grades, in its order."""
        lines = [self.row("Any adverse event, any grade", lambda event: True), *self.graded_rows(lambda event: True)]
        for soc in self._by_frequency({self.soc(event) for event in self.events}, self.soc):
            lines.append(self.row(soc, lambda event, soc=soc: self.soc(event) == soc))  # type: ignore[misc]
            for name in self._by_frequency({self.name(e) for e in self.events if self.soc(e) == soc}, self.name):

                def named(event: AdverseEvent, name: str = name, soc: str = soc) -> bool:
                    return self.name(event) == name and self.soc(event) == soc

                lines += [self.row(name.removeprefix(f"{soc} - "), named), *self.graded_rows(named)]
        return lines

    def _by_frequency(self, labels: set[str], of: Callable[[AdverseEvent], str]) -> list[str]:
        subjects = {label: len({e.subject_id for e in self.events if of(e) == label}) for label in labels}
        return sorted(labels, key=lambda label: (-subjects[label], label))

    def exposure(self) -> list[str]:
        levels: list[int | None] = [1, 2, 3]
        enrolled = [
            each for each in self.subjects.values()
            if each.infused_at or each.eligibility_confirmed_date or self.level(each)
        ]  # fmt: skip
        levels += [None] if any(self.level(each) is None for each in enrolled) else []
        groups = [[each for each in enrolled if self.level(each) == level] for level in levels] + [enrolled]
        infused = [[each for each in group if each.infused_at] for group in groups]
        shares = [[s for s in (self._percent(each) for each in group) if s is not None] for group in infused]
        days = [[self._followed(each) for each in group] for group in infused]
        rows: list[tuple[str, Sequence[object]]] = [
            ("Subjects enrolled", [len(group) for group in groups]),
            ("Subjects infused", [len(group) for group in infused]),
            ("Infused cells, % of plan: subjects with both known", [len(group) for group in shares]),
            ("Infused cells, % of plan: median (range)", [_spread(group) for group in shares]),
            ("Follow-up, days: median (range)", [_spread(group) for group in days]),
            ("Infused subjects who died", [sum(each.death_date is not None for each in group) for group in infused]),
            ("Infused subjects who left the study",
             [sum(each.off_study_date is not None for each in group) for group in infused]),
        ]  # fmt: skip
        return [" ".join([label, *map(str, cells)]) for label, cells in rows]

    def _percent(self, subject: Any) -> Decimal | None:
        infusion = self.infusions.get(subject.pk)
        if infusion is None or infusion.infused_cells_million is None or infusion.weight_kg is None:
            return None
        assigned: int = infusion.assigned_dose_level or subject.dose_level
        percent: Decimal = infusion.infused_cells_million * 100 / (DOSES[assigned] * infusion.weight_kg)
        return percent

    def _followed(self, subject: Any) -> Decimal:
        ends = [day for day in (self.today, subject.death_date, subject.off_study_date) if day is not None]
        return Decimal((min(ends) - subject.infusion_date).days)

    def event_lines(self) -> list[str]:
        """The listing of every event: class, term, subject, level, number, grade, serious, onset, day, duration."""
        ordered = sorted(
            self.events,
            key=lambda e: (self.soc(e) or "~", self.name(e).casefold(), self.subjects[e.subject_id].identifier,
                           e.onset_date or "9999", e.sequence),
        )  # fmt: skip
        return [self._event_line(event) for event in ordered]

    def _event_line(self, event: AdverseEvent) -> str:
        name = self.name(event).removeprefix(f"{self.soc(event)} - ")
        serious = {True: "Yes", False: "No", None: "–"}[event.serious]
        subject, level = self.who(event)
        onset, day, lasted = self.times(event)
        where = f"{self.soc(event)} {name} {subject} {level} {event.sequence}"
        return f"{where} {self.top(event)} {serious} {onset} {day} {lasted}"

    def who(self, event: AdverseEvent) -> tuple[str, str]:
        subject = self.subjects[event.subject_id]
        return subject.identifier, f"DL{self.level(subject)}" if subject.infused_at else "Enrolled, not infused"

    def top(self, event: AdverseEvent) -> str:
        return str(self.grade(event) or "not recorded")

    def times(self, event: AdverseEvent) -> tuple[str, str, str]:
        """Onset, its study day, and the duration in days."""
        infused = self.subjects[event.subject_id].infusion_date
        onset, end = (date.fromisoformat(t) if t and len(t) == 10 else None for t in (event.onset_date, event.end_date))
        ongoing = not event.end_date and event.outcome not in ENDED
        last = self.today if ongoing else end
        lasted = "ongoing" if ongoing else "not determinable"
        if onset and last and last >= onset:
            lasted = f"{(last - onset).days + 1}{', ongoing' if ongoing else ''}"
        day = str((onset - infused).days).replace("-", "−") if onset and infused else "–"
        return study_date(onset) if onset else "–", day, lasted

    def syndrome_lines(self) -> list[str]:
        lines = []
        for event in self.events:
            code = SYNDROMES.get(event.term or "")
            onset, day, lasted = self.times(event)
            subject, level = self.who(event)
            lines += [f"{subject} {level} {code} {event.sequence} {onset} {day} {lasted} {self.top(event)}"] * bool(
                code
            )
        return lines

    def serious_lines(self) -> list[str]:
        lines = []
        for event in (each for each in self.events if each.serious):
            onset, day, lasted = self.times(event)
            subject, level = self.who(event)
            lines.append(
                f"{subject} {level} {event.sequence} {self.name(event)} {onset} {day} {lasted} {self.top(event)}"
            )
        return lines

    def dlt_lines(self) -> list[str]:
        """The events with a verdict to speak of: computed other than no, or adjudicated."""
        computed = {each.root: each.output.get("dlt") for each in RuleResult.objects.filter(rule="dlt")}
        judged = set(DltAdjudication.objects.values_list("adverse_event_id", flat=True))
        lines = []
        for event in self.events:
            if computed.get(event.pk) in ("YES", "PENDING", "REVIEW") or event.pk in judged:
                onset, day, _lasted = self.times(event)
                subject, level = self.who(event)
                lines.append(f"{subject} {level} {event.sequence} {self.name(event)} {self.top(event)} {onset} {day}")
        return lines

    def assessment_lines(self) -> list[str]:
        """How many assessments each subject has, with the highest grades, computed and by the investigator."""
        lines = []
        for subject in self.subjects.values():
            for name, model, rule in (("CRS", CrsAssessment, "crs-grade"), ("ICANS", IcansAssessment, "icans-grade")):
                rows: list[Any] = list(model.objects.filter(subject=subject))
                results = RuleResult.objects.filter(rule=rule, root__in=[row.pk for row in rows])
                computed = [r.output.get("grade") for r in results if r.output.get("grade") is not None]
                given = [row.investigator_grade for row in rows if row.investigator_grade is not None]
                tops = [str(max(found)) if found else "–" for found in (computed, given)]
                level = f"DL{self.level(subject)}" if subject.infused_at else "Enrolled, not infused"
                lines += [" ".join([subject.identifier, level, name, str(len(rows)), *tops])] if rows else []
        return lines

    def deaths(self) -> set[str]:
        fatal = {e.subject_id for e in self.events if self.grade(e) == 5 or e.outcome == "FATAL"}
        known = {each.subject_id for each in Death.objects.all()} | fatal
        known |= {each.pk for each in self.subjects.values() if each.death_date}
        return {self.subjects[key].identifier for key in known}

    def decisions(self) -> list[str]:
        found = DoseDecision.objects.exclude(status="DRAFT").order_by("dose_level", "revision")
        return [f"{each.n_dlt} / {each.n_evaluable} {each.n_pending}" for each in found]


def _spread(values: Sequence[Decimal]) -> str:
    if not values:
        return "–"
    middle, low, high = (
        value.quantize(Decimal("0.1"), ROUND_HALF_UP) for value in (median(values), min(values), max(values))
    )
    return f"{middle} ({low}–{high})"
