"""docs/generated/parameters.md: every value the protocol may change."""

from __future__ import annotations

from reports.docs.markdown import code, page, section, table
from trial_edc.protocol.amendments import AMENDMENTS
from trial_edc.protocol.dose_levels import DOSE_LEVELS
from trial_edc.protocol.parameters import Section, Value, parameters_in

INTRODUCTION = """\
Each parameter stands in `trial_edc/protocol/parameters/` with its meaning and source, and changes only with a protocol
amendment, which arrives as a release of the software. *Assumed* marks a value that no public text settles: to be
confirmed against the full protocol before the study opens."""


def write() -> str:
    """Return the page."""
    return page("Protocol parameters", INTRODUCTION, _amendments(), _levels(), *(_section(each) for each in Section))


def _section(heading: Section) -> str:
    rows = [
        (code(each.key), shown(each.value), each.unit, each.meaning, each.source, each.assumption)
        for each in parameters_in(heading)
    ]
    return section(heading.value, table(("Key", "Value", "Unit", "Meaning", "Source", "Assumed"), rows)) if rows else ""


def shown(value: Value) -> str:
    """Return a value as a reader expects it.

    >>> shown(True), shown((1, 3)), shown("protocol")
    ('yes', '1, 3', 'protocol')
    """
    if isinstance(value, bool):
        return "yes" if value else "no"
    return ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)


def _amendments() -> str:
    rows = [(each.number, each.version, each.date.isoformat(), each.summary) for each in AMENDMENTS]
    return section("Protocol versions", table(("Amendment", "Version", "In force since", "Summary"), rows))


def _levels() -> str:
    rows = [(each.short_label, each.label) for each in DOSE_LEVELS]
    return section("Dose levels", table(("Level", "Dose"), rows))
