"""The operating characteristics that were stored with the minutes: sentences, bars, tables."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from reportlab.graphics.shapes import Drawing, Line, Rect, String
from reportlab.lib.colors import HexColor
from reportlab.platypus import Flowable, Paragraph

from dosing.selectors.characteristics_figures import BAR, Bars, outcome_bars
from dosing.selectors.characteristics_tables import Table, price, short_of_minimum, tables
from reports.content.pack import Pack
from reports.pdf.document import Heading
from reports.pdf.fonts import markup, plain
from reports.pdf.styles import INK, INK_2, LINE, REGULAR_FONT, style
from reports.pdf.tables import Head, Text, listing, note
from reports.pdf.tables import Line as TableLine

COLOURS = {"b0": HexColor("#1a56b0"), "b1": HexColor("#b9873a")}


def characteristics_section(title: str, pack: Pack) -> list[Flowable]:
    """Return what is stored with the record; one sentence when nothing is."""
    if not pack.characteristics:
        said = _("None is stored with this record. The statistician's page shows them for any probabilities.")
        return [Heading(title), Paragraph(markup(said), style("body"))]
    elements: list[Flowable] = [Heading(title)]
    for content in pack.characteristics:
        elements += _one(content)
    return elements


def _one(content: dict[str, Any]) -> list[Flowable]:
    assumed = " / ".join(content["probabilities"])
    bars = outcome_bars(content)
    sentences = [*price(content), short_of_minimum(content)]
    return [
        Heading(_("At true DLT probabilities %(assumed)s") % {"assumed": assumed}, 1),
        *(Paragraph(markup(sentence), style("body")) for sentence in sentences),
        drawing(bars),
        note(" · ".join([bars.title, *(f"{name} ({_colour(look)})" for look, name in bars.series)])),
        *(element for table in tables(content) for element in _table(table)),
        note(_("Exact: every path of cohorts is counted, nothing is simulated.")),
    ]


def _colour(look: str) -> str:
    return {"b0": _("blue"), "b1": _("brown")}[look]


def _table(table: Table) -> list[Flowable]:
    heads = [Head(table.title, 2.4), *(Head(f"{rule}\n{start}", 1.6, "-right") for rule, start in table.heads)]
    return [listing(heads, [TableLine([Text(name, "cell-bold"), *cells]) for name, cells in table.rows])]


def drawing(bars: Bars) -> Drawing:
    """Return the same bars as the page shows; ReportLab counts upwards, SVG downwards."""
    picture = Drawing(bars.width, bars.height)
    base = bars.height - bars.base
    picture.add(Line(4, base, bars.width, base, strokeColor=LINE, strokeWidth=0.8))
    for bar in bars.bars:
        height = float(bar.height)
        picture.add(Rect(bar.x, base, BAR, height, fillColor=COLOURS[bar.look], strokeColor=None))
        picture.add(_words(bar.text_x, base + height + 4, bar.text, INK))
    for x, label in bars.labels:
        picture.add(_words(x, base - 13, label, INK_2))
    return picture


def _words(x: float, y: float, text: str, colour: Any) -> String:
    return String(x, y, plain(text), fontName=REGULAR_FONT, fontSize=8, fillColor=colour, textAnchor="middle")
