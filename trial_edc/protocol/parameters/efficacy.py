"""Parameters of response, time to event, cellular kinetics and cytokines."""

from __future__ import annotations

from decimal import Decimal
from functools import partial

from trial_edc.protocol.parameters.model import Section, assumed, settled

_RECIST = "RECIST 1.1, Eisenhauer 2009"
_IRECIST = "iRECIST, Seymour 2017"
_response = partial(assumed, Section.RESPONSE)
_recist = partial(settled, Section.RESPONSE)
_survival = partial(assumed, Section.SURVIVAL)
_kinetics = partial(assumed, Section.KINETICS)

EFFICACY = (
    _response("response.primary_criterion", "RECIST 1.1", "", "Both criteria are derived; this one leads the tables."),
    _recist("recist.target_maximum", 5, "lesions", "Target lesions in total.", _RECIST),
    _recist("recist.target_maximum_per_organ", 2, "lesions", "Target lesions per organ.", _RECIST),
    _recist("recist.measurable_mm", Decimal(10), "mm", "Long axis of a measurable lesion on CT or MRI.", _RECIST),
    _recist("recist.measurable_chest_x_ray_mm", Decimal(20), "mm", "The same on a chest X-ray.", _RECIST),
    _recist("recist.measurable_slice_multiple", 2, "× slice", "Above 5 mm slices: at least this multiple.", _RECIST),
    _recist("recist.node_target_mm", Decimal(15), "mm", "Short axis from which a node can be a target.", _RECIST),
    _recist("recist.node_normal_below_mm", Decimal(10), "mm", "Short axis below which a node is normal.", _RECIST),
    _recist("recist.too_small_mm", Decimal(5), "mm", "Value of a lesion seen but too small to measure.", _RECIST),
    _recist("recist.pr_decrease_percent", Decimal(30), "%", "Decrease from baseline for PR, included.", _RECIST),
    _recist("recist.pd_increase_percent", Decimal(20), "%", "Increase from nadir for PD, included.", _RECIST),
    _recist("recist.pd_increase_mm", Decimal(5), "mm", "Absolute increase from nadir for PD, included.", _RECIST),
    _response("recist.baseline_scan_days_before_infusion", 28, "days", "Baseline scan at most this old; a warning."),
    _response("recist.zero_nadir_is_pd", True, "", "With a nadir of 0 mm the percentage limb of PD is met."),
    _response("recist.pr_persistence", "none", "", "PR kept until PD: none, after_confirmed or after_first."),
    _response("recist.cr_reappearance", "pd", "", "Any disease after an overall CR is PD, whatever its size."),
    _response("response.reveal_after_judgement", True, "",
              "Computed responses are shown once the investigator's is saved."),
    _response("response.confirmation_required", True, "", "CR and PR need confirmation for the response rate."),
    _response("response.confirm_min_days", 28, "days", "From the response to its confirmation, at least."),
    _response("response.max_ne_between", 1, "assessments", "Not-evaluable assessments allowed before confirmation."),
    _response("response.accept_sd_between", 0, "assessments", "SD assessments allowed before confirmation."),
    _response("response.min_sd_days", 28, "days", "SD must hold this long from infusion; the first scan is Day 28."),
    _recist("irecist.confirm_min_days", 28, "days", "From iUPD to a scan that can confirm it, at least.", _IRECIST),
    _response("irecist.early_tolerance_days", 0, "days", "A confirming scan may be earlier by this much."),
    _recist("irecist.late_after_days", 56, "days", "A later confirmation still counts and is flagged.", _IRECIST),
    _response("irecist.pending_at_cutoff", "censor", "", "iUPD whose confirming scan is not due yet at the cut-off."),
    settled(Section.SURVIVAL, "survival.start", "infusion", "", "Start of every time to event."),
    _survival("survival.add_one_day", True, "", "Days are end minus start plus one."),
    _survival("survival.days_per_month", Decimal("30.4375"), "days", "Length of a month."),
    _survival("survival.new_therapy", "censor", "", "New anticancer therapy first: censor or ignore."),
    _survival("survival.missed_assessments", "censor", "",
              "Event after a gap of two or more missed scans: censor or ignore."),
    _survival("survival.missed_maximum", 2, "intervals", "A gap longer than this many planned intervals plus windows."),
    _survival("survival.same_day_pd_and_death", "PD", "", "Which counts when both fall on one day."),
    _survival("survival.death_in_dor", "event", "", "Death ends a response: event or censor."),
    _survival("survival.os_event", "death", "", "OS ends with death from any cause; the registry's sentence is PFS."),
    _survival("survival.horizon_days", 0, "days", "Truncation of time to event; 0 = none (1095 = 3 years)."),
    _survival("survival.confidence_level", Decimal("0.95"), "", "Confidence level of every interval."),
    settled(Section.KINETICS, "kinetics.follow_up_years", 3, "years",
            "Blood and tumour kinetics are followed this long."),
    settled(Section.KINETICS, "cytokines.analytes", ("IL-2", "IL-6", "IL-8", "IL-10", "TNF-α", "CRP", "ferritin"), "",
            "Analytes whose peak is reported."),
    settled(Section.KINETICS, "cytokines.peak_window_days", 28, "days",
            "Peak after infusion up to this day, included."),
    _kinetics("cytokines.peak_tie", "first", "", "Which sample is the peak when two are equal."),
    _kinetics("cytokines.baseline_blq_factor", Decimal("0.5"), "× LLOQ", "Baseline below the limit counts as this."),
    _kinetics("kinetics.auc_last_day", 28, "days", "The area under the curve runs to this day, interpolated."),
    _kinetics("kinetics.auc_blq_rule", "last", "",
              "After the last quantifiable sample: last (excluded) or all (one 0)."),
    _kinetics("kinetics.loss_of_persistence_samples", 2, "samples", "Consecutive samples below the limit that end it."),
    _kinetics("kinetics.half_life_minimum_points", 3, "samples", "Samples after the maximum needed for a half-life."),
    _kinetics("kinetics.half_life_minimum_r2", Decimal("0.8"), "", "Adjusted R² below this: not estimable."),
    _kinetics("kinetics.half_life_minimum_span", Decimal(2), "half-lives", "Span below this: not estimable."),
    _kinetics("kinetics.reinfusion_restarts_windows", True, "", "A second infusion starts every window again."),
)  # fmt: skip
