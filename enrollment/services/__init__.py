"""What people do about subjects, and what stands around the save of their forms. One transaction each."""

from enrollment.services.consent import follow_consent, follow_procedure, guard_consent, guard_procedure
from enrollment.services.deviations import (
    deviation_of_visit,
    draft_deviation,
    draft_visit_deviation,
    follow_visit,
    guard_deviation,
)
from enrollment.services.eligibility import follow_eligibility, guard_eligibility, is_eligible, verdict_of
from enrollment.services.expression import follow_cd70
from enrollment.services.history import guard_history
from enrollment.services.leaving import follow_disposition, guard_after_withdrawal, guard_disposition, guard_survival
from enrollment.services.subjects import add_subject

__all__ = [
    "add_subject",
    "deviation_of_visit",
    "draft_deviation",
    "draft_visit_deviation",
    "follow_cd70",
    "follow_consent",
    "follow_disposition",
    "follow_eligibility",
    "follow_procedure",
    "follow_visit",
    "guard_after_withdrawal",
    "guard_consent",
    "guard_deviation",
    "guard_disposition",
    "guard_eligibility",
    "guard_history",
    "guard_procedure",
    "guard_survival",
    "is_eligible",
    "verdict_of",
]
