"""Beside eligibility: the verdict, what blocks, and where each criterion is shown."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from enrollment.models import Cd70Result, Eligibility
from enrollment.models.eligibility import evidence_of
from enrollment.rules import eligibility as rule
from enrollment.rules.eligibility import EXCLUSION, INCLUSION
from enrollment.rules.h_score import h_score
from enrollment.selectors.evidence import FORMS_OF_CRITERION, EvidenceForm, evidence_forms
from enrollment.services import verdict_of
from trial_edc.audit.signatures import holding
from trial_edc.casebook.panel import Panel, PanelRow
from trial_edc.casebook.rendering.dates import study_date


def eligibility(record: Any, _rows: list[Any]) -> Panel:
    """Say whether the criteria carry enrolment, which block it, and which forms show them."""
    verdict = verdict_of(record)
    word = {True: "✓", False: "✕", None: None}[verdict.eligible]
    title = {True: _("Eligible"), False: _("Not eligible"), None: _("Eligibility open")}[verdict.eligible]
    rows = [PanelRow(_("Asked at"), _occasion(record.visit))]
    rows += [PanelRow(_label(record, name), _("blocks"), driving=True) for name in verdict.blocking]
    rows += [*_evidence(record), _signature(record)]
    return Panel(title, word, _("Inclusion and exclusion criteria"), rule.VERSION, _because(verdict), rows)


def _occasion(visit: str) -> str:
    words = {"SCR": _("screening"), "BL": _("re-check before lymphodepletion"), "PIG": _("gate before infusion")}
    return words[visit]


def _because(verdict: Any) -> str:
    if verdict.blocking:
        return _("Every inclusion criterion must be met and no exclusion criterion; there is no waiver.")
    if verdict.missing:
        return _("%(count)s criteria are not answered yet.") % {"count": len(verdict.missing)}
    return _("All inclusion criteria are met and no exclusion criterion is.")


def _label(record: Any, name: str) -> str:
    return str(record._meta.get_field(name).verbose_name)


def _evidence(record: Eligibility) -> Iterator[PanelRow]:
    """Yield a line per form that shows a criterion, or what the person named instead."""
    forms = evidence_forms(record.subject, record.visit)
    for name in (*INCLUSION, *EXCLUSION):
        number = _label(record, name).partition(".")[0]
        if text := getattr(record, evidence_of(name)).strip():
            yield PanelRow(_("%(criterion)s shown by") % {"criterion": number}, text)
        for oid in FORMS_OF_CRITERION.get(name, ()):
            if oid in forms:
                yield _form_row(number, forms[oid])


def _form_row(number: str, form: EvidenceForm) -> PanelRow:
    label = _("%(criterion)s shown by") % {"criterion": number}
    if form.record is None:
        return PanelRow(label, form.title, _("not entered yet"))
    return PanelRow(label, form.title, f"{form.record.visit} {_finding(form.record)}".strip(), link=form.url)


def _finding(record: Any) -> str:
    """Return in short what a form of this application says."""
    if isinstance(record, Cd70Result):
        shares = (record.percent_1plus, record.percent_2plus, record.percent_3plus)
        known = [share for share in shares if share is not None]
        return _("H-score %(score)s") % {"score": h_score(*known)} if len(known) == len(shares) else ""
    if record.crf.oid == "DM" and record.age_years is not None:
        return _("%(age)s years") % {"age": record.age_years}
    return ""


def _signature(record: Any) -> PanelRow:
    signed = [] if record._state.adding else holding([record.pk]).get(record.pk, [])
    if not signed:
        return PanelRow(_("Signature"), _("none"), _("The investigator signs the complete form."))
    return PanelRow(_("Signature"), signed[-1].printed_name, study_date(signed[-1].signed_at))
