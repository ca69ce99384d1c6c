"""The fonts of our documents, embedded, and text made safe for them."""

from __future__ import annotations

import re
from functools import cache
from itertools import groupby
from pathlib import Path
from xml.sax.saxutils import escape

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfbase.ttfonts import TTFont

FOLDER = Path(__file__).parent / "fonts"
REGULAR, BOLD, ITALIC = "IBMPlexSans-Regular", "IBMPlexSans-SemiBold", "IBMPlexSans-Italic"
#: Chinese text, embedded: the characters of GB 2312.
CHINESE = "NotoSansSC-Regular"
#: Rarer characters use the reader's own song typeface, which every PDF reader knows by this name.
RARE_CHINESE = "STSong-Light"
_CHINESE_RUN = re.compile(r"[\u2e80-\u9fff\uf900-\ufaff\ufe30-\ufe4f\uff00-\uffef]+")


@cache
def register() -> None:
    """Make the fonts known to ReportLab; once per process."""
    for name in (REGULAR, BOLD, ITALIC):
        pdfmetrics.registerFont(TTFont(name, str(FOLDER / f"{name}.ttf")))
    pdfmetrics.registerFontFamily(REGULAR, normal=REGULAR, bold=BOLD, italic=ITALIC, boldItalic=BOLD)


@cache
def _glyphs() -> frozenset[int]:
    register()
    return frozenset(pdfmetrics.getFont(REGULAR).face.charToGlyph)


@cache
def _chinese_glyphs() -> frozenset[int]:
    """The embedded Chinese font is read when the first Chinese text is drawn: most documents have none."""
    pdfmetrics.registerFont(TTFont(CHINESE, str(FOLDER / f"{CHINESE}.ttf")))
    pdfmetrics.registerFont(UnicodeCIDFont(RARE_CHINESE))
    return frozenset(pdfmetrics.getFont(CHINESE).face.charToGlyph)


def plain(text: object) -> str:
    """Return text in which every character can be drawn; one that no font has is named, never dropped.

    >>> plain("≥ 1 × 10⁶ \U0001f600")
    '≥ 1 × 10⁶ [U+1F600]'
    """
    said = str(text)
    return said if said.isascii() and said.isprintable() else "".join(_shown(character) for character in said)


def _shown(character: str) -> str:
    if ord(character) in _glyphs() or character in "\n\t" or _CHINESE_RUN.match(character):
        return character
    return " " if character.isspace() else f"[U+{ord(character):04X}]"


def markup(text: object) -> str:
    """Return text as the content of a paragraph: escaped, line breaks kept, Chinese runs in a font that has them."""
    safe = escape(plain(text)).replace("\n", "<br/>")
    return _CHINESE_RUN.sub(_in_chinese, safe)


def font_of(character: str, usual: str) -> str:
    """Return the font that has a character: the usual one, the embedded Chinese one, or the reader's own."""
    if not _CHINESE_RUN.match(character):
        return usual
    return CHINESE if ord(character) in _chinese_glyphs() else RARE_CHINESE


def _in_chinese(run: re.Match[str]) -> str:
    """Return a run in the embedded font; characters that it does not have in the reader's own."""
    parts = groupby(run.group(), key=lambda character: font_of(character, CHINESE))
    return "".join(f'<font name="{name}">{"".join(characters)}</font>' for name, characters in parts)
