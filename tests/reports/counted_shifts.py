"""The shift tables of the laboratory counted from the stored grades, as a reader of the document sees them."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date
from typing import Any
from uuid import UUID

from safety.laboratory_work import GRADED_FORMS
from safety.rules import laboratory
from safety.shifts import is_before, terms_of
from trial_edc.review.models import RuleResult


def shift_tables() -> list[str]:
    """Each laboratory term: subjects by the last grade before treatment and the worst after its start."""
    graded: dict[str, dict[UUID, list[tuple[bool, date, int | None]]]] = defaultdict(lambda: defaultdict(list))
    for result in RuleResult.objects.filter(rule=laboratory.RULE):
        form: Any = next((found for model in GRADED_FORMS for found in model.objects.filter(pk=result.root)), None)
        if form is None or form.collected_date is None or form.status == "NOT DONE":
            continue
        given = {(analyte, term): grade for analyte, term, grade, _because in result.output["grades"]}
        for analyte, _text, unit, _range in result.inputs["results"]:
            for term in terms_of(analyte, unit):
                value = (is_before(form, form.subject), form.collected_date, given.get((analyte, term), 0))
                graded[term][form.subject_id].append(value)
    return [text for term in sorted(graded) if (text := _shift_text(term, graded[term]))]


def _shift_text(term: str, subjects: dict[UUID, list[tuple[bool, date, int | None]]]) -> str:
    counts: Counter[tuple[str, int]] = Counter()
    for values in subjects.values():
        after = [grade for before, _day, grade in values if not before and grade is not None]
        known = [grade for before, _day, grade in sorted(values, key=lambda v: v[1]) if before and grade is not None]
        if after:
            counts[str(known[-1]) if known else "Unknown", max(after)] += 1
    if not counts:
        return ""
    lines = []
    for base in ("0", "1", "2", "3", "4", "Unknown"):
        row = [counts[base, worst] for worst in range(5)]
        lines.append(" ".join(map(str, [base, *row, sum(row)])))
    totals = [sum(n for (_base, grade), n in counts.items() if grade == worst) for worst in range(5)]
    heads = " ".join(f"Worst grade {worst}" for worst in range(5))
    last = " ".join(map(str, ["All", *totals, sum(totals)]))
    return f"{term} Grade before treatment {heads} Subjects {' '.join(lines)} {last}"
