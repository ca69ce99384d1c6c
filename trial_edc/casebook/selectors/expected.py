"""Which forms the study files at which visit: the schedule, as far as the forms of it are registered."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

from trial_edc.casebook.selectors.facts import is_running_log
from trial_edc.crf import registry
from trial_edc.protocol.visits.model import Visit, VisitKind
from trial_edc.protocol.visits.schedule import SCHEDULE, expected_records
from trial_edc.protocol.visits.schedule import visit as visit_definition


@dataclass(frozen=True)
class ExpectedForm:
    """A form of the schedule that the study has registered; `records` is how many one visit expects."""

    oid: str
    title: Any
    required: bool
    records: int
    repeating: bool


@cache
def expected_forms(visit_code: str) -> tuple[ExpectedForm, ...]:
    """Return the forms of a visit that the study has registered, required ones first; running logs are elsewhere."""
    planned = visit_definition(visit_code)
    at_visit = (oid for oid in planned.log_forms if not is_running_log(oid))
    wanted = [(oid, True) for oid in planned.required_forms]
    wanted += [(oid, False) for oid in (*planned.optional_forms, *at_visit)]
    return tuple(_expected(oid, visit_code, required) for oid, required in wanted if registry.find(oid) is not None)


def _expected(oid: str, visit_code: str, required: bool) -> ExpectedForm:
    crf = registry.get(oid).crf
    return ExpectedForm(oid, crf.title, required, expected_records(oid, visit_code), crf.repeating)


@cache
def shown_visits() -> tuple[Visit, ...]:
    """Return the visits at which at least one registered form is filed, in protocol order.

    These are the columns of the matrix: all unscheduled visits of a subject stand in the one of the first.
    """
    return tuple(planned for planned in SCHEDULE if planned.code != "LOG" and expected_forms(planned.code))


@cache
def planned_visits() -> tuple[Visit, ...]:
    """Return the shown visits that every subject has: all but the unscheduled ones."""
    return tuple(planned for planned in shown_visits() if planned.kind is not VisitKind.UNSCHEDULED)


@cache
def running_logs() -> tuple[ExpectedForm, ...]:
    """Return the registered forms that are kept once for the whole study."""
    log = next(each for each in SCHEDULE if each.code == "LOG")
    return tuple(_expected(oid, "LOG", False) for oid in log.log_forms if registry.find(oid) is not None)
