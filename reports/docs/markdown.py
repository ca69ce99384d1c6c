"""The few pieces of Markdown that the generated pages are made of."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

NOTICE = "<!-- Written by `manage.py write_docs`. Change the code it describes, then write it again. -->"
COMMAND = "python3 run.py exec python manage.py write_docs"


def cell(value: object) -> str:
    """Return one table cell: on one line, with nothing that would end it early.

    >>> cell("a|b\\nc"), cell(None), cell(True)
    ('a\\\\|b c', '', 'yes')
    """
    if value is None or value is False:
        return ""
    if value is True:
        return "yes"
    text = " ".join(str(value).split())
    return text.replace("|", "\\|").replace("<", "&lt;")


def code(value: object) -> str:
    """Return a code span, '' for nothing."""
    return f"`{value}`" if str(value) else ""


def codes(values: Iterable[object]) -> str:
    """Return code spans in a row."""
    return " ".join(code(value) for value in values)


def table(headers: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return a table; a row of another width is a programming error.

    >>> print(table(["A", "B"], [[1, "x"]]))
    | A | B |
    | --- | --- |
    | 1 | x |
    """
    lines = [_line(headers), _line(["---"] * len(headers))]
    for row in rows:
        if len(row) != len(headers):
            raise ValueError(f"{len(row)} cells under {len(headers)} headers: {row!r}")
        lines.append(_line([cell(value) for value in row]))
    return "\n".join(lines)


def _line(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def page(title: str, introduction: str, *parts: str) -> str:
    """Return a whole page, ending in one line break."""
    body = [f"# {title}", NOTICE, introduction, *parts]
    return "\n\n".join(part.strip("\n") for part in body if part) + "\n"


def section(title: str, *parts: str, level: int = 2) -> str:
    """Return a heading with what stands under it."""
    return "\n\n".join([f"{'#' * level} {title}", *(part for part in parts if part)])
