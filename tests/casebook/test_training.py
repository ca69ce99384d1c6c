"""Training: recorded before anybody enters data; without it people read, and change nothing."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from enrollment.models import Subject
from enrollment.services import add_subject
from tests.casebook.conftest import SignedIn
from tests.casebook.entering import enter
from tests.casebook.test_closing import VITALS
from tests.casebook.test_matrix import text_of
from tests.people import START, People
from trial_edc.accounts.access import holds, may, may_sign_casebook, memberships, require, sites_of, today, training_gap
from trial_edc.accounts.models import Training, User
from trial_edc.accounts.roles import NEEDS_TRAINING, ROLES, Permission
from trial_edc.accounts.services import create_user, grant_role
from trial_edc.accounts.training import State, record_training, set_expiry, standings
from trial_edc.audit.context import acting, system_user
from trial_edc.audit.models import ItemChange
from trial_edc.errors import DomainError
from trial_edc.review.services import raise_query

READING = {
    Permission.VIEW_SUBJECTS, Permission.VIEW_BOARD, Permission.VIEW_STUDY, Permission.VIEW_AUDIT,
    Permission.REVIEW_AUDIT, Permission.MAKE_REPORT, Permission.USE_BENCH, Permission.MANAGE_USERS,
    Permission.KEEP_DELEGATION, Permission.REVIEW_USERS, Permission.VIEW_DESIGNS,
}  # fmt: skip


def expire(user: User, topic: str = "gcp", days_ago: int = 1) -> User:
    """Let one training of a person end some days ago; return the person as a new request reads them."""
    with acting(system_user(), "test", source="command"):
        for training in Training.objects.filter(user=user, topic=topic):
            set_expiry(training=training, expiry_date=today() - timedelta(days=days_ago))
    return User.objects.get(pk=user.pk)


def test_every_permission_either_takes_training_or_only_reads() -> None:
    assert set(Permission) - NEEDS_TRAINING == READING


@pytest.mark.req("R27")
@pytest.mark.parametrize("topic", Training.Topic.values)
def test_every_topic_is_needed(people: People, topic: str) -> None:
    coordinator = expire(people.coordinator, topic)
    assert holds(coordinator, Permission.ENTER_DATA, people.site)
    assert not may(coordinator, Permission.ENTER_DATA, people.site)
    assert may(coordinator, Permission.VIEW_SUBJECTS, people.site)
    assert not sites_of(coordinator, Permission.ENROL) and sites_of(coordinator, Permission.VIEW_SUBJECTS)
    with pytest.raises(PermissionDenied, match=f"no valid training in: {Training.Topic(topic).label}"):
        require(coordinator, Permission.ENTER_DATA, people.site)


@pytest.mark.req("R27")
def test_nobody_enters_before_training_is_recorded(people: People) -> None:
    with acting(system_user(), "test", source="command"):
        newcomer = create_user(username="newcomer", full_name="New Comer", password="a long new password 3")
        grant_role(user=newcomer, role="coordinator", site=people.site, start_date=START)
    assert not may(newcomer, Permission.ENTER_DATA, people.site) and may(newcomer, Permission.VIEW_SUBJECTS)
    with acting(people.administrator):
        record_training(by=people.administrator, people=[newcomer], topics=Training.Topic.values,
                        completed_date=today(), expiry_date=today(), today=today())  # fmt: skip
    newcomer = User.objects.get(pk=newcomer.pk)
    assert may(newcomer, Permission.ENTER_DATA, people.site), "the last day counts"


@pytest.mark.req("R27")
def test_a_save_is_refused_in_words_and_reading_goes_on(
    people: People,
    infused: Subject,
    signed_in: SignedIn,
) -> None:
    enter(people.coordinator, infused, "D3", "VS", **(VITALS | {"assessed_date": today().isoformat()}))
    expire(people.coordinator)
    client, address = signed_in(people.coordinator), f"/subjects/{infused.identifier}/D3/VS/1/"
    page = client.get(address)
    assert page.status_code == 200 and "no valid training in: Good clinical practice" in text_of(page)
    assert 'value="complete"' not in text_of(page)
    before = ItemChange.objects.count()
    refused = client.post(address, VITALS | {"token": "f2c7a2e4-2f5e-4a54-a2a0-4a0fd3c1fb41", "version": "1"})
    assert refused.status_code == 403 and "no valid training in" in text_of(refused)
    assert client.post(f"{address}draft/", {}).status_code == 403
    assert ItemChange.objects.count() == before
    for reading in ("/subjects/", f"/subjects/{infused.identifier}/", "/queries/", "/study/", "/desk/"):
        assert client.get(reading).status_code == 200, reading


@pytest.mark.req("R27")
def test_neither_signing_nor_asking_nor_enrolling_goes_on(people: People, infused: Subject) -> None:
    form: Any = enter(people.coordinator, infused, "D3", "VS", **(VITALS | {"assessed_date": today().isoformat()}))
    investigator, monitor = expire(people.investigator), expire(people.monitor, "protocol")
    assert not may_sign_casebook(investigator, people.site)
    with pytest.raises(PermissionDenied, match="no valid training"):
        add_subject(by=investigator, site=people.site)
    with pytest.raises(PermissionDenied, match="no valid training"):
        raise_query(by=monitor, record=form, field="heart_rate", text="Why?")


def test_the_delegation_log_and_the_accounts_take_no_training(people: People, signed_in: SignedIn) -> None:
    investigator, administrator = expire(people.investigator), expire(people.administrator)
    assert signed_in(investigator).get("/people/").status_code == 200
    assert signed_in(administrator).get("/people/").status_code == 200 and training_gap(administrator) == ""


def test_the_permission_read_costs_one_query(people: People) -> None:
    user = User.objects.get(pk=people.coordinator.pk)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        memberships(user), may(user, Permission.ENTER_DATA), training_gap(user)
    assert len(queries) == 1


@pytest.mark.req("R27")
def test_an_administrator_records_a_session(people: People, signed_in: SignedIn) -> None:
    expire(people.coordinator)
    client = signed_in(people.administrator)
    posted = {
        "topics": ["gcp"], "completed_date": today().isoformat(), "expiry_date": "", "people": [people.coordinator.pk],
    }  # fmt: skip
    assert client.post("/people/training/", posted).status_code == 302
    assert may(User.objects.get(pk=people.coordinator.pk), Permission.ENTER_DATA, people.site)
    kept = Training.objects.filter(user=people.coordinator, topic="gcp").latest("completed_date")
    assert ItemChange.objects.get(record=kept.pk, field="topic").changed_by == people.administrator.pk
    address = f"/people/training/{kept.pk}/end/"
    ended = {"end_date": (today() - timedelta(days=1)).isoformat(), "reason": "New protocol version."}
    assert client.post(address, ended | {"reason": ""}).status_code == 422
    assert client.post(address, ended).headers["Location"] == "/people/training/"
    assert not may(User.objects.get(pk=people.coordinator.pk), Permission.ENTER_DATA, people.site)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"completed_date": (date.today() + timedelta(days=3)).isoformat()}, "still to come"),  # noqa: DTZ011
        ({"expiry_date": "2019-12-31", "completed_date": "2020-01-01"}, "before the first"),
        ({"topics": []}, "This field is required."),
        ({"people": []}, "This field is required."),
    ],
)
def test_what_cannot_be_recorded_is_said(
    people: People,
    signed_in: SignedIn,
    change: dict[str, Any],
    sentence: str,
) -> None:
    posted = {"topics": ["gcp"], "completed_date": "2026-01-05", "expiry_date": "", "people": [people.coordinator.pk]}
    before = Training.objects.count()
    answer = signed_in(people.administrator).post("/people/training/", posted | change)
    assert answer.status_code == 422 and sentence in text_of(answer) and Training.objects.count() == before


def test_the_training_that_lasts_longest_counts(people: People) -> None:
    expire(people.coordinator, days_ago=400)
    with acting(people.administrator):
        for last in (today() + timedelta(days=31), today() + timedelta(days=2)):
            record_training(by=people.administrator, people=[people.coordinator], topics=["gcp"], completed_date=START,
                            expiry_date=last, today=today())  # fmt: skip
    states = {
        each.topic.value: each.state for each in standings([people.coordinator.pk], today())[people.coordinator.pk]
    }
    assert states == {"protocol": State.VALID, "edc": State.VALID, "gcp": State.VALID}


def waiting(client: Client, name: str) -> str:
    return text_of(client.get(f"/desk/{name}/"))


@pytest.mark.req("R27")
@pytest.mark.parametrize(("days", "sentence"), [(30, "ends soon"), (31, ""), (0, "ends soon"), (-1, "has ended")])
def test_what_ends_within_thirty_days_is_listed_for_person_and_administrator(
    people: People,
    signed_in: SignedIn,
    days: int,
    sentence: str,
) -> None:
    expire(people.coordinator, days_ago=-days)
    own = waiting(signed_in(people.coordinator), "training-mine")
    everyones = waiting(signed_in(people.administrator), "training-people")
    if sentence:
        assert sentence in own and sentence in everyones and people.coordinator.full_name in everyones
        assert "/desk/training-mine/" in text_of(signed_in(people.coordinator).get("/desk/"))
    else:
        assert "data-total" not in own and "data-total" not in everyones
        assert "/desk/training-mine/" not in text_of(signed_in(people.coordinator).get("/desk/"))
    assert people.coordinator.full_name not in waiting(signed_in(people.monitor), "training-mine").split("<main")[1]


def test_only_administrators_see_everybodys_training(people: People, signed_in: SignedIn) -> None:
    for role in ROLES:
        person = getattr(people, role.replace("-", "_"))
        expected = 200 if role == "administrator" else 403
        assert signed_in(person).get("/people/training/").status_code == expected, role
        assert signed_in(person).get("/desk/training-people/").status_code == expected, role


def test_a_training_to_come_is_refused(people: People) -> None:
    with acting(people.administrator), pytest.raises(DomainError, match="still to come"):
        record_training(by=people.administrator, people=[people.coordinator], topics=["gcp"],
                        completed_date=date(2099, 1, 1), expiry_date=None, today=today())  # fmt: skip
