"""The day that a form of any kind is about, and the procedures of a subject in order of time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from django.db import models

from trial_edc.casebook.models import SubjectVisit
from trial_edc.crf import registry
from trial_edc.crf.fields import PartialDateField
from trial_edc.crf.models import FormStatus
from trial_edc.protocol.partial_dates import PartialDate
from trial_edc.protocol.visits.schedule import visit, window

#: Forms that report no study procedure: what was before the trial, what happened to the subject, what became of it,
#: what was done with the product, and what people decided.
NOT_PROCEDURES = frozenset((
    "IC", "DM", "MH", "PT", "IE", "PROD", "REL", "DLT", "AE", "SAE", "CM", "TX", "HOSP", "DV", "DTH", "SURV", "EOS",
))  # fmt: skip


@dataclass(frozen=True)
class DatedForm:
    """A saved form with the day of its procedure."""

    record: Any
    day: date

    @property
    def title(self) -> str:
        """The form and its visit in words."""
        return f"{self.record.crf.title} ({self.record.visit})"


def date_item(model: Any) -> str | None:
    """Return the item with the day of a form: its first complete date in the order of the page."""
    return _first_item(model, models.DateField)


@cache
def _first_item(model: Any, kind: Any) -> str | None:
    fields = (field for field, _item in registry.items(model))
    return next((field.name for field in fields if isinstance(field, kind)), None)


def procedure_day(record: Any) -> date | None:
    """Return the day of the study procedure a form reports, None when it reports none or the day is not entered.

    A tumour sample taken before the trial is no study procedure; a fresh one is.
    """
    name = date_item(type(record))
    if record.crf.oid in NOT_PROCEDURES or name is None or record.status == FormStatus.NOT_DONE:
        return None
    if record.crf.oid == "CD70" and record.specimen != "FRESH":
        return None
    day: date | None = getattr(record, name)
    return day


def procedures_before(subject: Any, day: date) -> Iterator[DatedForm]:
    """Yield the saved procedures of a subject that are dated before a day, form by form."""
    for model in registry.all_forms():
        name = date_item(model)
        if model.crf.oid in NOT_PROCEDURES or name is None:
            continue
        for record in model._default_manager.filter(subject=subject, **{f"{name}__lt": day}).order_by(name):
            found = procedure_day(record)
            if found is not None:
                yield DatedForm(record, found)


def day_of(record: Any) -> date | None:
    """Return the day a form of any kind is about, as far as it can be told.

    1. Its own first complete date. 2. In a running log, the first day that its first partial date can mean.
    3. The day its visit took place. 4. The day its visit was planned for.
    """
    model: Any = type(record)
    own: date | None = getattr(record, date_item(model) or "", None)
    if own is not None:
        return own
    text = getattr(record, _first_item(model, PartialDateField) or "", "") if record.crf.log else ""
    if text:
        return PartialDate.from_iso(text).earliest()
    happened = SubjectVisit.objects.filter(subject=record.subject, code=record.visit).first()
    if happened is not None and happened.visit_date is not None:
        return happened.visit_date
    planned = window(visit(record.visit), record.subject.anchors)
    return None if planned is None else planned.target
