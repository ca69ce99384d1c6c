"""Tables drawn straight onto the page: a row costs some microseconds, where a table of paragraphs costs milliseconds.

Every cell wraps, the head is repeated on each page, and rows that belong together stay together. A row that is higher
than a page would bear is torn into pieces, between lines, before the pages are filled.

Each different text of a column is broken into lines once, and once in a document turned into the operators that show
it; the page then holds those operators with a place before them, in one text object for each piece of the table.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from reportlab.lib.colors import Color
from reportlab.lib.enums import TA_CENTER, TA_RIGHT
from reportlab.platypus import Flowable

from reports.pdf.styles import BAD, BOTTOM, CELL_SIZE, INK_3, LEADING, LINE, PAGE, SUNKEN, TOP, WIDTH, style
from reports.pdf.wrapping import Runs, width_of, wrapped

#: Points above and below the lines of a row, and left and right of the text of a cell.
ABOVE, BELOW, SIDE = 2.2, 2.6, 3.5
#: A row of more lines is torn; two such rows and a head still fit onto one page.
MOST_LINES = 20
#: As many rows stand at least below a heading at the foot of a page.
FIRST_ROWS = 3
FULL_PAGE = PAGE[1] - TOP - BOTTOM
_SHARE_OF_SIDE = {TA_CENTER: 0.5, TA_RIGHT: 1.0}
#: What a text object begins and ends with, where our own follows and is followed by others.
_OPENING, _CLOSING = "BT 1 0 0 1 0 0 Tm ", " ET"


@dataclass(eq=False)
class Slot:
    """Where a text stands in a row, points from the left edge, and the paragraph style it is written in.

    `ink` takes the place of the colour of the style.
    """

    left: float
    width: float
    style: str
    ink: Color | None = None
    _lines: dict[str, tuple[Runs, ...]] = field(default_factory=dict, repr=False)
    _codes: dict[str, tuple[float, str, str]] = field(default_factory=dict, repr=False)
    _document: Any = field(default=None, repr=False)
    _usual: str = field(default="", repr=False)

    def __post_init__(self) -> None:
        chosen = style(self.style)
        self.font, self.indent = str(chosen.fontName), float(chosen.leftIndent)
        self.colour = "{:.3f} {:.3f} {:.3f} rg".format(*(self.ink or chosen.textColor).rgb())
        self.share = _SHARE_OF_SIDE.get(chosen.alignment, 0.0)
        self.room = self.width - 2 * SIDE - self.indent

    def lines(self, text: str) -> tuple[Runs, ...]:
        """Return the lines of a text in this column."""
        found = self._lines.get(text)
        if found is None:
            found = self._lines[text] = wrapped(text, self.room, self.font)
        return found

    def code(self, text: str, canvas: Any) -> tuple[float, str, str]:
        """Return where the first line begins, points from the left of the table, and the operators of all lines.

        The third are operators that must be in force before: "" where the text chooses its fonts itself.
        """
        if self._document is not canvas._doc:
            # The operators name the fonts of one document.
            self._codes.clear()
            self._document = canvas._doc
            self._usual = _operators(canvas, [((self.font, "a"),)], [0.0]).removesuffix(" (a) Tj")
        found = self._codes.get(text)
        if found is None:
            found = self._codes[text] = self._encoded(text, canvas)
        return found

    def _encoded(self, text: str, canvas: Any) -> tuple[float, str, str]:
        lines = self.lines(text)
        begins = [(self.room - width_of(runs)) * self.share if self.share else 0.0 for runs in lines]
        code, before = _operators(canvas, lines, begins), ""
        if text.isascii():
            # Such a text is written in one font and one part of it, and leaves both as they were.
            code, before = code.removeprefix(f"{self._usual} "), self._usual
        return self.left + SIDE + self.indent + begins[0], code, before


def _operators(canvas: Any, lines: Sequence[Runs], begins: Sequence[float]) -> str:
    """Return what shows some lines, each beginning so many points from the left."""
    pen, chosen = canvas.beginText(), ""
    for number, runs in enumerate(lines):
        if number:
            pen.moveCursor(begins[number] - begins[number - 1], LEADING)
        for font, part in runs:
            if font != chosen:
                pen.setFont(font, CELL_SIZE)
                chosen = font
            pen.textOut(part)
    return str(pen.getCode()).removeprefix(_OPENING).removesuffix(_CLOSING)


@dataclass(frozen=True, slots=True)
class Row:
    """One row: as many texts as slots.

    `keep`: stays on the page of the next row; `ruled`: a hair line below; `strong`: a stronger line above; `marked`: a
    red bar at the left. `above` and `below` are points around the lines; `links` the places that its texts lead to.
    """

    texts: Sequence[str]
    slots: Sequence[Slot]
    keep: bool = False
    ruled: bool = True
    strong: bool = False
    marked: bool = False
    above: float = ABOVE
    below: float = BELOW
    links: tuple[str, ...] = ()

    @property
    def lines(self) -> int:
        """How many lines its highest cell has."""
        return max(len(slot.lines(text)) for text, slot in zip(self.texts, self.slots, strict=True))

    @property
    def height(self) -> float:
        """Points from its upper to its lower edge."""
        return self.lines * LEADING + self.above + self.below


def torn(row: Row) -> Iterator[Row]:
    """Yield a row as it is, or, when it is very high, in pieces that follow each other without a line between."""
    count = row.lines
    if count <= MOST_LINES:
        yield row
        return
    for first in range(0, count, MOST_LINES):
        last = first + MOST_LINES >= count
        yield replace(
            row,
            texts=[_part(slot.lines(text)[first : first + MOST_LINES]) for text, slot in _pairs(row)],
            keep=row.keep and last, ruled=row.ruled and last, strong=row.strong and not first,
            above=0 if first else row.above, below=row.below if last else 0,
        )  # fmt: skip


def _pairs(row: Row) -> Iterator[tuple[str, Slot]]:
    return zip(row.texts, row.slots, strict=True)


def _part(lines: Sequence[Runs]) -> str:
    return "\n".join("".join(part for _font, part in runs) for runs in lines)


class _Body:
    """What the pieces of one table share."""

    def __init__(self, head: Sequence[Row], rows: Sequence[Row], grid: Sequence[float]) -> None:
        self.head, self.grid = head, grid
        self.rows = [piece for row in rows for piece in torn(row)]
        self.heights = array("d", [row.height for row in self.rows])
        self.head_height = sum(row.height for row in head)


class DrawnTable(Flowable):  # type: ignore[misc]  # reportlab is untyped
    """Rows under a head, as wide as the page; `grid` are the places of lines from top to bottom.

    `start` is the first row that is not on an earlier page, `end` the one after the last of this piece.
    """

    def __init__(self, head: Sequence[Row], rows: Sequence[Row], grid: Sequence[float] = ()) -> None:
        super().__init__()
        self._body = _Body(head, rows, grid)
        self.start, self.end = 0, len(self._body.rows)

    @property
    def texts(self) -> list[list[str]]:
        """What it says, row by row, the head first."""
        return [list(row.texts) for row in (*self._body.head, *self._body.rows[self.start : self.end])]

    def _piece(self, start: int, end: int) -> DrawnTable:
        piece = DrawnTable((), ())
        piece._body, piece.start, piece.end = self._body, start, end
        return piece

    def _together(self, start: int) -> int:
        """Return the row after those that stay on the page of `start`; alone when they are too many for any page."""
        rows, end = self._body.rows, start + 1
        while end < self.end and rows[end - 1].keep:
            end += 1
        whole = self._body.head_height + sum(self._body.heights[start:end])
        return end if whole <= FULL_PAGE else start + 1

    def _fitting(self, room: float) -> tuple[int, float]:
        """Return the row after the last one that fits into `room` points, and the height used."""
        used, number = self._body.head_height, self.start
        while number < self.end:
            following = self._together(number)
            height = sum(self._body.heights[number:following])
            if used + height > room:
                break
            used, number = used + height, following
        return number, used

    def wrap(self, available_width: float, available_height: float) -> tuple[float, float]:
        """Return the size; one point more than there is says that it does not fit."""
        last, used = self._fitting(available_height)
        self.width, self.height = available_width, used if last == self.end else available_height + 1
        return self.width, self.height

    def begins_within(self, room: float) -> bool:
        """Test whether enough of it fits into `room` points to begin there."""
        return self._fitting(room)[0] - self.start >= min(FIRST_ROWS, self.end - self.start)

    def split(self, _available_width: float, available_height: float) -> list[Flowable]:
        """Return what fits and the rest; nothing when not even one row fits."""
        last, _used = self._fitting(available_height)
        if last == self.start:
            return []
        rest = [self._piece(last, self.end)] if last < self.end else []
        return [self._piece(self.start, last), *rest]

    def draw(self) -> None:
        """Draw the head and the rows from the top."""
        canvas, body = self.canv, self._body
        canvas.saveState()
        canvas.setFillColor(SUNKEN)
        canvas.rect(0, self.height - body.head_height, WIDTH, body.head_height, stroke=0, fill=1)
        rows = [*body.head, *body.rows[self.start : self.end]]
        heights = [*(row.height for row in body.head), *body.heights[self.start : self.end]]
        tops = [self.height]
        for height in heights:
            tops.append(tops[-1] - height)
        canvas.addLiteral(" ".join(_written(rows, tops, canvas)))
        self._draw_lines(rows, tops)
        for row, top, bottom in zip(rows, tops, tops[1:], strict=False):
            for place, slot in zip(row.links, row.slots, strict=False):
                if place:
                    canvas.linkRect("", place, (slot.left, bottom, slot.left + slot.width, top), relative=1)
        canvas.restoreState()

    def _draw_lines(self, rows: Sequence[Row], tops: Sequence[float]) -> None:
        head = len(self._body.head)
        body = list(zip(rows, tops, tops[1:], strict=False))[head:]
        self._stroke([_across(bottom) for row, _top, bottom in body if row.ruled], LINE, 0.4)
        self._stroke([_across(top) for row, top, _bottom in body if row.strong], LINE, 0.8)
        self._stroke([_down(x, tops[0], tops[-1]) for x in self._body.grid], LINE, 0.4)
        self._stroke([_across(tops[0]), _across(tops[head])], INK_3, 0.8)
        self._stroke([_down(0, top, bottom) for row, top, bottom in body if row.marked], BAD, 2)

    def _stroke(self, path: Sequence[str], colour: Any, width: float) -> None:
        if path:
            self.canv.setStrokeColor(colour)
            self.canv.setLineWidth(width)
            self.canv.addLiteral(f"{' '.join(path)} S")


def _written(rows: Sequence[Row], tops: Sequence[float], canvas: Any) -> Iterator[str]:
    """Yield the operators that show the texts, row by row as they are read."""
    yield "BT"
    colour, font = "", ""
    for row, top in zip(rows, tops, strict=False):
        base = f"{top - row.above - CELL_SIZE:.2f}"
        for text, slot in zip(row.texts, row.slots, strict=True):
            if not text:
                continue
            left, code, before = slot.code(text, canvas)
            if slot.colour != colour:
                colour = slot.colour
                yield colour
            if before and before != font:
                yield before
            font = before
            yield f"1 0 0 1 {left:.2f} {base} Tm {code}"
    yield "ET"


def _across(y: float) -> str:
    return f"0 {y:.2f} m {WIDTH:.2f} {y:.2f} l"


def _down(x: float, top: float, bottom: float) -> str:
    return f"{x:.2f} {top:.2f} m {x:.2f} {bottom:.2f} l"
