"""The infusion form from the keyboard: gate, identity, one bag, and what was given."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import expect

from tests.browser.conftest import Desk
from tests.browser.keyboard import fill, press_button

GATE = {
    "gate_temperature_c": "36.7", "gate_oxygen_saturation": "98", "gate_vasopressor": "false",
    "gate_infection": "false", "gate_ecog": "1",
}  # fmt: skip


def infuse(
    one: Desk, subject: str, *, level: str, weight: str, coi: str, lot: str, day: str, expiry: str,
    times: tuple[str, str], cells: str,
) -> None:  # fmt: skip
    """Open the form of a subject, fill it and mark it complete; the bag is thawed when the infusion starts."""
    page = one.open(f"/subjects/{subject}/D0/INF/1/")
    fill(page, {
        "start_date": day, **GATE, "assigned_dose_level": level, "weight_kg": weight, "weight_date": day,
        "product_lot": lot, "wristband_coi": coi, "identity_matches": "true", "first_checker": "Zhang Min",
        "second_checker": "Wang Fang",
    })  # fmt: skip
    press_button(page, "Add a row")
    page.keyboard.type(f"{lot}/1")
    bag: dict[str, Any] = {
        "coi_number": coi, "volume_ml": "40", "cells_million": cells, "expiry_date": expiry, "thaw_time": times[0],
    }  # fmt: skip
    fill(page, {f"INFBAG-0-{name}": value for name, value in bag.items()})
    fill(page, {
        "premedication_given": "false", "start_time": times[0], "stop_time": times[1],
        "interrupted": "false", "infused_cells_million": cells, "reaction": "false",
    })  # fmt: skip
    # The check of the last field is answered first: two answers at once write one session.
    page.wait_for_load_state("networkidle")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".note.ok").first).to_contain_text("marked complete")
    one.check()
