"""Protocol deviations: entered by hand, drafted once per cause, completed by the site."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone

from enrollment.models import ProtocolDeviation, Subject
from enrollment.services import add_subject, draft_deviation
from tests.casebook.conftest import noon
from tests.casebook.entering import enter, post
from tests.casebook.test_closing import browser
from tests.dosing.builders import Trial
from tests.forms.enrolling import ago, deviation, refusal, typed
from tests.people import People
from trial_edc.accounts.models import User
from trial_edc.audit.context import acting, system_user
from trial_edc.audit.models import ItemChange
from trial_edc.casebook import deviations
from trial_edc.casebook.visits import record_visit
from trial_edc.errors import DomainError
from trial_edc.review.models import Closure


@pytest.fixture
def subject(people: People) -> Subject:
    return add_subject(by=people.coordinator, site=people.site)


def shown(user: User, address: str) -> str:
    text: str = browser(user).get(address).content.decode()
    return text


def draft(by: User, subject: Subject, **more: Any) -> ProtocolDeviation:
    given: dict[str, Any] = {
        "category": "TREATMENT", "visit": "D0", "form": "INF", "occurred_date": ago(3),
        "description": "74 % of the planned cells were infused.", "reference": "dose:1",
    }  # fmt: skip
    return draft_deviation(by=by, subject=subject, **given | more)


def test_a_complete_deviation(people: People, subject: Subject) -> None:
    texts = deviation(affected_visit="D0", affected_form="INF")
    record = enter(people.coordinator, subject, "LOG", "DV", sequence=0, action="complete", **texts)
    assert (record.status, record.safety_affected, record.reference) == ("COMPLETE", False, "")
    more = enter(people.coordinator, subject, "LOG", "DV", sequence=0, action="complete", **deviation())
    assert more.sequence == 2, "many records without a reference stand beside each other"


@pytest.mark.parametrize(
    ("texts", "item", "sentence"),
    [
        ({"found_date": typed(ago(6))}, "found_date", "found before it occurred"),
        ({"found_date": typed(ago(-1))}, "found_date", "in the future"),
        ({"severity": "MINOR", "safety_affected": "true"}, "severity", "is major"),
        ({"affected_visit": "D99"}, "affected_visit", "not one of the available choices"),
        ({"affected_form": "XX"}, "affected_form", "not one of the available choices"),
        ({"occurred_date": "soon"}, "occurred_date", "Enter a date"),
        ({"description": "x" * 1001}, "description", "at most 1000 characters"),
        ({"reference": "dose:1"}, "reference", "Only the product writes"),
        ({"how_found": "AUTOMATIC"}, "how_found", "does not fit"),
    ],
)
def test_what_cannot_be_is_refused(
    people: People, subject: Subject, texts: dict[str, Any], item: str, sentence: str
) -> None:
    assert sentence in refusal(people.coordinator, subject, "LOG", "DV", sequence=0, **deviation(**texts))[item]
    assert not ProtocolDeviation.objects.exists()


def test_a_major_deviation_needs_an_action(people: People, subject: Subject) -> None:
    major = deviation(severity="MAJOR", safety_affected="true")
    found = refusal(people.coordinator, subject, "LOG", "DV", sequence=0, action="complete", **major)
    assert "corrective action" in found["severity"]
    done = major | {"corrective_action": "The staff was trained again."}
    enter(people.coordinator, subject, "LOG", "DV", sequence=0, action="complete", **done)


def test_one_cause_is_drafted_once(people: People, subject: Subject) -> None:
    first = draft(people.coordinator, subject)
    with acting(people.coordinator, "test"):
        first.severity = "MAJOR"
        first.save()
    before = ItemChange.objects.count()
    again = draft(people.coordinator, subject, description="Something else")
    assert (again.pk, again.severity) == (first.pk, "MAJOR") and "74 %" in again.description
    assert ItemChange.objects.count() == before
    other = draft(people.coordinator, subject, reference="dose:2")
    assert (other.sequence, other.status, other.how_found) == (2, "STARTED", "AUTOMATIC")
    elsewhere = add_subject(by=people.coordinator, site=people.site)
    assert draft(people.coordinator, elsewhere).pk != first.pk


def test_the_database_itself_allows_one_record_per_cause(people: People, subject: Subject) -> None:
    draft(people.coordinator, subject)
    with pytest.raises(IntegrityError), transaction.atomic(), acting(people.coordinator, "test"):
        ProtocolDeviation.objects.create(subject=subject, visit="LOG", sequence=9, reference="dose:1")


def test_a_draft_names_its_author_its_cause_and_a_known_category(people: People, subject: Subject) -> None:
    with pytest.raises(ValueError, match="names its cause"):
        draft(people.coordinator, subject, reference=" ")
    with pytest.raises(ValueError, match="WEATHER"):
        draft(people.coordinator, subject, category="WEATHER")
    with pytest.raises(PermissionDenied):
        draft(people.monitor, subject)
    assert not ProtocolDeviation.objects.exists()
    record = draft(system_user(), subject)
    change = ItemChange.objects.get(record=record.pk, field="reference")
    assert (change.new, change.reason) == ("dose:1", "Drafted by the product")


def test_the_site_completes_a_draft_and_cannot_change_its_cause(people: People, subject: Subject) -> None:
    made = draft(people.coordinator, subject)
    texts = deviation(
        category="TREATMENT", how_found="AUTOMATIC", reference="dose:1", occurred_date=typed(ago(3)),
        affected_visit="D0", affected_form="INF",
    )  # fmt: skip
    other = refusal(people.coordinator, subject, "LOG", "DV", **texts | {"reference": "dose:2"})
    assert "Only the product" in other["reference"]
    by_hand = refusal(people.coordinator, subject, "LOG", "DV", **texts | {"how_found": "MANUAL"})
    assert "does not fit" in by_hand["how_found"]
    record = enter(people.coordinator, subject, "LOG", "DV", action="complete", **texts)
    assert (record.pk, record.status, record.reference) == (made.pk, "COMPLETE", "dose:1")


def test_a_closed_casebook_takes_no_draft(people: People, subject: Subject) -> None:
    made = draft(people.coordinator, subject)
    with acting(people.data_manager, "test"):
        Closure.objects.create(
            subject=subject, state=Closure.State.LOCKED, closed_at=timezone.now(), closed_by=people.data_manager
        )
    with pytest.raises(DomainError, match="nothing can be entered"):
        draft(people.coordinator, subject, reference="dose:2")
    assert draft(people.coordinator, subject).pk == made.pk


def test_a_monitor_saves_no_deviation(people: People, subject: Subject) -> None:
    with pytest.raises(PermissionDenied):
        post(people.monitor, subject, "LOG", "DV", sequence=0, **deviation())


# --- visits outside their windows


@pytest.mark.parametrize(
    ("code", "days", "words"),
    [
        ("D3", 0, None),
        ("D3", 1, "1 day after its window."),
        ("D3", -2, "2 days before its window."),
        ("D17", 1, None),
        ("D17", 2, "1 day after its window."),
        ("D28", 3, None),
        ("D28", -1, "1 day before its window."),
        ("UNS", 9, None),
    ],
)
def test_a_visit_outside_its_window_is_drafted(people: People, code: str, days: int, words: str | None) -> None:
    subject = Trial(people).infused(days=60, day28=False)
    offset = int(code[1:]) if code[1:].isdecimal() else 5
    day = ago(60 - offset - days)
    for _again in range(2):
        record_visit(by=people.coordinator, subject=subject, code=code, visit_date=day)
    found = [(each.category, each.description, each.occurred_date) for each in ProtocolDeviation.objects.all()]
    assert found == ([] if words is None else [("VISIT WINDOW", words, day)])


def test_the_page_of_an_early_or_late_visit_leads_to_its_deviation(people: People) -> None:
    subject = Trial(people).infused(days=60, day28=False)
    page = f"/subjects/{subject.identifier}/D3/"
    record_visit(by=people.coordinator, subject=subject, code="D3", visit_date=ago(55))
    made = ProtocolDeviation.objects.get()
    assert f'href="/subjects/{subject.identifier}/LOG/DV/{made.sequence}/"' in shown(people.monitor, page)
    # The infusion is dated anew, so that the window moves away from a visit that was in time.
    record_visit(by=people.coordinator, subject=subject, code="D5", visit_date=ago(55))
    assert ProtocolDeviation.objects.count() == 1
    with acting(people.coordinator, "test"):
        subject.infused_at = noon(ago(62))
        subject.save()
    page = f"/subjects/{subject.identifier}/D5/"
    assert "2 days late" in shown(people.coordinator, page) and "Draft a deviation" in shown(people.coordinator, page)
    assert "Draft a deviation" not in shown(people.monitor, page)
    assert browser(people.monitor).post(f"{page}deviation/").status_code == 403
    for _again in range(2):
        answer = browser(people.coordinator).post(f"{page}deviation/")
        assert answer["Location"] == f"/subjects/{subject.identifier}/LOG/DV/2/"
    found = ProtocolDeviation.objects.get(sequence=2)
    assert (found.affected_visit, found.description, found.occurred_date) == (
        "D5", "2 days after its window.", ago(55),
    )  # fmt: skip
    assert "Draft a deviation" not in shown(people.coordinator, page)


def test_a_visit_in_its_window_has_no_deviation_to_draft(people: People) -> None:
    subject = Trial(people).infused(days=60, day28=False)
    page = f"/subjects/{subject.identifier}/D3/"
    assert browser(people.coordinator).post(f"{page}deviation/").status_code == 404, "the visit has no date yet"
    record_visit(by=people.coordinator, subject=subject, code="D3", visit_date=ago(57))
    assert "Draft a deviation" not in shown(people.coordinator, page)
    refused = browser(people.coordinator).post(f"{page}deviation/")
    assert refused.status_code == 409 and "lies in its window" in refused.content.decode()
    assert not ProtocolDeviation.objects.exists()


def test_without_a_registered_drafter_there_is_no_button(people: People, monkeypatch: pytest.MonkeyPatch) -> None:
    subject = Trial(people).infused(days=60, day28=False)
    record_visit(by=people.coordinator, subject=subject, code="D3", visit_date=ago(55))
    monkeypatch.setattr(deviations, "_drafters", [])
    page = f"/subjects/{subject.identifier}/D3/"
    assert "2 days late" in shown(people.coordinator, page) and "drafted deviation" not in shown(
        people.coordinator, page
    )
    assert "Draft a deviation" not in shown(people.coordinator, page)
    assert browser(people.coordinator).post(f"{page}deviation/").status_code == 404


def test_a_forecast_or_an_undone_visit_is_no_deviation(people: People, subject: Subject) -> None:
    with acting(people.coordinator, "test"):
        subject.lymphodepletion_date = ago(20)
        subject.save()
    record_visit(by=people.coordinator, subject=subject, code="D0", visit_date=ago(2))
    record_visit(by=people.coordinator, subject=subject, code="D3", visit_date=None, not_done_reason="At home")
    assert not ProtocolDeviation.objects.exists()
