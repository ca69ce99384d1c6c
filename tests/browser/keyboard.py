"""Fill a form with the keyboard alone: Tab to the control of a name, then type, tick or choose."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from playwright.sync_api import Page

FOCUSED = """
() => { const e = document.activeElement;
  if (!e) return null;
  return [e.tagName, e.getAttribute("name") || "", e.type || "", e.value || "", (e.textContent || "").trim()]; }
"""


def focused(page: Page) -> list[str]:
    found: list[str] = page.evaluate(FOCUSED) or ["", "", "", "", ""]
    return found


def tab_to(page: Page, name: str, *, most: int = 150) -> list[str]:
    """Press Tab until the control of this name has the focus."""
    for _ in range(most):
        page.keyboard.press("Tab")
        if focused(page)[1] == name:
            return focused(page)
    raise AssertionError(f"Tab never reached {name}; the focus is on {focused(page)}")


def press_button(page: Page, words: str, *, most: int = 150) -> None:
    """Press Tab until a button or link with these words has the focus, then Enter."""
    for _ in range(most):
        page.keyboard.press("Tab")
        tag, _name, _kind, _value, text = focused(page)
        if tag in ("BUTTON", "A") and words in text:
            page.keyboard.press("Enter")
            return
    raise AssertionError(f"Tab never reached “{words}”")


def fill(page: Page, values: Mapping[str, Any]) -> None:
    """Fill the named controls in the order of the page."""
    for name, value in values.items():
        tag, _name, kind, _value, _text = tab_to(page, name)
        if kind in ("radio", "checkbox"):
            _choose(page, name, value)
        elif tag == "SELECT":
            page.keyboard.type(value[:12], delay=5)
        else:
            page.keyboard.press("Control+a")
            page.keyboard.type(value)


def _choose(page: Page, name: str, value: Any) -> None:
    wanted = value if isinstance(value, list) else [value]
    if focused(page)[2] == "checkbox":
        while focused(page)[1] == name:
            if focused(page)[3] in wanted:
                page.keyboard.press("Space")
            if focused(page)[3] == wanted[-1]:
                return
            page.keyboard.press("Tab")
        return
    page.keyboard.press("Space")
    for _ in range(12):
        if focused(page)[3] == value:
            return
        page.keyboard.press("ArrowDown")
    raise AssertionError(f"{name} has no option {value}")
