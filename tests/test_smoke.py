from __future__ import annotations

from tests.people import People
from trial_edc.audit.models import ItemChange


def test_people_are_in_the_trail(people: People) -> None:
    assert ItemChange.objects.filter(record=people.monitor.pk, field="username", new="monitor").exists()
