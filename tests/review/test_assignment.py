"""Who has to act next on a query, how often it came back, and who may hand it over."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from safety.models import VitalSigns
from tests.people import People
from trial_edc.accounts.services import grant_role
from trial_edc.audit.context import acting, system_user
from trial_edc.audit.models import ItemChange
from trial_edc.errors import DomainError
from trial_edc.review.models import Query
from trial_edc.review.selectors import people_who_act
from trial_edc.review.services import assign_query, move_query, raise_query


@pytest.fixture
def query(people: People, vitals: VitalSigns) -> Query:
    return raise_query(by=people.monitor, record=vitals, field="heart_rate", text="Pulse or monitor?")


def held(query: Query) -> tuple[Any, str]:
    query.refresh_from_db()
    return query.assigned_to, query.assigned_role


def test_the_site_answers_and_who_asked_decides(people: People, query: Query) -> None:
    assert held(query) == (None, "coordinator")
    move_query(by=people.coordinator, query=query, to="answered", text="Pulse.")
    assert held(query) == (people.monitor, "")
    move_query(by=people.data_manager, query=query, to="open", text="Which one?")
    assert held(query) == (None, "coordinator") and query.reopened == 1
    move_query(by=people.monitor, query=query, to="closed", text="Seen.")
    move_query(by=people.data_manager, query=query, to="open", text="Still not clear.")
    assert held(query) == (None, "coordinator") and query.reopened == 2


def test_a_query_is_handed_to_a_person_or_a_role(people: People, query: Query) -> None:
    assign_query(by=people.monitor, query=query, person=people.investigator)
    assert held(query) == (people.investigator, "")
    assign_query(by=people.coordinator, query=query, role="sub-investigator")
    assert held(query) == (None, "sub-investigator")
    assert ItemChange.objects.filter(record=query.pk, field="assigned_role").count() == 3


@pytest.mark.parametrize("role", ["", "inspector", "statistician", "nobody"])
def test_only_roles_that_act_on_queries_get_one(people: People, query: Query, role: str) -> None:
    with pytest.raises(DomainError, match="Choose a role or a person"):
        assign_query(by=people.monitor, query=query, role=role)


@pytest.mark.parametrize("name", ["elsewhere", "inspector", "administrator"])
def test_only_people_who_act_at_the_site_get_one(people: People, query: Query, name: str) -> None:
    with pytest.raises(DomainError, match="Choose a role or a person"):
        assign_query(by=people.monitor, query=query, person=getattr(people, name))


@pytest.mark.parametrize("name", ["statistician", "inspector", "administrator", "elsewhere", "cell_processing"])
def test_readers_hand_nothing_over(people: People, query: Query, name: str) -> None:
    with pytest.raises(PermissionDenied):
        assign_query(by=getattr(people, name), query=query, role="coordinator")


def test_a_closed_query_is_nobodys(people: People, query: Query) -> None:
    move_query(by=people.monitor, query=query, to="closed", text="Seen.")
    with pytest.raises(DomainError, match="This query is Closed"):
        assign_query(by=people.monitor, query=query, role="coordinator")


def test_the_choice_of_people_is_who_acts_at_the_site_today(people: People) -> None:
    with acting(system_user(), "test", source="command"):
        former = people.statistician
        grant_role(user=former, role="monitor", site=None, start_date=date(2020, 1, 1), end_date=date(2021, 1, 1))
    names = [person.username for person in people_who_act(people.site)]
    assert names == ["coordinator", "data_manager", "investigator", "monitor", "sub_investigator"]
    assert [person.username for person in people_who_act(people.other_site)] == ["data_manager", "elsewhere", "monitor"]


@pytest.mark.parametrize("answered", [False, True])
def test_only_who_asked_cancels(people: People, query: Query, answered: bool) -> None:
    if answered:
        move_query(by=people.coordinator, query=query, to="answered", text="Pulse.")
    with pytest.raises(DomainError, match="Only the person who raised"):
        move_query(by=people.data_manager, query=query, to="cancelled", text="Asked twice.")
    move_query(by=people.monitor, query=query, to="cancelled", text="Asked twice.")
    assert query.messages.count() == (3 if answered else 2)


@pytest.mark.parametrize(
    ("text", "sentence"), [("  ", "at least 3"), ("...", "at least 3"), ("x" * 4001, "at most 4,000")]
)
def test_a_message_is_a_sentence(people: People, query: Query, text: str, sentence: str) -> None:
    with pytest.raises(DomainError, match=sentence):
        move_query(by=people.coordinator, query=query, to="answered", text=text)


def test_a_step_that_no_longer_fits_is_refused(people: People, query: Query) -> None:
    move_query(by=people.monitor, query=query, to="closed", text="Seen.")
    with pytest.raises(DomainError, match="This query is Closed"):
        move_query(by=people.coordinator, query=query, to="answered", text="Pulse.")
