"""Every form of the study from the keyboard: one control of every kind it has is typed into, and the table says so."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Desk
from tests.browser.keyboard import focused
from tests.browser.test_story import TODAY
from trial_edc.crf import registry
from trial_edc.crf.forms import entry_form
from trial_edc.protocol.visits.model import VisitKind
from trial_edc.protocol.visits.schedule import SCHEDULE

Sit = Callable[..., Desk]
#: What is typed into each kind and how the table keeps it; a number is taken from the limits of its item, and a choice
#: keeps what the focused option says.
TYPED = {
    "text": ("Keyboard 键", "Keyboard 键"), "long_text": ("Line of text", "Line of text"),
    "date": (f"{TODAY:%d%b%y}".lower(), TODAY.isoformat()),
    "partial_date": (f"UN-{TODAY:%b-%Y}", f"{TODAY:%Y-%m}"), "time": ("0001", "00:01:00"),
}  # fmt: skip
#: Items that take only what the study knows: a term of the dictionary, an event of this subject, a version in force.
SPECIAL = {
    "term": "Fatigue", "event_number": "1", "part_of_event": "1", "consent_version": "1.1", "coi_number": "",
    "reference": "", "outcome": "Not recovered",
}  # fmt: skip
KINDS = (*TYPED, "integer", "decimal", "choice", "yes_no", "multi_choice")
#: Forms that the study refuses without others, or unless they are whole: what was typed must still stand there.
REFUSED = ("PROD", "INF")
#: Where a form finds what it stands on: a serious event, a confirmed eligibility.
PLACES = {"SAE": ("01-006", "LOG"), "APH": ("01-011", "APH")}


def forms() -> list[str]:
    return [model.crf.oid for model in registry.all_forms()]


def place_of(oid: str) -> tuple[str, str]:
    """Return (subject, visit) where the demonstration study holds no such form yet."""
    if oid in PLACES:
        return PLACES[oid]
    planned = [visit for visit in SCHEDULE if visit.kind is not VisitKind.UNSCHEDULED]
    asked = [v.code for v in planned if oid in {*v.required_forms, *v.optional_forms, *v.log_forms}]
    before = [code for code in asked if code in ("PRE", "SCR", "APH", "MFG", "BL", "LD1", "PIG", "D0")]
    after = [code for code in asked if code not in before and not code.startswith("LD")]
    logs = [code for code in after if code == "LOG"]
    return ("01-009", logs[0] if logs else after[-1]) if after else ("01-014", before[-1])


def wanted(oid: str) -> dict[str, tuple[str, str]]:
    """Return the first item of every kind of a form: name -> kind and text; judgements are a physician's."""
    model = registry.get(oid)
    items = {field.name: item for field, item in registry.items(model)}
    found: dict[str, tuple[str, str]] = {}
    for name, field in entry_form(model, None).base_fields.items():
        kind, item = getattr(field, "kind", ""), items[name]
        text = "3" if (oid, name) == ("SAE", "event_number") else SPECIAL.get(name, TYPED.get(kind, ("",))[0])
        if kind in ("integer", "decimal") and not text:
            text = str(int(sum(item.limits) / 2)) if item.limits else "7"
        known = name not in SPECIAL or SPECIAL[name]
        if kind in KINDS and kind not in {k for k, _text in found.values()} and not item.judgement and known:
            found |= {} if item.when else {name: (kind, text)}
    return found


def type_into(page: Page, kind: str, text: str) -> Any:
    """Type into the control in focus and return what the table will keep."""
    tag, _name, _kind, _value, _text = focused(page)
    if tag == "SELECT":
        page.keyboard.type(text, delay=5) if text else page.keyboard.press("ArrowDown")
    elif kind in ("choice", "yes_no", "multi_choice"):
        page.keyboard.press("Space")
        if kind == "yes_no":
            page.keyboard.press("ArrowDown")  # No: false must be kept as false
    else:
        page.keyboard.press("Control+a")
        page.keyboard.type(text)
        return dict(TYPED.values()).get(text, text)
    return focused(page)[3]


def tabbed(page: Page, names: dict[str, tuple[str, str]]) -> dict[str, Any]:
    """Tab through the form once and type into the named controls as they come; return what was typed by name."""
    typed: dict[str, Any] = {}
    for _ in range(160):
        page.keyboard.press("Tab")
        name = focused(page)[1]
        if name in names and name not in typed:
            typed[name] = type_into(page, *names[name])
        if len(typed) == len(names):
            return typed
    raise AssertionError(f"Tab never reached {set(names) - set(typed)}")


def as_kept(value: Any) -> Any:
    """Return a value of the table as the tests write it."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return value[0]
    if isinstance(value, date):
        return value.isoformat()
    text = str(value)
    return text.rstrip("0").rstrip(".") if "." in text and text.replace(".", "").isdigit() else text


@pytest.mark.ui(1)
@pytest.mark.parametrize("oid", forms())
def test_every_form_is_filled_from_the_keyboard(desk: Sit, rows: Any, oid: str) -> None:
    subject, visit = place_of(oid)
    one = desk("zhang.min")
    # Drafts and live checks have tests of their own; here they would only take time.
    one.page.route("**/*/draft/", lambda route: route.fulfill(status=204))
    one.page.route("**/*/live/", lambda route: route.fulfill(status=204))
    page = one.open(f"/subjects/{subject}/{visit}/{oid}/")
    page.evaluate("document.querySelector('#entry').tabIndex = -1, document.querySelector('#entry').focus()")
    names = {name: typing for name, typing in wanted(oid).items() if page.locator(f"[name={name}]").count()}
    assert names
    typed = tabbed(page, names)
    page.keyboard.press("Control+s")
    page.locator(".note.ok, #error-summary").first.wait_for()
    if oid in REFUSED:
        stands = page.locator("#entry").evaluate("e => Object.fromEntries(new FormData(document.forms['crf-form']))")
        assert {name: stands[name] for name in names}.keys() == typed.keys() and all(stands[name] for name in names)
        return
    assert page.locator("#error-summary").all_inner_texts() == []
    assert kept(rows, oid, subject, visit, list(names)) == {name: as_kept(typed[name]) for name in names}


def kept(rows: Any, oid: str, subject: str, visit: str, names: list[str]) -> dict[str, Any]:
    """Return what the table holds in the newest form of this kind."""
    model = registry.get(oid)
    by_name = {field.name: field.column for field, _item in registry.items(model)}
    columns = ", ".join(f"r.{by_name[name]}" for name in names)
    [found] = rows(
        f"SELECT {columns} FROM {model._meta.db_table} r JOIN enrollment_subject s ON s.id = r.subject_id"
        " WHERE s.identifier = %s AND r.visit = %s ORDER BY r.sequence DESC LIMIT 1",
        subject, visit,
    )  # fmt: skip
    return dict(zip(names, map(as_kept, found), strict=True))
