"""Writing: what people and the worker do about slots, verdicts and decisions. One transaction each."""

from dosing.services.adjudication import adjudicate
from dosing.services.characteristics import store_characteristics
from dosing.services.choices import propose_choice, set_choice_aside, sign_choice
from dosing.services.decisions import freeze_decision, record_meeting
from dosing.services.forms import (
    follow_dlt_assessment,
    follow_infusion,
    follow_safety_form,
    guard_infusion,
)
from dosing.services.lymphodepletion import follow_lymphodepletion, guard_lymphodepletion
from dosing.services.pauses import resolve_pause
from dosing.services.product import (
    follow_certificate,
    follow_leukapheresis,
    follow_milestone,
    guard_certificate,
    guard_leukapheresis,
    guard_milestone,
)
from dosing.services.recompute import recompute_board, recompute_subject
from dosing.services.release import release_decision, sign_decision
from dosing.services.reservations import give_up_reservation, release_slot, reserve_slot
from dosing.services.rp2d import propose_rp2d, release_rp2d, sign_rp2d
from dosing.services.slots import enrol_subject, override_stagger

__all__ = [
    "adjudicate",
    "enrol_subject",
    "follow_certificate",
    "follow_dlt_assessment",
    "follow_infusion",
    "follow_leukapheresis",
    "follow_lymphodepletion",
    "follow_milestone",
    "follow_safety_form",
    "freeze_decision",
    "give_up_reservation",
    "guard_certificate",
    "guard_infusion",
    "guard_leukapheresis",
    "guard_lymphodepletion",
    "guard_milestone",
    "override_stagger",
    "propose_choice",
    "propose_rp2d",
    "recompute_board",
    "recompute_subject",
    "record_meeting",
    "release_decision",
    "release_rp2d",
    "release_slot",
    "reserve_slot",
    "resolve_pause",
    "set_choice_aside",
    "sign_choice",
    "sign_decision",
    "sign_rp2d",
    "store_characteristics",
]
