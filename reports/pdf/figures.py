"""Figures of the pages as vectors in a document."""

from __future__ import annotations

from functools import cache
from io import BytesIO
from typing import Any

from reportlab.graphics.shapes import STATE_DEFAULTS
from reportlab.platypus import Flowable
from svglib.fonts import register_font
from svglib.svglib import svg2rlg

from reports.figures.drawing import FONT, Picture
from reports.pdf.fonts import FOLDER, REGULAR
from reports.pdf.styles import WIDTH

#: No figure is higher than this on a page, points: head, foot and its caption stay beside it.
HIGHEST = 372


@cache
def _register() -> None:
    register_font(FONT, str(FOLDER / f"{REGULAR}.ttf"))
    # A drawing names a font before its first text; let it be one whose outlines are in the file.
    STATE_DEFAULTS["fontName"] = FONT


def drawing_of(picture: Picture) -> Flowable:
    """Return a figure as wide as the page, or as high as fits."""
    _register()
    drawn: Any = svg2rlg(BytesIO(picture.svg.encode()))
    assert drawn is not None  # our own drawing is readable
    scale = min(WIDTH / drawn.width, HIGHEST / drawn.height)
    drawn.width, drawn.height = drawn.width * scale, drawn.height * scale
    drawn.scale(scale, scale)
    drawn.hAlign = "LEFT"
    return drawn
