"""Episodes of CRS and ICANS from single grades, and the mean arterial pressure."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from safety.rules.episode import Episode, Graded, daily_maximum, episodes, in_order, unrecorded
from safety.rules.mean_arterial_pressure import mean_arterial_pressure

START = datetime(2026, 3, 5, 0, 0, tzinfo=UTC)


def graded(text: str) -> list[Graded]:
    """Read "2:1 8:2" as grade 1 at hour 2 and grade 2 at hour 8."""
    pairs = [each.split(":") for each in text.split()]
    return [Graded(START + timedelta(hours=int(hour)), int(grade)) for hour, grade in pairs]


def shown(found: tuple[Episode, ...]) -> str:
    """Write episodes as "2:1 8:2 .20" with the hour of the end, "…" while one goes on."""

    def hours(at: datetime) -> int:
        return int((at - START).total_seconds() // 3600)

    return " | ".join(
        " ".join(f"{hours(each.at)}:{each.grade}" for each in one.changes)
        + (f" .{hours(one.end)}" if one.end is not None else " …")
        for one in found
    )


@pytest.mark.parametrize(
    ("assessments", "expected"),
    [
        ("", ""),
        ("2:0 8:0", ""),
        ("2:1", "2:1 …"),
        ("2:1 8:1 14:1", "2:1 …"),
        ("2:1 8:2 14:1 20:0", "2:1 8:2 14:1 .20"),
        ("0:0 2:1 8:0 14:2", "2:1 .8 | 14:2 …"),
        ("2:1 8:0 14:0 20:3 30:0", "2:1 .8 | 20:3 .30"),
        ("2:3 8:5 14:0 20:1", "2:3 8:5 …"),
        ("8:2 2:1", "2:1 8:2 …"),
        ("2:1 2:3 8:0", "2:3 .8"),
    ],
)
def test_episodes(assessments: str, expected: str) -> None:
    assert shown(episodes(graded(assessments))) == expected


def test_what_an_episode_says() -> None:
    one, two = episodes(graded("2:1 8:3 14:2 20:0 26:1"))
    assert (one.start, one.highest, one.now) == (START + timedelta(hours=2), 3, 0)
    assert (two.highest, two.now) == (1, 1)


@pytest.mark.parametrize(
    ("recorded", "lacking"),
    [
        ("", [1, 2, 3]),
        ("2:1", [2, 3]),
        ("2:1 8:2", [3]),
        ("2:1 8:2 14:3", []),
        ("2:1 10:3", []),  # the record says grade 3 already, from an earlier hour
        ("2:1 9:2", [3]),
        ("20:1", []),
        ("8:2 2:1", [3]),  # rows of a record stand in any order here
    ],
)
def test_only_later_grades_are_added(recorded: str, lacking: list[int]) -> None:
    whole = Episode(tuple(graded("2:1 8:2 14:3")))
    assert [each.grade for each in unrecorded(whole, graded(recorded))] == lacking


def test_the_day_is_the_day_of_the_trial() -> None:
    """16:30 in Greenwich is half past midnight of the next day in Shanghai."""
    found = daily_maximum(graded("2:1 15:3 16:2 17:1"), ZoneInfo("Asia/Shanghai"))
    assert found == {date(2026, 3, 5): 3, date(2026, 3, 6): 2}


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 200), st.integers(0, 4)), max_size=12))
def test_properties(pairs: list[tuple[int, int]]) -> None:
    given_grades = [Graded(START + timedelta(hours=hour), grade) for hour, grade in pairs]
    ordered, found = in_order(given_grades), episodes(given_grades)
    highest = max((each.grade for each in ordered), default=0)
    assert highest == max((one.highest for one in found), default=0)
    assert sum(one.end is None for one in found) <= 1
    for one in found:
        assert all(each.grade >= 1 for each in one.changes)
        assert [each.at for each in one.changes] == sorted({each.at for each in one.changes})
        assert one.end is None or one.end > one.changes[-1].at
        assert unrecorded(one, one.changes) == ()


@pytest.mark.parametrize(
    ("systolic", "diastolic", "expected"),
    [
        (120, 80, 93),
        (90, 60, 70),
        (83, 41, 55),
        (100, 50, 67),  # 66.67
        (101, 59, 73),
        (100, 51, 67),  # 67.33
        (None, 80, None),
        (120, None, None),
        (80, 80, None),
        (80, 90, None),
    ],
)
def test_mean_arterial_pressure(systolic: int | None, diastolic: int | None, expected: int | None) -> None:
    assert mean_arterial_pressure(systolic, diastolic) == expected
