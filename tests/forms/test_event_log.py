"""The log of adverse events as a page, what stands beside an event, and the list to choose its term from."""

from __future__ import annotations

import re
from typing import Any

import pytest

from enrollment.models import Subject
from safety.ctcae import CRS_TERM
from safety.events.log import event_lines
from tests.bedside.columns import browser, day_of, infused, typed
from tests.casebook.entering import enter
from tests.forms.log_samples import MEDICATION, lines, panels_of
from tests.people import People
from trial_edc.audit.context import acting
from trial_edc.casebook.not_done import mark_not_done
from trial_edc.casebook.place import Place


@pytest.fixture
def subject(people: People) -> Subject:
    found = infused(people, days=12)
    with acting(people.coordinator, "test"):
        found.lymphodepletion_date = day_of(found, -5)
        found.save(update_fields=["lymphodepletion_date"])
    return found


def event(people: People, subject: Subject, onset: int, **texts: Any) -> Any:
    day = typed(day_of(subject, onset))
    known = {"term": "Nausea", "onset_date": day, "serious": "false"} | texts
    return enter(people.coordinator, subject, "LOG", "AE", sequence=0, rows=[{"grade": 2, "start_date": day}], **known)


def test_the_page_says_from_which_treatment_each_event_counts(people: People, subject: Subject) -> None:
    event(people, subject, -6)
    event(people, subject, -3)
    event(people, subject, 2, term="Fatigue")
    shown = [(line.onset_day, line.by_lymphodepletion.value, line.by_cells.value) for line in event_lines(subject)]
    assert shown == [("D-6", "no", "no"), ("D-3", "yes", "no"), ("D2", "yes", "yes")]
    page = browser(people.monitor).get(f"/adverse-events/{subject.identifier}/").content.decode()
    assert "Fatigue" in page
    assert "3 events" in page
    assert "New adverse event" not in page
    assert (
        "New adverse event"
        in browser(people.coordinator).get(f"/adverse-events/{subject.identifier}/").content.decode()
    )


def test_an_event_that_was_not_one_is_left_out(people: People, subject: Subject) -> None:
    mark_not_done(
        by=people.coordinator, place=Place(subject, "LOG", "AE", 1), reason="Entered twice", version=0,
        token="8f2b8f0e-2f8f-4a55-9a0a-0d6b7a1f0001",
    )  # fmt: skip
    assert event_lines(subject) == []


def test_beside_an_event_stand_its_links_and_its_emergence(people: People, subject: Subject) -> None:
    event(people, subject, 2, term=CRS_TERM)
    event(people, subject, 3, term="Fever", part_of_event="1")
    enter(people.coordinator, subject, "LOG", "CM", sequence=0, **(MEDICATION | {"event_number": "1"}))
    texts = {
        "term": CRS_TERM,
        "onset_date": typed(day_of(subject, 2)),
        "AEG-TOTAL_FORMS": "0",
        "AEG-INITIAL_FORMS": "0",
    }
    panels = {str(panel.title): panel for panel in panels_of(people.coordinator, subject, "AE", texts, sequence=1)}
    linked = lines(panels["Linked to this event"])
    assert ("Component, event 2", "Fever") in linked
    assert any(value == "Tocilizumab" for _label, value in linked)
    assert lines(panels["Treatment-emergent"]) == [
        ("Onset", "D2"), ("From lymphodepletion", "Yes"), ("From the cells", "Yes"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("typed_text", "first", "detail"),
    [
        ("neutro", "Neutrophil count decreased", "Investigations · CTCAE v5.0 · 1, 2, 3, 4"),
        ("CRS", CRS_TERM, "Immune system disorders · ASTCT 2019"),
        ("alop", "Alopecia", "Skin and subcutaneous tissue disorders · CTCAE v5.0 · 1, 2"),
    ],
)
def test_three_letters_find_terms_with_class_and_grades(
    people: People, typed_text: str, first: str, detail: str
) -> None:
    client = browser(people.coordinator)
    answer = client.get(f"/casebook/terms/?list=ctcae&name=term&term={typed_text}", HTTP_HX_REQUEST="true")
    options = re.findall(r'<li role="option" id="term-option-\d+"[^>]*data-value="([^"]+)"', answer.content.decode())
    assert options[0] == first
    assert detail in answer.content.decode()


@pytest.mark.parametrize(("typed_text", "words"), [("ne", ""), ("", ""), ("qqq", "Nothing in the list contains")])
def test_fewer_letters_or_no_hit_offer_nothing(people: People, typed_text: str, words: str) -> None:
    client = browser(people.coordinator)
    answer = client.get(f"/casebook/terms/?list=ctcae&name=term&term={typed_text}", HTTP_HX_REQUEST="true")
    content = answer.content.decode()
    assert "data-value" not in content
    assert words in content


def test_the_field_is_a_combobox(people: People, subject: Subject) -> None:
    page = browser(people.coordinator).get(f"/subjects/{subject.identifier}/LOG/AE/1/").content.decode()
    assert 'role="combobox"' in page
    assert 'aria-controls="id_term-options"' in page
    assert 'hx-get="/casebook/terms/?list=ctcae&amp;name=term"' in page
