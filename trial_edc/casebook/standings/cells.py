"""The subject matrix over what is kept: the cells of the subjects of one page."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from trial_edc.casebook.models import Standing, VisitStanding
from trial_edc.casebook.selectors.expected import ExpectedForm, running_logs
from trial_edc.casebook.selectors.facts import QueryCount
from trial_edc.casebook.standings.worklists import status_called
from trial_edc.protocol.status import Status
from trial_edc.protocol.visits.model import Visit, VisitKind
from trial_edc.protocol.visits.schedule import visit as visit_definition
from trial_edc.protocol.visits.unscheduled import FIRST


class VisitCell(NamedTuple):
    """One visit of one subject today, and the queries that sit on it."""

    visit: Visit
    status: Status
    queries: QueryCount


class LogCell(NamedTuple):
    """One running log of one subject."""

    form: ExpectedForm
    status: Status
    entries: int
    queries: QueryCount


@dataclass(frozen=True)
class Row:
    """One subject's line of the matrix: visits in the order of its casebook, and its logs."""

    subject: Any
    visits: tuple[VisitCell, ...]
    logs: tuple[LogCell, ...]

    def by_column(self) -> dict[str, tuple[VisitCell, ...]]:
        """Return the visits by the code of their column; all unscheduled ones share that of the first."""
        planned = {cell.visit.code: (cell,) for cell in self.visits if cell.visit.kind is not VisitKind.UNSCHEDULED}
        return {**planned, FIRST: tuple(c for c in self.visits if c.visit.kind is VisitKind.UNSCHEDULED)}


def rows_of(subjects: Iterable[Any], day: date) -> list[Row]:
    """Return the lines of some subjects whose casebooks were settled: two statements."""
    shown = list(subjects)
    there = VisitStanding.objects.filter(subject__in=shown, first_day__lte=day, last_day__gte=day).order_by("place")
    visits: dict[Any, list[VisitCell]] = defaultdict(list)
    columns = ("subject_id", "visit", "status", "open_queries", "answered_queries")
    for subject, code, state, *queries in there.values_list(*columns):
        visits[subject].append(VisitCell(visit_definition(code), status_called(state), QueryCount(*queries)))
    logs = dict(Standing.objects.filter(subject__in=shown).values_list("subject_id", "logs"))
    return [Row(each, tuple(visits[each.pk]), tuple(_logs(logs.get(each.pk, {})))) for each in shown]


def _logs(kept: dict[str, list[Any]]) -> Iterator[LogCell]:
    for form in running_logs():
        state, entries, *queries = kept[form.oid]
        yield LogCell(form, status_called(state), entries, QueryCount(*queries))
