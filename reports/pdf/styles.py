"""Colours, sizes and paragraph styles of the documents; the colours are those of the pages."""

from __future__ import annotations

from functools import cache

from reportlab.lib.colors import HexColor
from reportlab.lib.enums import TA_CENTER, TA_LEFT, TA_RIGHT
from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm

from reports.pdf import fonts

INK, INK_2, INK_3 = HexColor("#17212e"), HexColor("#3b485a"), HexColor("#566377")
LINE, SUNKEN = HexColor("#dbe1e9"), HexColor("#eef1f5")
ACTION, BAD = HexColor("#1a56b0"), HexColor("#a81e1e")

PAGE = landscape(A4)
MARGIN, TOP, BOTTOM = 15 * mm, 25 * mm, 17 * mm
WIDTH = PAGE[0] - 2 * MARGIN
CELL_SIZE, LEADING = 7.6, 9.6
REGULAR_FONT, BOLD_FONT = fonts.REGULAR, fonts.BOLD


@cache
def style(name: str) -> ParagraphStyle:
    """Return a paragraph style by name; see the table below."""
    fonts.register()
    return ParagraphStyle(name, **{**_BASE, **_STYLES[name]})


def sided(name: str, side: str) -> str:
    """Return the style of that name for a column's side, the style itself where there is none for the side.

    >>> sided("cell-bad", "-center"), sided("cell-bad", ""), sided("cell-center", "-center")
    ('cell-bad-center', 'cell-bad', 'cell-center')
    """
    return f"{name}{side}" if f"{name}{side}" in _STYLES else name


_BASE = {"fontName": fonts.REGULAR, "fontSize": 8.5, "leading": 11.5, "textColor": INK, "alignment": TA_LEFT}
_STYLES: dict[str, dict[str, object]] = {
    "body": {"spaceAfter": 4},
    "note": {"fontSize": 7.6, "leading": 10, "textColor": INK_3, "spaceBefore": 3, "spaceAfter": 3},
    "title": {"fontName": fonts.BOLD, "fontSize": 19, "leading": 24, "spaceAfter": 2},
    "subtitle": {"fontSize": 10.5, "leading": 14, "textColor": INK_2, "spaceAfter": 9},
    "section": {"fontName": fonts.BOLD, "fontSize": 13, "leading": 17, "spaceBefore": 12, "spaceAfter": 4},
    "subsection": {"fontName": fonts.BOLD, "fontSize": 10, "leading": 13, "spaceBefore": 7, "spaceAfter": 3},
    "part": {
        "fontName": fonts.BOLD,
        "fontSize": 8,
        "leading": 10.5,
        "textColor": INK_2,
        "spaceBefore": 5,
        "spaceAfter": 2,
    },
    "verdict": {"fontName": fonts.BOLD, "fontSize": 12.5, "leading": 16, "spaceBefore": 4, "spaceAfter": 3},
    "bad": {"fontName": fonts.BOLD, "fontSize": 8.5, "leading": 11.5, "textColor": BAD, "spaceAfter": 4},
    "draft": {"fontName": fonts.BOLD, "fontSize": 8.5, "leading": 11, "textColor": BAD},
    "header": {"fontSize": 8.5, "leading": 11},
    "header-right": {"fontName": fonts.BOLD, "fontSize": 8.5, "leading": 11, "alignment": TA_RIGHT},
    "header-soft": {"fontSize": 7.6, "leading": 10, "textColor": INK_3},
    "header-soft-right": {"fontSize": 7.6, "leading": 10, "textColor": INK_3, "alignment": TA_RIGHT},
    "footer": {"fontSize": 7.2, "leading": 9, "textColor": INK_3},
    "footer-right": {"fontSize": 7.2, "leading": 9, "textColor": INK_3, "alignment": TA_RIGHT},
    "cell": {"fontSize": CELL_SIZE, "leading": LEADING},
    "below": {"fontSize": CELL_SIZE, "leading": LEADING, "textColor": INK_2, "leftIndent": 6},
    "cell-right": {"fontSize": CELL_SIZE, "leading": LEADING, "alignment": TA_RIGHT},
    "cell-center": {"fontSize": CELL_SIZE, "leading": LEADING, "alignment": TA_CENTER},
    "cell-bold": {"fontName": fonts.BOLD, "fontSize": CELL_SIZE, "leading": LEADING},
    "cell-bad": {"fontName": fonts.BOLD, "fontSize": CELL_SIZE, "leading": LEADING, "textColor": BAD},
    "cell-bold-right": {
        "fontName": fonts.BOLD,
        "fontSize": CELL_SIZE,
        "leading": LEADING,
        "alignment": TA_RIGHT,
    },
    "cell-bad-center": {
        "fontName": fonts.BOLD,
        "fontSize": CELL_SIZE,
        "leading": LEADING,
        "textColor": BAD,
        "alignment": TA_CENTER,
    },
    "cell-indent": {"fontSize": CELL_SIZE, "leading": LEADING, "leftIndent": 8},
    "cell-indent-2": {"fontSize": CELL_SIZE, "leading": LEADING, "leftIndent": 18, "textColor": INK_2},
    "head": {"fontName": fonts.BOLD, "fontSize": CELL_SIZE, "leading": LEADING, "textColor": INK_2},
    "head-right": {
        "fontName": fonts.BOLD,
        "fontSize": CELL_SIZE,
        "leading": LEADING,
        "textColor": INK_2,
        "alignment": TA_RIGHT,
    },
    "head-center": {
        "fontName": fonts.BOLD,
        "fontSize": CELL_SIZE,
        "leading": LEADING,
        "textColor": INK_2,
        "alignment": TA_CENTER,
    },
}
