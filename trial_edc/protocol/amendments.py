"""Protocol amendments. Items and parameters refer to them by number; 0 is the original protocol."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Amendment:
    """One version of the protocol; `date` is the day it took effect at the site."""

    number: int
    version: str
    date: date
    summary: str


AMENDMENTS: tuple[Amendment, ...] = (Amendment(0, "1.0", date(2023, 7, 1), "Original protocol."),)


def current_amendment() -> Amendment:
    """The latest version in the repository; a new protocol version arrives with a release of the software."""
    return AMENDMENTS[-1]


def amendment(number: int) -> Amendment:
    """The version with this number; KeyError when there is none."""
    for candidate in AMENDMENTS:
        if candidate.number == number:
            return candidate
    raise KeyError(f"The protocol has no amendment {number}.")


def amendment_on(day: date) -> Amendment:
    """The version in force on a day; days before the first version belong to the original protocol.

    >>> amendment_on(date(2026, 11, 5)).version
    '1.0'
    """
    in_force = [candidate for candidate in AMENDMENTS if candidate.date <= day]
    return in_force[-1] if in_force else AMENDMENTS[0]
