"""From the bytes of a file to a header and rows of texts; what a value means is decided elsewhere."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from itertools import islice
from typing import Any

from django.utils.translation import gettext as _

from safety.lab_import.workbook import Book, is_workbook
from trial_edc.errors import DomainError

LARGEST_FILE = 20_000_000
MOST_ROWS, MOST_COLUMNS, LONGEST_CELL = 50_000, 60, 200
#: Encodings a hospital's system writes, tried in this order: the last one reads Chinese exports.
ENCODINGS = ("utf-8-sig", "gb18030")
#: How a spreadsheet marks "Unicode text".
UTF_16 = (b"\xff\xfe", b"\xfe\xff")
SEPARATORS = ",;\t"
#: Rows shown to the person who names the columns.
SHOWN = 10
TICK_EVERY = 500

Row = tuple[int, tuple[str, ...]]
#: Told how many of how many parts are done.
Tick = Callable[[int, int], None]


@dataclass(frozen=True)
class Sheet:
    """A table as it was sent: the header, and each row with the number of its line in the file.

    `encoding` is what the text was read as, '' for a workbook; `other_sheets` of a workbook are not read.
    """

    header: tuple[str, ...]
    rows: tuple[Row, ...]
    other_sheets: int = 0
    encoding: str = ""


@dataclass(frozen=True)
class _Lines:
    """The lines of a file, read as they are asked for, and about how many there are."""

    lines: Iterator[tuple[int, Sequence[str]]]
    expected: int
    other_sheets: int = 0
    encoding: str = ""


def untold(done: int, total: int) -> None:
    """Tell nobody how far the reading is."""


def read_sheet(name: str, content: bytes, tick: Tick = untold) -> Sheet:
    """Read a file; DomainError with one sentence when it cannot be read as a table with a header and rows."""
    source = _open(name, content)
    return _sheet(source, [row for row in _counted(source, tick)])


def read_head(name: str, content: bytes) -> Sheet:
    """Read the header and the first rows only; refuses what `read_sheet` refuses, as far as the first rows tell."""
    source = _open(name, content)
    return _sheet(source, list(islice(_filled(source), SHOWN + 1)))


def _open(name: str, content: bytes) -> _Lines:
    if len(content) > LARGEST_FILE:
        raise DomainError(_("The file is larger than 20 MB."), field="file")
    if not content.strip():
        raise DomainError(_("The file is empty."), field="file")
    if content.startswith(b"%PDF"):
        raise DomainError(_("This is a PDF document. Send the table itself, as CSV or XLSX."), field="file")
    return _workbook(content) if is_workbook(name, content) else _csv(content)


def _sheet(source: _Lines, found: list[Row]) -> Sheet:
    if not found:
        raise DomainError(_("The file is empty."), field="file")
    header = _without_empty_end(found[0][1])
    if len(header) > MOST_COLUMNS:
        raise _too_much()
    if len(found) == 1:
        raise DomainError(_("The file has a line of headings, but no row under it."), field="file")
    return Sheet(header, tuple(found[1:]), source.other_sheets, source.encoding)


def _without_empty_end(cells: tuple[str, ...]) -> tuple[str, ...]:
    last = max((number for number, cell in enumerate(cells, start=1) if cell), default=0)
    return cells[:last]


def _counted(source: _Lines, tick: Tick) -> Iterator[Row]:
    done = 0
    for done, row in enumerate(_filled(source), start=1):
        if done > MOST_ROWS + 1:
            raise _too_much()
        if done % TICK_EVERY == 0:
            tick(done, max(done, source.expected))
        yield row
    tick(done, done)


def _too_much() -> DomainError:
    words = {"rows": f"{MOST_ROWS:,}", "columns": MOST_COLUMNS}
    return DomainError(_("The file has more than %(rows)s rows or %(columns)s columns.") % words, field="file")


def _filled(source: _Lines) -> Iterator[Row]:
    """Yield the lines that hold anything."""
    for number, cells in source.lines:
        texts = tuple(cell.strip()[:LONGEST_CELL] for cell in cells)
        if any(texts):
            yield number, texts


def _csv(content: bytes) -> _Lines:
    text, encoding = _decoded(content)
    first = text.lstrip().partition("\n")[0]
    separator = max(SEPARATORS, key=first.count)
    return _Lines(_csv_lines(text, separator), text.count("\n"), encoding=encoding)


def _csv_lines(text: str, separator: str) -> Iterator[tuple[int, Sequence[str]]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    try:
        for cells in reader:
            yield reader.line_num, cells
    except csv.Error:
        raise DomainError(_("Line %(line)s cannot be read as CSV.") % {"line": reader.line_num}, field="file") from None


def _decoded(content: bytes) -> tuple[str, str]:
    encodings = ("utf-16",) if content.startswith(UTF_16) else ENCODINGS
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" in text:
            break
        return text, encoding
    raise DomainError(_("This is neither a CSV file in UTF-8, UTF-16 or GB 18030 nor an XLSX workbook."), field="file")


def _workbook(content: bytes) -> _Lines:
    book = Book(content)
    lines = ((number, [_text(cell) for cell in cells]) for number, cells in book.lines())
    return _Lines(lines, book.expected, book.other_sheets)


def _text(cell: Any) -> str:
    """A cell as text: a date without a time of day, a number without a decimal part that is zero."""
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time(0) else f"{cell:%Y-%m-%d %H:%M}"
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, time):
        return f"{cell:%H:%M}"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)
