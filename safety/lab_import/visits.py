"""To which visit of a subject a sample belongs, and whether its form could be saved there."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from safety.lab_import.checking import SampleKey
from safety.models import Chemistry, Coagulation, Haematology, Immunology
from trial_edc.accounts.models import User
from trial_edc.casebook import hooks
from trial_edc.casebook.closing import refuse_closed
from trial_edc.errors import DomainError
from trial_edc.protocol.visits.model import Visit, VisitKind, VisitWindow
from trial_edc.protocol.visits.schedule import SCHEDULE, window

FORMS: dict[str, Any] = {"HEM": Haematology, "CHEM": Chemistry, "COAG": Coagulation, "IMM": Immunology}


class Visits:
    """The visits of some subjects, by identifier, as samples find them; what is the same for many is asked once."""

    def __init__(self, by: User, subjects: Mapping[str, Any]) -> None:
        self.by = by
        self.subjects = subjects
        self._windows = {identifier: _windows(subject) for identifier, subject in subjects.items()}
        self._refusals: dict[tuple[str, str, str, date], str] = {}

    def open_for(self, key: SampleKey) -> str:
        """Return the visit of a sample; DomainError where there is none, or where it would not take the form."""
        visit = _visit_of(self._windows[key.subject], key.day, key.form)
        if visit is None:
            raise DomainError(
                _("The schedule has no visit with this form on that day; enter the sample as unscheduled by hand.")
            )
        place = (key.subject, visit, key.form, key.day)
        if place not in self._refusals:
            self._refusals[place] = self._refusal(visit, key)
        if self._refusals[place]:
            raise DomainError(self._refusals[place])
        return visit

    def _refusal(self, visit: str, key: SampleKey) -> str:
        subject = self.subjects[key.subject]
        record = FORMS[key.form](subject=subject, visit=visit, collected_date=key.day)
        record.typed_rows = {}
        try:
            refuse_closed(subject, visit)
            hooks.guard(record, self.by)
        except DomainError as refusal:
            return str(refusal)
        return ""


def _windows(subject: Any) -> list[tuple[Visit, VisitWindow]]:
    planned = [(visit, window(visit, subject.anchors)) for visit in SCHEDULE if visit.kind is VisitKind.PLANNED]
    return [(visit, found) for visit, found in planned if found is not None and not found.provisional]


def _visit_of(windows: list[tuple[Visit, VisitWindow]], day: date, oid: str) -> str | None:
    """Return the visit that collects a form and in whose window a day lies, the one with the nearest target."""
    found = [
        (abs((planned.target - day).days), visit.code)
        for visit, planned in windows
        if oid in (*visit.required_forms, *visit.optional_forms) and planned.contains(day)
    ]
    return min(found)[1] if found else None
