"""What people and rules do about data points: ask, answer, hand over, close, verify. None of it changes data."""

from trial_edc.review.services.automatic import cancel_by_rule, close_of_removed_rows, raise_by_rule
from trial_edc.review.services.locking import lock_subjects
from trial_edc.review.services.queries import TRANSITIONS, answer_by_change, assign_query, move_query, raise_query
from trial_edc.review.services.verification import (
    unverify_items,
    unverify_version,
    verify_items,
    verify_subject,
    verify_versions,
)

__all__ = [
    "TRANSITIONS",
    "answer_by_change",
    "assign_query",
    "cancel_by_rule",
    "close_of_removed_rows",
    "lock_subjects",
    "move_query",
    "raise_by_rule",
    "raise_query",
    "unverify_items",
    "unverify_version",
    "verify_items",
    "verify_subject",
    "verify_versions",
]
