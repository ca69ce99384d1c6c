"""Tables drawn straight onto the page: wrapped, torn between lines, with their head on every page."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO
from typing import Any

import pytest
from pypdf import PdfReader
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.platypus import PageBreak

from reports.pdf.document import Heading, PageFrame, anchor, render
from reports.pdf.drawn_table import FULL_PAGE, MOST_LINES, DrawnTable, Row, Slot
from reports.pdf.fonts import CHINESE, REGULAR
from reports.pdf.styles import CELL_SIZE, MARGIN, WIDTH
from reports.pdf.tables import Head, Line, Text, listing
from reports.pdf.wrapping import wrapped
from tests.reports.test_pdf import MAKING, outline, texts


def test_a_cell_holds_all_of_its_text_within_its_width() -> None:
    long_word = "aspartate-aminotransferase-increased-" * 4
    for text in (
        "Norepinephrine and vasopressin " * 6,
        "x" * 200,
        "受试者于回输后第3天出现发热" * 5,
        long_word,
        "a\nb",
        "",
    ):
        lines = wrapped(text, 80.0)
        drawn = "".join(part for line in lines for _font, part in line)
        assert "".join(drawn.split()) == "".join(text.split())
        assert all(sum(stringWidth(part, font, CELL_SIZE) for font, part in line) <= 80.0 for line in lines)
    assert {font for line in wrapped("出现发热 fever", 80.0) for font, _part in line} == {CHINESE, REGULAR}


def table_of(count: int, *, keep: bool = False) -> DrawnTable:
    slots = [Slot(0, 100, "cell"), Slot(100, 100, "cell-right")]
    rows = [Row([f"row {number}", "y"], slots, keep=keep) for number in range(count)]
    return DrawnTable([Row(["First", "Second"], slots)], rows)


def test_a_table_breaks_between_rows_and_repeats_its_head() -> None:
    table = table_of(10)
    assert table.split(WIDTH, 20) == []
    first, rest = table.split(WIDTH, 80)
    assert (first.start, first.end, rest.start, rest.end) == (0, 4, 4, 10)
    assert first.wrap(WIDTH, 80)[1] <= 80 < table.wrap(WIDTH, 80)[1]
    (last,) = rest.split(WIDTH, 500)
    assert last.end == 10


def test_rows_that_belong_together_stay_together_unless_no_page_has_room_for_them() -> None:
    pairs = table_of(10)
    pairs._body.rows[3] = replace(pairs._body.rows[3], keep=True)
    first, rest = pairs.split(WIDTH, 80)
    assert (first.end, rest.start) == (3, 3), "the fourth row waits for the fifth"
    endless = table_of(100, keep=True)
    first, rest = endless.split(WIDTH, FULL_PAGE)
    assert 0 < first.end == rest.start < 100


def drawn(*tables: object) -> PdfReader:
    frame = PageFrame("Title", "Study", "P", "Site", "cut", "made", "EDC", "", "Somebody", "en-GB", MAKING.generated_at)
    return PdfReader(BytesIO(render(frame, tables).content))


def test_a_row_higher_than_a_page_is_torn_and_nothing_of_it_is_lost() -> None:
    words = [f"word{number}" for number in range(3000)]
    heads = [Head("Narrow", 1), Head("Long", 3)]
    reader = drawn(listing(heads, [Line(["beside", " ".join(words)], below="the reason", marked=True)]))
    whole = " ".join(texts(reader))
    assert [word for word in whole.split() if word.startswith("word")] == words
    assert len(reader.pages) > 2 and all("Narrow Long" in page for page in texts(reader))
    assert whole.count("beside") == whole.count("the reason") == 1 and MOST_LINES < 30


def test_texts_of_several_fonts_beside_each_other_are_all_readable() -> None:
    heads = [Head(title, 1) for title in ("A", "B", "C", "D")]
    line = Line(["plain", "发热 at 39 °C", Text("bold", "cell-bold"), "≥ 1 × 10⁶ 恶䶮"])
    reader = drawn(listing(heads, [line, Line(["plain again", "", "(\\)", "after"])]))
    whole = " ".join(texts(reader))
    for text in ("plain", "发热 at 39 °C", "bold", "≥ 1 × 10⁶ 恶", "plain again", "(\\)", "after"):
        assert text in whole


def test_a_cell_leads_to_a_heading_named_by_its_place() -> None:
    heads = [Head("First", 1), Head("Second", 1)]
    table = listing(heads, [Line(["plain", Text("to the end", place=anchor("the end"))]), Line(["a", "b"])])
    reader = drawn(table, PageBreak(), Heading("The end", place="the end"), Heading("The end", place="again"))
    annotations: Any = reader.pages[0]["/Annots"]
    (link,) = [each.get_object() for each in annotations]
    left, bottom, right, top = (float(value) for value in link["/Rect"])
    assert (
        left == pytest.approx(MARGIN + WIDTH / 2) and right == pytest.approx(MARGIN + WIDTH) and 10 < top - bottom < 20
    )
    assert link["/Dest"][0].get_object() == reader.pages[1] and len(outline(reader)) == 2
    places = [reader.get_destination_page_number(each) for each in reader.outline if not isinstance(each, list)]
    assert places == [1, 1]
