"""Physical examination, serology, pregnancy test, ECG, echocardiogram, immunology."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client

from enrollment.models import Subject
from enrollment.services import add_subject
from tests.casebook.entering import enter, post
from tests.forms.samples import COMPLETE, refusals, systems
from tests.people import People
from trial_edc.accounts.models import User
from trial_edc.audit.models import ItemChange
from trial_edc.crf import registry
from trial_edc.crf.models import FormStatus


@pytest.fixture
def subject(people: People) -> Subject:
    return add_subject(by=people.coordinator, site=people.site)


def browser(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


# --- every form


@pytest.mark.parametrize("oid", COMPLETE)
def test_a_complete_form_is_complete(people: People, subject: Subject, oid: str) -> None:
    record = enter(people.coordinator, subject, "SCR", oid, action="complete", **COMPLETE[oid])
    assert record.status == FormStatus.COMPLETE
    trail = ItemChange.objects.filter(root=record.pk)
    assert trail.exists() and set(trail.values_list("chain", flat=True)) == {subject.pk}


@pytest.mark.parametrize("oid", COMPLETE)
def test_an_empty_form_opens_and_is_not_complete(people: People, subject: Subject, oid: str) -> None:
    client = browser(people.coordinator)
    assert client.get(f"/subjects/{subject.identifier}/SCR/{oid}/1/").status_code == 200
    rows = {name: text for name, text in COMPLETE[oid].items() if name.endswith(("_FORMS", "analyte", "body_system"))}
    assert refusals(post(people.coordinator, subject, "SCR", oid, action="complete", **rows))
    assert not registry.get(oid)._default_manager.exists()


@pytest.mark.parametrize("oid", COMPLETE)
def test_readers_save_nothing(people: People, subject: Subject, oid: str) -> None:
    for reader in (people.monitor, people.data_manager, people.statistician, people.elsewhere):
        with pytest.raises(PermissionDenied):
            post(reader, subject, "SCR", oid, **COMPLETE[oid])
    assert not registry.get(oid)._default_manager.exists()


CONSENT: dict[str, Any] = {"consent_date": "11-Mar-2026", "consent_version": "1.1"}
DATES = {"PE": "assessed_date", "SER": "collected_date", "PREG": "collected_date", "ECG": "assessed_date",
         "ECHO": "assessed_date", "IMM": "collected_date"}  # fmt: skip


@pytest.mark.parametrize("oid", COMPLETE)
def test_nothing_happens_in_the_future_or_before_the_consent(people: People, subject: Subject, oid: str) -> None:
    name = DATES[oid]
    future = post(people.coordinator, subject, "SCR", oid, **COMPLETE[oid] | {name: "10-Nov-2099"})
    assert "is in the future" in refusals(future)[name][0]
    enter(people.coordinator, subject, "SCR", "IC", **CONSENT)
    subject.refresh_from_db()
    early = post(people.coordinator, subject, "SCR", oid, **COMPLETE[oid])
    assert "before the consent of 11-Mar-2026" in refusals(early)[name][0]
    on_the_day = COMPLETE[oid] | {name: "11-Mar-2026"}
    enter(people.coordinator, subject, "SCR", oid, action="complete", **on_the_day)


BAD: list[tuple[str, str, dict[str, Any], dict[str, str]]] = [
    ("a weight in grams", "PE", {"weight_kg": "6550"}, {"weight_kg": "Enter a number from 20 to 300."}),
    ("a height in metres", "PE", {"height_cm": "1.7"}, {"height_cm": "Enter a number from 100 to 250."}),
    ("ECOG 6", "PE", {"ecog": "6"}, {"ecog": "Select a valid choice. 6 is not one of the available choices."}),
    ("a finding in a normal system", "PE", {"PES-2-finding": "swollen"},
     {"2 finding": "This does not apply with the answer to “Result”. Clear it, or correct that answer."}),
    ("a system twice", "PE", {"PES-2-body_system": "SKIN"}, {"assessed_date": "Each body system has one row."}),
    ("DNA nobody asked for", "SER", {"hbv_dna": "NEGATIVE"},
     {"hbv_dna": "This does not apply with the answer to “Antibody to hepatitis B core (anti-HBc)”. Clear it, or "
                 "correct that answer."}),
    ("a test without potential", "PREG", {"childbearing_potential": "false"},
     {"test_done": "This does not apply with the answer to “Of childbearing potential”. Clear it, or correct that "
                   "answer."}),
    ("a result without a test", "PREG", {"test_done": "false", "specimen": "", "collected_date": ""},
     {"result": "This does not apply with the answer to “Pregnancy test done”. Clear it, or correct that answer."}),
    ("letters in an interval", "ECG", {"qt_ms": "long"}, {"qt_ms": "Enter a number, like 12."}),
    ("QT in seconds", "ECG", {"qt_ms": "0.4"}, {"qt_ms": "Enter at most 0 decimal places."}),
    ("a heart rate of 0", "ECG", {"heart_rate": "0"}, {"heart_rate": "Enter a number from 10 to 300."}),
    ("QRS as long as QT", "ECG", {"qrs_ms": "400"},
     {"qrs_ms": "The QRS duration must be shorter than the QT interval."}),
    ("a fraction above 95", "ECHO", {"lvef_percent": "100"}, {"lvef_percent": "Enter a number from 5 to 95."}),
    ("a finding in a normal heart", "ECHO", {"finding": "odd"},
     {"finding": "This does not apply with the answer to “Interpretation”. Clear it, or correct that answer."}),
    ("a method nobody has", "ECHO", {"method": "X-RAY"},
     {"method": "Select a valid choice. X-RAY is not one of the available choices."}),
    ("B cells in words", "IMM", {"IMMR-3-value": "none"}, {"3 value": "Enter a number like 5.1, or <0.5 or >500."}),
]  # fmt: skip


#: Answers from a list: one that is not on the list cannot be shown again.
CHOSEN = ("ecog", "method", "hbv_dna", "childbearing_potential", "test_done", "PES-2-body_system")


@pytest.mark.parametrize(("oid", "changed", "errors"), [row[1:] for row in BAD], ids=[row[0] for row in BAD])
def test_what_cannot_be_is_refused_and_changes_nothing(
    people: People, subject: Subject, oid: str, changed: dict[str, Any], errors: dict[str, str]
) -> None:
    before = ItemChange.objects.count()
    texts = COMPLETE[oid] | changed
    found = refusals(post(people.coordinator, subject, "SCR", oid, **texts))
    assert {name: found[name][0] for name in errors} == errors
    assert ItemChange.objects.count() == before
    page = browser(people.coordinator).post(
        f"/subjects/{subject.identifier}/SCR/{oid}/1/", texts | {"version": "0", "token": str(subject.pk)}
    )
    typed = [text for name, text in changed.items() if text and name not in CHOSEN]
    assert page.status_code == 422 and all(f'value="{text}"' in page.content.decode() for text in typed)


OPEN: list[tuple[str, str, dict[str, Any], dict[str, str]]] = [
    ("no height at screening", "PE", {"height_cm": ""},
     {"height_cm": "Enter the height at screening: the body surface area is computed from it."}),
    ("a system without result", "PE", {"PES-2-result": ""},
     {"2 result": "Each body system needs a result, or “not examined”."}),
    ("an abnormal system", "PE", {"PES-2-result": "ABNORMAL"}, {"2 finding": "Describe each abnormal finding."}),
    ("DNA that is asked for", "SER", {"anti_hbc": "POSITIVE"}, {"hbv_dna": "Enter a value, or say why there is none."}),
    ("RNA that is asked for", "SER", {"hcv_antibody": "POSITIVE"},
     {"hcv_rna": "Enter a value, or say why there is none."}),
    ("a test that is due", "PREG", {"test_done": "", "specimen": "", "collected_date": "", "result": ""},
     {"test_done": "Enter a value, or say why there is none."}),
    ("no reason", "PREG", {"test_done": "false", "specimen": "", "collected_date": "", "result": ""},
     {"reason_not_done": "Enter a value, or say why there is none."}),
    ("an abnormal tracing", "ECG", {"interpretation": "ABNORMAL"},
     {"finding": "Enter a value, or say why there is none.",
      "clinically_significant": "Enter a value, or say why there is none."}),
    ("a QT longer than the beat", "ECG", {"qt_ms": "500", "heart_rate": "120"},
     {"qt_ms": "The QT interval is as long as a whole beat at this heart rate."}),
    ("an abnormal heart", "ECHO", {"interpretation": "ABNORMAL"},
     {"finding": "Enter a value, or say why there is none.",
      "clinically_significant": "Enter a value, or say why there is none."}),
    ("a low fraction", "ECHO", {"lvef_percent": "35"},
     {"lvef_percent": "Outside the expected 40 to 80 %. Check the source, then confirm or correct."}),
    ("no RCL", "IMM", {"rcl": ""}, {"rcl": "Enter a value, or say why there is none."}),
]  # fmt: skip


@pytest.mark.parametrize(("oid", "changed", "errors"), [row[1:] for row in OPEN], ids=[row[0] for row in OPEN])
def test_what_keeps_a_form_from_being_complete_can_still_be_saved(
    people: People, subject: Subject, oid: str, changed: dict[str, Any], errors: dict[str, str]
) -> None:
    texts = COMPLETE[oid] | changed
    found = refusals(post(people.coordinator, subject, "SCR", oid, action="complete", **texts))
    assert {name: sentences[0] for name, sentences in found.items()} == errors
    assert enter(people.coordinator, subject, "SCR", oid, **texts).status == FormStatus.STARTED


APPLIES: list[tuple[str, str, dict[str, Any]]] = [
    ("no potential, nothing else asked", "PREG", {"childbearing_potential": "false", "test_done": "", "specimen": "",
                                                  "collected_date": "", "result": ""}),
    ("not tested, with a reason", "PREG", {"test_done": "false", "reason_not_done": "REFUSED", "specimen": "",
                                           "collected_date": "", "result": ""}),
    ("DNA after the antibody", "SER", {"anti_hbc": "POSITIVE", "hbv_dna": "NEGATIVE"}),
    ("an abnormal tracing", "ECG", {"interpretation": "ABNORMAL", "finding": "AV block I",
                                    "clinically_significant": "false"}),
    ("an abnormal system", "PE", systems(SKIN="rash on both arms")),
    ("ECOG 0", "PE", {"ecog": "0"}),
]  # fmt: skip


@pytest.mark.parametrize(("oid", "changed"), [row[1:] for row in APPLIES], ids=[row[0] for row in APPLIES])
def test_an_item_is_asked_only_where_it_applies(
    people: People, subject: Subject, oid: str, changed: dict[str, Any]
) -> None:
    record = enter(people.coordinator, subject, "SCR", oid, action="complete", **COMPLETE[oid] | changed)
    assert record.status == FormStatus.COMPLETE
    record.refresh_from_db()
    if oid == "ECG":
        assert record.clinically_significant is False
    if "ecog" in changed:
        assert record.ecog == 0
