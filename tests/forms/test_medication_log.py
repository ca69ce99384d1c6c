"""The logs of treatment, and medication: what is refused, asked again, and what assessments learn from it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client

from enrollment.models import Subject
from enrollment.services import add_subject
from safety.models import HospitalStay, Medication, Transfusion
from safety.treatments import treatments_before
from tests.casebook.entering import enter, post
from tests.forms.log_samples import (
    CARE,
    EVENT,
    GRADES,
    MEDICATION,
    TRANSFUSION,
    driving,
    lines,
    panels_of,
    sentences,
    serious_event,
    stay_in_care,
)
from tests.people import People
from trial_edc.accounts.access import today
from trial_edc.audit.context import acting
from trial_edc.audit.models import ItemChange
from trial_edc.casebook.submission import Refused, Saved
from trial_edc.crf.models import FormStatus

ZONE = ZoneInfo("Asia/Shanghai")
MODELS: dict[str, Any] = {"CM": Medication, "TX": Transfusion, "HOSP": HospitalStay}
COMPLETE: dict[str, dict[str, Any]] = {"CM": MEDICATION, "TX": TRANSFUSION, "HOSP": stay_in_care(CARE)}


@pytest.fixture
def subject(people: People) -> Subject:
    return add_subject(by=people.coordinator, site=people.site)


def day(offset: int) -> str:
    return (today() + timedelta(days=offset)).strftime("%d-%b-%Y")


@pytest.mark.parametrize("oid", COMPLETE)
def test_a_complete_record(people: People, subject: Subject, oid: str) -> None:
    saved = enter(people.coordinator, subject, "LOG", oid, sequence=0, action="complete", **COMPLETE[oid])
    assert (saved.status, saved.sequence) == (FormStatus.COMPLETE, 1)


@pytest.mark.parametrize("oid", COMPLETE)
def test_a_monitor_saves_nothing(people: People, subject: Subject, oid: str) -> None:
    with pytest.raises(PermissionDenied):
        post(people.monitor, subject, "LOG", oid, sequence=0, **COMPLETE[oid])
    assert not MODELS[oid].objects.exists()


@pytest.mark.parametrize("oid", COMPLETE)
def test_each_log_opens_for_who_reads_and_who_enters(people: People, subject: Subject, oid: str) -> None:
    enter(people.coordinator, subject, "LOG", oid, sequence=0, **COMPLETE[oid])
    for user in (people.coordinator, people.monitor):
        client = Client()
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        assert client.get(f"/subjects/01-001/LOG/{oid}/1/").status_code == 200
        assert client.get("/subjects/01-001/?tab=logs").status_code == 200


MEDICATIONS: list[tuple[str, dict[str, Any], str]] = [
    ("stop before start", {"end_date": "03-Mar-2026"}, "The stop lies before the start."),
    ("stop an hour before start", {"end_time": "20:00"}, "The stop lies before the start."),
    ("stop month before start", {"end_date": "UN-Feb-2026", "end_time": ""}, "The stop lies before the start."),
    ("still given, with a stop", {"ongoing": "true", "frequency": "QD"}, "does not apply"),
    ("a single dose that goes on", {"ongoing": "true", "end_date": "", "end_time": ""}, "stops when it starts"),
    ("no dose at all", {"dose": "0"}, "The dose must be more than 0."),
    ("a negative dose", {"dose": "-8"}, "Enter a number from 0"),
    ("a dose in words", {"dose": "eight"}, "Enter a number, like 36.6."),
    ("a start in the future", {"start_date": day(1), "end_date": day(1)}, "This date lies in the future."),
    ("no such event", {"event_number": "4"}, "has no event 4"),
    ("an impossible day", {"start_date": "31-Feb-2026"}, "February 2026 has 28 days."),
    ("a unit nobody knows", {"dose_unit": "spoon"}, "spoon is not one of the available choices"),
]


@pytest.mark.parametrize(("changed", "sentence"), [row[1:] for row in MEDICATIONS], ids=[row[0] for row in MEDICATIONS])
def test_a_medication_that_cannot_be_is_refused(
    people: People, subject: Subject, changed: dict[str, Any], sentence: str
) -> None:
    before = ItemChange.objects.count()
    outcome = post(people.coordinator, subject, "LOG", "CM", sequence=0, **(MEDICATION | changed))
    assert sentence in sentences(outcome)
    assert isinstance(outcome, Refused) and outcome.entry.form.data["indication"] == "CRS grade 2"
    assert ItemChange.objects.count() == before


DOUBTS: list[tuple[str, dict[str, Any], bool]] = [
    ("CM-002", {"drug_class": "ANTIBIOTIC"}, True),
    ("CM-002", {"drug": "tociLIZUMAB"}, False),
    ("CM-002", {"drug": "Something new"}, False),
    ("CM-003", {"start_time": "", "end_time": ""}, True),
    ("CM-003", {"start_time": "", "end_time": "", "start_date": "UN-Mar-2026", "end_date": "UN-Mar-2026"}, False),
    ("CM-003", {"start_time": "", "end_time": "", "drug": "Meropenem", "drug_class": "ANTIBIOTIC"}, False),
    ("CM-004", {"drug": "Yellow fever vaccine", "drug_class": "OTHER"}, True),
    ("CM-004", {"drug": "Tacrolimus", "drug_class": "OTHER"}, True),
    ("CM-004", {"drug": "Tacrolimus", "drug_class": "OTHER", "event_number": "1"}, False),
    ("CM-004", {"drug": "Influenza vaccine", "drug_class": "OTHER"}, False),
    ("CM-005", {"drug": "Dexamethasone", "drug_class": "CORTICOSTEROID"}, True),
    ("CM-005", {"drug": "Dexamethasone", "drug_class": "CORTICOSTEROID", "event_number": "1"}, False),
    ("CM-005", {"drug": "Hydrocortisone", "drug_class": "CORTICOSTEROID", "route": "TOPICAL"}, False),
]


@pytest.mark.parametrize(("check", "changed", "doubted"), DOUBTS)
def test_a_doubtful_medication_is_confirmed(
    people: People, subject: Subject, check: str, changed: dict[str, Any], doubted: bool
) -> None:
    serious_event(people, subject)
    texts = MEDICATION | changed | {"action": "complete"}
    outcome = post(people.coordinator, subject, "LOG", "CM", sequence=0, **texts)
    found = [each.oid for each in outcome.entry.form.soft] if isinstance(outcome, Refused) else []
    assert (check in found) is doubted
    if doubted:
        confirmed = texts | {f"confirm-{check}": "1", f"explain-{check}": "As in the chart"}
        assert isinstance(post(people.coordinator, subject, "LOG", "CM", sequence=0, **confirmed), Saved)


def test_a_drug_is_suggested_and_written_as_the_list_has_it(people: People, subject: Subject) -> None:
    client = Client()
    client.force_login(people.coordinator, backend="django.contrib.auth.backends.ModelBackend")
    assert "Tocilizumab" in client.get("/casebook/terms/?list=drugs&value=toci").content.decode()
    saved = enter(people.coordinator, subject, "LOG", "CM", sequence=0, **(MEDICATION | {"drug": "ACTEMRA"}))
    assert saved.drug == "Tocilizumab"


def medication_panels(people: People, subject: Subject, **changed: str) -> list[Any]:
    return panels_of(people.coordinator, subject, "CM", MEDICATION | changed)


def test_beside_a_medication_stands_what_is_unusual(people: People, subject: Subject) -> None:
    (panel,) = medication_panels(people, subject)
    assert driving(panel) == ["Tocilizumab or another anti-IL-6 drug"]
    crs = EVENT | {"term": "CRS", "serious": "false", "serious_criteria": []}
    enter(people.coordinator, subject, "LOG", "AE", sequence=0, rows=GRADES, **crs)
    serious_event(people, subject)
    assert medication_panels(people, subject) == []
    (panel,) = medication_panels(people, subject, drug="BCG vaccine", drug_class="OTHER")
    assert driving(panel) == ["Live vaccine"]
    steroid = {"drug": "Dexamethasone", "drug_class": "CORTICOSTEROID"}
    (panel,) = medication_panels(people, subject, **steroid)
    assert lines(panel) == [("Corticosteroid", "no event linked")]
    assert medication_panels(people, subject, **steroid, event_number="1") == []
    (panel,) = medication_panels(people, subject, **steroid, event_number="2")
    assert (lines(panel), driving(panel)) == ([("Corticosteroid", "not for CRS or ICANS")], [])
    assert medication_panels(people, subject, drug="", drug_class="") == []


# ---- what was given before an assessment


def given(people: People, subject: Subject, **changed: str) -> Medication:
    saved = enter(people.coordinator, subject, "LOG", "CM", sequence=0, **(MEDICATION | changed))
    assert isinstance(saved, Medication)
    return saved


PARACETAMOL = {"drug": "Paracetamol", "drug_class": "ANTIPYRETIC", "dose_unit": "g", "dose": "1", "route": "ORAL"}
STEROID = {"drug": "Dexamethasone", "drug_class": "CORTICOSTEROID", "frequency": "Q6H", "ongoing": "true",
           "end_date": "", "end_time": ""}  # fmt: skip


def names(medications: tuple[Medication, ...]) -> list[str]:
    return [medication.drug for medication in medications]


def test_treatments_before_a_moment(people: People, subject: Subject) -> None:
    given(people, subject)
    given(people, subject, **PARACETAMOL, end_date="", end_time="", ongoing="")
    given(people, subject, **STEROID, start_date="03-Mar-2026")
    given(people, subject, drug="Meropenem", drug_class="ANTIBIOTIC")
    given(people, subject, drug="Anakinra", drug_class="ANTI-IL-1", start_date="UN-Mar-2026", start_time="",
          end_date="UN-Mar-2026", end_time="")  # fmt: skip
    cancelled = given(people, subject, drug="Siltuximab")
    with acting(people.coordinator, "test"):
        Medication.objects.filter(pk=cancelled.pk).update(status=FormStatus.NOT_DONE)
    found = treatments_before(subject, datetime(2026, 3, 5, 21, 10, tzinfo=ZONE))
    assert names(found.tocilizumab) == ["Tocilizumab"] and names(found.antipyretic) == ["Paracetamol"]
    assert names(found.corticosteroid) == ["Dexamethasone"] and names(found.maybe) == ["Anakinra"]
    later = treatments_before(subject, datetime(2026, 3, 5, 22, 11, tzinfo=ZONE))
    assert names(later.tocilizumab) == names(later.antipyretic) == [] and names(later.corticosteroid) == [
        "Dexamethasone"
    ]
    assert names(treatments_before(subject, datetime(2026, 3, 6, 8, 0, tzinfo=ZONE), hours=48).tocilizumab) == [
        "Tocilizumab"
    ]
    earlier = treatments_before(subject, datetime(2026, 3, 4, 21, 9, tzinfo=ZONE))
    assert names(earlier.tocilizumab) == [] and names(earlier.corticosteroid) == ["Dexamethasone"]


CRS = {
    "assessed_date": "05-Mar-2026", "assessed_time": "08:00", "max_temperature_c": "37.2", "fever_other_cause": "false",
    "crs_already_diagnosed": "true", "antipyretic_given": "false", "tocilizumab_given": "false",
    "corticosteroid_given": "false", "hypotension": "false", "oxygen_support": "none",
}  # fmt: skip


def beside_assessment(people: People, subject: Subject, **changed: str) -> Any:
    found = panels_of(people.coordinator, subject, "CRS", CRS | changed, visit="D5", sequence=1)
    return next((panel for panel in found if "Medication log" in str(panel.rule)), None)


def test_an_assessment_that_contradicts_the_medication_log_says_so(people: People, subject: Subject) -> None:
    assert beside_assessment(people, subject) is None
    untold = beside_assessment(people, subject, tocilizumab_given="true")
    assert driving(untold) == ["Tocilizumab or another anti-cytokine drug"]
    given(people, subject)
    denied = beside_assessment(people, subject)
    assert denied.title == "The medication log says something else"
    assert lines(denied) == [("Tocilizumab or another anti-cytokine drug", "answer no, log yes")]
    agreed = beside_assessment(people, subject, tocilizumab_given="true")
    assert (agreed.title, driving(agreed)) == ("Given in the last 24 hours", [])
    unanswered = beside_assessment(people, subject, tocilizumab_given="")
    assert driving(unanswered) == []


def test_an_effect_may_outlast_the_day(people: People, subject: Subject) -> None:
    given(people, subject)
    later = {"assessed_date": "08-Mar-2026", "tocilizumab_given": "true"}
    assert beside_assessment(people, subject, **later) is None
    assert driving(beside_assessment(people, subject, **later, antipyretic_given="true")) == ["Antipyretic"]
    before = {"assessed_date": "04-Mar-2026", "tocilizumab_given": "true"}
    assert driving(beside_assessment(people, subject, **before)) == ["Tocilizumab or another anti-cytokine drug"]


@pytest.mark.parametrize("missing", ["assessed_date", "assessed_time"])
def test_an_assessment_at_no_known_moment_is_not_compared(people: People, subject: Subject, missing: str) -> None:
    given(people, subject)
    assert beside_assessment(people, subject, **{missing: ""}) is None
