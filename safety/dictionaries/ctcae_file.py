"""NCI's spreadsheet of CTCAE v5.0, read strictly: the right sheet, columns, terms, classes and grades, or nothing.

The MedDRA codes in its first column need a licence and are not read.
"""

from __future__ import annotations

import warnings
import zipfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import openpyxl
from django.utils.translation import gettext as _

from safety.ctcae import CTCAE_VERSION, ctcae_terms
from safety.dictionaries.problem import UnreadableDictionary, unreadable

SHEET = "CTCAE v5.0 Clean Copy"
HEADINGS = (
    "MedDRA Code", "MedDRA SOC", "CTCAE Term", "Grade 1", "Grade 2", "Grade 3", "Grade 4", "Grade 5", "Definition",
    "Navigational Note",
)  # fmt: skip
SOC, TERM, GRADE_0, DEFINITION, NOTE = 1, 2, 2, 8, 9
TERMS, ORGAN_CLASSES = 837, 26
#: NCI's file has 838 rows and 2 MB unpacked; more than this is another file.
MOST_ROWS, MOST_BYTES = 5_000, 100_000_000
UNDEFINED = ("", "-", "–", "—")


@dataclass(frozen=True)
class Described:
    """One term of the sheet: the words of its defined grades, its definition and the note on where else to look."""

    term: str
    soc: str
    grades: dict[int, str]
    definition: str
    navigational_note: str
    version: str = CTCAE_VERSION


def read_ctcae(path: Path) -> tuple[Described, ...]:
    """Read all terms of NCI's spreadsheet. Raises UnreadableDictionary for any other file."""
    rows = _rows(path)
    _require_headings(path, rows[0] if rows else ())
    found = [_described(row) for row in rows[1:] if any(_text(cell) for cell in row)]
    _require_published(path, found)
    return tuple(found)


def _rows(path: Path) -> list[Sequence[Any]]:
    """The cells of the sheet as they are stored."""
    try:
        with path.open("rb") as file:
            return _cells(path, file)
    except UnreadableDictionary:
        raise
    except Exception as problem:
        if isinstance(problem, OSError) and problem.strerror:
            raise unreadable(path, _("cannot be opened: %(why)s.") % {"why": problem.strerror}) from None
        # The library raises whatever its parts raise, and which part meets the damage depends on the damage; of an
        # archive that holds something else it raises an OSError without words of the system.
        raise unreadable(path, _("is not an Excel workbook (.xlsx) that can be read.")) from None


def _cells(path: Path, file: Any) -> list[Sequence[Any]]:
    with zipfile.ZipFile(file) as archive:
        if sum(member.file_size for member in archive.infolist()) > MOST_BYTES:
            raise unreadable(path, _("is far larger than NCI's spreadsheet."))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about styles and validation, which are not read
        book = openpyxl.load_workbook(file, read_only=True, data_only=True)
        if SHEET not in book.sheetnames:
            names = ", ".join(name[:40] for name in book.sheetnames[:5])
            sentence = _("has no sheet “%(wanted)s”; its sheets are: %(names)s.") % {"wanted": SHEET, "names": names}
            raise unreadable(path, sentence)
        return list(islice(book[SHEET].iter_rows(values_only=True), MOST_ROWS))


def _text(cell: Any) -> str:
    """A cell's text: lines without spaces around them, no empty lines, ordinary spaces."""
    lines = (" ".join(line.split()) for line in str("" if cell is None else cell).split("\n"))
    return "\n".join(line for line in lines if line)


def _require_headings(path: Path, row: Sequence[Any]) -> None:
    found = tuple(_text(cell) for cell in row[: len(HEADINGS)])
    for number, (wanted, heading) in enumerate(zip(HEADINGS, (*found, *[""] * len(HEADINGS)), strict=False), start=1):
        if wanted != heading:
            sentence = _("column %(number)s is headed “%(found)s”, not “%(wanted)s”.")
            raise unreadable(path, sentence % {"number": number, "found": heading[:40], "wanted": wanted})


def _described(row: Sequence[Any]) -> Described:
    cells = [_text(cell) for cell in row] + [""] * len(HEADINGS)
    words = {grade: cells[GRADE_0 + grade] for grade in range(1, 6)}
    definition, note = (cell if cell not in UNDEFINED else "" for cell in (cells[DEFINITION], cells[NOTE]))
    return Described(
        cells[TERM],
        cells[SOC],
        {grade: each for grade, each in words.items() if each not in UNDEFINED},
        definition,
        note,
    )


def _require_published(path: Path, found: Sequence[Described]) -> None:
    """Raise the first difference from version 5.0 as this software knows it."""
    for sentence in _differences(found):
        raise unreadable(path, sentence)


def _differences(found: Sequence[Described]) -> Iterator[str]:
    if len(found) != TERMS:
        yield _("has %(found)s terms, and CTCAE v5.0 has %(wanted)s.") % {"found": len(found), "wanted": TERMS}
    classes = len({each.soc for each in found})
    if classes != ORGAN_CLASSES:
        yield _("has %(found)s organ classes, and CTCAE v5.0 has %(wanted)s.") % {
            "found": classes, "wanted": ORGAN_CLASSES,
        }  # fmt: skip
    published = ctcae_terms()
    for name, times in Counter(each.term for each in found).items():
        if name not in published:
            yield _("“%(term)s” is not a term of CTCAE v5.0.") % {"term": name[:80]}
        if times > 1:
            yield _("the term “%(term)s” stands there %(times)s times.") % {"term": name[:80], "times": times}
    for each in found:
        known = published[each.term]
        if each.soc != known.soc:
            yield _("“%(term)s” stands under “%(found)s”, not “%(wanted)s”.") % {
                "term": each.term, "found": each.soc[:80], "wanted": known.soc,
            }  # fmt: skip
        if tuple(each.grades) != known.grades:
            yield _("“%(term)s” defines the grades %(found)s, not %(wanted)s.") % {
                "term": each.term, "found": _listed(each.grades), "wanted": _listed(known.grades),
            }  # fmt: skip


def _listed(grades: Any) -> str:
    return ", ".join(map(str, grades)) or "–"
