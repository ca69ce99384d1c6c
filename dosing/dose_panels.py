"""Beside lymphodepletion and infusion: body surface, planned and given doses, and what speaks against the dose."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dosing import dose_checks
from dosing.dose_checks import DRUGS, dose_of, dose_tolerance_percent, drug_dose, minutes_thawed, surface_of
from dosing.models import Infusion, Lymphodepletion
from dosing.models.product_milestone import Milestone
from dosing.product_checks import certificate_verdict
from dosing.rules import infusion_dose, lymphodepletion_dose
from dosing.rules.lymphodepletion_dose import DrugDose
from dosing.selectors.product import certificates_of_lot, coi_numbers, is_released, product_state
from trial_edc.casebook.panel import Panel, PanelRow
from trial_edc.casebook.rendering.dates import study_date
from trial_edc.protocol.parameters import integer
from trial_edc.protocol.visits.schedule import visit

DRUG_WORDS = {
    "fludarabine": gettext_lazy("Fludarabine"), "cyclophosphamide": gettext_lazy("Cyclophosphamide"),
}  # fmt: skip


def lymphodepletion(record: Lymphodepletion, _rows: list[Any]) -> Panel:
    """Say body surface, planned and given doses, and what the kidney allows."""
    surface = surface_of(record)
    doses = {drug: drug_dose(record, drug) for drug in DRUGS}
    agree = [dose.agrees for dose in doses.values() if dose is not None]
    mark = "!" if False in agree else ("✓" if agree == [True, True] else None)
    title = _("Body surface %(area)s m²") % {"area": surface} if surface is not None else _("Dose open")
    because = " ".join(dose.because for dose in doses.values() if dose is not None)
    rows = [PanelRow(visit(record.visit).label, record.visit), *_drug_rows(doses), *_renal_rows(record)]
    rows += _weight_rows(record, record.given_date)
    return Panel(
        title, mark, _("Dose per square metre, body surface by Mosteller"), lymphodepletion_dose.VERSION,
        because or _("Enter weight, height and planned doses."), [*rows, *_product_rows(record)],
    )  # fmt: skip


def _drug_rows(doses: dict[str, DrugDose | None]) -> Iterator[PanelRow]:
    for drug, dose in doses.items():
        if dose is None:
            continue
        given = "–" if dose.given_mg_m2 is None else _("%(dose)s mg/m² given") % {"dose": dose.given_mg_m2}
        planned = _("%(dose)s mg planned") % {"dose": _short(dose.planned_mg)}
        yield PanelRow(DRUG_WORDS[drug], planned, given, dose.agrees is False)


def _renal_rows(record: Lymphodepletion) -> Iterator[PanelRow]:
    step = dose_checks.renal_step(record)
    if step is None:
        yield PanelRow(_("Creatinine clearance"), "–", _("Needs creatinine, weight, age and sex, or a measured value"))
        return
    dose = dose_checks.reduced_fludarabine(step)
    allowed = _("fludarabine %(dose)s mg/m²") % {"dose": _short(dose)} if dose else _("no fludarabine")
    yield PanelRow(_("Creatinine clearance"), allowed, step.because, step.reduction_percent > 0)


def _weight_rows(record: Any, on: Any) -> Iterator[PanelRow]:
    before = dose_checks.previous_weight(record, on) if on is not None else None
    if before is not None:
        yield PanelRow(_("Previous weight"), f"{before.weight_kg} kg", study_date(before.on))


def _product_rows(record: Any) -> Iterator[PanelRow]:
    state = product_state(record.subject_id)
    if state is not None:
        yield PanelRow(_("Product"), Milestone(state).label)


def infusion(record: Infusion, rows: list[Any]) -> Panel:
    """The dose card: weight, plan, bags, delivered, percentage and limits; and the product behind it."""
    dose = dose_of(record)
    lines = [*_bag_rows(record, rows), *_release_rows(record), *_product_rows(record)]
    lines += _weight_rows(record, record.start_date)
    if dose is None:
        return Panel(_("Dose open"), None, _("Infused dose"), infusion_dose.VERSION,
                     _("Enter dose level and weight."), lines)  # fmt: skip
    outside = dose.in_limits is False
    card = [
        PanelRow(_("Planned"), _cells(dose.planned_million)),
        PanelRow(_("Limits ±%(percent)s %%") % {"percent": _short(dose_tolerance_percent())},
                 f"{_cells(dose.lowest_million)} – {_cells(dose.highest_million)}"),
    ]  # fmt: skip
    title = _("Planned %(cells)s") % {"cells": _cells(dose.planned_million)}
    if dose.percent is not None and dose.given_million_per_kg is not None and record.infused_cells_million is not None:
        title = _("%(percent)s %% of plan") % {"percent": dose.percent}
        per_kg = _("%(cells)s × 10⁶ CAR+ cells/kg") % {"cells": dose.given_million_per_kg}
        card.append(PanelRow(_("Given"), _cells(record.infused_cells_million), per_kg, outside))
    mark = {True: "✓", False: "✕", None: None}[dose.in_limits]
    return Panel(title, mark, _("Infused dose"), infusion_dose.VERSION, dose.because, [*card, *lines])


def _bag_rows(record: Infusion, bags: list[Any]) -> Iterator[PanelRow]:
    known = [bag.cells_million for bag in bags if bag.cells_million is not None]
    if known:
        total = sum(known, Decimal(0))
        differs = record.infused_cells_million is not None and total != record.infused_cells_million
        yield PanelRow(_("Sum of %(count)s bags") % {"count": len(bags)}, _cells(total), driving=differs)
    limit = integer("infusion.thaw_to_end_minutes")
    for bag in bags:
        minutes = minutes_thawed(record, bag)
        if minutes is not None:
            label = _("Bag %(bag)s, thaw to end") % {"bag": bag.bag_number}
            words = _("%(minutes)s min of at most %(limit)s") % {"minutes": minutes, "limit": limit}
            yield PanelRow(label, words, driving=minutes > limit)


def _release_rows(record: Infusion) -> Iterator[PanelRow]:
    if not coi_numbers(record.subject_id):
        yield PanelRow(_("Chain of identity"), _("not checked"), _("There is no leukapheresis form."), True)
    found = certificates_of_lot(record.subject_id, record.product_lot) if record.product_lot else []
    if not found:
        yield PanelRow(_("Release certificate"), _("none for this lot"), driving=True)
    elif is_released(found):
        yield PanelRow(_("Release certificate"), found[-1].get_release_decision_display())
    else:
        yield PanelRow(_("Release certificate"), _("not released"), certificate_verdict(found[-1]).because, True)


def _cells(million: Decimal) -> str:
    return f"{_short(million)} × 10⁶"


def _short(value: Decimal) -> str:
    """Return a number without the zeros at its end.

    >>> _short(Decimal("70.00")), _short(Decimal("0.5")), _short(Decimal(300))
    ('70', '0.5', '300')
    """
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
