"""What is wrong with a dictionary's files."""

from __future__ import annotations

from pathlib import Path

from trial_edc.errors import DomainError


class UnreadableDictionary(DomainError):
    """Files that are not the dictionary they should be; the text is one line, and nothing was changed."""


def unreadable(path: Path, sentence: object) -> UnreadableDictionary:
    """Return the problem with the name of the file before it."""
    return UnreadableDictionary(f"{path.name}: {sentence}")
