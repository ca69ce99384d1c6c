"""From consent to the signed decision and the report, as the people of the trial work; the coordinator by keyboard."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import expect
from pypdf import PdfReader

from dosing.demonstration.cast import PASSWORD
from dosing.demonstration.entering import typed
from dosing.selectors.levels import level_key
from tests.browser.conftest import Desk
from tests.browser.infusing import infuse
from tests.browser.keyboard import fill, press_button, tab_to

Sit = Callable[..., Desk]
TODAY = datetime.now(ZoneInfo("Asia/Shanghai")).date()
INCLUSION = ("adult", "histology", "cd70_positive", "standard_exhausted", "ecog_0_1", "measurable_disease",
             "organ_function", "life_expectancy")  # fmt: skip
EXCLUSION = ("active_infection", "cns_disease", "autoimmune", "prior_cell_therapy", "pregnant")
VITALS = {"temperature_c": "36.8", "systolic_bp": "121", "diastolic_bp": "76", "heart_rate": "81",
          "respiratory_rate": "16", "oxygen_saturation": "98"}  # fmt: skip


def complete(one: Desk, address: str, values: dict[str, Any]) -> None:
    """Open a form, fill it and mark it complete, all from the keyboard."""
    page = one.open(address)
    here = page.url
    fill(page, values)
    page.keyboard.press("Control+Enter")
    page.wait_for_url(lambda url: url != here or "/1/" in url)
    expect(page.locator(".note.ok").first).to_contain_text("marked complete")
    one.check()


@pytest.mark.ui(1)
def test_a_coordinator_takes_a_subject_from_consent_to_eligibility_by_keyboard(desk: Sit, rows: Any) -> None:
    coordinator = desk("zhang.min")
    page = coordinator.open("/subjects/")
    press_button(page, "Add subject")
    page.wait_for_url("**/subjects/add/")
    press_button(page, "Add")
    page.wait_for_url(re.compile(r"/subjects/01-015/"))
    day = typed(TODAY - timedelta(days=3))
    consent = {"consent_version": "1.1", "consent_date": day, "consent_time": "0930", "obtained_by": "LY",
               "copy_given": "true", "reconsent": "false", "biopsy_consent": "true",
               "gene_storage_consent": "true"}  # fmt: skip
    complete(coordinator, "/subjects/01-015/PRE/IC/1/", consent)
    staining = {"specimen": "ARCHIVAL", "collection_date": "5mar26", "method": "IHC", "clone": "EPR22573",
                "laboratory": "Central", "report_reference": "P-7",
                "percent_1plus": "10", "percent_2plus": "25", "percent_3plus": "50"}  # fmt: skip
    complete(coordinator, "/subjects/01-015/PRE/CD70/1/", staining)
    complete(coordinator, "/subjects/01-015/SCR/IC/1/", consent)
    person = {"birth_year": "1968", "age_years": "58", "sex": "F", "tumour_type": "Ovarian", "stage": "IV",
              "metastatic_sites": ["LUNG"], "prior_lines": "3"}  # fmt: skip
    complete(coordinator, "/subjects/01-015/SCR/DM/1/", person)
    complete(coordinator, "/subjects/01-015/SCR/VS/1/", {"assessed_date": day, "assessed_time": "08:10"} | VITALS)
    answers = dict.fromkeys(INCLUSION, "true") | dict.fromkeys(EXCLUSION, "false")
    complete(coordinator, "/subjects/01-015/SCR/IE/1/", answers)
    saved = rows("SELECT temperature_c::text, heart_rate, v.status FROM safety_vitalsigns v"
                 " JOIN enrollment_subject s ON s.id = v.subject_id WHERE s.identifier = '01-015'")  # fmt: skip
    assert saved == [("36.8", 81, "COMPLETE")]
    coordinator.open("/dose-escalation/enrol/01-015/")
    assert "confirmed" in coordinator.page.locator("main").inner_text(), "not enrolled before the physician confirms"


@pytest.mark.ui(1, 10)
def test_an_infusion_and_its_first_day_by_keyboard(desk: Sit, rows: Any) -> None:
    coordinator = desk("zhang.min")
    day = typed(TODAY)
    infuse(
        coordinator, "01-010", level="2", weight="63.5", coi="C70-000010", lot="CD70-010-A", day=day,
        expiry=typed(TODAY + timedelta(days=62)), times=("0001", "0002"), cells="190.50",
    )  # fmt: skip
    infused = rows("SELECT infused_at IS NOT NULL, status FROM enrollment_subject WHERE identifier = '01-010'")
    assert infused == [(True, "IN WINDOW")]
    complete(coordinator, "/subjects/01-010/D0/VS/1/", {"assessed_date": day, "assessed_time": "0001"} | VITALS)
    page = coordinator.open("/subjects/01-010/D0/CRS/1/")
    fill(page, {
        "assessed_date": day, "assessed_time": "0003", "max_temperature_c": "39.4", "fever_other_cause": "false",
        "crs_already_diagnosed": "false", "antipyretic_given": "false", "tocilizumab_given": "false",
        "corticosteroid_given": "false", "hypotension": "true", "vasopressors": ["NOREPINEPHRINE"],
        "oxygen_support": "Nasal", "oxygen_flow_l_min": "3",
    })  # fmt: skip
    page.keyboard.press("Tab")
    expect(page.locator("#computed h2")).to_have_text("CRS grade 3")
    expect(page.locator("#computed .because")).to_contain_text("3.0 L/min")  # the answer to the last value typed
    live = page.locator("#computed .because").inner_text()
    page.keyboard.press("Control+Enter")
    expect(page.locator(".note.ok").first).to_contain_text("marked complete")
    stored = rows("SELECT because FROM review_ruleresult WHERE rule = 'crs-grade' ORDER BY computed_at DESC LIMIT 1")
    assert stored == [(live,)], "the panel and the stored grade are one rule"
    scores = {"assessed_date": day, "assessed_time": "0004", "ice_orientation": "4", "ice_naming": "3",
              "ice_command": "1", "ice_writing": "0", "ice_attention": "1", "consciousness": "normal",
              "seizure": "none", "deep_focal_motor_weakness": "false", "cerebral_oedema": "none"}  # fmt: skip
    complete(coordinator, "/subjects/01-010/D0/ICANS/1/", scores)


def enter_event(one: Desk) -> None:
    """A serious grade 4 event, with its grade change, from the keyboard."""
    page = one.open("/subjects/01-009/LOG/AE/3/")
    onset = typed(TODAY - timedelta(days=2))
    fill(page, {"term": "Colitis", "onset_date": onset, "outcome": "Not recovered"})
    press_button(page, "Add a row")
    page.keyboard.type("4")
    fill(page, {"AEG-0-start_date": onset, "serious": "true", "serious_criteria": ["LIFE THREATENING"]})
    page.keyboard.press("Control+s")
    expect(page.locator(".note.ok").first).to_contain_text("saved")


@pytest.mark.ui(22)
def test_a_second_grade_4_event_turns_the_board_by_itself(desk: Sit, rows: Any) -> None:
    investigator, coordinator, physician = desk("chen.wei"), desk("zhang.min"), desk("liu.yang")
    board = investigator.open("/dose-escalation/")
    tile = board.locator(".tok").filter(has_text="01-009")
    expect(tile).to_contain_text("In window")
    enter_event(coordinator)
    page = physician.open("/subjects/01-009/LOG/AE/3/")
    fill(page, {"relationship_car_t": "probable"})
    page.keyboard.press("Control+s")
    expect(page.locator(".note.ok").first).to_contain_text("saved")
    expect(tile).to_contain_text("DLT", timeout=15_000)
    expect(tile).not_to_contain_text("In window")
    expect(board.locator("#freshness, [data-freshness], .phead .sub").first).to_contain_text("computed")
    verdict = rows("SELECT output->>'dlt', output->>'criterion' FROM review_ruleresult r JOIN safety_adverseevent e"
                   " ON e.id = r.root WHERE r.rule = 'dlt' AND e.term = 'Colitis'")  # fmt: skip
    assert verdict == [("YES", "G4_NONHEM")]
    [(count, because)] = rows("SELECT output->'tally'->>'n_dlt', because FROM review_ruleresult"
                              " WHERE rule = 'dose-escalation' AND root = %s", str(level_key(2)))  # fmt: skip
    assert count == "2"
    expect(board.locator(".decision")).to_contain_text(because)
    marked = board.locator(".decision td.this").first
    expect(marked).to_be_attached()


def adjudicate(one: Desk, rows: Any) -> None:
    [(event,)] = rows("SELECT id::text FROM safety_adverseevent WHERE term = 'Colitis'")
    page = one.open(f"/dose-escalation/adjudicate/{event}/")
    page.locator("input[name=verdict][value=YES]").check()
    page.locator("textarea[name=rationale]").fill("Grade 4 colitis with typical biopsy, no infection found.")
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_load_state()


def sign(one: Desk, address: str, password: str) -> str:
    page = one.open(address)
    page.locator("form[action$='/sign/'] input[type=password]").fill(password)
    page.locator("form[action$='/sign/'] button[type=submit]").click()
    page.wait_for_load_state()
    return page.locator("main").inner_text()


def test_two_investigators_sign_what_the_evidence_says(desk: Sit, rows: Any) -> None:
    investigator, committee = desk("chen.wei"), desk("anna.novak")
    adjudicate(investigator, rows)
    page = investigator.open("/dose-escalation/")
    page.locator("form[action$='/levels/2/freeze/'] button").first.click()
    page.wait_for_url("**/dose-escalation/decisions/**")
    address = page.url.removeprefix(investigator.product.url)
    meeting = page.locator("form[action$='/meeting/']")
    meeting.get_by_label("Date of the meeting").fill(typed(TODAY))
    meeting.get_by_label("Attendees").fill("Chen Wei, Anna Novak, Liu Yang")
    meeting.get_by_label("Minutes").fill("Second DLT at level 2: colitis grade 4 in 01-009.")
    meeting.get_by_label("Agree with the recommendation").check()
    override = meeting.get_by_label("although the data are not ready")
    if override.count():
        override.fill("The committee decides on the safety data as they stand.")
    page.locator("form[action$='/meeting/'] button[type=submit]").click()
    page.wait_for_load_state()
    assert "not right" in sign(investigator, address, "a wrong guess")
    pk = address.strip("/").rpartition("/")[2]
    assert rows("SELECT count(*) FROM audit_signature WHERE root = %s", pk) == [(0,)], "a wrong password signs nothing"
    assert "Chen Wei" in sign(investigator, address, PASSWORD)
    assert investigator.page.locator("form[action$='/sign/']").count() == 0, "the second signature is another person's"
    sign(committee, address, PASSWORD)
    page = investigator.open(address)
    page.locator("form[action$='/release/'] input[type=password]").fill(PASSWORD)
    page.locator("form[action$='/release/'] button[type=submit]").click()
    page.wait_for_load_state()
    assert rows("SELECT status FROM dosing_dosedecision WHERE id = %s", pk) == [("RELEASED",)]


@pytest.mark.ui(19)
def test_a_monitor_is_refused_every_edit(desk: Sit, rows: Any) -> None:
    monitor = desk("peter.braun")
    page = monitor.open("/subjects/01-008/D1/VS/1/")
    expect(page.locator("[data-save], [data-complete]")).to_have_count(0)
    [(event,)] = rows("SELECT id::text FROM safety_adverseevent WHERE term = 'Colitis'")
    [(before,)] = rows("SELECT count(*) FROM audit_itemchange")
    refused = {
        address: monitor.post(address, version="1", token="00000000-0000-4000-8000-000000000009", heart_rate="1")
        for address in (
            "/subjects/01-008/D1/VS/1/", "/subjects/01-008/D1/VS/1/draft/", "/subjects/01-008/D1/VS/1/sign/",
            "/subjects/add/", "/subjects/01-008/D1/", "/dose-escalation/enrol/01-011/",
            f"/dose-escalation/adjudicate/{event}/", "/dose-escalation/levels/2/freeze/", "/people/",
        )
    }  # fmt: skip
    assert set(refused.values()) == {403}, refused
    assert rows("SELECT count(*) FROM audit_itemchange") == [(before,)]


@pytest.mark.ui(24)
def test_a_monitor_downloads_the_safety_report(desk: Sit, tmp_path: Path) -> None:
    monitor = desk("peter.braun")
    page = monitor.open("/reports/")
    page.get_by_role("button", name="Generate PDF").click()
    link = page.locator("a[href*='/reports/files/']").first
    expect(link).to_be_visible(timeout=30_000)
    with page.expect_download() as download:
        link.click()
    path = tmp_path / "report.pdf"
    download.value.save_as(path)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    assert digest in page.content() or digest[:8] in page.locator("main").inner_text()
    reader = PdfReader(path)
    text = "\n".join(sheet.extract_text() for sheet in reader.pages)
    for words in ("CD70-CART-101", "DRAFT", "unverified data", "UTC+08:00", f"Page 1 of {len(reader.pages)}", "01-006",
                  "Alanine aminotransferase increased", "Colitis", "Chen Wei"):  # fmt: skip
        assert words.lower() in text.lower(), words


def test_tab_reaches_the_first_field_of_a_form(desk: Sit) -> None:
    page = desk("zhang.min").open("/subjects/01-011/APH/VS/1/")
    tab_to(page, "assessed_date", most=60)
