"""The infusion form: the gate, the bags, the dose, and the product behind it."""

from __future__ import annotations

from typing import Any

import pytest

from dosing import dose_panels
from dosing.models import Infusion, InfusionBag
from enrollment.models import Subject
from tests.casebook.entering import enter, post
from tests.dosing.builders import Trial, days_ago
from tests.forms.dosing_texts import (
    APPROVED,
    COI,
    LOT,
    TO_QC,
    bag,
    certificate,
    infusion,
    leukapheresis,
    line,
    lymphodepletion,
    on,
    sentences,
    write_lines,
)
from tests.people import People
from trial_edc.audit.context import acting
from trial_edc.casebook.place import NEW
from trial_edc.crf.models import FormStatus
from trial_edc.review.models import RuleResult


@pytest.fixture
def slotted(people: People) -> Subject:
    """A subject with a slot at dose level 1 and nothing entered about its product."""
    subject = Trial(people).slot()
    with acting(people.coordinator, "test"):
        subject.consent_date, subject.eligibility_confirmed_date = days_ago(60), days_ago(50)
        subject.save()
    return subject


@pytest.fixture
def ready(people: People, slotted: Subject) -> Subject:
    """The subject with a released product in the store of the site."""
    enter(people.coordinator, slotted, "APH", "APH", **leukapheresis())
    write_lines(people, slotted, *TO_QC)
    enter(people.coordinator, slotted, "BL", "REL", **certificate())
    write_lines(people, slotted, "RELEASED", "SHIPPED_TO_SITE", "STORED", start=10)
    slotted.refresh_from_db()
    return slotted


def said(people: People, subject: Subject, *, action: str = "save", **texts: Any) -> dict[str, list[str]]:
    """Post what should be refused, check that nothing was written, and return the sentences."""
    found = sentences(post(people.coordinator, subject, "D0", "INF", action=action, **texts))
    assert not Infusion.objects.exists() and not InfusionBag.objects.exists()
    subject.refresh_from_db()
    assert subject.infused_at is None
    return found


def row(panel: Any, label: str) -> Any:
    return next(each for each in panel.rows if str(each.label) == label)


def test_an_infusion_is_completed_and_its_dose_kept(people: People, ready: Subject) -> None:
    form = enter(people.coordinator, ready, "D0", "INF", action="complete", **infusion())
    ready.refresh_from_db()
    assert (form.status, ready.status, ready.infusion_date) == (FormStatus.COMPLETE, "IN WINDOW", days_ago(1))
    kept = RuleResult.objects.get(root=form.pk, rule="infusion-dose")
    assert kept.output == {
        "planned_million": "60.0", "percent": "100.0", "in_limits": True, "given_million_per_kg": "1.000"
    }  # fmt: skip
    assert [one.coi_number for one in form.bags.all()] == [COI]
    panel = dose_panels.infusion(form, list(form.bags.all()))
    assert (panel.title, panel.grade) == ("100.0 % of plan", "✓")
    assert row(panel, "Limits ±20 %").value == "48 × 10⁶ – 72 × 10⁶"
    assert row(panel, "Given").detail == "1.000 × 10⁶ CAR+ cells/kg"
    assert row(panel, "Release certificate").value == "Released"
    assert not any(each.driving for each in panel.rows)


BAGS: list[tuple[dict[str, Any], str, str]] = [
    ({"bags": [bag(coi_number="C70-000002")]}, "wristband_coi", "does not carry the number of the wristband"),
    ({"bags": [bag(), bag(2, coi_number="C70-000002")]}, "wristband_coi", "does not carry the number"),
    ({"bags": [bag(expiry_date=on(2))]}, "start_date", "had expired"),
    ({"bags": [bag(), bag()]}, "wristband_coi", "entered twice"),
    ({"bags": [bag(cells_million="")]}, "cells_million", "Enter a value"),
    ({"bags": [bag(volume_ml="a lot")]}, "volume_ml", "Enter a number"),
    ({"identity_matches": "false"}, "identity_matches", "must match before"),
    ({"second_checker": "zhang min"}, "second_checker", "another person"),
    ({"stop_time": "10:05"}, "stop_time", "must stop after it starts"),
    ({"weight_date": on(0)}, "weight_date", "younger than the infusion"),
    ({"wristband_coi": "C70"}, "wristband_coi", "not a chain-of-identity number"),
    ({"interruption_detail": "Pump alarm"}, "interruption_detail", "does not apply"),
    ({"gate_oxygen_saturation": "101"}, "gate_oxygen_saturation", "from 30 to 100"),
]  # fmt: skip


@pytest.mark.req("R33", "R57")
@pytest.mark.parametrize(("changed", "field", "words"), BAGS, ids=[f"{f}: {w}" for _c, f, w in BAGS])
def test_an_infusion_that_cannot_be(
    people: People, ready: Subject, changed: dict[str, Any], field: str, words: str
) -> None:
    assert words in " ".join(said(people, ready, **infusion(**changed))[field])


SOFT: list[tuple[dict[str, Any], str, str]] = [
    ({"infused_cells_million": "59.99"}, "infused_cells_million", "do not add up"),
    ({"infused_cells_million": "47.99", "bags": [bag(cells_million="47.99", thaw_time="10:01")]},
     "infused_cells_million", "outside the limits"),
    ({"infused_cells_million": "72.01", "bags": [bag(cells_million="72.01", thaw_time="10:01")]},
     "infused_cells_million", "outside the limits"),
    ({"stop_time": "10:32"}, "stop_time", "thawed for longer"),
    ({"bags": []}, "infused_cells_million", "Enter every bag"),
    ({"gate_temperature_c": "38.0"}, "gate_temperature_c", "fever"),
    ({"gate_oxygen_saturation": "91"}, "gate_oxygen_saturation", "oxygen saturation"),
    ({"gate_vasopressor": "true"}, "gate_vasopressor", "vasopressor"),
    ({"gate_infection": "true"}, "gate_infection", "infection"),
    ({"gate_ecog": "2"}, "gate_ecog", "performance status"),
    ({"premedication_given": "true"}, "premedication", "Enter a value"),
    ({"interrupted": "true"}, "interruption_detail", "Enter a value"),
    ({"gate_vasopressor": ""}, "gate_vasopressor", "Enter a value"),
]  # fmt: skip


@pytest.mark.parametrize(("changed", "field", "words"), SOFT, ids=[f"{f}: {w}" for _c, f, w in SOFT])
def test_what_keeps_an_infusion_from_being_complete(
    people: People, ready: Subject, changed: dict[str, Any], field: str, words: str
) -> None:
    assert words in " ".join(said(people, ready, action="complete", **infusion(**changed))[field])


def test_the_limits_themselves_are_within(people: People, ready: Subject) -> None:
    texts = infusion(
        infused_cells_million="48.00", gate_temperature_c="37.9", gate_oxygen_saturation="92", stop_time="10:31",
        bags=[bag(1, cells_million="30.00", thaw_time="10:01"),
              bag(2, cells_million="18.00", thaw_time="10:00", end_time="10:30", expiry_date=on(1))],
    )  # fmt: skip
    form = enter(people.coordinator, ready, "D0", "INF", action="complete", **texts)
    panel = dose_panels.infusion(form, list(form.bags.all()))
    assert row(panel, "Sum of 2 bags").value == "48 × 10⁶"
    assert row(panel, f"Bag {LOT}/2, thaw to end").value == "30 min of at most 30"
    assert (panel.title, panel.grade) == ("80.0 % of plan", "✓")


def test_it_may_end_after_midnight(people: People, ready: Subject) -> None:
    texts = infusion(
        start_date=on(2), start_time="23:50", stop_time="00:10", stop_date=on(1), bags=[bag(thaw_time="23:45")]
    )
    enter(people.coordinator, ready, "D0", "INF", action="complete", **texts)


def test_a_changed_weight_is_confirmed(people: People, ready: Subject) -> None:
    enter(people.coordinator, ready, "LD1", "LD", **lymphodepletion(weight_kg="66.7"))
    found = said(people, ready, action="complete", **infusion())
    assert "differs from the previous one" in found["weight_kg"][0]
    confirmed = {"confirm-INF-013": "1", "explain-INF-013": "Oedema drained"}
    enter(people.coordinator, ready, "D0", "INF", action="complete", **infusion(**confirmed))


# --- the product behind it


@pytest.mark.req("R33", "R57")
def test_a_wristband_of_another_subject_is_refused(people: People, ready: Subject) -> None:
    texts = infusion(wristband_coi="C70-000002", bags=[bag(coi_number="C70-000002")])
    assert "Nothing may be infused" in said(people, ready, **texts)["wristband_coi"][0]
    assert "Scan the wristband" in said(people, ready, **infusion(wristband_coi="", bags=[]))["wristband_coi"][0]


LOTS: list[tuple[dict[str, str], str]] = [
    ({"product_lot": ""}, "Enter the product lot"),
    ({"product_lot": "CD70-009-A"}, "no release certificate for lot CD70-009-A"),
]


@pytest.mark.req("R33")
@pytest.mark.parametrize(("changed", "words"), LOTS)
def test_the_lot_needs_its_certificate(people: People, ready: Subject, changed: dict[str, str], words: str) -> None:
    assert words in said(people, ready, **infusion(**changed))["product_lot"][0]


CERTIFICATES = [
    ({"sterility": "POSITIVE"}, "Sterility: POSITIVE"),
    ({"release_decision": "REJECTED"}, "is not released"),
    ({"release_decision": ""}, "is not released"),
    ({"expiry_date": ""}, "no expiry date"),
    ({"expiry_date": on(2), "release_date": on(3)}, "expired before the infusion"),
]


@pytest.mark.req("R33")
@pytest.mark.parametrize(("changed", "words"), CERTIFICATES, ids=[words for _c, words in CERTIFICATES])
def test_a_lot_that_is_not_released_is_not_infused(
    people: People, ready: Subject, changed: dict[str, str], words: str
) -> None:
    texts = certificate(**changed)
    enter(people.coordinator, ready, "BL", "REL", **texts)
    assert words in said(people, ready, **infusion())["product_lot"][0]
    panel = dose_panels.infusion(Infusion(subject=ready, visit="D0", product_lot=LOT), [])
    assert row(panel, "Release certificate").driving == ("expir" not in words)


@pytest.mark.req("R33")
def test_an_approved_exception_is_infused(people: People, ready: Subject) -> None:
    texts = certificate(viability_percent="65.0", release_decision="RELEASED OUT OF SPECIFICATION") | APPROVED
    enter(people.investigator, ready, "BL", "REL", **texts)
    enter(people.coordinator, ready, "D0", "INF", action="complete", **infusion())


@pytest.mark.req("R33")
@pytest.mark.parametrize("length", range(1, len(TO_QC) + 1))
def test_a_product_before_its_release_is_not_infused(people: People, slotted: Subject, length: int) -> None:
    enter(people.coordinator, slotted, "APH", "APH", **leukapheresis())
    write_lines(people, slotted, *TO_QC[:length])
    assert "its ledger says" in said(people, slotted, **infusion())["wristband_coi"][0]


@pytest.mark.req("R33")
def test_a_destroyed_product_is_not_infused(people: People, ready: Subject) -> None:
    gone = line("DESTROYED", 5, end_reason="Bag broken; record 9", bag_count="2")
    enter(people.coordinator, ready, "MFG", "PROD", sequence=NEW, **gone)
    assert "“Destroyed”" in said(people, ready, **infusion())["wristband_coi"][0]


def test_without_certificate_and_leukapheresis_the_panel_warns(people: People, slotted: Subject) -> None:
    form = enter(people.coordinator, slotted, "D0", "INF", action="complete", **infusion())
    panel = dose_panels.infusion(form, list(form.bags.all()))
    assert row(panel, "Chain of identity").driving and row(panel, "Release certificate").driving
    empty = dose_panels.infusion(Infusion(subject=slotted, visit="D0"), [])
    assert (empty.title, empty.grade) == ("Dose open", None)
    planned = dose_panels.infusion(Infusion(subject=slotted, visit="D0", assigned_dose_level=2, weight_kg=60), [])
    assert (planned.title, planned.grade) == ("Planned 180 × 10⁶", None)


def test_a_correction_afterwards_is_no_infusion(people: People, ready: Subject) -> None:
    enter(people.coordinator, ready, "D0", "INF", **infusion())
    [kept] = InfusionBag.objects.all()
    enter(people.coordinator, ready, "BL", "REL", **certificate(sterility="POSITIVE"))
    texts = infusion(reaction="true") | {"INFBAG-INITIAL_FORMS": "1", "INFBAG-0-id": str(kept.pk)}
    form = enter(people.coordinator, ready, "D0", "INF", **texts)
    assert form.reaction is True and InfusionBag.objects.get() == kept
