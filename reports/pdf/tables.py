"""Tables that wrap every cell, repeat their header on each page, and say so when they are empty."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext as _
from reportlab.lib.colors import Color
from reportlab.lib.units import mm
from reportlab.platypus import CondPageBreak, Flowable, Paragraph, Table

from reports.pdf.fonts import markup
from reports.pdf.styles import BAD, INK_3, LINE, REGULAR_FONT, SUNKEN, WIDTH, style

Command = tuple[object, ...]
#: Characters that a line across the page holds at least, and lines that are kept on one page with their row.
LEAST_PER_LINE, MOST_LINES_TOGETHER = 90, 30
#: A titled table that would begin lower than this begins on the next page.
ROOM_FOR_A_TABLE = 18 * mm


@dataclass(frozen=True)
class Head:
    """A column's title, its share of the width, and its side: "" left, "-right", "-center"."""

    title: str
    share: float
    side: str = ""


@dataclass(frozen=True)
class Text:
    """A cell's text with the style it is written in; `place` is the name of the heading that it leads to."""

    text: str
    style: str = "cell"
    place: str = ""


@dataclass(frozen=True)
class Line:
    """One row of a listing; `below` runs across the whole width under it, as reasons do; `marked` sets it apart."""

    cells: Sequence[str | Text]
    below: str = ""
    marked: bool = False


@dataclass
class _Grid:
    cells: list[list[Flowable | str]] = field(default_factory=list)
    commands: list[Command] = field(default_factory=list)


def paragraph(text: str | Text, default: str = "cell") -> Paragraph:
    """Return a cell that wraps, long words included."""
    shown = text if isinstance(text, Text) else Text(text, default)
    words = markup(shown.text)
    linked = f'<a href="#{shown.place}" color="#1a56b0">{words}</a>' if shown.place else words
    return Paragraph(linked, style(shown.style))


def note(text: str) -> Paragraph:
    """Return a remark under a table."""
    return Paragraph(markup(text), style("note"))


def part(text: str) -> list[Flowable]:
    """Return the title of a table within a part of the document; the outline does not list it.

    It does not hold on to its table, which may be long and begins where there is room for its first lines.
    """
    return [CondPageBreak(ROOM_FOR_A_TABLE), Paragraph(markup(text), style("part"))]


def empty(text: str = "") -> Paragraph:
    """Return what stands in the place of a table without lines."""
    return Paragraph(markup(text or _("No events.")), style("body"))


def widths(shares: Sequence[float]) -> list[float]:
    """Return column widths that fill the page, in points."""
    whole = sum(shares)
    return [WIDTH * share / whole for share in shares]


def listing(heads: Sequence[Head], lines: Sequence[Line], nothing: str = "") -> Flowable:
    """Return a table of lines; one sentence when there is none."""
    if not lines:
        return empty(nothing)
    grid = _Grid([[paragraph(head.title, f"head{head.side}") for head in heads]])
    for line in lines:
        _add_line(grid, heads, line)
    return Table(
        grid.cells, colWidths=widths([head.share for head in heads]), repeatRows=1,
        style=[*base_style(1), *grid.commands], splitInRow=1, hAlign="LEFT",
    )  # fmt: skip


def _add_line(grid: _Grid, heads: Sequence[Head], line: Line) -> None:
    sides = [f"cell{head.side}" for head in heads]
    row = len(grid.cells)
    grid.cells.append([paragraph(cell, side) for cell, side in zip(line.cells, sides, strict=True)])
    if line.marked:
        grid.commands.append(("LINEBEFORE", (0, row), (0, row + bool(line.below)), 2, BAD))
    if not line.below:
        return
    grid.cells.append([paragraph(Text(line.below, "below")), *[""] * (len(heads) - 1)])
    grid.commands += [
        ("SPAN", (0, row + 1), (-1, row + 1)),
        ("LINEBELOW", (0, row), (-1, row), 0, SUNKEN),
        ("TOPPADDING", (0, row + 1), (-1, row + 1), 0),
    ]
    if _is_short(line.below):
        grid.commands.append(("NOSPLIT", (0, row), (-1, row + 1)))


def _is_short(text: str) -> bool:
    """Test whether a text across the page surely fits on one: a longer one must be torn, or it would stand nowhere."""
    return sum(len(part) // LEAST_PER_LINE + 1 for part in text.split("\n")) <= MOST_LINES_TOGETHER


def base_style(header_rows: int, line: Color = LINE) -> list[Command]:
    """Return the look of every table: quiet lines, a tinted header, text at the top of its cell."""
    return [
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("FONTNAME", (0, 0), (-1, -1), REGULAR_FONT),
        ("BACKGROUND", (0, 0), (-1, header_rows - 1), SUNKEN),
        ("LINEABOVE", (0, 0), (-1, 0), 0.8, INK_3),
        ("LINEBELOW", (0, header_rows - 1), (-1, header_rows - 1), 0.8, INK_3),
        ("LINEBELOW", (0, header_rows), (-1, -1), 0.4, line),
        ("LEFTPADDING", (0, 0), (-1, -1), 3.5),
        ("RIGHTPADDING", (0, 0), (-1, -1), 3.5),
        ("TOPPADDING", (0, 0), (-1, -1), 2.2),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 2.6),
    ]
