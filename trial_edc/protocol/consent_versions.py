"""Versions of the informed-consent form: when the ethics committee approved each, and while it was to be signed.

A new version arrives with a release of the software, like an amendment. The dates are assumptions until the site's own
ethics approvals are entered here.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class ConsentVersion:
    """One version; it is signed from `first_day` to `last_day`, both included, None while it is in force."""

    number: str
    approved: date
    first_day: date
    last_day: date | None = None

    def in_force_on(self, day: date) -> bool:
        """Test whether this version was approved and to be signed on a day."""
        return max(self.approved, self.first_day) <= day and (self.last_day is None or day <= self.last_day)


CONSENT_VERSIONS: tuple[ConsentVersion, ...] = (
    ConsentVersion("1.0", date(2023, 6, 15), date(2023, 7, 1), date(2025, 9, 14)),
    ConsentVersion("1.1", date(2025, 9, 8), date(2025, 9, 15)),
)


def consent_version(number: str) -> ConsentVersion:
    """Return the version with this number; KeyError with a readable text when there is none."""
    for candidate in CONSENT_VERSIONS:
        if candidate.number == number:
            return candidate
    raise KeyError(f"There is no consent form version {number}.")


def versions_in_force(day: date) -> tuple[ConsentVersion, ...]:
    """Return the versions that may be signed on a day; none before the first approval.

    >>> [version.number for version in versions_in_force(date(2026, 11, 5))]
    ['1.1']
    >>> [version.number for version in versions_in_force(date(2025, 9, 14))]
    ['1.0']
    """
    return tuple(candidate for candidate in CONSENT_VERSIONS if candidate.in_force_on(day))
