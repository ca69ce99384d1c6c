"""Extra cytokine draws: every onset of CRS or ICANS, and every day while the grade is 2 or higher."""

from __future__ import annotations

from datetime import date, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safety.rules.extra_draws import Assessment, extra_draws

FIRST = date(2026, 3, 9)

#: Assessments as "toxicity day time grade" (time or grade unknown: ?), and the visits with a draw, with its reason.
CASES = """
assessments                                             | draws
                                                        |
CRS 3 08:00 0                                           |
CRS 3 08:00 ?                                           |
CRS 3 08:00 1                                           | D3:CRS1
CRS 3 08:00 0, CRS 4 08:00 1                            | D4:CRS1
CRS 3 08:00 1, CRS 4 08:00 1, CRS 5 08:00 1             | D3:CRS1
CRS 3 08:00 1, CRS 4 08:00 2, CRS 5 08:00 1             | D3:CRS1 D4:CRS2
CRS 3 08:00 2, CRS 4 08:00 3, CRS 5 08:00 4             | D3:CRS2 D4:CRS3 D5:CRS4
CRS 3 08:00 1, CRS 4 08:00 0, CRS 5 08:00 1             | D3:CRS1 D5:CRS1
CRS 3 08:00 1, CRS 4 08:00 ?, CRS 5 08:00 1             | D3:CRS1
CRS 3 08:00 0, CRS 3 20:00 1                            | D3:CRS1
CRS 3 20:00 1, CRS 3 08:00 0                            | D3:CRS1
CRS 3 20:00 0, CRS 3 ? 1                                | D3:CRS1
CRS 3 08:00 1, ICANS 4 08:00 1                          | D3:CRS1 D4:ICANS1
CRS 4 08:00 2, ICANS 4 07:00 1                          | D4:ICANS1
CRS 4 08:00 2, ICANS 4 08:00 3                          | D4:CRS2
ICANS 6 08:00 3, CRS 4 08:00 0, CRS 6 09:00 1           | D6:ICANS3
"""


def _assessment(text: str, number: int) -> Assessment:
    toxicity, day, clock, grade = text.split()
    return Assessment(
        toxicity, f"D{day}", FIRST + timedelta(days=int(day)), None if clock == "?" else time.fromisoformat(clock),
        number, None if grade == "?" else int(grade),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("assessments", "draws"), [line.split("|") for line in CASES.strip().splitlines()[1:]]
)  # fmt: skip
def test_the_table(assessments: str, draws: str) -> None:
    given_ones = [_assessment(text, number) for number, text in enumerate(assessments.split(",")) if text.strip()]
    found = extra_draws(given_ones, onset_from=1, daily_from=2)
    assert [f"{draw.visit}:{draw.reason.toxicity}{draw.reason.grade}" for draw in found] == draws.split()


def test_the_limits_are_parameters() -> None:
    course = [_assessment(f"CRS {day} 08:00 {grade}", 1) for day, grade in ((1, 1), (2, 2), (3, 3), (4, 2))]
    assert [draw.visit for draw in extra_draws(course, onset_from=2, daily_from=3)] == ["D2", "D3"]


COURSES = st.lists(
    st.builds(
        lambda toxicity, day, hour, number, grade: Assessment(
            toxicity, f"D{day}", FIRST + timedelta(days=day), time(hour) if hour is not None else None, number, grade
        ),
        st.sampled_from(["CRS", "ICANS"]), st.integers(0, 14), st.none() | st.integers(0, 23), st.integers(1, 4),
        st.none() | st.integers(0, 5),
    ),
    max_size=12,
)  # fmt: skip


@given(COURSES, st.randoms(use_true_random=False))
def test_the_order_in_which_forms_are_read_changes_nothing(course: list[Assessment], random: object) -> None:
    distinct = list({(each.toxicity, each.moment): each for each in course}.values())
    shuffled = list(distinct)
    random.shuffle(shuffled)  # type: ignore[attr-defined]  # a random.Random
    assert extra_draws(shuffled, onset_from=1, daily_from=2) == extra_draws(distinct, onset_from=1, daily_from=2)


@given(COURSES)
def test_every_draw_has_a_grade_that_asks_and_no_visit_two(course: list[Assessment]) -> None:
    draws = extra_draws(course, onset_from=1, daily_from=2)
    assert len({draw.visit for draw in draws}) == len(draws)
    assert all(draw.reason.grade is not None and draw.reason.grade >= 1 for draw in draws)
    severe = {each.visit for each in course if each.grade is not None and each.grade >= 2}
    assert severe <= {draw.visit for draw in draws}
