"""Places that came free, and who took them."""

from __future__ import annotations

from dosing.models import Slot
from dosing.selectors.trial import TrialNow
from enrollment.models import Subject


def replaced_at(now: TrialNow, level: int, part: str, *, but: Subject) -> Slot | None:
    """Return the place at a level that came free first and nobody took yet; None while none did.

    A place comes free when its subject is replaced or gave it back; `but` is the subject that asks.
    """
    gone = {one.identifier for one in now.counted if not one.holds_slot}
    rows = Slot.objects.filter(dose_level=level, part=part, replaced_by=None).exclude(subject=but)
    ordered = rows.select_related("subject").order_by("number")
    return next((row for row in ordered if row.subject.identifier in gone), None)
