"""What follows the save of an examination or laboratory form, and what refuses it."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from safety.examinations import height_of, infections_of, latest_pregnancy_test, pregnancy_of, qtcf_of, surface_of
from safety.laboratory import BASELINE_VISITS
from safety.laboratory_grades import store_grades, store_grades_after_baseline
from safety.rules import body_surface, infection_screen, qtcf
from trial_edc.accounts.access import today
from trial_edc.accounts.models import User
from trial_edc.errors import DomainError
from trial_edc.review.results import store_result


def guard_collection(*, record: Any, by: User) -> None:
    """Refuse a sample that was taken in the future."""
    if record.collected_date is not None and record.collected_date > today():
        raise DomainError(_("The date of collection is in the future."), field="collected_date")


def guard_pregnancy(*, record: Any, by: User) -> None:
    """Refuse to confirm eligibility while the last pregnancy test is positive: there is no waiver."""
    if not record.investigator_confirms:
        return
    test = latest_pregnancy_test(record.subject)
    if test is not None and pregnancy_of(test).blocks:
        raise DomainError(
            _("Eligibility cannot be confirmed: the last pregnancy test is positive."), field="investigator_confirms"
        )


def follow_laboratory(*, record: Any, by: User, changed: set[str]) -> None:
    """Keep the computed grades; those of later forms too, where a baseline value changed."""
    if record.visit in BASELINE_VISITS:
        store_grades_after_baseline(record)
    else:
        store_grades(record)


def follow_physical_examination(*, record: Any, by: User, changed: set[str]) -> None:
    """Keep the body surface area, for the doses that are calculated from it."""
    surface = surface_of(record)
    _store(
        record, body_surface.RULE, body_surface.VERSION,
        surface.because if surface else "Weight or height is not known.",
        {"area_m2": surface.area_m2 if surface else None}, weight_kg=record.weight_kg, height_cm=height_of(record),
    )  # fmt: skip


def follow_electrocardiogram(*, record: Any, by: User, changed: set[str]) -> None:
    """Keep the corrected QT."""
    answer = qtcf_of(record)
    _store(
        record, qtcf.RULE, qtcf.VERSION, answer.because if answer else "QT or heart rate is not known.",
        {"ms": answer.ms if answer else None, "above": answer.above if answer else None},
        qt_ms=record.qt_ms, heart_rate=record.heart_rate,
    )  # fmt: skip


def follow_serology(*, record: Any, by: User, changed: set[str]) -> None:
    """Keep what the results mean for criterion E1."""
    answer = infections_of(record)
    names = (*infection_screen.ALWAYS, *infection_screen.AFTER)
    _store(
        record, infection_screen.RULE, infection_screen.VERSION, answer.because,
        {"met": answer.met, "deciding": list(answer.deciding)}, **{name: getattr(record, name) for name in names},
    )  # fmt: skip


def _store(record: Any, rule: str, version: str, because: str, output: dict[str, Any], **inputs: Any) -> None:
    store_result(
        root=record.pk, subject_id=record.subject_id, rule=rule, version=version, inputs=inputs, output=output,
        because=because,
    )  # fmt: skip
