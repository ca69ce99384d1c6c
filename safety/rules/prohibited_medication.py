"""Drugs the protocol does not allow: found by name, so that a person looks again.

Purpose: a medication whose name says that the protocol forbids it is doubted, not refused: the source decides what was
given.

Algorithm
    1. Each group (live vaccines, other investigational agents, systemic immunosuppressants, other anticancer therapy)
       is a list of names or parts of names. A name that contains one of them, whatever the capitals, belongs to it.
    2. A systemic corticosteroid (by mouth, vein, muscle or skin) is allowed as rescue of an event. One that is linked
       to no event of the log is doubted.

Source: the groups are assumptions of this protocol; the names are protocol parameters.

>>> groups = {"live vaccine": ("yellow fever",)}
>>> prohibited_group("Yellow  Fever vaccine", groups), prohibited_group("Influenza vaccine", groups)
('live vaccine', None)
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

RULE = "prohibited-medication"
VERSION = "1.0.0"

#: Routes by which a drug acts on the whole body.
SYSTEMIC_ROUTES = frozenset({"ORAL", "INTRAVENOUS", "INTRAMUSCULAR", "SUBCUTANEOUS"})


def prohibited_group(name: str, groups: Mapping[str, Sequence[str]]) -> str | None:
    """Return the first group whose names the medication's name contains; None when there is none."""
    written = " ".join(name.split()).casefold()
    for group, words in groups.items():
        if any(word.casefold() in written for word in words):
            return group
    return None


def outside_rescue(*, is_corticosteroid: bool, route: str, linked_event: int | None) -> bool:
    """Test for a systemic corticosteroid that is not given for an event of the log.

    >>> outside_rescue(is_corticosteroid=True, route="INTRAVENOUS", linked_event=None)
    True
    >>> outside_rescue(is_corticosteroid=True, route="TOPICAL", linked_event=None)
    False
    """
    return is_corticosteroid and route in SYSTEMIC_ROUTES and linked_event is None
