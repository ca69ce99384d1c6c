"""Nothing typed is lost and nothing is sent twice: without network, on leaving, going back, in parallel, after time."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Dialog, expect

from dosing.demonstration.cast import PASSWORD
from tests.browser.conftest import Desk
from tests.browser.test_entry import save

Sit = Callable[..., Desk]
DRAFTS = ("SELECT count(*) FROM casebook_draft d JOIN enrollment_subject s ON s.id = d.subject_id"
          " WHERE identifier = '01-009' AND form = 'VS' AND visit = %s")  # fmt: skip
VITALS = ("SELECT {} FROM safety_vitalsigns v JOIN enrollment_subject s ON s.id = v.subject_id"
          " WHERE identifier = '01-009' AND visit = %s")  # fmt: skip


@pytest.mark.ui(12, 13)
def test_without_network_it_says_so_guards_the_page_and_saves_once_later(desk: Sit, rows: Any) -> None:
    one = desk("wang.fang", own=True)
    page = one.open("/subjects/01-009/M12/VS/1/")
    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    page.on("dialog", stay)
    page.context.set_offline(True)
    page.locator("[name=heart_rate]").click()
    page.keyboard.type("84")
    expect(page.locator("#savest")).to_contain_text("Not saved, retrying", timeout=5_000)
    page.close(run_before_unload=True)
    expect(page.locator("[name=heart_rate]")).to_have_value("84")
    assert asked == ["beforeunload"], "typing that is nowhere else is not left without a question"
    assert rows(DRAFTS, "M12") == [(0,)]
    page.context.set_offline(False)
    expect(page.locator("#savest")).to_contain_text("Draft saved", timeout=8_000)
    assert rows(DRAFTS, "M12") == [(1,)]
    page.goto(one.product.url + "/subjects/")
    assert asked == ["beforeunload"], "a saved draft is left without a question"
    one.problems = [each for each in one.problems if "ERR_INTERNET_DISCONNECTED" not in each]


@pytest.mark.ui(14)
def test_back_and_forward_send_nothing_again_and_show_what_is_stored(desk: Sit, rows: Any) -> None:
    one = desk("zhang.min", own=True)
    page = one.open("/subjects/01-009/M18/VS/1/")
    page.locator("[name=heart_rate]").fill("71")
    save(page)
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.method) if request.is_navigation_request() else None)
    page.go_back()
    page.go_forward()
    page.wait_for_load_state()
    expect(page.locator("[name=heart_rate]")).to_have_value("71")
    assert "POST" not in sent
    assert rows(VITALS.format("version"), "M18") == [(1,)]
    answer = page.request.get(one.product.url + "/subjects/01-009/M18/VS/1/")
    assert "no-store" in answer.headers["cache-control"]


@pytest.mark.ui(15)
def test_two_parallel_posts_with_one_token_are_one_version(desk: Sit, rows: Any) -> None:
    page = desk("zhang.min").open("/subjects/01-009/M24/VS/1/")
    page.locator("[name=heart_rate]").fill("72")
    page.evaluate(
        """() => { const send = () => { const body = new FormData(document.forms["crf-form"]);
             body.set("action", "save");
             return fetch(location.href, { method: "POST", body, redirect: "manual" }); };
           return Promise.all([send(), send()]).then(() => true); }"""
    )
    assert rows(VITALS.format("version"), "M24") == [(1,)]
    record = rows(VITALS.format("v.id::text"), "M24")[0][0]
    changes = rows("SELECT count(*) FROM audit_itemchange WHERE root = %s AND field = 'heart_rate'", record)
    assert changes == [(1,)]


@pytest.mark.ui(16)
def test_time_passes_the_page_is_covered_and_the_same_person_takes_it_up(desk: Sit) -> None:
    one = desk("wang.fang", own=True)
    one.page.clock.install()
    page = one.open("/subjects/01-009/M30/VS/1/")
    page.locator("[name=systolic_bp]").click()
    page.keyboard.type("117")
    page.clock.run_for(1500)
    expect(page.locator("#savest")).to_contain_text("Draft saved", timeout=8_000)
    page.locator("[name=heart_rate]").focus()
    page.wait_for_timeout(1500)  # an answer that still came in later would count as contact
    idle = int(page.locator("body").get_attribute("data-idle-seconds") or "0")
    page.clock.fast_forward((idle - 100) * 1000)
    page.clock.run_for(2000)
    expect(page.locator("#dlg-idle")).to_be_visible()
    page.clock.fast_forward(120_000)
    page.clock.run_for(2000)
    cover = page.locator("#dlg-timeout")
    expect(cover).to_be_visible()
    assert page.locator("main").evaluate("e => getComputedStyle(e).visibility") == "hidden"
    assert cover.evaluate("e => getComputedStyle(e, '::backdrop').backgroundColor") == "rgb(18, 38, 63)"
    page.keyboard.press("Escape")
    expect(cover).to_be_visible()
    cover.locator("input[type=password]").fill(PASSWORD)
    cover.locator("button[type=submit]").click()
    expect(cover).to_be_hidden()
    expect(page.locator("[name=systolic_bp]")).to_have_value("117")
    assert page.evaluate("document.activeElement.name") == "heart_rate"


@pytest.mark.ui(16)
def test_another_person_cannot_take_up_the_page_or_its_draft(desk: Sit) -> None:
    one = desk("wang.fang", own=True)
    page = one.open("/subjects/01-009/M30/VS/1/")
    page.evaluate("document.dispatchEvent(new CustomEvent('edc:signed-out'))")
    cover = page.locator("#dlg-timeout")
    cover.locator("input[type=password]").fill(str(uuid.uuid4()))
    cover.locator("button[type=submit]").click()
    expect(page.locator("#resume-error")).to_be_visible()
    expect(cover).to_be_visible()
    assert page.locator("main").evaluate("e => getComputedStyle(e).visibility") == "hidden"
    other = desk("zhang.min").open("/subjects/01-009/M30/VS/1/")
    assert other.locator("[name=systolic_bp]").input_value() != "117", "a draft belongs to who typed it"
