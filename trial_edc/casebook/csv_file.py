"""Lists as CSV that spreadsheet programs open safely."""

from __future__ import annotations

import csv
import hashlib
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.http import HttpResponse, StreamingHttpResponse

from trial_edc.accounts.models import User
from trial_edc.audit.signatures import note

BYTE_ORDER_MARK = "\ufeff"
#: What a spreadsheet may take for a formula, blanks before it included.
_FORMULA = re.compile(r"\s*[=+\-@]|[\t\r\n]")
_PLAIN_NUMBER = re.compile(r"[+-]?\d+([.,]\d+)?")


def safe_cell(value: Any) -> str:
    """Return the text of a cell; what a spreadsheet would run as a formula gets an apostrophe in front.

    >>> safe_cell("=1+1"), safe_cell("-5"), safe_cell(" @x"), safe_cell(None)
    ("'=1+1", '-5', "' @x", '')
    """
    text = "" if value is None else str(value)
    if not _FORMULA.match(text) or _PLAIN_NUMBER.fullmatch(text):
        return text
    return f"'{text}"


def csv_response(name: str, header: Sequence[Any], rows: Iterable[Sequence[Any]]) -> StreamingHttpResponse:
    """Return a CSV download in UTF-8 with a byte-order mark; rows are written as they come."""
    response = StreamingHttpResponse(_lines(header, rows), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response


def csv_text(header: Sequence[Any] | None, rows: Iterable[Sequence[Any]]) -> str:
    """Return a CSV file as text, byte-order mark included; without a header, the lines that follow what came before."""
    return "".join(_lines(header, rows) if header is not None else map(_line, rows))


def noted_csv(
    user: User, *, name: str, action: str, detail: str, header: Sequence[Any], rows: Sequence[Sequence[Any]]
) -> HttpResponse:
    """Return a short list as a CSV download, after noting who took it: what was asked, how many rows, which bytes."""
    content = csv_text(header, rows).encode()
    digest = hashlib.sha256(content).hexdigest()
    note(user, action, f"{detail} rows={len(rows)} sha256={digest}")
    response = HttpResponse(content, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response


def _lines(header: Sequence[Any], rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    yield BYTE_ORDER_MARK + _line(header)
    for row in rows:
        yield _line(row)


def _line(row: Sequence[Any]) -> str:
    buffer = io.StringIO()
    csv.writer(buffer).writerow([safe_cell(value) for value in row])
    return buffer.getvalue()
