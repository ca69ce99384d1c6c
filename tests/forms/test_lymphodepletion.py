"""Lymphodepletion: body surface, planned and given doses, the kidney, the order of the days."""

from __future__ import annotations

from typing import Any

import pytest

from dosing import dose_panels
from dosing.models import Lymphodepletion
from enrollment.models import Demographics, Subject
from tests.casebook.entering import enter, post
from tests.dosing.builders import days_ago
from tests.forms.dosing_texts import leukapheresis, lymphodepletion, on, sentences
from tests.people import People
from trial_edc.audit.context import acting
from trial_edc.crf.models import FormStatus


def test_a_day_is_completed_and_anchors_the_visits(people: People, eligible_subject: Subject) -> None:
    form = enter(people.coordinator, eligible_subject, "LD1", "LD", action="complete", **lymphodepletion())
    eligible_subject.refresh_from_db()
    assert (form.status, eligible_subject.lymphodepletion_date) == (FormStatus.COMPLETE, days_ago(5))


def row(panel: Any, label: str) -> Any:
    return next(each for each in panel.rows if str(each.label) == label)


def test_the_panel_computes_the_doses(people: People, eligible_subject: Subject) -> None:
    form = enter(people.coordinator, eligible_subject, "LD1", "LD", **lymphodepletion())
    panel = dose_panels.lymphodepletion(form, [])
    assert (panel.title, panel.grade) == ("Body surface 1.66 m²", "✓")
    assert (row(panel, "Fludarabine").value, row(panel, "Fludarabine").detail) == (
        "49.8 mg planned",
        "30.0 mg/m² given",
    )
    assert row(panel, "Cyclophosphamide").value == "498 mg planned"
    assert "full dose" in row(panel, "Creatinine clearance").detail
    assert panel.rows[0].label == "Lymphodepletion day 1"


def test_an_empty_form_says_what_is_needed(eligible_subject: Subject) -> None:
    panel = dose_panels.lymphodepletion(Lymphodepletion(subject=eligible_subject, visit="LD1"), [])
    assert (panel.title, panel.grade) == ("Dose open", None)
    assert "Enter weight" in str(panel.because)


ASKED: list[tuple[dict[str, str], str, str]] = [
    ({"fludarabine_given_mg": "52.3"}, "fludarabine_given_mg", "more than 5 % away"),
    ({"fludarabine_given_mg": "52.29"}, "fludarabine_given_mg", ""),
    ({"cyclophosphamide_given_mg": "473"}, "cyclophosphamide_given_mg", "more than 5 % away"),
    ({"fludarabine_mg_m2": "28.5"}, "fludarabine_mg_m2", "do not fit together"),
    ({"cyclophosphamide_mg_m2": "316"}, "cyclophosphamide_mg_m2", "do not fit together"),
    ({"creatinine_clearance_ml_min": "79.9"}, "fludarabine_planned_mg_m2", "than the creatinine clearance allows"),
    ({"creatinine_clearance_ml_min": "", "creatinine_umol_l": "75.1"}, "fludarabine_planned_mg_m2", "allows"),
    ({"creatinine_clearance_ml_min": ""}, "creatinine_umol_l", "serum creatinine or the measured clearance"),
    ({"fludarabine_planned_mg_m2": "24.0"}, "dose_changed", "say that it was changed"),
    ({"dose_changed": "true"}, "change_reason", "Enter a value"),
    ({"hydration_ml": ""}, "hydration_ml", "Enter a value"),
    ({"weight_kg": ""}, "weight_kg", "Enter a value"),
]


@pytest.mark.parametrize(("changed", "field", "words"), ASKED, ids=[f"{c}" for c, _f, _w in ASKED])
def test_what_keeps_a_day_from_being_complete(
    people: People, eligible_subject: Subject, changed: dict[str, str], field: str, words: str
) -> None:
    if not words:
        changed = {"fludarabine_given_mg": "52.2"}
        enter(people.coordinator, eligible_subject, "LD1", "LD", action="complete", **lymphodepletion(**changed))
        return
    texts = lymphodepletion(**changed)
    outcome = post(people.coordinator, eligible_subject, "LD1", "LD", action="complete", **texts)
    assert words in " ".join(sentences(outcome)[field])
    assert not Lymphodepletion.objects.exists()


REFUSED: list[tuple[dict[str, str], str, str]] = [
    ({"given_date": on(-1)}, "given_date", "in the future"),
    ({"height_cm": "16.5"}, "height_cm", "from 100 to 250"),
    ({"fludarabine_given_mg": "fifty"}, "fludarabine_given_mg", "Enter a number"),
    ({"hydration_given": "false"}, "hydration_ml", "does not apply"),
    ({"change_reason": "Fever"}, "change_reason", "does not apply"),
]


@pytest.mark.parametrize(("changed", "field", "words"), REFUSED, ids=[f"{c}" for c, _f, _w in REFUSED])
def test_a_day_that_cannot_be(
    people: People, eligible_subject: Subject, changed: dict[str, str], field: str, words: str
) -> None:
    outcome = post(people.coordinator, eligible_subject, "LD1", "LD", **lymphodepletion(**changed))
    assert words in " ".join(sentences(outcome)[field])


def test_a_dose_of_nothing_is_a_value(people: People, eligible_subject: Subject) -> None:
    texts = lymphodepletion(fludarabine_given_mg="0", fludarabine_mg_m2="0", hydration_given="false", hydration_ml="")
    texts |= {"dose_changed": "true", "change_reason": "Renal failure", "fludarabine_planned_mg_m2": "0"}
    texts["creatinine_clearance_ml_min"] = "20"
    texts |= {"confirm-LD-LDFLU-RANGE": "1"}
    form = enter(people.coordinator, eligible_subject, "LD1", "LD", action="complete", **texts)
    assert (form.fludarabine_mg_m2, form.hydration_given) == (0, False)
    panel = dose_panels.lymphodepletion(form, [])
    assert row(panel, "Creatinine clearance").value == "no fludarabine"
    assert panel.grade == "✓"


def test_the_estimated_clearance_needs_age_and_sex(people: People, eligible_subject: Subject) -> None:
    texts = lymphodepletion(creatinine_clearance_ml_min="", creatinine_umol_l="75.1")
    form = enter(people.coordinator, eligible_subject, "LD1", "LD", **texts)
    assert "reduced by 20 %" in row(dose_panels.lymphodepletion(form, []), "Creatinine clearance").detail
    with acting(people.coordinator, "test"):
        Demographics.objects.update(age_years=None)
    assert row(dose_panels.lymphodepletion(form, []), "Creatinine clearance").value == "–"


def test_a_changed_weight_is_confirmed(people: People, eligible_subject: Subject) -> None:
    enter(people.coordinator, eligible_subject, "LD1", "LD", **lymphodepletion())
    light = {"weight_kg": "53.9", "fludarabine_given_mg": "47.1", "cyclophosphamide_given_mg": "471"}
    texts = lymphodepletion(given_date=on(4), **light)
    outcome = post(people.coordinator, eligible_subject, "LD2", "LD", action="complete", **texts)
    assert "differs from the previous one" in sentences(outcome)["weight_kg"][0]
    same = lymphodepletion(given_date=on(4), **(light | {"weight_kg": "54.0"}))
    form = enter(people.coordinator, eligible_subject, "LD2", "LD", action="complete", **same)
    assert row(dose_panels.lymphodepletion(form, []), "Previous weight").value == "60.0 kg"


@pytest.mark.req("R33")
def test_the_days_follow_each_other_after_the_collection(people: People, eligible_subject: Subject) -> None:
    enter(people.coordinator, eligible_subject, "APH", "APH", **leukapheresis(procedure_date=on(10)))
    early = post(people.coordinator, eligible_subject, "LD1", "LD", **lymphodepletion(given_date=on(10)))
    assert "The cells were collected" in sentences(early)["given_date"][0]
    enter(people.coordinator, eligible_subject, "LD2", "LD", **lymphodepletion(given_date=on(4)))
    for visit, days in (("LD1", 4), ("LD1", 3), ("LD3", 5)):
        outcome = post(people.coordinator, eligible_subject, visit, "LD", **lymphodepletion(given_date=on(days)))
        assert "must follow each other" in sentences(outcome)["given_date"][0]
    enter(people.coordinator, eligible_subject, "LD1", "LD", **lymphodepletion(given_date=on(5)))
    enter(people.coordinator, eligible_subject, "LD3", "LD", **lymphodepletion(given_date=on(3)))


def test_an_off_plan_dose_is_marked(people: People, eligible_subject: Subject) -> None:
    form = enter(people.coordinator, eligible_subject, "LD1", "LD", **lymphodepletion(fludarabine_given_mg="60.0"))
    panel = dose_panels.lymphodepletion(form, [])
    assert panel.grade == "!" and row(panel, "Fludarabine").driving
    assert "outside 5 %" in panel.because
