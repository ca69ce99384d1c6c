"""The first subject of an empty trial, from consent to Day 28, entered with the keyboard alone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import psycopg2
import pytest
from playwright.sync_api import Browser, expect

from dosing.demonstration.cast import PASSWORD
from dosing.demonstration.entering import typed
from tests.browser.conftest import WATCH, Desk
from tests.browser.infusing import infuse
from tests.browser.keyboard import fill, press_button
from tests.browser.test_story import EXCLUSION, INCLUSION, TODAY, VITALS, complete
from tests.processes import Product, running_product

INFUSED = TODAY - timedelta(days=31)
CAST = (
    "from dosing.demonstration.cast import create_cast; from trial_edc.accounts.access import today;"
    " create_cast(today())"
)
CALM = {"max_temperature_c": "36.8", "fever_other_cause": "false", "crs_already_diagnosed": "false",
        "antipyretic_given": "false", "tocilizumab_given": "false", "corticosteroid_given": "false",
        "hypotension": "false", "oxygen_support": "None"}  # fmt: skip
CLEAR = {"ice_orientation": "4", "ice_naming": "3", "ice_command": "1", "ice_writing": "1", "ice_attention": "1",
         "consciousness": "normal", "seizure": "none", "deep_focal_motor_weakness": "false",
         "cerebral_oedema": "none"}  # fmt: skip


@pytest.fixture(scope="module")
def trial() -> Iterator[Product]:
    """An empty trial with its people."""
    with running_product(demonstration=False, redis_database=8) as running:
        running.manage("shell", "-c", CAST)
        yield running


def sit(chromium: Browser, product: Product, username: str) -> Desk:
    context = chromium.new_context(viewport={"width": 1440, "height": 1000})
    context.add_init_script(WATCH)
    one = Desk(context.new_page(), product)
    one.open("/sign-in/").locator("#id_username").focus()
    one.page.keyboard.type(username)
    one.page.keyboard.press("Tab")
    one.page.keyboard.type(PASSWORD)
    one.page.keyboard.press("Enter")
    one.page.wait_for_url(lambda url: "sign-in" not in url)
    return one


def read(product: Product, query: str) -> list[Any]:
    with psycopg2.connect(product.superuser_url.rpartition("/")[0] + f"/{product.database}") as connection:
        cursor = connection.cursor()
        cursor.execute(query)
        found: list[Any] = cursor.fetchall()
        return found


def screen(one: Desk) -> None:
    consented = typed(INFUSED - timedelta(days=40))
    consent = {"consent_version": "1.1", "consent_date": consented, "consent_time": "0930", "obtained_by": "LY",
               "copy_given": "true", "reconsent": "false", "biopsy_consent": "true",
               "gene_storage_consent": "true"}  # fmt: skip
    complete(one, "/subjects/01-001/PRE/IC/1/", consent)
    complete(one, "/subjects/01-001/PRE/CD70/1/", {
        "specimen": "ARCHIVAL", "collection_date": "5mar26", "method": "IHC", "clone": "EPR22573",
        "laboratory": "Central", "report_reference": "P-7",
        "percent_1plus": "10", "percent_2plus": "25", "percent_3plus": "50",
    })  # fmt: skip
    complete(one, "/subjects/01-001/SCR/IC/1/", consent)
    complete(one, "/subjects/01-001/SCR/DM/1/", {
        "birth_year": "1968", "age_years": "58", "sex": "F", "tumour_type": "Ovarian", "stage": "IV",
        "metastatic_sites": ["LUNG"], "prior_lines": "3",
    })  # fmt: skip
    complete(one, "/subjects/01-001/SCR/VS/1/", {"assessed_date": consented, "assessed_time": "08:10"} | VITALS)
    page = one.open("/subjects/01-001/SCR/IE/1/")
    fill(page, dict.fromkeys(INCLUSION, "true") | dict.fromkeys(EXCLUSION, "false"))
    page.keyboard.press("Control+s")
    expect(page.locator(".note.ok").first).to_contain_text("saved")


def treat(one: Desk) -> None:
    for number in (1, 2, 3):
        given = {
            "given_date": typed(INFUSED - timedelta(days=6 - number)), "weight_kg": "60.0", "height_cm": "165",
            "creatinine_clearance_ml_min": "94", "fludarabine_planned_mg_m2": "30", "fludarabine_given_mg": "49.8",
            "fludarabine_mg_m2": "30", "cyclophosphamide_planned_mg_m2": "300", "cyclophosphamide_given_mg": "498",
            "cyclophosphamide_mg_m2": "300", "dose_changed": "false", "hydration_given": "true", "hydration_ml": "1500",
        }  # fmt: skip
        complete(one, f"/subjects/01-001/LD{number}/LD/1/", given)
    infuse(
        one, "01-001", level="1", weight="60.0", coi="C70-000001", lot="CD70-001-A", day=typed(INFUSED),
        expiry=typed(TODAY), times=("1000", "1020"), cells="60.00",
    )  # fmt: skip
    for visit, day in (("D1", 1), ("D28", 28)):
        when = {"assessed_date": typed(INFUSED + timedelta(days=day)), "assessed_time": "0800"}
        complete(one, f"/subjects/01-001/{visit}/VS/1/", when | VITALS)
        complete(one, f"/subjects/01-001/{visit}/CRS/1/", when | CALM)
        complete(one, f"/subjects/01-001/{visit}/ICANS/1/", when | CLEAR)


@pytest.mark.ui(1)
def test_a_subject_from_consent_to_day_28_by_keyboard(chromium: Browser, trial: Product) -> None:
    coordinator = sit(chromium, trial, "zhang.min")
    page = coordinator.open("/subjects/")
    press_button(page, "Add subject")
    page.wait_for_url("**/subjects/add/")
    press_button(page, "Add")
    page.wait_for_url("**/subjects/01-001/**")
    screen(coordinator)
    physician = sit(chromium, trial, "chen.wei")
    confirmed = {"investigator_confirms": "true", "confirmed_date": typed(INFUSED - timedelta(days=35))}
    complete(physician, "/subjects/01-001/SCR/IE/1/", confirmed)
    page = coordinator.open("/dose-escalation/enrol/01-001/")
    press_button(page, "Enrol 01-001")
    expect(page.locator(".note.ok").first).to_contain_text("is enrolled")
    assert read(trial, "SELECT dose_level, number FROM dosing_slot") == [(1, 1)]
    treat(coordinator)
    page = coordinator.open("/subjects/01-001/LOG/AE/1/")
    onset = typed(INFUSED + timedelta(days=3))
    fill(page, {"term": "Fatigue", "onset_date": onset, "outcome": "Not recovered"})
    press_button(page, "Add a row")
    page.keyboard.type("2")
    fill(page, {"AEG-0-start_date": onset, "serious": "false"})
    page.keyboard.press("Control+s")
    expect(page.locator(".note.ok").first).to_contain_text("saved")
    assessment = {"assessment_date": typed(INFUSED + timedelta(days=28)), "followed_to_day_28": "true",
                  "all_events_entered": "true"}  # fmt: skip
    complete(coordinator, "/subjects/01-001/D28/DLT/1/", assessment)
    board = coordinator.open("/dose-escalation/")
    expect(board.locator(".tok").filter(has_text="01-001")).to_contain_text("No DLT", timeout=15_000)
    verdict = read(trial, "SELECT output->>'status' FROM review_ruleresult WHERE rule = 'evaluability'")
    assert verdict == [("EVALUABLE_NO_DLT",)]
    coordinator.check()
