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
from reports.efficacy.content import Sheet, rounded, sheet
from reports.efficacy.population import Population, SubjectResult
from reports.efficacy.tables import best_of, derived, months_of
from reports.figures.drawing import INK_3, Drawing, Picture, drawing, finish
from reports.figures.response import COLOURS, WIDTH, changes_of, level_of
from reports.pdf import words


def swimmer(population: Population, assessor: Assessor) -> tuple[Picture, Sheet]:
    """Return the time of every subject on study with response, progression, new therapy and death."""
    ordered = sorted(population.subjects, key=lambda each: (_end(each, population.cutoff) - each.facts.infused_on).days)
    rows = [_swimmer_row(each, assessor, population.cutoff) for each in reversed(ordered)]
    table = sheet(_("Time on study"), _heads(), rows, numbers=(2,))
    with drawing("swimmer", WIDTH, max(2.4, 0.27 * len(ordered) + 1.2)) as drawn:
        bottom, above = (inches / drawn.sheet.get_figheight() for inches in (0.55, 0.6))
        axes = drawn.sheet.add_axes((0.13, bottom, 0.84, 1 - above - bottom))
        _lanes(drawn, axes, ordered, assessor, population.cutoff)
        axes.set_yticks(range(len(ordered)), [f"{each.identifier} ({level_of(each)})" for each in ordered], fontsize=8)
        axes.set_xlabel(_("Months since infusion"))
        axes.set_xlim(left=0)
        axes.set_ylim(-0.7, max(len(ordered), 1) - 0.3)
        _swimmer_legend(axes, {best_of(each, assessor, immune=False) for each in ordered})
        text = _(
            "One bar per infused subject, coloured by the confirmed best response. The line inside is the response."
        )
        return finish(drawn, _("Time on study"), text), table


#: How much of a bar's colour is seen.
BAR = 0.75
SIGNS = {
    "response": ("^", "#123f8c"),
    "progression": ("X", "#8f1d14"),
    "therapy": ("P", "#b86200"),
    "death": ("D", "#17212e"),
}


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
    handles.append(_sign(">", INK_3, _("still followed")))
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


def _months(subject: SubjectResult, day: date) -> Decimal:
    return months_of((day - subject.facts.infused_on).days)


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


def _swimmer_row(subject: SubjectResult, assessor: Assessor, cutoff: date) -> list[str]:
    events = _events(subject, assessor, cutoff)
    ends = _("yes") if subject.facts.on_study else _("no")
    return [
        subject.identifier, level_of(subject), rounded(_months(subject, _end(subject, cutoff))),
        *(words.day(events.get(key)) for key in SIGNS), ends,
    ]  # fmt: skip


def _lanes(drawn: Drawing, axes: Any, ordered: Sequence[SubjectResult], assessor: Assessor, cutoff: date) -> None:
    ends = [float(_months(each, _end(each, cutoff))) for each in ordered]
    bars = axes.barh(
        range(len(ordered)),
        ends,
        0.62,
        color=[COLOURS[best_of(each, assessor, immune=False)] for each in ordered],
        edgecolor=INK_3,
        linewidth=0.6,
        alpha=BAR,
    )
    responses: list[tuple[float, float]] = []
    signs: dict[str, list[tuple[float, int]]] = defaultdict(list)
    for place, (subject, end, bar) in enumerate(zip(ordered, ends, bars, strict=True)):
        drawn.mark(bar, _in_words(subject, assessor, cutoff))
        events = {key: float(_months(subject, day)) for key, day in _events(subject, assessor, cutoff).items()}
        if "response" in events:
            until = min(events.get("progression", end), end)
            responses += [(events["response"], place), (until, place), (math.nan, math.nan)]
        for key, at in events.items():
            signs[key].append((at, place))
        if subject.facts.on_study:
            signs["followed"].append((end, place))
    axes.plot([at for at, _y in responses], [y for _at, y in responses], color=SIGNS["response"][1], linewidth=1.6)
    for key, places in signs.items():
        marker, colour = SIGNS.get(key, (">", INK_3))
        axes.plot(
            [at for at, _place in places], [place for _at, place in places], marker=marker, color=colour, markersize=6,
            linestyle="none", clip_on=False,
        )  # fmt: skip


def _in_words(subject: SubjectResult, assessor: Assessor, cutoff: date) -> str:
    pairs = zip(_heads()[2:], _swimmer_row(subject, assessor, cutoff)[2:], strict=True)
    said = ", ".join(f"{head} {text}" for head, text in pairs if text != "–")
    return f"{subject.identifier}, {level_of(subject)}: {said}"


def _heads() -> tuple[str, ...]:
    return (
        _("Subject"), _("Level"), _("Months"), _("First response"), _("Progression"), _("New therapy"), _("Death"),
        _("Followed"),
    )  # fmt: skip
