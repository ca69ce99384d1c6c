"""Grades and treatments as bands on an axis of days: of one subject on its page, of several in the safety report."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from reports.content.courses import Band, Given, Span
from reports.efficacy.content import rounded
from reports.figures.drawing import INK, INK_3, Drawing

GRADES = ("#e7efe9", "#f4dc9a", "#eda45a", "#d0562f", "#8f1d14", "#17212e")
KINDS = {"tocilizumab": "#123f8c", "corticosteroid": "#b86200", "antipyretic": "#566377"}
#: Narrower bands have no room for their grade, days.
ROOM_FOR_A_DIGIT, SHORTEST_BAR = 0.45, 0.3
#: From this grade on the digit is white.
DARK_GRADE = 3


def kind_label(kind: str) -> str:
    """Return what a treatment is."""
    return {
        "tocilizumab": _("Anti-cytokine"), "corticosteroid": _("Corticosteroid"), "antipyretic": _("Antipyretic"),
    }[kind]  # fmt: skip


def draw_bands(drawn: Drawing, axes: Any, place: int, name: str, bands: Iterable[Band]) -> None:
    """Draw the grades of one syndrome in a lane; each band says its grade, by its colour and as a digit."""
    for band in bands:
        bar = axes.barh(
            place, band.end - band.start, 0.7, left=band.start, align="center", color=GRADES[band.grade],
            edgecolor="none" if band.investigator else INK_3, linewidth=0.3,
        )[0]  # fmt: skip
        if band.grade and band.end - band.start >= ROOM_FOR_A_DIGIT:
            ink = "white" if band.grade >= DARK_GRADE else INK
            middle = (band.start + band.end) / 2
            axes.text(middle, place, str(band.grade), ha="center", va="center_baseline", fontsize=6.5, color=ink)
        drawn.mark(bar, f"{name} {band_text(band)}")


def band_text(band: Band) -> str:
    """Return a band in words: grade 2 on day 2.0; grade 2 on days 2.0 to 4.5, 6 assessments."""
    grade = _("grade %(grade)s") % {"grade": band.grade}
    if band.assessments == 1:
        return _("%(grade)s on day %(day)s") % {"grade": grade, "day": rounded(band.start)}
    return _("%(grade)s on days %(start)s to %(end)s, %(count)s assessments") % {
        "grade": grade, "start": rounded(band.start), "end": rounded(band.end), "count": band.assessments,
    }  # fmt: skip


def draw_treatments(
    drawn: Drawing, axes: Any, spans: Iterable[Span], places: Mapping[str, int], name: str = ""
) -> None:
    """Draw treatments in the lanes of their kinds; an anti-cytokine drug has a triangle where it begins."""
    for each in spans:
        place = places[each.kind]
        width = max(each.end - each.start, SHORTEST_BAR)
        bar = axes.barh(place, width, 0.6, left=each.start, color=KINDS[each.kind])[0]
        if each.kind == "tocilizumab":
            axes.plot(each.start, place, marker="^", markersize=5, color=KINDS[each.kind], markeredgecolor="white",
                      markeredgewidth=0.4)  # fmt: skip
        drawn.mark(bar, f"{name}{kind_label(each.kind)}, {each.name}: {span_text(each)}")


def span_text(span: Span) -> str:
    """Return from when to when a treatment was given."""
    if span.ongoing:
        return _("from day %(start)s, ongoing") % {"start": rounded(span.start)}
    return _("day %(start)s to %(end)s") % {"start": rounded(span.start), "end": rounded(span.end)}


def draw_given(drawn: Drawing, axes: Any, given: Iterable[Given], places: Mapping[str, int], name: str) -> None:
    """Draw what assessments say was given: outlines, beside the filled bars of the medication log."""
    for each in given:
        bar = axes.barh(
            places[each.kind], max(each.end - each.start, SHORTEST_BAR), 0.85, left=each.start, facecolor="none",
            edgecolor=KINDS[each.kind], linewidth=0.8,
        )[0]  # fmt: skip
        drawn.mark(bar, f"{name}{kind_label(each.kind)}: {given_text(each)}")


def given_text(given: Given) -> str:
    """Return when assessments name a treatment."""
    if given.assessments == 1:
        return _("named by an assessment, day %(day)s") % {"day": rounded(given.start)}
    return _("named by %(count)s assessments, day %(start)s to %(end)s") % {
        "count": given.assessments, "start": rounded(given.start), "end": rounded(given.end),
    }  # fmt: skip
