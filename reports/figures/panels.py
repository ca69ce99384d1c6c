"""Small panels beside each other, each with a linear axis of days and a logarithmic one of values.

All panels share one set of axes of the drawing library, which knows nothing of them: making and laying out a set for
each of them took longer than everything that is drawn in them.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from matplotlib.lines import Line2D
from matplotlib.ticker import LogLocator
from matplotlib.transforms import Bbox, TransformedBbox

from reports.figures.drawing import INK, INK_2, INK_3

#: What is left free above the highest and below the lowest value, as a share of the panel.
MARGIN = 0.05
TICK = 0.006
LABEL_SIZE, TITLE_SIZE = 7, 9


def steps(low: float, high: float) -> tuple[float, ...]:
    """Return the steps within a decade that an axis marks: within two decades also 2 and 5."""
    return (1.0, 2.0, 5.0) if high / low < 100 else (1.0,)


def written(value: float) -> str:
    """Return a number as people write it.

    >>> written(20000.0), written(0.05)
    ('20 000', '0.05')
    """
    return f"{value:,.10g}".replace(",", " ")


def whole_sheet(sheet: Any) -> Any:
    """Return axes that cover the sheet and show nothing of themselves; both run from 0 to 1."""
    axes = sheet.add_axes((0, 0, 1, 1))
    axes.set_axis_off()
    axes.set_xlim(0, 1)
    axes.set_ylim(0, 1)
    return axes


@dataclass(frozen=True)
class Panel:
    """One panel. `box`: left, bottom, width, height as shares of the sheet; `days`, `values`: ends of its axes."""

    axes: Any
    box: tuple[float, float, float, float]
    days: tuple[float, float]
    values: tuple[float, float] | None = field(default=None)

    def x(self, day: float) -> float:
        """Where a day lies on the sheet."""
        left, _bottom, width, _height = self.box
        first, last = self.days
        return left + width * (day - first) / (last - first)

    def y(self, value: float) -> float:
        """Where a value, above 0, lies on the sheet. Raises ValueError in a panel without values."""
        if self.values is None:
            raise ValueError("the panel has no axis of values")
        low, high = (math.log10(end) for end in self.values)
        share = (math.log10(value) - low) / (high - low) if high > low else 0.5
        _left, bottom, _width, height = self.box
        return bottom + height * (MARGIN + (1 - 2 * MARGIN) * share)

    def share(self, part: float) -> float:
        """Where a share of the panel's height lies on the sheet."""
        return self.box[1] + self.box[3] * part

    def line(self, points: Sequence[tuple[float, float]], **look: Any) -> Line2D:
        """Draw through (day, value); what lies outside the axis of days is cut off."""
        drawn = Line2D([self.x(day) for day, _value in points], [self.y(value) for _day, value in points], **look)
        self.axes.add_artist(drawn)
        left, bottom, width, height = self.box
        drawn.set_clip_box(TransformedBbox(Bbox.from_bounds(left, bottom, width, height), self.axes.transData))
        return drawn

    def frame(self, title: str, days: Sequence[float]) -> None:
        """Draw both axes with their marks and numbers, day 0, and the title."""
        left, bottom, width, height = self.box
        right, top = left + width, bottom + height
        self._straight([(left, top), (left, bottom), (right, bottom)], color=INK_3, linewidth=0.8)
        self._straight([(self.x(0), bottom), (self.x(0), top)], color=INK_3, linewidth=0.6)
        self.axes.text(left, top + 0.012, title, fontsize=TITLE_SIZE, color=INK, va="bottom")
        look = {"fontsize": LABEL_SIZE, "color": INK_2}
        marks: list[tuple[float, float]] = []
        for day in days:
            marks += [(self.x(day), bottom), (self.x(day), bottom - 1.5 * TICK), (math.nan, math.nan)]
            self.axes.text(
                self.x(day), bottom - 2.5 * TICK, f"{day:g}".replace("-", "−"), ha="center", va="top", **look
            )
        for value in self._marked_values():
            marks += [(left, self.y(value)), (left - TICK, self.y(value)), (math.nan, math.nan)]
            self.axes.text(left - 1.5 * TICK, self.y(value), written(value), ha="right", va="center", **look)
        self._straight(marks, color=INK_3, linewidth=0.8)

    def _marked_values(self) -> list[float]:
        if self.values is None:
            return []
        low, high = self.values
        found = LogLocator(subs=steps(low, high)).tick_values(low, high)
        return [float(value) for value in found if low <= value * (1 + 1e-9) and value <= high * (1 + 1e-9)]

    def _straight(self, points: Sequence[tuple[float, float]], **look: Any) -> None:
        self.axes.add_artist(Line2D([x for x, _y in points], [y for _x, y in points], **look))
