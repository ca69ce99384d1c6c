"""A figure with the table behind it, or a table alone, as every report prints them."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _
from reportlab.platypus import Flowable, KeepTogether, Spacer

from reports.efficacy.content import Sheet
from reports.efficacy.page import Part
from reports.pdf.document import Heading
from reports.pdf.figures import drawing_of
from reports.pdf.tables import Head, Line, listing, note


def part_elements(part: Part, said: str, before: Sequence[Flowable] = ()) -> list[Flowable]:
    """Return a part; `said` stands below its figure, and what stands `before` it stays on the page of the figure."""
    heading = Heading(part.sheet.title, level=1)
    if part.picture is None:
        return [*before, heading, *sheet_elements(part.sheet)]
    figure = KeepTogether([*before, heading, drawing_of(part.picture), note(said)])
    return [figure, Spacer(1, 4), *sheet_elements(part.sheet), Spacer(1, 8)]


def sheet_elements(sheet: Sheet) -> list[Flowable]:
    """Return a table with its remark."""
    shares: Sequence[float] = sheet.shares or _shares(sheet)
    heads = [
        Head(text, shares[index], "-right" if index in sheet.numbers else "") for index, text in enumerate(sheet.heads)
    ]
    table = listing(heads, [Line(list(row)) for row in sheet.rows], _("Nothing to list."))
    return [table, *([note(sheet.note)] if sheet.note else [])]


def _shares(sheet: Sheet) -> list[float]:
    """Return widths by the longest text of each column, none of them very narrow or very wide."""
    return [
        min(max([len(row[index]) for row in sheet.rows] + [len(head), 8]), 34) for index, head in enumerate(sheet.heads)
    ]
