"""What the medication log says was given before a moment: for the grade of CRS and the flowsheet."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from safety.models import Medication
from safety.models.medication import Frequency
from safety.rules.moments import Moment
from safety.rules.recent_treatment import Answer, in_force
from safety.selectors import event_moment
from trial_edc.crf.models import FormStatus
from trial_edc.protocol.medications import DrugClass
from trial_edc.protocol.parameters import integer

#: Classes that count as anti-cytokine therapy other than corticosteroids.
ANTI_CYTOKINE = (DrugClass.ANTI_IL6, DrugClass.ANAKINRA)


@dataclass(frozen=True)
class Treatments:
    """Medications in force within the hours before a moment, by kind; `maybe` holds those whose dates do not tell."""

    antipyretic: tuple[Medication, ...] = ()
    tocilizumab: tuple[Medication, ...] = ()
    corticosteroid: tuple[Medication, ...] = ()
    maybe: tuple[Medication, ...] = ()


def span_of(medication: Medication) -> tuple[Moment | None, Moment | None]:
    """Return start and stop of a medication as moments."""
    start = event_moment(medication.start_date, medication.start_time)
    if medication.frequency == Frequency.ONCE and not medication.end_date:
        return start, None
    return start, event_moment(medication.end_date, medication.end_time)


def treatments_before(subject: Any, moment: datetime, *, hours: int | None = None) -> Treatments:
    """Return the antipyretics, anti-cytokine drugs and corticosteroids in force within 24 hours before `moment`."""
    return treatments_among(medications_of([subject.pk]), moment, hours=hours)


def treatments_among(medications: Iterable[Medication], moment: datetime, *, hours: int | None = None) -> Treatments:
    """Return the same of medications that were read already."""
    wanted = hours if hours is not None else integer("cm.in_force_hours")
    certain: dict[str, list[Medication]] = {"antipyretic": [], "tocilizumab": [], "corticosteroid": []}
    maybe: list[Medication] = []
    for medication in medications:
        kind = kind_of(medication)
        if kind is None:
            continue
        start, stop = span_of(medication)
        answer = in_force(start, stop, ongoing=bool(medication.ongoing), moment=moment, hours=wanted)
        if answer is Answer.YES:
            certain[kind].append(medication)
        elif answer is Answer.MAYBE:
            maybe.append(medication)
    return Treatments(maybe=tuple(maybe), **{kind: tuple(found) for kind, found in certain.items()})


def kind_of(medication: Medication) -> str | None:
    """Return which question of the bedside form a medication answers, None for none of them."""
    if medication.drug_class == DrugClass.ANTIPYRETIC:
        return "antipyretic"
    if medication.drug_class in ANTI_CYTOKINE:
        return "tocilizumab"
    return "corticosteroid" if medication.drug_class == DrugClass.CORTICOSTEROID else None


def medications_of(subject_ids: Iterable[UUID]) -> list[Medication]:
    """Return the medications of some subjects in the order of their logs; those marked as not done are left out."""
    found = Medication.objects.filter(subject__in=list(subject_ids)).exclude(status=FormStatus.NOT_DONE)
    return list(found.order_by("subject", "sequence"))
