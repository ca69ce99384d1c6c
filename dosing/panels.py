"""What dosing adds to the pages of a casebook: actions on a subject, and the panel beside an adverse event."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dosing.models import DltAdjudication
from dosing.rules.evaluability import Status
from dosing.selectors.freshness import subject_watermarks
from safety.ctcae import find_term
from safety.rules import dlt
from trial_edc.accounts.roles import Permission
from trial_edc.casebook.actions import SubjectAction
from trial_edc.casebook.panel import Panel, PanelRow
from trial_edc.review.models import RuleResult

WORDS = {
    "YES": gettext_lazy("DLT by the rule"),
    "NO": gettext_lazy("No DLT by the rule"),
    "PENDING": gettext_lazy("DLT not decided yet"),
    "REVIEW": gettext_lazy("DLT: a physician must decide"),
    "NOT_APPLICABLE": gettext_lazy("No DLT possible before an infusion"),
}
#: How a subject counts at its dose level.
COUNTS_AS: dict[str, Any] = {
    Status.EVALUABLE_DLT.value: gettext_lazy("Evaluable, with a DLT"),
    Status.EVALUABLE_NO_DLT.value: gettext_lazy("Evaluable, no DLT"),
    Status.PENDING.value: gettext_lazy("Pending"),
    Status.NON_EVALUABLE.value: gettext_lazy("Not evaluable"),
    Status.NOT_TREATED.value: gettext_lazy("Not treated"),
}
MARKS = {"YES": "!", "NO": "✓", "PENDING": "…", "REVIEW": "?", "NOT_APPLICABLE": "–"}


def _place_url(subject: Any) -> str:
    return reverse("dosing:enrol", args=[subject.identifier])


SUBJECT_ACTIONS = (
    SubjectAction(
        gettext_lazy("Enrol into a cohort"),
        _place_url,
        Permission.ENROL,
        lambda subject: subject.dose_level is None and subject.off_study_date is None and subject.death_date is None,
        "plus-lg",
    ),
    SubjectAction(
        gettext_lazy("Slot"),
        _place_url,
        Permission.VIEW_BOARD,
        lambda subject: subject.dose_level is not None,
        "ladder",
    ),
)


def event_panel(record: Any, rows: list[Any]) -> Panel | None:
    """Say how the event counts: the stored answer of the worker, with the time it was computed."""
    term = find_term(record.term) if record.term else None
    lines = []
    if term is not None:
        lines.append(PanelRow(_("Graded by"), term.grading, term.soc))
        lines.append(PanelRow(_("Grades defined"), ", ".join(str(grade) for grade in term.grades)))
    grades = [row.grade for row in rows if row.grade]
    if grades:
        lines.append(PanelRow(_("Highest grade"), str(max(grades)), driving=max(grades) >= 4))
    result = None if record._state.adding else RuleResult.objects.filter(root=record.pk, rule=dlt.RULE).first()
    if result is None:
        return Panel(_("Adverse event"), None, _("CTCAE v5.0, ASTCT 2019"), "", "", lines) if lines else None
    verdict = str(result.output["dlt"])
    lines += _verdict_lines(record)
    return Panel(
        title=WORDS[verdict],
        grade=MARKS[verdict],
        rule=_("Dose-limiting toxicity"),
        version=result.rule_version,
        because=result.because,
        rows=lines,
        stale=_is_stale(record, result),
        link=reverse("dosing:adjudicate", args=[record.pk]),
        link_text=_("Adjudication"),
        of_saved=True,
    )


def _verdict_lines(record: Any) -> list[PanelRow]:
    spoken = DltAdjudication.objects.filter(adverse_event=record.pk).order_by("-adjudicated_at").first()
    if spoken is None:
        return []
    return [PanelRow(_("Adjudicated"), spoken.get_verdict_display(), spoken.adjudicated_by.full_name)]


def _is_stale(record: Any, result: RuleResult) -> bool:
    judged = RuleResult.objects.filter(root=record.subject_id, rule="evaluability").first()
    if judged is None:
        return True
    return bool(subject_watermarks([record.subject_id])[record.subject_id] > judged.inputs.get("watermark", 0))
