"""The two-person check: the second pair of eyes belongs to somebody else.

Purpose: leukapheresis, product steps, release out of specification and infusion are each checked by two people.

Inputs: two names as they were typed.

Algorithm
    1. Names are compared without regard to capitals, width of letters and number of spaces.
    2. Two people need two names that differ.

Source: protocol, chain of identity.

>>> different_people("Li Na", "LI  NA "), different_people("Li Na", "Wang Fang"), different_people("Li Na", "")
(False, True, False)
"""

from __future__ import annotations

import unicodedata

RULE = "two-people"
VERSION = "1.0.0"


def different_people(first: str, second: str) -> bool:
    """Test whether two names are there and name two people."""
    names = {_name(first), _name(second)}
    return len(names) == 2 and "" not in names


def _name(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).split()).casefold()
