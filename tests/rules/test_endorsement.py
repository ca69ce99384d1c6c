"""Which milestone a form waits at, and by when it is signed: a table that reads as the specification."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from trial_edc.protocol.endorsement import Milestone, Unsigned, endorsements

INFUSION = date(2026, 1, 1)


def on(day: int) -> date:
    return INFUSION + timedelta(days=day)


DAY_28 = Milestone("D28", "Day 28", on(28))
MONTH_3 = Milestone("M3", "Month 3", on(90))
END = Milestone("EOS", "End of study", on(100), closes=True)


@pytest.mark.req("R18")
@pytest.mark.parametrize(
    ("day", "changed", "milestones", "expected", "because"),
    [
        (3, 4, (), None, "no milestone was reached yet"),
        (3, 4, (DAY_28,), ("D28", 42), "entered before: fourteen days from the milestone"),
        (28, 28, (DAY_28,), ("D28", 42), "the day of the milestone belongs to it"),
        (29, 29, (DAY_28,), None, "later than the milestone: it waits for the next"),
        (29, 29, (MONTH_3, DAY_28), ("M3", 104), "the next milestone takes it, in whichever order they are named"),
        (3, 40, (DAY_28,), ("D28", 54), "changed afterwards: fourteen days from the change"),
        (3, 4, (DAY_28, MONTH_3), ("D28", 42), "not signed at the first milestone: overdue there, not at the next"),
        (120, 121, (DAY_28, END), ("EOS", 135), "the end of study takes what came later"),
        (95, 95, (END,), ("EOS", 114), "and what came before"),
    ],
)
def test_where_a_form_waits(
    day: int, changed: int, milestones: tuple[Milestone, ...], expected: tuple[str, int] | None, because: str
) -> None:
    found = endorsements([Unsigned("form", on(day), on(changed))], milestones, within=14)
    waiting = [(each.milestone.key, each.due) for each in found]
    assert waiting == ([] if expected is None else [(expected[0], on(expected[1]))]), because


def test_a_milestone_is_due_with_its_first_form() -> None:
    forms = [Unsigned("late", on(3), on(60)), Unsigned("early", on(5), on(6))]
    (found,) = endorsements(forms, [DAY_28], within=14)
    assert found.forms == ("late", "early") and found.due == on(42)


def test_what_is_signed_is_endorsed() -> None:
    assert endorsements([], [DAY_28, END], within=14) == []
