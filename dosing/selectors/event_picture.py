"""One event on the axis of study days: the grades it had, the DLT window, and how long each grade lasted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from dosing.selectors.assessment import JudgedEvent
from safety.rules.moments import Moment, midnight
from safety.selectors import trial_zone
from trial_edc.protocol.parameters import integer

WIDTH, HEIGHT = 760, 210
LEFT, RIGHT, TOP, LANE = 64, 16, 26, 28
HIGHEST = 5
#: Grade -> colour, as everywhere in the product.
COLOURS = {1: "#8a5a00", 2: "#a8480a", 3: "#b32a1a", 4: "#8d1220", 5: "#17212e"}


@dataclass(frozen=True)
class Bar:
    """One grade from one moment to the next; `ongoing` ends at the data cut-off."""

    x: float
    y: float
    width: float
    height: float
    grade: int
    colour: str
    words: str
    ongoing: bool


@dataclass(frozen=True)
class Tick:
    """A day on the axis."""

    x: float
    label: str


@dataclass(frozen=True)
class EventPicture:
    """Everything the drawing needs, in its own coordinates."""

    bars: tuple[Bar, ...]
    ticks: tuple[Tick, ...]
    lanes: tuple[tuple[int, float], ...]
    window_x: float
    window_width: float
    severe_y: float
    axis_y: float
    width: int = WIDTH
    height: int = HEIGHT


def event_picture(judged: JudgedEvent, subject: Any, moment: datetime) -> EventPicture | None:
    """Return the drawing of an event; None before an infusion, or without any dated grade."""
    infused, facts = subject.infusion_date, judged.on_file.facts
    if infused is None or facts is None or not facts.grade_history:
        return None
    start = midnight(infused, trial_zone())
    periods = _periods(judged, moment, start)
    closes = integer("dlt.window_days") + 1
    first = min(0.0, *(begin for _grade, begin, _end, _open in periods)) - 0.5
    last = max(closes + 1.0, *(end for _grade, _begin, end, _open in periods)) + 0.5
    scale = (WIDTH - LEFT - RIGHT) / (last - first)

    def x(day: float) -> float:
        return round(LEFT + (day - first) * scale, 1)

    axis_y = TOP + HIGHEST * LANE
    step = 7 if last - first <= 70 else 28
    days = range(-28 * 20, int(last) + 1, step)
    return EventPicture(
        bars=tuple(_bar(period, x) for period in periods),
        ticks=tuple(Tick(x(day), f"D{day}") for day in days if first <= day),
        lanes=tuple((grade, _lane(grade) + LANE / 2 + 5) for grade in range(1, HIGHEST + 1)),
        window_x=x(0),
        window_width=round(x(closes) - x(0), 1),
        severe_y=_lane(3) + LANE,
        axis_y=axis_y,
    )


Period = tuple[int, float, float, bool]


def _periods(judged: JudgedEvent, moment: datetime, start: datetime) -> list[Period]:
    """Return grade, first and last study day (with fractions) of each grade change, and whether it goes on."""
    facts = judged.on_file.facts
    assert facts is not None
    history = facts.grade_history
    end: Moment | None = facts.end
    found = []
    for number, period in enumerate(history):
        following = history[number + 1].start.first if number + 1 < len(history) else None
        until = following or (end.last if end is not None else moment)
        begins, ends = _day(period.start.first, start), _day(max(until, period.start.first), start)
        found.append((period.grade, begins, ends, following is None and end is None))
    return found


def _day(at: datetime, start: datetime) -> float:
    return (at - start) / timedelta(days=1)


def _lane(grade: int) -> int:
    return TOP + (HIGHEST - grade) * LANE


def _bar(period: Period, x: Any) -> Bar:
    grade, begins, ends, ongoing = period
    left = x(begins)
    words = f"{ends - begins:.1f} d" + ("…" if ongoing else "")
    return Bar(
        left, _lane(grade) + 4, max(round(x(ends) - left, 1), 3), LANE - 8, grade, COLOURS[grade], words, ongoing
    )
