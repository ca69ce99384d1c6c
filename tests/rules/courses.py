"""Courses of subjects written as words, days counted from the infusion on day 0."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from efficacy.rules.course import Assessment, Course, Response

START = date(2025, 1, 1)

FACTS = {
    "dead": "death_date",
    "alive": "last_known_alive",
    "therapy": "nact_date",
    "response": "first_response_date",
}


def on(day: int | str) -> date:
    """The date of a day."""
    return START + timedelta(days=int(day))


def assessments(text: str) -> tuple[Assessment, ...]:
    """Assessments from "28=SD 56=PD"."""
    pairs = [word.split("=") for word in text.split()]
    return tuple(Assessment(on(day), Response(response)) for day, response in pairs)


def course(scans: str = "", facts: str = "") -> Course:
    """A course from its scans and from facts such as "dead=90 alive=80 no_baseline"."""
    values: dict[str, Any] = {"start_date": START, "assessments": assessments(scans)}
    for word in facts.split():
        key, _, day = word.partition("=")
        values[FACTS.get(key, key)] = on(day) if day else True
    return Course(**values)
