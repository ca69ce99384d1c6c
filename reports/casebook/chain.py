"""Everything that was written about one subject up to a cut-off, read from the trail in one statement."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from django.db import models

from trial_edc.audit.coverage import coverage_of
from trial_edc.audit.models import ItemChange
from trial_edc.audit.selectors import instance_of

M = TypeVar("M", bound=models.Model)
#: The versions of each column of one row, first to last.
Columns = dict[str, list[ItemChange]]


class Chain:
    """The trail of one subject; rows of any table are rebuilt from it without asking the database again."""

    def __init__(self, subject: UUID, cutoff: datetime) -> None:
        self.subject, self.cutoff = subject, cutoff
        self._tables: dict[str, dict[UUID, Columns]] = defaultdict(lambda: defaultdict(lambda: defaultdict(list)))
        self._roots: dict[UUID, list[ItemChange]] = defaultdict(list)
        for change in ItemChange.objects.filter(chain=subject, changed_at__lte=cutoff).order_by("id").defer("digest"):
            self._tables[change.entity][change.record][change.field].append(change)
            self._roots[change.root].append(change)

    def rows(self, model: type[M]) -> list[M]:
        """Return the rows of a table that there were at the cut-off, in order of their keys."""
        entity = coverage_of(model).entity
        last = {key: self._last(columns) for key, columns in self._tables[entity].items()}
        return [instance_of(model, last[key]) for key in sorted(last, key=str) if last[key].get("id") is not None]

    @staticmethod
    def _last(columns: Columns) -> dict[str, str | None]:
        return {name: versions[-1].new for name, versions in columns.items()}

    def versions(self, table: Any, record: UUID, column: str) -> list[ItemChange]:
        """Return the versions of one value, first to last."""
        return self._tables[coverage_of(table).entity][record].get(column, [])

    def last(self, table: Any, record: UUID, column: str) -> ItemChange | None:
        """Return the present version of one value, None where it never had one."""
        versions = self.versions(table, record, column)
        return versions[-1] if versions else None

    def author(self, table: Any, record: UUID) -> str:
        """Return who made a row, by the name that the trail keeps."""
        return self.versions(table, record, "id")[0].changed_by_name

    def of_form(self, root: UUID) -> list[ItemChange]:
        """Return every change of a form and of what belongs to it, first to last."""
        return self._roots[root]
