"""The edit checks of new lesions; each takes the form and the rows of its tables."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from efficacy.filed import comes, others, rows_of
from efficacy.rules.observations import UNDOUBTED, NewLesionStatus
from trial_edc.protocol.visits.schedule import order_of

EQUIVOCAL, NEW = NewLesionStatus.EQUIVOCAL, NewLesionStatus.NEW
ABSENT, NOT_EVALUABLE = NewLesionStatus.ABSENT, NewLesionStatus.NOT_EVALUABLE
MEASURABLE = "target"


def _before(record: Any) -> list[Any]:
    """Return the assessments before this one, the earliest first."""
    forms = [form for form in others(record, "NL").forms if form.pk != record.pk and comes(form, record)]
    return sorted(forms, key=lambda form: (form.scan_date is not None, form.scan_date, order_of(form.visit)))


def seen_before(record: Any) -> dict[str, Any]:
    """Return the new lesions first seen at earlier assessments, by code."""
    found = others(record, "NL")
    return {row.code: row for form in _before(record) for row in found.rows("NLN", form)}


def last_state(record: Any) -> dict[str, str]:
    """Return how each of them stood when it was last seen: its certainty at first, its state later."""
    found = others(record, "NL")
    states: dict[str, str] = {}
    for form in _before(record):
        states |= {row.code: row.certainty for row in found.rows("NLN", form)}
        states |= {row.code: row.state for row in found.rows("NLS", form) if row.state not in ("", NOT_EVALUABLE)}
    return states


def described_undone(record: Any, rows: Sequence[Any]) -> bool:
    """Test for findings on a form that says nothing was assessed."""
    return record.imaging_done is False and any(row.crf.oid == "NLN" or row.state for row in rows)


def new_although_none(record: Any, rows: Sequence[Any]) -> bool:
    """Test for a new lesion on a form that says there is none."""
    return record.any_new is False and bool(rows_of(rows, "NLN"))


def none_although_new(record: Any, rows: Sequence[Any]) -> bool:
    """Test for a form that says there is a new lesion and does not describe it."""
    return record.any_new is True and not rows_of(rows, "NLN")


def unknown_or_twice(record: Any, rows: Sequence[Any]) -> bool:
    """Test for a row about a new lesion that was never identified, or two rows about one."""
    found = others(record, "NL")
    known = {row.code for form in found.forms for row in found.rows("NLN", form)}
    codes = [row.code for row in rows if row.code]
    return len(set(codes)) != len(codes) or any(code not in known for code in codes)


def no_finding(record: Any, rows: Sequence[Any]) -> bool:
    """Test for a new lesion seen before that this assessment says nothing about."""
    return not {row.code for row in rows_of(rows, "NLS") if row.state}.issuperset(seen_before(record))


def no_diameter(record: Any, rows: Sequence[Any]) -> bool:
    """Test for a measurable new lesion that is there and was not measured."""
    measurable = {code for code, row in seen_before(record).items() if row.kind == MEASURABLE}
    new = any(row.kind == MEASURABLE and row.mm is None for row in rows_of(rows, "NLN"))
    return new or any(
        row.code in measurable and row.mm is None and row.state not in ("", ABSENT, NOT_EVALUABLE)
        for row in rows_of(rows, "NLS")
    )


def measured_although_not_measurable(record: Any, rows: Sequence[Any]) -> bool:
    """Test for a diameter of a lesion that was called not measurable."""
    before = seen_before(record)
    return any(
        row.mm is not None and row.code in before and before[row.code].kind != MEASURABLE
        for row in rows_of(rows, "NLS")
    )


def doubt_after_certainty(record: Any, rows: Sequence[Any]) -> bool:
    """Test for a lesion that was certain before and is now called equivocal, or certain for the first time."""
    before = last_state(record)
    return any(row.state in (EQUIVOCAL, NEW) and before.get(row.code) in UNDOUBTED for row in rows_of(rows, "NLS"))
