from __future__ import annotations

import pytest

from tests.dosing.builders import Trial
from tests.people import People, make_people


@pytest.fixture
def trial(people: People) -> Trial:
    """An empty trial with its people."""
    return Trial(people)


@pytest.fixture(autouse=True)
def _no_queue(monkeypatch: pytest.MonkeyPatch) -> None:
    """The tests compute themselves; nothing is sent."""
    monkeypatch.setattr("dosing.services.later.enqueue", lambda *args: True)


@pytest.fixture
def committed_trial(transactional_db: None) -> Trial:
    """An empty trial whose writes are committed, so that threads see them."""
    return Trial(make_people())
