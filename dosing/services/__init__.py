"""Writing: what people and the worker do about slots, verdicts and decisions. One transaction each."""

from dosing.services.adjudication import adjudicate
from dosing.services.decisions import freeze_decision, record_meeting
from dosing.services.forms import (
    follow_dlt_assessment,
    follow_infusion,
    follow_lymphodepletion,
    follow_safety_form,
    guard_infusion,
)
from dosing.services.recompute import recompute_board, recompute_subject
from dosing.services.release import release_decision, sign_decision
from dosing.services.slots import enrol_subject, override_stagger

__all__ = [
    "adjudicate",
    "enrol_subject",
    "follow_dlt_assessment",
    "follow_infusion",
    "follow_lymphodepletion",
    "follow_safety_form",
    "freeze_decision",
    "guard_infusion",
    "override_stagger",
    "recompute_board",
    "recompute_subject",
    "record_meeting",
    "release_decision",
    "sign_decision",
]
