"""Forms to talk about."""

from __future__ import annotations

from typing import Any

import pytest

from enrollment.models import Subject
from enrollment.services import add_subject
from safety.models import AdverseEvent, VitalSigns
from tests.casebook.entering import enter
from tests.people import People

VITALS: dict[str, Any] = {
    "assessed_date": "5nov26", "assessed_time": "0810", "temperature_c": "36.6", "systolic_bp": "120",
    "diastolic_bp": "80", "heart_rate": "72", "respiratory_rate": "16", "oxygen_saturation": "98",
}  # fmt: skip
EVENT: dict[str, Any] = {
    "term": "Neutrophil count decreased", "onset_date": "UN-Nov-2026", "outcome": "NOT RECOVERED/NOT RESOLVED",
    "serious": "false",
}  # fmt: skip
GRADES = [{"grade": "2", "start_date": "2026-11-02"}, {"grade": "3", "start_date": "2026-11-04"}]


@pytest.fixture
def subject(people: People) -> Subject:
    return add_subject(by=people.coordinator, site=people.site)


@pytest.fixture
def vitals(people: People, subject: Subject) -> VitalSigns:
    record = enter(people.coordinator, subject, "SCR", "VS", action="complete", **VITALS)
    assert isinstance(record, VitalSigns)
    return record


@pytest.fixture
def event(people: People, subject: Subject) -> AdverseEvent:
    """An event with two grade changes, entered by a physician, because grades are theirs."""
    record = enter(people.investigator, subject, "LOG", "AE", sequence=0, rows=GRADES, **EVENT)
    assert isinstance(record, AdverseEvent)
    return record
