"""Addresses of forms that are about to be filled in: what is known travels with the address, nothing is saved by it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any
from urllib.parse import urlencode

from safety.models.serious_event_report import ReportType
from trial_edc.casebook.selectors.visit_page import form_url
from trial_edc.protocol.partial_dates import PartialDate


def propose(
    identifier: str, oid: str, texts: Mapping[str, Any], *, visit: str = "LOG",
    rows: Mapping[str, Sequence[Mapping[str, Any]]] | None = None,
) -> str:  # fmt: skip
    """Return the address of a new form with items filled in, and rows by the OID of their table."""
    sent: dict[str, Any] = {name: value for name, value in texts.items() if value not in (None, "", [])}
    for table, filled in (rows or {}).items():
        sent |= {f"{table}-TOTAL_FORMS": len(filled), f"{table}-INITIAL_FORMS": 0}
        for number, row in enumerate(filled):
            sent |= {f"{table}-{number}-{name}": value for name, value in row.items()}
    address = form_url(identifier, visit, oid)
    return f"{address}?{urlencode(sent, doseq=True)}" if sent else address


def propose_event(identifier: str, term: str, grade: int, day: date | None) -> str:
    """Return the address of a new event with its term, and its grade from a day on; both without a day."""
    text = PartialDate.from_date(day).display() if day is not None else ""
    rows = [{"grade": grade, "start_date": text}]
    return propose(identifier, "AE", {"term": term, "onset_date": text}, rows={"AEG": rows})


def propose_report(identifier: str, number: int, criteria: Iterable[str]) -> str:
    """Return the address of the initial serious-event report of an event, its criteria ticked as in the log."""
    known = {"event_number": number, "report_type": ReportType.INITIAL.value, "serious_criteria": sorted(criteria)}
    return propose(identifier, "SAE", known)
