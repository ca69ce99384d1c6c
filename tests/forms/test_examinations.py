"""Physical examination, serology, pregnancy test, ECG, echocardiogram, immunology."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client

from enrollment.models import Subject
from enrollment.rules.eligibility import EXCLUSION, INCLUSION
from enrollment.services import add_subject
from safety.examinations import baseline_tracing, height_of, surface_of, weight_before
from safety.models import Echocardiogram, Electrocardiogram, PhysicalExamination, PregnancyTest
from tests.casebook.entering import enter, post
from tests.forms.samples import (
    ECHO,
    EXAMINATION,
    IMMUNOLOGY_VALUES,
    PREGNANCY,
    SAMPLE,
    SEROLOGY,
    TRACING,
    VECTOR,
    result_rows,
    systems,
)
from tests.people import People
from trial_edc.accounts.models import User
from trial_edc.audit.models import ItemChange
from trial_edc.casebook import hooks
from trial_edc.casebook.submission import Refused, Saved
from trial_edc.crf import registry
from trial_edc.crf.models import FormStatus
from trial_edc.review.models import RuleResult

COMPLETE: dict[str, dict[str, Any]] = {
    "PE": EXAMINATION | systems(),
    "SER": SEROLOGY,
    "PREG": PREGNANCY,
    "ECG": TRACING,
    "ECHO": ECHO,
    "IMM": SAMPLE | VECTOR | result_rows("IMM", IMMUNOLOGY_VALUES),
}


@pytest.fixture
def subject(people: People) -> Subject:
    return add_subject(by=people.coordinator, site=people.site)


def browser(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def errors_of(outcome: Any) -> dict[str, list[str]]:
    assert isinstance(outcome, Refused), outcome
    found = {name: [str(e) for e in errors] for name, errors in outcome.entry.form.errors.items()}
    for formset in outcome.entry.rowsets.values():
        for number, row in enumerate(formset.forms):
            found |= {f"{number} {name}": [str(e) for e in errors] for name, errors in row.errors.items()}
    return found


def titles(record: Any) -> list[str]:
    return [str(panel.title) for panel in hooks.panels(record, [])]


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
    assert errors_of(post(people.coordinator, subject, "SCR", oid, action="complete", **rows))
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
    assert "is in the future" in errors_of(future)[name][0]
    enter(people.coordinator, subject, "SCR", "IC", **CONSENT)
    subject.refresh_from_db()
    early = post(people.coordinator, subject, "SCR", oid, **COMPLETE[oid])
    assert "before the consent of 11-Mar-2026" in errors_of(early)[name][0]
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
    found = errors_of(post(people.coordinator, subject, "SCR", oid, **texts))
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
     {"assessed_date": "Each body system needs a result, or “not examined”."}),
    ("an abnormal system", "PE", {"PES-2-result": "ABNORMAL"}, {"assessed_date": "Describe each abnormal finding."}),
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
    found = errors_of(post(people.coordinator, subject, "SCR", oid, action="complete", **texts))
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


# --- physical examination


def test_body_surface_is_shown_and_stored(people: People, subject: Subject) -> None:
    record = enter(people.coordinator, subject, "SCR", "PE", **COMPLETE["PE"])
    assert titles(record) == ["Body surface 1.76 m²"]
    stored = RuleResult.objects.get(root=record.pk, rule="body-surface")
    assert (stored.output, stored.inputs) == ({"area_m2": "1.76"}, {"weight_kg": "65.5", "height_cm": "170.0"})


def test_the_last_height_counts_and_a_lost_weight_leaves_no_surface(people: People, subject: Subject) -> None:
    enter(people.coordinator, subject, "SCR", "PE", **COMPLETE["PE"])
    later = COMPLETE["PE"] | {"assessed_date": "20-Mar-2026", "height_cm": "", "weight_kg": "70"}
    record = enter(people.coordinator, subject, "BL", "PE", action="complete", **later)
    assert record.height_cm is None and str(height_of(record)) == "170.0"
    panel = hooks.panels(record, [])[0]
    assert str(panel.title) == "Body surface 1.82 m²" and str(panel.rows[0].value) == "170.0 cm"
    rows = list(record.systems.order_by("position"))
    texts = later | {"weight_kg": "", "missing-weight_kg": "NOT DONE", "PES-INITIAL_FORMS": str(len(rows))}
    texts |= {f"PES-{number}-id": str(row.pk) for number, row in enumerate(rows)} | {"reason_code": "SOURCE"}
    record = enter(people.coordinator, subject, "BL", "PE", **texts)
    assert surface_of(record) is None
    assert RuleResult.objects.get(root=record.pk, rule="body-surface").output == {"area_m2": None}


@pytest.mark.parametrize(
    ("weight", "title"),
    [
        ("58.9", "Weight changed by -10.1 %: check it before a dose is calculated"),
        ("59.0", "Weight changed by -9.9 %"),
        ("72.1", "Weight changed by 10.1 %: check it before a dose is calculated"),
        ("72.0", "Weight changed by 9.9 %"),
    ],
)
def test_a_weight_change_of_more_than_ten_percent_warns(
    people: People, subject: Subject, weight: str, title: str
) -> None:
    enter(people.coordinator, subject, "SCR", "PE", **COMPLETE["PE"])
    texts = COMPLETE["PE"] | {"assessed_date": "20-Mar-2026", "weight_kg": weight}
    record = enter(people.coordinator, subject, "BL", "PE", **texts)
    assert titles(record)[1:] == [title]


def test_the_weight_before_is_the_last_one_on_or_before_that_day(people: People, subject: Subject) -> None:
    for visit, typed, weight in (("SCR", "10-Mar-2026", "65.5"), ("BL", "20-Mar-2026", "66.0"), ("LD1", "", "90.0")):
        texts = COMPLETE["PE"] | {"assessed_date": typed, "weight_kg": weight}
        enter(people.coordinator, subject, visit, "PE", **texts)
    other = add_subject(by=people.coordinator, site=people.site)
    enter(people.coordinator, other, "SCR", "PE", **COMPLETE["PE"] | {"weight_kg": "99"})
    here = PhysicalExamination(subject=subject, visit="LD2")
    for day, expected in (
        (date(2026, 3, 9), None),
        (date(2026, 3, 15), "65.5"),
        (date(2026, 3, 20), "66.0"),
        (None, "66.0"),
    ):
        here.assessed_date = day
        before = weight_before(here)
        assert (None if before is None else str(before[0])) == expected


# --- ECG


@pytest.mark.parametrize(
    ("qt", "rate", "title", "above"),
    [
        ("450", "60", "QTcF 450.0 ms", []),
        ("451", "60", "QTcF 451.0 ms", ["Above 450 ms"]),
        ("400", "90", "QTcF 457.9 ms", ["Above 450 ms"]),
        ("501", "60", "QTcF 501.0 ms", ["Above 450 ms", "Above 480 ms", "Above 500 ms"]),
    ],
)
def test_qtcf_is_shown_with_its_bands_and_stored(
    people: People, subject: Subject, qt: str, rate: str, title: str, above: list[str]
) -> None:
    record = enter(people.coordinator, subject, "SCR", "ECG", **TRACING | {"qt_ms": qt, "heart_rate": rate})
    (panel,) = hooks.panels(record, [])
    assert str(panel.title) == title and panel.grade == ("!" if above else "✓")
    assert [str(row.label) for row in panel.rows if row.driving] == above
    stored = RuleResult.objects.get(root=record.pk, rule="qtcf")
    assert stored.output["ms"] == title.split()[1]


def test_the_rise_over_baseline(people: People, subject: Subject) -> None:
    enter(people.coordinator, subject, "SCR", "ECG", **TRACING | {"qt_ms": "380"})
    later = Electrocardiogram(subject=subject, visit="D0", qt_ms=441, heart_rate=60)
    (panel,) = hooks.panels(later, [])
    assert (str(panel.rows[-1].value), panel.rows[-1].driving, panel.grade) == ("more than 60 ms", True, "!")
    enter(people.coordinator, subject, "BL", "ECG", **TRACING | {"qt_ms": "381"})
    (panel,) = hooks.panels(later, [])
    assert (str(panel.rows[-1].value), str(panel.rows[-1].detail)) == ("not more than 60 ms", "baseline 381.0 ms")
    assert baseline_tracing(Electrocardiogram(subject=subject, visit="BL")) is None
    assert baseline_tracing(Electrocardiogram(subject=subject, visit="SCR")) is None


def test_without_qt_there_is_no_qtcf(people: People, subject: Subject) -> None:
    texts = TRACING | {"qt_ms": "", "missing-qt_ms": "NOT DONE"}
    record = enter(people.coordinator, subject, "SCR", "ECG", action="complete", **texts)
    assert titles(record) == []
    assert RuleResult.objects.get(root=record.pk, rule="qtcf").output == {"ms": None, "above": None}


# --- criteria


@pytest.mark.parametrize(
    ("percent", "title"),
    [(49, "Ejection fraction below the limit of criterion I7"), (50, "Ejection fraction in line with criterion I7")],
)
def test_the_ejection_fraction_meets_the_limit(percent: int, title: str) -> None:
    assert titles(Echocardiogram(lvef_percent=percent)) == [title]
    assert titles(Echocardiogram()) == []


@pytest.mark.parametrize(
    ("changed", "title", "met"),
    [
        ({}, "Exclusion criterion E1 is not met", False),
        ({"hiv": "POSITIVE"}, "Exclusion criterion E1 is met", True),
        ({"anti_hbc": "POSITIVE", "hbv_dna": "POSITIVE"}, "Exclusion criterion E1 is met", True),
        ({"anti_hbc": "POSITIVE"}, "Exclusion criterion E1 is open", None),
        ({"cmv_dna": "POSITIVE"}, "Exclusion criterion E1 is open", None),
    ],
    ids=["negative", "HIV", "HBV DNA", "DNA not known", "CMV"],
)
def test_serology_says_what_it_means_for_e1(
    people: People, subject: Subject, changed: dict[str, Any], title: str, met: bool | None
) -> None:
    record = enter(people.coordinator, subject, "SCR", "SER", **SEROLOGY | changed)
    assert titles(record) == [title]
    assert RuleResult.objects.get(root=record.pk, rule="infection-screen").output["met"] is met


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ({"childbearing_potential": False}, ["Does not block eligibility"]),
        ({"childbearing_potential": True, "result": "POSITIVE"}, ["Positive: blocks eligibility (criterion E5)"]),
        ({"childbearing_potential": True, "result": "NEGATIVE"}, ["Does not block eligibility"]),
        ({"childbearing_potential": True, "test_done": False}, ["Pregnancy is not excluded"]),
        ({}, []),
    ],
)
def test_the_pregnancy_panel(answers: dict[str, Any], expected: list[str]) -> None:
    assert titles(PregnancyTest(**answers)) == expected


@pytest.mark.req("R33")
def test_a_positive_pregnancy_test_blocks_the_confirmation_of_eligibility(people: People, subject: Subject) -> None:
    criteria: dict[str, Any] = dict.fromkeys(INCLUSION, "true") | dict.fromkeys(EXCLUSION, "false")
    confirmed = criteria | {"investigator_confirms": "true", "confirmed_date": "12-Mar-2026"}
    enter(people.coordinator, subject, "SCR", "PREG", **PREGNANCY | {"result": "POSITIVE"})
    refused = post(people.investigator, subject, "SCR", "IE", **confirmed)
    assert errors_of(refused) == {
        "investigator_confirms": ["Eligibility cannot be confirmed: the last pregnancy test is positive."]
    }
    assert isinstance(post(people.investigator, subject, "SCR", "IE", **criteria), Saved)
    enter(people.coordinator, subject, "APH", "PREG", **PREGNANCY | {"collected_date": "11-Mar-2026"})
    assert isinstance(post(people.investigator, subject, "SCR", "IE", **confirmed), Saved)


# --- immunology


def test_immunology_keeps_0_and_says_what_is_low(people: People, subject: Subject) -> None:
    record = enter(
        people.coordinator, subject, "SCR", "IMM", action="complete", **COMPLETE["IMM"] | {"rcl": "POSITIVE"}
    )
    rows = list(record.results.order_by("position"))
    assert [row.value for row in rows] == ["9.1", "1.5", "<0.2", "0"]
    panels = hooks.panels(record, rows)
    assert [str(panel.title) for panel in panels] == [
        "2 of 4 results out of range", "Positive RCL: notify sponsor at once",
    ]  # fmt: skip
