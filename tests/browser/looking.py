"""What a page is looked at for: names and descriptions, reading order, focus, reflow, targets, motion."""

from __future__ import annotations

from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

AXE = Axe()
#: Controls without an accessible name, descriptions that point nowhere, and units or hints a description leaves out.
DESCRIBED = """
() => { const found = [], text = (ids) => (ids || "").split(/\\s+/).filter(Boolean);
  const named = (e) => e.getAttribute("aria-label") || [...(e.labels || [])].some((l) => l.textContent.trim())
    || text(e.getAttribute("aria-labelledby")).some((id) => document.getElementById(id)?.textContent.trim());
  const controls = "input:not([type=hidden]),select,textarea,[role=group],[role=radiogroup]";
  for (const e of document.querySelectorAll(controls)) {
    if (!e.checkVisibility()) continue;
    if (!named(e)) found.push(`no name: ${e.name || e.id || e.className}`);
    for (const id of text(e.getAttribute("aria-describedby")))
      if (!document.getElementById(id)) found.push(`description of ${e.name || e.id} points at no ${id}`); }
  for (const row of document.querySelectorAll(".f")) {
    const described = [...row.querySelectorAll("[aria-describedby]")];
    const holders = described.flatMap((e) => text(e.getAttribute("aria-describedby")));
    const control = row.querySelector(".ctl :is(input:not([type=hidden]),select,textarea)");
    if (!control || !row.checkVisibility()) continue;
    for (const part of row.querySelectorAll(".lb .hint[id], .ing .u[id], .errline[id]"))
      if (part.textContent.trim() && !holders.includes(part.id)) found.push(`${control.name} leaves out ${part.id}`); }
  return found; }
"""
#: Elements of the whole page that take a place in the tab order by number.
POSITIVE = "() => [...document.querySelectorAll('[tabindex]')].filter((e) => e.tabIndex > 0).map((e) => e.outerHTML)"
#: The element in focus: whether something lies over it, how strong its ring is, whether it comes after the last one.
STOP = """
() => { const e = document.activeElement;
  if (!e || e === document.body) return null;
  const box = e.getBoundingClientRect(), before = window.stopBefore;
  window.stopBefore = e;
  const [left, right] = [Math.max(box.left, 0), Math.min(box.right, innerWidth)];
  const [top, bottom] = [Math.max(box.top, 0), Math.min(box.bottom, innerHeight)];
  const at = document.elementFromPoint(left + Math.min(right - left, 40) / 2, (top + bottom) / 2);
  const ring = (n) => parseFloat(getComputedStyle(n).outlineWidth) * (getComputedStyle(n).outlineStyle !== "none");
  const hit = at && (e.contains(at) || at.contains(e) || [...(e.labels || [])].some((l) => l.contains(at)));
  const hidden = e.type === "radio" || e.type === "checkbox" ? 2 : 0;
  return { what: `${e.tagName} ${e.name || e.id || e.textContent.trim().slice(0, 30)}`,
    ring: Math.max(ring(e), ring(e.parentElement), hidden && ring(e.closest("label") || e)),
    seen: Boolean(hit) && box.bottom > 0 && box.top < innerHeight,
    after: !before?.isConnected || Boolean(before.compareDocumentPosition(e) & Node.DOCUMENT_POSITION_FOLLOWING) }; }
"""
SIDEWAYS = """
() => [...document.querySelectorAll("body *")].filter((e) => e.getBoundingClientRect().right > innerWidth + 1
    && e.checkVisibility() && !e.closest(".scroller,.mx-wrap,nav,.tabs,.vh,.skip,pre,dialog,svg,.pop"))
  .slice(0, 3).map((e) => `${e.tagName}.${e.className}`)
  .concat(document.documentElement.scrollWidth > innerWidth ? [`${document.documentElement.scrollWidth} wide`] : [])
"""
#: Text that a box cuts off without a way to scroll to it.
CLIPPED = """
() => [...document.querySelectorAll("main :is(button,a.btn,.chip,label,legend,h1,h2,dd)")]
  .filter((e) => e.checkVisibility() && !e.closest(".vh") && getComputedStyle(e).overflow !== "visible"
    && (e.scrollWidth > e.clientWidth + 2 || e.scrollHeight > e.clientHeight + 2))
  .map((e) => `${e.tagName}.${e.className} ${e.textContent.trim().slice(0, 30)}`)
"""
#: Targets under 24 px either way (links within a sentence are free), and form controls under 44 px high for a finger.
SMALL = """
() => { const small = [];
  for (const e of document.querySelectorAll("a[href],button,summary,input:not([type=hidden]),select,textarea")) {
    if (!e.checkVisibility() || e.closest(".vh") || e.classList.contains("skip")) continue;
    const target = ["radio", "checkbox"].includes(e.type) ? (e.closest("label") || e) : e;
    const box = target.getBoundingClientRect();
    const flowing = e.tagName === "A" && getComputedStyle(e).display === "inline";
    if (flowing || box.width === 0) continue;
    const tick = target.matches("input[type=checkbox],input[type=radio]");
    const narrow = !tick && (box.width < 23.5 || box.height < 23.5);
    if (narrow) small.push(`${e.outerHTML.slice(0, 90)} ${box.width}x${box.height}`);
    if (e.matches(".form-control,.form-select") && box.height < 43.5) small.push(`${e.name} ${box.height} high`); }
  return small.slice(0, 5); }
"""
MOVING = """
() => document.getAnimations().map((a) => a.animationName || a.transitionProperty || "animation")
"""


def serious(page: Any) -> list[str]:
    """Return the serious and critical findings of axe, with the place of the first."""
    found = AXE.run(page).response["violations"]
    return [f"{v['id']}: {v['nodes'][0]['html'][:120]}" for v in found if v["impact"] in ("serious", "critical")]


def named_and_described(page: Page) -> list[str]:
    """Return what is wrong with the names and descriptions of the controls."""
    found: list[str] = page.evaluate(DESCRIBED)
    return found + [f"a place in the tab order by number: {each}" for each in page.evaluate(POSITIVE)]


def tab_stops(page: Page, *, most: int = 90) -> list[dict[str, Any]]:
    """Press Tab from the top of the page until the focus leaves it; return what each stop looks like."""
    page.evaluate("() => { window.stopBefore = null; document.activeElement?.blur(); }")
    stops: list[dict[str, Any]] = []
    for _ in range(most):
        page.keyboard.press("Tab")
        stop = page.evaluate(STOP)
        if stop is None or (stops and stop["what"] == stops[0]["what"]):
            break  # the end of the page, or its beginning again
        stops.append(stop)
    return stops
