"""Exact operating characteristics against what a simulation costs: 10,000 trials in numpy, played in the same run."""

from __future__ import annotations

import time
from collections.abc import Callable
from fractions import Fraction

from benchmarks.measure import Line, once, percentile
from benchmarks.stores import Stage
from dosing.rules import dose_paths
from dosing.rules.operating_characteristics import PROTOCOL, operating_characteristics
from tests.rules.simulated_trials import Variant, simulate

TRIALS = 10_000
ROUNDS = 20
#: Dose levels -> the longest time, ms.
TARGETS = {3: 5.0, 8: 1000.0}


def run(_stage: Stage) -> list[Line]:
    return [line for levels, target in TARGETS.items() for line in _compared(levels, target)]


def _compared(levels: int, target: float) -> list[Line]:
    risks = [Fraction(5 * number, 100) for number in range(1, levels + 1)]

    def exact() -> None:
        operating_characteristics(PROTOCOL, risks)

    def simulated() -> None:
        simulate(Variant(), [float(risk) for risk in risks], TRIALS, seed=1)

    played = percentile([once(simulated, clock=time.process_time) for _round in range(3)], 0.5)
    first = percentile([_anew(exact) for _round in range(ROUNDS)], 0.5)
    again = percentile([once(exact, clock=time.process_time) for _round in range(ROUNDS)], 0.5)
    name = f"exact characteristics, {levels} dose levels"
    simulation = f"{TRIALS:,} trials simulated in numpy: {played:.1f} ms"
    return [
        Line(
            f"{name}, first time",
            first,
            "ms CPU",
            target,
            note=f"paths found as well; {played / first:.1f} times faster",
        ),
        Line(f"{name}, other probabilities", again, "ms CPU", target, note=f"{played / again:.0f} times faster"),
        Line(f"{name}, share of a simulation", again, "ms CPU", 1, base=played, note=simulation),
    ]


def _anew(exact: Callable[[], None]) -> float:
    """Milliseconds when no path is remembered."""
    dose_paths.explore.cache_clear()
    return once(exact, clock=time.process_time)
