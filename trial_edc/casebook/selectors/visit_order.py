"""The order in which the visits of one subject are shown: as the protocol plans them, unscheduled ones by their day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from trial_edc.protocol.visits.schedule import order_of

if TYPE_CHECKING:
    from trial_edc.casebook.selectors.status import VisitState


def in_order(planned: Sequence[VisitState], unscheduled: Sequence[VisitState]) -> tuple[VisitState, ...]:
    """Return all visits; an unscheduled one follows the last planned one of that day or before it.

    Unscheduled visits between the same planned ones stand by day, then by number; one without a day comes last.
    """
    if not unscheduled:
        return tuple(planned)
    days = [_day(state) for state in planned]
    placed = [((number, date.min, (0, 0)), state) for number, state in enumerate(planned)]
    for state in unscheduled:
        day = state.row.visit_date
        before = [number for number, known in enumerate(days) if known is not None and day is not None and known <= day]
        after = len(planned) if day is None else max(before, default=-1)
        placed.append(((after, day or date.max, order_of(state.visit.code)), state))
    return tuple(state for _place, state in sorted(placed, key=lambda pair: pair[0]))


def _day(state: VisitState) -> date | None:
    """Return the day a planned visit stands for: when it took place, else when it is planned."""
    if state.row.visit_date is not None:
        return state.row.visit_date
    return state.window.target if state.window else None
