"""Which tests belong to a rule module: its own examples, and the test files that run it.

A test file runs a module when it imports it, directly or through other modules of ours: those with the shortest way to
it, and those one or two steps further away, which reach it through the rule that uses it or through the bench.
"""

from __future__ import annotations

import ast
from collections import deque
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
APPLICATIONS = ("safety", "dosing", "efficacy", "enrollment", "reports")
#: Files that are this much further away than the nearest one reach a module by accident.
TOO_FAR = 3


def rule_modules() -> list[str]:
    """Every rule module by its dotted name."""
    paths = [path for app in APPLICATIONS for path in (ROOT / app / "rules").rglob("*.py")]
    return sorted(dotted(path) for path in paths if path.name != "__init__.py")


def dotted(path: Path) -> str:
    """The name a file is imported under."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def file_of(module: str) -> Path | None:
    """The file of a module of ours; None for a library's."""
    path = ROOT.joinpath(*module.split("."))
    found = [each for each in (path.with_suffix(".py"), path / "__init__.py") if each.is_file()]
    return found[0] if found else None


def files_about(module: str) -> list[str]:
    """The files whose tests belong to a module, nearest first; its own examples are the first of all."""
    own = file_of(module)
    assert own is not None, module
    near: list[tuple[int, int, str]] = []
    for path in sorted((ROOT / "tests" / "rules").glob("test_*.py")):
        distance = _distances(dotted(path)).get(module)
        if distance is not None:
            near.append((distance, path.stat().st_size, str(path.relative_to(ROOT))))
    nearest = min(near, default=(0, 0, ""))[0]
    return [str(own.relative_to(ROOT)), *(name for away, _, name in sorted(near) if away < nearest + TOO_FAR)]


@cache
def _distances(start: str) -> dict[str, int]:
    """Every module of ours that importing this one loads, and over how many imports."""
    found, waiting = {start: 0}, deque([start])
    while waiting:
        name = waiting.popleft()
        for imported in _imports(name):
            if imported not in found:
                found[imported] = found[name] + 1
                waiting.append(imported)
    return found


@cache
def _imports(module: str) -> tuple[str, ...]:
    path = file_of(module)
    if path is None:
        return ()
    return tuple(name for name in _named(ast.parse(path.read_text(encoding="utf-8"))) if file_of(name))


def _named(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
