"""From the bytes of a file to a header and rows of texts; what a value means is decided elsewhere."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from zipfile import BadZipFile

from django.utils.translation import gettext as _
from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from trial_edc.errors import DomainError

LARGEST_FILE = 20_000_000
MOST_ROWS, MOST_COLUMNS, LONGEST_CELL = 50_000, 60, 200
#: Encodings a hospital's system writes, tried in this order: the last one reads Chinese exports.
ENCODINGS = ("utf-8-sig", "gb18030")
SEPARATORS = ",;\t"


@dataclass(frozen=True)
class Sheet:
    """A table as it was sent: the header, and each row with the number of its line in the file."""

    header: tuple[str, ...]
    rows: tuple[tuple[int, tuple[str, ...]], ...]


def read_sheet(name: str, content: bytes) -> Sheet:
    """Read a file by the ending of its name; DomainError with one sentence when it cannot be read as a table."""
    if len(content) > LARGEST_FILE:
        raise DomainError(_("The file is larger than 20 MB."), field="file")
    lines = _xlsx(content) if name.lower().endswith(".xlsx") else _csv(content)
    found = _lines(lines)
    if not found:
        raise DomainError(_("The file is empty."), field="file")
    header = tuple(cell.strip() for cell in found[0][1])
    if len(header) > MOST_COLUMNS or len(found) - 1 > MOST_ROWS:
        raise DomainError(
            _("The file has more than %(rows)s rows or %(columns)s columns.")
            % {"rows": MOST_ROWS, "columns": MOST_COLUMNS},
            field="file",
        )
    return Sheet(header, tuple(found[1:]))


def _lines(lines: Iterable[tuple[int, Sequence[str]]]) -> list[tuple[int, tuple[str, ...]]]:
    """Return the lines that hold anything; reading stops a little beyond the most that is allowed."""
    found = []
    for number, cells in lines:
        texts = tuple(cell.strip()[:LONGEST_CELL] for cell in cells)
        if any(texts):
            found.append((number, texts))
        if len(found) > MOST_ROWS + 1:
            break
    return found


def _csv(content: bytes) -> Iterable[tuple[int, Sequence[str]]]:
    if b"\x00" in content:
        raise DomainError(_("This is no CSV file."), field="file")
    text = _decoded(content)
    first = text.partition("\n")[0]
    separator = max(SEPARATORS, key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    try:
        return [(reader.line_num, cells) for cells in reader]
    except csv.Error:
        raise DomainError(_("Line %(line)s cannot be read as CSV.") % {"line": reader.line_num}, field="file") from None


def _decoded(content: bytes) -> str:
    for encoding in ENCODINGS:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise DomainError(_("The text of the file is neither UTF-8 nor GB 18030."), field="file")


def _xlsx(content: bytes) -> Iterable[tuple[int, Sequence[str]]]:
    try:
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        rows = [[_text(cell) for cell in row] for row in book.worksheets[0].iter_rows(values_only=True)]
    except (BadZipFile, InvalidFileException, KeyError, ValueError, OSError, IndexError):
        raise DomainError(_("This is no XLSX workbook, or it is damaged."), field="file") from None
    return enumerate(rows, start=1)


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
