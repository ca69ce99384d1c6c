"""Every screen by every role that lives in it: accessible, named, in order, within the policy, at every size."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.browser.conftest import Desk
from tests.browser.looking import CLIPPED, MOVING, SIDEWAYS, SMALL, named_and_described, serious, tab_stops

Sit = Callable[..., Desk]
PAGES = {
    "zhang.min": ("/", "/desk/due/", "/subjects/", "/subjects/01-009/", "/subjects/01-009/D12/",
                  "/subjects/01-009/D2/CRS/1/", "/subjects/01-008/D21/VS/1/", "/subjects/01-006/LOG/AE/3/",
                  "/subjects/add/", "/queries/", "/queries/1/", "/study/", "/study/forms/CRS/paper/",
                  "/study/forms/TL/paper/", "/subjects/01-009/unscheduled/", "/subjects/01-009/?tab=queries",
                  "/subjects/01-009/?tab=logs&sort=AE.-onset_date", "/subjects/01-009/D14/VS/1/not-done/",
                  "/subjects/01-009/D11/HEM/1/", "/subjects/01-009/D11/PE/1/", "/subjects/01-012/SCR/SER/1/",
                  "/subjects/01-009/D2/CRS/1/history/", "/notices/", "/account/", "/account/password/",
                  "/account/authenticator/", "/verification/", "/dose-escalation/", "/dose-escalation/enrol/01-011/"),
    "sun.jie": ("/normal-ranges/", "/closing/", "/closing/01-001/", "/queries/raise/"),
    "peter.braun": ("/", "/subjects/01-008/D1/VS/1/", "/queries/?state=all", "/queries/raise/",
                    "/verification/01-008/D1/VS/1/", "/closing/", "/reports/", "/audit/?subject=01-009",
                    "/audit/access/", "/notices/"),
    "chen.wei": ("/", "/subjects/01-008/D28/DLT/1/", "/subjects/01-009/D3/CRS/1/", "/sign-off/01-012/", "/rules/",
                 "/people/"),
    "admin": ("/people/", "/audit/?action=create", "/study/"),
}  # fmt: skip
WALK = [(name, path) for name, paths in PAGES.items() for path in paths]
NARROW = {
    "zhang.min": ("/", "/subjects/", "/subjects/01-009/", "/subjects/01-009/D12/", "/subjects/01-009/D2/CRS/1/",
                  "/subjects/01-006/LOG/AE/3/", "/subjects/01-009/D11/CHEM/1/", "/study/forms/CYT/paper/",
                  "/subjects/01-006/?tab=logs", "/notices/", "/account/", "/dose-escalation/"),
    "peter.braun": ("/queries/", "/verification/01-008/D1/VS/1/", "/audit/?subject=01-009", "/closing/"),
    "chen.wei": ("/sign-off/01-012/", "/people/", "/rules/"),
    "sun.jie": ("/normal-ranges/", "/queries/raise/"),
}  # fmt: skip
TABBED = {
    "zhang.min": ("/", "/subjects/", "/subjects/01-009/D2/CRS/1/", "/subjects/01-009/D12/", "/account/"),
    "peter.braun": ("/verification/01-008/D1/VS/1/", "/queries/", "/subjects/01-008/D1/VS/1/"),
    "chen.wei": ("/sign-off/01-012/",),
}  # fmt: skip


@pytest.mark.ui(4, 5, 25)
@pytest.mark.parametrize(("username", "address"), WALK)
def test_a_page_is_accessible_named_and_within_the_policy(desk: Sit, username: str, address: str) -> None:
    one = desk(username)
    page = one.open(address)
    assert serious(page) == []
    assert named_and_described(page) == []
    one.check()


@pytest.mark.ui(26, 27)
@pytest.mark.parametrize("username", NARROW)
def test_no_page_scrolls_sideways_or_cuts_text(desk: Sit, username: str) -> None:
    """At 320, 390, 768, 1024, 1100 and 1280 pixels; at twice the text size; in forced colours; without motion."""
    one = desk(username, width=1280)
    found: dict[str, list[str]] = {}
    for address in NARROW[username]:
        page = one.open(address)
        page.emulate_media(reduced_motion="reduce", forced_colors="active")
        found[f"{address} moves"] = page.evaluate(MOVING)
        found[f"{address} in forced colours"] = unseen(one)
        page.emulate_media(reduced_motion="no-preference", forced_colors="none")
        for width in (320, 390, 768, 1024, 1100, 1280):
            page.set_viewport_size({"width": width, "height": 900})
            found[f"{address} at {width}"] = page.evaluate(SIDEWAYS)
        page.evaluate("document.documentElement.style.fontSize = '200%'")
        found[f"{address} at 200 %"] = page.evaluate(SIDEWAYS) + page.evaluate(CLIPPED)
        page.evaluate("document.documentElement.style.fontSize = ''")
    assert {where: what for where, what in found.items() if what} == {}


def unseen(one: Desk) -> list[str]:
    """Return status icons that the forced colours would draw in the colour of the ground."""
    found: list[str] = one.page.evaluate(
        """() => [...document.querySelectorAll("main svg.i")].filter((e) => e.checkVisibility()
             && getComputedStyle(e).fill === getComputedStyle(document.body).backgroundColor).map((e) => e.outerHTML)"""
    )
    return found


@pytest.mark.ui(2, 3)
@pytest.mark.parametrize("username", TABBED)
def test_every_tab_stop_is_in_view_ringed_and_in_reading_order(desk: Sit, username: str) -> None:
    one = desk(username, width=1280, height=720)
    wrong = {}
    for address in TABBED[username]:
        stops = tab_stops(one.open(address))
        assert len(stops) > 8, address
        for stop in stops:
            bad = [key for key in ("seen", "after") if not stop[key]] + (["ring"] if stop["ring"] < 2 else [])
            if bad:
                wrong[f"{address} {stop['what']}"] = bad
    assert wrong == {}


@pytest.mark.ui(29)
def test_targets_are_large_enough_for_a_finger(desk: Sit) -> None:
    one = desk("zhang.min", width=820, has_touch=True, is_mobile=True)
    found = {}
    for address in ("/", "/subjects/", "/subjects/01-009/D2/CRS/1/", "/subjects/01-009/D11/CHEM/1/",
                    "/subjects/01-009/D12/", "/queries/", "/subjects/01-006/LOG/AE/3/", "/account/"):  # fmt: skip
        found[address] = one.open(address).evaluate(SMALL)
    assert {where: what for where, what in found.items() if what} == {}


@pytest.mark.ui(32)
def test_every_cell_of_the_matrix_says_subject_visit_state_and_queries(desk: Sit) -> None:
    page = desk("zhang.min").open("/subjects/")
    cells = page.locator("[data-matrix] .cell").evaluate_all(
        "all => all.map((c) => [c.getAttribute('aria-label') || '', c.querySelector('.bdg')?.textContent.trim() || ''])"
    )
    assert len(cells) > 300
    states = page.locator(".legend li").all_inner_texts()
    for name, badge in cells:
        subject, _comma, rest = name.partition(", ")
        assert subject.startswith("01-0") and ": " in rest, name
        assert any(state.strip() in name for state in states) or rest.endswith(
            ("entries", "entry", "visits", "visit")
        ), name
        assert not badge or f"{badge} quer" in name, (name, badge)
    assert any(badge for _name, badge in cells)
