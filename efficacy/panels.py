"""Computed values beside the forms of response: the rules as they run on what is typed, before anything is saved."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from efficacy.baseline_choice import name_of, selection_of, verdict_of
from efficacy.blinding import is_revealed
from efficacy.filed import BASELINE_VISITS, others, rows_of
from efficacy.responses import ComputedAssessment, Course, course_of
from efficacy.rules import irecist_sequence, recist_sequence, target_selection
from efficacy.rules.lesion_baseline import TARGET
from efficacy.rules.recist_timepoint import TimePointResult
from efficacy.selectors.history import FORMS, LesionHistory, history_of
from efficacy.selectors.opening import millimetres
from efficacy.target_checks import (
    baseline_lesions,
    counted_mm,
    differs,
    found_before,
    is_large_change,
    measured_mm,
    mm_before,
)
from trial_edc.casebook.panel import Panel, PanelRow

RECIST, IRECIST = gettext_lazy("RECIST 1.1"), gettext_lazy("iRECIST")
#: Where a record carries the course that the page has computed already.
COURSE = "_course"
#: Responses too long for the box beside the title.
SHORT = {"NON-CR/NON-PD": "–", "NON-iCR/NON-iUPD": "–"}


def history_as_typed(record: Any, rows: list[Any]) -> LesionHistory:
    """Return the subject's tumour with this form as it stands."""
    forms = {oid: others(record, oid) for oid in FORMS}
    forms[record.crf.oid] = forms[record.crf.oid].replaced(record, rows)
    return history_of(record.subject.pk, forms)


def course_as_typed(record: Any, rows: list[Any]) -> Course:
    """Return what the rules make of that; read once where the forms of a visit stand on one page."""
    kept: Course | None = record.__dict__.get(COURSE)
    return kept if kept is not None else course_of(history_as_typed(record, rows))


def target_panel(record: Any, rows: list[Any]) -> Panel | None:
    """At baseline: sum and choice of the lesions. Later: sum, change and response, and each lesion against before."""
    if record.visit in BASELINE_VISITS:
        return _baseline_panel(record, rows)
    course = course_as_typed(record, rows)
    lines = _lesion_lines(record, rows)
    found = course.at(record.visit)
    if found is None:
        return Panel(_("Target response open"), None, RECIST, recist_sequence.VERSION, course.problem, lines)
    result = found.point.result
    lines = [*_sum_lines(result), *lines]
    if not is_revealed(record):
        title = _("Sum %(sum)s") % {"sum": millimetres(result.sum_mm)}
        return Panel(title, None, RECIST, recist_sequence.VERSION, _hidden(), lines)
    title = _("Target response %(response)s") % {"response": result.target}
    return Panel(title, _mark(result.target), RECIST, recist_sequence.VERSION, result.because, lines)


def _baseline_panel(record: Any, rows: list[Any]) -> Panel | None:
    lesions = rows_of(rows, "TLB")
    if not lesions:
        return None
    selection = selection_of(record, rows)
    lines = []
    for number, row in enumerate(lesions, start=1):
        verdict = verdict_of(row)
        refused = verdict is not None and TARGET not in verdict.allowed_roles
        because = verdict.because if verdict else ""
        lines.append(PanelRow(name_of(row, number), millimetres(counted_mm(row)), because, refused))
    total = selection.baseline_sum_mm
    title = _("Baseline sum %(sum)s") % {"sum": millimetres(total)} if total is not None else _("Baseline sum open")
    return Panel(title, None, RECIST, target_selection.VERSION, selection.because, lines)


def _lesion_lines(record: Any, rows: list[Any]) -> list[PanelRow]:
    lesions, sizes, before = baseline_lesions(record), mm_before(record), found_before(record)
    lines = []
    for row in rows_of(rows, "TLM"):
        lesion, now = lesions.get(row.code), measured_mm(row)
        if lesion is None:
            continue
        was = sizes.get(row.code)
        earlier = millimetres(was) if was is not None else _earlier(before.get(row.code))
        large = was is not None and now is not None and is_large_change(was, now)
        detail = _("before %(size)s") % {"size": earlier}
        if differs(row, lesion):
            detail += " · " + _("%(method)s at baseline") % {"method": lesion.get_method_display()}
        shown = millimetres(now) if now is not None else row.get_status_display() or "–"
        lines.append(PanelRow(row.code, shown, detail, large or differs(row, lesion)))
    return lines


def _earlier(row: Any | None) -> str:
    return "–" if row is None else str(row.get_status_display())


def _sum_lines(result: TimePointResult) -> list[PanelRow]:
    return [
        PanelRow(_("Sum"), millimetres(result.sum_mm)),
        PanelRow(_("Baseline"), millimetres(result.baseline_mm), _percent(result.percent_from_baseline)),
        PanelRow(_("Nadir"), millimetres(result.nadir_mm), _percent(result.percent_from_nadir)),
    ]


def _percent(change: Decimal | None) -> str:
    return "" if change is None else f"{change:+.1f} %"


def non_target_panel(record: Any, rows: list[Any]) -> Panel | None:
    """Say which response of the non-target lesions the findings mean."""
    found = course_as_typed(record, rows).at(record.visit)
    if record.visit in BASELINE_VISITS or found is None or not is_revealed(record):
        return None
    response = found.point.result.non_target
    title = _("Non-target response %(response)s") % {"response": response}
    return Panel(title, _mark(response), RECIST, recist_sequence.VERSION, found.point.result.because)


def response_panel(record: Any, rows: list[Any]) -> Panel | None:
    """Say what the rules make of the assessment, by both criteria, and where the investigator judged otherwise."""
    course = course_as_typed(record, rows)
    found = course.at(record.visit)
    if found is None:
        return Panel(_("Response open"), None, RECIST, recist_sequence.VERSION, course.problem)
    if not is_revealed(record):
        lines = _sum_lines(found.point.result)
        because = " ".join([_hidden(), *_notes(found.new_lesions_assessed)])
        return Panel(_("Judge first"), None, RECIST, recist_sequence.VERSION, because, lines)
    title = _("Overall %(response)s") % {"response": found.point.overall}
    because = " ".join([found.point.because, *_notes(found.new_lesions_assessed)])
    lines = _compared(record, found)
    return Panel(title, _mark(found.point.overall), RECIST, recist_sequence.VERSION, because, lines)


def immune_panel(record: Any, rows: list[Any]) -> Panel | None:
    """Say the same by iRECIST."""
    found = course_as_typed(record, rows).at(record.visit)
    if found is None or not is_revealed(record):
        return None
    response = found.scan.response
    judged = record.immune_response
    lines = [_comparison(_("Investigator"), judged, str(response or ""))] if judged else []
    title = _("Overall %(response)s") % {"response": response} if response else _("After iCPD nothing is derived")
    return Panel(title, _mark(response), IRECIST, irecist_sequence.VERSION, found.scan.because, lines)


def _compared(record: Any, found: ComputedAssessment) -> list[PanelRow]:
    """Return the computed parts, each against the investigator's where there is one."""
    result = found.point.result
    return [
        *_sum_lines(result),
        _comparison(_("Target lesions"), record.target_response, str(result.target)),
        _comparison(_("Non-target lesions"), record.non_target_response, str(result.non_target)),
        PanelRow(_("New lesion"), str(result.new_lesion)),
        _comparison(_("Overall"), record.overall_response, str(found.point.overall)),
    ]


def _comparison(label: str, judged: str, computed: str) -> PanelRow:
    detail = _("investigator: %(response)s") % {"response": judged} if judged else ""
    return PanelRow(label, computed, detail, bool(judged) and judged != computed)


def _hidden() -> str:
    return _("The computed response is shown once the investigator's is saved.")


def _notes(new_lesions_assessed: bool) -> list[str]:
    return [] if new_lesions_assessed else [_("Whether there are new lesions is not entered yet.")]


def _mark(response: Any) -> str | None:
    return None if response is None else SHORT.get(str(response), str(response))
