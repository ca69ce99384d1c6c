"""Lists that help while typing; the clinic brings them when its apps are ready."""

from __future__ import annotations

from collections.abc import Callable

Finder = Callable[[str], list[str]]
_finders: dict[str, Finder] = {}


def register(name: str, finder: Finder) -> None:
    """Offer a list under a name."""
    _finders[name] = finder


def find(name: str, typed: str) -> list[str]:
    """Return what the list suggests for the typed text; nothing for an unknown list."""
    finder = _finders.get(name)
    return finder(typed) if finder else []
