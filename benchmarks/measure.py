"""Measure two ways of doing one thing side by side, and print what was found against its target."""

from __future__ import annotations

import gc
from collections.abc import Callable, Sequence
from dataclasses import dataclass

Clock = Callable[[], float]


@dataclass(frozen=True)
class Line:
    """One line of the table. `base` is what the value is compared with, where a ratio is the target."""

    name: str
    value: float
    unit: str
    target: float
    base: float | None = None
    note: str = ""

    @property
    def compared(self) -> float:
        """The number that is held against the target: the ratio where there is a base, else the value."""
        return self.value / self.base if self.base is not None else self.value

    @property
    def met(self) -> bool:
        return self.compared <= self.target


def side_by_side(
    ours: Callable[[], object], base: Callable[[], object], *, clock: Clock, rounds: int
) -> tuple[float, float]:
    """Return the milliseconds of both: the lower quartile of runs in turns, so that a busy machine counts little."""
    for warm_up in (ours, base) * 3:
        warm_up()
    found: tuple[list[float], list[float]] = ([], [])
    for _round in range(rounds):
        for action, taken in zip((ours, base), found, strict=True):
            taken.append(once(action, clock=clock))
    return percentile(found[0], 0.25), percentile(found[1], 0.25)


def once(action: Callable[[], object], *, clock: Clock) -> float:
    """Return the milliseconds of one run. Collected garbage of the run before is not charged to this one."""
    gc.collect(0)
    start = clock()
    action()
    return (clock() - start) * 1000


def percentile(values: Sequence[float], share: float) -> float:
    """Return the smallest value that at least `share` of all values do not exceed.

    >>> percentile([3, 1, 2, 4], 0.5), percentile([1, 2, 3], 0.95)
    (2, 3)
    """
    ordered = sorted(values)
    return ordered[max(0, -(-len(ordered) * int(share * 100) // 100) - 1)]


def table(lines: Sequence[Line]) -> str:
    """Return the results as aligned text."""
    head = ("benchmark", "measured", "compared with", "result", "target", "")
    rows = [head, *(_row(line) for line in lines)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(head))]
    text = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    notes = [f"  {line.name}: {line.note}" for line in lines if line.note]
    return "\n".join([text[0], "-" * len(text[0]), *text[1:], *(["", "Notes", *notes] if notes else [])])


def _row(line: Line) -> tuple[str, ...]:
    ratio = line.base is not None
    return (
        line.name,
        f"{line.value:.2f} {line.unit}".rstrip(),
        f"{line.base:.2f} {line.unit}" if line.base is not None else "",
        f"{line.compared:.2f} x" if ratio else f"{line.compared:.2f} {line.unit}".rstrip(),
        f"<= {line.target:g} x" if ratio else f"<= {line.target:g} {line.unit}".rstrip(),
        "met" if line.met else "NOT MET",
    )
