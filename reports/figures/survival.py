"""Kaplan-Meier curves: steps, band, ticks of censoring, and the numbers at risk under the axis."""

from __future__ import annotations

from bisect import bisect_right
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from efficacy.endpoints import Assessor
from efficacy.rules.kaplan_meier import KaplanMeier
from reports.efficacy.content import Sheet, interval, percent, rounded, sheet
from reports.efficacy.population import Population
from reports.efficacy.tables import curve_of, curve_title
from reports.figures.drawing import INK_2, INK_3, Drawing, Picture, drawing, finish
from reports.figures.response import WIDTH

LINE, BAND = "#1a56b0", "#cfdff5"
TICKS = 8


def survival_curve(population: Population, assessor: Assessor, key: str) -> tuple[Picture, Sheet]:
    """Return the curve of all infused subjects to whom the endpoint applies; `key` as in the tables."""
    curve = curve_of(population.subjects, assessor, key)
    title = curve_title(key)
    with drawing(key, WIDTH, 4.6) as drawn:
        axes = drawn.sheet.add_axes((0.1, 0.33, 0.87, 0.63))
        last = float(curve.steps[-1].time) if curve.steps else 1.0
        ticks = _ticks(last)
        axes.set_xlim(0, ticks[-1])
        axes.set_ylim(0, 1.03)
        axes.set_xticks(ticks)
        _steps(drawn, axes, curve, title)
        axes.axhline(0.5, color=INK_3, linewidth=0.7, linestyle=":")
        axes.set_ylabel(title)
        axes.set_xlabel(_("Months"))
        axes.text(0.015, 0.04, "\n".join(_in_words(curve)), transform=axes.transAxes, va="bottom", fontsize=8.5)
        _at_risk(axes, curve, ticks)
        text = " ".join([*_in_words(curve), _("Shaded: 95 % band. Ticks: censored. Dotted: one half.")])
        return finish(drawn, title, text), _table(curve, title)


def _in_words(curve: KaplanMeier) -> list[str]:
    median = _("NR") if curve.median.estimate is None else rounded(curve.median.estimate)
    lines = [
        _("Events %(events)s of %(all)s.") % {"events": curve.events, "all": curve.n},
        _("Median %(median)s months %(interval)s.")
        % {"median": median, "interval": interval(curve.median.lower, curve.median.upper)},
    ]
    known = [at for at in curve.at_times[:3] if at.survival is not None]
    return lines + [
        _("%(months)s months: %(share)s.") % {"months": at.time, "share": percent(at.survival)} for at in known
    ]


def _ticks(last: float) -> list[float]:
    """Return months from 0 to beyond the last time, in whole steps."""
    step = next(size for size in (1, 2, 3, 6, 12, 24, 60, 120, 1200) if last / size <= TICKS)
    return [float(step * number) for number in range(int(last // step) + 2)]


def _steps(drawn: Drawing, axes: Any, curve: KaplanMeier, title: str) -> None:
    times, survival, lower, upper = [0.0], [1.0], [1.0], [1.0]
    for step in curve.steps:
        times.append(float(step.time))
        survival.append(step.survival)
        # Where survival is 0 the band is not defined: it ends there.
        lower.append(float("nan") if step.lower is None else step.lower)
        upper.append(float("nan") if step.upper is None else step.upper)
    axes.fill_between(times, lower, upper, step="post", color=BAND, linewidth=0)
    (line,) = axes.plot(times, survival, drawstyle="steps-post", color=LINE, linewidth=1.8)
    drawn.mark(line, f"{title}. " + " ".join(_in_words(curve)))
    for step in curve.steps:
        label = _("%(months)s months: %(events)s events, %(censored)s censored, %(share)s, %(risk)s at risk before") % {
            "months": rounded(step.time), "events": step.n_event, "censored": step.n_censored,
            "share": percent(step.survival), "risk": step.n_risk,
        }  # fmt: skip
        sign = "|" if step.n_censored else "o"
        (mark,) = axes.plot(
            float(step.time), step.survival, marker=sign, color=LINE, markersize=8 if step.n_censored else 3,
            linestyle="none",
        )  # fmt: skip
        drawn.mark(mark, label)


def _counts(curve: KaplanMeier, at: float) -> tuple[int, int, int]:
    """Return (at risk, censored so far, events so far) at a time; who leaves at that very time is still at risk."""
    reached = bisect_right(curve.steps, Decimal(str(at)), key=lambda step: step.time)
    gone = curve.steps[:reached]
    events, censored = sum(step.n_event for step in gone), sum(step.n_censored for step in gone)
    leaving = sum(step.n_event + step.n_censored for step in gone if float(step.time) == at)
    return curve.n - events - censored + leaving, censored, events


def _at_risk(axes: Any, curve: KaplanMeier, ticks: list[float]) -> None:
    names = (_("At risk"), _("Censored"), _("Events"))
    for row, name in enumerate(names):
        height = -0.27 - 0.085 * row
        axes.text(-0.02, height, name, transform=axes.transAxes, ha="right", fontsize=8, color=INK_2)
        for tick in ticks:
            where = tick / ticks[-1]
            axes.text(where, height, str(_counts(curve, tick)[row]), transform=axes.transAxes, ha="center", fontsize=8)


def _table(curve: KaplanMeier, title: str) -> Sheet:
    heads = [_("Months"), _("At risk"), _("Events"), _("Censored"), _("Survival"), _("95 % interval")]
    rows = [
        [
            rounded(step.time, 2), str(step.n_risk), str(step.n_event), str(step.n_censored), percent(step.survival),
            interval(step.lower, step.upper, as_percent=True),
        ]
        for step in curve.steps
    ]  # fmt: skip
    return sheet(title, heads, rows, note=curve.because, numbers=range(6))
