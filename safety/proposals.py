"""What to do about two safety forms that do not agree: in words, with the address of the form that settles it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from safety.links import propose, propose_report
from safety.models.adverse_event import Outcome, SeriousCriterion
from safety.reconciliation import TERMS, Casefile, casefiles
from safety.rules.reconciliation import Finding, Kind
from trial_edc.casebook.rendering.dates import study_date
from trial_edc.casebook.selectors.visit_page import form_url
from trial_edc.casebook.standings.lists import Rows
from trial_edc.casebook.work import Desk, Line
from trial_edc.protocol.partial_dates import PartialDate

#: The name under which what does not agree is counted of each casebook.
NUMBER = "reconciliation"


def count_findings(subjects: Sequence[UUID]) -> dict[UUID, int]:
    """Return how much does not agree, by subject."""
    return {subject: len(file.findings()) for subject, file in casefiles(subjects).items()}


def reconciliation(desk: Desk) -> Rows[Line]:
    """Return what does not agree, subject by subject; every line opens the form that settles it."""

    def of(subjects: list[UUID]) -> list[Line]:
        files = casefiles(subjects)
        found = [(pk, file, finding) for pk in subjects if (file := files.get(pk)) for finding in file.findings()]
        return [line_of(desk.identifier(pk), file, finding) for pk, file, finding in found]

    return desk.standings.counted(NUMBER, of)


def line_of(identifier: str, file: Casefile, finding: Finding) -> Line:
    """Return one finding as a line of work."""
    return Line(identifier, words_of(file, finding), address_of(identifier, file, finding), _where(finding))


def words_of(file: Casefile, finding: Finding) -> str:
    """Return one finding in words."""
    words: dict[str, Any] = {
        "number": finding.number, "term": file.terms.get(finding.number or 0, ""), "about": finding.about,
        "grade": finding.grade, "day": study_date(finding.day),
    }  # fmt: skip
    sentences = {
        Kind.SERIOUS_WITHOUT_REPORT: _("%(term)s is serious and not reported"),
        Kind.REPORT_WITHOUT_EVENT: _("The event it reports is not in the log, or not serious"),
        Kind.CRITERIA_DIFFER: _("The seriousness criteria are not those of the event"),
        Kind.FATAL_WITHOUT_DEATH: _("%(term)s was fatal; the form of the death is missing"),
        Kind.DEATH_WITHOUT_FATAL: _("The subject died; no event of the log is fatal"),
        Kind.DEATH_ON_ANOTHER_DAY: _("%(term)s was fatal and ends on another day than the death, %(day)s"),
        Kind.EVENT_AFTER_DEATH: _("%(term)s begins after the death, %(day)s"),
        Kind.RESCUE_WITHOUT_EVENT: _("Tocilizumab or a like drug was given; no CRS or ICANS is in the log"),
        Kind.ASSESSMENT_WITHOUT_EVENT: _("%(about)s grade %(grade)s on %(day)s; no such event is in the log"),
        Kind.EVENT_WITHOUT_ASSESSMENT: _("%(term)s: no assessment with a grade while it was present"),
        Kind.STAY_NOT_SERIOUS: _("In hospital for an event that is not serious because of that"),
    }
    return sentences[finding.kind] % words


def _where(finding: Finding) -> str:
    words = {"number": finding.number}
    if finding.kind in (Kind.REPORT_WITHOUT_EVENT, Kind.CRITERIA_DIFFER):
        return _("Serious-event report %(number)s") % words
    if finding.kind is Kind.RESCUE_WITHOUT_EVENT:
        return _("Medication %(number)s") % words
    if finding.kind is Kind.STAY_NOT_SERIOUS:
        return _("Hospital stay %(number)s") % words
    return _("Adverse event %(number)s") % words if finding.number is not None else _("Adverse event, new")


def address_of(identifier: str, file: Casefile, finding: Finding) -> str:
    """Return the address of the form that settles a finding; a new form comes filled in with what is known."""
    number = finding.number
    if finding.kind is Kind.SERIOUS_WITHOUT_REPORT and number is not None:
        return propose_report(identifier, number, file.criteria_of(number))
    if finding.kind is Kind.FATAL_WITHOUT_DEATH:
        known = {"cause": "ADVERSE EVENT", "cause_detail": file.terms[number or 0]}
        return propose(identifier, "DTH", known, visit="EOS")
    if finding.kind in (Kind.REPORT_WITHOUT_EVENT, Kind.CRITERIA_DIFFER):
        return form_url(identifier, "LOG", "SAE", number)
    if finding.kind is Kind.STAY_NOT_SERIOUS:
        return form_url(identifier, "LOG", "HOSP", number)
    if number is not None and finding.kind is not Kind.RESCUE_WITHOUT_EVENT:
        return form_url(identifier, file.places[number], "AE", number)
    return _new_event(identifier, finding)


def _new_event(identifier: str, finding: Finding) -> str:
    """The address of a new event: the fatal one, the one that was assessed, or the one that was treated."""
    day = PartialDate.from_date(finding.day).display() if finding.day else ""
    if finding.kind is Kind.DEATH_WITHOUT_FATAL:
        death = [SeriousCriterion.DEATH.value]
        known = {"outcome": Outcome.FATAL.value, "serious": "true", "serious_criteria": death, "end_date": day}
        return propose(identifier, "AE", known)
    if finding.kind is Kind.RESCUE_WITHOUT_EVENT:
        return propose(identifier, "AE", {"term": TERMS["CRS"]})
    grades = [{"grade": finding.grade, "start_date": day}]
    return propose(identifier, "AE", {"term": TERMS[finding.about], "onset_date": day}, rows={"AEG": grades})
