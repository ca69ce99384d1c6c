"""The ledger of the product: line by line, corrected and never changed."""

from __future__ import annotations

from typing import Any

import pytest

from dosing import product_panels
from dosing.models import ProductMilestone
from dosing.models.product_milestone import Milestone
from dosing.services.standing import BY_PRODUCT
from enrollment.models import Subject
from tests.casebook.entering import enter, post
from tests.forms.dosing_texts import (
    COI,
    TO_QC,
    certificate,
    leukapheresis,
    line,
    refused_line,
    sentences,
    write_lines,
)
from tests.people import People
from trial_edc.casebook.place import NEW
from trial_edc.crf.models import FormStatus
from trial_edc.protocol.state_machines import PRODUCT


def test_the_choices_are_the_states_of_the_product() -> None:
    assert set(Milestone.values) == set(PRODUCT.states)
    assert set(BY_PRODUCT) == set(PRODUCT.states)


@pytest.mark.req("R57")
def test_a_ledger_grows_line_by_line_and_the_subject_follows(people: People, collected: Subject) -> None:
    seen = []
    for number, milestone in enumerate(TO_QC):
        write_lines(people, collected, milestone, start=40 - number)
        collected.refresh_from_db()
        seen.append(collected.status)
    assert seen == ["APHERESED", "APHERESED", "MANUFACTURING", "MANUFACTURING", "MANUFACTURING"]
    assert list(ProductMilestone.objects.order_by("ledger_number").values_list("ledger_number", "milestone")) == list(
        enumerate(TO_QC, start=1)
    )


def test_a_rejected_product_fails_the_manufacture(people: People, collected: Subject) -> None:
    write_lines(people, collected, *TO_QC)
    texts = line("REJECTED", 30, end_reason="Growth in the sterility test; certificate 12")
    enter(people.coordinator, collected, "MFG", "PROD", sequence=NEW, action="complete", **texts)
    collected.refresh_from_db()
    assert collected.status == "PRODUCT FAILED"


LINES: list[tuple[dict[str, Any], str, str]] = [
    (line("STORED", 39), "milestone", "cannot follow “Collected”. What may follow: “Shipped to the manufacturer”."),
    (line("COLLECTED", 39), "milestone", "cannot follow “Collected”"),
    (line("SHIPPED_TO_MANUFACTURER", 40, "12:39"), "event_time", "would be earlier than “Collected”"),
    (line("SHIPPED_TO_MANUFACTURER", -1), "event_date", "in the future"),
    (line("SHIPPED_TO_MANUFACTURER", 39, coi_number="C70-000002"), "coi_number", "is not a number of 01-001"),
    (line("SHIPPED_TO_MANUFACTURER", 39, coi_number="X"), "coi_number", "not a chain-of-identity number"),
    (line("SHIPPED_TO_MANUFACTURER", 39, checked_by="zhao lei"), "checked_by", "another person"),
    (line("SHIPPED_TO_MANUFACTURER", 39, identifiers_checked=["COI NUMBER"]), "identifiers_checked", "at least two"),
    (line("STORED", 39, product_lot=""), "milestone", "needs the product lot"),
    (line("SHIPPED_TO_MANUFACTURER", 39, bag_count="2"), "bag_count", "does not apply"),
    (line("SHIPPED_TO_MANUFACTURER", 39, temperature_c="warm"), "temperature_c", "Enter a number"),
    (line("SHIPPED_TO_MANUFACTURER", 39, temperature_c="61"), "temperature_c", "from -200 to 60"),
    (
        line("COLLECTED", 39, entry_kind="CORRECTION", corrects_entry="7", correction_reason="Wrong day"),
        "corrects_entry", "has no entry 7",
    ),
    (
        line("RECEIVED", 39, entry_kind="WITHDRAWAL", corrects_entry="1", correction_reason="Wrong subject"),
        "milestone", "The entry to withdraw says “Collected”.",
    ),
]  # fmt: skip


@pytest.mark.req("R33", "R57")
@pytest.mark.parametrize(("texts", "field", "words"), LINES, ids=[f"{f}: {w}" for _t, f, w in LINES])
def test_a_line_that_does_not_fit(
    people: People, collected: Subject, texts: dict[str, Any], field: str, words: str
) -> None:
    write_lines(people, collected, "COLLECTED")
    assert words in " ".join(refused_line(people, collected, **texts)[field])


WHOLE = ("entry_kind", "milestone", "event_date", "event_time", "coi_number", "performed_by", "checked_by")


@pytest.mark.parametrize("name", [*WHOLE, "identifiers_checked"])
def test_a_line_is_saved_whole(people: People, collected: Subject, name: str) -> None:
    empty: Any = [] if name == "identifiers_checked" else ""
    said = refused_line(people, collected, **(line() | {name: empty}))
    assert "saved whole" in said[name][0]


def test_the_first_line_is_the_collection_and_needs_a_leukapheresis(people: People, eligible_subject: Subject) -> None:
    assert "Enter the leukapheresis first" in refused_line(people, eligible_subject, **line())["coi_number"][0]
    enter(people.coordinator, eligible_subject, "APH", "APH", **leukapheresis())
    said = refused_line(people, eligible_subject, **line("RECEIVED"))
    assert said["milestone"] == ["The ledger of a product begins with “Collected”."]


@pytest.mark.req("R57")
@pytest.mark.parametrize(("name", "value"), [("remark", "Later"), ("event_time", "12:41"), ("checked_by", "Wang Fang")])
def test_a_saved_line_is_not_changed(people: People, collected: Subject, name: str, value: str) -> None:
    write_lines(people, collected, "COLLECTED")
    outcome = post(people.coordinator, collected, "MFG", "PROD", sequence=1, **(line() | {name: value}))
    assert "is not changed. Enter a correction of entry 1" in sentences(outcome)[name][0]
    enter(people.coordinator, collected, "MFG", "PROD", sequence=1, action="complete", **line())
    assert ProductMilestone.objects.get().status == FormStatus.COMPLETE


@pytest.mark.req("R57")
def test_a_further_line_corrects_and_another_withdraws(people: People, collected: Subject) -> None:
    write_lines(people, collected, "COLLECTED", "SHIPPED_TO_MANUFACTURER", "RECEIVED")
    collected.refresh_from_db()
    assert collected.status == "MANUFACTURING"
    named = {"corrects_entry": "2", "correction_reason": "The logger was read again"}
    texts = line("SHIPPED_TO_MANUFACTURER", 39, "13:00", entry_kind="CORRECTION", temperature_c="5.0", **named)
    enter(people.coordinator, collected, "MFG", "PROD", sequence=NEW, **texts)
    again = refused_line(people, collected, **(texts | {"event_time": "13:10"}))
    assert "corrected or withdrawn already" in again["corrects_entry"][0]
    withdrawn = line("RECEIVED", 38, entry_kind="WITHDRAWAL", corrects_entry="3", correction_reason="Not this product")
    enter(people.coordinator, collected, "MFG", "PROD", sequence=NEW, **withdrawn)
    collected.refresh_from_db()
    assert collected.status == "APHERESED"
    panel = product_panels.ledger_panel(ProductMilestone(subject=collected, coi_number=COI), [])
    assert panel.title == f"{COI}: Shipped to the manufacturer"
    assert [row.detail.partition(" · ")[0] for row in panel.rows[1:]] == [
        "does not hold any more", "does not hold any more", "corrects entry 2", "withdraws entry 3"
    ]  # fmt: skip


def test_nothing_follows_the_end(people: People, collected: Subject) -> None:
    write_lines(people, collected, *TO_QC)
    for number, milestone in enumerate(("REJECTED", "DESTROYED")):
        enter(people.coordinator, collected, "MFG", "PROD", sequence=NEW,
              **line(milestone, 30 - number, end_reason="Record 4", bag_count="2" if number else ""))  # fmt: skip
    assert "come to its end" in refused_line(people, collected, **line("DESTROYED", 20))["milestone"][0]
    panel = product_panels.ledger_panel(ProductMilestone(subject=collected), [])
    assert "come to its end" in panel.because and len(panel.rows) == 7


@pytest.mark.req("R57")
def test_a_warm_store_and_a_deviation_are_asked_for(people: People, collected: Subject) -> None:
    write_lines(people, collected, *TO_QC)
    enter(people.coordinator, collected, "BL", "REL", **certificate())
    write_lines(people, collected, "RELEASED", "SHIPPED_TO_SITE", start=10)
    warm = line("STORED", 8, temperature_c="-129.9", excursion="true")
    outcome = post(people.coordinator, collected, "PIG", "PROD", sequence=NEW, action="complete", **warm)
    said = sentences(outcome)
    assert "warmer than its limit" in said["temperature_c"][0] and "excursion_detail" in said
    cold = line("STORED", 8, temperature_c="-130", excursion="true", excursion_detail="Lid open for 2 min; accepted")
    enter(people.coordinator, collected, "PIG", "PROD", sequence=NEW, action="complete", **cold)
