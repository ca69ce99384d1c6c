"""The edit checks of the logs of treatment and hospital stays; each takes the record and, where needed, its rows."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

from safety.ae_checks import certainly_before
from safety.report_checks import moment_of
from safety.rules.prohibited_medication import outside_rescue, prohibited_group
from trial_edc.protocol.medications import DrugClass, find_drug
from trial_edc.protocol.parameters import values

#: Group of drugs the protocol does not allow -> its parameter.
PROHIBITED = {
    "live vaccine": "cm.prohibited_live_vaccines",
    "investigational agent": "cm.prohibited_investigational",
    "systemic immunosuppressant": "cm.prohibited_immunosuppressants",
    "anticancer therapy": "cm.prohibited_anticancer",
}
#: Classes of which the bedside form asks whether one was given in the last 24 hours, or that show a severe course.
TIMED = frozenset(
    {DrugClass.ANTIPYRETIC, DrugClass.ANTI_IL6, DrugClass.CORTICOSTEROID, DrugClass.ANAKINRA, DrugClass.VASOPRESSOR}
)


def stop_before_start(medication: Any) -> bool:
    """Test for a stop that lies before the start."""
    return certainly_before(medication.end_date, medication.start_date, medication.end_time, medication.start_time)


def unusual_class(medication: Any) -> bool:
    """Test for a drug of the list in another class than the list has it."""
    known = find_drug(medication.drug)
    return known is not None and known.drug_class != medication.drug_class


def rescue_without_time(medication: Any) -> bool:
    """Test for an antipyretic or rescue drug whose day is known and whose time is not."""
    complete = len(medication.start_date) == len("2026-11-05")
    return medication.drug_class in TIMED and complete and medication.start_time is None


def prohibited_in(name: str) -> str | None:
    """Return the group of drugs the protocol does not allow to which a name belongs, None when it is in none."""
    groups = {group: [str(word) for word in values(key)] for group, key in PROHIBITED.items()}
    return prohibited_group(name, groups)


def prohibited(medication: Any) -> bool:
    """Test for a drug whose name says that the protocol does not allow it; rescue linked to an event is excepted."""
    group = prohibited_in(medication.drug)
    return group is not None and not (group == "systemic immunosuppressant" and medication.event_number is not None)


def steroid_outside_rescue(medication: Any) -> bool:
    """Test for a systemic corticosteroid that is linked to no event."""
    return outside_rescue(
        is_corticosteroid=medication.drug_class == DrugClass.CORTICOSTEROID,
        route=medication.route,
        linked_event=medication.event_number,
    )


def discharge_before_admission(stay: Any) -> bool:
    """Test for a discharge that lies before the admission."""
    left = moment_of(stay.discharge_date, stay.discharge_time)
    came = moment_of(stay.admission_date, stay.admission_time)
    return left is not None and came is not None and left.certainly_before(came)


def care_out_before_in(row: Any) -> bool:
    """Test for a stay in intensive care that ends before it begins."""
    began, ended = _span(row)
    return bool(ended.certainly_before(began))


def _span(row: Any) -> tuple[Any, Any]:
    return moment_of(row.in_date, row.in_time), moment_of(row.out_date, row.out_time)


def care_outside_stay(stay: Any, rows: Sequence[Any]) -> bool:
    """Test for intensive care before the admission or after the discharge."""
    came = moment_of(stay.admission_date, stay.admission_time)
    left = moment_of(stay.discharge_date, stay.discharge_time)
    moments = [each for row in rows for each in _span(row) if each is not None]
    too_early = any(each.certainly_before(came) for each in moments)
    too_late = left is not None and any(left.certainly_before(each) for each in moments)
    return too_early or too_late


def care_overlaps(_stay: Any, rows: Sequence[Any]) -> bool:
    """Test for two stays in intensive care at one time, or one that begins while another has not ended."""
    spans = sorted((_span(row) for row in rows if row.in_date), key=lambda span: span[0].first)
    return any(before[1] is None or after[0].certainly_before(before[1]) for before, after in itertools.pairwise(spans))


def care_unanswered(stay: Any, rows: Sequence[Any]) -> bool:
    """Test for intensive care that is said and not entered, or entered and denied."""
    return bool(rows) is not bool(stay.intensive_care)


def care_open_after_discharge(stay: Any, rows: Sequence[Any]) -> bool:
    """Test for intensive care without an end although the subject was discharged."""
    return stay.discharge_date is not None and any(row.in_date and not row.out_date for row in rows)
