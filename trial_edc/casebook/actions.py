"""What the clinic lets people do to a subject beyond forms; applications register it when they are ready."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from trial_edc.accounts.access import may
from trial_edc.accounts.models import Site, User
from trial_edc.accounts.roles import Permission
from trial_edc.protocol.visits.model import Visit


@dataclass(frozen=True)
class SubjectAction:
    """A button of the subject page: shown to who holds `permission` at the subject's site while `applies`."""

    label: Any
    url: Callable[[Any], str]
    permission: Permission
    applies: Callable[[Any], bool] = lambda _subject: True
    icon: str = "arrow-right"


@dataclass(frozen=True)
class VisitAction:
    """A page that shows several forms of a visit together: offered to every reader at the visits it `applies` to."""

    label: Any
    url: Callable[[Any, str], str]
    applies: Callable[[Any, Visit], bool]
    icon: str = "arrow-right"


class AddSubject(Protocol):
    """Opens a casebook and returns the subject; raises DomainError or PermissionDenied."""

    def __call__(self, *, by: User, site: Site) -> Any: ...


_actions: list[SubjectAction] = []
_visit_actions: list[VisitAction] = []
_adders: list[AddSubject] = []


def register(action: SubjectAction) -> None:
    """Offer an action on the subject page; registering it again changes nothing."""
    if action not in _actions:
        _actions.append(action)


def register_visit(action: VisitAction) -> None:
    """Offer a page for the visits it applies to; registering it again changes nothing."""
    if action not in _visit_actions:
        _visit_actions.append(action)


def actions_at(subject: Any, visit: Visit) -> list[dict[str, Any]]:
    """Return the pages offered for one visit of a subject: label, address and icon."""
    return [
        {"label": action.label, "url": action.url(subject, visit.code), "icon": action.icon}
        for action in _visit_actions
        if action.applies(subject, visit)
    ]


def register_add_subject(add: AddSubject) -> None:
    """Name the one service that opens a casebook."""
    _adders[:] = [add]


def add_subject(*, by: User, site: Site) -> Any:
    """Open a casebook at `site` through the clinic's service."""
    return _adders[0](by=by, site=site)


def actions_for(user: User, subject: Any) -> list[tuple[SubjectAction, str]]:
    """Return the actions this person may take on a subject now, each with its address."""
    return [
        (action, action.url(subject))
        for action in _actions
        if may(user, action.permission, subject.site) and action.applies(subject)
    ]
