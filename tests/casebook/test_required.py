"""Forms that become required by what was found: one definition behind status, lists, pages and closing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from enrollment.models import Subject
from enrollment.services import add_subject
from safety.models import CrsAssessment
from tests.casebook.conftest import SignedIn
from tests.casebook.entering import enter
from tests.casebook.test_matrix import text_of, vitals
from tests.people import People
from trial_edc.accounts.access import today
from trial_edc.audit.context import acting
from trial_edc.casebook import required
from trial_edc.casebook.obstacles import obstacles, scope_of
from trial_edc.casebook.required import Requirement, Requirements
from trial_edc.casebook.selectors.facts import read_facts
from trial_edc.casebook.selectors.matrix import read_matrix
from trial_edc.casebook.selectors.status import FormState, casebook
from trial_edc.casebook.work import Desk, find
from trial_edc.crf import registry
from trial_edc.protocol import status

CALM: dict[str, Any] = {
    "assessed_time": "08:14", "max_temperature_c": "36.8", "fever_other_cause": "false",
    "crs_already_diagnosed": "false", "antipyretic_given": "false", "tocilizumab_given": "false",
    "corticosteroid_given": "false", "hypotension": "false", "oxygen_support": "none",
}  # fmt: skip
FEVER = CALM | {"max_temperature_c": "38.6"}
LOW_PRESSURE = FEVER | {"hypotension": "true"}


def ago(days: int) -> date:
    return today() - timedelta(days=days)


def assess(people: People, subject: Subject, day: int, texts: dict[str, Any], **more: Any) -> Any:
    """Enter a CRS assessment at a study day of a subject that was infused ten days ago."""
    given = texts | {"assessed_date": ago(10 - day).isoformat()} | more
    by = people.investigator if "investigator_grade" in more else people.coordinator
    return enter(by, subject, f"D{day}", "CRS", **given)


def form(subject: Subject, visit: str, oid: str) -> FormState:
    state = casebook(subject).at(visit)
    assert state is not None
    return next(each for each in state.forms if each.form.oid == oid)


@pytest.fixture
def rule(monkeypatch: pytest.MonkeyPatch) -> list[Requirement]:
    """Replace the registered rules by one that asks for an electrocardiogram on the second day."""
    asked: list[Requirement] = []

    def source(subject_ids: Sequence[UUID], /, *, as_of: datetime | None = None) -> Requirements:
        return {(pk, "D2"): asked for pk in subject_ids}

    monkeypatch.setattr(required, "_sources", [])
    required.register(source)
    required.register(source)
    assert len(required._sources) == 1
    return asked


@pytest.fixture
def subject(people: People, infused: Subject) -> Subject:
    assert registry.find("CYT") is not None
    return infused


def test_an_optional_form_becomes_required_everywhere_at_once(
    people: People, subject: Subject, rule: list[Requirement], signed_in: SignedIn
) -> None:
    oid = "CYT"
    before = casebook(subject).at("D2")
    assert before is not None and not form(subject, "D2", oid).form.required
    rule.append(Requirement(oid, datetime(2026, 3, 12, 0, 14, tzinfo=UTC), "CRS grade 1"))
    state = casebook(subject).at("D2")
    assert state is not None and len(state.required) == len(before.required) + 1
    found = form(subject, "D2", oid)
    assert found.form.required and found.form.records == 1 and found.status is status.OVERDUE
    page = text_of(signed_in(people.monitor).get("/subjects/01-001/D2/"))
    assert "required since 12-Mar-2026 08:14 because CRS grade 1" in " ".join(page.split())
    words = [point.words for point in obstacles(scope_of(subject, "D2"), to="FROZEN")]
    assert "Cytokines and inflammation is not complete" in words
    assert f"0/{len(state.required)}" in text_of(signed_in(people.monitor).get("/subjects/01-001/"))
    assert not form(subject, "D4", oid).form.required


def test_only_the_form_that_was_asked_for_and_only_where_the_schedule_left_it_open(
    subject: Subject, rule: list[Requirement]
) -> None:
    rule.append(Requirement("VS", date(2026, 3, 12), "test"))
    rule.append(Requirement("TL", date(2026, 3, 12), "not collected at this visit"))
    vital_signs = form(subject, "D2", "VS")
    assert vital_signs.requirement is None and vital_signs.form.records == 4, "the schedule asks for four"
    state = casebook(subject).at("D2")
    assert state is not None and "TL" not in [each.form.oid for each in state.forms]


def test_the_earliest_reason_is_shown(subject: Subject, rule: list[Requirement]) -> None:
    evening, morning = (datetime(2026, 3, 12, hour, tzinfo=UTC) for hour in (20, 6))
    for since, because in ((evening, "b"), (morning, "a"), (evening, "c"), (date(2026, 3, 13), "d")):
        rule.append(Requirement("CYT", since, because))
    found = form(subject, "D2", "CYT").requirement
    assert found is not None and found.because == "a"
    rule.append(Requirement("CYT", date(2026, 3, 12), "some time on that day"))
    found = form(subject, "D2", "CYT").requirement
    assert found is not None and found.because == "some time on that day"


def test_it_is_on_the_lists_of_what_is_due(people: People, subject: Subject) -> None:
    with acting(people.coordinator, "test"):
        subject.infused_at = subject.infused_at and subject.infused_at + timedelta(days=6)
        subject.save()
    # Today is Day 4, on which the protocol plans no cytokine sample.
    enter(people.coordinator, subject, "D4", "CRS", **FEVER, assessed_date=today().isoformat())

    def lines(name: str) -> list[str]:
        wanted = find(name)
        assert wanted is not None
        return [line.url for line in wanted.found(Desk(people.coordinator))]

    assert "/subjects/01-001/D4/CYT/1/" in lines("samples-due")
    assert "/subjects/01-001/D4/" in lines("due")


# --- the extra cytokine draw


def test_a_fever_asks_for_cytokines_at_its_visit_since_its_moment(
    people: People, subject: Subject, signed_in: SignedIn
) -> None:
    assess(people, subject, 3, CALM)
    assert not form(subject, "D4", "CYT").form.required
    assess(people, subject, 4, FEVER)
    found = form(subject, "D4", "CYT")
    assert found.form.required and found.requirement is not None and found.requirement.because == "CRS grade 1"
    page = " ".join(text_of(signed_in(people.coordinator).get("/subjects/01-001/D4/")).split())
    day = ago(6).strftime("%d-%b-%Y")
    assert f"required since {day} 08:14 because CRS grade 1" in page
    assert form(subject, "D3", "CYT").requirement is None, "a planned sample needs no reason"
    other = add_subject(by=people.coordinator, site=people.site)
    assert not form(other, "D4", "CYT").form.required


@pytest.mark.parametrize(
    ("course", "visits"),
    [
        ({2: FEVER, 4: FEVER, 6: FEVER}, {"D2"}),
        ({2: FEVER, 4: CALM, 6: FEVER}, {"D2", "D6"}),
        ({2: LOW_PRESSURE, 4: LOW_PRESSURE, 6: FEVER}, {"D2", "D4"}),
        ({2: CALM, 4: CALM}, set()),
    ],
)
def test_onsets_and_every_day_of_grade_2(
    people: People, subject: Subject, course: dict[int, dict[str, Any]], visits: set[str]
) -> None:
    for day, texts in course.items():
        assess(people, subject, day, texts)
    asked = {state.visit.code for state in casebook(subject).visits for each in state.forms if each.requirement}
    assert asked == visits


def test_the_investigators_grade_stands(people: People, subject: Subject) -> None:
    assess(people, subject, 4, FEVER, investigator_grade="0", grade_reason="urinary infection")
    assert not form(subject, "D4", "CYT").form.required
    assess(people, subject, 6, CALM, investigator_grade="1", grade_reason="fever at home")
    assert form(subject, "D6", "CYT").form.required


def test_neither_a_form_not_done_nor_one_without_a_date_asks(people: People, subject: Subject) -> None:
    record = assess(people, subject, 4, FEVER)
    with acting(people.coordinator, "test"):
        CrsAssessment.objects.filter(pk=record.pk).update(status="NOT DONE")
    assert not form(subject, "D4", "CYT").form.required
    with acting(people.coordinator, "test"):
        CrsAssessment.objects.filter(pk=record.pk).update(status="STARTED", assessed_date=None)
    assert not form(subject, "D4", "CYT").form.required
    with acting(people.coordinator, "test"):
        CrsAssessment.objects.filter(pk=record.pk).update(assessed_date=ago(6), assessed_time=None)
    found = form(subject, "D4", "CYT").requirement
    assert found is not None and found.since == ago(6)


def test_without_the_form_nothing_is_asked(subject: Subject, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("safety.expected_draws.registry.find", lambda _oid: None)
    assert read_facts([subject.pk]).required == {}


def test_one_statement_for_all_subjects(people: People, subject: Subject) -> None:
    def reads() -> int:
        with CaptureQueriesContext(connection) as captured:
            matrix = read_matrix(Subject.objects.all())
        assert matrix.books
        assert sum("LEFT JOIN review_ruleresult" in query["sql"] for query in captured) == 1
        return len(captured)

    assess(people, subject, 4, FEVER)
    vitals(people, subject, "D4")
    few = reads()
    for _number in range(4):
        add_subject(by=people.coordinator, site=people.site)
    assert few == reads()
