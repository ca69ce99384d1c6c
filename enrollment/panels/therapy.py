"""Beside prior therapy: from which day leukapheresis and lymphodepletion are permitted."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from enrollment.cross_checks import lines_on_file, prior_lines_of
from enrollment.rules import wash_out as rule
from enrollment.selectors.therapies import wash_out_of
from trial_edc.casebook.panel import Panel, PanelRow
from trial_edc.casebook.rendering.dates import study_date


def prior_therapy(record: Any, _rows: list[Any]) -> Panel:
    """Show the earliest days by the wash-out rule, and the lines entered against those demography counts."""
    answer = wash_out_of(record.subject, typed=record)
    too_early = _is_too_early(record.subject.lymphodepletion_date, answer.lymphodepletion)
    rows = [
        PanelRow(_("Leukapheresis from"), _shown(answer.leukapheresis, answer)),
        PanelRow(_("Lymphodepletion from"), _shown(answer.lymphodepletion, answer), driving=too_early),
        _lines(record),
    ]
    if too_early:
        day = study_date(record.subject.lymphodepletion_date)
        rows.append(PanelRow(_("Lymphodepletion began"), day, _("within the wash-out"), True))
    title = _("Wash-out open") if answer.open else _("Wash-out")
    grade = None if answer.open else ("!" if too_early else "✓")
    return Panel(title, grade, _("Wash-out of earlier therapy"), rule.VERSION, answer.because, rows)


def _is_too_early(began: date | None, earliest: date | None) -> bool:
    return began is not None and earliest is not None and began < earliest


def _shown(day: date | None, answer: rule.WashOut) -> str:
    if day is not None:
        return study_date(day)
    return _("not known yet") if answer.open else _("any day")


def _lines(record: Any) -> PanelRow:
    entered = lines_on_file(record.subject_id)
    if record.line_number is not None:
        entered.add(record.line_number)
    stated = prior_lines_of(record.subject_id)
    detail = _("Demography: %(count)s") % {"count": "–" if stated is None else stated}
    return PanelRow(_("Lines of systemic therapy entered"), len(entered), detail)
