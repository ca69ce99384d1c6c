"""Texts longer than a page: in a narrow column and across the page under a row, they are torn and none is left out."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from reports.pdf.document import PageFrame, render
from reports.pdf.tables import Head, Line, listing
from tests.reports.papers import letters, pages_of

FRAME = PageFrame(
    "Title", "Study", "CD70-CART-101", "Site 01", "cut-off", "made", "software", "", "Peter Braun", "en-GB",
    datetime(2026, 11, 23, tzinfo=UTC),
)  # fmt: skip
HEADS = [Head(f"Column {number}", 1) for number in range(6)]
SHORT = Line(["a", "b", "c", "d", "e", "f"])


@pytest.mark.parametrize(
    "line",
    [
        Line(["详述word9 " * 2000, "b", "c", "d", "e", "f"]),
        Line(["a", "b", "c", "d", "e", "f"], below="详述word9 " * 2000, marked=True),
        Line(["a", "b", "c", "d", "e", "f"], below="详述word9\n" * 2000),
    ],
)
def test_a_text_longer_than_a_page_is_torn_and_complete(line: Line) -> None:
    made = render(FRAME, [listing(HEADS, [SHORT] * 20 + [line, SHORT])])
    pages = pages_of(made.content)
    assert made.pages > 2 and letters("".join(pages)).count("详述word9") == 2000
    assert all("Column 0" in page for page in pages), "the header stands on every page"


def test_a_short_text_stays_with_its_row() -> None:
    line = Line(["the row", "b", "c", "d", "e", "f"], below="word9 " * 80)
    for before in range(26, 36):
        pages = pages_of(render(FRAME, [listing(HEADS, [SHORT] * before + [line])]).content)
        assert all(("the row" in page) == ("word9" in page) for page in pages)
