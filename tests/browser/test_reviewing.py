"""What only some roles may do, shown in the browser: ask and close, verify, sign, freeze; with the counts agreeing."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from dosing.demonstration.cast import PASSWORD
from tests.browser.conftest import Desk
from tests.browser.looking import serious

Sit = Callable[..., Desk]
FORM = "/subjects/01-004/D5/VS/1/"
SIGNED = "/subjects/01-004/D7/VS/1/"


def counts(one: Desk) -> dict[str, int]:
    """Return the unresolved queries as the bar, the matrix cell, the list and the counters tell them."""
    page = one.open("/queries/?state=unresolved")
    bar = number(page.locator(".nav1 a[aria-current] .n").all_inner_texts())
    counters = [int(text) for text in page.locator(".counters .v").all_inner_texts()[:2]]
    listed = page.locator(".query-table tbody tr").count()
    page = one.open("/subjects/?q=01-004")
    cell = number(page.locator(".cell[aria-label^='01-004, Day 5'] .bdg").all_inner_texts())
    return {"bar": bar, "counters": sum(counters), "list": listed, "cell": cell}


def number(texts: list[str]) -> int:
    """Return the number a badge shows, 0 where there is no badge."""
    return sum(int(re.sub(r"\D", "", text)) for text in texts)


def say(page: Page, text: str, button: str) -> None:
    """Open the conversation on the heart rate, write into it and press a button of it."""
    page.locator("[data-panel$='heart_rate-thread']").click()
    page.locator("#id_heart_rate-thread textarea, .panel-thread textarea").first.fill(text)
    page.get_by_role("button", name=button, exact=True).click()


@pytest.mark.ui(5, 20, 25)
def test_a_query_is_asked_answered_and_closed_and_every_count_follows(desk: Sit) -> None:
    monitor, coordinator = desk("peter.braun"), desk("zhang.min")
    before = counts(monitor)
    assert before["bar"] == before["counters"] == before["list"] and before["cell"] == 0
    say(monitor.open(FORM), "Please confirm the pulse.", "Send query")
    expect(monitor.page.locator(".thread .chip")).to_contain_text("Query open")
    assert serious(monitor.page) == []
    monitor.check()
    steps = {name: count + 1 for name, count in before.items()}
    assert counts(monitor) == counts(coordinator) == steps
    say(coordinator.open(FORM), "Confirmed against the chart.", "Send answer")
    expect(coordinator.page.locator(".thread .chip")).to_contain_text("Query answered")
    assert counts(monitor) == steps
    say(monitor.open(FORM), "Thank you.", "Close query")
    expect(monitor.page.locator(".thread .hd")).to_contain_text("losed")
    assert counts(monitor) == counts(coordinator) == before


@pytest.mark.ui(19)
def test_verifying_is_for_monitors_and_signing_for_investigators(desk: Sit) -> None:
    seen, refused = {}, {}
    forced = {
        "zhang.min": ("item/heart_rate/verify/", "sign/"), "peter.braun": ("sign/", ""), "li.na": ("sign/", "draft/"),
        "chen.wei": ("item/heart_rate/verify/",), "sun.jie": ("sign/", "draft/"),
    }  # fmt: skip
    for username, steps in forced.items():
        one = desk(username)
        page = one.open(SIGNED)
        seen[username] = (
            page.locator("[data-verify]").count() > 0, page.locator("form[action$='/sign/']").count() > 0,
            page.locator("[data-save]").count() > 0,
        )  # fmt: skip
        for step in steps:
            refused[username, step] = one.post(SIGNED + step, version="1", password=PASSWORD, verified="1")
    assert seen == {
        "zhang.min": (False, False, True), "peter.braun": (True, False, False), "chen.wei": (False, True, True),
        "sun.jie": (False, False, False), "li.na": (False, False, False),
    }  # fmt: skip
    assert set(refused.values()) == {403}, refused


@pytest.mark.ui(18)
def test_a_signature_needs_the_password_and_breaks_with_a_change(desk: Sit, rows: Any) -> None:
    investigator, coordinator = desk("chen.wei"), desk("zhang.min")
    held = ("SELECT count(*) FROM audit_signature g"
            " JOIN safety_vitalsigns v ON v.id = g.root JOIN enrollment_subject s ON s.id = v.subject_id"
            " WHERE identifier = '01-004' AND visit = 'D7' AND sequence = 1")  # fmt: skip
    page = investigator.open(SIGNED)
    page.locator("#sign-password").fill("a wrong guess")
    page.get_by_role("button", name="Sign this form").click()
    expect(page.locator("main")).to_contain_text("not right")
    assert rows(held) == [(0,)]
    [(action,)] = rows("SELECT action FROM audit_accessevent WHERE by_name = 'Chen Wei' ORDER BY id DESC LIMIT 1")
    assert "refused" in action
    page = investigator.open(SIGNED)
    page.locator("#sign-password").fill(PASSWORD)
    page.get_by_role("button", name="Sign this form").click()
    expect(page.locator(".signers")).to_contain_text("Chen Wei")
    assert rows(held) == [(1,)]
    page = coordinator.open(SIGNED)
    page.locator("[name=heart_rate]").fill("79")
    page.locator("[name=reason_code]").select_option(index=1)
    page.locator("[data-save]").click()
    expect(page.locator(".note.ok").first).to_contain_text("saved")
    expect(page.locator(".signers")).to_have_count(0)
    expect(page.locator("h1 + .sub")).to_contain_text("Complete")
    assert rows(held) == [(1,)], "the signature is kept, and holds no longer"
    told = investigator.open("/notices/")
    for _second in range(20):  # a worker tells the signer
        if "01-004" in told.locator("main").inner_text():
            break
        told.wait_for_timeout(1_000)
        told = investigator.open("/notices/")
    expect(told.locator("main")).to_contain_text("01-004")


@pytest.mark.ui(5, 21)
def test_a_frozen_visit_shows_text_and_refuses_a_save(desk: Sit, rows: Any) -> None:
    manager, coordinator = desk("sun.jie"), desk("zhang.min")
    page = manager.open("/closing/01-003/")
    page.locator("[data-open-dialog='dlg-freeze-D7']").click()
    dialog = page.locator("#dlg-freeze-D7")
    expect(dialog).to_be_visible()
    assert page.evaluate("document.activeElement.textContent.trim()") == "Cancel"
    assert serious(page) == []
    dialog.get_by_role("button", name="Freeze").click()
    page.wait_for_load_state()
    page = coordinator.open("/subjects/01-003/D7/VS/1/")
    expect(page.locator("h1 + .sub")).to_contain_text("Frozen")
    assert page.locator("#entry").locator("input:not([type=hidden]), select, textarea").count() == 0
    assert page.locator("#entry .ro").count() > 5
    assert serious(page) == []
    [(pulse,)] = rows("SELECT heart_rate FROM safety_vitalsigns v JOIN enrollment_subject s ON s.id = v.subject_id"
                      " WHERE identifier = '01-003' AND visit = 'D7' AND sequence = 1")  # fmt: skip
    answer = coordinator.post(
        "/subjects/01-003/D7/VS/1/", version="1", token="00000000-0000-4000-8000-00000000f021", heart_rate="11"
    )
    assert answer in (403, 409)
    again = rows("SELECT heart_rate FROM safety_vitalsigns v JOIN enrollment_subject s ON s.id = v.subject_id"
                 " WHERE identifier = '01-003' AND visit = 'D7' AND sequence = 1")  # fmt: skip
    assert again == [(pulse,)]
