"""What is typed is what is kept: dates, numbers, checks, and the grade beside the form."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Desk
from tests.browser.test_story import TODAY

Sit = Callable[..., Desk]
ACCEPTED = {
    "5nov26": "05-Nov-2026", "05112026": "05-Nov-2026", "2026-11-05": "05-Nov-2026", "05-Nov-2026": "05-Nov-2026",
    "5 nov 2026": "05-Nov-2026", "UN-Nov-2026": "UN-Nov-2026", "UN-UNK-2026": "UN-UNK-2026",
}  # fmt: skip
REFUSED = ("31feb26", "yesterday", "2026-13-01")
CALM = {
    "max_temperature_c": "39.0", "fever_other_cause": "false", "crs_already_diagnosed": "false",
    "antipyretic_given": "false", "tocilizumab_given": "false", "corticosteroid_given": "false",
    "hypotension": "false", "vasopressors": [], "oxygen_support": "none", "oxygen_flow_l_min": "",
}  # fmt: skip
#: The consensus table, case by case: what differs from a fever of 39.0 without anything else, and the grade.
CASES: tuple[tuple[dict[str, Any], str], ...] = (
    ({"max_temperature_c": "37.9"}, "0"),
    ({"max_temperature_c": "38.0"}, "1"),
    ({"hypotension": "true"}, "2"),
    ({"oxygen_support": "nasal_cannula", "oxygen_flow_l_min": "3"}, "2"),
    ({"max_temperature_c": "36.8", "crs_already_diagnosed": "true", "tocilizumab_given": "true",
      "hypotension": "true"}, "2"),
    ({"hypotension": "true", "vasopressors": ["NOREPINEPHRINE"]}, "3"),
    ({"hypotension": "true", "vasopressors": ["NOREPINEPHRINE", "VASOPRESSIN"]}, "3"),
    ({"oxygen_support": "nasal_cannula", "oxygen_flow_l_min": "7"}, "3"),
    ({"oxygen_support": "venturi"}, "3"),
    ({"hypotension": "true", "vasopressors": ["NOREPINEPHRINE", "EPINEPHRINE"]}, "4"),
    ({"oxygen_support": "cpap"}, "4"),
)  # fmt: skip
AWAKE = {
    "ice_orientation": "4", "ice_naming": "3", "ice_command": "1", "ice_writing": "1", "ice_attention": "1",
    "consciousness": "normal", "seizure": "none",
    "deep_focal_motor_weakness": "false", "cerebral_oedema": "none",
}  # fmt: skip
MUTE = {"ice_orientation": "0", "ice_naming": "0", "ice_command": "0", "ice_writing": "0", "ice_attention": "0"}
#: The same for the neurological assessment: what differs from a subject who is awake with an ICE score of 10.
NEUROLOGICAL: tuple[tuple[dict[str, Any], str], ...] = (
    ({}, "0"),
    ({"ice_orientation": "3"}, "1"),
    ({"ice_orientation": "0"}, "2"),
    ({"consciousness": "awakens_to_voice"}, "2"),
    ({"ice_orientation": "0", "ice_naming": "0", "ice_command": "0"}, "3"),
    (MUTE, "3"),
    ({"seizure": "brief_resolves_rapidly"}, "3"),
    ({"cerebral_oedema": "focal"}, "3"),
    (MUTE | {"consciousness": "unarousable_or_vigorous"}, "4"),
    ({"deep_focal_motor_weakness": "true"}, "4"),
    ({"cerebral_oedema": "diffuse"}, "4"),
)


def leave(page: Page, name: str, text: str) -> None:
    """Type into a field and leave it."""
    page.locator(f"[name={name}]").fill(text)
    page.locator(f"[name={name}]").press("Tab")


def save(page: Page) -> None:
    """Save from the keyboard and wait for the page that answers."""
    with page.expect_navigation():
        page.keyboard.press("Control+s")
    expect(page.locator(".note.ok").first).to_contain_text("saved")


@pytest.mark.ui(7)
def test_dates_are_read_echoed_and_kept_as_precisely_as_they_are_known(desk: Sit, rows: Any) -> None:
    page = desk("zhang.min").open("/subjects/01-009/LOG/AE/")
    field, echo = page.locator("[name=onset_date]"), page.locator("#id_onset_date-echo")
    for typed, shown in ACCEPTED.items():
        leave(page, "onset_date", typed)
        expect(field).to_have_value(shown)
        expect(echo).to_contain_text("unknown" if "UN" in shown else "Thursday, study day")
    for typed in REFUSED:
        leave(page, "onset_date", typed)
        expect(echo).to_have_class("echo bad")
        expect(field).to_have_attribute("aria-invalid", "true")
        expect(field).to_have_value(typed)
    leave(page, "term", "Headache")
    leave(page, "onset_date", "UN-Nov-2026")
    expect(field).to_have_value("UN-Nov-2026")
    save(page)
    kept = rows("SELECT onset_date FROM safety_adverseevent WHERE term = 'Headache' ORDER BY sequence DESC LIMIT 1")
    assert kept == [("2026-11",)]


@pytest.mark.ui(7)
def test_an_incomplete_date_is_refused_where_a_whole_one_is_needed(desk: Sit) -> None:
    page = desk("zhang.min").open("/subjects/01-009/M3/VS/1/")
    leave(page, "assessed_date", "UN-Nov-2026")
    expect(page.locator("#id_assessed_date-echo")).to_have_class("echo bad")
    expect(page.locator("[name=assessed_date]")).to_have_value("UN-Nov-2026")


@pytest.mark.ui(8)
def test_numbers_are_read_one_way_and_never_change_by_themselves(desk: Sit, rows: Any) -> None:
    one = desk("zhang.min")
    page = one.open("/subjects/01-009/M6/VS/1/")
    field = page.locator("[name=temperature_c]")
    assert (field.get_attribute("type"), field.get_attribute("inputmode")) == ("text", "decimal")
    for typed in ("36.6", "36,6", " 36.6 "):
        field.fill(typed)
        save(page)
        assert rows("SELECT temperature_c::text FROM safety_vitalsigns v JOIN enrollment_subject s"
                    " ON s.id = v.subject_id WHERE identifier = '01-009' AND visit = 'M6'") == [("36.6",)]  # fmt: skip
    field.focus()
    page.mouse.wheel(0, 240)
    expect(field).to_have_value("36.6")
    field.fill("<0.5")
    page.keyboard.press("Control+s")
    page.locator("#error-summary").wait_for()
    expect(field).to_have_value("<0.5")
    expect(page.locator("#error-summary")).to_contain_text("Temperature")
    field.fill("36.6")
    save(page)


@pytest.mark.ui(9)
def test_a_soft_check_is_confirmed_and_a_hard_one_stops_completing_only(desk: Sit, rows: Any) -> None:
    page = desk("zhang.min").open("/subjects/01-009/M9/VS/1/")
    leave(page, "heart_rate", "150")
    confirm = page.locator("#row-heart_rate .confirm, #row-id_heart_rate .confirm").first
    expect(confirm).to_be_visible()
    confirm.click()
    page.locator("[name^=explain-]").first.fill("Fever, read twice")
    expect(page.locator("#savest")).to_contain_text("Draft saved", timeout=5_000)
    save(page)
    said = rows("SELECT value, explanation, full_name FROM review_softconfirmation c JOIN accounts_user u"
                " ON u.id = c.confirmed_by_id WHERE explanation = 'Fever, read twice'")  # fmt: skip
    assert said == [("150", "Fever, read twice", "Zhang Min")]
    trail = rows("SELECT count(*) FROM audit_itemchange WHERE new LIKE '%%Fever, read twice%%'")
    assert trail == [(1,)]
    leave(page, "systolic_bp", "999")
    expect(page.locator("[name=systolic_bp]")).to_have_attribute("aria-invalid", "true")
    expect(page.locator("#savest")).to_contain_text("Draft saved", timeout=5_000)
    page.locator("[data-complete]").click()
    page.wait_for_load_state()
    assert page.title().startswith("Error:")
    expect(page.locator("[name=systolic_bp]")).to_have_value("999")
    assert rows("SELECT v.status, systolic_bp FROM safety_vitalsigns v JOIN enrollment_subject s ON s.id = v.subject_id"
                " WHERE identifier = '01-009' AND visit = 'M9'") == [("STARTED", None)]  # fmt: skip


def answer(page: Page, values: Mapping[str, Any]) -> None:
    """Answer the named controls without leaving the page."""
    for name, value in values.items():
        control = page.locator(f"[name={name}]")
        if isinstance(value, list):
            for box in control.all():
                box.set_checked(box.get_attribute("value") in value)
        elif control.first.get_attribute("type") == "radio":
            page.locator(f"[name={name}][value={value}]").check()
        elif control.evaluate("e => e.tagName") == "SELECT":
            control.select_option(value)
        else:
            control.fill(value)


@pytest.mark.ui(10)
@pytest.mark.parametrize(
    ("oid", "table", "calm", "cases"),
    [("CRS", "safety_crsassessment", CALM, CASES), ("ICANS", "safety_icansassessment", AWAKE, NEUROLOGICAL)],
)
def test_the_grade_beside_the_form_is_the_grade_that_is_stored(
    desk: Sit, rows: Any, oid: str, table: str, calm: dict[str, Any], cases: Sequence[tuple[dict[str, Any], str]]
) -> None:
    page = desk("zhang.min").open(f"/subjects/01-009/D21/{oid}/1/")
    answer(page, {"assessed_date": f"{TODAY:%d-%b-%Y}", "assessed_time": "00:05"})
    for changed, grade in cases:
        answer(page, calm | changed)
        page.locator("[name=assessed_time]").focus()
        title = f"No {oid} by the rule" if grade == "0" else f"{oid} grade {grade}"
        expect(page.locator("#computed h2").first).to_have_text(title)
        save(page)
        expect(page.locator("#computed h2").first).to_have_text(title)
        shown = page.locator("#computed .because").first.inner_text()
        stored = rows(f"SELECT r.output->>'grade', r.because FROM review_ruleresult r JOIN {table} c"
                      " ON c.id = r.root JOIN enrollment_subject s ON s.id = c.subject_id WHERE r.rule = %s"
                      " AND identifier = '01-009' AND visit = 'D21'", f"{oid.lower()}-grade")  # fmt: skip
        assert stored == [(grade, shown)], changed
