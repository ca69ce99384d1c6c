"""Copying from the previous assessment in the browser: only what is ticked, only into the draft."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Desk
from tests.browser.keyboard import press_button
from tests.browser.looking import serious

Sit = Callable[..., Desk]
FORM = "/subjects/01-009/D13/CRS/1/"


@pytest.mark.ui(5, 11)
def test_ticked_values_go_into_the_draft_and_nothing_is_saved(desk: Sit, rows: Any) -> None:
    one = desk("zhang.min")
    (before,) = rows("SELECT count(*) FROM audit_itemchange")
    page = one.open(FORM)
    page.locator("[name=hypotension][value=true]").check()
    press_button(page, "Copy from")
    dialog = page.locator("#dlg-copy")
    expect(dialog).to_be_visible()
    assert serious(page) == []
    assert dialog.locator("[data-copy]:checked").count() == 0, "each value is confirmed by a tick of its own"
    dialog.locator("[data-copy=max_temperature_c]").check()
    dialog.locator("[data-copy=fever_other_cause]").check()
    with page.expect_response(lambda answer: answer.url.endswith("/draft/")):
        page.locator("[data-copy-go]").press("Enter")
    expect(dialog).to_be_hidden()
    assert page.locator("[name=max_temperature_c]").input_value()
    assert page.locator("[name=fever_other_cause]:checked").count() == 1
    assert page.locator("[name=antipyretic_given]:checked").count() == 0
    assert page.locator("[name=hypotension][value=true]").is_checked()
    assert page.locator("[name=assessed_date]").input_value() == ""
    assert page.evaluate("document.activeElement.form?.id") == "crf-form"
    expect(page.locator("#savest")).to_contain_text("Draft saved", timeout=5_000)
    assert rows("SELECT count(*) FROM audit_itemchange") == [before]
    page.reload()
    assert page.locator("[name=fever_other_cause]:checked").count() == 1, "the draft holds what was copied"
