"""The subject matrix: subjects by visits, groups open or collapsed, and the counters above it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any, Protocol

from trial_edc.casebook.selectors.expected import running_logs, shown_visits
from trial_edc.casebook.selectors.facts import NO_QUERIES, Facts, QueryCount, read_facts
from trial_edc.casebook.selectors.status import Casebook, casebook
from trial_edc.casebook.selectors.worklists import WORK_LISTS
from trial_edc.protocol import status
from trial_edc.protocol.status import Status
from trial_edc.protocol.visits.model import Group, Visit

#: Groups that are collapsed unless the address says otherwise, so that the matrix fits a screen.
COLLAPSED = (Group.LYMPHODEPLETION, Group.MONTHS_18_36)


@dataclass(frozen=True)
class GroupColumns:
    """One group of columns; `key` is its name in the address."""

    group: Group
    visits: tuple[Visit, ...]
    is_open: bool

    @property
    def key(self) -> str:
        return self.group.name

    @property
    def can_collapse(self) -> bool:
        return len(self.visits) > 1 and self.group is not Group.LOGS

    @property
    def width(self) -> int:
        logs = len(running_logs()) if self.group is Group.LOGS else 0
        return (len(self.visits) if self.is_open else 1) + logs


def column_groups(changed: Iterable[str]) -> tuple[GroupColumns, ...]:
    """Return the groups that have columns; `changed` names the groups that are not as they are by default."""
    toggled = set(changed)
    found = []
    for group in Group:
        visits = tuple(planned for planned in shown_visits() if planned.group is group)
        by_default = group not in COLLAPSED
        is_open = by_default != (group.name in toggled) or len(visits) < 2 or group is Group.LOGS
        if visits or (group is Group.LOGS and running_logs()):
            found.append(GroupColumns(group, visits, is_open))
    return tuple(found)


class Shown(Protocol):
    """A visit as far as a cell shows it."""

    @property
    def status(self) -> Status: ...

    @property
    def queries(self) -> QueryCount: ...


@dataclass(frozen=True)
class Cell:
    """What one cell shows: one state, and the queries that sit on top of it."""

    status: Status
    queries: QueryCount


def group_cell(states: Iterable[Shown]) -> Cell:
    """Return the cell of a collapsed group: the worst of its visits."""
    queries, members = NO_QUERIES, list(states)
    for state in members:
        queries = queries.plus(state.queries)
    shown = [state.status for state in members if state.status is not status.NOT_EXPECTED]
    return Cell(status.worst(shown) or status.NOT_EXPECTED, queries)


@dataclass
class Matrix:
    """The casebooks of the subjects that are shown, in their order."""

    books: list[Casebook]
    facts: Facts

    @cached_property
    def counts(self) -> dict[str, int]:
        """Return the length of every list of work, by its name."""
        return {name: sum(1 for _found in each.find(self.books, self.facts)) for name, each in WORK_LISTS.items()}

    @cached_property
    def queries(self) -> QueryCount:
        """Return the unresolved queries of all subjects shown."""
        total = NO_QUERIES
        for count in self.facts.queries_at.values():
            total = total.plus(count)
        return total


def read_matrix(subjects: Any, *, today: date | None = None) -> Matrix:
    """Read all casebooks of the given subjects afresh: one query for them and a fixed number for everything else.

    Pages over many subjects read what is kept instead (trial_edc.casebook.standings), which is computed from this.
    """
    shown = list(subjects)
    facts = read_facts([subject.pk for subject in shown])
    return Matrix([casebook(subject, facts, today=today) for subject in shown], facts)
