"""Waterfall and spider: how the tumours changed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from matplotlib.patches import Patch

from efficacy.endpoints import Assessor
from efficacy.rules.response import NewLesion, Response
from reports.content.facts import level_code
from reports.efficacy.content import DASH, Sheet, rounded, sheet
from reports.efficacy.population import Population, SubjectResult
from reports.efficacy.tables import best_of
from reports.figures.drawing import INK_2, INK_3, Drawing, Picture, drawing, finish
from reports.pdf import words

COLOURS = {
    "CR": "#12683c", "PR": "#2f7ebb", "SD": "#b9c0ca", "NON-CR/NON-PD": "#b9c0ca", "PD": "#c4553f", "NE": "#eef1f5",
    "": "#eef1f5",
}  # fmt: skip
UPPER, LOWER, CAP = Decimal(20), Decimal(-30), Decimal(100)
WIDTH, DAYS_OF_A_WEEK = 8.8, 7
#: With more bars their names stand upright.
MOST_SIDEWAYS = 14


@dataclass(frozen=True)
class Change:
    """The sum of the target lesions at one assessment against the baseline, per cent."""

    day: date
    percent: Decimal
    new_lesion: bool
    progression: bool


@dataclass(frozen=True)
class Course:
    """The changes of one subject, up to progression or new therapy where `counted` asks for it."""

    subject: SubjectResult
    changes: tuple[Change, ...]

    @property
    def best(self) -> Change | None:
        """Return the lowest sum."""
        return min(self.changes, key=lambda each: each.percent, default=None)


def courses(population: Population, assessor: Assessor, *, counted: bool) -> list[Course]:
    """Return the course of every subject; `counted`: only up to progression and new therapy, as best changes are."""
    return [Course(each, tuple(changes_of(each, assessor, population.cutoff, counted))) for each in population.subjects]


def changes_of(subject: SubjectResult, assessor: Assessor, cutoff: date, counted: bool) -> list[Change]:
    found = []
    therapy = subject.facts.new_therapy_date
    for each in subject.course.assessments:
        day, result = each.point.date, each.point.result
        # What the investigator has not judged yet is measured, but a progression of neither assessor.
        judged, computed = (each.judgement.overall if each.judgement else ""), str(each.point.overall)
        overall = judged if assessor is Assessor.INVESTIGATOR or not each.is_open else computed
        if not subject.facts.infused_on <= day <= cutoff or (counted and therapy is not None and day > therapy):
            continue
        if result.complete and result.percent_from_baseline is not None:
            new = result.new_lesion is NewLesion.UNEQUIVOCAL
            found.append(Change(day, result.percent_from_baseline, new, overall == Response.PD))
        if counted and overall == Response.PD:
            break
    return found


def waterfall(population: Population, assessor: Assessor) -> tuple[Picture, Sheet]:
    """Return the best change of every subject, the worst first; unconfirmed responses are outlined, not filled."""
    shown = [each for each in courses(population, assessor, counted=True) if each.best is not None]
    shown.sort(key=lambda each: (-_best(each).percent, each.subject.identifier))
    rows = [_waterfall_row(each, assessor) for each in shown]
    missing = [each for each in population.subjects if each.key not in {course.subject.key for course in shown}]
    table = sheet(
        _("Best change of the sum of target lesions"),
        [_("Subject"), _("Level"), _("Best change"), _("Date"), _("Best response, confirmed"), _("Remark")],
        [*rows, *(_missing_row(each, assessor) for each in missing)],
        numbers=(2,),
    )  # fmt: skip
    with drawing("waterfall", WIDTH, 4.2) as drawn:
        upright = len(shown) > MOST_SIDEWAYS
        bottom = 0.2 if upright else 0.12
        axes = drawn.sheet.add_axes((0.08, bottom, 0.9, 0.97 - bottom))
        _bars(drawn, axes, shown, assessor)
        _reference_lines(axes, _("Best change in sum of diameters (%)"))
        axes.set_xticks(
            range(len(shown)),
            [f"{c.subject.identifier}\n{level_of(c.subject)}" for c in shown],
            rotation=90 if upright else 0,
            fontsize=7,
        )
        axes.set_xlim(-0.6, max(len(shown), 4) - 0.4)
        axes.set_ylim(-108, 112)
        kinds = [Patch(facecolor=COLOURS[kind], edgecolor=INK_3, label=kind) for kind in ("CR", "PR", "SD", "PD")]
        axes.legend(
            handles=[*kinds, Patch(facecolor="white", edgecolor=COLOURS["PR"], label=_("not confirmed"))],
            loc="upper right",
            ncols=5,
        )
        title = _("Best change of the sum of target lesions")
        text = _(
            "%(shown)s of %(all)s infused subjects have a complete sum after the infusion. Dashed: +20 %% and −30 %%."
        ) % {
            "shown": len(shown), "all": len(population.subjects)}  # fmt: skip
        return finish(drawn, title, text), table


def _best(course: Course) -> Change:
    assert course.best is not None
    return course.best


def level_of(subject: SubjectResult) -> str:
    return words.group(level_code(subject.level))


def _missing_row(subject: SubjectResult, assessor: Assessor) -> list[str]:
    why = subject.course.problem or _("no complete sum after the infusion")
    return [subject.identifier, level_of(subject), DASH, DASH, best_of(subject, assessor, immune=False) or DASH, why]


def _waterfall_row(course: Course, assessor: Assessor) -> list[str]:
    best, remarks = _best(course), []
    if any(each.new_lesion for each in course.changes):
        remarks.append(_("new lesion"))
    if _unconfirmed(course, assessor):
        remarks.append(_("response not confirmed"))
    response = best_of(course.subject, assessor, immune=False) or DASH
    return [
        course.subject.identifier,
        level_of(course.subject),
        f"{rounded(best.percent)} %",
        words.day(best.day),
        response,
        ", ".join(remarks),
    ]


def _unconfirmed(course: Course, assessor: Assessor) -> bool:
    """Test for a sum small enough for a response that is not among the confirmed best responses."""
    return _best(course).percent <= LOWER and best_of(course.subject, assessor, immune=False) not in ("CR", "PR")


def _bars(drawn: Drawing, axes: Any, shown: list[Course], assessor: Assessor) -> None:
    heights = [float(min(_best(course).percent, CAP)) for course in shown]
    open_bars = [_unconfirmed(course, assessor) for course in shown]
    best = [best_of(course.subject, assessor, immune=False) for course in shown]
    colours = [COLOURS["PR" if open_ else response] for open_, response in zip(open_bars, best, strict=True)]
    pairs = list(zip(colours, open_bars, strict=True))
    bars = axes.bar(
        range(len(shown)),
        heights,
        0.8,
        color=["white" if open_ else colour for colour, open_ in pairs],
        edgecolor=[colour if open_ else INK_3 for colour, open_ in pairs],
        linewidth=[1.4 if open_ else 0.6 for open_ in open_bars],
    )
    for place, (course, height, bar) in enumerate(zip(shown, heights, bars, strict=True)):
        drawn.mark(bar, ", ".join(part for part in _waterfall_row(course, assessor) if part))
        text = rounded(_best(course).percent, 0) + ("*" if any(each.new_lesion for each in course.changes) else "")
        text += "↑" if _best(course).percent > CAP else ""
        side, shift = ("bottom", 2) if height >= 0 else ("top", -2)
        axes.text(place, height + shift, text, ha="center", va=side, fontsize=8)


def _reference_lines(axes: Any, label: str) -> None:
    axes.axhline(0, color=INK_3, linewidth=0.8)
    for level in (UPPER, LOWER):
        axes.axhline(float(level), color=INK_3, linewidth=0.8, linestyle=(0, (4, 3)))
    axes.set_ylabel(label)


def spider(population: Population, assessor: Assessor) -> tuple[Picture, Sheet]:
    """Return the change of every subject over time, from the baseline on."""
    shown = [each for each in courses(population, assessor, counted=False) if each.changes]
    rows = [_spider_row(course.subject, each) for course in shown for each in course.changes]
    heads = [_("Subject"), _("Level"), _("Weeks since infusion"), _("Change from baseline"), _("Date"), _("Remark")]
    table = sheet(_("Change of the sum of target lesions over time"), heads, rows, numbers=(2, 3))
    with drawing("spider", WIDTH, 4.4) as drawn:
        axes = drawn.sheet.add_axes((0.08, 0.12, 0.84, 0.84))
        for course in shown:
            _leg(drawn, axes, course, assessor)
        _reference_lines(axes, _("Change in sum of diameters (%)"))
        axes.set_xlabel(_("Weeks since infusion"))
        axes.set_xlim(left=-0.5)
        title = _("Change of the sum of target lesions over time")
        text = _(
            "One line per subject, from 0 at the baseline. Star: new lesion. Cross: progression. Dashed: +20 % and"
            " −30 %."
        )
        return finish(drawn, title, text), table


def _spider_row(subject: SubjectResult, change: Change) -> list[str]:
    remark = _("new lesion") if change.new_lesion else "PD" if change.progression else ""
    return [
        subject.identifier, level_of(subject), rounded(_weeks(subject, change.day)), f"{rounded(change.percent)} %",
        words.day(change.day), remark,
    ]  # fmt: skip


def _weeks(subject: SubjectResult, day: date) -> Decimal:
    return Decimal((day - subject.facts.infused_on).days) / DAYS_OF_A_WEEK


def _leg(drawn: Drawing, axes: Any, course: Course, assessor: Assessor) -> None:
    weeks = [0.0, *(float(_weeks(course.subject, each.day)) for each in course.changes)]
    values = [0.0, *(float(each.percent) for each in course.changes)]
    response = best_of(course.subject, assessor, immune=False)
    colour = COLOURS[response] if response in ("CR", "PR", "PD") else INK_3
    (line,) = axes.plot(weeks, values, color=colour, linewidth=1.4, marker="o", markersize=3.5)
    last = course.changes[-1]
    drawn.mark(line, _("%(subject)s, %(level)s: %(change)s at week %(week)s, best response %(best)s") % {
        "subject": course.subject.identifier, "level": level_of(course.subject), "change": f"{rounded(last.percent)} %",
        "week": rounded(_weeks(course.subject, last.day)), "best": response or DASH})  # fmt: skip
    for week, each in zip(weeks[1:], course.changes, strict=True):
        if each.new_lesion or each.progression:
            axes.plot(
                week,
                float(each.percent),
                marker="*" if each.new_lesion else "x",
                color=INK_2,
                markersize=9 if each.new_lesion else 6,
                linestyle="none",
            )
    axes.annotate(
        course.subject.identifier,
        (weeks[-1], values[-1]),
        xytext=(6, 0),
        textcoords="offset points",
        fontsize=7,
        va="center",
        color=INK_2,
    )
