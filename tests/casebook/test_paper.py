"""The paper forms: every form of the study, from its own description, blank."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest

from enrollment.models import Subject
from tests.casebook.conftest import SignedIn
from tests.casebook.test_matrix import text_of, vitals
from tests.people import People
from trial_edc.audit.context import acting
from trial_edc.casebook import page as form_page
from trial_edc.casebook.paper import PaperItem, paper_form
from trial_edc.crf import registry
from trial_edc.crf.checks import is_missing
from trial_edc.protocol.amendments import Amendment


def paper_of(signed_in: SignedIn, people: People, oid: str) -> str:
    answer = signed_in(people.coordinator).get(f"/study/forms/{oid}/paper/")
    assert answer.status_code == 200
    return " ".join(unescape(text_of(answer)).split())


def questions(oid: str) -> dict[str, PaperItem]:
    return {str(item.label): item for part in paper_form(registry.get(oid)) for item in part.items}


def test_every_form_of_the_study_prints_every_item_it_asks(people: People, signed_in: SignedIn) -> None:
    for model in registry.all_forms():
        shown = paper_of(signed_in, people, model.crf.oid)
        tables: list[Any] = [model, *registry.row_tables(model)]
        labels = [str(field.verbose_name) for table in tables for field, _item in registry.items(table)]
        assert [label for label in labels if " ".join(label.split()) not in shown] == [], model.crf.oid
        units = [item.unit for table in tables for _field, item in registry.items(table) if item.unit]
        assert [unit for unit in units if unit not in shown] == [], model.crf.oid
        assert "<input" not in shown.split('class="card-x paper"')[1].split("</article>")[0]


def test_answers_have_the_shape_of_their_kind() -> None:
    asked = questions("CRS")
    assert (asked["Temperature"].kind, asked["Temperature"].unit) == ("decimal", "°C")
    assert "Expected 35–41 °C" in asked["Temperature"].hints and asked["Temperature"].required
    assert asked["Hypotension"].options == ("Yes", "No") and not asked["Hypotension"].several
    assert asked["Vasopressors"].several and "Norepinephrine" in asked["Vasopressors"].options
    assert "Physician's assessment" in asked["Investigator's grade"].hints
    assert asked["Date of assessment"].kind == "date" and asked["Time"].kind == "time"
    assert not any(item.options for item in asked.values() if item.kind in ("text", "date", "decimal"))


def test_a_question_says_when_it_applies() -> None:
    assert questions("CYT")["Reason of the draw"].condition == "Only if “Blood sample taken” is Yes"
    conditions = [
        item.condition
        for model in registry.all_forms()
        for part in paper_form(model)
        for item in part.items
        if item.condition
    ]
    tied = [item for model in registry.all_forms() for _field, item in registry.items(model) if item.when]
    assert len(conditions) == len(tied) > 10
    assert all("[" not in words and "“”" not in words and not words.endswith("is ") for words in conditions)


def test_a_table_of_fixed_rows_names_them_and_any_other_is_blank() -> None:
    tables = {oid: [part.table for part in paper_form(registry.get(oid)) if part.table] for oid in ("CYT", "AE")}
    (cytokines,), (grades,) = tables["CYT"], tables["AE"]
    assert cytokines.about == "Analyte" and "IL-6" in cytokines.rows
    assert not grades.about and set(grades.rows) == {""} and len(grades.rows) == 6
    notes = [part.note for part in paper_form(registry.get("TL")) if part.table]
    assert any(note.startswith("Only at SCR") for note in notes) and any(note.startswith("Not at") for note in notes)


@pytest.mark.req("R29")
def test_it_holds_no_data_and_needs_the_right_to_see_the_study(
    people: People, infused: Subject, signed_in: SignedIn
) -> None:
    record = vitals(people, infused, "D3", heart_rate="137")
    assert not is_missing(record.heart_rate)
    shown = paper_of(signed_in, people, "VS")
    assert "137" not in shown and infused.identifier not in shown and "CRF version 1.0" in shown
    assert signed_in(people.coordinator).get("/study/forms/NOPE/paper/").status_code == 404
    linked = re.findall(r'href="/study/forms/(\w+)/paper/"', text_of(signed_in(people.monitor).get("/study/")))
    assert sorted(linked) == sorted(model.crf.oid for model in registry.all_forms())


def test_the_form_says_which_version_of_the_protocol_it_was_entered_under(
    people: People, infused: Subject, signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = vitals(people, infused, "D3")
    address = "/subjects/01-001/D3/VS/1/"
    assert "CRF version 1.0" in text_of(signed_in(people.monitor).get(address))
    versions = {0: "1.0", 3: "2.1"}

    def known(number: int) -> Amendment:
        return Amendment(number, versions[number], record.assessed_date, "")

    monkeypatch.setattr(form_page, "amendment", known)
    with acting(people.coordinator, "test"):
        type(record).objects.filter(pk=record.pk).update(amendment=3)
    assert "CRF version 2.1" in text_of(signed_in(people.monitor).get(address))
    assert form_page.crf_version(9) == "9"


def test_a_printed_form_names_protocol_subject_person_and_signature(
    people: People, infused: Subject, signed_in: SignedIn
) -> None:
    vitals(people, infused, "D3")
    page = text_of(signed_in(people.monitor).get("/subjects/01-001/D3/VS/1/"))
    header = re.search(r'class="prt">(.*?)</div>', page, re.DOTALL)
    assert header is not None
    for words in ("CD70-CART-101", "01-001", "Day 3", "Vital signs 1", "by Monitor", "Not signed"):
        assert words in header[1], words
