"""Texts of complete running logs, as a coordinator types them; dates lie in the past of the tests."""

from __future__ import annotations

from typing import Any

from tests.casebook.entering import enter, row_texts
from tests.people import People
from trial_edc.accounts.models import User
from trial_edc.casebook import hooks
from trial_edc.casebook.entry import open_entry
from trial_edc.casebook.panel import Panel
from trial_edc.casebook.place import Place
from trial_edc.casebook.submission import Refused

Texts = dict[str, Any]

EVENT: Texts = {
    "term": "Colitis", "onset_date": "05-Mar-2026", "outcome": "NOT RECOVERED/NOT RESOLVED",
    "serious": "true", "serious_criteria": ["HOSPITALIZATION"], "action_taken": "NOT APPLICABLE",
}  # fmt: skip
GRADES = [{"grade": 3, "start_date": "05-Mar-2026"}]
FATAL: Texts = EVENT | {
    "outcome": "FATAL", "serious_criteria": ["DEATH"], "end_date": "09-Mar-2026",
}  # fmt: skip
FATAL_GRADES = [*GRADES, {"grade": 5, "start_date": "09-Mar-2026"}]

REPORT: Texts = {
    "event_number": "1", "report_type": "INITIAL", "awareness_date": "05-Mar-2026", "awareness_time": "23:10",
    "sponsor_date": "06-Mar-2026", "sponsor_time": "08:00", "sponsor_receipt": "SP-0017",
    "ethics_date": "06-Mar-2026", "ethics_time": "08:30", "serious_criteria": ["HOSPITALIZATION"],
    "admission_date": "05-Mar-2026", "narrative": "Bloody diarrhoea since the morning; admitted; stool culture taken.",
}  # fmt: skip
UNTOLD: Texts = {"sponsor_date": "", "sponsor_time": "", "ethics_date": "", "ethics_time": ""}
FATAL_REPORT: Texts = REPORT | {
    "serious_criteria": ["DEATH"], "admission_date": "", "autopsy_done": "false",
}  # fmt: skip
MEDICATION: Texts = {
    "drug": "Tocilizumab", "drug_class": "ANTI-IL-6", "dose": "8", "dose_unit": "mg/kg", "route": "INTRAVENOUS",
    "frequency": "ONCE", "start_date": "04-Mar-2026", "start_time": "21:10", "ongoing": "false",
    "end_date": "04-Mar-2026", "end_time": "22:10", "indication": "CRS grade 2",
}  # fmt: skip
TRANSFUSION: Texts = {
    "product": "PLATELETS", "given_date": "10-Mar-2026", "given_time": "14:00", "amount": "1", "amount_unit": "U",
    "indication": "Platelets 8 × 10⁹/L",
}  # fmt: skip
STAY: Texts = {
    "admission_date": "01-Mar-2026", "discharge_date": "25-Mar-2026", "ward": "Ward 7", "reason": "STUDY TREATMENT",
    "intensive_care": "false",
} | row_texts("HOSPI", [])  # fmt: skip
CARE = {"in_date": "05-Mar-2026", "in_time": "10:00", "out_date": "07-Mar-2026", "out_time": "09:00"}
DEATH: Texts = {"death_date": "09-Mar-2026", "cause": "ADVERSE EVENT", "autopsy_done": "false"}


def stay_in_care(*rows: dict[str, str], **changed: str) -> Texts:
    """Return a stay with days in intensive care."""
    return STAY | {"intensive_care": "true"} | row_texts("HOSPI", list(rows)) | changed


def serious_event(people: People, subject: Any, **changed: Any) -> Any:
    """Enter a serious event into the log and return it."""
    return enter(people.coordinator, subject, "LOG", "AE", sequence=0, rows=GRADES, **(EVENT | changed))


class _Typed(dict[str, Any]):
    """A dictionary that answers `getlist`, as a form post does."""

    def getlist(self, name: str) -> list[Any]:
        value = self.get(name, [])
        return value if isinstance(value, list) else [value]


def panels_of(by: User, subject: Any, oid: str, texts: Texts, *, visit: str = "LOG", sequence: int = 99) -> list[Panel]:
    """Return the panels beside a form as typed; nothing is saved."""
    place = Place(subject, visit, oid, sequence)
    entry = open_entry(place, by, record=place.find(), typed=_Typed(texts))
    entry.is_valid()
    return hooks.panels(entry.record, entry.all_rows())


def lines(panel: Panel) -> list[tuple[str, str]]:
    """Return label and value of every row of a panel."""
    return [(str(row.label), str(row.value)) for row in panel.rows]


def driving(panel: Panel) -> list[str]:
    """Return the labels of the rows that somebody has to look at."""
    return [str(row.label) for row in panel.rows if row.driving]


def sentences(outcome: Any) -> str:
    """Return what a refused form says, rows included."""
    assert isinstance(outcome, Refused), outcome
    forms = [outcome.entry.form, *(form for rows in outcome.entry.rowsets.values() for form in rows.forms)]
    return " ".join(str(error) for form in forms for errors in form.errors.values() for error in errors)
