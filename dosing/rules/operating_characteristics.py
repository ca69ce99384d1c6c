"""Operating characteristics of 3+3: exact probabilities of what the escalation ends with, by enumeration.

Purpose: what the design does if the true DLT probabilities were these: before the first subject, or from the trial's
state as it stands. Nothing is simulated: every path is followed and weighted.

Inputs: one true DLT probability per dose level (0 to 1, both included; they need not rise), the rule set, and the state
to start from: nobody treated, some cohorts, or the tallies of the trial. Subjects are independent; a cohort of `m` at
probability `p` has `k` DLTs with probability C(m, k) p^k (1 - p)^(m - k).

Algorithm
    1. Enumerate the paths (`dose_paths`); this does not depend on the probabilities and is remembered.
    2. Carry the probability of every (step, subjects so far) forward. A cohort adds its size, and its size times p,
       to what is expected at its level; an end adds its probability to its outcome and to the total of subjects.
    3. Given the trial's data, subjects already observed count with certainty. Data that the probabilities exclude (a
       DLT where p is 0, none where p is 1) are refused.

Source: exact properties of 3+3 as in Lin and Shih, Biostatistics 2001 (2:203), here for the rule of NCT05947487.

>>> result = operating_characteristics(PROTOCOL, (Fraction(1, 20), Fraction(3, 20), Fraction(3, 10)))
>>> [round(probability, 4) for probability in result.p_select], result.n_paths
([0.0082, 0.0973, 0.3562, 0.5383], 112)
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import comb

from dosing.rules.dose_paths import PathGraph, after_cohorts, explore, untreated
from dosing.rules.three_plus_three import PROTOCOL, RuleSet
from dosing.rules.trial_replay import Cohort
from dosing.rules.trial_state import LevelState

__all__ = [
    "PROTOCOL",
    "RULE",
    "VERSION",
    "OperatingCharacteristics",
    "binomial",
    "check_probabilities",
    "from_state",
    "operating_characteristics",
]

RULE = "operating-characteristics"
VERSION = "1.0.0"

Probability = Decimal | Fraction | float


@dataclass(frozen=True)
class OperatingCharacteristics:
    """What the design does at these probabilities.

    `p_select`: probability of no tolerated dose, then of each level as the MTD. `n_total`: subjects in total -> its
    probability. Expected numbers and totals include subjects already observed. `n_paths`: paths from the start state.
    """

    p_select: tuple[float, ...]
    expected_n: tuple[float, ...]
    expected_dlt: tuple[float, ...]
    n_total: Mapping[int, float]
    n_paths: int

    @property
    def expected_n_total(self) -> float:
        """Expected subjects over all levels."""
        return sum(self.expected_n)

    @property
    def expected_dlt_total(self) -> float:
        """Expected subjects with a DLT over all levels."""
        return sum(self.expected_dlt)

    def p_fewer_than(self, minimum: int) -> float:
        """Probability that the escalation ends with fewer subjects than `minimum`."""
        return sum(probability for total, probability in self.n_total.items() if total < minimum)


def operating_characteristics(
    rules: RuleSet, probabilities: Sequence[Probability], cohorts: Sequence[Cohort] = ()
) -> OperatingCharacteristics:
    """From the first subject, or given the cohorts observed so far.

    Raises ImpossibleHistory for cohorts the rules could not have produced, ValueError for impossible probabilities.
    """
    levels = after_cohorts(rules, len(probabilities), cohorts) if cohorts else untreated(len(probabilities))
    return from_state(rules, probabilities, levels)


def from_state(
    rules: RuleSet, probabilities: Sequence[Probability], levels: Sequence[LevelState]
) -> OperatingCharacteristics:
    """Given the trial's tallies as they stand; pending subjects, and events in review, are still to be observed.

    Raises ImpossibleHistory when a level holds more subjects than 3+3 allows, ValueError for impossible probabilities.
    """
    check_probabilities(probabilities, levels)
    graph = explore(rules, tuple(levels))
    totals = _Totals([float(p) for p in probabilities], levels)
    totals.run(graph, sum(state.tally.n_evaluable for state in levels))
    return OperatingCharacteristics(
        tuple(totals.selected),
        tuple(totals.subjects),
        tuple(totals.toxic),
        dict(sorted(totals.ended.items())),
        graph.n_paths,
    )


def binomial(size: int, probability: float) -> tuple[float, ...]:
    """Probabilities of 0 to `size` DLTs among `size` subjects."""
    return tuple(
        comb(size, count) * probability**count * (1.0 - probability) ** (size - count) for count in range(size + 1)
    )


def check_probabilities(probabilities: Sequence[Probability], levels: Sequence[LevelState]) -> None:
    """Raises ValueError unless there is one probability per level, each 0 to 1 and possible given the data."""
    if len(probabilities) != len(levels):
        raise ValueError(f"{len(probabilities)} probabilities for {len(levels)} dose levels")
    for number, (probability, state) in enumerate(zip(probabilities, levels, strict=True), start=1):
        if not 0 <= probability <= 1:
            raise ValueError(f"the DLT probability of level {number} must lie between 0 and 1, not {probability}")
        tally = state.tally
        if (probability == 0 and tally.n_dlt) or (probability == 1 and tally.n_dlt < tally.n_evaluable):
            seen = f"{tally.n_dlt} of {tally.n_evaluable} subjects with a DLT"
            raise ValueError(f"level {number} has {seen}, which a DLT probability of {probability} excludes")


class _Totals:
    """Sums that grow as the probability is carried forward; they start with what was observed."""

    def __init__(self, probabilities: Sequence[float], levels: Sequence[LevelState]) -> None:
        self.probabilities = probabilities
        self.subjects = [float(state.tally.n_evaluable) for state in levels]
        self.toxic = [float(state.tally.n_dlt) for state in levels]
        self.selected = [0.0] * (len(levels) + 1)
        self.ended: dict[int, float] = defaultdict(float)

    def run(self, graph: PathGraph, treated: int) -> None:
        """Carry the probability from the first step to the ends; `treated` subjects count already."""
        waiting: list[dict[int, float]] = [defaultdict(float) for _ in graph.steps]
        waiting[0][treated] = 1.0
        shares: dict[tuple[int, int], tuple[float, ...]] = {}
        for step, arrived in zip(graph.steps, waiting, strict=True):
            if step.mtd_level is not None:
                self._end(step.mtd_level, arrived)
                continue
            probability = self.probabilities[step.level - 1]
            expected = step.size * sum(arrived.values())
            self.subjects[step.level - 1] += expected
            self.toxic[step.level - 1] += expected * probability
            weights = shares.get((step.level, step.size))
            if weights is None:
                weights = shares[step.level, step.size] = binomial(step.size, probability)
            for following, weight in zip(step.following, weights, strict=True):
                for total, share in arrived.items():
                    waiting[following][total + step.size] += share * weight

    def _end(self, mtd_level: int, arrived: Mapping[int, float]) -> None:
        for total, share in arrived.items():
            self.selected[mtd_level] += share
            self.ended[total] += share
