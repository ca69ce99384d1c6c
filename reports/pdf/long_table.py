"""A long table drawn straight onto the page: for thousands of lines, where a table of paragraphs takes minutes.

Every cell wraps between words, Chinese text between characters, words longer than the column anywhere; the header is
repeated on each page. A line is never torn apart, so texts without a limit of length belong into a table of paragraphs.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from itertools import groupby
from typing import Any

from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.platypus import Flowable

from reports.pdf.fonts import font_of, plain
from reports.pdf.styles import BOLD_FONT, CELL_SIZE, INK, INK_2, INK_3, LINE, REGULAR_FONT, SUNKEN, style
from reports.pdf.tables import Head, widths

LEADING, ABOVE, BELOW, SIDE = 9.6, 2.2, 2.6, 3.5
_TOKEN = re.compile(
    r"\s+|[\u2e80-\u9fff\uf900-\ufaff\ufe30-\ufe4f\uff00-\uffef]|[^\s\u2e80-\u9fff\uf900-\ufaff\ufe30-\uffef]+"
)
#: The lines of a cell: each is runs of (font, text).
Runs = tuple[tuple[str, str], ...]


@lru_cache(maxsize=20_000)
def _width(text: str, font: str) -> float:
    return float(sum(stringWidth(part, name, CELL_SIZE) for name, part in _runs(text, font)))


def _runs(text: str, font: str) -> Runs:
    return tuple((name, "".join(part)) for name, part in groupby(text, key=lambda character: font_of(character, font)))


@lru_cache(maxsize=50_000)
def wrapped(text: str, room: float, font: str = REGULAR_FONT) -> tuple[Runs, ...]:
    """Return the lines of a text that fit into `room` points; nothing of it is left out."""
    lines: list[str] = []
    for paragraph in plain(text).split("\n"):
        lines += _lines(paragraph, room, font)
    return tuple(_runs(line, font) for line in lines)


def _lines(paragraph: str, room: float, font: str) -> list[str]:
    if _width(paragraph, font) <= room:
        return [paragraph]
    lines, line = [], ""
    for token in (part for word in _TOKEN.findall(paragraph) for part in _pieces(word, room, font)):
        if line and _width(line + token.rstrip(), font) > room:
            lines.append(line.rstrip())
            line = token.lstrip()
        else:
            line += token
    return [*lines, line.rstrip()]


def _pieces(word: str, room: float, font: str) -> list[str]:
    """Return a word in pieces that fit into a line; a word that fits is one piece."""
    if _width(word, font) <= room:
        return [word]
    pieces = [""]
    for character in word:
        if pieces[-1] and _width(pieces[-1] + character, font) > room:
            pieces.append("")
        pieces[-1] += character
    return pieces


class LongTable(Flowable):  # type: ignore[misc]  # reportlab is untyped
    """Lines of texts under heads; `start` is the first line that is not on an earlier page."""

    def __init__(self, heads: Sequence[Head], rows: Sequence[Sequence[str]], start: int = 0, end: int | None = None):
        super().__init__()
        style("cell")  # the fonts are known from here on
        self.heads, self.rows, self.start = heads, rows, start
        self.end = len(rows) if end is None else end
        self.columns = widths([head.share for head in heads])

    def _cells(self, texts: Sequence[str], font: str = REGULAR_FONT) -> list[tuple[Runs, ...]]:
        return [wrapped(text, width - 2 * SIDE, font) for text, width in zip(texts, self.columns, strict=True)]

    @staticmethod
    def _height(cells: Sequence[tuple[Runs, ...]]) -> float:
        return max(len(lines) for lines in cells) * LEADING + ABOVE + BELOW

    def _head(self) -> list[tuple[Runs, ...]]:
        return self._cells([head.title for head in self.heads], BOLD_FONT)

    def _fitting(self, room: float) -> tuple[int, float]:
        """Return the line after the last one that fits into `room` points, and the height used."""
        used = self._height(self._head())
        for number in range(self.start, self.end):
            height = self._height(self._cells(self.rows[number]))
            if used + height > room:
                return number, used
            used += height
        return self.end, used

    def wrap(self, available_width: float, available_height: float) -> tuple[float, float]:
        """Return the size; one line more than fits is enough to say that it does not."""
        last, used = self._fitting(available_height)
        self.width, self.height = available_width, used if last == self.end else available_height + 1
        return self.width, self.height

    def split(self, _available_width: float, available_height: float) -> list[Flowable]:
        """Return what fits and the rest; nothing when not even one line fits."""
        last, _used = self._fitting(available_height)
        if last == self.start:
            return []
        rest = [LongTable(self.heads, self.rows, last, self.end)] if last < self.end else []
        return [LongTable(self.heads, self.rows, self.start, last), *rest]

    def draw(self) -> None:
        """Draw the header and the lines from the top."""
        canvas, top = self.canv, self.height
        head = self._head()
        height = self._height(head)
        canvas.setFillColor(SUNKEN)
        canvas.rect(0, top - height, sum(self.columns), height, stroke=0, fill=1)
        self._rule(top, INK_3, 0.8)
        top = self._row(head, top, INK_2)
        self._rule(top, INK_3, 0.8)
        for number in range(self.start, self.end):
            top = self._row(self._cells(self.rows[number]), top, INK)
            self._rule(top, LINE, 0.4)

    def _rule(self, y: float, colour: Any, width: float) -> None:
        self.canv.setStrokeColor(colour)
        self.canv.setLineWidth(width)
        self.canv.line(0, y, sum(self.columns), y)

    def _row(self, cells: Sequence[tuple[Runs, ...]], top: float, colour: Any) -> float:
        text, left = self.canv.beginText(), 0.0
        text.setFillColor(colour)
        font = ""
        for lines, head, width in zip(cells, self.heads, self.columns, strict=True):
            for number, runs in enumerate(lines):
                spare = width - 2 * SIDE - sum(_width(part, name) for name, part in runs) if head.side else 0
                shift = spare / 2 if head.side == "-center" else spare
                text.setTextOrigin(left + SIDE + shift, top - ABOVE - CELL_SIZE - number * LEADING)
                for name, part in runs:
                    if name != font:
                        text.setFont(name, CELL_SIZE)
                        font = name
                    text.textOut(part)
            left += width
        self.canv.drawText(text)
        return top - self._height(cells)
