"""The documentation says what the code says: generated pages are current, links lead somewhere, ADRs are listed."""

from __future__ import annotations

import doctest
import importlib
import re
from pathlib import Path

import pytest

from reports.docs.markdown import COMMAND, table
from reports.docs.pages import FOLDER, WRITERS, write
from reports.docs.requirements import linked_tests

ROOT = Path(__file__).resolve().parents[2]
ADRS = ROOT / "docs" / "adr"
PAGES = sorted([ROOT / "README.md", ROOT / "CHANGELOG.md", *(ROOT / "docs").rglob("*.md")])
LINK = re.compile(r"\]\(([^)\s]+)\)")
FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)


@pytest.mark.req("R45")
@pytest.mark.parametrize("name", WRITERS)
def test_a_generated_page_is_current(name: str) -> None:
    file = FOLDER / name
    present = file.read_text(encoding="utf-8") if file.exists() else ""
    assert present == write(name), f"docs/generated/{name} is out of date; run `{COMMAND}`"


def test_nothing_else_is_called_generated() -> None:
    assert {file.name for file in FOLDER.iterdir()} == set(WRITERS)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_relative_links_lead_somewhere(page: Path) -> None:
    targets = LINK.findall(FENCE.sub("", page.read_text(encoding="utf-8")))
    relative = [target.partition("#")[0] for target in targets if not target.startswith(("http:", "https:", "#"))]
    missing = [target for target in relative if not (page.parent / target).exists()]
    assert not missing


def test_every_decision_is_listed_once() -> None:
    listed = LINK.findall((ADRS / "README.md").read_text(encoding="utf-8"))
    on_file = sorted(file.name for file in ADRS.glob("0*.md"))
    assert on_file
    assert sorted(name for name in listed if name.startswith("0")) == on_file


@pytest.mark.parametrize("record", sorted(ADRS.glob("0*.md")), ids=lambda record: record.name)
def test_a_decision_has_its_parts(record: Path) -> None:
    headings = re.findall(r"^## (.+)$", record.read_text(encoding="utf-8"), re.MULTILINE)
    assert headings == ["Context", "Decision", "Consequences"]


@pytest.mark.parametrize(
    "name", ["markdown", "parameters", "requirements", "rule_parameters", "rule_tests", "schedule"]
)
def test_the_examples_of_the_writers_hold(name: str) -> None:
    result = doctest.testmod(importlib.import_module(f"reports.docs.{name}"))
    assert result.attempted
    assert not result.failed


def test_an_unknown_statement_is_refused(tmp_path: Path) -> None:
    (tmp_path / "test_it.py").write_text('@pytest.mark.req("R99")\ndef test_a(): ...\n')
    with pytest.raises(KeyError, match="R99"):
        linked_tests(tmp_path)


def test_a_row_of_the_wrong_width_is_refused() -> None:
    with pytest.raises(ValueError, match="2 cells under 1"):
        table(["A"], [[1, 2]])
