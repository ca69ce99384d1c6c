"""The reports of serious events: the site tells sponsor and ethics committee, the investigator reads what came back."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from dosing.demonstration.cast import Cast
from dosing.demonstration.entering import enter, typed
from dosing.demonstration.profiles import Event, Profile
from enrollment.models import Subject
from safety.models import AdverseEvent
from trial_edc.casebook.place import NEW

SEVERE, ADMITTED = 3, -6


def report_serious_events(cast: Cast, subject: Subject, profile: Profile, infused: date) -> None:
    """Enter the first report of every serious event that has a narrative, on the day it became severe."""
    numbers = dict(AdverseEvent.objects.filter(subject=subject).values_list("term", "sequence"))
    for event in profile.events:
        if event.narrative:
            enter(
                cast.sub_investigator, subject, "LOG", "SAE", _report(event, infused, numbers[event.term]), sequence=NEW
            )


def _report(event: Event, infused: date, number: int) -> dict[str, Any]:
    aware = infused + timedelta(days=next(day for day, grade in event.grades if grade >= SEVERE))
    return {
        "event_number": str(number), "report_type": "INITIAL", "awareness_date": typed(aware),
        "awareness_time": "06:10", "sponsor_date": typed(aware), "sponsor_time": "10:45",
        "sponsor_receipt": f"SAE-{aware:%Y}-003", "ethics_date": typed(aware), "ethics_time": "11:20",
        "ethics_receipt": "EC, Zhou Lan", "serious_criteria": list(event.serious),
        "admission_date": typed(infused + timedelta(days=ADMITTED)), "narrative": event.narrative,
        "relationship_car_t": event.related, "relationship_lymphodepletion": event.lymphodepletion,
        "relationship_procedure": "unrelated", "relationship_disease": "unlikely", "sponsor_related": "true",
        "expectedness": "EXPECTED", "acknowledged": "true", "treatment_changes": "false",
    }  # fmt: skip
