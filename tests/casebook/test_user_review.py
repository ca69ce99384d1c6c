"""The periodic review of users: confirmed with a note, bound to the list that was seen, listed when overdue."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from tests.casebook.conftest import SignedIn
from tests.casebook.test_matrix import text_of
from tests.people import START, People
from trial_edc.accounts.access import today
from trial_edc.accounts.models import UserReview
from trial_edc.accounts.services import switch_off
from trial_edc.audit.context import acting, system_user
from trial_edc.audit.models import ItemChange
from trial_edc.casebook.selectors.rights import fingerprint
from trial_edc.casebook.user_review import next_review_due, present_list
from trial_edc.protocol.windows import add_months

ADDRESS, LIST = "/audit/rights/review/", "/desk/user-review/"


def seen_on(client: Any) -> str:
    found = re.search(r'name="seen" value="([0-9a-f]{64})"', text_of(client.get(ADDRESS)))
    assert found
    return found.group(1)


def reviewed(people: People, day: date) -> UserReview:
    """Let the list have been reviewed on some day."""
    moment = timezone.make_aware(datetime(day.year, day.month, day.day, 12))  # noqa: DTZ001  # the zone follows
    with acting(system_user(), "test", source="command"):
        return UserReview.objects.create(
            reviewed_at=moment, reviewed_by=people.administrator, note="Seen", people=1, content_hash="0" * 64
        )


@pytest.mark.req("R28")
@pytest.mark.parametrize("role", ["administrator", "data_manager"])
def test_the_list_is_confirmed_with_a_note(people: People, signed_in: SignedIn, role: str) -> None:
    person, client = getattr(people, role), signed_in(getattr(people, role))
    answer = client.post(ADDRESS, {"seen": seen_on(client), "note": "Compared with the delegation log."})
    assert answer.status_code == 302
    review = UserReview.objects.get()
    assert (review.reviewed_by, review.note, review.people) == (person, "Compared with the delegation log.", 11)
    assert ItemChange.objects.get(record=review.pk, field="content_hash").changed_by == person.pk
    page = text_of(client.get(ADDRESS))
    assert "Compared with the delegation log." in page and review.content_hash in page
    with acting(people.administrator, "left"):
        switch_off(by=people.administrator, user=people.statistician)
    assert fingerprint(present_list(review.reviewed_at)) == review.content_hash, "what was confirmed can be shown again"
    assert fingerprint(present_list(timezone.now())) != review.content_hash


@pytest.mark.req("R28")
def test_a_list_that_has_changed_is_not_confirmed(people: People, signed_in: SignedIn) -> None:
    client = signed_in(people.administrator)
    seen = seen_on(client)
    with acting(people.administrator, "left"):
        switch_off(by=people.administrator, user=people.statistician)
    refused = client.post(ADDRESS, {"seen": seen, "note": "All as it should be."})
    assert refused.status_code == 422 and "has changed since" in text_of(refused) and "All as it" in text_of(refused)
    assert client.post(ADDRESS, {"seen": seen_on(client), "note": " . "}).status_code == 422
    assert not UserReview.objects.exists()


@pytest.mark.req("R28")
@pytest.mark.parametrize(
    ("due_in", "listed", "late"), [(31, False, False), (30, True, False), (0, True, False), (-1, True, True)]
)
def test_a_review_that_is_due_is_listed(
    people: People, signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch, due_in: int, listed: bool, late: bool
) -> None:
    due = today() + timedelta(days=due_in)
    monkeypatch.setattr("trial_edc.casebook.selectors.people_lists.next_review_due", lambda: due)
    for person in (people.administrator, people.data_manager):
        client = signed_in(person)
        page = text_of(client.get(LIST))
        assert ("Review of the list of users" in page) == listed == (LIST in text_of(client.get("/desk/")))
        assert ("1 day late" in page) == late


@pytest.mark.req("R28")
def test_the_next_review_is_due_half_a_year_after_the_last(people: People) -> None:
    reviewed(people, date(2025, 8, 31))
    reviewed(people, date(2024, 1, 15))
    assert next_review_due() == date(2026, 2, 28)


def test_before_the_first_review_the_months_count_from_the_first_role(people: People) -> None:
    assert next_review_due() == add_months(START, 6)


def test_nobody_else_reviews(people: People, signed_in: SignedIn) -> None:
    for name in ("coordinator", "investigator", "monitor", "inspector", "statistician", "src_member"):
        client = signed_in(getattr(people, name))
        assert client.get(ADDRESS).status_code == client.get(LIST).status_code == 403, name
