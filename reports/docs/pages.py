"""Every generated page by its file name; what the command writes is what the test compares."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from django.utils import translation

from reports.docs import (
    data_dictionary,
    edit_checks,
    parameters,
    requirements,
    roles,
    rules,
    schedule,
    screen_checks,
    state_machines,
)

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "generated"
WRITERS: dict[str, Callable[[], str]] = {
    "data-dictionary.md": data_dictionary.write,
    "edit-checks.md": edit_checks.write,
    "schedule.md": schedule.write,
    "roles.md": roles.write,
    "parameters.md": parameters.write,
    "state-machines.md": state_machines.write,
    "rules.md": rules.write,
    "requirements.md": requirements.write,
    "screen-checks.md": screen_checks.write,
}


def write(name: str) -> str:
    """Return one page, in English whatever the language of the person who asks."""
    with translation.override("en-gb"):
        return WRITERS[name]()
