"""Cytokines and cellular kinetics: results as reported, units that belong together, samples placed in time."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from efficacy.models import BloodDetermination, BloodKinetics, CytokineResult, Cytokines, TumourKinetics
from efficacy.selectors import Matrix, cytokine_samples, kinetic_samples
from enrollment.models import Subject
from tests.casebook.entering import enter, post
from tests.forms.test_overall_response import panel_of
from tests.forms.tumour import codes, day, doubts, infused_subject, sentences, tables, text
from tests.people import People
from trial_edc.audit.context import acting
from trial_edc.audit.models import ItemChange
from trial_edc.casebook.entry import open_entry
from trial_edc.casebook.place import Place
from trial_edc.casebook.submission import Refused, Saved
from trial_edc.crf.models import FormStatus

ANALYTES = ("IL-2", "IL-6", "IL-8", "IL-10", "TNF-α", "CRP", "ferritin")
FLOW: dict[str, Any] = {"method": "FLOW CYTOMETRY", "unit": "cells/uL", "result": "12.5", "lloq": "1"}
SHARE: dict[str, Any] = {"method": "FLOW CYTOMETRY", "unit": "%", "result": "8.2", "lloq": "0.1"}
COPIES: dict[str, Any] = {"method": "QPCR", "unit": "copies/ug", "result": "1500", "lloq": "50", "dna_input_ng": "200"}
DROPLETS: dict[str, Any] = {
    "method": "DDPCR",
    "unit": "copies/ug",
    "result": "1400",
    "lloq": "20",
    "dna_input_ng": "200",
}


@pytest.fixture
def subject(people: People) -> Subject:
    return infused_subject(people)


def analytes(**results: str) -> list[dict[str, Any]]:
    """Return a row per analyte: the given results (IL_6 for IL-6), everything else not done."""
    named = {name.replace("_", "-").replace("TNF-A", "TNF-α"): value for name, value in results.items()}
    rows = []
    for analyte in ANALYTES:
        unit = {"CRP": "mg/L", "ferritin": "ng/mL"}.get(analyte, "pg/mL")
        row = {"analyte": analyte, "unit": unit, "lloq": "1.5"}
        rows.append(row | ({"result": named[analyte]} if analyte in named else {"not_done": "true"}))
    return rows


def cytokines(rows: Any, on: int = 3, visit: str = "D3", **head: str) -> dict[str, Any]:
    start = {
        "sample_taken": "true", "draw_reason": "SCHEDULED", "planned_time": "08:00", "drawn_date": text(on),
        "drawn_time": "08:10", "laboratory": "Central", "batch": "B7",
    }  # fmt: skip
    return start | head | tables("CYT", visit, CYTR=rows)


def blood(rows: Any, on: int = 4, visit: str = "D4", **head: str) -> dict[str, Any]:
    start = {"sample_taken": "true", "drawn_date": text(on), "drawn_time": "12:00", "laboratory": "Central"}
    return start | head | tables("PKB", visit, PKBR=rows)


def biopsy(rows: Any, on: int = 28, visit: str = "D28", **head: str) -> dict[str, Any]:
    start = {
        "sample_taken": "true", "drawn_date": text(on), "drawn_time": "10:00", "organ": "LIVER",
        "laboratory": "Central", "paired_blood": "false",
    }  # fmt: skip
    return start | head | tables("PKT", visit, PKTR=rows)


def test_a_new_sample_opens_with_every_analyte_and_its_usual_unit(people: People, subject: Subject) -> None:
    rows = open_entry(Place(subject, "D3", "CYT"), people.coordinator, record=None).rowsets["CYTR"].forms
    assert [(row.instance.analyte, row.instance.unit) for row in rows] == [
        ("IL-2", "pg/mL"), ("IL-6", "pg/mL"), ("IL-8", "pg/mL"), ("IL-10", "pg/mL"), ("TNF-α", "pg/mL"),
        ("CRP", "mg/L"), ("ferritin", "ng/mL"),
    ]  # fmt: skip


def test_results_stay_as_they_were_reported(people: People, subject: Subject) -> None:
    rows = analytes(IL_6="＜1,5", IL_8=">5000", IL_10="blq", CRP="0", TNF_A="12.50")
    rows[5]["lloq"] = ""
    record = enter(people.coordinator, subject, "D3", "CYT", action="complete", **cytokines(rows))
    kept = {row.analyte: row.result for row in CytokineResult.objects.filter(record=record)}
    assert record.status == FormStatus.COMPLETE
    assert kept == {
        "IL-2": "", "IL-6": "<1.5", "IL-8": ">5000", "IL-10": "<LLOQ", "TNF-α": "12.50", "CRP": "0", "ferritin": "",
    }  # fmt: skip


RESULTS: list[tuple[str, dict[str, Any], str]] = [
    ("words", {"result": "high"}, "Enter the result as reported: a number like 12.5, or <1.5, >5000, <LLOQ."),
    ("a unit in it", {"result": "12 pg/mL"}, "Enter the result as reported"),
    ("negative", {"result": "-3"}, "Enter the result as reported"),
    ("the limit alone", {"result": "LLOQ"}, "Enter the result as reported"),
    ("above the lower limit", {"result": ">LLOQ"}, "Enter the result as reported"),
    ("an open sign", {"result": "≤3"}, "Enter the result as reported"),
    ("thousands", {"result": "12,345"}, "A comma before three digits can be read in two ways"),
    ("below 0", {"result": "<0"}, "No result is below 0."),
    ("no unit", {"result": "5", "unit": ""}, "A result needs its unit."),
    ("the unit of CRP", {"result": "5", "unit": "mg/L"}, "This unit does not belong to this analyte."),
    ("a result although not done", {"result": "5", "not_done": "true"}, "There is a result, so it was done."),
    ("an unnamed limit", {"result": "<LLOQ", "lloq": ""}, "“<LLOQ” needs the limit as a number beside it."),
    ("a limit of 0", {"result": "5", "lloq": "0"}, "Enter a number from 0.0001 to 1000000."),
    ("an unknown analyte", {"analyte": "IL-99"}, "Select a valid choice. IL-99 is not one of the available choices."),
    ("no analyte", {"analyte": "", "result": "5"}, "Enter a value."),
]


@pytest.mark.parametrize(("change", "sentence"), [row[1:] for row in RESULTS], ids=[row[0] for row in RESULTS])
def test_what_a_result_refuses(people: People, subject: Subject, change: dict[str, Any], sentence: str) -> None:
    before = ItemChange.objects.count()
    rows = analytes(IL_2="5")
    rows[0] |= change
    outcome = post(people.coordinator, subject, "D3", "CYT", **cytokines(rows))
    assert any(line.startswith(sentence) for line in sentences(outcome)), sentences(outcome)
    assert isinstance(outcome, Refused)
    typed = outcome.entry.rowsets["CYTR"].forms[0]
    assert all(typed[name].value() == value for name, value in change.items())
    assert ItemChange.objects.count() == before and not Cytokines.objects.exists()


def changed(number: int, **texts: str) -> list[dict[str, Any]]:
    rows = analytes(IL_2="5")
    rows[number] = rows[number] | texts
    return rows


CYTOKINE_DOUBTS: list[tuple[str, str, dict[str, Any], set[str]]] = [
    ("nothing to say", "D3", cytokines(analytes(IL_2="5")), set()),
    ("neither result nor not done", "D3", cytokines(changed(1, not_done="")), {"CYT-002"}),
    ("below its limit without sign", "D3", cytokines(changed(0, result="1.4")), {"CYT-006"}),
    ("the limit itself", "D3", cytokines(changed(0, result="1.5")), set()),
    ("below another number than the limit", "D3", cytokines(changed(0, result="<2")), {"CYT-006"}),
    ("above a limit", "D3", cytokines(changed(0, result=">1")), set()),
    ("outside the window", "D3", cytokines(analytes(IL_2="5"), on=4), {"CYT-007"}),
    ("the day of infusion, unsaid", "D0", cytokines(analytes(IL_2="5"), 0, "D0"), {"CYT-003"}),
    ("the day of infusion, before", "D0", cytokines(analytes(IL_2="5"), 0, "D0", timing="PRE"), set()),
    ("before, on a day after", "D3", cytokines(analytes(IL_2="5"), timing="PRE"), {"CYT-004"}),
    ("after, on a day before", "BL", cytokines(analytes(IL_2="5"), -7, "BL", timing="POST"), {"CYT-004"}),
    ("after, on an unscheduled day", "UNS", cytokines(analytes(IL_2="5"), 40, "UNS", timing="POST"), set()),
    ("an analyte twice", "D3", cytokines([*analytes(IL_2="5"), *analytes()[:1]]), {"CYT-005"}),
    (
        "results of no sample",
        "D3",
        {"sample_taken": "false"} | tables("CYT", "D3", CYTR=analytes(CRP="3")),
        {"CYT-001"},
    ),
]


@pytest.mark.parametrize(
    ("visit", "texts", "expected"), [row[1:] for row in CYTOKINE_DOUBTS], ids=[row[0] for row in CYTOKINE_DOUBTS]
)
def test_what_a_cytokine_sample_is_asked(
    people: People, subject: Subject, visit: str, texts: dict[str, Any], expected: set[str]
) -> None:
    assert doubts(people, subject, visit, "CYT", **texts) - {"needed"} == expected


def test_no_sample_needs_a_reason_only(people: People, subject: Subject) -> None:
    texts = {"sample_taken": "false", "not_taken_reason": "refused"}
    rows = [{"analyte": each, "unit": "pg/mL"} for each in ANALYTES[:5]]
    record = enter(
        people.coordinator, subject, "D3", "CYT", action="complete", **texts, **tables("CYT", "D3", CYTR=rows)
    )
    assert record.status == FormStatus.COMPLETE and cytokine_samples(subject) == []


MOMENTS: list[tuple[str, dict[str, Any], str]] = [
    ("tomorrow", {"drawn_date": text(201)}, "is in the future."),
    ("before, after the start", {"timing": "PRE", "drawn_time": "12:00"}, "The infusion started on"),
    ("after, before the start", {"timing": "POST", "drawn_time": "11:59"}, "The infusion started on"),
    ("an impossible time", {"drawn_time": "25:10"}, "Enter a time from 00:00 to 23:59."),
]


@pytest.mark.parametrize(("change", "sentence"), [row[1:] for row in MOMENTS], ids=[row[0] for row in MOMENTS])
@pytest.mark.parametrize("oid", ["CYT", "PKB"])
def test_samples_that_cannot_be(
    people: People, subject: Subject, oid: str, change: dict[str, Any], sentence: str
) -> None:
    texts = cytokines(analytes(IL_2="5"), 0, "D0") if oid == "CYT" else blood([FLOW], 0, "D0")
    outcome = post(people.coordinator, subject, "D0", oid, **texts | change)
    assert any(sentence in line for line in sentences(outcome)), sentences(outcome)


def test_a_sample_later_today_is_in_the_future(people: People, subject: Subject) -> None:
    late = (timezone.localtime() + timedelta(minutes=5)).strftime("%H:%M")
    if late < timezone.localtime().strftime("%H:%M"):
        pytest.skip("five minutes before midnight")
    outcome = post(people.coordinator, subject, "M6", "PKB", **blood([FLOW], 200, "M6", drawn_time=late))
    assert sentences(outcome) == ["The time of the sample is in the future."]


def test_a_sample_after_the_death_is_refused(people: People, subject: Subject) -> None:
    with acting(people.coordinator):
        subject.death_date = day(3)
        subject.save()
    outcome = post(people.coordinator, subject, "D4", "PKB", **blood([FLOW]))
    assert any("is after the death of the subject" in line for line in sentences(outcome))


def test_the_moment_of_the_infusion_divides_before_from_after(people: People, subject: Subject) -> None:
    before, after = {"timing": "PRE", "drawn_time": "11:59"}, {"timing": "POST", "drawn_time": "12:00"}
    enter(people.coordinator, subject, "D0", "PKB", **blood([FLOW], 0, "D0", **before))
    enter(people.coordinator, subject, "D0", "PKB", sequence=2, **blood([FLOW], 0, "D0", **after))
    found = kinetic_samples(subject, Matrix.BLOOD, "FLOW CYTOMETRY")
    assert [(sample.day, sample.after_infusion) for sample in found] == [
        (Decimal("-0.000694"), False),
        (Decimal("0.000000"), True),
    ]


def test_a_new_blood_sample_opens_with_the_usual_determinations(people: People, subject: Subject) -> None:
    entry = open_entry(Place(subject, "D4", "PKB"), people.coordinator, record=None)
    rows = entry.rowsets["PKBR"].forms
    assert [(row.instance.method, row.instance.unit) for row in rows] == [
        ("FLOW CYTOMETRY", "cells/uL"), ("FLOW CYTOMETRY", "%"), ("QPCR", "copies/ug"),
    ]  # fmt: skip
    rows = open_entry(Place(subject, "D28", "PKT"), people.coordinator, record=None).rowsets["PKTR"].forms
    assert [(row.instance.method, row.instance.unit) for row in rows] == [("QPCR", "copies/ug")]


def test_a_complete_blood_sample(people: People, subject: Subject) -> None:
    texts = blood([FLOW, SHARE, COPIES, DROPLETS])
    record = enter(people.coordinator, subject, "D4", "PKB", action="complete", **texts)
    assert record.status == FormStatus.COMPLETE
    assert [row.result for row in BloodDetermination.objects.order_by("position")] == ["12.5", "8.2", "1500", "1400"]


DETERMINATIONS: list[tuple[str, str, dict[str, Any], str]] = [
    ("copies by flow cytometry", "PKB", FLOW | {"unit": "copies/ug"}, "This method does not measure in this unit here"),
    ("cells by PCR", "PKB", COPIES | {"unit": "cells/uL"}, "This method does not measure in this unit here"),
    ("cells per µL of tumour", "PKT", FLOW, "This method does not measure in this unit here"),
    ("no method", "PKB", FLOW | {"method": ""}, "Enter a value."),
    ("no unit", "PKT", COPIES | {"unit": ""}, "Enter a value."),
    ("more than all", "PKB", SHARE | {"result": "100.1"}, "A share cannot be above 100 %."),
    ("words", "PKB", FLOW | {"result": "many"}, "Enter the result as reported"),
    ("done and not done", "PKT", COPIES | {"not_done": "true"}, "There is a result, so it was done."),
    ("an unnamed limit", "PKB", FLOW | {"result": "BLQ", "lloq": ""}, "“<LLOQ” needs the limit as a number beside it."),
    ("DNA of flow cytometry", "PKB", FLOW | {"dna_input_ng": "200"}, "DNA input belongs to PCR."),
    ("no DNA at all", "PKB", COPIES | {"dna_input_ng": "0"}, "Enter a number from 0.1 to 10000."),
]


@pytest.mark.parametrize(
    ("oid", "row", "sentence"), [row[1:] for row in DETERMINATIONS], ids=[row[0] for row in DETERMINATIONS]
)
def test_what_a_determination_refuses(
    people: People, subject: Subject, oid: str, row: dict[str, Any], sentence: str
) -> None:
    texts = blood([row]) if oid == "PKB" else biopsy([row])
    outcome = post(people.coordinator, subject, "D4" if oid == "PKB" else "D28", oid, **texts)
    assert any(line.startswith(sentence) for line in sentences(outcome)), sentences(outcome)
    assert not BloodKinetics.objects.exists() and not TumourKinetics.objects.exists()


@pytest.mark.parametrize("result", ["100", "<0.1", "0"])
def test_shares_that_can_be(people: People, subject: Subject, result: str) -> None:
    assert isinstance(post(people.coordinator, subject, "D4", "PKB", **blood([SHARE | {"result": result}])), Saved)


BLOOD_DOUBTS: list[tuple[str, str, dict[str, Any], set[str]]] = [
    ("nothing to say", "D4", blood([FLOW, COPIES]), set()),
    ("no determination", "D4", blood([]), {"PKB-003"}),
    ("no result", "D4", blood([FLOW | {"result": ""}]), {"PKB-004"}),
    ("not done", "D4", blood([FLOW | {"result": "", "not_done": "true"}]), set()),
    ("no DNA input", "D4", blood([COPIES | {"dna_input_ng": ""}]), {"PKB-005"}),
    ("below its limit without sign", "D4", blood([COPIES | {"result": "49"}]), {"PKB-006"}),
    ("outside the window", "D4", blood([FLOW], on=5), {"PKB-007"}),
    ("the day of infusion, unsaid", "D0", blood([FLOW], 0, "D0"), {"PKB-008"}),
    ("before, on a day after", "D4", blood([FLOW], timing="PRE"), {"PKB-009"}),
    ("one method and unit twice", "D4", blood([FLOW, FLOW]), {"PKB-002"}),
    ("results of no sample", "D4", {"sample_taken": "false"} | tables("PKB", "D4", PKBR=[FLOW]), {"PKB-001"}),
]


@pytest.mark.parametrize(
    ("visit", "texts", "expected"), [row[1:] for row in BLOOD_DOUBTS], ids=[row[0] for row in BLOOD_DOUBTS]
)
def test_what_a_blood_sample_is_asked(
    people: People, subject: Subject, visit: str, texts: dict[str, Any], expected: set[str]
) -> None:
    assert doubts(people, subject, visit, "PKB", **texts) - {"needed"} == expected


def test_a_biopsy_names_a_blood_sample_that_is_there(people: People, subject: Subject) -> None:
    paired: dict[str, Any] = {"paired_blood": "true", "paired_visit": "D28", "paired_sequence": "1"}
    outcome = post(people.coordinator, subject, "D28", "PKT", **biopsy([COPIES], **paired))
    assert sentences(outcome) == ["There is no blood sample 1 at D28."]
    undone = {"sample_taken": "false", "not_taken_reason": "clotted"} | tables("PKB", "D28", PKBR=[])
    enter(people.coordinator, subject, "D28", "PKB", **undone)
    assert isinstance(post(people.coordinator, subject, "D28", "PKT", **biopsy([COPIES], **paired)), Refused)
    enter(people.coordinator, subject, "D28", "PKB", sequence=2, **blood([COPIES, FLOW | {"result": ""}], 28, "D28"))
    paired["paired_sequence"] = "2"
    record = enter(people.coordinator, subject, "D28", "PKT", action="complete", **biopsy([COPIES], **paired))
    assert record.status == FormStatus.COMPLETE
    (panel,) = panel_of(people, subject, "D28", "PKT", **biopsy([COPIES], **paired))
    assert panel.title == "Paired blood, D28"
    assert [(row.label, row.value) for row in panel.rows] == [("qPCR, copies/µg DNA", "1500")]


def test_a_pair_is_asked_only_of_a_paired_biopsy(people: People, subject: Subject) -> None:
    outcome = post(people.coordinator, subject, "D28", "PKT", **biopsy([COPIES], paired_visit="D28"))
    assert isinstance(outcome, Refused) and codes(outcome) == {"when"}
    assert panel_of(people, subject, "D28", "PKT", **biopsy([COPIES])) == []


def test_methods_and_matrices_are_never_pooled(people: People, subject: Subject) -> None:
    enter(people.coordinator, subject, "D4", "PKB", **blood([FLOW, SHARE, COPIES, DROPLETS]))
    enter(people.coordinator, subject, "D28", "PKT", **biopsy([COPIES | {"result": "77"}, SHARE]))
    reads = {
        (matrix.name, method, unit): [sample.result for sample in kinetic_samples(subject, matrix, method, unit=unit)]
        for matrix, method, unit in (
            (Matrix.BLOOD, "FLOW CYTOMETRY", ""), (Matrix.BLOOD, "FLOW CYTOMETRY", "%"), (Matrix.BLOOD, "QPCR", ""),
            (Matrix.BLOOD, "DDPCR", ""), (Matrix.TUMOUR, "QPCR", ""), (Matrix.TUMOUR, "FLOW CYTOMETRY", ""),
            (Matrix.TUMOUR, "DDPCR", ""),
        )
    }  # fmt: skip
    assert list(reads.values()) == [["12.5"], ["8.2"], ["1500"], ["1400"], ["77"], ["8.2"], []]


def test_samples_in_time_and_below_the_limit(people: People, subject: Subject) -> None:
    for visit, on, result in (
        ("D7", 7, "900"),
        ("D1", 1, "<50"),
        ("D4", 4, "49"),
        ("D10", 10, "BLQ"),
        ("D14", 14, "0"),
    ):
        row = COPIES | {"result": result}
        enter(people.coordinator, subject, visit, "PKB", **blood([row], on, visit))
    found = kinetic_samples(subject, Matrix.BLOOD, "QPCR")
    assert [(sample.visit, sample.study_day, sample.day, sample.below_limit) for sample in found] == [
        ("D1", 1, Decimal("1.000000"), True),
        ("D4", 4, Decimal("4.000000"), True),
        ("D7", 7, Decimal("7.000000"), False),
        ("D10", 10, Decimal("10.000000"), True),
        ("D14", 14, Decimal("14.000000"), True),
    ]
    rule = [sample.for_rule() for sample in found]
    assert [each and each.concentration for each in rule] == [None, None, Decimal(900), None, None]
    (first,) = [sample for sample in found if sample.visit == "D10"]
    assert (first.reported.sign, first.reported.number, first.lloq) == ("<", Decimal("50.0000"), Decimal("50.0000"))


def test_a_sample_without_time_has_a_day_but_no_moment(people: People, subject: Subject) -> None:
    enter(people.coordinator, subject, "D3", "CYT", **cytokines(analytes(IL_6="35"), drawn_time=""))
    (sample,) = cytokine_samples(subject)
    assert (sample.study_day, sample.day, sample.after_infusion) == (3, None, True)
    rule = sample.for_rule()
    assert rule is not None and (rule.day, rule.result) == (Decimal(3), "35")
    enter(people.coordinator, subject, "D0", "CYT", **cytokines(analytes(IL_6="35"), 0, "D0", drawn_time=""))
    (unplaced,) = [each for each in cytokine_samples(subject) if each.visit == "D0"]
    assert (unplaced.after_infusion, unplaced.for_rule()) == (None, None)
    enter(people.coordinator, subject, "D4", "PKB", **blood([FLOW], drawn_time=""))
    (cells,) = kinetic_samples(subject, Matrix.BLOOD, "FLOW CYTOMETRY")
    assert cells.for_rule() is None


def test_samples_of_a_subject_not_infused_have_no_day(people: People, subject: Subject) -> None:
    with acting(people.coordinator):
        subject.infused_at = None
        subject.save()
    enter(people.coordinator, subject, "BL", "CYT", **cytokines(analytes(IL_6="35"), -7, "BL", timing="PRE"))
    (sample,) = cytokine_samples(subject)
    assert (sample.study_day, sample.day, sample.after_infusion, sample.for_rule()) == (None, None, False, None)


def test_samples_as_of_a_moment_do_not_change(people: People, subject: Subject) -> None:
    enter(people.coordinator, subject, "D3", "CYT", **cytokines(analytes(IL_6="35", CRP="8")))
    enter(people.coordinator, subject, "D4", "PKB", **blood([FLOW]))
    then = timezone.now()
    enter(people.coordinator, subject, "D5", "CYT", **cytokines(analytes(IL_6="90"), 5, "D5"))
    enter(people.coordinator, subject, "D7", "PKB", **blood([FLOW], 7, "D7"))
    before = cytokine_samples(subject, as_of=then)
    assert [(sample.analyte, sample.result, sample.study_day) for sample in before] == [
        ("IL-6", "35", 3),
        ("CRP", "8", 3),
    ]
    assert len(cytokine_samples(subject)) == 3
    assert [each.visit for each in kinetic_samples(subject, Matrix.BLOOD, "FLOW CYTOMETRY", as_of=then)] == ["D4"]
    earlier = then - timedelta(days=1)
    assert cytokine_samples(subject, as_of=earlier) == []


def test_the_panel_of_cytokines_says_the_peak_so_far(people: People, subject: Subject) -> None:
    assert panel_of(people, subject, "BL", "CYT", **cytokines(analytes(), -7, "BL")) == []
    before = cytokines(analytes(IL_6="<1.5", CRP="2"), -7, "BL", timing="PRE")
    assert panel_of(people, subject, "BL", "CYT", **before) == []
    enter(people.coordinator, subject, "BL", "CYT", **before)
    enter(people.coordinator, subject, "D3", "CYT", **cytokines(analytes(IL_6="300", CRP="40")))
    (panel,) = panel_of(people, subject, "D5", "CYT", **cytokines(analytes(IL_6="<1.5", CRP=">50"), 5, "D5"))
    assert [(row.label, row.value, row.detail) for row in panel.rows] == [
        ("IL-6", "300 pg/mL", "Day 3 · 400.0 × baseline"),
        ("CRP", ">50 mg/L", "Day 5 · 25.0 × baseline"),
    ]
    (panel,) = panel_of(people, subject, "D5", "CYT", **cytokines(analytes(IL_8="7"), 5, "D5"))
    assert [(row.label, row.detail) for row in panel.rows][1] == ("IL-8", "Day 5")


def test_the_panel_of_kinetics_keeps_methods_apart(people: People, subject: Subject) -> None:
    assert panel_of(people, subject, "D4", "PKB", **blood([])) == []
    enter(people.coordinator, subject, "D4", "PKB", **blood([FLOW, COPIES]))
    (panel,) = panel_of(people, subject, "D28", "PKB", **blood([COPIES | {"result": "600"}], 28, "D28"))
    shown = [(str(row.label), row.value) for row in panel.rows]
    assert shown == [("Flow cytometry, CAR+ cells/µL", "12.5"), ("qPCR, copies/µg DNA", "1500")]
    assert panel.rows[1].detail.startswith("maximum on day 4.0 · quantifiable to day 28.0 · area to Day 28:")
    (panel,) = panel_of(people, subject, "D7", "PKB", **blood([DROPLETS | {"result": "<20"}], 7, "D7"))
    assert ("ddPCR, copies/µg DNA", "below the limit", "") in [
        (str(row.label), row.value, row.detail) for row in panel.rows
    ]


def test_the_panel_says_when_two_samples_have_one_time(people: People, subject: Subject) -> None:
    enter(people.coordinator, subject, "D4", "PKB", **blood([FLOW]))
    entry = open_entry(Place(subject, "D4", "PKB", 2), people.coordinator, record=None)
    assert entry.is_new
    (panel,) = panel_of(people, subject, "D7", "PKB", **blood([FLOW], 4, "D7"))
    assert panel.because == "Flow cytometry, CAR+ cells/µL: two samples have the same time."


def test_before_the_infusion_there_is_no_course(people: People, subject: Subject) -> None:
    assert panel_of(people, subject, "BL", "PKB", **blood([FLOW], -7, "BL")) == []


@pytest.mark.parametrize(("oid", "visit"), [("CYT", "D3"), ("PKB", "D4"), ("PKT", "D28")])
def test_a_monitor_cannot_save(people: People, subject: Subject, oid: str, visit: str) -> None:
    with pytest.raises(PermissionDenied):
        post(people.monitor, subject, visit, oid, sample_taken="true", **tables(oid, visit))
