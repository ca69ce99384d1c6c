"""From a CRS or ICANS form to the rule's observation, and the grade kept beside the investigator's."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from safety.rules import crs, icans
from safety.rules.crs import CrsGrade, CrsObservation, grade_crs
from safety.rules.icans import IcansGrade, IcansObservation, grade_icans
from safety.rules.ice import IceItems, ice_score
from trial_edc.review.results import store_result

ICE_ITEMS = ("ice_orientation", "ice_naming", "ice_command", "ice_writing", "ice_attention")


def crs_observation(form: Any) -> CrsObservation | None:
    """Return what the grading rule needs of a CRS form, None while there is no temperature and no death."""
    if form.max_temperature_c is None and not form.death_due_to_crs:
        return None
    return CrsObservation(
        max_temp_c=form.max_temperature_c if form.max_temperature_c is not None else crs.FEVER_C,
        fever_other_cause=bool(form.fever_other_cause),
        hypotension=bool(form.hypotension),
        hypotension_other_cause=bool(form.hypotension_other_cause),
        vasopressors=tuple(form.vasopressors or ()),
        o2_support=crs.OxygenSupport(form.oxygen_support or "none"),
        o2_flow_l_min=form.oxygen_flow_l_min,
        hypoxia_other_cause=bool(form.hypoxia_other_cause),
        crs_already_diagnosed=bool(form.crs_already_diagnosed),
        antipyretic=bool(form.antipyretic_given),
        anticytokine=bool(form.tocilizumab_given or form.corticosteroid_given),
        death_due_to_crs=bool(form.death_due_to_crs),
    )


def ice_of(form: Any) -> int | None:
    """Return the ICE total, None while an item was not assessed."""
    return ice_score(IceItems(*(getattr(form, name) for name in ICE_ITEMS))).total


def icans_observation(form: Any) -> IcansObservation:
    """Return what the grading rule needs of an ICANS form; what was not assessed stays None."""
    return IcansObservation(
        ice=ice_of(form),
        consciousness=icans.Consciousness(form.consciousness) if form.consciousness else None,
        consciousness_other_cause=bool(form.consciousness_other_cause),
        seizure=icans.Seizure(form.seizure) if form.seizure else None,
        deep_focal_motor_weakness=form.deep_focal_motor_weakness,
        cerebral_edema=icans.Edema(form.cerebral_oedema) if form.cerebral_oedema else None,
        edema_due_to_intracranial_hemorrhage=bool(form.oedema_due_to_haemorrhage),
        posturing=form.posturing,
        cn6_palsy=form.cn6_palsy,
        papilledema=form.papilloedema,
        cushings_triad=form.cushings_triad,
        death_due_to_icans=bool(form.death_due_to_icans),
    )


def grade_crs_form(form: Any) -> CrsGrade | None:
    """Return the computed CRS grade of a form as it stands, None while it cannot be said."""
    observation = crs_observation(form)
    return None if observation is None else grade_crs(observation)


def grade_icans_form(form: Any) -> IcansGrade:
    """Return the computed ICANS grade of a form as it stands."""
    return grade_icans(icans_observation(form))


def store_crs(form: Any) -> None:
    """Keep the computed CRS grade of a saved form; runs inside `acting`."""
    observation = crs_observation(form)
    if observation is not None:
        _store(form, crs.RULE, crs.VERSION, asdict(observation), grade_crs(observation))


def store_icans(form: Any) -> None:
    """Keep the computed ICANS grade of a saved form; runs inside `acting`."""
    observation = icans_observation(form)
    _store(form, icans.RULE, icans.VERSION, asdict(observation), grade_icans(observation))


def _store(form: Any, rule: str, version: str, inputs: dict[str, Any], answer: Any) -> None:
    store_result(
        root=form.pk, subject_id=form.subject_id, rule=rule, version=version, inputs=inputs,
        output={"grade": answer.grade, "flags": list(answer.flags)}, because=answer.because,
    )  # fmt: skip
