"""The swimmer plot: what became of each subject over time."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence, Set
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from efficacy.endpoints import Assessor
from reports.content.courses import Lane
from reports.content.facts import level_code
from reports.efficacy.content import Sheet, rounded, sheet
from reports.efficacy.population import Population, SubjectResult
from reports.efficacy.tables import best_of, derived, months_of
from reports.figures.drawing import INK_3, Drawing, Picture, drawing, finish
from reports.figures.response import COLOURS, WIDTH, changes_of
from reports.pdf import words

#: How much of a bar's colour is seen.
BAR = 0.75
SIGNS = {
    "response": ("^", "#123f8c"),
    "progression": ("X", "#8f1d14"),
    "therapy": ("P", "#b86200"),
    "death": ("D", "#17212e"),
}
FOLLOWED = (">", INK_3)


def swimmer(population: Population, assessor: Assessor) -> tuple[Picture, Sheet]:
    """Return the time of every subject on study with response, progression, new therapy and death."""
    return swimmer_figure(lanes_of(population, assessor))


def lanes_of(population: Population, assessor: Assessor) -> tuple[Lane, ...]:
    """Return the lane of every subject, the longest first.

    The investigator's responses alone enter the lanes of that assessor: a computed one that is kept back is in none.
    """
    ordered = sorted(population.subjects, key=lambda each: (_end(each, population.cutoff) - each.facts.infused_on).days)
    return tuple(_lane(each, assessor, population.cutoff) for each in reversed(ordered))


def _lane(subject: SubjectResult, assessor: Assessor, cutoff: date) -> Lane:
    events = _events(subject, assessor, cutoff)
    return Lane(
        subject=subject.identifier,
        group=level_code(subject.level),
        start=subject.facts.infused_on,
        end=_end(subject, cutoff),
        best=best_of(subject, assessor, immune=False),
        events=tuple((key, events[key]) for key in SIGNS if key in events),
        followed=subject.facts.on_study,
    )


def swimmer_figure(
    lanes: Sequence[Lane], *, name: str = "swimmer", longest: Decimal | None = None
) -> tuple[Picture, Sheet]:
    """Return the figure of some lanes and its table; `longest`: months that the axis has, so that figures compare."""
    table = sheet(_("Time on study"), _heads(), [_row(each) for each in lanes], numbers=(2,))
    ordered = list(reversed(lanes))
    with drawing(name, WIDTH, max(2.4, 0.27 * len(ordered) + 1.2)) as drawn:
        bottom, above = (inches / drawn.sheet.get_figheight() for inches in (0.55, 0.6))
        axes = drawn.sheet.add_axes((0.17, bottom, 0.8, 1 - above - bottom))
        _draw(drawn, axes, ordered)
        axes.set_yticks(range(len(ordered)), [_label(each) for each in ordered], fontsize=7.5)
        axes.set_xlabel(_("Months since infusion"))
        axes.set_xlim(left=0, right=None if longest is None else float(longest) * 1.05)
        axes.set_ylim(-0.7, max(len(ordered), 1) - 0.3)
        _swimmer_legend(axes, {each.best for each in ordered})
        text = _(
            "One bar per infused subject; its colour, and the word beside it, are the confirmed best response. The line"
            " inside is the response."
        )
        return finish(drawn, _("Time on study"), text), table


def _label(lane: Lane) -> str:
    said = f"{lane.subject} ({words.group(lane.group)})"
    return f"{said} {lane.best}" if lane.best else said


def months(lane: Lane, day: date) -> Decimal:
    """Return the months from the infusion to a day."""
    return months_of((day - lane.start).days)


def _swimmer_legend(axes: Any, shown: Set[str]) -> None:
    """Name the colours that occur and all signs, above the lanes where nothing is drawn."""
    names = {
        "response": _("first response"),
        "progression": _("progression"),
        "therapy": _("new therapy"),
        "death": _("death"),
    }
    handles = [
        Patch(color=colour, alpha=BAR, label=best or _("not assessed"))
        for best, colour in COLOURS.items()
        if best in shown
    ]
    handles += [_sign(*SIGNS[key], names[key]) for key in SIGNS]
    handles.append(_sign(*FOLLOWED, _("still followed")))
    axes.legend(handles=handles, loc="lower left", bbox_to_anchor=(0, 1), ncols=5, borderaxespad=0)


def _sign(marker: str, colour: str, label: str) -> Any:
    return Line2D([], [], marker=marker, color=colour, linestyle="none", markersize=6, label=label)


def _end(subject: SubjectResult, cutoff: date) -> date:
    """Return the last day a subject is known about: death, the cut-off while followed, else the last sign of life."""
    facts = subject.facts
    if facts.death_date is not None and facts.death_date <= cutoff:
        return facts.death_date
    if facts.on_study:
        return cutoff
    days = [facts.last_known_alive, *(each.point.date for each in subject.course.assessments), facts.infused_on]
    return min(max(day for day in days if day is not None), cutoff)


def _events(subject: SubjectResult, assessor: Assessor, cutoff: date) -> dict[str, date]:
    found, facts = derived(subject, assessor), subject.facts
    progression = None
    if found is not None:
        progression = next((c.day for c in changes_of(subject, assessor, cutoff, False) if c.progression), None)
    days = {
        "response": found.best.first_response_date if found else None,
        "progression": progression,
        "therapy": facts.new_therapy_date,
        "death": facts.death_date,
    }
    return {key: day for key, day in days.items() if day is not None and day <= cutoff}


def _row(lane: Lane) -> list[str]:
    events = dict(lane.events)
    ends = _("yes") if lane.followed else _("no")
    return [
        lane.subject, words.group(lane.group), rounded(months(lane, lane.end)), lane.best or words.DASH,
        *(words.day(events.get(key)) for key in SIGNS), ends,
    ]  # fmt: skip


def _draw(drawn: Drawing, axes: Any, ordered: Sequence[Lane]) -> None:
    ends = [float(months(each, each.end)) for each in ordered]
    bars = axes.barh(
        range(len(ordered)),
        ends,
        0.62,
        color=[COLOURS[each.best] for each in ordered],
        edgecolor=INK_3,
        linewidth=0.6,
        alpha=BAR,
    )
    responses: list[tuple[float, float]] = []
    signs: dict[tuple[str, str], list[tuple[float, int]]] = defaultdict(list)
    for place, (lane, end, bar) in enumerate(zip(ordered, ends, bars, strict=True)):
        drawn.mark(bar, _in_words(lane))
        events = {key: float(months(lane, day)) for key, day in lane.events}
        if "response" in events:
            until = min(events.get("progression", end), end)
            responses += [(events["response"], place), (until, place), (math.nan, math.nan)]
        for key, at in events.items():
            signs[SIGNS[key]].append((at, place))
        if lane.followed:
            signs[FOLLOWED].append((end, place))
    axes.plot([at for at, _y in responses], [y for _at, y in responses], color=SIGNS["response"][1], linewidth=1.6)
    for (marker, colour), places in signs.items():
        axes.plot(
            [at for at, _place in places], [place for _at, place in places], marker=marker, color=colour, markersize=6,
            linestyle="none", clip_on=False,
        )  # fmt: skip


def _in_words(lane: Lane) -> str:
    pairs = zip(_heads()[2:], _row(lane)[2:], strict=True)
    said = ", ".join(f"{head} {text}" for head, text in pairs if text != "–")
    return f"{lane.subject}, {words.group(lane.group)}: {said}"


def _heads() -> tuple[str, ...]:
    return (
        _("Subject"), _("Level"), _("Months"), _("Best response, confirmed"), _("First response"), _("Progression"),
        _("New therapy"), _("Death"), _("Followed"),
    )  # fmt: skip
