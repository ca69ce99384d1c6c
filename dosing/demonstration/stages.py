"""The stages of a subject's way through the trial, each entered form by form."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from dosing.demonstration.cast import PASSWORD, Cast
from dosing.demonstration.entering import enter, typed
from dosing.demonstration.product import bags, coi_of, lot_of, manufacture, write_line
from dosing.demonstration.profiles import Crs, Event, Ice, Profile
from dosing.dose_checks import DRUGS
from enrollment.models import Subject
from enrollment.rules.eligibility import EXCLUSION, INCLUSION
from safety.rules.body_surface import body_surface
from trial_edc.casebook.place import NEW
from trial_edc.casebook.signing import sign_record
from trial_edc.protocol.consent_versions import versions_in_force
from trial_edc.protocol.dose_levels import dose_level
from trial_edc.protocol.parameters import decimal
from trial_edc.review.services import verify_items

#: Height by sex: the profiles tell the weight alone.
EVIDENCE = {
    "evidence_histology": "Pathology report, source folder 2", "evidence_life_expectancy": "Note of the investigator",
}  # fmt: skip


def consent(cast: Cast, subject: Subject, day: date, *, visit: str) -> None:
    """Obtain consent for pre-screening or for the trial."""
    texts = {
        "consent_version": versions_in_force(day)[0].number, "consent_date": typed(day), "consent_time": "09:30",
        "obtained_by": "LY", "copy_given": "true", "reconsent": "false", "biopsy_consent": "true",
        "gene_storage_consent": "true",
    }  # fmt: skip
    enter(cast.coordinator, subject, visit, "IC", texts)


def stain(cast: Cast, subject: Subject, profile: Profile, day: date) -> None:
    """Enter the CD70 result of an archival specimen."""
    one, two, three = profile.staining
    texts = {
        "specimen": "ARCHIVAL", "collection_date": typed(day - timedelta(days=200)), "method": "IHC",
        "clone": "EPR22573", "laboratory": "Central pathology", "report_reference": f"P-{subject.identifier[-3:]}",
        "percent_1plus": one, "percent_2plus": two, "percent_3plus": three,
    }  # fmt: skip
    enter(cast.coordinator, subject, "PRE", "CD70", {name: str(value) for name, value in texts.items()})


def screen(cast: Cast, subject: Subject, profile: Profile, day: date, *, fails: str = "") -> None:
    """Screen a subject and, unless a criterion fails, let the investigator confirm eligibility."""
    consented = subject.consent_date or day
    texts: dict[str, Any] = {
        "birth_year": str(profile.birth_year), "age_years": str(consented.year - profile.birth_year),
        "sex": profile.sex, "tumour_type": profile.tumour, "stage": "IV", "metastatic_sites": ["LYMPH NODE", "LUNG"],
        "prior_lines": str(profile.lines),
    }  # fmt: skip
    enter(cast.coordinator, subject, "SCR", "DM", texts)
    history(cast, subject, profile, day)
    vitals(cast, subject, "SCR", day, "08:30")
    answers = dict.fromkeys(INCLUSION, "true") | dict.fromkeys(EXCLUSION, "false") | EVIDENCE
    if fails:
        answers[fails] = "false" if fails in INCLUSION else "true"
    enter(cast.coordinator, subject, "SCR", "IE", answers, action="save" if not fails else "complete")
    if not fails:
        confirmed = answers | {"investigator_confirms": "true", "confirmed_date": typed(day + timedelta(days=3))}
        enter(cast.investigator, subject, "SCR", "IE", confirmed)


def history(cast: Cast, subject: Subject, profile: Profile, day: date) -> None:
    """Enter one condition that goes on, and every line of earlier therapy, the last one ended two months ago."""
    condition = {
        "has_condition": "true", "term": "Hypertension", "onset_date": str(day.year - 6), "ongoing": "true",
        "grade": "2",
    }  # fmt: skip
    enter(cast.coordinator, subject, "SCR", "MH", condition)
    for line in range(1, profile.lines + 1):
        stopped = day - timedelta(days=60 + 160 * (profile.lines - line))
        therapy = {
            "had_therapy": "true", "therapy_type": "SYSTEMIC THERAPY", "line_number": str(line),
            "regimen": profile.regimens[(line - 1) % len(profile.regimens)],
            "start_date": typed(stopped - timedelta(days=120)), "ongoing": "false", "stop_date": typed(stopped),
            "best_response": "SD" if line == 1 else "PD", "stop_reason": "PROGRESSIVE DISEASE",
        }  # fmt: skip
        enter(cast.coordinator, subject, "SCR", "PT", therapy, sequence=NEW)


def contact(cast: Cast, subject: Subject, day: date) -> None:
    """Enter one survival contact by telephone: alive, no new therapy."""
    texts = {
        "contact_date": typed(day), "method": "TELEPHONE", "survival_status": "ALIVE", "last_alive_date": typed(day),
        "new_therapy": "false", "SURVT-TOTAL_FORMS": "0", "SURVT-INITIAL_FORMS": "0",
    }  # fmt: skip
    enter(cast.second_coordinator, subject, "SURV", "SURV", texts, sequence=NEW)


def vitals(
    cast: Cast, subject: Subject, visit: str, day: date, clock: str, *, temperature: str = "36.7", sequence: int = 1
) -> Any:
    """Enter one set of vital signs; a pressure outside the expected range is confirmed."""
    number = int(subject.identifier[-3:]) + sequence
    texts = {
        "assessed_date": typed(day), "assessed_time": clock, "temperature_c": temperature,
        "systolic_bp": str(112 + number % 17), "diastolic_bp": str(66 + number % 13),
        "heart_rate": str(70 + number % 23),
        "respiratory_rate": str(14 + number % 5), "oxygen_saturation": str(96 + number % 4),
    }  # fmt: skip
    return enter(cast.coordinator, subject, visit, "VS", texts, sequence=sequence)


def lymphodeplete(cast: Cast, subject: Subject, profile: Profile, first: date, *, days: int = 3) -> None:
    """Enter fludarabine and cyclophosphamide of each day, computed on the body surface."""
    weight, height = Decimal(profile.weight), Decimal(158 + int(subject.identifier[-3:]) % 20)
    surface = body_surface(height_cm=height, weight_kg=weight).area_m2
    fludarabine, cyclophosphamide = (decimal(f"lymphodepletion.{drug}_mg_m2") for drug in DRUGS)
    for offset in range(days):
        texts = {
            "given_date": typed(first + timedelta(days=offset)), "weight_kg": profile.weight,
            "height_cm": str(height), "creatinine_clearance_ml_min": "94.0",
            "fludarabine_planned_mg_m2": f"{fludarabine:.1f}", "fludarabine_mg_m2": f"{fludarabine:.1f}",
            "fludarabine_given_mg": f"{fludarabine * surface:.1f}",
            "cyclophosphamide_planned_mg_m2": f"{cyclophosphamide:.1f}",
            "cyclophosphamide_mg_m2": f"{cyclophosphamide:.1f}",
            "cyclophosphamide_given_mg": f"{cyclophosphamide * surface:.1f}",
            "dose_changed": "false", "hydration_given": "true", "hydration_ml": "1500",
        }  # fmt: skip
        enter(cast.second_coordinator, subject, f"LD{offset + 1}", "LD", texts)


def before_infusion(cast: Cast, subject: Subject, profile: Profile, infusion: date) -> None:
    """Enter leukapheresis, product, baseline, lymphodepletion and the gate, as far as they lie in the past."""
    today = timezone.localdate()
    manufacture(cast, subject, infusion, Decimal(profile.weight))
    planned = {"APH": -33, "BL": -7, "LD1": -5, "LD2": -4, "LD3": -3, "PIG": -1}
    first = infusion - timedelta(days=5)
    lymphodeplete(cast, subject, profile, first, days=min(3, (today - infusion).days + 6))
    for code, offset in planned.items():
        day = infusion + timedelta(days=offset)
        if day > today:
            continue
        vitals(cast, subject, code, day, "08:20")
        if code == "BL":
            assess_icans(cast, subject, infusion, Ice(offset), visit=code)
        if code in ("BL", "PIG"):
            answers = dict.fromkeys(INCLUSION, "true") | dict.fromkeys(EXCLUSION, "false")
            enter(cast.coordinator, subject, code, "IE", answers)


def inpatient_day(cast: Cast, subject: Subject, infused: date, seen: Crs, scored: Ice) -> None:
    """Enter one day on the ward: four sets of vital signs, the CRS assessment and the ICE score."""
    day = infused + timedelta(days=seen.day)
    for sequence, clock in enumerate(("02:00", "08:00", "14:00", "20:00"), start=1):
        temperature = seen.temperature if clock == "08:00" else "36.9"
        vitals(cast, subject, f"D{seen.day}", day, clock, temperature=temperature, sequence=sequence)
    assess_crs(cast, subject, infused, seen)
    assess_icans(cast, subject, infused, scored)


def infuse(cast: Cast, subject: Subject, profile: Profile, day: date) -> Any:
    """Enter the infusion: cells by weight and dose level, and what was given of the plan."""
    level = dose_level(subject.dose_level or 1)
    planned = level.planned_cells(Decimal(profile.weight)) / 1_000_000
    infused = (planned * profile.percent_of_plan / 100).quantize(Decimal("0.01"))
    texts = {
        "gate_temperature_c": "36.8", "gate_oxygen_saturation": "97", "gate_vasopressor": "false",
        "gate_infection": "false", "gate_ecog": "1", "assigned_dose_level": str(level.number),
        "weight_kg": profile.weight, "weight_date": typed(day - timedelta(days=1)), "product_lot": lot_of(subject),
        "wristband_coi": coi_of(subject), "identity_matches": "true", "first_checker": "Zhang Min",
        "second_checker": "Wang Fang", "premedication_given": "true",
        "premedication": "Paracetamol 500 mg, diphenhydramine 25 mg, 09:30", "start_date": typed(day),
        "start_time": "10:00", "stop_time": "10:25", "interrupted": "false",
        "infused_cells_million": str(infused), "reaction": "false",
    }  # fmt: skip
    write_line(cast, subject, "MFG", "THAWED", day, "09:56")
    rows = bags(subject, infused, day + timedelta(days=60))
    record = enter(cast.coordinator, subject, "D0", "INF", texts, rows=rows)
    write_line(cast, subject, "MFG", "INFUSED", day, "10:25")
    for sequence, clock in enumerate(("09:45", "10:00", "10:15", "10:30", "11:00", "12:00", "14:00"), start=1):
        vitals(cast, subject, "D0", day, clock, sequence=sequence)
    assess_crs(cast, subject, day, Crs(0, "36.8"))
    assess_icans(cast, subject, day, Ice(0))
    return record


def assess_crs(cast: Cast, subject: Subject, infused: date, seen: Crs) -> Any:
    """Enter one bedside assessment of CRS."""
    yes = {True: "true", False: "false"}
    texts: dict[str, Any] = {
        "assessed_date": typed(infused + timedelta(days=seen.day)), "assessed_time": "08:00",
        "max_temperature_c": seen.temperature, "fever_other_cause": "false",
        "crs_already_diagnosed": yes[seen.diagnosed], "antipyretic_given": yes[seen.diagnosed],
        "tocilizumab_given": yes[seen.tocilizumab], "corticosteroid_given": yes[seen.steroid],
        "hypotension": yes[seen.hypotension], "vasopressors": list(seen.vasopressors), "oxygen_support": seen.oxygen,
        "oxygen_flow_l_min": seen.flow,
    }  # fmt: skip
    return enter(cast.coordinator, subject, f"D{seen.day}", "CRS", texts)


def assess_icans(cast: Cast, subject: Subject, infused: date, seen: Ice, *, visit: str = "") -> Any:
    """Enter one ICE score with the neurological findings."""
    names = ("ice_orientation", "ice_naming", "ice_command", "ice_writing", "ice_attention")
    texts = {
        "assessed_date": typed(infused + timedelta(days=seen.day)), "assessed_time": "09:00",
        **{name: str(points) for name, points in zip(names, seen.points, strict=True)},
        "consciousness": seen.consciousness, "seizure": "none", "deep_focal_motor_weakness": "false",
        "cerebral_oedema": "none", "corticosteroid_given": "true" if seen.steroid else "false",
    }  # fmt: skip
    return enter(cast.coordinator, subject, visit or f"D{seen.day}", "ICANS", texts)


def report_event(cast: Cast, subject: Subject, infused: date, event: Event) -> Any:
    """The coordinator enters the event, the physician attributes it."""
    days = [(infused + timedelta(days=day), grade) for day, grade in event.grades]
    rows = [{"grade": grade, "start_date": typed(day), "start_time": ""} for day, grade in days]
    texts: dict[str, Any] = {
        "term": event.term, "term_specify": event.specify, "onset_date": typed(days[0][0]),
        "outcome": "NOT RECOVERED/NOT RESOLVED" if event.end is None else "RECOVERED/RESOLVED",
        "serious": "true" if event.serious else "false", "serious_criteria": list(event.serious),
        "action_taken": "NOT APPLICABLE", "treatment": event.treatment,
    }  # fmt: skip
    if infused == days[0][0]:
        texts["onset_time"] = rows[0]["start_time"] = "14:00"
    if event.end is not None:
        texts["end_date"] = typed(infused + timedelta(days=event.end))
    record = enter(cast.coordinator, subject, "LOG", "AE", texts, rows=rows, sequence=NEW)
    judged = texts | {
        "relationship_car_t": event.related, "relationship_lymphodepletion": event.lymphodepletion,
        "relationship_procedure": "unrelated", "relationship_disease": "unlikely", "reason_code": "LATE",
        "reason_text": "Attribution by the physician",
    }  # fmt: skip
    return enter(cast.sub_investigator, subject, "LOG", "AE", judged, rows=rows, sequence=record.sequence)


def assess_day_28(cast: Cast, subject: Subject, infused: date, *, dlt: bool) -> Any:
    """Close the window: the coordinator's safety assessment, the investigator's judgement and signature."""
    day = infused + timedelta(days=28)
    vitals(cast, subject, "D28", day, "09:10")
    assess_crs(cast, subject, infused, Crs(28, "36.6"))
    assess_icans(cast, subject, infused, Ice(28))
    texts = {"assessment_date": typed(day), "followed_to_day_28": "true", "all_events_entered": "true"}
    enter(cast.coordinator, subject, "D28", "DLT", texts)
    judged = texts | {
        "dlt_occurred": "true" if dlt else "false", "reason_code": "LATE", "reason_text": "Judgement of the physician",
    }  # fmt: skip
    record = enter(cast.investigator, subject, "D28", "DLT", judged)
    return sign(cast, record)


def sign(cast: Cast, record: Any) -> Any:
    """The investigator signs a form in its present version."""
    sign_record(by=cast.investigator, record=record, version=record.version, password=PASSWORD)
    return record


def verify(cast: Cast, *records: Any) -> None:
    """The monitor verifies forms against source."""
    for record in records:
        verify_items(by=cast.monitor, record=record)
