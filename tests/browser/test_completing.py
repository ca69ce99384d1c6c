"""Mark complete with something open: the list takes the focus, and each of its links the control it speaks about."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.browser.conftest import Desk
from tests.browser.looking import serious

Sit = Callable[..., Desk]
FOCUS = "document.activeElement.closest('.f, td')?.querySelector('[name]')?.name || document.activeElement.name"


@pytest.mark.ui(5, 6)
@pytest.mark.parametrize("address", ["/subjects/01-009/M2/VS/1/", "/subjects/01-009/D14/CRS/1/"])
def test_the_list_takes_the_focus_and_its_links_lead_to_the_controls(desk: Sit, address: str) -> None:
    one = desk("zhang.min")
    page = one.open(address)
    page.locator("[data-complete]").click()
    page.wait_for_load_state()
    assert page.title().startswith("Error:")
    assert page.evaluate("document.activeElement.id") == "error-summary"
    assert serious(page) == []
    for lines in ("#error-summary a", "#to-resolve a"):
        links = page.locator(lines)
        assert links.count() > 2
        for number in range(links.count()):
            target = str(links.nth(number).get_attribute("href")).removeprefix("#").removeprefix("row-")
            links.nth(number).press("Enter")
            assert page.evaluate("document.activeElement.matches('input,select,textarea')"), target
            assert page.evaluate(FOCUS) == target.removeprefix("id_"), target
