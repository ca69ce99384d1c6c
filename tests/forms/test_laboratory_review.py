"""Grades beside the values of a laboratory form, severe results without an event as work, and shift tables."""

from __future__ import annotations

from typing import Any

import pytest

from enrollment.models import Subject
from safety.laboratory_work import severe_without_event
from safety.shifts import shift_tables
from tests.bedside.columns import browser, day_of, infused, typed
from tests.casebook.entering import enter
from tests.forms.samples import counts
from tests.people import People
from trial_edc.casebook.work import Desk

LOW = ("0.3", "10^9/L", "1.8", "6.3", "true")
TERM = "Neutrophil count decreased"


@pytest.fixture
def subject(people: People) -> Subject:
    return infused(people, days=12)


def sample(people: People, subject: Subject, study_day: int, visit: str, **changed: Any) -> Any:
    texts = counts(**changed) | {"collected_date": typed(day_of(subject, study_day))}
    return enter(people.coordinator, subject, visit, "HEM", **texts)


def test_the_grade_stands_beside_the_value_and_follows_it(people: People, subject: Subject) -> None:
    texts = counts(NEUT=LOW) | {"collected_date": typed(day_of(subject, 3))}
    client = browser(people.coordinator)
    url = f"/subjects/{subject.identifier}/D3/HEM/1/"
    live = client.post(f"{url}live/", texts).content.decode()
    place = live.index('id="id_HEMR-1-value-flags"')
    assert f"CTCAE 4, {TERM}" in live[place : place + 500]
    assert live.count("CTCAE 4") < live.count("HEMR-")  # beside this value, not beside every value
    without = client.post(f"{url}live/", texts | {"HEMR-1-value": "3.0"}).content.decode()
    assert f"CTCAE 4, {TERM}" not in without
    sample(people, subject, 3, "D3", NEUT=LOW)
    assert f"CTCAE 4, {TERM}" in client.get(url).content.decode()


def test_a_severe_result_is_one_click_from_its_event(people: People, subject: Subject) -> None:
    sample(people, subject, 3, "D3", NEUT=LOW)
    sample(people, subject, 4, "D4", NEUT=LOW)
    found = list(severe_without_event(Desk(people.coordinator)))
    assert [(line.subject, TERM in str(line.what)) for line in found] == [(subject.identifier, True)]
    page = browser(people.coordinator).get(found[0].url, follow=True).content.decode()
    assert TERM in page
    assert typed(day_of(subject, 3)) in page
    day = typed(day_of(subject, 3))
    enter(
        people.coordinator, subject, "LOG", "AE", sequence=0, rows=[{"grade": 4, "start_date": day}], term=TERM,
        onset_date=day, serious="false",
    )  # fmt: skip
    assert list(severe_without_event(Desk(people.coordinator))) == []


def test_a_shift_table_counts_each_subject_once(people: People, subject: Subject) -> None:
    sample(people, subject, -6, "BL")
    sample(people, subject, 3, "D3", NEUT=LOW)
    sample(people, subject, 4, "D4", NEUT=("1.7", "10^9/L", "1.8", "6.3", "false"))
    tables = {table.term: table for table in shift_tables(Subject.objects.all())}
    neutrophils = tables[TERM]
    assert (neutrophils.subjects, neutrophils.severe) == (1, (subject.identifier,))
    assert dict(neutrophils.rows)[0] == (0, 0, 0, 0, 1)
    assert dict(tables["Anemia"].rows)[0] == (1, 0, 0, 0, 0)
    page = browser(people.monitor).get("/laboratory/shifts/").content.decode()
    assert TERM in page
    assert f"/subjects/{subject.identifier}/" in page
    assert TERM not in browser(people.elsewhere).get("/laboratory/shifts/").content.decode()
