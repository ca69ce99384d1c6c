"""What a form looks like on paper, and what a page weighs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import brotli  # type: ignore[import-untyped]
import pytest
from pypdf import PdfReader

from tests.browser.conftest import Desk

Sit = Callable[..., Desk]
BUDGET = 100 * 1024
SHIFT = """
() => new Promise((done) => { let sum = 0;
  new PerformanceObserver((list) => list.getEntries().forEach((e) => { if (!e.hadRecentInput) sum += e.value; }))
    .observe({ type: "layout-shift", buffered: true });
  setTimeout(() => done(sum), 150); })
"""


@pytest.mark.ui(28)
@pytest.mark.parametrize("username", ["zhang.min", "peter.braun"])
def test_on_paper_a_form_has_a_head_its_answers_and_no_buttons(desk: Sit, tmp_path: Path, username: str) -> None:
    page = desk(username).open("/subjects/01-009/D2/CRS/1/")
    file = tmp_path / "form.pdf"
    page.pdf(path=file, format="A4")
    text = " ".join("\\n".join(sheet.extract_text() for sheet in PdfReader(file).pages).split())
    for words in ("01-009", "Day 2", "CRS assessment", "Printed", "39.1", "°C", "None"):
        assert words in text, words
    for words in ("Save and mark complete", "Form history", "Find a subject", "Verify all shown", "Sign this form",
                  "High-flow nasal cannula", "Epinephrine", "Skip to main"):  # fmt: skip
        assert words not in text, words


@pytest.mark.ui(31)
def test_styles_and_scripts_stay_within_their_budget(desk: Sit) -> None:
    one = desk("zhang.min", own=True)
    found: list[str] = []
    one.page.on("response", lambda answer: found.append(answer.url))
    page = one.open("/subjects/01-009/D13/CRS/1/")
    page.wait_for_load_state("networkidle")
    files = [url for url in set(found) if url.split("?")[0].endswith((".css", ".js"))]
    assert len(files) > 8
    weights = {url: len(brotli.compress(page.request.get(url).body(), quality=11)) for url in files}
    assert sum(weights.values()) <= BUDGET, weights
    assert all(url.startswith(one.product.url) for url in found), "nothing comes from elsewhere"


@pytest.mark.ui(31)
def test_nothing_jumps_while_a_page_is_drawn(desk: Sit) -> None:
    one = desk("zhang.min")
    shifts = {path: one.open(path).evaluate(SHIFT) for path in ("/", "/subjects/", "/subjects/01-009/D2/CRS/1/")}
    assert all(shift <= 0.05 for shift in shifts.values()), shifts
