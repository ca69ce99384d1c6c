"""The frame of every document: header and footer of each page, "page x of y", outline, properties."""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

from django.utils.translation import gettext as _
from reportlab import rl_config
from reportlab.lib.units import mm
from reportlab.lib.utils import TimeStamp
from reportlab.pdfbase.pdfdoc import PDFDictionary, PDFName, PDFStream
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import BaseDocTemplate, Flowable, Frame, KeepTogether, PageTemplate, Paragraph

from reports.pdf.drawn_table import DrawnTable
from reports.pdf.fonts import REGULAR, markup
from reports.pdf.styles import ACTION, BOTTOM, LINE, MARGIN, PAGE, TOP, WIDTH, style

#: Streams are bytes, not letters: a quarter smaller, and nothing is spent on spelling them.
rl_config.useA85 = 0
#: What stands in the same way on every page is kept once, under these names.
HEAD, FOOT = "head", "foot"
#: Compression of what only waits.
QUICK = 1
#: Called with (elements drawn, elements in all).
Step = Callable[[int, int], None]


@dataclass(frozen=True)
class PageFrame:
    """What stands on every page, in words. `draft` is "" when nothing is unverified.

    `made_at` is the moment in the document's properties: nothing in its bytes depends on any other clock.
    """

    title: str
    study: str
    protocol: str
    site: str
    cutoff: str
    generated: str
    software: str
    draft: str
    author: str
    language: str
    made_at: datetime


@dataclass(frozen=True)
class Rendered:
    """The bytes of a document and the number of its pages."""

    content: bytes
    pages: int


class Heading(Paragraph):  # type: ignore[misc]  # reportlab is untyped
    """A heading that appears in the outline; `level` 0 is a section. `place` names it where its words come twice."""

    def __init__(self, text: str, level: int = 0, place: str = "") -> None:
        super().__init__(markup(text), style("section" if level == 0 else "subsection"))
        self.outline_text, self.outline_level = text, level
        self.place = anchor(place or text)
        self.keepWithNext = 1


def anchor(text: str) -> str:
    """Return the name of the place of a heading.

    >>> anchor("Deaths, and fatal events")
    'at-deaths-and-fatal-events'
    """
    return "at-" + "-".join(re.findall(r"\w+", text.casefold()))


class PagedCanvas(Canvas):  # type: ignore[misc]  # reportlab is untyped
    """Holds pages back until their number is known; then each gets its footer and its outline entries.

    The outline is written with the page it points to, because a held-back page has no identity before.
    """

    def __init__(self, *args: Any, frame: PageFrame, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.page_frame = frame
        self.held: list[dict[str, Any]] = []
        self.marks: list[Heading] = []

    def showPage(self) -> None:  # noqa: N802 - the name is ReportLab's
        state = {name: value for name, value in self.__dict__.items() if name != "held"}
        # Hundreds of pages wait here: packed, they need a tenth of the memory.
        self.held.append({**state, "_code": zlib.compress("\n".join(self._code).encode(), QUICK)})
        self.marks = []
        self._startPage()

    def save(self) -> None:
        total = len(self.held)
        for number in range(1, total + 1):
            state, self.held[number - 1] = self.held[number - 1], {}
            self.__dict__.update({**state, "_code": [zlib.decompress(state["_code"]).decode()]})
            for heading in self.marks:
                self.bookmarkPage(heading.place)
                self.addOutlineEntry(heading.outline_text, heading.place, level=heading.outline_level)
            draw_footer(self, number, total)
            super().showPage()
            self._pack(self._doc.Pages.pages[-1])
        super().save()

    @staticmethod
    def _pack(page: Any) -> None:
        """Compress a page now: ReportLab would have every page at full length until the last is there."""
        content = zlib.compress(page.stream.encode())
        page.Contents = PDFStream(PDFDictionary({"Filter": PDFName("FlateDecode")}), content)
        page.stream = ""


class Stamp(TimeStamp):  # type: ignore[misc]  # reportlab is untyped
    """When a document was made, in its properties, in UTC: given, so that the same document has the same bytes."""

    def __init__(self, moment: datetime) -> None:
        super().__init__(invariant=1)
        self.t, self.lt = moment.timestamp(), moment.astimezone(UTC).timetuple()
        self.YMDhms = tuple(self.lt)[:6]
        self.tzname, self.dhh, self.dmm = "UTC", 0, 0


class Beginning(KeepTogether):  # type: ignore[misc]  # reportlab is untyped
    """A heading and what follows it, on one page; of a table the first rows are enough."""

    def split(self, available_width: float, available_height: float) -> list[Flowable]:
        *before, last = self._content
        if isinstance(last, DrawnTable):
            used = sum(each.wrap(available_width, available_height)[1] + each.getSpaceAfter() for each in before)
            used += sum(each.getSpaceBefore() for each in before)
            if last.begins_within(available_height - used):
                return list(self._content)
        return list(super().split(available_width, available_height))


class Document(BaseDocTemplate):  # type: ignore[misc]  # reportlab is untyped
    """Lays elements out on pages with our frame, telling how many are done."""

    def __init__(self, target: BytesIO, frame: PageFrame, step: Step) -> None:
        super().__init__(
            target, pagesize=PAGE, leftMargin=MARGIN, rightMargin=MARGIN, topMargin=TOP, bottomMargin=BOTTOM,
            title=f"{frame.protocol} {frame.title}", author=frame.author, subject=frame.cutoff,
            creator=frame.software, lang=frame.language,
        )  # fmt: skip
        body = Frame(
            MARGIN, BOTTOM, WIDTH, PAGE[1] - TOP - BOTTOM, leftPadding=0, rightPadding=0, topPadding=0, bottomPadding=0
        )
        self.addPageTemplates(PageTemplate("page", [body], onPage=self._draw_header))
        self.page_frame, self.step = frame, step
        self.keepTogetherClass = Beginning
        self.drawn, self.expected = 0, 0

    def write(self, elements: Iterable[Flowable]) -> int:
        """Build the document; return its number of pages."""
        story = list(elements)
        self.expected = len(story)
        self.build(story, canvasmaker=self._canvas)
        return int(self.page)

    def _canvas(self, *args: Any, **kwargs: Any) -> PagedCanvas:
        canvas = PagedCanvas(*args, frame=self.page_frame, **{**kwargs, "initialFontName": REGULAR, "invariant": 1})
        canvas._doc._timeStamp = Stamp(self.page_frame.made_at)
        canvas.setViewerPreference("DisplayDocTitle", "true")
        canvas.showOutline()
        return canvas

    def _draw_header(self, canvas: Canvas, _document: Any) -> None:
        draw_once(canvas, HEAD, lambda: draw_header(canvas, self.page_frame))

    def afterFlowable(self, flowable: Flowable) -> None:  # noqa: N802 - the name is ReportLab's
        if isinstance(flowable, Heading):
            self.canv.marks.append(flowable)
        self.drawn += 1
        self.step(min(self.drawn, self.expected), self.expected)


def _line(canvas: Canvas, text: str, name: str, x: float, y: float, width: float) -> None:
    paragraph = Paragraph(text, style(name))
    _, height = paragraph.wrap(width, 40)
    paragraph.drawOn(canvas, x, y - height)


def draw_once(canvas: Canvas, name: str, drawing: Callable[[], None]) -> None:
    """Draw what is the same on every page: laid out on the first, named on the others."""
    if not canvas.hasForm(name):
        canvas.beginForm(name)
        drawing()
        canvas.endForm()
    canvas.doForm(name)


def draw_header(canvas: Canvas, frame: PageFrame) -> None:
    """Draw study, protocol, site, cut-off and title, and in red what makes the document a draft."""
    top, half = PAGE[1] - 8.5 * mm, WIDTH / 2
    left = f"<b>{markup(frame.protocol)}</b> · {markup(frame.title)}"
    _line(canvas, left, "header", MARGIN, top, half)
    _line(
        canvas,
        markup(_("Data cut-off %(moment)s") % {"moment": frame.cutoff}),
        "header-right",
        MARGIN + half,
        top,
        half,
    )
    _line(canvas, markup(frame.study), "header-soft", MARGIN, top - 11, WIDTH * 0.7)
    _line(canvas, markup(frame.site), "header-soft-right", MARGIN + WIDTH * 0.7, top - 11, WIDTH * 0.3)
    if frame.draft:
        _line(canvas, markup(frame.draft), "draft", MARGIN, top - 22, WIDTH)
    canvas.setStrokeColor(ACTION)
    canvas.setLineWidth(0.8)
    canvas.line(MARGIN, PAGE[1] - TOP + 7, MARGIN + WIDTH, PAGE[1] - TOP + 7)


def draw_footer(canvas: PagedCanvas, number: int, total: int) -> None:
    """Draw when, by whom and with what the document was made, and the page number."""
    draw_once(canvas, FOOT, lambda: _draw_making(canvas))
    page = _("page %(number)s of %(total)s") % {"number": number, "total": total}
    _line(canvas, markup(page), "footer-right", MARGIN + WIDTH * 0.8, BOTTOM - 8, WIDTH * 0.2)


def _draw_making(canvas: PagedCanvas) -> None:
    frame = canvas.page_frame
    canvas.setStrokeColor(LINE)
    canvas.setLineWidth(0.5)
    canvas.line(MARGIN, BOTTOM - 4, MARGIN + WIDTH, BOTTOM - 4)
    made = _("Generated %(moment)s by %(person)s") % {"moment": frame.generated, "person": frame.author}
    _line(canvas, f"{markup(made)} · {markup(frame.software)}", "footer", MARGIN, BOTTOM - 8, WIDTH * 0.8)


def render(frame: PageFrame, elements: Iterable[Flowable], step: Step = lambda _done, _total: None) -> Rendered:
    """Return the document as PDF."""
    target = BytesIO()
    pages = Document(target, frame, step).write(elements)
    return Rendered(target.getvalue(), pages)
