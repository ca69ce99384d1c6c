"""What a subject was given for adverse events: rescue drugs, supportive drugs, blood products and growth factors."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from dosing.demonstration.cast import Cast
from dosing.demonstration.entering import enter, typed
from dosing.demonstration.profiles import Given, Profile, Support
from enrollment.models import Subject
from safety.models import AdverseEvent
from trial_edc.casebook.place import NEW


def treat(cast: Cast, subject: Subject, profile: Profile, infused: date) -> None:
    """Enter every treatment of the profile, linked to the event it was given for."""
    numbers = dict(AdverseEvent.objects.filter(subject=subject).values_list("term", "sequence"))
    for given in profile.given:
        enter(cast.coordinator, subject, "LOG", "CM", _drug(given, infused, numbers[given.term]), sequence=NEW)
    for support in profile.support:
        enter(cast.coordinator, subject, "LOG", "TX", _support(support, infused, numbers[support.term]), sequence=NEW)


def _drug(given: Given, infused: date, event: int) -> dict[str, Any]:
    last = given.first if given.last is None else given.last
    return {
        "drug": given.drug, "drug_class": given.drug_class, "dose": given.dose, "dose_unit": given.unit,
        "route": given.route, "frequency": given.frequency, "ongoing": "false", "indication": given.term,
        "start_date": typed(infused + timedelta(days=given.first)), "start_time": given.clock,
        "end_date": typed(infused + timedelta(days=last)), "event_number": str(event),
    }  # fmt: skip


def _support(support: Support, infused: date, event: int) -> dict[str, Any]:
    texts = {
        "product": support.product, "amount": support.amount, "amount_unit": support.unit,
        "given_date": typed(infused + timedelta(days=support.first)), "given_time": "11:15",
        "indication": support.term, "event_number": str(event),
    }  # fmt: skip
    if support.last is not None:
        texts["last_date"] = typed(infused + timedelta(days=support.last))
    return texts
