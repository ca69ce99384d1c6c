"""Errors a person can meet; their text is written for that person."""

from __future__ import annotations


class DomainError(Exception):
    """A request that the trial's rules refuse. The text says why and what to do; nothing was changed."""

    def __init__(self, sentence: object, *, field: str | None = None) -> None:
        super().__init__(str(sentence))
        self.field = field
