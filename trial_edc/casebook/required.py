"""Forms that become required by what was found: the clinic registers the rules, every page and list reads them here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol
from uuid import UUID


@dataclass(frozen=True)
class Requirement:
    """Why a form of a visit is required that the protocol collects only if applicable.

    `since` is the moment of what asks for it, a date where its time is not known; `because` says it in words.
    """

    oid: str
    since: datetime | date
    because: Any


#: Requirements by subject and visit code.
Requirements = Mapping[tuple[UUID, str], Sequence[Requirement]]


class Source(Protocol):
    """Answers for many subjects at once, with a number of statements that does not depend on how many they are.

    With `as_of`, on the data as they were then.
    """

    def __call__(self, subject_ids: Sequence[UUID], /, *, as_of: datetime | None = None) -> Requirements: ...


_sources: list[Source] = []


def register(source: Source) -> None:
    """Add a rule that makes forms required; registering it again changes nothing.

    It reads what is in the trail under the subject's own chain, and the protocol, and nothing else (ADR 0013).
    """
    if source not in _sources:
        _sources.append(source)


def requirements(
    subject_ids: Sequence[UUID], *, as_of: datetime | None = None
) -> dict[tuple[UUID, str], dict[str, Requirement]]:
    """Return by subject and visit which forms are required by rule; of several reasons for one form the earliest."""
    found: dict[tuple[UUID, str], dict[str, Requirement]] = {}
    for source in _sources:
        for place, asked in source(subject_ids, as_of=as_of).items():
            forms = found.setdefault(place, {})
            for each in asked:
                known = forms.get(each.oid)
                if known is None or _moment(each) < _moment(known):
                    forms[each.oid] = each
    return found


def _moment(asked: Requirement) -> tuple[str, str]:
    """Return a key by which requirements stand in time; one without a time comes first on its day."""
    text = asked.since.isoformat()
    return text[:10], text[10:]
