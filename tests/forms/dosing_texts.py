"""Complete forms of the product and the dose, as texts; a test changes the one it is about."""

from __future__ import annotations

from typing import Any

from dosing.demonstration.entering import typed
from dosing.models import ProductMilestone
from enrollment.models import Demographics, Subject
from tests.casebook.entering import enter, post, row_texts
from tests.dosing.builders import days_ago
from tests.people import People
from trial_edc.audit.context import acting
from trial_edc.casebook.place import NEW
from trial_edc.casebook.submission import Refused

TO_QC = ("COLLECTED", "SHIPPED_TO_MANUFACTURER", "RECEIVED", "IN_PROCESS", "QC_PENDING")
COI = "C70-000001"
LOT = "CD70-001-A"


def on(days: int) -> str:
    """Return the day so many days ago as a coordinator types it."""
    return typed(days_ago(days))


def eligible(people: People, number: int = 1) -> Subject:
    """A subject with consent, whose eligibility was confirmed 50 days ago."""
    with acting(people.coordinator, "test"):
        subject = Subject.objects.create(
            identifier=f"01-{number:03d}", site=people.site, status="ELIGIBLE", consent_date=days_ago(60),
            eligibility_confirmed_date=days_ago(50),
        )  # fmt: skip
        Demographics.objects.create(subject=subject, visit="SCR", age_years=60, birth_year=1965, sex="F")
    return subject


def leukapheresis(**changed: str) -> dict[str, str]:
    return {
        "haemoglobin_g_l": "102", "lymphocytes_10e9_l": "1.1", "venous_access": "true", "active_infection": "false",
        "washout_complete": "true", "procedure_date": on(40), "start_time": "09:00", "stop_time": "12:30",
        "blood_volume_ml": "10000", "anticoagulant": "ACD-A", "adverse_reaction": "false",
        "product_volume_ml": "180", "white_cells_10e9": "10.5", "cd3_cells_10e9": "5.2", "coi_number": COI,
        "first_checker": "Zhang Min", "second_checker": "Wang Fang", "courier": "Run 7",
        "temperature_logger": "TL-1",
    } | changed  # fmt: skip


def line(milestone: str = "COLLECTED", days: int = 40, clock: str = "12:40", **changed: Any) -> dict[str, Any]:
    cold = milestone in ("SHIPPED_TO_MANUFACTURER", "RECEIVED", "SHIPPED_TO_SITE", "STORED")
    frozen = milestone.startswith("RELEASED") or milestone in ("SHIPPED_TO_SITE", "STORED", "THAWED", "INFUSED")
    texts = {
        "entry_kind": "MILESTONE", "milestone": milestone, "event_date": on(days), "event_time": clock,
        "coi_number": COI, "identifiers_checked": ["COI NUMBER", "SUBJECT NUMBER"], "performed_by": "Zhao Lei",
        "checked_by": "Zhang Min", "temperature_c": "-160.0" if frozen else "4.5", "excursion": "false",
        "product_lot": LOT if frozen else "", "bag_count": "2" if frozen else "",
    }  # fmt: skip
    if not cold:
        texts |= {"temperature_c": "", "excursion": ""}
    return texts | changed


def certificate(**changed: str) -> dict[str, str]:
    return {
        "coi_number": COI, "product_lot": LOT, "certificate_number": "COA-1", "certificate_date": on(12),
        "expiry_date": on(-60), "viable_car_cells_million": "120.00", "total_cells_million": "400.00",
        "car_percent": "35.0", "viability_percent": "90.0", "vector_copies": "1.20", "cd4_percent": "45.0",
        "cd8_percent": "50.0", "sterility": "NEGATIVE", "mycoplasma": "NEGATIVE", "endotoxin": "0.5",
        "endotoxin_below_detection": "true", "replication_competent_virus": "NEGATIVE", "appearance": "CONFORMS",
        "release_decision": "RELEASED", "release_date": on(12), "released_by": "Head of quality",
    } | changed  # fmt: skip


APPROVED = {
    "oos_approved": "true", "oos_first_approver": "Li Na", "oos_second_approver": "Chen Wei",
    "oos_approved_date": on(11), "oos_reason": "No other treatment is left.",
}  # fmt: skip


def lymphodepletion(**changed: str) -> dict[str, str]:
    """60 kg and 165 cm make 1.66 m²."""
    return {
        "given_date": on(5), "weight_kg": "60.0", "height_cm": "165.0", "creatinine_clearance_ml_min": "94.0",
        "fludarabine_planned_mg_m2": "30.0", "fludarabine_given_mg": "49.8", "fludarabine_mg_m2": "30.0",
        "cyclophosphamide_planned_mg_m2": "300.0", "cyclophosphamide_given_mg": "498.0",
        "cyclophosphamide_mg_m2": "300.0", "dose_changed": "false", "hydration_given": "true",
        "hydration_ml": "1500",
    } | changed  # fmt: skip


def bag(number: int = 1, **changed: str) -> dict[str, str]:
    return {
        "bag_number": f"{LOT}/{number}", "coi_number": COI, "volume_ml": "40.0", "cells_million": "60.00",
        "expiry_date": on(-60), "thaw_time": "10:01",
    } | changed  # fmt: skip


def infusion(*, bags: Any = None, **changed: str) -> dict[str, str]:
    """60 kg at dose level 1 make 60 million cells."""
    texts = {
        "gate_temperature_c": "36.8", "gate_oxygen_saturation": "97", "gate_vasopressor": "false",
        "gate_infection": "false", "gate_ecog": "1", "assigned_dose_level": "1", "weight_kg": "60.0",
        "weight_date": on(2), "product_lot": LOT, "wristband_coi": COI, "identity_matches": "true",
        "first_checker": "Zhang Min", "second_checker": "Wang Fang", "premedication_given": "false",
        "start_date": on(1), "start_time": "10:05", "stop_time": "10:20", "interrupted": "false",
        "infused_cells_million": "60.00", "reaction": "false",
    }  # fmt: skip
    rows = [bag(thaw_time="10:01")] if bags is None else bags
    return texts | row_texts("INFBAG", rows) | changed


def write_lines(people: People, subject: Subject, *milestones: str, start: int = 40) -> None:
    """Write a ledger, one line a day."""
    for number, milestone in enumerate(milestones):
        texts = line(milestone, start - number)
        enter(people.coordinator, subject, "MFG", "PROD", sequence=NEW, **texts)


def sentences(outcome: Any) -> dict[str, list[str]]:
    """Return what a refused form says, by item."""
    assert isinstance(outcome, Refused), f"saved, or a conflict: {outcome}"
    found = {str(name): [str(error) for error in errors] for name, errors in outcome.entry.form.errors.items()}
    for formset in outcome.entry.rowsets.values():
        for errors in formset.errors:
            found |= {str(name): [str(error) for error in said] for name, said in errors.items()}
    return found


def refused_line(people: People, subject: Subject, **texts: Any) -> dict[str, list[str]]:
    """Try to write a line, check that nothing was written, and return what the page says."""
    before = ProductMilestone.objects.count()
    outcome = post(people.coordinator, subject, "MFG", "PROD", sequence=NEW, **texts)
    assert ProductMilestone.objects.count() == before
    return sentences(outcome)
