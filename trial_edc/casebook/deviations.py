"""A visit outside its window is a deviation: the clinic registers how one is drafted and how it is found again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from trial_edc.accounts.models import User
from trial_edc.casebook.models import SubjectVisit


class Drafter(Protocol):
    """Drafts the deviation of a visit outside its window, once, and returns its form; DomainError for any other visit.

    Raises PermissionDenied for who may not enter data at the subject's site.
    """

    def __call__(self, *, by: User, visit: SubjectVisit) -> Any: ...


#: Returns the form of the deviation that was drafted for a visit as it was dated, None when there is none.
Finder = Callable[[SubjectVisit], Any | None]

_drafters: list[tuple[Drafter, Finder]] = []


def register(drafter: Drafter, finder: Finder) -> None:
    """Name the one service that drafts deviations of visits, and what finds them again."""
    _drafters[:] = [(drafter, finder)]


def can_draft() -> bool:
    """Test whether the clinic drafts deviations at all."""
    return bool(_drafters)


def draft(*, by: User, visit: SubjectVisit) -> Any:
    """Draft the deviation of a visit through the clinic's service."""
    return _drafters[0][0](by=by, visit=visit)


def find(visit: SubjectVisit) -> Any | None:
    """Return the deviation that was drafted for a visit, None when there is none."""
    return _drafters[0][1](visit) if _drafters else None
