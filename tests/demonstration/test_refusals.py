"""The training study goes into an empty training database, or nowhere."""

from __future__ import annotations

import pytest
from django.core.management import CommandError, call_command

from enrollment.services import add_subject
from tests.people import People


def test_a_database_in_use_is_refused(people: People) -> None:
    add_subject(by=people.coordinator, site=people.site)
    with pytest.raises(CommandError, match="needs an empty one"):
        call_command("load_demonstration")


def test_production_is_refused(db: None, settings: object) -> None:
    settings.IS_PRODUCTION = True  # type: ignore[attr-defined]  # pytest-django's settings wrapper
    with pytest.raises(CommandError, match="production"):
        call_command("load_demonstration")
