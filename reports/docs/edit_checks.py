"""docs/generated/edit-checks.md: every check a form runs, with what it refuses."""

from __future__ import annotations

from typing import Any

from reports.docs.data_dictionary import in_protocol_order
from reports.docs.markdown import code, codes, page, section, table
from trial_edc.crf import registry
from trial_edc.crf.checks import all_checks
from trial_edc.crf.spec import Check

INTRODUCTION = """\
Checks run when a form is saved and while it is open. None of them ever sees a missing value.

| Level | What it does |
| --- | --- |
| hard | refuses the save |
| needed | lets the form be saved as in progress, refuses to call it complete |
| soft | asks: correct the value, or confirm it and say why; until then the form cannot be called complete |

A value outside the *limits* of its item ([data dictionary](data-dictionary.md)) is refused while it is read, like
letters in a number or an impossible date. What needs more than one form, such as an infusion at a level that is not
released, is a guard in the services and not listed here; the [architecture](../architecture.md) says where they are."""


def write() -> str:
    """Return the page."""
    return page("Edit checks", INTRODUCTION, *(_form(model) for model in in_protocol_order()))


def _form(model: Any) -> str:
    tables: list[Any] = registry.row_tables(model)
    checks = [(model, check) for check in all_checks(model)]
    checks += [(each, check) for each in tables for check in each.crf.checks]
    rows = [(code(check.oid), level(check), str(check.message), _items(each, check)) for each, check in checks]
    shown = table(("Check", "Level", "What the site reads", "Items"), rows) if rows else "No checks beyond its limits."
    return section(f"{model.crf.code} {model.crf.title}", shown)


def level(check: Check) -> str:
    """Return the level in one word."""
    return "hard" if check.hard else "needed" if check.needed else "soft"


def _items(model: Any, check: Check) -> str:
    named = codes(model._meta.get_field(name).item.oid for name in check.items)
    if check.on_rows:
        return f"{named} and its rows" if named else "its rows"
    return f"{named} of each row" if model in registry.all_rows() else named
