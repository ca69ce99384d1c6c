"""A log and the form of one of its rows, from the keyboard: open, go on, leave, and be at the same row again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Desk
from tests.browser.looking import serious

Sit = Callable[..., Desk]
LOG = "/subjects/01-006/?tab=logs&sort=AE.-no"


def opened(page: Page, number: int) -> None:
    """Wait for the form of a row below its log."""
    page.wait_for_url(f"**/LOG/AE/{number}/?next=log&sort=AE.-no")
    expect(page.locator(".log-editor tr.opened")).to_have_count(1)


def test_a_row_is_opened_left_and_found_again(desk: Sit) -> None:
    page = desk("zhang.min").open(LOG)
    page.locator("#log-AE-LOG-5").focus()
    page.keyboard.press("ArrowDown")
    expect(page.locator("#log-AE-LOG-4")).to_be_focused()
    page.keyboard.press("Enter")
    opened(page, 4)
    assert serious(page) == []
    page.keyboard.press("Alt+PageDown")
    opened(page, 3)
    page.keyboard.press("Alt+PageUp")
    opened(page, 4)
    page.keyboard.press("Escape")
    page.wait_for_url("**/subjects/01-006/?tab=logs&sort=AE.-no#log-AE-LOG-4")
    expect(page.locator("#log-AE-LOG-4")).to_be_focused()


def test_escape_leaves_the_field_first_and_keeps_what_was_typed(desk: Sit, rows: Any) -> None:
    page = desk("zhang.min").open("/subjects/01-006/LOG/AE/3/?next=log&sort=AE.-no")
    field = page.locator("[name=specify_term], .entry input[type=text]").first
    before = field.input_value()
    field.focus()
    page.keyboard.press("End")
    page.keyboard.type(" x")
    page.keyboard.press("Escape")
    assert "/LOG/AE/3/" in page.url and field.input_value() == f"{before} x"
    page.keyboard.press("Escape")
    page.wait_for_url("**#log-AE-LOG-3")
    expect(page.locator("#log-AE-LOG-3")).to_be_focused()
    page.keyboard.press("Enter")
    opened(page, 3)
    expect(page.locator(".draft-note")).to_be_visible()
    page.click("[data-open-dialog=dlg-discard]")
    page.locator("#dlg-discard button[type=submit]").click()
    page.wait_for_load_state()
    assert rows("SELECT count(*) FROM casebook_draft WHERE form = 'AE' AND sequence = 3") == [(0,)]


def test_a_new_entry_that_is_given_up_leads_back_to_its_button(desk: Sit) -> None:
    page = desk("zhang.min").open(LOG)
    page.locator("#log-AE a.end").press("Enter")
    opened_new = page.locator(".log-editor")
    expect(opened_new).to_contain_text("new entry")
    page.keyboard.press("Escape")
    page.wait_for_url("**#log-AE-add")
    expect(page.locator("#log-AE-add")).to_be_focused()


def test_without_a_script_the_same_links_lead_the_same_way(desk: Sit) -> None:
    one = desk("zhang.min", own=True, java_script_enabled=False)
    page = one.page
    page.goto(one.product.url + LOG)
    page.locator("#log-AE-LOG-4").click()
    page.locator("[data-log-step][rel=next]").click()
    assert page.url.endswith("/LOG/AE/3/?next=log&sort=AE.-no")
    page.locator("[data-log-close]").click()
    assert page.url.endswith("?tab=logs&sort=AE.-no#log-AE-LOG-3")
    one.problems.clear()


@pytest.mark.parametrize(
    ("person", "address"),
    [
        ("admin", "/audit/rights/"),
        ("admin", "/audit/rights/?view=print"),
        ("admin", "/audit/rights/review/"),
        ("admin", "/people/training/"),
        ("admin", "/desk/"),
        ("peter.braun", "/reports/trail/"),
        ("chen.wei", "/desk/endorsements/"),
        ("zhang.min", "/subjects/01-006/LOG/AE/4/?next=log"),
    ],
)
def test_the_pages_can_be_used_by_everybody(desk: Sit, person: str, address: str) -> None:
    page = desk(person, width=1280).open(address)
    for width in (1280, 320):
        page.set_viewport_size({"width": width, "height": 900})
        assert serious(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
