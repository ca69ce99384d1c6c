"""Tests written as tables that read like the specification."""

from __future__ import annotations


def rows(text: str) -> list[dict[str, str]]:
    """The rows of a `|`-separated table as dictionaries; the first line names the columns, blank lines are ignored."""
    lines = [[cell.strip() for cell in line.split("|")] for line in text.strip().splitlines() if line.strip()]
    header, *body = lines
    return [dict(zip(header, line, strict=True)) for line in body]
