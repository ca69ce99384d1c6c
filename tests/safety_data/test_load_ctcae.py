"""The command that loads NCI's spreadsheet: all of it, once, and nothing of a file that is not what it claims."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError

from safety.ctcae import ctcae_terms
from safety.dictionaries import loading
from safety.dictionaries.ctcae_file import HEADINGS, SHEET
from safety.dictionaries.selectors import describe
from safety.models import CtcaeDescription
from trial_edc.audit.models import AccessEvent

pytestmark = pytest.mark.django_db
Cells = list[list[Any]]


def published() -> Cells:
    """The sheet with words of our own: heading, then 837 rows, an undefined grade as a dash, odd spaces as NCI has."""
    rows: Cells = [[*(f"{heading} \xa0" for heading in HEADINGS), "CTCAE v5.0 Change"]]
    for number, term in enumerate(ctcae_terms().values()):
        words = [f"{term.name}:\n\n grade {grade}\xa0 words" if grade in term.grades else " -" for grade in range(1, 6)]
        note = "See another term" if number % 2 else None
        rows.append([number, term.soc, term.name, *words, f"About {term.name}." if number else " -", note, None])
    return rows


def write(path: Path, rows: Cells, sheet: str = SHEET) -> Path:
    book = openpyxl.Workbook(write_only=True)
    for title, content in (("Notes", [["Read me"]]), (sheet, rows)):
        page = book.create_sheet(title)
        for row in content:
            page.append(row)
    book.save(path)
    return path


@pytest.fixture
def good(tmp_path: Path) -> Path:
    return write(tmp_path / "CTCAE_v5.0.xlsx", published())


def load(path: Path) -> str:
    out = StringIO()
    call_command("load_ctcae", str(path), stdout=out)
    return out.getvalue()


def test_every_defined_grade_is_stored(good: Path) -> None:
    assert load(good) == "CTCAE v5.0: 837 terms, 3185 grade descriptions, loaded.\n"
    assert CtcaeDescription.objects.count() == sum(len(term.grades) for term in ctcae_terms().values())
    found = describe("neutrophil count decreased")
    assert found is not None
    assert list(found.grades) == [1, 2, 3, 4]
    assert found.grades[3] == "Neutrophil count decreased:\ngrade 3 words"
    assert found.definition == "About Neutrophil count decreased."
    assert found.navigational_note in ("", "See another term")
    anemia = describe("Anemia")
    assert anemia is not None and anemia.definition == ""
    assert describe("no such term") is None
    assert AccessEvent.objects.get(action="dictionary loaded").detail.startswith("CTCAE v5.0: 3185 rows, SHA-256")


def test_twice_is_once(good: Path) -> None:
    load(good)
    before = set(CtcaeDescription.objects.values_list("pk", flat=True))
    assert load(good).endswith("already loaded, nothing changed.\n")
    assert set(CtcaeDescription.objects.values_list("pk", flat=True)) == before
    assert AccessEvent.objects.filter(action="dictionary loaded").count() == 1


def test_corrected_words_replace_the_former_ones(good: Path, tmp_path: Path) -> None:
    load(good)
    rows = published()
    rows[1][3] = "Corrected words"
    assert load(write(tmp_path / "corrected.xlsx", rows)).endswith("loaded.\n")
    found = describe("Anemia")
    assert found is not None and found.grades[1] == "Corrected words"
    assert CtcaeDescription.objects.count() == 3185


def _without_last(rows: Cells) -> None:
    del rows[-1]


def _one_more(rows: Cells) -> None:
    rows.append([None, "Investigations", "Tiredness of the reader", "a", "b", "c", "d", "e", "f"])


def _set(row: int, column: int, value: Any) -> Callable[[Cells], None]:
    def change(rows: Cells) -> None:
        rows[row][column] = value

    return change


def _columns_moved(rows: Cells) -> None:
    for row in rows:
        row[1], row[2] = row[2], row[1]


def _no_rows(rows: Cells) -> None:
    rows.clear()


def _one_class_renamed(rows: Cells) -> None:
    for row in rows:
        if row[1] == "Investigations":
            row[1] = "Vascular disorders"


CHANGES: list[tuple[Callable[[Cells], None], str]] = [
    (_no_rows, "other.xlsx: column 1 is headed “”, not “MedDRA Code”."),
    (_columns_moved, "other.xlsx: column 2 is headed “CTCAE Term”, not “MedDRA SOC”."),
    (_set(0, 3, "Grade one"), "other.xlsx: column 4 is headed “Grade one”, not “Grade 1”."),
    (_without_last, "other.xlsx: has 836 terms, and CTCAE v5.0 has 837."),
    (_one_more, "other.xlsx: has 838 terms, and CTCAE v5.0 has 837."),
    (_one_class_renamed, "other.xlsx: has 25 organ classes, and CTCAE v5.0 has 26."),
    (_set(1, 1, "Cardiac disorders"), "other.xlsx: “Anemia” stands under “Cardiac disorders”, not “Blood and lymph"),
    (_set(1, 2, "Anaemia"), "other.xlsx: “Anaemia” is not a term of CTCAE v5.0."),
    (_set(1, 2, None), "other.xlsx: “” is not a term of CTCAE v5.0."),
    (_set(1, 2, "Colitis"), "other.xlsx: the term “Colitis” stands there 2 times."),
    (_set(1, 7, " -"), "other.xlsx: “Anemia” defines the grades 1, 2, 3, 4, not 1, 2, 3, 4, 5."),
    (_set(3, 4, None), "other.xlsx: “Bone marrow hypocellular” defines the grades 1, 3, 4, 5, not 1, 2, 3, 4, 5."),
]


@pytest.mark.parametrize(("change", "sentence"), CHANGES)
def test_another_sheet_is_refused(change: Callable[[Cells], None], sentence: str, tmp_path: Path) -> None:
    rows = published()
    change(rows)
    assert refused(write(tmp_path / "other.xlsx", rows)).startswith(sentence)


def refused(path: Path) -> str:
    """The one line of the refusal; nothing may be in the table afterwards."""
    with pytest.raises(CommandError) as problem:
        load(path)
    assert problem.value.returncode == 2
    assert "\n" not in str(problem.value)
    assert not CtcaeDescription.objects.exists()
    return str(problem.value)


def test_a_workbook_without_the_sheet_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path / "v6.xlsx", published(), sheet="CTCAE v6.0")
    assert refused(path) == "v6.xlsx: has no sheet “CTCAE v5.0 Clean Copy”; its sheets are: Notes, CTCAE v6.0."


@pytest.mark.parametrize("content", [b"", b"MedDRA Code,MedDRA SOC\n", b"PK\x03\x04" + b"\0" * 200])
def test_what_is_not_a_workbook_is_refused(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "terms.xlsx"
    path.write_bytes(content)
    assert refused(path) == "terms.xlsx: is not an Excel workbook (.xlsx) that can be read."


def test_a_document_called_a_workbook_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "terms.xlsx"
    types = "<Types xmlns='http://schemas.openxmlformats.org/package/2006/content-types'/>"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("[Content_Types].xml", types)
        archive.writestr("word/document.xml", "<document/>")
    assert refused(path) == "terms.xlsx: is not an Excel workbook (.xlsx) that can be read."


def test_a_damaged_workbook_is_refused(good: Path) -> None:
    content = good.read_bytes()
    good.write_bytes(content[: len(content) // 2] + b"\0" * 500 + content[len(content) // 2 + 500 :])
    assert refused(good).endswith("is not an Excel workbook (.xlsx) that can be read.")


def test_a_workbook_that_unpacks_to_too_much_is_refused(good: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("safety.dictionaries.ctcae_file.MOST_BYTES", 1000)
    assert refused(good) == "CTCAE_v5.0.xlsx: is far larger than NCI's spreadsheet."


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    assert refused(tmp_path / "nothing.xlsx") == "nothing.xlsx: cannot be opened: No such file or directory."
    assert refused(tmp_path).endswith("cannot be opened: Is a directory.")


def test_a_failure_on_the_way_keeps_what_was_there(good: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    load(good)
    rows = published()
    rows[1][3] = "Corrected words"

    def fail(*_: object) -> None:
        raise DatabaseError("the connection is gone")

    monkeypatch.setattr(loading, "note", fail)
    with pytest.raises(DatabaseError):
        load(write(tmp_path / "corrected.xlsx", rows))
    found = describe("Anemia")
    assert found is not None and found.grades[1].startswith("Anemia:")
    assert CtcaeDescription.objects.count() == 3185
