"""Lists that help while typing; the clinic brings them when its apps are ready."""

from __future__ import annotations

from collections.abc import Callable

Finder = Callable[[str], list[str]]
#: What is said about one found text: the class of a term, the grades it defines.
Detail = Callable[[str], str]
_finders: dict[str, Finder] = {}
_details: dict[str, Detail] = {}


def register(name: str, finder: Finder, detail: Detail | None = None) -> None:
    """Offer a list under a name, with something to say about each of its texts."""
    _finders[name] = finder
    if detail is not None:
        _details[name] = detail


def detail(name: str, found: str) -> str:
    """Return what is said about a suggested text, '' for nothing."""
    return _details[name](found) if name in _details else ""


def find(name: str, typed: str) -> list[str]:
    """Return what the list suggests for the typed text; nothing for an unknown list."""
    finder = _finders.get(name)
    return finder(typed) if finder else []
