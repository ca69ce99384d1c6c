"""The laboratory forms: results as reported, one row per analyte, units, ranges, plausibility, completeness."""

from __future__ import annotations

from html import escape
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client

from enrollment.models import Subject
from enrollment.services import add_subject
from safety.models import Chemistry, Coagulation, Haematology, HaematologyResult, NormalRange
from safety.rules.form_analytes import FORM_ANALYTES
from tests.casebook.entering import enter, post
from tests.forms.samples import ANALYTES, COUNTS, SAMPLE, counts, result_rows
from tests.people import People
from trial_edc.accounts.models import User
from trial_edc.audit.models import ItemChange
from trial_edc.casebook.submission import Refused, Saved
from trial_edc.crf.models import FormStatus
from trial_edc.review.models import SoftConfirmation


@pytest.fixture
def subject(people: People) -> Subject:
    return add_subject(by=people.coordinator, site=people.site)


def browser(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def errors_of(outcome: Any) -> dict[str, list[str]]:
    """Return the errors of a refused form: its own, and those of rows by analyte and item."""
    assert isinstance(outcome, Refused), outcome
    found = {name: [str(e) for e in errors] for name, errors in outcome.entry.form.errors.items()}
    for formset in outcome.entry.rowsets.values():
        for row in formset.forms:
            for name, errors in row.errors.items():
                found[f"{row['analyte'].value()} {name}"] = [str(error) for error in errors]
    return found


def row_of(record: Any, code: str) -> Any:
    return record.results.get(analyte=code)


# --- a complete record


@pytest.mark.parametrize("oid", ["HEM", "CHEM", "COAG"])
def test_a_form_is_complete_when_each_analyte_has_a_result_or_is_not_done(
    people: People, subject: Subject, oid: str
) -> None:
    results = {
        analyte.code: (f"{sum(analyte.plausible) / 2:f}", analyte.unit)
        for analyte in ANALYTES[oid]
        if not analyte.optional
    }
    more = {"fasting": "true"} if oid == "CHEM" else {}
    record = enter(
        people.coordinator, subject, "SCR", oid, action="complete", **SAMPLE, **more, **result_rows(oid, results)
    )
    assert record.status == FormStatus.COMPLETE
    assert record.results.count() == len(ANALYTES[oid])
    assert [row.analyte for row in record.results.order_by("position")] == [each.code for each in ANALYTES[oid]]


def test_every_analyte_has_a_name_and_its_units_are_offered() -> None:
    names = dict(NormalRange._meta.get_field("analyte").flatchoices)
    assert set(names) == set(FORM_ANALYTES)
    assert (Haematology, Chemistry, Coagulation) and all(str(names[code]) for code in FORM_ANALYTES)


@pytest.mark.parametrize("text", ["5.1", "5,1", "<0.5", "> 500", "0", "0.0", "0.10"])
def test_a_result_is_kept_exactly_as_it_was_reported(people: People, subject: Subject, text: str) -> None:
    record = enter(people.coordinator, subject, "SCR", "HEM", **counts(NEUT=(text, "10^9/L")))
    row = row_of(record, "NEUT")
    assert row.value == text
    change = ItemChange.objects.get(record=row.pk, field="value")
    assert (change.new, change.root, change.chain, change.entity) == (text, record.pk, subject.pk, "HEMR")


def test_no_result_is_nothing_and_never_0(people: People, subject: Subject) -> None:
    record = enter(people.coordinator, subject, "SCR", "HEM", **counts(NEUT=("0", "10^9/L"), LYM=("", "10^9/L")))
    assert [(row_of(record, code).value, row_of(record, code).not_done) for code in ("NEUT", "LYM", "RETI")] == [
        ("0", ""), ("", ""), ("", "NOT DONE"),
    ]  # fmt: skip
    assert record.status == FormStatus.STARTED


# --- what is refused, at its cell

NUMBER = "Enter a number like 5.1, or <0.5 or >500."
CELLS: list[tuple[str, tuple[str, ...], str, str]] = [
    ("letters", ("low", "10^9/L"), "value", NUMBER),
    ("a sign", ("-5", "10^9/L"), "value", NUMBER),
    ("two signs", ("<>5", "10^9/L"), "value", NUMBER),
    ("at most", ("≤5", "10^9/L"), "value", NUMBER),
    ("a value with its unit", ("5.1 g/L", "10^9/L"), "value", NUMBER),
    ("a comma that may mark thousands", ("1,200", "10^9/L"), "value",
     "Write 1200 or 1.2: a comma before three digits can be read in two ways."),
    ("a value without a unit", ("5.1", ""), "unit", "Choose the unit of this value."),
    ("a unit of another analyte", ("5.1", "g/L"), "unit", "Choose one of the list."),
    ("a unit of no analyte", ("5.1", "furlong"), "unit",
     "Select a valid choice. furlong is not one of the available choices."),
    ("a limit that is no number", ("5.1", "10^9/L", "about 1", "6.3"), "range_low", NUMBER),
    ("a limit that is a limit", ("5.1", "10^9/L", "<1", "6.3"), "range_low", "Enter a number like 3.5."),
    ("limits the wrong way round", ("5.1", "10^9/L", "6.3", "1.8"), "range_low",
     "The lower limit of normal is above the upper limit."),
    ("too long", ("1" * 25, "10^9/L"), "value", "Ensure this value has at most 24 characters (it has 25)."),
]  # fmt: skip


@pytest.mark.parametrize(("result", "item", "sentence"), [row[1:] for row in CELLS], ids=[row[0] for row in CELLS])
def test_what_cannot_be_is_refused_at_its_cell(
    people: People, subject: Subject, result: tuple[str, ...], item: str, sentence: str
) -> None:
    before = ItemChange.objects.count()
    texts = counts(NEUT=result)
    outcome = post(people.coordinator, subject, "SCR", "HEM", **texts)
    assert errors_of(outcome) == {f"NEUT {item}": [sentence]}
    assert ItemChange.objects.count() == before and not Haematology.objects.exists()
    page = browser(people.coordinator).post(
        f"/subjects/{subject.identifier}/SCR/HEM/1/", texts | {"version": "0", "token": str(subject.pk)}
    )
    shown = page.content.decode()
    assert page.status_code == 422 and escape(sentence) in shown and f'value="{escape(result[0])}"' in shown
    label = {"value": "Result", "unit": "Unit", "range_low": "Normal from"}[item]
    assert f">Neutrophils: {label}</label>" in shown
    assert f"Neutrophils: {label}: {escape(sentence)}</a>" in shown


def test_a_value_and_not_done_exclude_each_other(people: People, subject: Subject) -> None:
    texts = counts() | {"HEMR-1-not_done": "NOT DONE"}
    assert errors_of(post(people.coordinator, subject, "SCR", "HEM", **texts)) == {
        "NEUT not_done": ["A value and “not done” exclude each other."]
    }


def test_an_analyte_has_one_row(people: People, subject: Subject) -> None:
    texts = counts() | {"HEMR-1-analyte": "WBC"}
    assert errors_of(post(people.coordinator, subject, "SCR", "HEM", **texts)) == {
        "collected_date": ["Each analyte has one row."]
    }


def test_a_sample_is_not_taken_in_the_future(people: People, subject: Subject) -> None:
    texts = counts() | {"collected_date": "10-Nov-2099"}
    assert errors_of(post(people.coordinator, subject, "SCR", "HEM", **texts)) == {
        "collected_date": ["The date of collection is in the future."]
    }


def test_a_saved_row_stays_about_its_analyte(people: People, subject: Subject) -> None:
    record = enter(people.coordinator, subject, "SCR", "HEM", **counts())
    rows = list(record.results.order_by("position"))
    texts = counts() | {"HEMR-INITIAL_FORMS": str(len(rows)), "HEMR-1-analyte": "WBC", "HEMR-0-analyte": "NEUT"}
    texts |= {f"HEMR-{number}-id": str(row.pk) for number, row in enumerate(rows)}
    enter(people.coordinator, subject, "SCR", "HEM", **texts)
    assert [row.analyte for row in record.results.order_by("position")] == [row.analyte for row in rows]


# --- completeness


@pytest.mark.parametrize(
    ("changed", "complete"),
    [
        ({}, True),
        ({"NEUT": ("", "10^9/L")}, False),
        ({"NEUT": ("0", "10^9/L")}, True),
        ({"RETI": ("", "10^9/L")}, True),
    ],
    ids=["each has one", "one is open", "0 is a result", "an optional one is open"],
)
def test_completion_needs_an_answer_for_each_analyte(
    people: People, subject: Subject, changed: dict[str, tuple[str, ...]], complete: bool
) -> None:
    outcome = post(people.coordinator, subject, "SCR", "HEM", action="complete", **counts(**changed))
    assert isinstance(outcome, Saved) is complete
    if not complete:  # said in the row that it is about
        assert errors_of(outcome) == {"NEUT value": ["Each analyte needs a result, or “not done”."]}


def test_completion_needs_every_row_even_when_the_date_is_not_available(people: People, subject: Subject) -> None:
    texts = counts() | {"collected_date": "", "missing-collected_date": "UNKNOWN", "HEMR-TOTAL_FORMS": "3"}
    outcome = post(people.coordinator, subject, "SCR", "HEM", action="complete", **texts)
    assert errors_of(outcome) == {"collected_date": ["Each analyte needs a result, or “not done”."]}


# --- plausibility, P25

DOUBT = "the value or its normal range lies outside the expected"
MIX_UPS: list[tuple[str, str, tuple[str, ...], bool]] = [
    ("g/dL typed as g/L", "HGB", ("11.2", "g/L", "115", "150"), True),
    ("the same with its unit", "HGB", ("11.2", "g/dL", "11.5", "15.0"), False),
    ("the range of another unit", "HGB", ("11.2", "g/dL", "115", "150"), True),
    ("cells per microlitre typed as 10⁹/L", "WBC", ("5100", "10^9/L"), True),
    ("the same with its unit", "WBC", ("5100", "/uL"), False),
    ("a count of a sick subject", "NEUT", ("0.00", "10^9/L"), False),
    ("below a limit of detection", "HGB", ("<20", "g/L"), True),
    ("below a plausible limit", "HGB", ("<60", "g/L"), False),
    ("above every plausible count", "PLAT", (">2000", "10^9/L"), True),
    ("above a plausible limit", "PLAT", (">1000", "10^9/L"), False),
    ("a range with one limit", "PLAT", ("200", "10^9/L", "125", ""), False),
    ("a range with one limit of another unit", "PLAT", ("200", "10^9/L", "125000", ""), True),
]


@pytest.mark.parametrize(
    ("code", "result", "doubted"), [row[1:] for row in MIX_UPS], ids=[f"{row[0]} {row[1]}" for row in MIX_UPS]
)
def test_a_mix_up_of_units_must_be_confirmed(
    people: People, subject: Subject, code: str, result: tuple[str, ...], doubted: bool
) -> None:
    texts = counts(**{code: result})
    outcome = post(people.coordinator, subject, "SCR", "HEM", action="complete", **texts)
    assert isinstance(outcome, Refused) is doubted
    if doubted:
        (sentence,) = errors_of(outcome)["collected_date"]
        name = str(dict(HaematologyResult._meta.get_field("analyte").flatchoices)[code])
        assert sentence.startswith(f"{name}: {DOUBT}")


def test_a_confirmation_holds_for_exactly_this_value(people: People, subject: Subject) -> None:
    odd = counts(HGB=("25", "g/L", "115", "150"))
    confirmed = odd | {"confirm-HEM-HGB": "1", "explain-HEM-HGB": "bleeding, measured twice"}
    record = enter(people.coordinator, subject, "SCR", "HEM", action="complete", **confirmed)
    kept = SoftConfirmation.objects.get()
    assert (kept.check_oid, kept.field, kept.value) == ("HEM-HGB", "collected_date", "25 | g/L | 115 | 150")
    rows = list(record.results.order_by("position"))
    again = counts(HGB=("24", "g/L", "115", "150")) | {"HEMR-INITIAL_FORMS": str(len(rows)), "reason_code": "SOURCE"}
    again |= {f"HEMR-{number}-id": str(row.pk) for number, row in enumerate(rows)}
    outcome = post(people.coordinator, subject, "SCR", "HEM", action="complete", **again)
    assert DOUBT in errors_of(outcome)["collected_date"][0]


# --- people


def test_who_enters_data_enters_results_and_nobody_else(people: People, subject: Subject) -> None:
    for reader in (people.monitor, people.data_manager, people.elsewhere):
        with pytest.raises(PermissionDenied):
            post(reader, subject, "SCR", "HEM", **counts())
    assert not Haematology.objects.exists()
    enter(people.coordinator, subject, "SCR", "HEM", **counts())
    page = browser(people.monitor).get(f"/subjects/{subject.identifier}/SCR/HEM/1/").content.decode()
    assert "Haemoglobin" in page and 'name="HEMR-0-value"' not in page


# --- the page


def test_a_row_offers_the_units_of_its_analyte(people: People, subject: Subject) -> None:
    page = browser(people.coordinator).get(f"/subjects/{subject.identifier}/SCR/HEM/1/").content.decode()
    haemoglobin = page.split('name="HEMR-5-unit"')[1].split("</select>")[0]
    assert 'value="g/dL"' in haemoglobin and "10^9/L" not in haemoglobin
    assert "Haemoglobin" in page and 'name="HEMR-5-analyte"' in page and "data-add-row" not in page.split("HEMR")[1]


def test_the_live_check_marks_a_cell(people: People, subject: Subject) -> None:
    page = browser(people.coordinator).post(
        f"/subjects/{subject.identifier}/SCR/HEM/1/live/", counts(NEUT=("low", "10^9/L")) | {"version": "0"}
    )
    assert page.status_code == 200
    box = page.content.decode().split('id="id_HEMR-1-value-flags"')[1].split("</div>")[0]
    assert escape(NUMBER) in box


def test_results_sum_up_what_was_entered() -> None:
    assert set(COUNTS) | {"RETI"} == {analyte.code for analyte in ANALYTES["HEM"]}
