"""Wherever the product takes a day from a moment it says of which zone: read from the source, so none is missed."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("trial_edc", "enrollment", "dosing", "safety", "efficacy", "reports")
#: What makes a moment local: Django's in the zone of the settings, which is the trial's, and a zone named in place.
MADE_LOCAL = frozenset({"localtime", "astimezone"})
#: A day of something that is local already, and why it is.
LOCAL_ALREADY = {
    ("safety/rules/reporting_clock.py", "due.date()"): "combined with the zone of the trial",
    ("safety/bedside/page.py", "since.date()"): "made local in the line above",
    ("safety/bedside/page.py", "local.date()"): "made local two lines above",
    ("safety/bedside/courses.py", "local.date()"): "made local in the line above",
    ("safety/lab_import/reading.py", "cell.date()"): "a cell of a spreadsheet has no zone",
    ("trial_edc/casebook/rendering/dates.py", "value.date()"): "only where the moment has no zone",
}
#: Clocks and dates of the machine or the database, which know nothing of the trial; SQL and Python.
OTHER_DAYS = re.compile(
    r"::date\b|\bCURRENT_DATE\b|\bdate_trunc\(|\bto_char\(|\bAT TIME ZONE\b|date\.today\(|\.utcnow\(|datetime\.now\("
    r"|timezone\.(activate|deactivate|override)\("
)


def modules() -> Iterator[tuple[str, str]]:
    for package in PACKAGES:
        for file in sorted((ROOT / package).rglob("*.py")):
            yield str(file.relative_to(ROOT)), file.read_text(encoding="utf-8")


def days_taken(text: str) -> Iterator[ast.Call]:
    """Yield the calls of `.date()`: a day taken from a moment."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Call) and ast.unparse(node).endswith(".date()"):
            yield node


def is_made_local(call: ast.Call) -> bool:
    """Test whether the moment is made local in the same expression."""
    assert isinstance(call.func, ast.Attribute)
    source = call.func.value
    name = source.func if isinstance(source, ast.Call) else None
    return isinstance(name, ast.Attribute) and name.attr in MADE_LOCAL


@pytest.mark.req("P13")
def test_every_day_is_taken_from_a_local_moment() -> None:
    taken = {
        (path, ast.unparse(call)) for path, text in modules() for call in days_taken(text) if not is_made_local(call)
    }
    assert taken == set(LOCAL_ALREADY)


@pytest.mark.parametrize(
    ("source", "local"),
    [
        ("timezone.localtime(at).date()", True), ("at.astimezone(zone).date()", True), ("at.date()", False),
        ("one.closes_at.date()", False), ("timezone.now().date()", False),
    ],
)  # fmt: skip
def test_what_counts_as_local(source: str, *, local: bool) -> None:
    (call,) = days_taken(source)
    assert is_made_local(call) is local


@pytest.mark.req("P13")
def test_nothing_asks_machine_or_database_for_a_day_or_changes_the_zone() -> None:
    code = ((path, re.sub(r'"""(.|\n)*?"""', "", text)) for path, text in modules())
    assert [(path, found[0]) for path, text in code for found in OTHER_DAYS.finditer(text)] == []
