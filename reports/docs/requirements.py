"""docs/generated/requirements.md: which test shows which regulatory statement, read from the tests' own markers."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from reports.docs.markdown import code, page, section, table
from reports.docs.statements import AREAS, STATEMENTS, Area

INTRODUCTION = """\
A test names what it shows with `@pytest.mark.req("R01")`. A statement without a test is either not built yet, shown by
a drill or a document rather than by a test, or not linked so far: it is open until somebody has settled which.
A linked test may show a part of its statement only."""
ROOT = Path(__file__).resolve().parents[2]
OPEN = "**open**"


@dataclass(frozen=True, order=True)
class Shown:
    """One test that names statements; `path` is relative to the repository."""

    path: str
    name: str


def write() -> str:
    """Return the page."""
    linked = linked_tests(ROOT / "tests")
    with_test = sum(1 for key in STATEMENTS if key in linked)
    count = f"{with_test} of {len(STATEMENTS)} statements are linked to at least one test."
    return page("Requirements and tests", INTRODUCTION, count, *(_area(area, linked) for area in AREAS))


def _area(area: Area, linked: Mapping[str, list[Shown]]) -> str:
    rows = [(key, words, _links(linked.get(key, []))) for key, words in area.statements.items()]
    return section(area.title, table(("Statement", "In short", "Shown by"), rows))


def _links(tests: list[Shown]) -> str:
    return ", ".join(f"[{code(test.name)}](../../{test.path})" for test in tests) or OPEN


def linked_tests(folder: Path) -> dict[str, list[Shown]]:
    """Return the tests under `folder` by the statement they name; KeyError for a statement that does not exist."""
    found: dict[str, list[Shown]] = defaultdict(list)
    for file in sorted(folder.rglob("test_*.py")):
        for test, key in marked(file.read_text(encoding="utf-8")):
            if key not in STATEMENTS:
                raise KeyError(f"{file.name}: {test} names {key}, which is no statement")
            found[key].append(Shown(file.relative_to(folder.parent).as_posix(), test))
    return {key: sorted(tests) for key, tests in found.items()}


def marked(source: str) -> Iterator[tuple[str, str]]:
    """Yield (test, statement) for every marker in the text of a test module.

    >>> list(marked('@pytest.mark.req("R01", "R02")\\ndef test_a(): ...'))
    [('test_a', 'R01'), ('test_a', 'R02')]
    """
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            for decorator in node.decorator_list:
                for key in _named(decorator):
                    yield node.name, key


def _named(decorator: ast.expr) -> Iterator[str]:
    if isinstance(decorator, ast.Call) and ast.unparse(decorator.func) == "pytest.mark.req":
        for argument in decorator.args:
            if isinstance(argument, ast.Constant):
                yield str(argument.value)
