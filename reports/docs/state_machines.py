"""docs/generated/state-machines.md: which step may follow which."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.apps import apps

from reports.docs.markdown import code, codes, page, section, table
from trial_edc.audit.coverage import OUR_APPS
from trial_edc.casebook.jobs import states as job_states
from trial_edc.crf.models import CrfRecord, FormStatus
from trial_edc.protocol.state_machines import MACHINES, Machine
from trial_edc.review.services import TRANSITIONS

INTRODUCTION = """\
The protocol's own machines come first: pure tables in `trial_edc/protocol/state_machines.py`, drawn for the whole study
including the steps whose forms have no entry page yet. Which person moves a query, the steps of a report, and
what the application stores today follow below."""

STATE_FIELDS = ("status", "state")


def write() -> str:
    """Return the page."""
    return page("State machines", INTRODUCTION, *(_machine(each) for each in MACHINES), _queries(), _jobs(), _stored())


def _machine(machine: Machine) -> str:
    rows = [(code(state), codes(following) or "— (final)") for state, following in machine.transitions.items()]
    return section(machine.name, table(("State", "May become"), rows), _drawing(machine))


def _drawing(machine: Machine) -> str:
    lines = ["```mermaid", "stateDiagram-v2", f"    [*] --> {machine.initial}"]
    for state, following in machine.transitions.items():
        lines += [f"    {state} --> {each}" for each in following] or [f"    {state} --> [*]"]
    return "\n".join([*lines, "```"])


def _queries() -> str:
    words = (
        "Whoever holds the permission at the subject's site takes the step; only the person who raised a query cancels "
        "it. A change of the value answers an open query by itself."
    )
    rows = [(code(here), code(there), code(permission.value)) for (here, there), permission in TRANSITIONS.items()]
    return section("Steps of a query, as enforced", words, table(("From", "To", "Permission"), rows))


def _jobs() -> str:
    rows = [
        (code(state.value), codes(each.value for each in job_states.JobState if each in following) or "— (final)")
        for state, following in job_states.TRANSITIONS.items()
    ]
    return section("Steps of a job, as enforced", table(("State", "May become"), rows))


def _stored() -> str:
    rows = [("every form", "status", _choices(FormStatus.choices))]
    rows += [(code(model._meta.label), field.name, _choices(field.choices)) for model, field in _state_fields()]
    return section("States as stored", table(("Record", "Column", "Values"), rows))


def _state_fields() -> Iterator[tuple[Any, Any]]:
    for label in OUR_APPS:
        for model in sorted(apps.get_app_config(label).get_models(), key=lambda each: each._meta.label):
            if not issubclass(model, CrfRecord):
                for field in model._meta.concrete_fields:
                    if field.name in STATE_FIELDS and field.choices:
                        yield model, field


def _choices(choices: Any) -> str:
    return "; ".join(f"`{value}` {label}" for value, label in choices)
