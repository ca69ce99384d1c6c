"""Unscheduled visits: any number of them per subject, each with a code of its own, all of one definition."""

from __future__ import annotations

import re
from collections.abc import Iterable

#: Code of the first unscheduled visit of a subject, and of the definition in the schedule.
FIRST = "UNS"
#: Highest number a code can carry.
MOST = 99
_CODE = re.compile(rf"{FIRST}([2-9]|[1-9][0-9])?")


def number_of(code: str) -> int | None:
    """The number of an unscheduled visit, counted from 1; None for the code of any other visit.

    >>> [number_of(code) for code in ("UNS", "UNS2", "UNS99", "UNS1", "UNS02", "UNS100", "D3")]
    [1, 2, 99, None, None, None, None]
    """
    found = _CODE.fullmatch(code)
    if found is None:
        return None
    return int(found[1]) if found[1] else 1


def is_unscheduled(code: str) -> bool:
    """Whether a code is that of an unscheduled visit."""
    return number_of(code) is not None


def code_of(number: int) -> str:
    """The code of the visit with this number; ValueError when there is none.

    >>> code_of(1), code_of(2), code_of(99)
    ('UNS', 'UNS2', 'UNS99')
    """
    if not 1 <= number <= MOST:
        raise ValueError(f"There is no unscheduled visit {number}.")
    return FIRST if number == 1 else f"{FIRST}{number}"


def next_code(used: Iterable[str]) -> str:
    """The code after all `used` ones: a number is never given twice. ValueError when all are given.

    >>> next_code([]), next_code(["UNS", "D3"]), next_code(["UNS2", "UNS10"])
    ('UNS', 'UNS2', 'UNS11')
    """
    return code_of(1 + max((number_of(code) or 0 for code in used), default=0))
