"""Computed values beside the forms of enrolment, history and the end of study."""

from enrollment.panels.eligibility import eligibility
from enrollment.panels.leaving import disposition, survival
from enrollment.panels.screening import cd70, consent, demographics
from enrollment.panels.therapy import prior_therapy

__all__ = ["cd70", "consent", "demographics", "disposition", "eligibility", "prior_therapy", "survival"]
