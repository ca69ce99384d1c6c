"""What applications count of a casebook, kept beside the platform's own numbers; registered when they are ready.

A count may read only what is in the subject's own chain, and the protocol's parameters; anything else would go stale.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from uuid import UUID

#: subjects -> how many there are of each; a subject that is left out has none
Count = Callable[[Sequence[UUID]], Mapping[UUID, int]]
_counts: dict[str, Count] = {}


def register(name: str, count: Count) -> None:
    """Keep a number of every casebook under this name; registering it again replaces it."""
    _counts[name] = count


def counts() -> dict[str, Count]:
    """Return what is counted, by name."""
    return dict(_counts)
