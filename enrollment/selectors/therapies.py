"""Earlier therapy as the wash-out rule wants it."""

from __future__ import annotations

from datetime import date
from typing import Any

from enrollment.models import PriorTherapy
from enrollment.rules.wash_out import Course, FreeDays, Therapy, WashOut, wash_out
from trial_edc.crf.models import FormStatus
from trial_edc.protocol.parameters import integer
from trial_edc.protocol.partial_dates import PartialDate

#: Kind of therapy -> how its parameters are called.
KEYS = {
    Therapy.SYSTEMIC: "systemic",
    Therapy.RADIOTHERAPY: "radiotherapy",
    Therapy.SURGERY: "surgery",
    Therapy.OTHER: "other",
}


def free_days() -> dict[Therapy, FreeDays]:
    """Return the protocol's wash-out of every kind of therapy, in days."""
    return {
        kind: FreeDays(
            leukapheresis=integer(f"wash_out.{key}_before_leukapheresis"),
            lymphodepletion=integer(f"wash_out.{key}_before_lymphodepletion"),
        )
        for kind, key in KEYS.items()
    }


def wash_out_of(subject: Any, *, typed: PriorTherapy | None = None) -> WashOut:
    """Return the earliest days of leukapheresis and lymphodepletion; `typed` stands for its saved version."""
    saved = PriorTherapy.objects.filter(subject=subject).exclude(status=FormStatus.NOT_DONE).order_by("sequence")
    therapies = [therapy for therapy in saved if typed is None or therapy.pk != typed.pk]
    if typed is not None:
        therapies.append(typed)
    return wash_out([course_of(each) for each in therapies if each.therapy_type], free_days())


def course_of(therapy: PriorTherapy) -> Course:
    """Return one therapy as the rule sees it; of a partial stop date the last possible day counts."""
    name = therapy.regimen or therapy.get_therapy_type_display()
    return Course(name, Therapy(therapy.therapy_type), _last_day(therapy))


def _last_day(therapy: PriorTherapy) -> date | None:
    return PartialDate.from_iso(therapy.stop_date).latest() if therapy.stop_date else None
