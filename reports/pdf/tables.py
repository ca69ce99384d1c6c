"""Tables that wrap every cell, repeat their header on each page, and say so when they are empty."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from reportlab.lib.colors import Color
from reportlab.lib.units import mm
from reportlab.platypus import CondPageBreak, Flowable, Paragraph

from reports.pdf.drawn_table import DrawnTable, Row, Slot
from reports.pdf.fonts import markup
from reports.pdf.styles import ACTION, WIDTH, sided, style

#: A titled table that would begin lower than this begins on the next page.
ROOM_FOR_A_TABLE = 18 * mm
#: Points between numbers and the texts of the next column, beside what is between any two columns.
GAP = 10


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


@dataclass(frozen=True, slots=True)
class Line:
    """One row of a listing; `below` runs across the whole width under it, as reasons do; `marked` sets it apart."""

    cells: Sequence[str | Text]
    below: str = ""
    marked: bool = False


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
    columns = _Columns(heads)
    return DrawnTable([columns.head()], [row for line in lines for row in columns.rows(line)])


class _Columns:
    """The columns of a listing: a slot for each style that is written in them, and one across all of them."""

    def __init__(self, heads: Sequence[Head]) -> None:
        self.heads = heads
        self.widths = widths([head.share for head in heads])
        self.lefts = [sum(self.widths[:place]) for place in range(len(heads))]
        self.usual = [self._slot(place, f"cell{head.side}") for place, head in enumerate(heads)]
        self.others: dict[tuple[int, str, bool], Slot] = {}
        self.across = Slot(0, WIDTH, "below")

    def _slot(self, place: int, name: str, ink: Color | None = None) -> Slot:
        # Numbers at the right of their column keep away from texts at the left of the next.
        following = self.heads[place + 1].side if place + 1 < len(self.heads) else "-right"
        gap = GAP if self.heads[place].side == "-right" != following else 0
        return Slot(self.lefts[place], self.widths[place] - gap, name, ink)

    def head(self) -> Row:
        slots = [self._slot(place, f"head{head.side}") for place, head in enumerate(self.heads)]
        return Row([head.title for head in self.heads], slots)

    def rows(self, line: Line) -> Iterator[Row]:
        """Yield the row of a line, and the one below it that runs across."""
        slots = self.usual
        if any(isinstance(cell, Text) for cell in line.cells):
            slots = [self._slot_of(place, cell) for place, cell in enumerate(line.cells)]
        texts = [cell.text if isinstance(cell, Text) else cell for cell in line.cells]
        more = bool(line.below)
        links = tuple(cell.place if isinstance(cell, Text) else "" for cell in line.cells)
        yield Row(texts, slots, keep=more, ruled=not more, marked=line.marked, links=links if any(links) else ())
        if more:
            yield Row([line.below], [self.across], marked=line.marked, above=0)

    def _slot_of(self, place: int, cell: str | Text) -> Slot:
        if not isinstance(cell, Text):
            return self.usual[place]
        key = (place, cell.style, bool(cell.place))
        if key not in self.others:
            self.others[key] = self._slot(
                place, sided(cell.style, self.heads[place].side), ACTION if cell.place else None
            )
        return self.others[key]
