"""Text broken into the lines of a cell, each in runs of one font; nothing of it is left out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import groupby

from reportlab.pdfbase.pdfmetrics import stringWidth

from reports.pdf.fonts import font_of, plain
from reports.pdf.styles import CELL_SIZE, REGULAR_FONT

_TOKEN = re.compile(
    r"\s+|[\u2e80-\u9fff\uf900-\ufaff\ufe30-\ufe4f\uff00-\uffef]|[^\s\u2e80-\u9fff\uf900-\ufaff\ufe30-\uffef]+"
)
#: One line of a cell: runs of (font, text).
Runs = tuple[tuple[str, str], ...]


@lru_cache(maxsize=5_000)
def _width(text: str, font: str) -> float:
    return width_of(_runs(text, font))


def width_of(runs: Runs) -> float:
    """Return the width of a line in points."""
    return float(sum(stringWidth(part, name, CELL_SIZE) for name, part in runs))


def _runs(text: str, font: str) -> Runs:
    if text.isascii():
        return ((font, text),)
    return tuple((name, "".join(part)) for name, part in groupby(text, key=lambda character: font_of(character, font)))


def wrapped(text: str, room: float, font: str = REGULAR_FONT) -> tuple[Runs, ...]:
    """Return the lines of a text that fit into `room` points.

    Lines break between words, Chinese text between characters, and a word longer than the line anywhere.
    """
    shown = plain(text)
    return tuple(_runs(line, font) for paragraph in shown.split("\n") for line in _lines(paragraph, room, font))


def _lines(paragraph: str, room: float, font: str) -> Iterator[str]:
    line, used = "", 0.0
    for token in (part for word in _TOKEN.findall(paragraph) for part in _pieces(word, room, font)):
        if line and not token.isspace() and used + _width(token, font) > room:
            yield line.rstrip()
            line, used = "", 0.0
        if line or not token.isspace():
            line, used = line + token, used + _width(token, font)
    yield line.rstrip()


def _pieces(word: str, room: float, font: str) -> list[str]:
    """Return a word in pieces that fit into a line; a word that fits, and space, is one piece."""
    if word.isspace() or _width(word, font) <= room:
        return [word]
    pieces = [""]
    for character in word:
        if pieces[-1] and _width(pieces[-1] + character, font) > room:
            pieces.append("")
        pieces[-1] += character
    return pieces
