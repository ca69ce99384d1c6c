"""A subject before its leukapheresis, and after it."""

from __future__ import annotations

import pytest

from enrollment.models import Subject
from tests.casebook.entering import enter
from tests.forms.dosing_texts import eligible, leukapheresis
from tests.people import People


@pytest.fixture
def eligible_subject(people: People) -> Subject:
    return eligible(people)


@pytest.fixture
def collected(people: People, eligible_subject: Subject) -> Subject:
    """The subject after its leukapheresis."""
    enter(people.coordinator, eligible_subject, "APH", "APH", action="complete", **leukapheresis())
    eligible_subject.refresh_from_db()
    return eligible_subject
