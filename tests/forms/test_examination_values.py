"""What is computed beside the examinations, shown and stored: body surface, weight change, QTcF, I7, E1, E5, RCL."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from enrollment.models import Subject
from enrollment.rules.eligibility import EXCLUSION, INCLUSION
from enrollment.services import add_subject
from safety.examinations import baseline_tracing, height_of, surface_of, weight_before
from safety.models import Echocardiogram, Electrocardiogram, PhysicalExamination, PregnancyTest
from tests.casebook.entering import enter, post
from tests.forms.samples import COMPLETE, PREGNANCY, SEROLOGY, TRACING, refusals
from tests.people import People
from trial_edc.casebook import hooks
from trial_edc.casebook.submission import Saved
from trial_edc.review.models import RuleResult


@pytest.fixture
def subject(people: People) -> Subject:
    return add_subject(by=people.coordinator, site=people.site)


def titles(record: Any) -> list[str]:
    return [str(panel.title) for panel in hooks.panels(record, [])]


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
    assert refusals(refused) == {
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
