"""A day at the bedside and the review that follows, as the people of the trial live it."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Desk
from tests.browser.looking import serious

Sit = Callable[..., Desk]
SHEET, DAY = "/bedside/01-009/", "/subjects/01-009/D12/"
NUMBERS = {"VS-temperature_c": "38.4", "CRS-max_temperature_c": "38.6", "VS-heart_rate": "104", "VS-systolic_bp": "112",
           "VS-diastolic_bp": "64", "VS-respiratory_rate": "20", "VS-oxygen_saturation": "93"}  # fmt: skip
CHOICES = {"CRS-fever_other_cause": "false", "CRS-crs_already_diagnosed": "false", "CRS-antipyretic_given": "false",
           "CRS-tocilizumab_given": "false", "CRS-corticosteroid_given": "false", "CRS-hypotension": "false",
           "ICANS-consciousness": "normal", "ICANS-seizure": "none", "ICANS-deep_focal_motor_weakness": "false",
           "ICANS-cerebral_oedema": "none"}  # fmt: skip
MISSED = ("object-3", "writing")
TODAY = datetime.now(ZoneInfo("Asia/Shanghai")).date()
#: Leucocytes and neutrophils; the others were not done.
BLOOD = ("1.1", "0.3")


def tap(page: Page, name: str, value: str) -> None:
    """Tap the label of a choice, as a finger does."""
    box = page.locator(f"[name='{name}'][value='{value}']")
    if not box.is_checked():
        box.locator("xpath=ancestor::label").click()
    expect(box).to_be_checked()


def grade(page: Page, name: str) -> Locator:
    return page.locator("tr", has=page.get_by_role("rowheader", name=name, exact=True)).last


def enter_column(page: Page) -> None:
    """Type the column: fever, oxygen by nasal cannula at 3 L/min, two of the ten ICE items missed."""
    for name, value in NUMBERS.items():
        page.locator(f"[name='{name}']").fill(value)
    page.locator("[name='CRS-oxygen_support']").select_option(label="Nasal cannula")
    page.locator("[name='CRS-oxygen_flow_l_min']").fill("3")
    page.get_by_role("button", name="Ten items").click()
    tap(page, "ice_state", "DONE")
    ticks = page.locator("input[name=ice]")
    for place in range(ticks.count()):
        value = ticks.nth(place).get_attribute("value") or ""
        if value not in MISSED:
            tap(page, "ice", value)
    page.get_by_role("button", name="Done", exact=True).click()
    for name, value in CHOICES.items():
        tap(page, name, value)


@pytest.mark.ui(10)
def test_a_coordinator_s_day_at_the_bedside(desk: Sit, rows: Any) -> None:
    coordinator = desk("zhang.min", width=1024, height=768)
    page = coordinator.open("/desk/")
    page.locator("main").get_by_role("row", name=re.compile("01-009 Day 12")).get_by_role("link").last.click()
    page.wait_for_url(f"**{DAY}")
    page.get_by_role("link", name="Bedside sheet").first.click()
    page.get_by_role("link", name="Add a column now").click()
    enter_column(page)
    # The grades come from the server while the column is typed.
    expect(page.locator("main")).to_contain_text("hypoxia on nasal cannula at 3.0 L/min, 6 L/min or less (grade 2)")
    expect(page.locator("main")).to_contain_text("ICE 8 (grade 1)")
    assert serious(page) == []
    page.get_by_role("button", name="Save and mark complete").click()
    page.wait_for_url(re.compile(f"{SHEET}$|{SHEET}[?#](?!add)"))
    assert grades(rows) == [("crs-grade", "2"), ("icans-grade", "1")]
    coordinator.check()


@pytest.mark.ui(12)
def test_a_severe_result_becomes_an_event_in_one_click(desk: Sit, rows: Any) -> None:
    coordinator = desk("zhang.min")
    page = coordinator.open(DAY + "HEM/1/")
    enter_blood_count(page)
    page.locator("li, div.rowline, dl > div, .fact").filter(has_text="Neutrophil count decreased").filter(
        has=page.get_by_role("link", name="Create the event")
    ).last.get_by_role("link", name="Create the event").click()
    page.wait_for_url("**/LOG/AE/**")
    value = {name: page.locator(f"[name='{name}']").input_value() for name in ("term", "onset_date", "AEG-0-grade")}
    assert value == {"term": "Neutrophil count decreased", "onset_date": f"{TODAY:%d-%b-%Y}", "AEG-0-grade": "4"}
    page.locator("[name=outcome]").select_option(label="Not recovered or not resolved")
    page.locator("[name=action_taken]").select_option(label="Not applicable")
    tap(page, "serious", "false")
    page.locator("[data-complete]").first.click()
    expect(page.locator(".note.ok").first).to_contain_text("marked complete")
    assert rows("SELECT term, serious FROM safety_adverseevent e JOIN enrollment_subject s ON s.id = e.subject_id"
                " WHERE identifier = '01-009' ORDER BY sequence DESC LIMIT 1") == [
        ("Neutrophil count decreased", False)]  # fmt: skip
    page = coordinator.open(DAY + "HEM/1/")
    left = page.get_by_role("link", name="Create the event")
    expect(left).to_have_count(1)  # that of the leucocytes
    coordinator.check()


@pytest.mark.ui(4, 10)
def test_an_investigator_reviews_the_day(desk: Sit, rows: Any) -> None:
    investigator = desk("liu.yang")
    page = investigator.open("/desk/")
    page.get_by_role("link", name=re.compile("CRS or ICANS now")).click()
    page.locator("main").get_by_role("row", name=re.compile("01-009")).get_by_role("link").last.click()
    expect(page.locator("main")).to_contain_text("01-009")
    page = investigator.open(SHEET)
    page.get_by_role("button", name="Confirm 2").click()
    expect(page.locator(".note.ok").first).to_contain_text("Grade recorded")
    other = page.locator("form.give-grade", has=page.get_by_role("button", name="Confirm 1"))
    other.locator("summary").click()
    other.locator("[name=grade]").select_option("2")
    other.get_by_role("button", name="Record this grade").click()
    # Without a reason nothing is sent, and what was chosen stands.
    expect(other.locator("[name=reason]")).to_be_focused()
    expect(other.locator("[name=grade]")).to_have_value("2")
    other.locator("[name=reason]").fill("Drowsy at the bedside")
    other.get_by_role("button", name="Record this grade").click()
    expect(page.locator("table.sheet")).to_contain_text("investigator; computed 1")
    assert judged(rows) == [("crs", 2, ""), ("icans", 2, "Drowsy at the bedside")]
    assert grades(rows) == [("crs-grade", "2"), ("icans-grade", "1")], "the computed ones are kept beside"
    page = investigator.open("/course/01-009/timeline/")
    marks = " ".join(each.get_attribute("aria-label") or "" for each in page.locator("svg .figure-mark").all())
    assert "CRS grade 2" in marks and "ICANS grade 2" in marks
    investigator.check()


def enter_blood_count(page: Page) -> None:
    """Type a sample of today with 0.3 × 10⁹/L neutrophils and nothing else."""
    page.locator("[name=collected_date]").fill(f"{TODAY:%d-%b-%Y}")
    page.locator("[name=collected_time]").fill("00:00")
    page.locator("[name=laboratory]").fill("Central laboratory")
    for place, value in enumerate(BLOOD):
        if value:
            page.locator(f"[name=HEMR-{place}-value]").fill(value)
            page.locator(f"[name=HEMR-{place}-unit]").select_option(index=1)
        else:
            page.locator(f"[name=HEMR-{place}-not_done]").select_option(index=1)
    page.locator("[data-save]").first.click()
    expect(page.locator(".note.ok").first).to_contain_text("saved")


def grades(rows: Any) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = rows(
        "SELECT r.rule, r.output->>'grade' FROM review_ruleresult r"
        " JOIN safety_crsassessment c ON c.id = r.root JOIN enrollment_subject s ON s.id = c.subject_id"
        " WHERE identifier = '01-009' AND visit = 'D12' AND r.rule = 'crs-grade' UNION "
        "SELECT r.rule, r.output->>'grade' FROM review_ruleresult r"
        " JOIN safety_icansassessment c ON c.id = r.root JOIN enrollment_subject s ON s.id = c.subject_id"
        " WHERE identifier = '01-009' AND visit = 'D12' AND r.rule = 'icans-grade' ORDER BY 1"
    )
    return found


def judged(rows: Any) -> list[tuple[str, int, str]]:
    found: list[tuple[str, int, str]] = []
    for kind in ("crs", "icans"):
        found += [
            (kind, *each)
            for each in rows(
                f"SELECT investigator_grade, grade_reason FROM safety_{kind}assessment c"
                " JOIN enrollment_subject s ON s.id = c.subject_id WHERE identifier = '01-009' AND visit = 'D12'"
            )
        ]
    return found
