"""What an examination is compared with: the examinations of the same subject before it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from safety.models import Electrocardiogram, PhysicalExamination, PregnancyTest
from safety.rules.body_surface import BodySurface, body_surface
from safety.rules.infection_screen import AFTER, ALWAYS, InfectionScreen, screen_infections
from safety.rules.pregnancy import PregnancyAnswers, PregnancyVerdict, pregnancy_blocks
from safety.rules.qtcf import Qtcf, qtcf

#: Visits whose tracing is the baseline, the nearest to treatment first.
BASELINE_VISITS = ("BL", "SCR")


def _earlier(record: Any) -> Any:
    """Return the subject's other dated examinations on or before the day of this one, latest first."""
    dated = PhysicalExamination.objects.filter(subject=record.subject_id, assessed_date__isnull=False)
    others = dated.exclude(pk=record.pk)
    if record.assessed_date is not None:
        others = others.filter(assessed_date__lte=record.assessed_date)
    return others.order_by("-assessed_date")


def weight_before(record: Any) -> tuple[Decimal, date] | None:
    """Return the weight of the examination before this one with its date, None when there is none."""
    found = _earlier(record).filter(weight_kg__isnull=False).first()
    return None if found is None else (found.weight_kg, found.assessed_date)


def height_of(record: Any) -> Decimal | None:
    """Return the height on a form, else the last one measured before it."""
    if record.height_cm is not None:
        return Decimal(record.height_cm)
    found = _earlier(record).filter(height_cm__isnull=False).first()
    return None if found is None else Decimal(found.height_cm)


def surface_of(record: Any) -> BodySurface | None:
    """Return the body surface area of an examination, None while weight or height is not known."""
    height = height_of(record)
    if record.weight_kg is None or height is None:
        return None
    return body_surface(height_cm=height, weight_kg=Decimal(record.weight_kg))


def qtcf_of(record: Any) -> Qtcf | None:
    """Return the corrected QT of a tracing, None while QT or heart rate is not entered."""
    if not record.qt_ms or not record.heart_rate:
        return None
    return qtcf(qt_ms=record.qt_ms, heart_rate=record.heart_rate)


def baseline_tracing(record: Any) -> Electrocardiogram | None:
    """Return the tracing of the baseline visit, else of screening; None for a form of these visits themselves."""
    if record.visit in BASELINE_VISITS:
        return None
    complete = Electrocardiogram.objects.filter(qt_ms__isnull=False, heart_rate__isnull=False)
    found = list(complete.filter(subject=record.subject_id, visit__in=BASELINE_VISITS).order_by("sequence"))
    return min(found, key=lambda each: BASELINE_VISITS.index(each.visit), default=None)


def infections_of(record: Any) -> InfectionScreen:
    """Return what the results of a serology form mean for criterion E1."""
    return screen_infections({name: getattr(record, name) or None for name in (*ALWAYS, *AFTER)})


def pregnancy_of(record: Any) -> PregnancyVerdict:
    """Return what a pregnancy form means for eligibility."""
    return pregnancy_blocks(PregnancyAnswers(record.childbearing_potential, record.test_done, record.result or None))


def latest_pregnancy_test(subject: Any) -> PregnancyTest | None:
    """Return the subject's last pregnancy test that has a date, None when there is none."""
    return PregnancyTest.objects.filter(subject=subject, collected_date__isnull=False).order_by("collected_date").last()
