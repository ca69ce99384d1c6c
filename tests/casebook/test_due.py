"""When a visit is due: every boundary of the one definition."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from trial_edc.protocol.visits.due import Phase, phase_of
from trial_edc.protocol.visits.model import Anchors
from trial_edc.protocol.visits.schedule import visit

INFUSION = date(2025, 3, 3)
INFUSED = Anchors(
    consent=date(2025, 1, 6), eligibility_confirmed=date(2025, 1, 20), lymphodepletion=date(2025, 2, 26),
    infusion=INFUSION,
)  # fmt: skip


def day(offset: int) -> date:
    return INFUSION + timedelta(days=offset)


@pytest.mark.parametrize(
    ("code", "offset", "expected"),
    [
        ("D1", 0, Phase.NOT_DUE), ("D1", 1, Phase.DUE), ("D1", 2, Phase.OVERDUE),
        ("D28", 27, Phase.NOT_DUE), ("D28", 28, Phase.DUE), ("D28", 31, Phase.DUE), ("D28", 32, Phase.OVERDUE),
        ("M2", 52, Phase.NOT_DUE), ("M2", 53, Phase.DUE), ("M2", 67, Phase.DUE), ("M2", 68, Phase.OVERDUE),
        ("PIG", -3, Phase.NOT_DUE), ("PIG", -2, Phase.DUE), ("PIG", -1, Phase.DUE), ("PIG", 0, Phase.OVERDUE),
    ],
)  # fmt: skip
def test_a_window_includes_both_its_ends(code: str, offset: int, expected: Phase) -> None:
    assert phase_of(visit(code), INFUSED, today=day(offset)) is expected


@pytest.mark.parametrize(
    ("code", "anchors", "today", "expected"),
    [
        # consent: nothing known yet, the form itself brings the date
        ("PRE", Anchors(), date(2025, 1, 1), Phase.DUE),
        ("SCR", Anchors(), date(2025, 1, 1), Phase.DUE),
        ("SCR", Anchors(consent=date(2025, 1, 6)), date(2025, 2, 3), Phase.DUE),
        ("SCR", Anchors(consent=date(2025, 1, 6)), date(2025, 2, 4), Phase.OVERDUE),
        # any time: the window never closes
        ("PRE", Anchors(consent=date(2025, 1, 6)), date(2027, 1, 6), Phase.DUE),
        # a milestone that has not come
        ("APH", Anchors(consent=date(2025, 1, 6)), date(2026, 1, 1), Phase.NOT_DUE),
        ("D1", Anchors(lymphodepletion=date(2025, 2, 26)), date(2026, 1, 1), Phase.NOT_DUE),
        # lymphodepletion gives a forecast of the infusion: due when it comes, never overdue
        ("D0", Anchors(lymphodepletion=date(2025, 2, 26)), date(2025, 3, 2), Phase.NOT_DUE),
        ("D0", Anchors(lymphodepletion=date(2025, 2, 26)), date(2025, 3, 3), Phase.DUE),
        ("D0", Anchors(lymphodepletion=date(2025, 2, 26)), date(2025, 3, 9), Phase.DUE),
        # the other side of the anchor
        ("BL", Anchors(lymphodepletion=date(2025, 2, 26)), date(2025, 2, 22), Phase.NOT_DUE),
        ("BL", Anchors(lymphodepletion=date(2025, 2, 26)), date(2025, 2, 23), Phase.DUE),
        ("BL", Anchors(lymphodepletion=date(2025, 2, 26)), date(2025, 2, 26), Phase.OVERDUE),
    ],
)
def test_each_visit_is_counted_from_its_own_anchor(code: str, anchors: Anchors, today: date, expected: Phase) -> None:
    assert phase_of(visit(code), anchors, today=today) is expected


@pytest.mark.parametrize(
    ("code", "expected"),
    [("D8", Phase.OVERDUE), ("D9", Phase.OVERDUE), ("D10", Phase.NOT_EXPECTED), ("M36", Phase.NOT_EXPECTED)],
)
def test_nothing_is_expected_after_the_day_the_subject_left(code: str, expected: Phase) -> None:
    assert phase_of(visit(code), INFUSED, today=day(400), ended_on=day(9)) is expected


def test_a_screen_failure_is_asked_for_no_later_visit() -> None:
    failed = Anchors(consent=date(2025, 1, 6))
    left = date(2025, 1, 20)
    assert phase_of(visit("SCR"), failed, today=date(2025, 1, 25), ended_on=left) is Phase.DUE
    assert phase_of(visit("APH"), failed, today=date(2025, 1, 25), ended_on=left) is Phase.NOT_EXPECTED
    assert phase_of(visit("D1"), failed, today=date(2025, 1, 25), ended_on=left) is Phase.NOT_EXPECTED


def test_a_forecast_infusion_is_not_expected_of_someone_who_left() -> None:
    prepared = Anchors(lymphodepletion=date(2025, 2, 26))
    gone = date(2025, 3, 20)
    assert phase_of(visit("D0"), prepared, today=gone, ended_on=gone) is Phase.NOT_EXPECTED


def test_a_visit_that_took_place_early_is_due_at_once() -> None:
    assert phase_of(visit("M2"), INFUSED, today=day(40)) is Phase.NOT_DUE
    assert phase_of(visit("M2"), INFUSED, today=day(40), visited_on=day(40)) is Phase.DUE


def test_a_visit_that_took_place_after_the_end_is_still_entered() -> None:
    assert phase_of(visit("D28"), INFUSED, today=day(40), ended_on=day(20), visited_on=day(28)) is Phase.DUE


def test_events_are_never_overdue() -> None:
    assert phase_of(visit("UNS"), INFUSED, today=day(900)) is Phase.NOT_DUE
    assert phase_of(visit("EOS"), INFUSED, today=day(900)) is Phase.NOT_DUE
    assert phase_of(visit("EOS"), INFUSED, today=day(900), ended_on=day(100)) is Phase.DUE
