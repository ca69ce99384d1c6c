"""Shift of laboratory grades: the grade before treatment against the worst grade after it, one count per subject.

Inputs: for one term, the grades of each subject before and after the start of treatment, None for a value that cannot
be graded.

Algorithm
    1. Baseline is the last grade before treatment that could be told; without any the subject counts as "unknown".
    2. Worst is the highest grade after the start; a subject without any graded value after it counts nowhere.
    3. Every other subject counts once, in the cell of its baseline and its worst grade.

Source: the usual laboratory shift table of a clinical study report (ICH E3, section 12.4.2).

>>> table = shift_table([Course((0,), (1, 3)), Course((1,), (1,)), Course((), (2,)), Course((0,), ())])
>>> table[0, 3], table[1, 1], table[None, 2], sum(table.values())
(1, 1, 1, 3)
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

RULE = "laboratory-shift"
VERSION = "1.0.0"
#: Baseline rows of the table (None: unknown) and worst-grade columns.
BASELINES: tuple[int | None, ...] = (0, 1, 2, 3, 4, None)
WORST: tuple[int, ...] = (0, 1, 2, 3, 4)


@dataclass(frozen=True)
class Course:
    """The grades of one subject for one term, before and after the start of treatment, each in order of time."""

    before: tuple[int | None, ...]
    after: tuple[int | None, ...]

    @property
    def baseline(self) -> int | None:
        """The last known grade before treatment."""
        known = [grade for grade in self.before if grade is not None]
        return known[-1] if known else None

    @property
    def worst(self) -> int | None:
        """The highest known grade after the start, None without one."""
        return max((grade for grade in self.after if grade is not None), default=None)


def shift_table(courses: Iterable[Course]) -> Counter[tuple[int | None, int]]:
    """Return how many subjects went from which baseline to which worst grade."""
    pairs = ((course.baseline, course.worst) for course in courses)
    return Counter((baseline, worst) for baseline, worst in pairs if worst is not None)
