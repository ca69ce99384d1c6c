"""The ICE score (immune effector cell-associated encephalopathy), 0 to 10 points.

Purpose: add the five tasks of the bedside examination. Not assessed is not 0: a task that was not examined leaves the
total unknown.

Inputs: orientation to year, month, city, hospital 0-4; naming three objects 0-3; following a simple command 0-1;
writing a sentence 0-1; attention (counting backwards from 100 by ten) 0-1. None = not examined.

Algorithm
    1. A task outside its range is refused.
    2. Any task not examined: no total.
    3. The total is the sum.

Source: Lee DW et al., Biol Blood Marrow Transplant 2019;25:625-638, table 3.

>>> ice_score(IceItems(orientation=4, naming=3, commands=1, writing=1, attention=0)).total
9
>>> ice_score(IceItems(orientation=4, naming=None, commands=1, writing=1, attention=0)).total is None
True
"""

from __future__ import annotations

from dataclasses import dataclass

RULE = "ice-score"
VERSION = "1.0.0"

#: Task -> most points.
MOST_POINTS = {"orientation": 4, "naming": 3, "commands": 1, "writing": 1, "attention": 1}


@dataclass(frozen=True)
class IceItems:
    """Points per task; None = not examined."""

    orientation: int | None
    naming: int | None
    commands: int | None
    writing: int | None
    attention: int | None


@dataclass(frozen=True)
class IceScore:
    """Total 0-10, or None when a task was not examined."""

    total: int | None
    because: str


def ice_score(items: IceItems) -> IceScore:
    """Add the five tasks. Raises ValueError for points outside a task's range."""
    points: dict[str, int | None] = {task: getattr(items, task) for task in MOST_POINTS}
    for task, most in MOST_POINTS.items():
        given = points[task]
        if given is not None and not 0 <= given <= most:
            raise ValueError(f"{task} must be between 0 and {most}, not {given}")
    missing = [task for task, given in points.items() if given is None]
    if missing:
        return IceScore(None, f"Not examined: {', '.join(missing)}. Not assessed is not 0, so there is no total.")
    total = sum(given for given in points.values() if given is not None)
    listed = ", ".join(f"{task} {points[task]} of {most}" for task, most in MOST_POINTS.items())
    return IceScore(total, f"ICE {total} of 10: {listed}.")
