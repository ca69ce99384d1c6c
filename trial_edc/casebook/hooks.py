"""What the clinic does around the save of a form: refuse it, or follow it. Registered when the apps are ready."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from typing import Any, Protocol

from trial_edc.accounts.models import User


class Guard(Protocol):
    """Raises DomainError to refuse the save of `record`; nothing is written yet.

    The rows as typed are in `record.typed_rows`, by the OID of their table.
    """

    def __call__(self, *, record: Any, by: User) -> None: ...


class Follow(Protocol):
    """Runs inside the transaction after the save; `changed` names the items that changed ("*rows" for its rows)."""

    def __call__(self, *, record: Any, by: User, changed: set[str]) -> None: ...


class VisitFollow(Protocol):
    """Runs inside the transaction after the date of a visit, or its absence, was recorded."""

    def __call__(self, *, visit: Any, by: User) -> None: ...


#: A panel beside the form: what a rule makes of the values as typed.
Panel = Callable[[Any, list[Any]], Any]

#: The rows a new form opens with: initial values per row, by the OID of the table.
Seed = Callable[[Any, str], dict[str, list[dict[str, Any]]]]

#: What stands under the fixed values of the rows of a table: texts by item, for each row, of a form as typed.
Captions = Callable[[Any, list[Any]], list[dict[str, Any]]]

_guards: dict[str, list[Any]] = defaultdict(list)
_follows: dict[str, list[Any]] = defaultdict(list)
_panels: dict[str, list[Any]] = defaultdict(list)
_seeds: dict[str, Seed] = {}
_captions: dict[str, Captions] = {}
_visit_follows: list[VisitFollow] = []


def register(oid: str, *, guard: Guard | None = None, follow: Follow | None = None, panel: Panel | None = None) -> None:
    """Add what happens around one form; several applications may add to the same form."""
    kinds: tuple[tuple[dict[str, list[Any]], Any], ...] = ((_guards, guard), (_follows, follow), (_panels, panel))
    for kept, hook in kinds:
        if hook is not None and hook not in kept[oid]:
            kept[oid].append(hook)


def register_seed(oid: str, seed: Seed) -> None:
    """Name what opens the tables of a form: `seed(subject, visit code)` answers with rows by table."""
    _seeds[oid] = seed


def seeds(oid: str, subject: Any, visit: str) -> dict[str, list[dict[str, Any]]]:
    """Return the rows a new form of a subject opens with, by table."""
    return _seeds[oid](subject, visit) if oid in _seeds else {}


def register_captions(table: str, captions: Captions) -> None:
    """Name what is said about each row of a table, by item: `captions(record, its rows)`.

    At a fixed item it explains what the row is about, at any other what a rule makes of the value as it stands.
    """
    _captions[table] = captions


def captions(table: str, record: Any, rows: list[Any]) -> list[dict[str, Any]]:
    """Return the texts beside the values of each row of a table, by item; nothing unless somebody speaks."""
    return _captions[table](record, rows) if rows and table in _captions else [{} for _row in rows]


def register_visit(follow: VisitFollow) -> None:
    """Add what follows when a visit is recorded."""
    if follow not in _visit_follows:
        _visit_follows.append(follow)


def follow_visit(visit: Any, by: User) -> None:
    """Run what follows the record of a visit, in the order of registration."""
    for step in _visit_follows:
        step(visit=visit, by=by)


def guard(record: Any, by: User) -> None:
    """Let every guard of the form speak; the first refusal ends the save."""
    for check in _guards[record.crf.oid]:
        check(record=record, by=by)


def follow(record: Any, by: User, changed: set[str]) -> None:
    """Run what follows the save, in the order of registration."""
    for step in _follows[record.crf.oid]:
        step(record=record, by=by, changed=changed)


def panels(record: Any, rows: list[Any]) -> list[Any]:
    """Return the panels of computed values for a form as typed; a panel with nothing to say is left out."""
    return [shown for panel in _panels[record.crf.oid] if (shown := panel(record, rows)) is not None]
