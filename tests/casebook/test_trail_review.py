"""The trail can be searched by role, item and pattern, reviewed with a note, and says who read what."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone

from enrollment.models import Subject
from enrollment.services import add_subject
from safety.models import VitalSigns
from tests.casebook.entering import enter
from tests.casebook.test_closing import VITALS, browser
from tests.people import People
from trial_edc.audit.context import acting
from trial_edc.audit.models import AccessEvent, ItemChange, TrailReview
from trial_edc.casebook import closing
from trial_edc.casebook.selectors.trail_list import TrailFilter, readable_changes
from trial_edc.casebook.trail_review import PATTERNS, with_pattern
from trial_edc.review.services import raise_query

AUDIT = "/audit/"


@pytest.fixture
def subject(people: People) -> Subject:
    return add_subject(by=people.coordinator, site=people.site)


@pytest.fixture
def form(people: People, subject: Subject) -> VitalSigns:
    record = enter(people.coordinator, subject, "UNS", "VS", action="complete", **VITALS)
    assert isinstance(record, VitalSigns)
    return record


def change(people: People, subject: Subject, version: int, **texts: Any) -> None:
    body = VITALS | texts | {"version": str(version), "reason_code": "TRANSCRIPTION", "action": "complete"}
    enter(people.coordinator, subject, "UNS", "VS", **body)


def found(people: People, **parameters: str) -> set[str]:
    chosen = TrailFilter.read({"form": "VS", **parameters})
    return set(chosen.narrow(readable_changes(people.monitor)).values_list("field", flat=True))


@pytest.mark.req("R06")
def test_an_item_is_found_by_its_label_or_its_name(people: People, form: VitalSigns) -> None:
    assert found(people, item="heart rate") == {"heart_rate"} == found(people, item="heart_rate")
    assert found(people, item="blood pressure") == {"systolic_bp", "diastolic_bp"}
    assert found(people, item="no such item") == set()


@pytest.mark.req("R06")
def test_changes_are_found_by_the_role_of_who_made_them(people: People, form: VitalSigns) -> None:
    assert "heart_rate" in found(people, role="coordinator")
    assert found(people, role="monitor") == set()
    assert found(people, role="nobody") == set()


@pytest.mark.req("R10")
def test_a_change_after_a_query_is_a_pattern(people: People, subject: Subject, form: VitalSigns) -> None:
    change(people, subject, 1, systolic_bp="121")
    raise_query(by=people.monitor, record=form, field="heart_rate", text="72 or 92?")
    change(people, subject, 2, systolic_bp="122", heart_rate="92")
    assert found(people, pattern="after-query") == {"heart_rate"}
    assert found(people, pattern="unknown") == set()


@pytest.mark.req("R10")
def test_a_change_after_day_28_is_a_pattern(people: People, subject: Subject, form: VitalSigns) -> None:
    change(people, subject, 1, systolic_bp="121")
    assert found(people, pattern="after-day-28") == set()
    with acting(people.coordinator, "test"):
        Subject.objects.filter(pk=subject.pk).update(infused_at=timezone.now() - timedelta(days=40))
    assert found(people, pattern="after-day-28") == {"systolic_bp"}


@pytest.mark.req("R10")
def test_a_change_shortly_before_freezing_is_a_pattern(people: People, subject: Subject, form: VitalSigns) -> None:
    change(people, subject, 1, systolic_bp="121")
    assert found(people, pattern="before-closing") == set()
    closing.freeze(by=people.data_manager, subject=subject, visit="UNS")
    assert found(people, pattern="before-closing") == {"systolic_bp"}


def test_an_entry_is_no_pattern(people: People, form: VitalSigns) -> None:
    everything = ItemChange.objects.all()
    assert [name for name in PATTERNS if with_pattern(everything, name).exists()] == []


@pytest.mark.req("R10")
def test_a_range_is_marked_as_reviewed_with_a_note(people: People, form: VitalSigns) -> None:
    client = browser(people.monitor)
    address = f"{reverse('casebook:audit-review')}?form=VS"
    for refused in ("", " . ", "x" * 1001):
        client.post(address, {"note": refused})
    assert not TrailReview.objects.exists()
    answer = client.post(address, {"note": "Checked all vital signs, nothing odd."}, follow=True)
    review = TrailReview.objects.get()
    in_range = ItemChange.objects.filter(entity="VS")
    assert (review.count, review.filter) == (in_range.count(), "form=VS")
    assert "nothing odd" in answer.content.decode()
    client.post(f"{reverse('casebook:audit-review')}?form=NOTHING", {"note": "Nothing there."})
    assert TrailReview.objects.count() == 1


def test_a_date_that_cannot_be_read_says_so(people: People, form: VitalSigns) -> None:
    client = browser(people.monitor)
    for address in (AUDIT, "/audit/access/"):
        answer = client.get(address, {"first": "31-Feb-2026"})
        assert answer.status_code == 422 and "February 2026 has 28 days." in answer.content.decode()


@pytest.mark.req("R11")
def test_what_monitors_read_is_noted_and_what_the_site_reads_is_not(people: People, form: VitalSigns) -> None:
    address = "/subjects/01-001/UNS/VS/1/"
    browser(people.coordinator).get(address)
    assert not AccessEvent.objects.filter(action="read").exists()
    browser(people.monitor).get(address)
    browser(people.monitor).get(f"{address}presence/", headers={"X-Background": "1"})
    (event,) = AccessEvent.objects.filter(action="read")
    assert (event.by_name, event.detail) == (people.monitor.full_name, address)


@pytest.mark.req("R11")
def test_access_events_are_searched_and_downloaded(people: People, form: VitalSigns) -> None:
    client = browser(people.inspector)
    client.get("/subjects/01-001/")
    text = client.get("/audit/access/", {"kind": "read", "person": people.inspector.full_name}).content.decode()
    assert "/subjects/01-001/" in text
    assert "/subjects/01-001/" not in client.get("/audit/access/", {"person": "nobody"}).content.decode()
    rows = b"".join(client.get("/audit/access/export/?kind=read").streaming_content).decode()  # type: ignore[attr-defined]
    assert "/subjects/01-001/" in rows
    assert AccessEvent.objects.filter(action="access events downloaded", detail="kind=read").count() == 1


def test_the_figures_lead_to_what_they_count(people: People, form: VitalSigns) -> None:
    client = browser(people.monitor)
    figures = client.get(AUDIT).context["figures"]
    assert len(figures) == 5 and figures[0]["value"] > 0
    for figure in figures:
        chosen = TrailFilter.read(QueryDict(figure["url"].removeprefix("?")))
        assert figure["value"] == chosen.narrow(readable_changes(people.monitor)).count(), figure["label"]
        assert client.get(AUDIT + figure["url"]).status_code == 200
