"""Events that count under lymphodepletion or under the cells."""

from __future__ import annotations

import pytest

from safety.rules.facts import TRIAL_TIME_ZONE
from safety.rules.moments import Moment, parse_moment
from safety.rules.treatment_emergent import emergent


def at(text: str) -> Moment:
    return parse_moment(text, TRIAL_TIME_ZONE)


def graded(text: str) -> list[tuple[int, Moment]]:
    """Read "1@2026-03-01 3@2026-03-09" as two grade changes."""
    return [(int(each[0]), at(each[2:])) for each in text.split()]


@pytest.mark.parametrize(
    ("onset", "grades", "began", "expected"),
    [
        ("2026-03-05", "", None, "no"),  # the treatment was not given
        (None, "", "2026-03-03", "maybe"),
        # a treatment of which the day is known
        ("2026-03-03", "", "2026-03-03", "yes"),
        ("2026-03-03T08:00", "", "2026-03-03", "yes"),
        ("2026-03-02T23:59", "", "2026-03-03", "no"),
        ("2026-03", "", "2026-03-03", "maybe"),
        ("2026-02", "", "2026-03-03", "no"),
        ("2026-04", "", "2026-03-03", "yes"),
        # a treatment of which the hour is known
        ("2026-03-03T09:59", "", "2026-03-03T10:00", "no"),
        ("2026-03-03T10:00", "", "2026-03-03T10:00", "yes"),
        ("2026-03-03", "", "2026-03-03T10:00", "maybe"),
        ("2026-03-04", "", "2026-03-03T10:00", "yes"),
        # present before, and worse afterwards
        ("2026-02-01", "1@2026-02-01 2@2026-03-05", "2026-03-03", "yes"),
        ("2026-02-01", "2@2026-02-01 2@2026-03-05", "2026-03-03", "no"),
        ("2026-02-01", "2@2026-02-01 1@2026-03-05", "2026-03-03", "no"),
        ("2026-02-01", "2@2026-02-01 1@2026-02-20 2@2026-03-05", "2026-03-03", "yes"),
        ("2026-02-01", "1@2026-02-01 2@2026-03", "2026-03-03", "maybe"),
        ("2026-02-01", "2@2026-03-05", "2026-03-03", "maybe"),  # its grade before the treatment is unknown
        ("2026-02-01", "1@2026-02-01", "2026-03-03", "no"),
    ],
)
def test_emergence(onset: str | None, grades: str, began: str | None, expected: str) -> None:
    found = emergent(at(onset) if onset else None, graded(grades), at(began) if began else None)
    assert found.value == expected
