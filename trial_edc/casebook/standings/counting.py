"""What applications count of a casebook, kept beside the platform's own numbers; registered when they are ready.

A count may read only what is in the subject's own chain, and the protocol's parameters; anything else would go stale.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

#: subjects -> how many there are of each; a subject that is left out has none
Count = Callable[[Sequence[UUID]], Mapping[UUID, int]]


@dataclass(frozen=True)
class Counted:
    """What is counted, and the forms it is about: who has none of them is not looked at."""

    count: Count
    forms: frozenset[str]

    def of(self, forms: Mapping[UUID, Iterable[str]]) -> Mapping[UUID, int]:
        """Return the number of each subject with one of the forms; `forms` are those that each subject has."""
        asked = [subject for subject, oids in forms.items() if not self.forms.isdisjoint(oids)]
        return self.count(asked) if asked else {}


_counted: dict[str, Counted] = {}


def register(name: str, count: Count, *, forms: Iterable[str]) -> None:
    """Keep a number of every casebook under this name; registering it again replaces it."""
    _counted[name] = Counted(count, frozenset(forms))


def counted() -> dict[str, Counted]:
    """Return what is counted, by name."""
    return dict(_counted)
