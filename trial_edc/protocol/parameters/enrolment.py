"""Parameters of who may take part: CD70 expression, heart function, and the wash-out of earlier treatment."""

from __future__ import annotations

from functools import partial

from trial_edc.protocol.parameters.model import Section, assumed

_eligibility = partial(assumed, Section.ELIGIBILITY)

ENROLMENT = (
    _eligibility("cd70.minimum_percent", 10, "%", "Tumour cells that must stain for CD70, included."),
    _eligibility("cd70.minimum_intensity", 1, "", "Staining counts from this intensity: 1+, 2+ or 3+."),
    _eligibility("lvef.minimum_percent", 50, "%", "Ejection fraction of an adequate heart (criterion I7), included."),
    _eligibility("wash_out.systemic_before_leukapheresis", 14, "days", "From the end of systemic therapy, at least."),
    _eligibility("wash_out.systemic_before_lymphodepletion", 14, "days", "From the end of systemic therapy, at least."),
    _eligibility("wash_out.radiotherapy_before_leukapheresis", 14, "days", "From the last fraction, at least."),
    _eligibility("wash_out.radiotherapy_before_lymphodepletion", 14, "days", "From the last fraction, at least."),
    _eligibility("wash_out.surgery_before_leukapheresis", 14, "days", "From major surgery, at least."),
    _eligibility("wash_out.surgery_before_lymphodepletion", 28, "days", "From major surgery, at least."),
    _eligibility("wash_out.other_before_leukapheresis", 14, "days", "From the end of any other therapy, at least."),
    _eligibility("wash_out.other_before_lymphodepletion", 14, "days", "From the end of any other therapy, at least."),
)  # fmt: skip
