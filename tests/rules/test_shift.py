"""Shift tables of laboratory grades."""

from __future__ import annotations

import pytest

from safety.rules.shift import BASELINES, WORST, Course, shift_table


@pytest.mark.parametrize(
    ("before", "after", "cell"),
    [
        ((0,), (0,), (0, 0)),
        ((0, 2), (1, 3, 2), (2, 3)),
        ((2, None), (1,), (2, 1)),
        ((None,), (4,), (None, 4)),
        ((), (1, None), (None, 1)),
        ((1,), (), None),
        ((1,), (None,), None),
    ],
)
def test_each_subject_counts_once(
    before: tuple[int | None, ...], after: tuple[int | None, ...], cell: tuple[int | None, int] | None
) -> None:
    assert dict(shift_table([Course(before, after)])) == ({} if cell is None else {cell: 1})


def test_every_cell_is_in_the_printed_table() -> None:
    courses = [Course((base,), (worst,)) for base in BASELINES for worst in WORST]
    assert set(shift_table(courses)) == {(base, worst) for base in BASELINES for worst in WORST}
