"""The edit checks of the investigator's response; each takes the form."""

from __future__ import annotations

from typing import Any

from efficacy.filed import others

TUMOUR_FORMS = ("TL", "NTL", "NL")
RESPONDING = ("iCR", "iPR")


def no_scan_that_day(record: Any) -> bool:
    """Test for a date that no tumour form of the visit has, while some of them have one."""
    forms = [form for oid in TUMOUR_FORMS if (form := others(record, oid).at(record.visit)) is not None]
    days = {form.scan_date for form in forms if form.scan_date is not None}
    return bool(days) and record.assessment_date not in days


def better_than_parts(record: Any) -> bool:
    """Test for an overall response without progression although a part progressed, or complete although one is not."""
    parts = {record.target_response, record.non_target_response}
    if "PD" in parts:
        return bool(record.overall_response != "PD")
    return record.overall_response == "CR" and not parts <= {"CR", "NA"}


def criteria_disagree(record: Any) -> bool:
    """Test for a response by iRECIST where RECIST 1.1 says progression; it can be right, after an earlier iUPD."""
    return record.overall_response == "PD" and record.immune_response in RESPONDING


def confirmed_without_first(record: Any) -> bool:
    """Test for confirmed progression that no earlier unconfirmed one precedes."""
    earlier = [
        form
        for form in others(record, "RESP").forms
        if form.assessment_date is not None and form.assessment_date < record.assessment_date
    ]
    return record.immune_response == "iCPD" and all(form.immune_response != "iUPD" for form in earlier)
