"""The release certificate: what the results carry, and who may approve what they do not."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied

from dosing import product_panels
from dosing.models import ProductMilestone, ReleaseCertificate
from enrollment.models import Subject
from tests.casebook.entering import enter, post
from tests.forms.dosing_texts import (
    APPROVED,
    LOT,
    TO_QC,
    certificate,
    eligible,
    leukapheresis,
    line,
    on,
    refused_line,
    sentences,
    write_lines,
)
from tests.people import People
from trial_edc.crf.models import FormStatus
from trial_edc.review.models import RuleResult


@pytest.mark.req("R33")
def test_a_release_needs_its_certificate(people: People, collected: Subject) -> None:
    write_lines(people, collected, *TO_QC)
    assert "Enter the release certificate of lot" in refused_line(people, collected, **line("RELEASED", 10))[
        "milestone"
    ][0]  # fmt: skip
    enter(people.coordinator, collected, "BL", "REL", **certificate(sterility="PENDING"))
    said = refused_line(people, collected, **line("RELEASED", 10))["milestone"][0]
    assert "does not carry this release" in said and "Sterility: pending" in said
    enter(people.coordinator, collected, "BL", "REL", **certificate())
    assert "milestone" in refused_line(people, collected, **line("RELEASED_OUT_OF_SPECIFICATION", 10))
    write_lines(people, collected, "RELEASED", start=10)
    collected.refresh_from_db()
    assert collected.status == "PRODUCT RELEASED"


def test_a_certificate_that_meets_its_specification(people: People, collected: Subject) -> None:
    form = enter(people.coordinator, collected, "BL", "REL", action="complete", **certificate())
    assert form.status == FormStatus.COMPLETE
    stored = RuleResult.objects.get(root=form.pk, rule="release-certificate")
    assert stored.output == {"status": "RELEASED", "failed": [], "missing": []}
    panel = product_panels.certificate(form, [])
    assert (str(panel.title), panel.grade) == ("Meets its specification", "✓")
    assert not any(row.driving for row in panel.rows)


CERTIFICATES: list[tuple[dict[str, str], str, str]] = [
    ({"expiry_date": on(13)}, "expiry_date", "before its certificate was written"),
    ({"expiry_date": on(12), "release_date": on(11)}, "release_date", "expired lot cannot be released"),
    ({"viable_car_cells_million": "400.01"}, "viable_car_cells_million", "more CAR+ cells than cells"),
    ({"coi_number": "C70-000002"}, "coi_number", "is not a number of 01-001"),
    ({"coi_number": "12"}, "coi_number", "not a chain-of-identity number"),
    ({"viability_percent": "101"}, "viability_percent", "from 0 to 100"),
    ({"certificate_date": "31-Feb-2026"}, "certificate_date", "February 2026 has 28 days"),
]


@pytest.mark.parametrize(("changed", "field", "words"), CERTIFICATES, ids=[f"{c}" for c, _f, _w in CERTIFICATES])
def test_a_certificate_that_cannot_be(
    people: People, collected: Subject, changed: dict[str, str], field: str, words: str
) -> None:
    outcome = post(people.coordinator, collected, "BL", "REL", **certificate(**changed))
    assert words in " ".join(sentences(outcome)[field])
    assert not ReleaseCertificate.objects.exists()


OPEN_TESTS = [
    ("car_percent", "9.9"), ("viability_percent", "69.9"), ("vector_copies", "5.01"), ("endotoxin", "5.001"),
    ("sterility", "POSITIVE"), ("sterility", "PENDING"), ("mycoplasma", "POSITIVE"),
    ("replication_competent_virus", "POSITIVE"), ("appearance", "DOES NOT CONFORM"),
]  # fmt: skip


@pytest.mark.req("R33")
@pytest.mark.parametrize(("name", "result"), OPEN_TESTS)
def test_a_failed_or_missing_test_keeps_the_lot(people: People, collected: Subject, name: str, result: str) -> None:
    texts = certificate(**{name: result, "endotoxin_below_detection": "false"})
    outcome = post(people.coordinator, collected, "BL", "REL", action="complete", **texts)
    assert "not released without an approval" in sentences(outcome)["release_decision"][0]
    form = enter(people.coordinator, collected, "BL", "REL", **texts)
    panel = product_panels.certificate(form, [])
    assert (str(panel.title), panel.grade) == ("Not releasable", "✕")
    assert [row.label for row in panel.rows if row.driving] == [form._meta.get_field(name).verbose_name]


@pytest.mark.req("R62")
def test_only_a_physician_approves_a_lot_out_of_specification(people: People, collected: Subject) -> None:
    texts = certificate(viability_percent="65.0", release_decision="RELEASED OUT OF SPECIFICATION")
    with pytest.raises(PermissionDenied):
        post(people.coordinator, collected, "BL", "REL", **texts, **APPROVED)
    outcome = post(people.coordinator, collected, "BL", "REL", action="complete", **texts)
    assert "approval of two people" in sentences(outcome)["release_decision"][0]
    form = enter(people.investigator, collected, "BL", "REL", action="complete", **texts, **APPROVED)
    assert RuleResult.objects.get(root=form.pk).output["status"] == "RELEASED OUT OF SPECIFICATION"
    assert product_panels.certificate(form, []).grade == "!"


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"oos_second_approver": "li na"}, "oos_second_approver"),
        ({"oos_reason": "urgent"}, "release_decision"),
        ({"oos_approved_date": ""}, "release_decision"),
        ({"oos_approved": "false", "oos_reason": ""}, "oos_first_approver"),
    ],
)
def test_an_approval_that_is_none(people: People, collected: Subject, changed: dict[str, str], field: str) -> None:
    texts = certificate(viability_percent="65.0", release_decision="RELEASED OUT OF SPECIFICATION")
    texts |= APPROVED | changed
    outcome = post(people.investigator, collected, "BL", "REL", action="complete", **texts)
    assert field in sentences(outcome)


def test_a_lot_that_meets_its_specification_is_not_out_of_it(people: People, collected: Subject) -> None:
    texts = certificate(release_decision="RELEASED OUT OF SPECIFICATION")
    outcome = post(people.coordinator, collected, "BL", "REL", action="complete", **texts)
    assert "Every test meets its limit" in sentences(outcome)["release_decision"][0]


def test_numbers_that_do_not_fit_together_are_confirmed(people: People, collected: Subject) -> None:
    texts = certificate(viable_car_cells_million="140.01", cd4_percent="50.1", cd8_percent="50.0")
    outcome = post(people.coordinator, collected, "BL", "REL", action="complete", **texts)
    assert {"viable_car_cells_million", "cd4_percent"} == set(sentences(outcome))
    ticked = {"confirm-REL-009": "1", "confirm-REL-010": "1"}
    enter(people.coordinator, collected, "BL", "REL", action="complete", **texts, **ticked)


def test_a_lot_belongs_to_one_subject(people: People, collected: Subject) -> None:
    enter(people.coordinator, collected, "BL", "REL", **certificate())
    other = eligible(people, 2)
    enter(people.coordinator, other, "APH", "APH", **leukapheresis(coi_number="C70-000002"))
    outcome = post(
        people.coordinator, other, "BL", "REL", **certificate(coi_number="C70-000002", product_lot=LOT.lower())
    )
    assert "certified for another subject" in sentences(outcome)["product_lot"][0]


def test_a_certificate_before_any_leukapheresis(people: People, eligible_subject: Subject) -> None:
    outcome = post(people.coordinator, eligible_subject, "BL", "REL", **certificate())
    assert "Enter the leukapheresis first" in sentences(outcome)["coi_number"][0]
    assert product_panels.ledger_panel(ProductMilestone(subject=eligible_subject), []).title == "No product yet"
