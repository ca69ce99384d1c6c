"""Tables of rows: asked at some visits, opened with rows, checked row by row, confirmed for exactly what they say."""

from __future__ import annotations

import doctest
import importlib
from typing import Any

import pytest
from django.db import models

from efficacy.models import TargetLesion, TargetLesions
from enrollment.models import Subject
from tests.casebook.entering import enter, post
from tests.casebook.test_submission import VITALS
from tests.forms.tumour import LIVER, again, done, enter_baseline, infused_subject, measured, sentences, tables
from tests.people import People
from trial_edc.casebook import hooks
from trial_edc.casebook.entry import open_entry
from trial_edc.casebook.page import build_page
from trial_edc.casebook.place import Place
from trial_edc.casebook.submission import Conflict, Saved
from trial_edc.crf import registry, system_checks
from trial_edc.crf.fields import item
from trial_edc.crf.models import FormStatus
from trial_edc.crf.spec import Check, Crf, Section

MODULES = ("lesion_codes", "measurements", "target_checks", "selectors.opening", "selectors.samples")


@pytest.fixture
def subject(people: People) -> Subject:
    return infused_subject(people)


@pytest.mark.parametrize("name", MODULES)
def test_the_examples_hold(name: str) -> None:
    result = doctest.testmod(importlib.import_module(f"efficacy.{name}"))
    assert result.attempted and not result.failed


def test_a_table_is_asked_at_its_visits_only() -> None:
    assert [table.crf.oid for table in registry.row_tables(TargetLesions, "SCR")] == ["TLB"]
    assert [table.crf.oid for table in registry.row_tables(TargetLesions, "UNS")] == ["TLM"]
    assert [table.crf.oid for table in registry.row_tables(TargetLesions)] == ["TLB", "TLM"]


def test_rows_of_a_table_that_is_not_asked_are_not_read(people: People, subject: Subject) -> None:
    rows = tables("TL", "SCR", TLB=[LIVER]) | tables("TL", "D28", TLM=[])
    assert isinstance(post(people.coordinator, subject, "D28", "TL", **done(28), **rows), Saved)
    assert not TargetLesion.objects.exists()


def test_two_people_and_a_row_that_came_meanwhile(people: People, subject: Subject) -> None:
    """Taking over the saved table leaves out the rows that no one saved yet."""
    baseline = enter_baseline(people, subject)
    now = [measured("T01", "30"), measured("T02", "15")]
    record = enter(people.coordinator, subject, "D28", "TL", **done(28), **tables("TL", "D28", TLM=now))
    texts = done(-20) | again(baseline) | {"TLB-TOTAL_FORMS": "3", "reason_code": "SOURCE"}
    texts |= {f"TLB-2-{name}": value for name, value in LIVER.items()}
    enter(people.coordinator, subject, "SCR", "TL", **texts)
    mine = done(28) | again(record, TLM={0: {"mm": "33"}}) | {"version": "0"}
    outcome = post(people.coordinator, subject, "D28", "TL", **mine)
    assert isinstance(outcome, Conflict) and [each.name for each in outcome.differing] == ["TLM"]
    taken = post(people.coordinator, subject, "D28", "TL", **mine | {"version": "1", "resolve-TLM": "theirs"})
    assert isinstance(taken, Saved)
    assert [str(row.mm) for row in record.measurements.order_by("position")] == ["30.0", "15.0"]


def test_a_number_confirmed_without_decimals_stays_confirmed(people: People, subject: Subject) -> None:
    texts = VITALS | {"temperature_c": "42", "confirm-VS-TEMP-RANGE": "1"}
    saved = enter(people.coordinator, subject, "SCR", "VS", action="complete", **texts)
    record = Place(subject, "SCR", "VS").find()
    assert record is not None and str(record.temperature_c) == "42.0"
    entry = open_entry(Place(subject, "SCR", "VS"), people.coordinator, record=record)
    assert saved.status == FormStatus.COMPLETE
    build_page(entry, people.coordinator)
    assert [doubt.confirmed for doubt in entry.form.flags["temperature_c"].soft] == [True]


def test_an_item_that_does_not_apply_does_not_block_completion(people: People, subject: Subject) -> None:
    undone = {"imaging_done": "false", "not_done_reason": "no consent"} | tables("TL", "SCR")
    record = enter(people.coordinator, subject, "SCR", "TL", action="complete", **undone)
    assert (record.status, record.scan_date) == (FormStatus.COMPLETE, None)
    outcome = post(
        people.coordinator, subject, "BL", "TL", action="complete", imaging_done="true", **tables("TL", "BL")
    )
    assert sentences(outcome) == ["Enter a value, or say why there is none."]


def test_rows_without_captions_have_none() -> None:
    assert hooks.captions("no such table", None, [1, 2]) == [{}, {}]


@pytest.mark.parametrize(
    ("crf", "problem"),
    [
        (Crf("XROW", "X", "", (Section("", ("value",), only_at=("SCR",)),)), "crf.E006"),
        (Crf("XROW", "X", "", (Section("", ("value",), not_at=("SCR",)),)), "crf.E006"),
        (
            Crf("XROW", "X", "", (Section("", ("value",)),), (Check("X-1", "", lambda row: True, items=("value",)),)),
            "crf.E007",
        ),
        (
            Crf(
                "XROW",
                "X",
                "",
                (Section("", ("value",)),),
                (Check("X-1", "", lambda row: True, items=("value",), hard=True),),
            ),
            None,
        ),
    ],
    ids=["items at some visits", "items at all visits but some", "a soft check of a row", "a hard check of a row"],
)
def test_what_a_description_may_say(monkeypatch: pytest.MonkeyPatch, crf: Crf, problem: str | None) -> None:
    field = item(models.CharField(max_length=3), oid="XV")
    field.set_attributes_from_name("value")

    class Table:
        BASE_FIELDS: frozenset[str] = frozenset()
        _meta = type("Meta", (), {"concrete_fields": [field]})

    table: Any = Table
    table.crf = crf
    monkeypatch.setattr(registry, "all_rows", lambda: (table,))
    assert [found.id for found in system_checks._problems(table)] == ([problem] if problem else [])
