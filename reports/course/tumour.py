"""The tumour of one subject, lesion by lesion and visit by visit, with sums and responses."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from efficacy.filed import Filed, filed
from efficacy.models.lesion_lists import NonTargetState
from efficacy.responses import ComputedAssessment, Course, course_of
from efficacy.rules.observations import LesionObservation, LesionStatus, NewLesionStatus
from efficacy.selectors.history import FORMS, AssessmentOnFile, LesionHistory, history_of
from efficacy.selectors.opening import place_of
from reports.efficacy.content import DASH, Sheet, rounded, sheet
from reports.figures.drawing import INK_3, Drawing, Picture, drawing, finish
from reports.pdf import words
from trial_edc.casebook.rendering.visits import visit_label
from trial_edc.protocol.visits.schedule import visit

FINDINGS = {
    LesionStatus.ABSENT: "0", LesionStatus.TOO_SMALL: "5 *", LesionStatus.NOT_EVALUABLE: "NE",
    LesionStatus.MISSING: DASH,
}  # fmt: skip


class TumourCourse:
    """What is on file of one subject's tumour, read once."""

    def __init__(self, subject: Any) -> None:
        self.subject = subject
        self.forms: dict[str, Filed] = {oid: filed(subject, oid) for oid in FORMS}
        self.history: LesionHistory = history_of(subject.pk, self.forms)
        self.course: Course = course_of(self.history)

    @property
    def assessments(self) -> tuple[AssessmentOnFile, ...]:
        return self.history.assessments

    def heads(self, first: str) -> list[str]:
        """Return the columns: what a row is about, the baseline, and each assessment with its date."""
        found = [first, _("Baseline %(day)s") % {"day": words.day(self.history.baseline_date)}]
        return [*found, *(f"{_label(each.visit)} {words.day(each.time_point.date)}" for each in self.assessments)]

    def computed(self, visit_code: str) -> ComputedAssessment | None:
        return self.course.at(visit_code)


def _label(code: str) -> str:
    return visit_label(visit(code))


def lesion_sheet(tumour: TumourCourse) -> Sheet:
    """Return every lesion with its size or finding at each assessment, and the sums under the targets."""
    rows = [*_target_rows(tumour), *_sum_rows(tumour), *_non_target_rows(tumour), *_new_rows(tumour)]
    note = _(
        "Millimetres: the long axis, of a node the short axis. * seen, too small to measure: counts as 5 mm. The lowest"
        " sum so far is the nadir; sums with a lesion missing are no nadir."
    )
    heads = tumour.heads(_("Lesion"))
    return sheet(_("Lesions"), heads, rows, note=note, numbers=range(1, len(heads)))


def _baseline_rows(tumour: TumourCourse, oid: str, table: str) -> list[Any]:
    found = tumour.forms[oid]
    return found.rows(table, found.baseline) if found.baseline else []


def _target_rows(tumour: TumourCourse) -> list[list[str]]:
    rows = []
    for lesion in _baseline_rows(tumour, "TL", "TLB"):
        size = lesion.short_mm if lesion.nodal else lesion.long_mm
        seen = [each.time_point.findings for each in tumour.assessments]
        sizes = [finding(findings.targets.get(lesion.code) if findings else None) for findings in seen]
        rows.append([f"{lesion.code}  {place_of(lesion)}", millimetres(size), *sizes])
    return rows


def finding(seen: LesionObservation | None) -> str:
    """Return how a target lesion was found, as the tables write it."""
    if seen is None:
        return DASH
    if seen.status is LesionStatus.MEASURED:
        return millimetres(seen.mm)
    if seen.status is LesionStatus.SPLIT:
        return " + ".join(millimetres(part) for part in seen.fragments_mm)
    if seen.status is LesionStatus.MERGED:
        return _("merged")
    return FINDINGS[seen.status]


def millimetres(value: Decimal | None) -> str:
    """Return a diameter without its unit."""
    return DASH if value is None else f"{value.normalize():f}"


def _sum_rows(tumour: TumourCourse) -> list[list[str]]:
    found = [tumour.computed(each.visit) for each in tumour.assessments]
    first = next((each for each in found if each is not None), None)
    baseline = None if first is None else first.point.result.baseline_mm

    def line(label: str, start: str, answer: Callable[[ComputedAssessment], str]) -> list[str]:
        return [label, start, *(DASH if each is None else answer(each) for each in found)]

    return [
        line(_("Sum of diameters"), millimetres(baseline), _sum),
        line(_("Change from baseline"), DASH, lambda each: percent(each.point.result.percent_from_baseline)),
        line(_("Change from nadir"), DASH, lambda each: percent(each.point.result.percent_from_nadir)),
    ]  # fmt: skip


def _sum(found: ComputedAssessment) -> str:
    result = found.point.result
    return (
        millimetres(result.sum_mm)
        if result.complete
        else _("%(sum)s, incomplete") % {"sum": millimetres(result.sum_mm)}
    )


def percent(value: Decimal | None) -> str:
    """Return a change as the tables write it."""
    return DASH if value is None else f"{rounded(value)} %"


def _non_target_rows(tumour: TumourCourse) -> list[list[str]]:
    rows = []
    for lesion in _baseline_rows(tumour, "NTL", "NTLB"):
        states = []
        for each in tumour.assessments:
            seen = each.time_point.findings.non_targets.get(lesion.code) if each.time_point.findings else None
            states.append(DASH if seen is None else str(NonTargetState(seen.status.value).label))
        rows.append([f"{lesion.code}  {place_of(lesion)}", str(NonTargetState.PRESENT.label), *states])
    return rows


NEW_WORDS = {NewLesionStatus.EQUIVOCAL: "?", NewLesionStatus.ABSENT: "0"}


def _new_rows(tumour: TumourCourse) -> list[list[str]]:
    codes = dict.fromkeys(
        code for each in tumour.assessments if each.time_point.findings for code in each.time_point.findings.new_lesions
    )
    rows = []
    for code in codes:
        states = []
        for each in tumour.assessments:
            seen = each.time_point.findings.new_lesions.get(code) if each.time_point.findings else None
            size = finding(seen.measured) if seen is not None and seen.measured is not None else _("seen")
            states.append(DASH if seen is None else NEW_WORDS.get(seen.status, size))
        rows.append([_("%(code)s  new lesion") % {"code": code}, DASH, *states])
    return rows


def response_sheet(tumour: TumourCourse) -> Sheet:
    """Return the investigator's response at each assessment beside the computed one, with its reason."""
    heads = [
        _("Visit"), _("Date"), _("Investigator"), _("Computed"), _("Investigator, iRECIST"), _("Computed, iRECIST"),
        _("Why computed so"),
    ]  # fmt: skip
    rows = []
    for each in tumour.assessments:
        found, judged = tumour.computed(each.visit), each.judgement
        start = [_label(each.visit), words.day(each.time_point.date), judged.overall if judged else DASH]
        immune = judged.immune or DASH if judged else DASH
        if found is None or not found.is_open:
            why = tumour.course.problem if found is None else _("Shown once the investigator's response is saved.")
            rows.append([*start, DASH, immune, DASH, why])
            continue
        rows.append([*start, str(found.point.overall), immune, str(found.scan.response or DASH), found.point.because])
    return sheet(_("Responses"), heads, rows)


def sums_figure(tumour: TumourCourse, *, width: float = 8.8, height: float = 3.2) -> Picture | None:
    """Return the sum of the target lesions over time with the lines of response and progression; None without sums."""
    found = [each.point for each in (tumour.computed(a.visit) for a in tumour.assessments) if each is not None]
    whole = [point for point in found if point.result.complete]
    points = [(point.date, point.result.sum_mm) for point in whole if point.result.sum_mm is not None]
    baseline = found[0].result.baseline_mm if found else None
    if baseline is None or not points or tumour.history.baseline_date is None:
        return None
    with drawing("sums", width, height) as drawn:
        left, bottom = 0.7 / width, 0.48 / height
        axes = drawn.sheet.add_axes((left, bottom, 0.97 - left, 0.95 - bottom))
        days = [0, *((day - tumour.history.baseline_date).days for day, _sum in points)]
        sums = [float(baseline), *(float(total) for _day, total in points)]
        axes.plot(days, sums, color="#1a56b0", linewidth=1.8)
        _points(drawn, axes, days, sums)
        nadir = min(sums)
        lines = (
            (float(baseline) * 0.7, _("−30 % from baseline")),
            (max(nadir * 1.2, nadir + 5), _("+20 % and +5 mm over the nadir")),
        )
        for place, (level, label) in enumerate(sorted(lines)):
            axes.axhline(level, color=INK_3, linewidth=0.8, linestyle=(0, (4, 3)))
            said, side = f"{label}, {level:.1f}", ("top", "bottom")[place]
            axes.text(days[-1], level, said, ha="right", va=side, fontsize=7.5, color=INK_3)
        axes.set_ylim(0, max(*sums, nadir * 1.2) * 1.2)
        axes.set_xlabel(_("Days since the baseline scan"))
        axes.set_ylabel(_("Sum of diameters (mm)"))
        text = _("The sum of the target lesions of %(subject)s.") % {"subject": tumour.subject.identifier}
        return finish(drawn, _("Sum of diameters over time"), text)


def _points(drawn: Drawing, axes: Any, days: Sequence[int], sums: Sequence[float]) -> None:
    for day, total in zip(days, sums, strict=True):
        (mark,) = axes.plot(day, total, marker="o", color="#1a56b0", markersize=5, linestyle="none")
        drawn.mark(mark, _("%(sum)s mm on day %(day)s") % {"sum": f"{total:g}", "day": day})
        axes.annotate(f"{total:g}", (day, total), xytext=(0, 7), textcoords="offset points", ha="center", fontsize=8.5)
