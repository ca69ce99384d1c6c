"""The lesion tables of an assessment: what was found before stands beside what is found now, and the sums below."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from efficacy import new_lesion_checks, non_target_checks, target_checks
from efficacy.assessment import Assessment
from efficacy.filed import others
from efficacy.responses import ComputedAssessment
from efficacy.selectors.history import AssessmentOnFile
from efficacy.selectors.opening import finding_text, place_of
from efficacy.selectors.opening import millimetres as with_unit
from reports.course.tumour import finding, millimetres, percent
from reports.efficacy.content import DASH
from reports.pdf import words
from trial_edc.casebook.rendering.visits import visit_label
from trial_edc.protocol.visits.schedule import visit

#: Items of a table that most lesions do not need: they stand behind an opener.
RARE = {
    "TLM": ("fragments_mm", "merged_into", "scan_date", "reason"), "NTLS": ("scan_date",), "NLS": ("scan_date",),
}  # fmt: skip
#: Findings of a target lesion that need one of the items behind the opener.
NEEDS_MORE = ("split", "merged", "not_evaluable")


@dataclass(frozen=True)
class Column:
    """A column of what was found before: its name, and the day of it."""

    title: str
    day: date | None = None


@dataclass(frozen=True)
class Line:
    """One lesion: its row of the form, where it is, what was found before, and how it changed since."""

    row: Any
    place: str
    before: tuple[str, ...]
    main: tuple[Any, ...]
    rare: tuple[Any, ...]
    is_open: bool
    delta: Delta | None = None


@dataclass(frozen=True)
class Delta:
    """The change of a diameter since it was last read; `key` is the lesion's code."""

    key: str
    change: Decimal | None

    @property
    def text(self) -> str:
        if self.change is None:
            return DASH
        sign = {1: "▲ +", 0: "", -1: "▼ −"}[(self.change > 0) - (self.change < 0)]
        return f"{sign}{with_unit(abs(self.change))}"

    @property
    def look(self) -> str:
        return "" if not self.change else "up" if self.change > 0 else "dn"


@dataclass(frozen=True)
class Sum:
    """A line below the target lesions: texts under the columns of before, and the one of now."""

    key: str
    label: str
    before: tuple[str, ...]
    now: str
    note: str = ""


@dataclass(frozen=True)
class LesionTable:
    """A table of lesions that is followed: they are carried forward, and cannot be changed here."""

    oid: str
    title: Any
    group: Any
    columns: tuple[Column, ...]
    heads: tuple[Any, ...]
    lines: tuple[Line, ...]
    changes: bool = False
    sums: tuple[Sum, ...] = field(default=())


def table_of(group: Any, record: Any, assessment: Assessment, *, revealed: bool) -> LesionTable | None:
    """Return the table of a form that follows lesions; None for a table that identifies them."""
    make = {"TLM": _targets, "NTLS": _non_targets, "NLS": _new_lesions}.get(group.prefix)
    return None if make is None else make(group, record, assessment, revealed)


def _line(group: Any, row: Any, place: str, before: Sequence[str], delta: Delta | None = None) -> Line:
    rare = RARE[group.prefix]
    row.captions = {}  # the columns beside the row say all of it
    shown = [each for each in row.visible_fields() if each.name not in ("DELETE", "code")]
    behind = tuple(each for each in shown if each.name in rare)
    filled = any(each.value() not in (None, "") or each.errors for each in behind)
    needed = getattr(row.instance, "status", "") in NEEDS_MORE
    main = tuple(each for each in shown if each.name not in rare)
    return Line(row, place, tuple(before), main, behind, filled or needed, delta)


def _heads(group: Any) -> tuple[Any, ...]:
    empty = group.formset.empty_form
    return tuple(each for each in empty.visible_fields() if each.name not in ("DELETE", "code", *RARE[group.prefix]))


def _targets(group: Any, record: Any, assessment: Assessment, revealed: bool) -> LesionTable:
    lesions, before = target_checks.baseline_lesions(record), target_checks.found_before(record)
    sizes, nadir = target_checks.mm_before(record), _nadir(assessment, record.visit)
    at_nadir = None if nadir is None else _on_file(assessment, nadir.visit)
    lines = []
    for row in group.formset.forms:
        lesion = lesions.get(row.instance.code)
        if lesion is None:
            lines.append(_line(group, row, "", (DASH, DASH, DASH)))
            continue
        axis = _("short axis") if lesion.nodal else _("long axis")
        first = millimetres(target_checks.counted_mm(lesion))
        lowest = first if at_nadir is None else _at(at_nadir, lesion.code)
        last = before.get(lesion.code)
        cells = (first, lowest, first if last is None else finding_text(last).removesuffix(" mm"))
        now, was = target_checks.measured_mm(row.instance), sizes.get(lesion.code)
        delta = Delta(lesion.code, None if now is None or was is None else now - was)
        lines.append(_line(group, row, f"{place_of(lesion)} · {axis}", cells, delta))
    previous = _previous(assessment, record.visit)
    columns = (
        Column(_("Baseline"), assessment.history.baseline_date),
        _column(_("Lowest sum"), nadir, assessment),
        _column(_("Before"), previous, assessment),
    )
    sums = _sums(assessment, record.visit, nadir, previous, revealed)
    return LesionTable(group.prefix, group.title, group, columns, _heads(group), tuple(lines), True, sums)


def _on_file(assessment: Assessment, code: str) -> AssessmentOnFile:
    return next(each for each in assessment.history.assessments if each.visit == code)


def _at(found: AssessmentOnFile, code: str) -> str:
    return finding(found.time_point.findings.targets.get(code) if found.time_point.findings else None)


def _column(title: str, found: ComputedAssessment | None, assessment: Assessment) -> Column:
    if found is None:
        return Column(_("%(title)s: baseline") % {"title": title}, assessment.history.baseline_date)
    return Column(f"{title}: {visit_label(visit(found.visit))}", found.point.date)


def _earlier(assessment: Assessment, code: str) -> list[ComputedAssessment]:
    """Return the assessments before this one; all that are dated while this one is not."""
    here = assessment.course.at(code)
    return [
        each
        for each in assessment.course.assessments
        if each.visit != code and (here is None or each.point.date < here.point.date)
    ]


def _previous(assessment: Assessment, code: str) -> ComputedAssessment | None:
    earlier = _earlier(assessment, code)
    return earlier[-1] if earlier else None


def _nadir(assessment: Assessment, code: str) -> ComputedAssessment | None:
    """Return the earlier assessment with the lowest complete sum; None when no sum is below that of the baseline."""
    whole = [each for each in _earlier(assessment, code) if each.point.result.complete]
    lowest = min(whole, key=lambda each: each.point.result.sum_mm or 0, default=None)
    if lowest is None or lowest.point.result.sum_mm is None or lowest.point.result.baseline_mm is None:
        return None
    return lowest if lowest.point.result.sum_mm < lowest.point.result.baseline_mm else None


def _sums(
    assessment: Assessment, code: str, nadir: ComputedAssessment | None, previous: ComputedAssessment | None,
    revealed: bool,
) -> tuple[Sum, ...]:  # fmt: skip
    baseline = assessment.history.baseline
    start = None if baseline is None else sum((lesion.mm for lesion in baseline.targets), Decimal(0))
    now = assessment.course.at(code)
    result = None if now is None else now.point.result
    columns = (nadir, previous)

    def line(key: str, label: str, first: str, of: Any, present: str, note: str = "") -> Sum:
        before = (first, *(first if each is None else of(each.point.result) for each in columns))
        return Sum(key, label, before, present, note)

    total = DASH if result is None else millimetres(result.sum_mm)
    if result is not None and not result.complete and result.sum_mm is not None:
        total = _("%(sum)s, incomplete") % {"sum": total}
    lines = [
        line("sum", _("Sum of diameters, mm"), millimetres(start), lambda each: millimetres(each.sum_mm), total),
        line("baseline", _("Change from baseline"), DASH, lambda each: percent(each.percent_from_baseline),
             DASH if result is None else percent(result.percent_from_baseline), _("PR: −30 % or less")),
        line("nadir", _("Change from the lowest sum"), DASH, lambda each: percent(each.percent_from_nadir),
             DASH if result is None else percent(result.percent_from_nadir), _("PD: +20 % and +5 mm or more")),
    ]  # fmt: skip
    response = DASH if result is None else str(result.target) if revealed else _("after your judgement")
    shown = [DASH if each is None else str(each.point.result.target) if each.is_open else "?" for each in columns]
    return (*lines, Sum("response", _("Target response"), (DASH, *shown), response))


def _non_targets(group: Any, record: Any, assessment: Assessment, _revealed: bool) -> LesionTable:
    lesions, before = non_target_checks.baseline_lesions(record), non_target_checks.found_before(record)
    lines = []
    for row in group.formset.forms:
        lesion, last = lesions.get(row.instance.code), before.get(row.instance.code)
        cell = _("Present") if last is None else str(last.get_state_display())
        lines.append(_line(group, row, "" if lesion is None else place_of(lesion), (cell,)))
    previous = _previous(assessment, record.visit)
    return LesionTable(
        group.prefix, group.title, group, (_column(_("Before"), previous, assessment),), _heads(group), tuple(lines)
    )


def _new_lesions(group: Any, record: Any, _assessment: Assessment, _revealed: bool) -> LesionTable:
    lesions = new_lesion_checks.seen_before(record)
    found = others(record, "NL")
    first = {row.code: form for form in found.forms for row in found.rows("NLN", form)}
    lines = []
    for row in group.formset.forms:
        lesion, form = lesions.get(row.instance.code), first.get(row.instance.code)
        seen = "" if form is None else f"{visit_label(visit(form.visit))}, {words.day(form.scan_date)}"
        place = "" if lesion is None else f"{place_of(lesion)} · {lesion.get_kind_display()}"
        certain = DASH if lesion is None else str(lesion.get_certainty_display())
        lines.append(_line(group, row, place, (seen, certain)))
    columns = (Column(_("First seen")), Column(_("Then")))
    return LesionTable(group.prefix, group.title, group, columns, _heads(group), tuple(lines))
