"""A query may sit on a row of a table; what happens to the row never leaves it hanging."""

from __future__ import annotations

import pytest

from enrollment.models import Subject
from safety.models import AdverseEvent, GradeChange
from tests.casebook.entering import post
from tests.people import People
from tests.review.conftest import EVENT, GRADES
from tests.review.saving import REASON, save_event
from trial_edc.casebook.selectors.facts import read_facts
from trial_edc.casebook.submission import Conflict, Saved
from trial_edc.errors import DomainError
from trial_edc.review.models import Query
from trial_edc.review.services import move_query, raise_query


@pytest.fixture
def row(event: AdverseEvent) -> GradeChange:
    return GradeChange.objects.get(record=event, position=2)


@pytest.fixture
def query(people: People, row: GradeChange) -> Query:
    return raise_query(by=people.monitor, record=row, field="grade", text="Grade 3 on which day?")


def test_a_query_on_a_row_counts_for_its_form(
    people: People, subject: Subject, event: AdverseEvent, query: Query
) -> None:
    assert (query.form, query.root_record, query.visit, query.sequence) == ("AEG", event.pk, "LOG", 1)
    facts = read_facts([subject.pk])
    assert facts.queries == {event.pk: (1, 0)} and facts.queries_at == {(subject.pk, "LOG"): (1, 0)}


@pytest.mark.parametrize("answered", [False, True])
def test_a_removed_row_closes_its_query_with_the_reason(
    people: People, event: AdverseEvent, query: Query, answered: bool
) -> None:
    if answered:
        move_query(by=people.coordinator, query=query, to="answered", text="On the fourth.")
    other = raise_query(by=people.monitor, record=event, field="term", text="Which ward?")
    save_event(people.investigator, event, EVENT, [GRADES[0], GRADES[1] | {"DELETE": "on"}], **REASON)
    query.refresh_from_db()
    other.refresh_from_db()
    assert (query.state, other.state) == ("closed", "open")
    last = query.messages.last()
    assert last is not None and last.said_by == people.investigator
    assert last.text == "The row was removed: Other, explain: entered twice"
    assert GradeChange.objects.filter(record=event).count() == 1


def test_a_changed_row_answers_its_query_and_no_other(people: People, event: AdverseEvent, query: Query) -> None:
    first = GradeChange.objects.get(record=event, position=1)
    other = raise_query(by=people.monitor, record=first, field="grade", text="Really grade 2?")
    save_event(people.investigator, event, EVENT, [GRADES[0], GRADES[1] | {"grade": "4"}])
    query.refresh_from_db()
    other.refresh_from_db()
    assert (query.state, query.assigned_to, other.state) == ("answered", people.monitor, "open")


def test_a_save_that_leaves_the_row_alone_leaves_its_query_alone(
    people: People, event: AdverseEvent, query: Query
) -> None:
    save_event(people.investigator, event, EVENT | {"term_specify": "neutropenia"}, GRADES)
    query.refresh_from_db()
    assert query.state == "open"


def test_rows_that_are_replaced_as_a_whole_close_their_queries(
    people: People, subject: Subject, event: AdverseEvent, query: Query
) -> None:
    """Somebody else's page did not know the saved rows; by choice its rows replace them."""
    outcome = post(people.investigator, subject, "LOG", "AE", version="0", rows=[GRADES[0]], **EVENT)
    assert isinstance(outcome, Conflict)
    chosen = EVENT | {"resolve-AEG": "mine"}
    outcome = post(people.investigator, subject, "LOG", "AE", rows=[GRADES[0]], **chosen)
    assert isinstance(outcome, Saved)
    query.refresh_from_db()
    assert query.state == "closed" and query.messages.count() == 2
    assert not GradeChange.objects.filter(pk=query.record).exists()


def test_nothing_is_asked_about_a_row_that_is_gone(people: People, event: AdverseEvent, row: GradeChange) -> None:
    save_event(people.investigator, event, EVENT, [GRADES[0], GRADES[1] | {"DELETE": "on"}])
    with pytest.raises(DomainError, match="removed in the meantime"):
        raise_query(by=people.monitor, record=row, field="grade", text="Grade 3 on which day?")


def test_a_field_that_is_no_item_cannot_be_asked_about(people: People, row: GradeChange) -> None:
    with pytest.raises(DomainError, match="no such field"):
        raise_query(by=people.monitor, record=row, field="position", text="Why here?")
