"""Edit checks of dates against the schedule; each is a predicate on a form."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from efficacy.filed import BASELINE_VISITS, others
from trial_edc.protocol.parameters import integer
from trial_edc.protocol.visits.schedule import order_of, visit, window
from trial_edc.protocol.visits.unscheduled import is_unscheduled

Predicate = Callable[[Any], bool]


def outside_window(name: str) -> Predicate:
    """Return the check for a date outside the window of the visit; a window that is only a forecast says nothing."""

    def broken(record: Any) -> bool:
        span = window(visit(record.visit), record.subject.anchors)
        return span is not None and not span.provisional and not span.contains(getattr(record, name))

    return broken


def out_of_order(name: str) -> Predicate:
    """Return the check for a date that is not between those of the visits before and after; unscheduled ones apart."""

    def broken(record: Any) -> bool:
        if is_unscheduled(record.visit):
            return False
        here: date = getattr(record, name)
        for form in others(record, record.crf.oid).forms:
            day = getattr(form, name)
            if form.visit == record.visit or is_unscheduled(form.visit) or day is None:
                continue
            if (order_of(form.visit) < order_of(record.visit)) != (day < here):
                return True
        return False

    return broken


def baseline_too_old(name: str) -> Predicate:
    """Return the check for a baseline scan after the infusion, or longer before it than the protocol allows."""

    def broken(record: Any) -> bool:
        infused = record.subject.infusion_date
        if record.visit not in BASELINE_VISITS or infused is None:
            return False
        days = (infused - getattr(record, name)).days
        return not 0 <= days <= integer("recist.baseline_scan_days_before_infusion")

    return broken
