"""The table of who may do what, as text: a line per address and method, a column per role, a status in each."""

from __future__ import annotations

from pathlib import Path

from tests.access.scene import ROLES
from tests.access.walk import METHODS, Walk

FILE = Path(__file__).parent / "expected.txt"
Table = dict[tuple[str, str], dict[str, int]]


def table_of(walk: Walk) -> Table:
    """Return the statuses of a walk."""
    found: Table = {}
    for (name, method, role), answer in walk.items():
        found.setdefault((name, method), {})[role] = answer.status
    return found


def as_text(table: Table) -> str:
    """Return the table as aligned text."""
    rows = [["url", "method", *ROLES]]
    rows += [[name, method, *(str(of_role[role]) for role in ROLES)] for (name, method), of_role in table.items()]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    return "\n".join(lines) + "\n"


def read() -> Table:
    """Read the table of the repository; a line that is not one is an error."""
    head, *lines = FILE.read_text().splitlines()
    assert tuple(head.split()) == ("url", "method", *ROLES), "the columns of expected.txt are not the roles"
    found: Table = {}
    for line in lines:
        name, method, *statuses = line.split()
        assert method in METHODS and (name, method) not in found, line
        found[name, method] = dict(zip(ROLES, map(int, statuses), strict=True))
    return found
