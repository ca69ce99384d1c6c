"""The product of a subject, from the collection to the bag: leukapheresis, certificate and the lines of the ledger."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from django.utils import timezone

from dosing.demonstration.cast import Cast
from dosing.demonstration.entering import Row, enter, typed
from enrollment.models import Subject
from trial_edc.casebook.place import NEW
from trial_edc.protocol.dose_levels import dose_level

COLLECTED_ON = -33
#: Visit, milestone, study day, time, temperature: the lines of the ledger before the infusion.
LINES = (
    ("APH", "COLLECTED", COLLECTED_ON, "12:40", ""),
    ("APH", "SHIPPED_TO_MANUFACTURER", COLLECTED_ON, "14:15", "4.6"),
    ("MFG", "RECEIVED", -32, "09:05", "5.1"),
    ("MFG", "IN_PROCESS", -32, "11:30", ""),
    ("MFG", "QC_PENDING", -17, "16:00", ""),
    ("BL", "RELEASED", -8, "15:20", ""),
    ("MFG", "SHIPPED_TO_SITE", -3, "08:00", "-162.0"),
    ("PIG", "STORED", -2, "00:30", "-171.5"),
)


def coi_of(subject: Subject) -> str:
    """Return the chain-of-identity number of a demonstration subject."""
    return f"C70-{int(subject.identifier[-3:]):06d}"


def lot_of(subject: Subject) -> str:
    return f"CD70-{subject.identifier[-3:]}-A"


def collect(cast: Cast, subject: Subject, day: date) -> None:
    """Enter the leukapheresis."""
    number = int(subject.identifier[-3:])
    texts = {
        "haemoglobin_g_l": str(96 + number), "lymphocytes_10e9_l": f"1.{number:02}", "venous_access": "true",
        "active_infection": "false", "washout_complete": "true", "procedure_date": typed(day), "start_time": "08:50",
        "stop_time": "12:35", "blood_volume_ml": str(9800 + 40 * number), "anticoagulant": "ACD-A",
        "adverse_reaction": "false", "product_volume_ml": str(180 + number), "white_cells_10e9": "11.2",
        "cd3_cells_10e9": f"5.{number:02}", "coi_number": coi_of(subject), "first_checker": "Zhang Min",
        "second_checker": "Wang Fang", "courier": "Cold chain courier, run 7", "temperature_logger": f"TL-{number:04}",
    }  # fmt: skip
    enter(cast.coordinator, subject, "APH", "APH", texts)


def manufacture(cast: Cast, subject: Subject, infusion: date, weight: Decimal) -> None:
    """Enter the way of the product to the site, as far as it lies in the past."""
    today = timezone.localdate()
    for visit, milestone, offset, clock, temperature in LINES:
        day = infusion + timedelta(days=offset)
        if day > today:
            return
        if milestone == "COLLECTED":
            collect(cast, subject, day)
        if milestone == "RELEASED":
            certify(cast, subject, day, infusion + timedelta(days=60), weight)
        write_line(cast, subject, visit, milestone, day, clock, temperature=temperature)


def write_line(
    cast: Cast, subject: Subject, visit: str, milestone: str, day: date, clock: str, *, temperature: str = ""
) -> None:
    """Write one line of the ledger."""
    frozen = milestone in ("RELEASED", "SHIPPED_TO_SITE", "STORED", "THAWED", "INFUSED")
    texts = {
        "entry_kind": "MILESTONE", "milestone": milestone, "event_date": typed(day), "event_time": clock,
        "coi_number": coi_of(subject), "identifiers_checked": ["COI NUMBER", "SUBJECT NUMBER"],
        "performed_by": "Zhao Lei", "checked_by": "Zhang Min", "temperature_c": temperature,
        "excursion": "false" if temperature else "", "product_lot": lot_of(subject) if frozen else "",
        "bag_count": "2" if frozen else "",
    }  # fmt: skip
    enter(cast.coordinator, subject, visit, "PROD", texts, sequence=NEW)


def certify(cast: Cast, subject: Subject, day: date, expiry: date, weight: Decimal) -> None:
    """Enter the release certificate of a lot that meets its specification, with cells for the subject's dose."""
    number = int(subject.identifier[-3:])
    cells = dose_level(subject.dose_level or 1).planned_cells(weight) / 1_000_000 * Decimal("1.30")
    texts = {
        "coi_number": coi_of(subject), "product_lot": lot_of(subject), "certificate_number": f"COA-{number:03}",
        "certificate_date": typed(day), "expiry_date": typed(expiry), "viable_car_cells_million": f"{cells:.2f}",
        "total_cells_million": f"{cells * 3:.2f}", "car_percent": f"{38 + number % 9}.5",
        "viability_percent": f"{88 + number % 8}.0", "vector_copies": f"1.{number:02}", "cd4_percent": "44.0",
        "cd8_percent": "52.5", "sterility": "NEGATIVE", "mycoplasma": "NEGATIVE", "endotoxin": "0.5",
        "endotoxin_below_detection": "true", "replication_competent_virus": "NEGATIVE", "appearance": "CONFORMS",
        "release_decision": "RELEASED", "release_date": typed(day), "released_by": "Head of quality, manufacturer",
    }  # fmt: skip
    enter(cast.coordinator, subject, "BL", "REL", texts)


def bags(subject: Subject, infused: Decimal, expiry: date) -> list[Row]:
    """Return the two bags of an infusion from 10:00 to 10:25, millions of cells divided between them."""
    first = (infused / 2).quantize(Decimal("0.01"))
    shared: Row = {"coi_number": coi_of(subject), "volume_ml": "40.0", "expiry_date": typed(expiry)}
    return [
        shared | {"bag_number": f"{lot_of(subject)}/1", "cells_million": first, "thaw_time": "09:56",
                  "end_time": "10:12"},
        shared | {"bag_number": f"{lot_of(subject)}/2", "cells_million": infused - first, "thaw_time": "10:08"},
    ]  # fmt: skip
