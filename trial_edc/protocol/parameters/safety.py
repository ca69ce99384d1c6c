"""Parameters of the DLT definition, grading, adverse events and expedited reporting."""

from __future__ import annotations

from decimal import Decimal
from functools import partial

from trial_edc.protocol.parameters.model import Section, assumed, settled

_ASTCT = "ASTCT consensus, Lee 2019"
_ICH = "ICH E2A"
_dlt = partial(settled, Section.DLT)
_dlt_assumed = partial(assumed, Section.DLT)
_grading = partial(settled, Section.GRADING)
_events = partial(settled, Section.SAFETY)
_events_assumed = partial(assumed, Section.SAFETY)

SAFETY = (
    _dlt("dlt.window_days", 28, "days", "Last study day of the DLT window, included."),
    _dlt_assumed("dlt.infusion_day", 0, "", "Number of the day of infusion: Day 0 (alternative: Day 1)."),
    _dlt("dlt.crs_min_grade", 3, "grade", "CRS of this grade or higher counts when it lasts too long."),
    _dlt("dlt.crs_min_days", 14, "days", "CRS at grade 3 or higher must last longer than this, without interruption."),
    _dlt_assumed(
        "dlt.crs_g4_any_duration", True, "",
        "A grade 4 CRS qualifies whatever its length (alternative: only the clause of more than 2 weeks).",
    ),
    _dlt("dlt.non_hematologic_grade", 4, "grade", "A non-hematologic toxicity of this grade qualifies."),
    _dlt_assumed("dlt.grade_5_qualifies", True, "", "A related grade 5 event qualifies in every organ class."),
    _dlt_assumed(
        "dlt.onset_anchor", "event", "",
        "Which onset must lie in the window: of the event, or of the qualifying grade (qualifying_grade).",
    ),
    _dlt_assumed(
        "dlt.related_values", ("definite", "probable", "possible"), "",
        "Relationships to the CAR-T cells that count as related.",
    ),
    _dlt_assumed("dlt.related_to_lymphodepletion_only_counts", False, "", "An event related only to lymphodepletion."),
    _dlt_assumed("dlt.dates_only_certain_days", 15, "days", "With dates only: end minus start from here on is longer."),
    _dlt_assumed("dlt.dates_only_review_days", 14, "days",
                 "With dates only: exactly this needs review; less is no DLT."),
    _grading("grading.crs", "ASTCT 2019", "", "Grading of cytokine release syndrome."),
    _grading("grading.icans", "ASTCT 2019", "", "Grading of ICANS."),
    _grading("grading.adverse_events", "CTCAE v5.0", "",
             "Grading of every other adverse event; pinned to this version."),
    _grading("grading.fever_c", Decimal("38.0"), "°C", "Fever from this temperature, included.", _ASTCT),
    _grading("grading.nasal_cannula_low_flow_l_min", Decimal(6), "L/min",
             "Nasal cannula up to here is low flow.", _ASTCT),
    _grading("grading.ice_maximum", 10, "points", "Highest ICE score.", _ASTCT),
    _grading("grading.capd_below_age_years", 12, "years", "Below this age CAPD replaces ICE.", _ASTCT),
    _grading("grading.capd_grade_3_from", 9, "points", "CAPD from here is grade 3.", _ASTCT),
    _events_assumed(
        "ae.period_start", "enrolment", "",
        "Adverse events are collected from enrolment, when eligibility is confirmed; the registry says randomization.",
    ),
    _events("ae.period_months_after_infusion", 12, "months", "Calendar months after infusion, the last day included."),
    _events_assumed("ae.related_late_events_reportable", True, "", "Related events stay reportable after the period."),
    _events_assumed("sae.site_report_hours", 24, "hours",
                    "Alarm; the rule says immediately, to sponsor and ethics committee."),
    _events("sae.susar_fatal_days", 7, "days", "SUSAR, fatal or life-threatening; awareness is day 0.", _ICH),
    _events("sae.susar_fatal_follow_up_days", 8, "days", "Further days for the follow-up report.", _ICH),
    _events("sae.susar_other_days", 15, "days", "Every other SUSAR; awareness is day 0.", _ICH),
    _events_assumed("sae.progression_death_is_event", False, "",
                    "A death from progression needs no fatal adverse event beside the form of the death."),
    _events_assumed("cm.in_force_hours", 24, "hours",
                    "A drug given within this time before an assessment may hide fever."),
    _events_assumed(
        "cm.prohibited_live_vaccines",
        ("live vaccine", "live attenuated", "bcg vaccine", "mmr", "measles", "mumps", "rubella", "varicella vaccine",
         "zoster vaccine live", "yellow fever", "oral polio", "oral typhoid", "rotavirus"), "",
        "Names or parts of names that say a live vaccine.",
    ),
    _events_assumed(
        "cm.prohibited_investigational", ("investigational", "clinical trial", "study drug", "unlicensed"), "",
        "Words that say another investigational agent.",
    ),
    _events_assumed(
        "cm.prohibited_immunosuppressants",
        ("cyclosporin", "ciclosporin", "tacrolimus", "sirolimus", "everolimus", "mycophenolate", "azathioprine",
         "methotrexate", "antithymocyte", "anti-thymocyte", "alemtuzumab", "basiliximab", "abatacept"), "",
        "Systemic immunosuppressants, which harm the CAR-T cells; rescue of CRS or ICANS is excepted.",
    ),
    _events_assumed(
        "cm.prohibited_anticancer",
        ("pembrolizumab", "nivolumab", "sintilimab", "tislelizumab", "toripalimab", "camrelizumab", "atezolizumab",
         "durvalumab", "ipilimumab", "sunitinib", "pazopanib", "axitinib", "cabozantinib", "lenvatinib", "cisplatin",
         "carboplatin", "paclitaxel", "docetaxel", "gemcitabine", "pemetrexed", "temozolomide"), "",
        "Other anticancer therapy; between infusion and Day 28 it also ends evaluability.",
    ),
    assumed(Section.PAUSING, "pausing.related_death", True, "", "A death related to the CAR-T cells pauses the trial."),
    assumed(Section.PAUSING, "pausing.level_too_toxic", True, "", "A level found too toxic pauses that level."),
    assumed(Section.PAUSING, "pausing.expansion_boundary", True, "",
            "Crossing the expansion boundary pauses expansion."),
    assumed(Section.PAUSING, "pausing.crs_g4_refractory_hours", 72, "hours",
            "Grade 4 CRS refractory for longer than this."),
    assumed(Section.PAUSING, "pausing.cerebral_edema", True, "", "Cerebral oedema pauses the trial."),
)  # fmt: skip
