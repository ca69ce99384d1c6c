"""Which parameters a rule of the bench takes: name, value, and where the value comes from."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from reports.docs.markdown import code, table
from trial_edc.bench.registry import BenchRule
from trial_edc.protocol.parameters import parameter

#: Protocol parameter of a key of a configuration; the other keys belong to the published rule itself.
_RECIST = {
    "zero_nadir_is_pd": "recist.zero_nadir_is_pd",
    "pr_persistence": "recist.pr_persistence",
    "cr_reappearance": "recist.cr_reappearance",
    "confirm_min_days": "response.confirm_min_days",
    "max_ne_between": "response.max_ne_between",
    "accept_sd_between": "response.accept_sd_between",
}
_BOIN = {"elimination_cutoff": "boin.elimination_cutoff", "elimination_minimum": "boin.elimination_minimum"}
KEYS: Mapping[str, Mapping[str, str]] = {
    "dlt": {
        "window_days": "dlt.window_days",
        "infusion_day": "dlt.infusion_day",
        "crs_min_days": "dlt.crs_min_days",
        "crs_g4_any_duration": "dlt.crs_g4_any_duration",
        "onset_anchor": "dlt.onset_anchor",
    },
    "evaluability": {"window_days": "dlt.window_days", "dose_tolerance_percent": "evaluability.dose_tolerance"},
    "next-infusion": {
        "first_to_second": "escalation.stagger_first_to_second_days",
        "subsequent": "escalation.stagger_subsequent_days",
    },
    "operating-characteristics": {
        "esc_max6": "escalation.escalate_max_dlts_of_6",
        "mtd_max6": "escalation.mtd_max_dlts_of_6",
        "expand_max3": "escalation.expand_on_dlts_in_cohort",
        "expand_top": "escalation.fill_top_level",
        "expand_on_deesc": "escalation.fill_level_below",
    },
    "boin-boundaries": _BOIN,
    "boin-mtd": _BOIN,
    "mtpi2": {
        "target": "mtpi2.target",
        "equivalence_interval": "mtpi2.equivalence_interval",
        "xi": "mtpi2.xi",
    },
    "expansion-boundary": {
        "p0": "expansion.boundary_p0",
        "cutoff": "expansion.boundary_cutoff",
        "prior": "expansion.boundary_prior",
    },
    "recist-timepoint": {"zero_nadir_is_pd": "recist.zero_nadir_is_pd"},
    "recist-sequence": _RECIST,
    "best-overall-response": {
        "confirmation_required": "response.confirmation_required",
        "confirm_min_days": "response.confirm_min_days",
        "min_sd_days": "response.min_sd_days",
        "max_ne_between": "response.max_ne_between",
        "accept_sd_between": "response.accept_sd_between",
    },
    "irecist-sequence": {
        "confirm_min_days": "irecist.confirm_min_days",
        "early_tolerance_days": "irecist.early_tolerance_days",
        "late_after_days": "irecist.late_after_days",
        "pr_persistence": "recist.pr_persistence",
    },
    "time-to-event": {
        "add_one_day": "survival.add_one_day",
        "nact": "survival.new_therapy",
        "missed": "survival.missed_assessments",
        "missed_maximum": "survival.missed_maximum",
        "death_in_dor": "survival.death_in_dor",
        "horizon_days": "survival.horizon_days",
    },
    "ipfs": {"add_one_day": "survival.add_one_day", "pending_at_cutoff": "irecist.pending_at_cutoff"},
    "cellular-kinetics": {
        "loss_samples": "kinetics.loss_of_persistence_samples",
        "half_life_minimum_points": "kinetics.half_life_minimum_points",
        "half_life_minimum_r2": "kinetics.half_life_minimum_r2",
        "half_life_minimum_span": "kinetics.half_life_minimum_span",
    },
    "cytokine-peak": {
        "window_days": "cytokines.peak_window_days",
        "baseline_blq_factor": "cytokines.baseline_blq_factor",
    },
}
_SUMS = (
    "recist.too_small_mm", "recist.node_normal_below_mm", "recist.pr_decrease_percent", "recist.pd_increase_percent",
    "recist.pd_increase_mm",
)  # fmt: skip
_ESCALATION = (
    "escalation.cohort_size", "escalation.maximum_per_level", "escalation.escalate_max_dlts_of_6",
    "escalation.mtd_max_dlts_of_6", "escalation.classical_mtd_max_dlts_of_6",
)  # fmt: skip
#: Protocol parameters that a rule reads and no case can change.
FIXED: Mapping[str, tuple[str, ...]] = {
    "recist-timepoint": _SUMS,
    "recist-sequence": _SUMS,
    "irecist-sequence": _SUMS,
    "lesion-baseline": (
        "recist.measurable_mm", "recist.measurable_chest_x_ray_mm", "recist.measurable_slice_multiple",
        "recist.node_target_mm", "recist.node_normal_below_mm",
    ),
    "target-selection": (
        "recist.target_maximum", "recist.target_maximum_per_organ", "recist.measurable_mm", "recist.node_target_mm",
        "recist.baseline_scan_days_before_infusion",
    ),
    "dose-escalation": _ESCALATION,
    "dose-escalation-trial": _ESCALATION,
    "boin-boundaries": ("boin.low_share", "boin.toxic_share"),
    "boin-mtd": ("boin.low_share", "boin.toxic_share"),
    "expansion-boundary": ("expansion.boundary_first",),
    "response-rate": ("survival.confidence_level",),
    "kaplan-meier": ("survival.confidence_level", "survival.days_per_month"),
    "cellular-kinetics": ("kinetics.auc_last_day",),
}  # fmt: skip
PUBLISHED = "the published rule; a case may set it"


def parameters_of(rule: BenchRule) -> str:
    """Return the table of a rule's parameters, '' for a rule without any."""
    own = KEYS.get(rule.name, {})
    rows = [
        (code(name), shown(field.get_default(call_default_factory=True)), *_origin(own.get(name)))
        for name, field in rule.config_model.model_fields.items()
    ]
    rows += [(code(key), shown(parameter(key).value), *_origin(key)) for key in FIXED.get(rule.name, ())]
    if not rows:
        return "**Parameters**: none."
    return "**Parameters**\n\n" + table(("Name", "Value", "Where from", "Meaning"), rows)


def _origin(key: str | None) -> tuple[str, str]:
    if key is None:
        return PUBLISHED, ""
    found = parameter(key)
    return f"{code(key)}: {found.source}", found.meaning


def shown(value: Any) -> str:
    """Return a default as a reader expects it.

    >>> shown(True), shown(Decimal("0.95")), shown(None), shown([1, 1])
    ('yes', '0.95', 'not set', '1, 1')
    """
    if value is None or value == []:
        return "not set"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, (list, tuple)):
        return ", ".join(map(str, value))
    return f"{value:f}" if isinstance(value, Decimal) else str(value)
