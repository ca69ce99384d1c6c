"""The log above the form that was opened from it: where the row stands, what comes before and after, the way back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from trial_edc.casebook.place import Place
from trial_edc.casebook.selectors.facts import read_facts
from trial_edc.casebook.selectors.logs import LogTable, log_table, row_key
from trial_edc.casebook.selectors.status import casebook


@dataclass(frozen=True)
class LogEditor:
    """One log with the row whose form is open; a new row has no position yet."""

    table: LogTable
    key: str
    position: int
    previous: dict[str, Any] | None
    following: dict[str, Any] | None
    close_url: str

    @property
    def total(self) -> int:
        return len(self.table.lines)


def log_address(place: Place, sorting: Mapping[str, str], at: str) -> str:
    """Return the address of the log, sorted as it was, at one of its rows or (`log-AE`) at its heading."""
    query = urlencode([("tab", "logs"), *(("sort", f"{oid}.{key}") for oid, key in sorting.items())])
    url = reverse("casebook:subject", args=[place.subject.identifier])
    return f"{url}?{query}#{at}"


def log_editor(place: Place, sorting: Mapping[str, str]) -> LogEditor | None:
    """Return the log that a form belongs to as it stands around the form, None when the subject keeps no such log."""
    facts = read_facts([place.subject.pk])
    state = next((log for log in casebook(place.subject, facts).logs if log.form.oid == place.oid), None)
    if state is None:
        return None
    table = log_table(place.subject, state, facts, sorting)
    key = row_key(place.oid, place.visit, place.sequence)
    keys = [line["key"] for line in table.lines]
    at = keys.index(key) if key in keys else len(keys)
    return LogEditor(
        table=table,
        key=key,
        position=at + 1 if at < len(keys) else 0,
        previous=table.lines[at - 1] if at > 0 else None,
        following=table.lines[at + 1] if at + 1 < len(keys) else None,
        close_url=log_address(place, sorting, key if key in keys else f"log-{place.oid}"),
    )
