"""Save the samples of a file as forms, each as a person at the form would."""

from __future__ import annotations

from typing import Any
from uuid import uuid5

from django.http import QueryDict

from safety.lab_import.checking import Sample
from safety.models.laboratory_import import LaboratoryImport
from trial_edc.accounts.models import User
from trial_edc.casebook.place import NEW, Place
from trial_edc.casebook.submission import Saved, submit
from trial_edc.errors import DomainError
from trial_edc.protocol.partial_dates import PartialDate


def save_sample(*, by: User, upload: LaboratoryImport, subject: Any, visit: str, sample: Sample) -> None:
    """Save one sample as a new form; DomainError says what the form refuses."""
    place = Place(subject, visit, sample.key.form, NEW)
    outcome = submit(by=by, place=place, data=_texts(upload, place, sample), source="import")
    if isinstance(outcome, Saved):
        return
    forms = [outcome.entry.form, *(form for rows in outcome.entry.rowsets.values() for form in rows.forms)]
    sentences = [str(error) for form in forms for errors in form.errors.values() for error in errors]
    raise DomainError(" ".join(dict.fromkeys(sentences)))


def _texts(upload: LaboratoryImport, place: Place, sample: Sample) -> QueryDict:
    key, prefix = sample.key, f"{place.oid}R"
    texts: dict[str, Any] = {
        "collected_date": PartialDate.from_date(key.day).display(), "collected_time": key.clock,
        "laboratory": sample.laboratory[:80], "action": "save", "version": "0",
        "token": str(uuid5(upload.pk, "/".join((key.subject, key.day.isoformat(), key.clock, key.form)))),
        f"{prefix}-TOTAL_FORMS": str(len(sample.results)), f"{prefix}-INITIAL_FORMS": "0",
    }  # fmt: skip
    for number, result in enumerate(sample.results.values()):
        row = {
            "analyte": result.analyte, "value": result.value, "unit": result.unit, "range_low": result.low,
            "range_high": result.high,
        }  # fmt: skip
        texts |= {f"{prefix}-{number}-{name}": value for name, value in row.items()}
    data = QueryDict(mutable=True)
    for name, text in texts.items():
        data[name] = text
    return data
