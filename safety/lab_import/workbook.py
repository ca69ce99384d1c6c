"""The first sheet of an XLSX workbook, row by row; whatever is wrong with the file is one sentence."""

from __future__ import annotations

import io
import zlib
from collections.abc import Iterator, Sequence
from typing import Any
from xml.etree.ElementTree import ParseError
from zipfile import BadZipFile, ZipFile

from django.utils.translation import gettext as _
from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from trial_edc.errors import DomainError

#: How a zip, which a workbook is, and the older kind of workbook begin.
ZIP, OLD = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
#: A small file can unpack to more than fits into memory.
MOST_UNPACKED = 300_000_000
#: What the library raises on files that are not what they say.
DAMAGED = (
    BadZipFile, InvalidFileException, ParseError, zlib.error, KeyError, ValueError, OSError, IndexError, EOFError,
    AttributeError, TypeError, RuntimeError,
)  # fmt: skip


def is_workbook(name: str, content: bytes) -> bool:
    """Test whether a file is a workbook, or says so by its name; DomainError for the older kind."""
    if content.startswith(OLD):
        words = _("This workbook is of the old kind (XLS) or protected by a password. Save it as plain XLSX or CSV.")
        raise DomainError(words, field="file")
    return name.lower().endswith(".xlsx") or content.startswith(ZIP)


class Book:
    """A workbook whose first sheet is read. `expected` is how many rows it says it has, 0 when it does not say."""

    def __init__(self, content: bytes) -> None:
        try:
            with ZipFile(io.BytesIO(content)) as parts:
                unpacked = sum(part.file_size for part in parts.infolist())
            if unpacked > MOST_UNPACKED:
                raise _damaged()
            book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
            self._sheet: Any = book.worksheets[0]
            self.expected = int(self._sheet.max_row or 0)
        except DAMAGED:
            raise _damaged() from None
        self.other_sheets = len(book.worksheets) - 1

    def lines(self) -> Iterator[tuple[int, Sequence[Any]]]:
        """Yield the number and the values of each row; of a formula, the value that was saved with it."""
        # Some systems write a wrong extent of the sheet; what is there counts, not what is said.
        self._sheet.reset_dimensions()
        try:
            yield from enumerate(self._sheet.iter_rows(values_only=True), start=1)
        except DAMAGED:
            raise _damaged() from None


def _damaged() -> DomainError:
    return DomainError(_("This is no XLSX workbook, or it is damaged."), field="file")
