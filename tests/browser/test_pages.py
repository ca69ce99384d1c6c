"""Nothing typed is lost: refused forms, drafts, double clicks, two editors, a lost session; nothing stays behind."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Desk
from tests.browser.looking import serious

Sit = Callable[..., Desk]
FORM = "/subjects/01-008/D21/VS/1/"


@pytest.mark.ui(5, 6)
def test_a_refused_form_says_where_and_keeps_what_was_typed(desk: Sit) -> None:
    one = desk("zhang.min")
    page = one.open(FORM)
    page.locator("[name=heart_rate]").fill("seventy")
    page.locator("[name=systolic_bp]").fill("120")
    page.locator("[data-complete]").click()
    expect(page).to_have_title(re.compile("^Error:"))
    page.wait_for_load_state()
    assert page.evaluate("document.activeElement.closest('[class*=summary], [role=alert], .note') !== null")
    expect(page.locator("[name=heart_rate]")).to_have_value("seventy")
    expect(page.locator("[name=systolic_bp]")).to_have_value("120")
    assert serious(page) == []


@pytest.mark.ui(11)
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


@pytest.mark.ui(15)
def test_a_double_click_saves_once(desk: Sit, rows: Any) -> None:
    one = desk("zhang.min")
    page = one.open("/subjects/01-011/APH/VS/1/")
    page.locator("[name=heart_rate]").fill("77")
    page.locator("[data-save]").dblclick()
    expect(page.locator(".note.ok").first).to_contain_text("saved")
    saved = rows("SELECT version FROM safety_vitalsigns v JOIN enrollment_subject s ON s.id = v.subject_id"
                 " WHERE s.identifier = '01-011' AND visit = 'APH'")  # fmt: skip
    assert saved == [(1,)]


@pytest.mark.ui(17)
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


@pytest.mark.ui(16)
def test_a_lost_session_covers_the_page_and_a_password_takes_it_up(desk: Sit) -> None:
    one = desk("zhang.min", own=True)
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


@pytest.mark.ui(33)
def test_nothing_is_left_in_the_browser_after_sign_out(desk: Sit, states: dict[str, Any]) -> None:
    before = states.pop("li.na", None)
    one = desk("li.na", own=True)
    page = one.open("/subjects/01-009/D2/CRS/1/")
    page.locator(".tools details[data-menu] summary").last.click()
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/sign-in/**")
    page.go_back()
    page.wait_for_load_state()
    assert "39.1" not in page.locator("body").inner_text()
    left = page.evaluate("caches.keys().then((kept) => [localStorage.length, sessionStorage.length, kept.length])")
    assert left == [0, 0, 0]
    assert {cookie["name"] for cookie in page.context.cookies()} <= {"csrftoken", "sessionid", "django_language"}
    states.pop("li.na")
    states.update({"li.na": before} if before else {})
