"""The sheet a figure is drawn on, and the way from there to a picture that a page may hold.

Matplotlib draws; its SVG is then made fit for a page with a strict content policy (no style attributes), for several
figures on one page (identifiers of their own) and for people who read with the keyboard or by ear: a title, a
description, and a name on every mark.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import BytesIO
from threading import Lock
from typing import Any, cast
from xml.etree import ElementTree

import matplotlib
from matplotlib import font_manager
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure as Sheet
from matplotlib.transforms import Bbox

from reports.pdf.fonts import FOLDER

SVG, XLINK = "http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"
FONT = "IBM Plex Sans"
INK, INK_2, INK_3, LINE = "#17212e", "#3b485a", "#566377", "#dbe1e9"
STAMP_HEIGHT = 18
#: Plain lines and areas are small enough after little compression.
QUICK = 2
POINTS_PER_INCH, DOTS_PER_INCH = 72, 160
#: Settings of the drawing library are one for the process, so one figure is drawn at a time.
_DRAWING = Lock()
_SETTINGS: dict[str, Any] = {
    "svg.fonttype": "none", "svg.hashsalt": "figure", "font.family": FONT, "font.size": 9, "text.color": INK,
    "axes.edgecolor": INK_3, "axes.labelcolor": INK_2, "axes.linewidth": 0.8, "axes.spines.top": False,
    "axes.spines.right": False, "axes.titlesize": 10, "axes.titlelocation": "left", "axes.unicode_minus": True,
    "xtick.color": INK_3, "ytick.color": INK_3, "xtick.labelcolor": INK_2, "ytick.labelcolor": INK_2,
    "legend.frameon": False, "legend.fontsize": 8,
}  # fmt: skip

ElementTree.register_namespace("", SVG)
ElementTree.register_namespace("xlink", XLINK)


@dataclass
class Drawing:
    """A figure under the pencil: `marks` are the names of its marks, in the order in which a reader meets them."""

    name: str
    sheet: Sheet
    marks: list[str] = field(default_factory=list)

    def mark(self, artist: Any, label: str) -> None:
        """Give an artist, or several that belong together, the name that is read out."""
        artist.set_gid(f"{self.name}-mark-{len(self.marks)}")
        self.marks.append(label)


@dataclass(frozen=True)
class Picture:
    """A finished figure as SVG with its name, title and description, and how many marks it has."""

    name: str
    title: str
    description: str
    svg: str
    marks: tuple[str, ...]
    #: What it was drawn on, for the picture as pixels.
    sheet: Any = field(default=None, repr=False, compare=False)


@contextmanager
def drawing(name: str, width: float, height: float) -> Iterator[Drawing]:
    """Open a sheet of so many inches; nobody else draws meanwhile."""
    with _DRAWING, matplotlib.rc_context(cast(Any, _SETTINGS)):
        _make_font_known()
        yield Drawing(name, Sheet(figsize=(width, height)))


def _make_font_known() -> None:
    if FONT not in {entry.name for entry in font_manager.fontManager.ttflist}:
        for path in sorted(FOLDER.glob("*.ttf")):
            font_manager.fontManager.addfont(str(path))


def finish(drawn: Drawing, title: str, description: str) -> Picture:
    """Return the picture; call it while the sheet is open."""
    target = BytesIO()
    canvas: Any = FigureCanvasSVG(drawn.sheet)  # matplotlib types no method of its canvases
    canvas.print_svg(target, metadata={"Date": None, "Creator": None})
    root = ElementTree.fromstring(target.getvalue())
    _make_plain(root, drawn.name)
    _make_readable(root, drawn, title, description)
    return Picture(
        drawn.name, title, description, ElementTree.tostring(root, encoding="unicode"), tuple(drawn.marks), drawn.sheet
    )


def stamped(picture: Picture, text: str) -> str:
    """Return the picture with a line below it, for a file that leaves the page: what it shows, as of when."""
    root = ElementTree.fromstring(picture.svg)
    left, top, width, height = (float(part) for part in root.get("viewBox", "").split())
    root.set("viewBox", f"{left:g} {top:g} {width:g} {height + STAMP_HEIGHT:g}")
    root.set("height", f"{height + STAMP_HEIGHT:g}pt")
    place = {"x": "6", "y": f"{height + STAMP_HEIGHT / 2:g}", "font-size": "8px", "font-family": FONT, "fill": INK_3}
    ElementTree.SubElement(root, f"{{{SVG}}}text", place).text = text
    return ElementTree.tostring(root, encoding="unicode")


def as_png(picture: Picture, text: str) -> bytes:
    """Return the picture as pixels, with the same line below it."""
    width, height = picture.sheet.get_size_inches()
    strip = STAMP_HEIGHT / POINTS_PER_INCH
    line = picture.sheet.text(6 / POINTS_PER_INCH / width, -strip / 2 / height, text, fontsize=6, color=INK_3)
    target = BytesIO()
    described = {"Title": picture.title, "Description": f"{picture.description} {text}", "Software": None}
    with _DRAWING, matplotlib.rc_context(cast(Any, _SETTINGS)):
        FigureCanvasAgg(picture.sheet)
        picture.sheet.savefig(
            target, format="png", dpi=DOTS_PER_INCH, metadata=described,
            bbox_inches=Bbox.from_extents(0, -strip, width, height), pil_kwargs={"compress_level": QUICK},
        )  # fmt: skip
    line.remove()
    return target.getvalue()


def _make_plain(root: ElementTree.Element, name: str) -> None:
    """Replace style attributes by presentation attributes, and make every identifier the figure's own."""
    for parent in root.iter():
        for child in [each for each in parent if each.tag in (f"{{{SVG}}}style", f"{{{SVG}}}metadata")]:
            parent.remove(child)
    for element in root.iter():
        for key, value in _declarations(element.attrib.pop("style", "")):
            element.set(key, value)
        for key, value in list(element.attrib.items()):
            element.set(key, _renamed(key, value, name))
    root.set("stroke-linejoin", "round")
    root.set("stroke-linecap", "butt")


def _declarations(style: str) -> Iterator[tuple[str, str]]:
    for part in style.split(";"):
        key, _colon, value = (text.strip() for text in part.partition(":"))
        if key == "font":
            # The short form "9px 'Name'", with words such as bold before the size.
            found = re.search(r"([0-9.]+px)\s*(.*)$", value)
            assert found is not None, value
            yield "font-size", found[1]
            yield "font-family", found[2].replace("'", "")
            if "bold" in value or re.match(r"[5-9]00\b", value):
                yield "font-weight", "bold"
        elif key == "font-family":
            yield key, value.replace("'", "")
        elif key:
            yield key, value


def _renamed(key: str, value: str, name: str) -> str:
    if key == "id":
        return value if value.startswith(f"{name}-mark-") else f"{name}-{value}"
    if key == f"{{{XLINK}}}href" and value.startswith("#"):
        return f"#{name}-{value[1:]}"
    return re.sub(r"url\(#([^)]*)\)", rf"url(#{name}-\1)", value)


def _make_readable(root: ElementTree.Element, drawn: Drawing, title: str, description: str) -> None:
    for tag, text in (("desc", description), ("title", title)):
        element = ElementTree.Element(f"{{{SVG}}}{tag}", {"id": f"{drawn.name}-{tag}"})
        element.text = text
        root.insert(0, element)
    # A group, not an image: an image would hide its marks from assistive technology.
    root.set("role", "group")
    root.set("aria-labelledby", f"{drawn.name}-title")
    root.set("aria-describedby", f"{drawn.name}-desc")
    root.set("class", "figure-svg")
    names = {f"{drawn.name}-mark-{number}": label for number, label in enumerate(drawn.marks)}
    for element in root.iter(f"{{{SVG}}}g"):
        label = names.get(element.get("id", ""))
        if label is not None:
            element.set("role", "img")
            element.set("aria-label", label)
            element.set("tabindex", "-1")
            element.set("class", "figure-mark")
        elif re.search(r"-(text|xtick|ytick|legend)_", element.get("id", "")):
            element.set("aria-hidden", "true")
