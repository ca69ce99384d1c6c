"""3+3 played by brute force: many trials at once, cohort by cohort, with dice instead of probabilities.

Written from the protocol's text and independent of the application: no table, no path, no rule is imported.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

COHORT, FULL = 3, 6
Counts = NDArray[np.int64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Variant:
    """DLTs that escalate and that an MTD may have among six, DLTs among three that expand, and what is filled."""

    esc_max6: int = 1
    mtd_max6: int = 2
    expand_max3: int = 1
    expand_top: bool = True
    expand_on_deesc: bool = True


@dataclass(frozen=True)
class Simulated:
    """One row per trial: subjects and DLTs per dose, and the MTD (0 = no tolerated dose)."""

    subjects: Counts
    toxic: Counts
    mtd: Counts


def simulate(
    variant: Variant,
    probabilities: Sequence[float],
    trials: int,
    *,
    seed: int,
    observed: Sequence[tuple[int, int, int]] = (),
) -> Simulated:
    """Play the trials to their end, after the cohorts (dose, subjects, DLTs) that were observed."""
    dice, doses = np.random.default_rng(seed), len(probabilities)
    play = _Play(variant, trials, doses)
    for dose, size, dlt in observed:
        play.treat(np.arange(trials), np.full(trials, size), np.full(trials, dlt))
        assert (play.level[play.going] == dose - 1).all(), "the observed cohorts are no course of this variant"
        play.decide(np.arange(trials))
    risk = np.asarray(probabilities, dtype=float)
    while play.going.any():
        rows = np.flatnonzero(play.going)
        before = play.subjects[rows, play.level[rows]]
        sizes = np.where(before < COHORT, COHORT, FULL) - before
        play.treat(rows, sizes, dice.binomial(sizes, risk[play.level[rows]]))
        play.decide(rows)
    return Simulated(play.subjects, play.toxic, play.mtd)


class _Play:
    """The trials as they stand; `closed` is the lowest dose found too toxic, one above the top when there is none."""

    def __init__(self, variant: Variant, trials: int, doses: int) -> None:
        self.variant, self.top = variant, doses - 1
        self.subjects, self.toxic = np.zeros((trials, doses), np.int64), np.zeros((trials, doses), np.int64)
        self.level, self.mtd = np.zeros(trials, np.int64), np.zeros(trials, np.int64)
        self.closed, self.going = np.full(trials, doses), np.ones(trials, np.bool_)

    def treat(self, rows: Counts, size: Counts, dlt: Counts) -> None:
        """A cohort at the dose each trial stands at."""
        self.subjects[rows, self.level[rows]] += size
        self.toxic[rows, self.level[rows]] += dlt

    def decide(self, rows: Counts) -> None:
        """Go up, stay to expand, come down, or end."""
        level = self.level[rows]
        n, x = self.subjects[rows, level], self.toxic[rows, level]
        three, six = n == COHORT, n == FULL
        passed = (three & (x == 0)) | (six & (x <= self.variant.esc_max6))
        bad = (three & (x > self.variant.expand_max3)) | (six & (x > self.variant.mtd_max6))
        free = level + 1 < self.closed[rows]
        self.level[rows[passed & free]] += 1
        must_fill = np.where(level == self.top, self.variant.expand_top, self.variant.expand_on_deesc)
        ends_here = (passed & ~free & (six | ~must_fill)) | (six & ~passed & ~bad)
        self._end(rows[ends_here], level[ends_here] + 1)
        self._come_down(rows[bad])

    def _come_down(self, rows: Counts) -> None:
        level = self.level[rows]
        self.closed[rows] = level
        below = self.subjects[rows, np.maximum(level - 1, 0)]
        enough = FULL if self.variant.expand_on_deesc else COHORT
        ends = (level == 0) | (below >= enough)
        self._end(rows[ends], level[ends])
        self.level[rows[~ends]] -= 1

    def _end(self, rows: Counts, mtd: Counts) -> None:
        self.mtd[rows], self.going[rows] = mtd, False
