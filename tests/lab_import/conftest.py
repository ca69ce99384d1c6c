"""A subject whose samples a laboratory file can hold."""

from __future__ import annotations

import pytest

from enrollment.models import Subject
from tests.bedside.columns import infused
from tests.people import People


@pytest.fixture
def subject(people: People) -> Subject:
    return infused(people, days=12)
