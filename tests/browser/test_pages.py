"""Every kind of page: accessible, within the content policy, without sideways scroll; and nothing typed is lost."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.browser.conftest import Desk

Sit = Callable[..., Desk]
FORM = "/subjects/01-008/D21/VS/1/"
PAGES = {
    "zhang.min": ("/subjects/", "/subjects/01-009/", "/subjects/01-009/D12/", "/subjects/01-009/D2/CRS/1/", FORM,
                  "/subjects/01-006/LOG/AE/3/", "/subjects/add/", "/queries/", "/study/", "/dose-escalation/",
                  "/dose-escalation/enrol/01-011/", "/subjects/01-009/D11/HEM/1/", "/subjects/01-009/D11/PE/1/",
                  "/subjects/01-012/SCR/SER/1/"),
    "sun.jie": ("/normal-ranges/",),
    "peter.braun": ("/subjects/01-008/D1/VS/1/", "/reports/", "/audit/", "/audit/access/"),
    "chen.wei": ("/subjects/01-008/D28/DLT/1/", "/rules/", "/people/"),
    "admin": ("/people/", "/audit/", "/study/"),
}  # fmt: skip


def serious(page: Any) -> list[str]:
    """Return the serious and critical findings of axe, with the place of the first."""
    found = Axe().run(page).response["violations"]
    return [f"{v['id']}: {v['nodes'][0]['html'][:120]}" for v in found if v["impact"] in ("serious", "critical")]


@pytest.mark.parametrize(("username", "address"), [(name, path) for name, paths in PAGES.items() for path in paths])
def test_pages_are_accessible_and_keep_the_content_policy(desk: Sit, username: str, address: str) -> None:
    one = desk(username)
    page = one.open(address)
    assert serious(page) == []
    one.check()


@pytest.mark.parametrize("width", [1024, 390])
@pytest.mark.parametrize(
    "address",
    ["/subjects/", "/subjects/01-009/", "/subjects/01-009/D12/", "/subjects/01-009/D2/CRS/1/", "/dose-escalation/",
     "/subjects/01-006/LOG/AE/3/", "/subjects/01-009/D11/CHEM/1/"],
)  # fmt: skip
def test_no_page_scrolls_sideways(desk: Sit, address: str, width: int) -> None:
    page = desk("zhang.min", width=width).open(address)
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    assert serious(page) == []


def test_a_refused_form_says_where_and_keeps_what_was_typed(desk: Sit) -> None:
    one = desk("zhang.min")
    page = one.open(FORM)
    page.locator("[name=heart_rate]").fill("seventy")
    page.locator("[name=systolic_bp]").fill("120")
    page.locator("[data-complete]").click()
    page.wait_for_load_state()
    assert page.title().startswith("Error:")
    assert page.evaluate("document.activeElement.closest('[class*=summary], [role=alert], .note') !== null")
    expect(page.locator("[name=heart_rate]")).to_have_value("seventy")
    expect(page.locator("[name=systolic_bp]")).to_have_value("120")
    assert serious(page) == []


def test_a_draft_survives_the_tab_and_is_no_record(desk: Sit, rows: Any) -> None:
    one = desk("wang.fang")
    [(before,)] = rows("SELECT count(*) FROM audit_itemchange")
    page = one.open("/subjects/01-008/M2/VS/1/")
    page.locator("[name=heart_rate]").fill("83")
    expect(page.locator("#savest")).to_contain_text("Draft saved", timeout=5_000)
    page.close(run_before_unload=False)
    again = one.page.context.new_page()
    again.goto(one.product.url + "/subjects/01-008/M2/VS/1/")
    expect(again.locator("[name=heart_rate]")).to_have_value("83")
    assert rows("SELECT count(*) FROM audit_itemchange") == [(before,)]
    one.page = again


def test_a_double_click_saves_once(desk: Sit, rows: Any) -> None:
    one = desk("zhang.min")
    page = one.open("/subjects/01-011/APH/VS/1/")
    page.locator("[name=heart_rate]").fill("77")
    page.locator("[data-save]").dblclick()
    expect(page.locator(".note.ok").first).to_contain_text("saved")
    saved = rows("SELECT version FROM safety_vitalsigns v JOIN enrollment_subject s ON s.id = v.subject_id"
                 " WHERE s.identifier = '01-011' AND visit = 'APH'")  # fmt: skip
    assert saved == [(1,)]


def test_two_editors_choose_field_by_field(desk: Sit, rows: Any) -> None:
    first, second = desk("zhang.min"), desk("wang.fang")
    address = "/subjects/01-007/M3/VS/1/"
    mine, theirs = first.open(address), second.open(address)
    theirs.locator("[name=heart_rate]").fill("91")
    theirs.locator("[data-save]").click()
    expect(theirs.locator(".note.ok").first).to_contain_text("saved")
    mine.locator("[name=heart_rate]").fill("128")
    mine.locator("[data-save]").click()
    dialog = mine.locator("#dlg-conflict")
    expect(dialog).to_be_visible()
    expect(dialog).to_contain_text("Wang Fang")
    dialog.locator("input[name=resolve-heart_rate][value=mine]").check()
    dialog.locator("[data-resolve]").click()
    expect(mine.locator(".note.ok").first).to_contain_text("saved")
    changes = rows("SELECT old, new, changed_by_name FROM audit_itemchange WHERE entity = 'VS' AND field = 'heart_rate'"
                   " AND new IN ('91', '128') ORDER BY id DESC LIMIT 2")  # fmt: skip
    assert changes == [("91", "128", "Zhang Min"), (None, "91", "Wang Fang")]


def test_a_lost_session_covers_the_page_and_a_password_takes_it_up(desk: Sit) -> None:
    one = desk("zhang.min")
    page = one.open("/subjects/01-012/SCR/VS/1/")
    page.locator("[name=systolic_bp]").fill("118")
    expect(page.locator("#savest")).to_contain_text("Draft saved", timeout=5_000)
    # The cursor stands in the field before the session is lost: whatever is asked from then on covers the page.
    with page.expect_response(lambda answer: "/live/" in answer.url):
        page.locator("[name=heart_rate]").focus()
    page.context.clear_cookies(name="sessionid")
    page.keyboard.type("84")
    cover = page.locator("#dlg-timeout")
    expect(cover).to_be_visible(timeout=10_000)
    cover.locator("input[type=password]").fill("training only 2026")
    cover.locator("button[type=submit]").click()
    expect(cover).to_be_hidden()
    expect(page.locator("[name=heart_rate]")).to_have_value("84")
    expect(page.locator("#savest")).to_contain_text("Draft saved", timeout=10_000)


def test_nothing_is_left_in_the_browser_after_sign_out(desk: Sit, states: dict[str, Any]) -> None:
    states.pop("li.na", None)
    one = desk("li.na")
    page = one.open("/subjects/01-009/D2/CRS/1/")
    page.locator(".tools details[data-menu] summary").click()
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/sign-in/**")
    page.go_back()
    page.wait_for_load_state()
    assert "39.1" not in page.locator("body").inner_text()
    assert page.evaluate("[localStorage.length, sessionStorage.length]") == [0, 0]
    states.pop("li.na", None)
