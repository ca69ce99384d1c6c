"""One subject with a full casebook, entered form by form under the trail's trigger; the crowd is copied from it."""

from __future__ import annotations

from datetime import date, time, timedelta
from decimal import Decimal
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone

from benchmarks import cast
from enrollment.models import Subject
from trial_edc.accounts.access import today
from trial_edc.audit.context import acting
from trial_edc.casebook.models import SubjectVisit
from trial_edc.casebook.selectors.expected import expected_forms, planned_visits
from trial_edc.crf import registry
from trial_edc.protocol.partial_dates import PartialDate
from trial_edc.protocol.visits.unscheduled import code_of

UNSCHEDULED = [code_of(number) for number in range(1, 8)]
#: One form in so many is begun and not complete.
IN_PROGRESS = 40
#: Rows of each repeating table: with these, a casebook of 400 forms has about 7,500 items.
ROWS = 4
INFUSED_DAYS_AGO = 900
#: The product chain, whose numbers are issued once in the study.
LEFT_OUT = ("APH", "PROD", "REL", "INF")


def make(forms: int) -> Subject:
    """Return a subject with that many forms at 45 visits (38 planned, 7 unscheduled), all tables of rows filled."""
    infused = today() - timedelta(days=INFUSED_DAYS_AGO)
    person = cast.investigator()
    with acting(person, "benchmark", source="import"):
        subject = Subject.objects.create(
            identifier="01-0001", site=cast.site(), status="FOLLOW-UP", dose_level=1,
            consent_date=infused - timedelta(days=60), lymphodepletion_date=infused - timedelta(days=5),
            infused_at=timezone.now() - timedelta(days=INFUSED_DAYS_AGO),
        )  # fmt: skip
        SubjectVisit.objects.bulk_create(SubjectVisit(subject=subject, code=c, visit_date=infused) for c in UNSCHEDULED)
        for number, (oid, visit, sequence) in enumerate(_places(forms)):
            _file(subject, oid, visit, sequence, infused, is_complete=number % IN_PROGRESS > 0)
    return subject


def _places(forms: int) -> list[tuple[str, str, int]]:
    """Return (form, visit, number): what the protocol requires, vital signs at unscheduled visits, then the logs."""
    found = [
        (form.oid, visit.code, 1 + number)
        for visit in planned_visits()
        for form in expected_forms(visit.code)
        if form.required and form.oid not in LEFT_OUT
        for number in range(form.records if form.repeating else 1)
    ]
    found += [(oid, visit, 1) for visit in UNSCHEDULED for oid in ("VS", "HEM")]
    for number in range(1, forms):
        found += [("AE", "LOG", number), ("CM", "LOG", number), ("MH", "LOG", number)]
    return found[:forms]


def _file(subject: Subject, oid: str, visit: str, sequence: int, day: date, *, is_complete: bool) -> None:
    model: Any = registry.get(oid)
    done: dict[str, Any] = {"completed_at": timezone.now(), "completed_by": cast.investigator()} if is_complete else {}
    record = model(
        subject=subject, visit=visit, sequence=sequence, status="COMPLETE" if is_complete else "STARTED", version=1,
        **_values(model, day, sequence), **done,
    )  # fmt: skip
    model.objects.bulk_create([record])
    for table in registry.row_tables(model):
        rows: Any = table
        rows.objects.bulk_create(
            rows(subject=subject, record=record, position=number, **_values(rows, day, number))
            for number in range(1, ROWS + 1)
        )


def _values(model: Any, day: date, number: int) -> dict[str, Any]:
    return {field.name: _value(field, day, number) for field, _item in registry.items(model) if not field.is_relation}


def _value(field: Any, day: date, number: int) -> Any:
    """Return a value a column can hold; nothing here is judged, only stored, read and counted."""
    if field.choices:
        values = [value for value, _label in field.flatchoices if value not in ("", "FATAL", 5)]
        return values[number % len(values)]
    if isinstance(field, ArrayField):
        return [_value(field.base_field, day, number)]
    simple: dict[type, Any] = {
        models.BooleanField: number % 10 == 1, models.DateField: day, models.TimeField: time(8, number % 60),
        models.DecimalField: Decimal(1), models.PositiveSmallIntegerField: number,
    }  # fmt: skip
    known = next((value for kind, value in simple.items() if isinstance(field, kind)), None)
    if known is not None:
        return known
    text = PartialDate.from_date(day).iso() if type(field).__name__ == "PartialDateField" else "as in the source"
    return text[: field.max_length] if field.max_length else text
