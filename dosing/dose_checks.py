"""Predicates of lymphodepletion and infusion: from a form to the rules, and to the other forms of the subject."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from dosing.rules.infusion_dose import InfusionDose, infusion_dose, minutes_between
from dosing.rules.lymphodepletion_dose import DrugDose, compare_dose, within_percent
from dosing.rules.renal_function import FludarabineStep, RenalSteps, clearance, fludarabine_step
from enrollment.models import Demographics
from safety.rules.body_surface import body_surface
from safety.rules.weight_change import weight_change
from trial_edc.crf import registry
from trial_edc.protocol.dose_levels import dose_level
from trial_edc.protocol.parameters import decimal, integer

DRUGS = ("fludarabine", "cyclophosphamide")
#: Forms on which a weight is entered, and the column that dates it.
WEIGHED_ON = (("PE", "assessed_date"), ("LD", "given_date"), ("INF", "start_date"))


def dose_tolerance_percent() -> Decimal:
    return decimal("evaluability.dose_tolerance") * 100


# --- weight and body surface


@dataclass(frozen=True)
class Weight:
    """A weight in kg and the day it was used."""

    weight_kg: Decimal
    on: date


def previous_weight(form: Any, on: date) -> Weight | None:
    """Return the subject's latest weight on another form up to a day, None when there is none."""
    found: list[Weight] = []
    for oid, column in WEIGHED_ON:
        model = registry.find(oid)
        if model is None:
            continue
        earlier = model._default_manager.filter(
            **{"subject": form.subject_id, "weight_kg__isnull": False, f"{column}__lte": on}
        )
        latest = earlier.exclude(pk=form.pk).order_by(f"-{column}", "-visit").values_list("weight_kg", column).first()
        found += [Weight(*latest)] if latest else []
    return max(found, key=lambda weight: weight.on, default=None)


def weight_changed(column: str) -> Any:
    """Return the predicate that the weight is further from the previous one than the protocol expects."""

    def broken(form: Any) -> bool:
        before = previous_weight(form, getattr(form, column))
        limit = decimal("dosing.weight_change_warning_percent")
        if before is None:
            return False
        return weight_change(now_kg=form.weight_kg, before_kg=before.weight_kg, limit_percent=limit).warn

    return broken


def surface_of(form: Any) -> Decimal | None:
    """Return the body surface in m², None while weight or height is missing."""
    if form.weight_kg is None or form.height_cm is None:
        return None
    return body_surface(height_cm=form.height_cm, weight_kg=form.weight_kg).area_m2


# --- lymphodepletion


def drug_dose(form: Any, drug: str) -> DrugDose | None:
    """Return plan and given dose of one drug, None while body surface or planned dose is missing."""
    surface, planned = surface_of(form), getattr(form, f"{drug}_planned_mg_m2")
    if surface is None or planned is None:
        return None
    return compare_dose(
        planned_mg_m2=planned,
        body_surface_m2=surface,
        given_mg=getattr(form, f"{drug}_given_mg"),
        tolerance_percent=decimal("dosing.lymphodepletion_dose_tolerance_percent"),
    )


def off_plan(drug: str) -> Any:
    """Return the predicate that the given mg are further from the planned ones than the tolerance."""

    def broken(form: Any) -> bool:
        dose = drug_dose(form, drug)
        return dose is not None and dose.agrees is False

    return broken


def wrong_arithmetic(drug: str) -> Any:
    """Return the predicate that given mg, body surface and given mg/m² do not fit together."""

    def broken(form: Any) -> bool:
        surface = surface_of(form)
        entered, given = getattr(form, f"{drug}_mg_m2"), getattr(form, f"{drug}_given_mg")
        limit = decimal("dosing.lymphodepletion_dose_tolerance_percent")
        return surface is not None and not within_percent(given, entered * surface, limit)

    return broken


def changed_without_saying(form: Any) -> bool:
    """Test for a planned dose that is not the protocol's although nobody says that it was changed."""
    if form.dose_changed:
        return False
    planned = {drug: getattr(form, f"{drug}_planned_mg_m2") for drug in DRUGS}
    return any(dose is not None and dose != decimal(f"lymphodepletion.{drug}_mg_m2") for drug, dose in planned.items())


def clearance_of(form: Any) -> Decimal | None:
    """Return the creatinine clearance in mL/min: the measured one, else estimated from creatinine and demography."""
    measured: Decimal | None = form.creatinine_clearance_ml_min
    if measured is not None or form.creatinine_umol_l is None or form.weight_kg is None:
        return measured
    person = Demographics.objects.filter(subject=form.subject_id).first()
    if person is None or person.age_years is None or not person.sex:
        return None
    return clearance(
        age_years=person.age_years,
        weight_kg=form.weight_kg,
        creatinine_umol_l=form.creatinine_umol_l,
        female=person.sex == Demographics.Sex.FEMALE,
    )


def renal_step(form: Any) -> FludarabineStep | None:
    """Return how much less fludarabine the clearance means, None while it is not known."""
    value = clearance_of(form)
    return None if value is None else fludarabine_step(value, renal_steps())


def renal_steps() -> RenalSteps:
    """Return the protocol's steps."""
    return RenalSteps(
        full_from=decimal("lymphodepletion.full_dose_clearance_ml_min"),
        first_from=decimal("lymphodepletion.reduced_dose_clearance_ml_min"),
        second_from=decimal("lymphodepletion.lowest_clearance_ml_min"),
        first_reduction=decimal("lymphodepletion.first_reduction_percent"),
        second_reduction=decimal("lymphodepletion.second_reduction_percent"),
    )


def reduced_fludarabine(step: FludarabineStep) -> Decimal:
    """Return the protocol's dose of fludarabine in mg/m² after the reduction."""
    return decimal("lymphodepletion.fludarabine_mg_m2") * (100 - step.reduction_percent) / 100


def too_much_for_the_kidney(form: Any) -> bool:
    """Test for more fludarabine planned than the creatinine clearance allows."""
    step = renal_step(form)
    return step is not None and form.fludarabine_planned_mg_m2 > reduced_fludarabine(step)


def dose_and_clearance(form: Any, _rows: Sequence[Any]) -> str:
    """Return what a confirmed dose of fludarabine was confirmed for."""
    return f"{form.fludarabine_planned_mg_m2} mg/m², {clearance_of(form)} mL/min"


def kidney_unknown(form: Any) -> bool:
    return form.creatinine_umol_l is None and form.creatinine_clearance_ml_min is None


# --- infusion


def dose_of(form: Any) -> InfusionDose | None:
    """Return plan and infused cells, None while dose level or weight is missing."""
    if form.assigned_dose_level is None or form.weight_kg is None:
        return None
    return infusion_dose(
        cells_per_kg=dose_level(form.assigned_dose_level).cells_per_kg,
        weight_kg=form.weight_kg,
        infused_million=form.infused_cells_million,
        tolerance_percent=dose_tolerance_percent(),
    )


def dose_outside_limits(form: Any) -> bool:
    dose = dose_of(form)
    return dose is not None and dose.in_limits is False


def stops_before_start(form: Any) -> bool:
    """Test whether the infusion ends when it starts, or earlier; without an end date it ends on the same day."""
    return (form.stop_date or form.start_date, form.stop_time) <= (form.start_date, form.start_time)


def other_bag(form: Any, bags: Sequence[Any]) -> bool:
    """Test for a bag whose chain-of-identity number is not the one on the wristband."""
    return any(bag.coi_number != form.wristband_coi for bag in bags)


def same_bag_twice(_form: Any, bags: Sequence[Any]) -> bool:
    names = [bag.bag_number.casefold() for bag in bags]
    return len(set(names)) < len(names)


def expired_bag(form: Any, bags: Sequence[Any]) -> bool:
    """Test for a bag that had expired on the day of infusion; the expiry date itself is the last good day."""
    return any(bag.expiry_date is not None and bag.expiry_date < form.start_date for bag in bags)


def minutes_thawed(form: Any, bag: Any) -> int | None:
    """Return the minutes from the thaw of a bag to its end, or to that of the infusion; None while one is missing."""
    end = bag.end_time or form.stop_time
    return None if end is None or bag.thaw_time is None else minutes_between(bag.thaw_time, end)


def thawed_too_long(form: Any, bags: Sequence[Any]) -> bool:
    limit = integer("infusion.thaw_to_end_minutes")
    return any((minutes := minutes_thawed(form, bag)) is not None and minutes > limit for bag in bags)


def bags_do_not_add_up(form: Any, bags: Sequence[Any]) -> bool:
    """Test for bags, all counted, whose cells are not the infused cells."""
    counts = [bag.cells_million for bag in bags]
    return bool(counts) and None not in counts and sum(counts) != form.infused_cells_million


def gate_fever(form: Any) -> bool:
    return bool(form.gate_temperature_c >= decimal("infusion.gate_temperature_c"))


def gate_hypoxia(form: Any) -> bool:
    return bool(form.gate_oxygen_saturation < integer("infusion.gate_oxygen_saturation_percent"))


def gate_performance(form: Any) -> bool:
    return bool(form.gate_ecog > integer("infusion.gate_ecog"))
