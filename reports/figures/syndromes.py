"""CRS and ICANS of several subjects, day by day, with the treatments that were given for them."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from matplotlib.patches import Patch

from reports.content.courses import LONGEST_GAP, SubjectCourse, bands_of
from reports.efficacy.content import DASH, Sheet, rounded, sheet
from reports.figures.bands import (
    GRADES,
    KINDS,
    band_text,
    draw_bands,
    draw_given,
    draw_treatments,
    given_text,
    kind_label,
    span_text,
)
from reports.figures.drawing import INK, INK_3, Drawing, Picture, drawing, finish
from reports.figures.samples import SHADE
from reports.pdf import words
from trial_edc.protocol.parameters import integer

#: Days that are drawn at least and at most; what lies beyond is listed in the table.
FIRST_DAY, BEYOND_THE_WINDOW, LAST_DAY = -8, 7, 90
#: Lanes of a subject after those of its syndromes.
LANES = ("tocilizumab", "corticosteroid")
WIDTH, INCHES_PER_SUBJECT, INCHES_AROUND = 10.5, 0.7, 0.95
#: One line of the table: subject, level, what, from, to, in words.
Line = tuple[str, str, str, float, float, str]


def last_day(courses: Sequence[SubjectCourse]) -> int:
    """Return the last day of the axis: every grade from 1 and every treatment, as far as they can be drawn."""
    wanted = [
        day
        for each in courses
        for days in (
            [band.end for _name, grades in each.grades for band in bands_of(grades) if band.grade],
            [span.start + LONGEST_GAP for span in each.treatments],
            [given.end for given in each.given],
        )
        for day in days
        if day <= LAST_DAY
    ]
    return max([integer("dlt.window_days") + BEYOND_THE_WINDOW, *(math.ceil(day) for day in wanted)])


def _inside(start: float, end: float, until: int) -> bool:
    return end > FIRST_DAY and start < until


def syndrome_figure(courses: Sequence[SubjectCourse], *, name: str, until: int) -> tuple[Picture, Sheet]:
    """Return the figure of some subjects from eight days before the infusion to `until`, and its table."""
    height = INCHES_PER_SUBJECT * len(courses) + INCHES_AROUND
    with drawing(name, WIDTH, height) as drawn:
        grid = drawn.sheet.add_gridspec(
            len(courses), 1, left=0.155, right=0.985, top=1 - 0.34 / height, bottom=0.5 / height, hspace=0.16
        )
        lanes = [drawn.sheet.add_subplot(grid[place]) for place in range(len(courses))]
        for course, axes in zip(courses, lanes, strict=True):
            _lane(drawn, axes, course, until)
            axes.tick_params(labelbottom=axes is lanes[-1], bottom=axes is lanes[-1])
        lanes[-1].set_xlabel(_("Study day"))
        _legend(drawn)
        return finish(drawn, _("CRS and ICANS by day"), _description(courses, until)), _sheet(courses)


def _lane(drawn: Drawing, axes: Any, course: SubjectCourse, until: int) -> None:
    syndromes = [syndrome for syndrome, _grades in course.grades]
    places = {kind: len(syndromes) + place for place, kind in enumerate(LANES)}
    name = f"{course.subject}, "
    axes.axvspan(0, integer("dlt.window_days"), color=SHADE, linewidth=0)
    axes.axvline(0, color=INK_3, linewidth=0.8)
    for place, (syndrome, grades) in enumerate(course.grades):
        shown = [band for band in bands_of(grades) if _inside(band.start, band.end, until)]
        draw_bands(drawn, axes, place, name + syndrome, shown)
    spans = [span for span in course.treatments if _inside(span.start, span.end, until)]
    draw_treatments(drawn, axes, spans, places, name)
    given = [each for each in course.given if _inside(each.start, each.end, until)]
    draw_given(drawn, axes, given, places, name)
    if course.death is not None and _inside(course.death, course.death, until):
        line = axes.axvline(course.death, color=INK, linewidth=1.8)
        drawn.mark(line, name + _("death on day %(day)s") % {"day": rounded(course.death)})
    axes.set_yticks(range(len(syndromes) + len(LANES)), [*syndromes, *map(kind_label, LANES)], fontsize=6.5)
    axes.tick_params(axis="y", length=0)
    axes.set_ylim(len(syndromes) + len(LANES) - 0.4, -0.6)
    axes.set_xlim(FIRST_DAY, until)
    label = f"{course.subject}\n{words.group(course.group)}"
    axes.text(-0.185, 0.5, label, transform=axes.transAxes, fontsize=8, va="center")


def _legend(drawn: Drawing) -> None:
    handles = [
        Patch(facecolor=colour, edgecolor=INK_3, linewidth=0.3, label=_("grade %(grade)s") % {"grade": grade})
        for grade, colour in enumerate(GRADES)
    ]
    handles += [Patch(facecolor=KINDS[kind], label=kind_label(kind)) for kind in LANES]
    handles.append(Patch(facecolor="none", edgecolor=KINDS["corticosteroid"], label=_("named by assessments")))
    drawn.sheet.legend(handles=handles, loc="upper right", ncols=len(handles), fontsize=7, handlelength=1, borderpad=0,
                       columnspacing=1)  # fmt: skip


def _description(courses: Sequence[SubjectCourse], until: int) -> str:
    text = _(
        "Shaded: DLT window, Day 0 to Day %(days)s. Grades are the investigator's; where none was given, the computed"
        " one has a thin edge. A triangle marks where an anti-cytokine drug begins, a black line a death."
    ) % {"days": integer("dlt.window_days")}
    outside = sum(not _inside(start, end, until) for each in courses for *_words, start, end, _said in _lines(each))
    if not outside:
        return text
    more = ngettext(
        "%(count)s line of the table lies outside of Day %(first)s to Day %(last)s.",
        "%(count)s lines of the table lie outside of Day %(first)s to Day %(last)s.",
        outside,
    ) % {"count": outside, "first": words.whole(FIRST_DAY), "last": until}
    return f"{text} {more}"


def _lines(course: SubjectCourse) -> Iterator[Line]:
    """Yield what the figure draws of a subject, in the order in which it does."""
    who = (course.subject, words.group(course.group))
    for syndrome, grades in course.grades:
        for band in bands_of(grades):
            said = band_text(band) if band.investigator else _("%(grade)s, computed") % {"grade": band_text(band)}
            yield (*who, syndrome, band.start, band.end, said)
    for span in course.treatments:
        yield (*who, kind_label(span.kind), span.start, span.end, f"{span.name}: {span_text(span)}")
    for given in course.given:
        yield (*who, kind_label(given.kind), given.start, given.end, given_text(given))
    if course.death is not None:
        yield (*who, _("Death"), course.death, course.death, _("death on day %(day)s") % {"day": rounded(course.death)})


def _sheet(courses: Sequence[SubjectCourse]) -> Sheet:
    rows = []
    for course in courses:
        lines = [
            [subject, level, what, rounded(start), rounded(end), said]
            for subject, level, what, start, end, said in _lines(course)
        ]
        nothing = [course.subject, words.group(course.group), DASH, DASH, DASH, _("not assessed, nothing given")]
        rows += lines or [nothing]
    heads = [_("Subject"), _("Level"), _("What"), _("From day"), _("To day"), _("In words")]
    return sheet(_("CRS and ICANS by day"), heads, rows, numbers=(3, 4), shares=(1, 0.8, 1.2, 0.8, 0.8, 4.5))
