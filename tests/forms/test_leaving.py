"""Survival contacts, the end of study, and what a withdrawal of consent still permits."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from enrollment import panels
from enrollment.models import Disposition, Subject, SurvivalStatus
from enrollment.selectors.dated_forms import day_of
from safety.models import AdverseEvent, VitalSigns
from tests.casebook.entering import enter, post, row_texts
from tests.dosing.builders import Trial
from tests.forms.enrolling import (
    ago,
    consent,
    contact,
    deviation,
    leaving,
    refusal,
    typed,
    vitals,
    withdrawal,
)
from tests.people import People
from trial_edc.casebook.visits import record_visit

DEATH: dict[str, Any] = {"cause": "PROGRESSIVE DISEASE"}
THERAPY = {"therapy_type": "SYSTEMIC THERAPY", "regimen": "Docetaxel", "start_date": "2026-10"}


@pytest.fixture
def subject(people: People) -> Subject:
    """A subject infused 60 days ago, whose consent is 200 days old."""
    return Trial(people).infused(days=60)


# --- survival contacts


def test_contacts_are_records_of_their_own(people: People, subject: Subject) -> None:
    first = enter(people.coordinator, subject, "SURV", "SURV", action="complete", **contact(ago(10)))
    second = enter(people.coordinator, subject, "SURV", "SURV", sequence=0, action="complete", **contact(ago(1)))
    assert (first.status, first.new_therapy, second.sequence) == ("COMPLETE", False, 2)
    assert panels.survival(first, []) is None


def test_new_therapy_has_its_rows(people: People, subject: Subject) -> None:
    none = contact(ago(1), new_therapy="true")
    found = refusal(people.coordinator, subject, "SURV", "SURV", action="complete", **none)
    assert "Enter each new therapy" in found["new_therapy"]
    rows = row_texts("SURVT", [THERAPY, THERAPY | {"regimen": "Gemcitabine", "stop_date": "2026-11-01"}])
    record = enter(people.coordinator, subject, "SURV", "SURV", action="complete", **none | rows)
    assert list(record.therapies.values_list("regimen", "start_date", "stop_date")) == [
        ("Docetaxel", "2026-10", ""), ("Gemcitabine", "2026-10", "2026-11-01"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("answer", "row", "sentence"),
    [
        ("false", THERAPY, "although the answer is no"),
        ("true", THERAPY | {"stop_date": "2026-09"}, "stopped before it started"),
    ],
)
def test_impossible_rows_are_refused(
    people: People, subject: Subject, answer: str, row: dict[str, str], sentence: str
) -> None:
    texts = contact(ago(1), new_therapy=answer) | row_texts("SURVT", [row])
    assert sentence in refusal(people.coordinator, subject, "SURV", "SURV", **texts)["new_therapy"]
    assert not SurvivalStatus.objects.exists()


def test_a_row_needs_its_kind_and_its_start(people: People, subject: Subject) -> None:
    texts = contact(ago(1), new_therapy="true") | row_texts("SURVT", [{"regimen": "Docetaxel"}])
    outcome = post(people.coordinator, subject, "SURV", "SURV", **texts)
    row = outcome.entry.rowsets["SURVT"].forms[0]  # type: ignore[union-attr]  # refused
    assert set(row.errors) == {"therapy_type", "start_date"} and not SurvivalStatus.objects.exists()


@pytest.mark.parametrize(
    ("texts", "item", "sentence"),
    [
        ({"contact_date": typed(ago(-1))}, "contact_date", "in the future"),
        ({"last_alive_date": typed(ago(0))}, "last_alive_date", "after the contact"),
        ({"survival_status": "DEAD"}, "last_alive_date", "does not apply"),
        ({"survival_status": "WELL"}, "survival_status", "not one of the available choices"),
        ({"contact_date": "31-Feb-2026"}, "contact_date", "February 2026 has 28 days."),
        ({"new_therapy": "perhaps"}, "new_therapy", "Choose yes or no."),
    ],
)
def test_an_impossible_contact_is_refused(
    people: People, subject: Subject, texts: dict[str, Any], item: str, sentence: str
) -> None:
    assert sentence in refusal(people.coordinator, subject, "SURV", "SURV", **contact(ago(1), **texts))[item]
    assert not SurvivalStatus.objects.exists()


def test_a_death_needs_its_form(people: People, subject: Subject) -> None:
    dead = contact(ago(1), survival_status="DEAD", last_alive_date="")
    found = refusal(people.coordinator, subject, "SURV", "SURV", action="complete", **dead)
    assert "Fill in the form “Death”" in found["survival_status"]
    record = enter(people.coordinator, subject, "SURV", "SURV", **dead)
    shown = panels.survival(record, [])
    assert shown is not None and (shown.grade, shown.link) == ("!", f"/subjects/{subject.identifier}/SURV/DTH/1/")
    enter(people.coordinator, subject, "SURV", "DTH", death_date=typed(ago(3)), **DEATH)
    enter(people.coordinator, subject, "SURV", "SURV", action="complete", **dead)
    shown = panels.survival(record, [])
    assert shown is not None and (shown.grade, shown.link) == ("✓", "")


def test_nobody_lives_after_the_death_on_file(people: People, subject: Subject) -> None:
    enter(people.coordinator, subject, "EOS", "DTH", death_date=typed(ago(3)), **DEATH)
    found = refusal(people.coordinator, subject, "SURV", "SURV", **contact(ago(2)))
    assert "The subject died on" in found["last_alive_date"]
    enter(people.coordinator, subject, "SURV", "SURV", **contact(ago(3)))


# --- end of study


def test_a_complete_end_of_study(people: People, subject: Subject) -> None:
    texts = leaving(ago(1), hand_over="GIVEN", hand_over_date=typed(ago(1)))
    record = enter(people.coordinator, subject, "EOS", "EOS", action="complete", **texts)
    subject.refresh_from_db()
    assert (record.status, subject.status, subject.off_study_date) == ("COMPLETE", "OFF STUDY", ago(1))


@pytest.mark.parametrize(
    ("texts", "item", "sentence"),
    [
        ({"off_study_date": typed(ago(-1))}, "off_study_date", "in the future"),
        ({"last_contact_date": typed(ago(-1))}, "last_contact_date", "in the future"),
        ({"hand_over": "GIVEN", "hand_over_date": typed(ago(-1))}, "hand_over_date", "in the future"),
        ({"hand_over": "NOT APPLICABLE"}, "hand_over", "The subject was infused"),
        ({"hand_over_date": typed(ago(1))}, "hand_over_date", "does not apply"),
        ({"stored_samples": "KEEP"}, "stored_samples", "does not apply"),
        ({"may_be_contacted": "false"}, "may_be_contacted", "does not apply"),
        ({"reason": "BORED"}, "reason", "not one of the available choices"),
    ],
)
def test_an_impossible_end_is_refused(
    people: People, subject: Subject, texts: dict[str, Any], item: str, sentence: str
) -> None:
    assert sentence in refusal(people.coordinator, subject, "EOS", "EOS", **leaving(ago(1), **texts))[item]
    assert not Disposition.objects.exists()


@pytest.mark.parametrize(
    ("texts", "item", "sentence"),
    [
        ({"reason": "OTHER"}, "reason", "Say what the other reason is."),
        ({"reason": "OTHER", "detail": "  "}, "reason", "Say what the other reason is."),
        ({"reason": "DEATH"}, "reason", "Fill in the form “Death”"),
        ({"reason": "WITHDRAWAL BY SUBJECT"}, "stored_samples", "Enter a value"),
        ({"hand_over": "GIVEN"}, "hand_over_date", "Enter a value"),
        ({"last_contact_date": typed(ago(0))}, "last_contact_date", "after the day the subject left"),
    ],
)
def test_an_unfinished_end_is_not_complete(
    people: People, subject: Subject, texts: dict[str, Any], item: str, sentence: str
) -> None:
    found = refusal(people.coordinator, subject, "EOS", "EOS", action="complete", **leaving(ago(1), **texts))
    assert sentence in found[item]
    enter(people.coordinator, subject, "EOS", "EOS", **leaving(ago(1), **texts))


def test_another_reason_is_said(people: People, subject: Subject) -> None:
    texts = leaving(ago(1), reason="OTHER", detail="The site closes.")
    enter(people.coordinator, subject, "EOS", "EOS", action="complete", **texts)


def test_no_hand_over_for_who_died_or_was_never_infused(people: People, subject: Subject) -> None:
    never = Trial(people, made=7).candidate()
    texts = leaving(ago(1), reason="SCREEN FAILURE", hand_over="NOT APPLICABLE")
    enter(people.coordinator, never, "EOS", "EOS", action="complete", **texts)
    enter(people.coordinator, subject, "EOS", "DTH", death_date=typed(ago(3)), **DEATH)
    died = leaving(ago(3), reason="DEATH", hand_over="NOT APPLICABLE")
    record = enter(people.coordinator, subject, "EOS", "EOS", action="complete", **died)
    shown = panels.disposition(record, [])
    assert shown is not None and shown.grade == "✓"


def test_nobody_leaves_before_the_consent(people: People) -> None:
    early = Trial(people).candidate()
    enter(people.coordinator, early, "PRE", "IC", **consent(ago(100)))
    early.refresh_from_db()
    found = refusal(people.coordinator, early, "EOS", "EOS", **leaving(ago(400), reason="SCREEN FAILURE"))
    assert "before it consented" in found["off_study_date"]


def test_a_monitor_ends_nothing(people: People, subject: Subject) -> None:
    for oid, texts in (("EOS", leaving(ago(1))), ("SURV", contact(ago(1)))):
        with pytest.raises(PermissionDenied):
            post(people.monitor, subject, "EOS", oid, **texts)


# --- withdrawal of consent


@pytest.fixture
def withdrawn(people: People, subject: Subject) -> Subject:
    """The subject withdrew 40 days ago, on Day 20."""
    enter(people.coordinator, subject, "EOS", "EOS", action="complete", **withdrawal(ago(40)))
    subject.refresh_from_db()
    return subject


@pytest.mark.req("R59")
@pytest.mark.parametrize(
    ("visit", "oid", "texts"),
    [
        ("M2", "VS", vitals(ago(1))),
        ("M2", "VS", {"heart_rate": "70"}),
        ("D28", "CRS", {}),
        ("UNS", "VS", vitals(ago(39))),
    ],
    ids=["its own date", "the planned day of the visit", "an empty form of a later visit", "unscheduled"],
)
def test_nothing_new_is_collected_after_a_withdrawal(
    people: People, withdrawn: Subject, visit: str, oid: str, texts: dict[str, Any]
) -> None:
    found = refusal(people.coordinator, withdrawn, visit, oid, **texts)
    assert "The subject withdrew consent on" in found["__all__"]


@pytest.mark.req("R59")
def test_the_recorded_day_of_a_visit_counts(people: People, withdrawn: Subject) -> None:
    enter(people.coordinator, withdrawn, "UNS", "VS", heart_rate="70")
    record_visit(by=people.coordinator, subject=withdrawn, code="UNS", visit_date=ago(30))
    found = refusal(people.coordinator, withdrawn, "UNS", "VS", sequence=2, heart_rate="70")
    assert "withdrew consent" in found["__all__"]


@pytest.mark.req("R59")
def test_safety_is_followed_and_earlier_data_are_completed(people: People, withdrawn: Subject) -> None:
    enter(people.coordinator, withdrawn, "D17", "VS", **vitals(ago(43)))
    event = {"term": "Nausea", "onset_date": typed(ago(5)), "outcome": "UNKNOWN", "serious": "false"}
    rows = [{"grade": 1, "start_date": typed(ago(5))}]
    enter(people.coordinator, withdrawn, "LOG", "AE", sequence=0, rows=rows, **event)
    enter(people.coordinator, withdrawn, "SURV", "SURV", **contact(ago(5)))
    enter(people.coordinator, withdrawn, "LOG", "DV", sequence=0, **deviation())
    enter(people.coordinator, withdrawn, "EOS", "DTH", death_date=typed(ago(2)), **DEATH)


@pytest.mark.req("R59")
def test_a_correction_stays_possible_and_moves_nothing_behind_the_withdrawal(people: People, subject: Subject) -> None:
    enter(people.coordinator, subject, "M2", "VS", **vitals(ago(1)))
    enter(people.coordinator, subject, "D17", "VS", **vitals(ago(43)))
    enter(people.coordinator, subject, "EOS", "EOS", action="complete", **withdrawal(ago(40)))
    subject.refresh_from_db()
    enter(people.coordinator, subject, "M2", "VS", **vitals(ago(1)) | {"heart_rate": "71"})
    found = refusal(people.coordinator, subject, "D17", "VS", **vitals(ago(2)))
    assert "withdrew consent" in found["__all__"]


def test_who_left_for_another_reason_is_not_held_back(people: People, subject: Subject) -> None:
    enter(people.coordinator, subject, "EOS", "EOS", action="complete", **leaving(ago(40)))
    subject.refresh_from_db()
    enter(people.coordinator, subject, "M2", "VS", **vitals(ago(1)))


def test_who_does_not_wish_it_is_not_contacted(people: People, subject: Subject) -> None:
    texts = withdrawal(ago(40)) | {"may_be_contacted": "false"}
    enter(people.coordinator, subject, "EOS", "EOS", action="complete", **texts)
    subject.refresh_from_db()
    found = refusal(people.coordinator, subject, "SURV", "SURV", **contact(ago(5)))
    assert "does not wish to be contacted" in found["method"]
    enter(people.coordinator, subject, "SURV", "SURV", **contact(ago(5), method="PUBLIC REGISTER"))
    enter(people.coordinator, subject, "SURV", "SURV", sequence=0, **contact(ago(40)))


def test_the_panel_says_what_stays_open() -> None:
    shown = panels.disposition(Disposition(reason="WITHDRAWAL BY SUBJECT"), [])
    assert shown is not None and "Adverse event" in [row.label for row in shown.rows]
    assert panels.disposition(Disposition(reason="COMPLETED"), []) is None


def test_a_log_entry_counts_by_the_first_day_it_can_mean(subject: Subject) -> None:
    assert day_of(AdverseEvent(subject=subject, visit="LOG", onset_date="2026-10")) == date(2026, 10, 1)
    assert day_of(AdverseEvent(subject=subject, visit="LOG")) is None
    assert day_of(SurvivalStatus(subject=subject, visit="SURV")) is None
    assert day_of(VitalSigns(subject=subject, visit="D28")) == ago(32)
