"""Parameters of the schedule of assessments; windows of single visits are with the visits themselves."""

from __future__ import annotations

from functools import partial

from trial_edc.protocol.parameters.model import Section, assumed, settled

_COMPARABLE = "Comparable protocols"
_schedule = partial(assumed, Section.SCHEDULE)
_sourced = partial(settled, Section.SCHEDULE)
_records = partial(settled, Section.RECORDS)
_record_keeping = partial(assumed, Section.RECORDS)

VISITS = (
    _schedule("schedule.screening_days_before_leukapheresis", 28, "days", "Screening at most this long before."),
    _schedule("schedule.laboratory_days_before_lymphodepletion", 7, "days",
              "Screening laboratory values at most this old."),
    _schedule("schedule.imaging_days_before_lymphodepletion", 28, "days", "Baseline imaging at most this old."),
    _schedule("schedule.leukapheresis_days_after_eligibility", 14, "days", "Leukapheresis at most this long after."),
    _sourced("schedule.manufacturing_days", (21, 28), "days", "Expected duration of manufacturing.", _COMPARABLE),
    _sourced("schedule.lymphodepletion_study_days", (-5, -4, -3), "study day", "Days of lymphodepletion.", _COMPARABLE),
    _sourced("schedule.inpatient_days", (14, 21), "days", "Stay in hospital after infusion.", _COMPARABLE),
    _schedule("schedule.infusion_vital_sign_minutes", (-15, 0, 15, 30, 60, 120, 240), "minutes",
              "Vital signs around the infusion."),
    _schedule("schedule.vital_signs_every_hours", 6, "hours", "Vital signs on Days 1 to 14."),
    _schedule("schedule.ice_every_hours", 24, "hours", "ICE score at least this often on Days 1 to 14."),
    _schedule("schedule.ice_every_hours_with_crs_or_icans", 12, "hours", "The same while CRS or ICANS is present."),
    _schedule("schedule.laboratory_days", (1, 2, 3, 4, 5, 6, 7, 9, 11, 13), "study day",
              "Haematology, chemistry and coagulation on Days 1 to 14: daily to Day 7, then every 48 hours."),
    _schedule("schedule.cytokine_days", (1, 3, 5, 7, 10, 14, 21, 28), "study day", "Cytokine samples after infusion."),
    _schedule("schedule.kinetics_days", (1, 4, 7, 10, 14, 17, 21, 28), "study day", "Kinetics samples after infusion."),
    _schedule("schedule.tumour_biopsy_day", 42, "study day", "Biopsy for kinetics in tumour, if applicable."),
    _schedule("schedule.extra_cytokines_from_grade", 1, "grade",
              "CRS or ICANS of this grade asks for a draw at onset."),
    _schedule("schedule.daily_cytokines_from_grade", 2, "grade", "CRS or ICANS of this grade asks for a daily draw."),
    _schedule("schedule.survival_contact_months", 3, "months", "Interval of survival contacts."),
    _schedule("schedule.long_term_follow_up_years", 15, "years", "Gene-therapy follow-up under a separate protocol."),
    _schedule("schedule.moves_for_holidays", False, "", "A public holiday never moves a visit."),
    _schedule("dosing.lymphodepletion_dose_tolerance_percent", 5, "%", "Given against planned lymphodepletion dose."),
    _schedule("dosing.weight_change_warning_percent", 10, "%", "Weight change that warns at the dose calculation."),
    _records("records.retention_years", 5, "years", "At least this long after approval, or after the end of the trial.",
             "Chinese good clinical practice 2026, article 29(3)"),
    _record_keeping("records.training_warning_days", 30, "days", "A training that ends within this time is listed."),
    _record_keeping("records.user_review_months", 6, "months", "The list of users is reviewed at least this often."),
    _record_keeping("records.endorsement_days", 14, "days",
                    "The investigator has signed what a milestone rests on at most this long after it."),
    _record_keeping("records.refused_signatures", 3, "attempts",
                    "So many refused signatures of one person within an hour alert the administrators."),
)  # fmt: skip
