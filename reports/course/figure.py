"""The timeline of one subject: grades, temperature, treatments, laboratory, cells and responses under each other."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _

from reports.content.courses import Grade, bands_of
from reports.course.events import Timeline
from reports.efficacy.content import Sheet, rounded, sheet
from reports.figures.bands import GRADES, KINDS, draw_bands, draw_treatments, kind_label
from reports.figures.drawing import INK, INK_2, INK_3, Drawing, Picture, drawing, finish
from reports.figures.samples import SHADE, circles, logarithmic
from trial_edc.protocol.parameters import integer

ANALYTE_COLOURS = {"NEUT": "#2f7ebb", "PLAT": "#8f1d6b", "CRP": "#a81e1e", "FERRITIN": "#b86200"}
ANALYTE_NAMES = {"NEUT": "Neutrophils", "PLAT": "Platelets", "CRP": "CRP", "FERRITIN": "Ferritin"}
FEVER, CELLS = 38.0, "#12683c"
#: What is left free after the last day, as a share of all days.
ROOM = 0.015
#: (key, share of the height)
LANES = (
    ("grades", 1.0), ("temperature", 1.6), ("treatments", 1.1), ("laboratory", 2.4), ("copies", 1.8),
    ("responses", 0.7),
)  # fmt: skip


def timeline_figure(line: Timeline, *, until: int) -> Picture:
    """Return the figure from six days before the infusion to `until` days after it."""
    with drawing("timeline", 11, 8.2) as drawn:
        grid = drawn.sheet.add_gridspec(
            len(LANES), 1, left=0.1, right=0.98, top=0.985, bottom=0.055, hspace=0.12,
            height_ratios=[share for _key, share in LANES],
        )  # fmt: skip
        lanes: dict[str, Any] = {}
        for place, (key, _share) in enumerate(LANES):
            lanes[key] = drawn.sheet.add_subplot(grid[place], sharex=next(iter(lanes.values()), None))
        draw: dict[str, Callable[[Drawing, Any, Timeline], None]] = {
            "grades": _grades, "temperature": _temperature, "treatments": _treatments, "laboratory": _laboratory,
            "copies": _copies, "responses": _responses,
        }  # fmt: skip
        for key, axes in lanes.items():
            axes.axvspan(0, integer("dlt.window_days"), color=SHADE, linewidth=0)
            axes.axvline(0, color=INK_3, linewidth=0.8)
            draw[key](drawn, axes, line)
            if line.death is not None:
                axes.axvline(line.death, color=INK, linewidth=1.6)
            # One axis of days serves all lanes; without marks of their own they are drawn in half the time.
            axes.xaxis.set_visible(key == LANES[-1][0])
            axes.tick_params(labelsize=8)
        # Room for what lies on the last day.
        lanes["responses"].set_xlim(-6, until + ROOM * (until + 6))
        lanes["responses"].set_xlabel(_("Study day"))
        text = _(
            "Shaded: DLT window, Day 0 to Day %(days)s. Grades are the investigator's; where none was given, the"
            " computed one has a thin edge. Open circles: below the limit of quantification, at half the limit."
        ) % {"days": integer("dlt.window_days")}
        return finish(drawn, _("Timeline of %(subject)s") % {"subject": line.subject.identifier}, text)


def _grades(drawn: Drawing, axes: Any, line: Timeline) -> None:
    for place, (name, grades) in enumerate(line.grades.items()):
        draw_bands(drawn, axes, place, name, bands_of(grades))
    axes.set_yticks(range(len(line.grades)), list(line.grades))
    axes.set_ylim(len(line.grades) - 0.4, -0.6)
    for grade in range(1, 6):
        axes.barh(0, 0, color=GRADES[grade], label=str(grade))
    axes.legend(loc="upper right", ncols=5, fontsize=7, title=_("Grade"), title_fontsize=7, handlelength=1)


def _temperature(drawn: Drawing, axes: Any, line: Timeline) -> None:
    if line.temperatures:
        days, values = zip(*line.temperatures, strict=True)
        (curve,) = axes.plot(days, values, color="#a81e1e", linewidth=1, marker="o", markersize=2)
        top = max(line.temperatures, key=lambda each: each[1])
        words = _("Temperature, highest %(top)s °C on day %(day)s")
        drawn.mark(curve, words % {"top": rounded(top[1]), "day": rounded(top[0])})
    axes.axhline(FEVER, color=INK_3, linewidth=0.8, linestyle=(0, (4, 3)))
    axes.set_ylabel("°C")
    axes.set_ylim(bottom=35.5, top=max([40.0, *(value for _day, value in line.temperatures)]) + 0.3)


def _treatments(drawn: Drawing, axes: Any, line: Timeline) -> None:
    draw_treatments(drawn, axes, line.treatments, {kind: place for place, kind in enumerate(KINDS)})
    axes.set_yticks(range(len(KINDS)), [kind_label(kind) for kind in KINDS], fontsize=7.5)
    axes.set_ylim(len(KINDS) - 0.4, -0.6)


def _laboratory(drawn: Drawing, axes: Any, line: Timeline) -> None:
    for analyte, (unit, points) in line.laboratory.items():
        days, values = zip(*points, strict=True)
        name = f"{ANALYTE_NAMES[analyte]} ({unit})"
        colour = ANALYTE_COLOURS[analyte]
        (curve,) = axes.plot(days, values, color=colour, linewidth=1.1, marker="o", markersize=2, label=name)
        low, high = min(points, key=lambda each: each[1]), max(points, key=lambda each: each[1])
        said = {"low": f"{low[1]:g}", "when": rounded(low[0]), "high": f"{high[1]:g}", "at": rounded(high[0])}
        words = _("%(name)s: lowest %(low)s on day %(when)s, highest %(high)s on day %(at)s")
        drawn.mark(curve, words % {"name": name, **said})
    if line.laboratory:
        # Room below the lowest line for the names.
        axes.set_ylim(bottom=min(value for _unit, points in line.laboratory.values() for _day, value in points) / 8)
        logarithmic(axes)
        axes.legend(loc="lower right", fontsize=7, ncols=4)
    else:
        _nothing(axes)
    axes.set_ylabel(_("Laboratory"))


def _copies(drawn: Drawing, axes: Any, line: Timeline) -> None:
    if line.copies:
        days, values = [each[0] for each in line.copies], [each[1] for each in line.copies]
        (curve,) = axes.plot(days, values, color=CELLS, linewidth=1.4)
        top = max(line.copies, key=lambda each: each[1])
        words = _("CAR copies per µg DNA, highest %(top)s on day %(day)s")
        drawn.mark(curve, words % {"top": f"{top[1]:g}", "day": rounded(top[0])})
        circles(axes, line.copies, CELLS)
        logarithmic(axes)
    else:
        _nothing(axes)
    axes.set_ylabel(_("CAR copies/µg"))


def _nothing(axes: Any) -> None:
    """Say that a lane is empty instead of drawing an axis of numbers that mean nothing."""
    axes.set_yticks([])
    axes.text(0.5, 0.5, _("No values"), transform=axes.transAxes, ha="center", va="center", fontsize=8, color=INK_3)


def _responses(drawn: Drawing, axes: Any, line: Timeline) -> None:
    for day, response in line.responses:
        (mark,) = axes.plot(day, 0.35, marker="v", markersize=7, color="#1a56b0", linestyle="none")
        drawn.mark(mark, _("Response %(response)s on day %(day)s") % {"response": response, "day": rounded(day, 0)})
        axes.text(day, 0.62, response, ha="center", fontsize=8, color=INK_2)
    axes.set_ylim(0, 1)
    axes.set_yticks([])
    axes.set_ylabel(_("Response"), rotation=0, ha="right", va="center", fontsize=8)


def timeline_sheet(line: Timeline) -> Sheet:
    """Return the same as a table, in order of time."""
    rows: list[tuple[float, str, str]] = []
    for name, grades in line.grades.items():
        rows += [(each.day, name, _grade_text(each)) for each in grades]
    rows += [(day, _("Temperature"), f"{rounded(value)} °C") for day, value in line.temperatures]
    rows += [
        (each.start, kind_label(each.kind), f"{each.name} – " + (_("ongoing") if each.ongoing else rounded(each.end)))
        for each in line.treatments
    ]
    for analyte, (unit, points) in line.laboratory.items():
        rows += [(day, ANALYTE_NAMES[analyte], f"{value:g} {unit}") for day, value in points]
    below_limit = _("below the limit")
    rows += [(day, _("CAR copies/µg"), below_limit if below else f"{value:g}") for day, value, below in line.copies]
    rows += [(day, _("Response"), response) for day, response in line.responses]
    ordered = sorted(rows, key=lambda row: (row[0], row[1]))
    heads = [_("Study day"), _("What"), _("Value")]
    return sheet(_("Timeline"), heads, [[rounded(day), what, value] for day, what, value in ordered], numbers=(0,))


def _grade_text(grade: Grade) -> str:
    text = _("grade %(grade)s") % {"grade": grade.grade}
    return text if grade.investigator else _("%(grade)s, computed") % {"grade": text}
