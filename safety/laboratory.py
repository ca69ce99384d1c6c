"""Laboratory rows as plain values: read, converted, held against their range; and the rows a form opens with."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from safety.lab_checks import limit_of
from safety.models import Chemistry, Coagulation, Haematology, Immunology, NormalRange
from safety.ranges import person_of, ranges_in_force
from safety.rules.form_analytes import FORM_ANALYTES, to_canonical
from safety.rules.normal_range import Position, position
from safety.rules.reported_value import ReportedValue, reported_or_none
from trial_edc.accounts.access import today
from trial_edc.casebook.models import SubjectVisit

FORMS = (Haematology, Chemistry, Coagulation, Immunology)
#: Visits whose values are the baseline, the nearest to treatment first.
BASELINE_VISITS = ("BL", "SCR")
#: Results of these visits are graded by the limits of normal alone: no treatment lies between them and a baseline.
BEFORE_TREATMENT = ("SCR", "APH", "BL")


@dataclass(frozen=True)
class LabValue:
    """One result: as reported (`text`), and read (`value`, in `unit`, with the limits of normal in the same unit).

    `canonical` is the value in `canonical_unit`, None where the unit is missing or not accepted; a censored value keeps
    its "<" or ">" in every unit.
    """

    analyte: str
    text: str
    unit: str
    value: ReportedValue
    low: Decimal | None
    high: Decimal | None
    canonical: ReportedValue | None
    canonical_unit: str
    position: Position
    range_text: str

    @property
    def censored(self) -> bool:
        """Whether only a limit of the value is known."""
        return self.value.censored


def lab_values(rows: Iterable[Any]) -> list[LabValue]:
    """Return the results of a form in the order of its rows; rows without a readable result are left out."""
    found = []
    for row in rows:
        value = reported_or_none(row.value) if row.analyte and row.value else None
        if value is not None:
            found.append(_lab_value(row, value))
    return found


def _lab_value(row: Any, value: ReportedValue) -> LabValue:
    low, high = limit_of(row.range_low), limit_of(row.range_high)
    number = to_canonical(row.analyte, row.unit, value.number)
    return LabValue(
        analyte=row.analyte,
        text=row.value,
        unit=row.unit,
        value=value,
        low=low,
        high=high,
        canonical=None if number is None else ReportedValue(number, value.comparator),
        canonical_unit=FORM_ANALYTES[row.analyte].unit,
        position=position(value, low, high),
        range_text=range_text(row.range_low, row.range_high),
    )


def range_text(low: str, high: str) -> str:
    """Return a normal range in print, '' for none.

    >>> range_text("1.8", "6.3"), range_text("", "5"), range_text("80", ""), range_text("", "")
    ('1.8–6.3', '≤ 5', '≥ 80', '')
    """
    if low and high:
        return f"{low}–{high}"
    return f"≤ {high}" if high else f"≥ {low}" if low else ""


def baseline_for(record: Any) -> dict[str, LabValue]:
    """Return the values that the results of a form are compared with, by analyte; none before treatment."""
    if record.visit in BEFORE_TREATMENT:
        return {}
    # One page asks for it several times: beside each value, in the panel, for the events that are missing.
    if not hasattr(record, "_baseline_values"):
        record._baseline_values = baseline_values(record.subject)
    found: dict[str, LabValue] = record._baseline_values
    return found


def baseline_values(subject: Any) -> dict[str, LabValue]:
    """Return the last result of each analyte before treatment, by analyte: of the baseline visit, else of screening."""
    found: dict[str, LabValue] = {}
    for model in FORMS:
        records = model.objects.filter(subject=subject, visit__in=BASELINE_VISITS)
        latest: Any = records.order_by("-collected_date", "-sequence").prefetch_related("results")
        for record in sorted(latest, key=lambda each: BASELINE_VISITS.index(each.visit)):
            for value in lab_values(record.results.all()):
                found.setdefault(value.analyte, value)
    return found


def site_ranges(subject: Any, on: date) -> dict[str, NormalRange]:
    """Return the ranges of the subject's site in force on a day, for the subject's sex and age, by analyte."""
    return ranges_in_force(subject.site, on, person_of(subject, on))


def opening_rows(rows_oid: str, codes: Iterable[str]) -> Callable[[Any, str], dict[str, list[dict[str, Any]]]]:
    """Return the seed of a laboratory form: a row per analyte, with the site's unit and range of the visit's day.

    Without a range the unit stays empty: the site chooses it, nobody guesses.
    """
    wanted = tuple(codes)

    def seed(subject: Any, visit: str) -> dict[str, list[dict[str, Any]]]:
        in_force = site_ranges(subject, day_of(subject, visit))
        return {rows_oid: [_opening_row(code, in_force.get(code)) for code in wanted]}

    return seed


def _opening_row(code: str, normal: NormalRange | None) -> dict[str, Any]:
    if normal is None:
        return {"analyte": code}
    return {"analyte": code, "unit": normal.unit, "range_low": normal.low_text, "range_high": normal.high_text}


def day_of(subject: Any, visit: str) -> date:
    """Return the day a visit took place where it is recorded, else today."""
    recorded = SubjectVisit.objects.filter(subject=subject, code=visit).values_list("visit_date", flat=True).first()
    return recorded or today()
