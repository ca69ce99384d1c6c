"""Cells and cytokines over time, on a logarithmic axis, one line per subject."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter, LogLocator, NullLocator

from efficacy.endpoints import Assessor
from efficacy.selectors.samples import KineticOnFile
from reports.efficacy.population import Population
from reports.efficacy.samples import (
    Assay,
    CytokineCourse,
    Profile,
    analytes,
    peak,
    readable_levels,
    responders_and_others,
    treatment_days,
    unit_label,
)
from reports.figures.drawing import INK, INK_3, Drawing, Picture, drawing, finish
from reports.figures.panels import Panel, steps, whole_sheet, written
from reports.figures.response import WIDTH, level_of

LEVEL_COLOURS = {1: "#2f7ebb", 2: "#b86200", 3: "#8f1d6b", None: INK_3}
GROUP_COLOURS = ("#12683c", "#a81e1e")
CRS_COLOURS = ("#b9c0ca", "#e5b567", "#d97b3f", "#a81e1e", "#6d0f0f", "#6d0f0f")
TREATMENT_COLOURS = {"tocilizumab": "#123f8c", "corticosteroid": "#b86200"}
SHADE = "#eaf0f9"
CYTOKINE_DAYS = (-7.0, 30.0)
#: A geometric mean is drawn for days on which at least so many subjects have a value.
FEWEST_FOR_A_MEAN = 3
#: Between two lines that are drawn as one.
APART = (math.nan, math.nan)
Point = tuple[float, float, bool]


def kinetics(assay: Assay, assessor: Assessor, name: str) -> Picture:
    """Return the profiles of one assay twice: coloured by dose level, and split by response."""
    with drawing(name, WIDTH, 4.2) as drawn:
        first = drawn.sheet.add_axes((0.08, 0.13, 0.4, 0.78))
        second = drawn.sheet.add_axes((0.57, 0.13, 0.4, 0.78), sharey=first)
        for profile in assay.profiles:
            _profile(drawn, first, profile)
        for (label, profiles), colour in zip(responders_and_others(assay, assessor), GROUP_COLOURS, strict=True):
            _mean(drawn, second, label, profiles, colour)
        # A place for the title spares the search for one, which measures every label of the axes.
        first.set_title(_("By dose level"), y=1.0)
        second.set_title(_("By response: geometric mean"), y=1.0)
        for axes in (first, second):
            _time_axis(axes)
        limits = {float(sample.lloq) for each in assay.profiles for sample in each.samples if sample.lloq}
        if len(limits) == 1:
            first.axhline(limits.pop(), color=INK, linewidth=0.8, linestyle=(0, (4, 3)))
        for level, colour in LEVEL_COLOURS.items():
            if any(each.subject.level == level for each in assay.profiles):
                first.plot([], [], color=colour, label=f"DL{level}" if level else _("no level"))
        first.legend(loc="upper right")
        if second.get_legend_handles_labels()[1]:
            second.legend(loc="upper right")
        first.set_ylabel(str(assay.unit.label))
        text = _(
            "One line per subject. Open circles: below the limit of quantification, drawn at half the limit. Dashed:"
            " the limit. Shaded: Day 0 to Day 28."
        )
        return finish(drawn, assay.title, text)


def points_of(samples: Sequence[KineticOnFile]) -> list[Point]:
    """Return (day, value, below the limit) of every sample that a logarithmic axis can show."""
    found = []
    for sample in samples:
        limit, number = sample.lloq, sample.reported.number
        if sample.day is None or sample.day < 0:
            continue
        if sample.below_limit or not number:
            if limit:
                found.append((float(sample.day), float(limit) / 2, True))
        else:
            found.append((float(sample.day), float(number), False))
    return found


def _profile(drawn: Drawing, axes: Any, profile: Profile) -> None:
    points = points_of(profile.samples)
    if not points:
        return
    colour = LEVEL_COLOURS.get(profile.subject.level, INK_3)
    (line,) = axes.plot(
        [each[0] for each in points], [each[1] for each in points], color=colour, linewidth=1, alpha=0.8
    )
    found = profile.parameters
    top = _("no parameters") if found is None or found.cmax is None else _("Cmax %(value)s on day %(day)s") % {
        "value": f"{found.cmax:f}", "day": f"{found.tmax:.1f}"}  # fmt: skip
    drawn.mark(line, f"{profile.subject.identifier}, {level_of(profile.subject)}: {top}, {len(points)} samples")
    circles(axes, points, colour)


def circles(axes: Any, points: Sequence[Point], colour: str) -> None:
    """Draw samples as circles, open where they are below the limit of quantification."""
    for below in (False, True):
        some = [each for each in points if each[2] is below]
        if not some:
            continue
        axes.plot(
            [each[0] for each in some], [each[1] for each in some], linestyle="none", marker="o", markersize=3.2,
            markerfacecolor="white" if below else colour, markeredgecolor=colour,
        )  # fmt: skip


def _mean(drawn: Drawing, axes: Any, label: str, profiles: Sequence[Profile], colour: str) -> None:
    by_day: dict[int, list[float]] = defaultdict(list)
    behind: list[tuple[float, float]] = []
    for profile in profiles:
        points = points_of(profile.samples)
        behind += [*((day, value) for day, value, _below in points), APART]
        for day, value, _below in points:
            by_day[round(day)].append(value)
    axes.plot([each[0] for each in behind], [each[1] for each in behind], color=colour, linewidth=0.7, alpha=0.3)
    days = sorted(day for day, found in by_day.items() if len(found) >= min(FEWEST_FOR_A_MEAN, len(profiles)))
    if not days:
        return
    means = [math.exp(math.fsum(math.log(value) for value in by_day[day]) / len(by_day[day])) for day in days]
    (line,) = axes.plot(days, means, color=colour, linewidth=2.2, label=f"{label} (n={len(profiles)})")
    highest = max(range(len(days)), key=lambda index: means[index])
    words = _("%(group)s, n = %(n)s: geometric mean highest on day %(day)s, %(value)s")
    drawn.mark(
        line, words % {"group": label, "n": len(profiles), "day": days[highest], "value": f"{means[highest]:.4g}"}
    )


def logarithmic(axes: Any) -> None:
    """Set a logarithmic axis with whole numbers as people write them; within one decade also 2 and 5 of each."""
    axes.set_yscale("log")
    axes.yaxis.set_major_locator(LogLocator(subs=steps(*axes.get_ylim())))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _place: written(value)))
    axes.yaxis.set_minor_locator(NullLocator())


def _time_axis(axes: Any) -> None:
    logarithmic(axes)
    axes.axvspan(0, 28, color=SHADE, linewidth=0)
    axes.set_xlabel(_("Days since infusion"))
    axes.set_xlim(left=-2)


def cytokines(courses: Sequence[CytokineCourse], population: Population) -> Picture:
    """Return one panel per analyte, coloured by the highest grade of CRS, with peaks and treatments marked."""
    begun = _treatments(courses, treatment_days(population))
    with drawing("cytokines", WIDTH, 5.6) as drawn:
        axes = whole_sheet(drawn.sheet)
        for place, analyte in enumerate(analytes()):
            panel = _panel(drawn, Panel(axes, _box(place), CYTOKINE_DAYS), analyte, courses)
            for colour, days in begun.items():
                shown = [panel.x(day) for day in days if CYTOKINE_DAYS[0] <= day <= CYTOKINE_DAYS[1]]
                at = [panel.share(0.02)] * len(shown)
                axes.add_artist(Line2D(shown, at, marker="^", markersize=4, color=colour, linestyle="none"))
        _cytokine_legend(axes)
        text = _(
            "One line per subject, coloured by the highest grade of CRS. Black dot: peak to Day 28. Triangles:"
            " anti-cytokine drug or corticosteroid began."
        )
        return finish(drawn, _("Cytokines and inflammation markers"), text)


def _box(place: int) -> tuple[float, float, float, float]:
    """Where the panel with this number lies: four beside each other, two rows."""
    row, column = divmod(place, 4)
    return 0.06 + column * 0.24, 0.57 - row * 0.48, 0.185, 0.37


def _treatments(courses: Sequence[CytokineCourse], treated: Mapping[UUID, Any]) -> dict[str, list[float]]:
    """Return the days on which a treatment began, by its colour."""
    found: dict[str, list[float]] = defaultdict(list)
    for course in courses:
        for day, kind in treated.get(course.subject.key, ()):
            found[TREATMENT_COLOURS["tocilizumab" if kind == "tocilizumab" else "corticosteroid"]].append(day)
    return found


def _panel(drawn: Drawing, empty: Panel, analyte: str, courses: Sequence[CytokineCourse]) -> Panel:
    """Draw one analyte and return its panel, now with an axis of values."""
    levels = [(course, [(each[0], each[1]) for each in readable_levels(course, analyte)]) for course in courses]
    values = [value for _course, points in levels for _day, value in points]
    panel = replace(empty, values=(min(values), max(values)) if values else None)
    unit, peaks = "", []
    for course, points in levels:
        if not points:
            continue
        colour = CRS_COLOURS[min(course.crs_grade, len(CRS_COLOURS) - 1)]
        line = panel.line(points, color=colour, linewidth=1)
        found = peak(course, analyte)
        label = f"{analyte}, {course.subject.identifier}, " + _("CRS grade %(grade)s") % {"grade": course.crs_grade}
        if found is not None and found.peak is not None:
            unit = unit_label(found.unit)
            label += ": " + _("peak %(peak)s %(unit)s on day %(day)s") % {
                "peak": found.peak,
                "unit": unit,
                "day": found.peak.day,
            }
            peaks.append((float(found.peak.day), float(found.peak.number)))
        drawn.mark(line, label)
    if peaks:
        panel.line(peaks, marker="o", markersize=3, color=INK, linestyle="none")
    panel.frame(f"{analyte} ({unit})" if unit else analyte, (0, 10, 20, 30))
    return panel


def _cytokine_legend(axes: Any) -> None:
    shown = [
        Line2D([], [], color=colour, linewidth=2, label=_("CRS grade %(grade)s") % {"grade": grade})
        for grade, colour in zip(("0", "1", "2", "3–5"), CRS_COLOURS[:4], strict=True)
    ]
    for marker, size, colour, label in (
        ("o", 4, INK, _("peak to Day 28")),
        ("^", 5, TREATMENT_COLOURS["tocilizumab"], _("anti-cytokine drug")),
        ("^", 5, TREATMENT_COLOURS["corticosteroid"], _("corticosteroid")),
    ):
        shown.append(Line2D([], [], marker=marker, color=colour, linestyle="none", markersize=size, label=label))
    left, bottom, _width, height = _box(7)
    axes.legend(handles=shown, loc="center left", bbox_to_anchor=(left, bottom + height / 2))
