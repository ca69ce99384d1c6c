"""Posts of a column as the bedside page sends them."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

from django.http import QueryDict
from django.test import Client

from enrollment.models import Subject
from tests.dosing.builders import Trial
from tests.people import People
from trial_edc.accounts.models import User
from trial_edc.protocol.partial_dates import PartialDate

VITALS: dict[str, Any] = {
    "VS-temperature_c": "38.6", "VS-systolic_bp": "102", "VS-diastolic_bp": "61", "VS-heart_rate": "104",
    "VS-respiratory_rate": "18", "VS-oxygen_saturation": "95",
}  # fmt: skip
CRS: dict[str, Any] = {
    "CRS-max_temperature_c": "38.6", "CRS-fever_other_cause": "false", "CRS-crs_already_diagnosed": "false",
    "CRS-antipyretic_given": "false", "CRS-tocilizumab_given": "false", "CRS-corticosteroid_given": "false",
    "CRS-hypotension": "false", "CRS-oxygen_support": "none",
}  # fmt: skip
TICKS = (
    "year", "month", "city", "hospital", "object-1", "object-2", "object-3", "command", "writing", "attention",
)  # fmt: skip
ICANS: dict[str, Any] = {
    "ice_state": "DONE", "ice": list(TICKS), "ICANS-consciousness": "normal", "ICANS-seizure": "none",
    "ICANS-deep_focal_motor_weakness": "false", "ICANS-cerebral_oedema": "none",
}  # fmt: skip
GRADE_0 = {"CRS-max_temperature_c": "36.8"}
GRADE_2 = {"CRS-hypotension": "true"}
GRADE_3 = {"CRS-hypotension": "true", "CRS-vasopressors": ["NOREPINEPHRINE"]}


def infused(people: People, days: int = 5) -> Subject:
    """Return a subject that was infused some days ago."""
    return Trial(people).infused(days=days)


def day_of(subject: Subject, study_day: int) -> date:
    assert subject.infusion_date is not None
    return subject.infusion_date + timedelta(days=study_day)


def typed(day: date) -> str:
    return PartialDate.from_date(day).display()


def sent(day: date, clock: str = "08:00", **more: Any) -> dict[str, Any]:
    """Return what a page adds to the values: the moment and its token."""
    moment = {"VS-assessed_date": typed(day), "VS-assessed_time": clock}
    return moment | {"token": str(uuid4()), "action": "complete"} | more


def query(texts: dict[str, Any]) -> QueryDict:
    """Return texts as the post the server receives."""
    data = QueryDict(mutable=True)
    for name, value in texts.items():
        data.setlist(name, value if isinstance(value, list) else [value])
    return data


def browser(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client
