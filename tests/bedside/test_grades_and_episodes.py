"""Grades given at the bedside, and the events of the episodes: followed, closed and merged through the one save."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied

from enrollment.models import Subject
from safety.bedside.column import save_column
from safety.bedside.courses import Course, syndromes_of
from safety.bedside.services import Seen, follow_episode, give_grade, merge_episodes
from safety.bedside.sheet import columns_of
from safety.ctcae import CRS_TERM
from safety.models import AdverseEvent, CrsAssessment
from tests.bedside.columns import CRS, GRADE_0, GRADE_2, GRADE_3, browser, day_of, infused, query, sent, typed
from tests.casebook.entering import enter, row_texts
from tests.people import People
from trial_edc.audit.models import ItemChange
from trial_edc.casebook.not_done import reasons
from trial_edc.casebook.place import Place
from trial_edc.crf.models import FormStatus
from trial_edc.errors import DomainError
from trial_edc.protocol.medications import DrugClass


@pytest.fixture
def subject(people: People) -> Subject:
    return infused(people, days=8)


def assess(people: People, subject: Subject, study_day: int, clock: str, **changed: Any) -> None:
    texts = sent(day_of(subject, study_day), clock) | CRS | changed
    assert isinstance(
        save_column(by=people.coordinator, subject=subject, visit=f"D{study_day}", sent=query(texts)), list
    )


def event(
    people: People, subject: Subject, onset: int, *, end: int | None = None, clock: str = "08:00"
) -> AdverseEvent:
    texts = {
        "term": CRS_TERM, "onset_date": typed(day_of(subject, onset)), "onset_time": clock, "serious": "false",
        "outcome": "NOT RECOVERED/NOT RESOLVED",
    }  # fmt: skip
    if end is not None:
        texts |= {"end_date": typed(day_of(subject, end)), "end_time": clock, "outcome": "RECOVERED/RESOLVED"}
    rows = [{"grade": "1", "start_date": typed(day_of(subject, onset)), "start_time": clock}]
    found = enter(people.coordinator, subject, "LOG", "AE", sequence=0, **texts, **row_texts("AEG", rows))
    assert isinstance(found, AdverseEvent)
    return found


def course(subject: Subject) -> Course:
    return syndromes_of(subject, columns_of(subject))[0].courses[0]


def seen(found: AdverseEvent) -> Seen:
    found.refresh_from_db()
    return Seen(found.sequence, found.version, str(uuid4()))


def grades(found: AdverseEvent) -> list[tuple[int | None, str, str]]:
    rows = found.grade_changes.order_by("position")
    return [(row.grade, row.start_date, f"{row.start_time:%H:%M}") for row in rows]


def grade(people: People, subject: Subject, by: Any, **more: Any) -> Any:
    form = CrsAssessment.objects.get()
    place = Place(subject, form.visit, "CRS", form.sequence)
    wanted: dict[str, Any] = {"grade": 3, "version": form.version, "token": str(uuid4())} | more
    return give_grade(by=by, place=place, **wanted)


def test_a_physician_confirms_the_computed_grade(people: People, subject: Subject) -> None:
    assess(people, subject, 2, "08:00", **GRADE_3)
    before = CrsAssessment.objects.get()
    form = grade(people, subject, people.investigator, computed=3)
    assert (form.investigator_grade, form.grade_reason) == (3, "")
    assert (form.hypotension, form.vasopressors, form.max_temperature_c) == (
        before.hypotension, before.vasopressors, before.max_temperature_c,
    )  # fmt: skip
    changed = set(
        ItemChange.objects.filter(record=form.pk, changed_by_name="Investigator").values_list("field", flat=True)
    )
    assert "investigator_grade" in changed
    assert not changed & {"max_temperature_c", "hypotension", "vasopressors", "oxygen_support", "assessed_time"}


def test_another_grade_needs_its_reason(people: People, subject: Subject) -> None:
    assess(people, subject, 2, "08:00", **GRADE_3)
    with pytest.raises(DomainError, match="computed grade is 3"):
        grade(people, subject, people.investigator, grade=2)
    assert CrsAssessment.objects.get().investigator_grade is None
    form = grade(people, subject, people.investigator, grade=2, reason="Norepinephrine was stopped within minutes")
    assert (form.investigator_grade, form.grade_reason) == (2, "Norepinephrine was stopped within minutes")
    assert columns_of(subject)[0].grades["CRS"].differs
    assert course(subject).episode.highest == 2


def test_only_a_delegated_physician_grades(people: People, subject: Subject) -> None:
    assess(people, subject, 2, "08:00", **GRADE_3)
    for person in (people.coordinator, people.monitor):
        with pytest.raises(PermissionDenied):
            grade(people, subject, person, computed=3)
    post = {"form": "CRS", "visit": "D2", "sequence": "1", "version": "1", "computed": "3", "token": str(uuid4())}
    assert browser(people.coordinator).post(f"/bedside/{subject.identifier}/grade/", post).status_code == 403
    assert browser(people.investigator).post(f"/bedside/{subject.identifier}/grade/", post).status_code == 302
    assert CrsAssessment.objects.get().investigator_grade == 3


def test_a_grade_for_findings_nobody_saw_is_refused(people: People, subject: Subject) -> None:
    assess(people, subject, 2, "08:00", **GRADE_3)
    with pytest.raises(DomainError, match="computed grade has changed"):
        grade(people, subject, people.investigator, grade=2, computed=2)
    with pytest.raises(DomainError, match="changed since"):
        grade(people, subject, people.investigator, computed=3, version=0)
    assert CrsAssessment.objects.get().investigator_grade is None


def test_the_event_of_an_episode_opens_filled_in(people: People, subject: Subject) -> None:
    assess(people, subject, 2, "08:00")
    assess(people, subject, 2, "14:00", **GRADE_2)
    found = course(subject)
    assert found.logged == ()
    page = browser(people.coordinator).get(found.open_url, follow=True).content.decode()
    assert CRS_TERM in page
    assert page.count('name="AEG-1-grade"') == 1
    assert not AdverseEvent.objects.exists()


def test_new_grades_attach_to_the_event_of_the_episode(people: People, subject: Subject) -> None:
    assess(people, subject, 2, "08:00")
    found = event(people, subject, 2)
    assess(people, subject, 2, "14:00", **GRADE_2)
    assess(people, subject, 3, "08:00", **GRADE_3)
    assess(people, subject, 3, "14:00", **GRADE_3)
    assert course(subject).may_follow
    about = seen(found)
    follow_episode(by=people.coordinator, subject=subject, seen=about)
    day_2, day_3 = day_of(subject, 2).isoformat(), day_of(subject, 3).isoformat()
    expected = [(1, day_2, "08:00"), (2, day_2, "14:00"), (3, day_3, "08:00")]
    assert grades(found) == expected
    follow_episode(by=people.coordinator, subject=subject, seen=about)  # the same click arrives again
    assert grades(found) == expected
    with pytest.raises(DomainError, match="all grades"):
        follow_episode(by=people.coordinator, subject=subject, seen=seen(found))


def test_an_episode_that_is_over_closes_its_event(people: People, subject: Subject) -> None:
    assess(people, subject, 2, "08:00")
    found = event(people, subject, 2)
    with pytest.raises(DomainError):
        follow_episode(by=people.coordinator, subject=subject, seen=seen(found), close=True)
    assess(people, subject, 3, "08:00", **GRADE_2)
    assess(people, subject, 4, "10:00", **GRADE_0)
    assert course(subject).may_close
    follow_episode(by=people.coordinator, subject=subject, seen=seen(found), close=True)
    found.refresh_from_db()
    assert (found.end_date, f"{found.end_time:%H:%M}") == (day_of(subject, 4).isoformat(), "10:00")
    assert (found.outcome, len(grades(found))) == ("RECOVERED/RESOLVED", 2)
    assert not course(subject).may_close


def test_a_stale_page_changes_no_event(people: People, subject: Subject) -> None:
    assess(people, subject, 2, "08:00")
    found = event(people, subject, 2)
    assess(people, subject, 3, "08:00", **GRADE_2)
    with pytest.raises(DomainError, match="changed since"):
        follow_episode(by=people.coordinator, subject=subject, seen=Seen(found.sequence, 0, str(uuid4())))
    assert len(grades(found)) == 1


def test_two_events_of_one_episode_become_one(people: People, subject: Subject) -> None:
    assess(people, subject, 2, "08:00")
    assess(people, subject, 5, "08:00", **GRADE_2)
    first, second = event(people, subject, 2, end=3), event(people, subject, 4)
    assert course(subject).may_merge
    with pytest.raises(PermissionDenied):
        merge_episodes(by=people.coordinator, subject=subject, kept=seen(first), merged=seen(second))
    kept, merged = seen(first), seen(second)
    merge_episodes(by=people.investigator, subject=subject, kept=kept, merged=merged)
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.end_date, first.outcome) == ("", "NOT RECOVERED/NOT RESOLVED")
    assert grades(first) == [(1, day_of(subject, 2).isoformat(), "08:00")]
    assert second.status == FormStatus.NOT_DONE
    assert "Merged into event 1" in reasons([second.pk])[second.pk].reason
    merge_episodes(by=people.investigator, subject=subject, kept=kept, merged=merged)  # the same click arrives again
    assert [each.event.sequence for each in course(subject).logged] == [1]


def test_an_event_others_refer_to_is_not_merged_away(people: People, subject: Subject) -> None:
    assess(people, subject, 2, "08:00")
    first, second = event(people, subject, 2, end=3), event(people, subject, 4)
    enter(
        people.coordinator,
        subject,
        "LOG",
        "CM",
        sequence=0,
        drug="Tocilizumab",
        drug_class=DrugClass.ANTI_IL6.value,
        event_number="2",
    )
    with pytest.raises(DomainError, match="refer to event 2"):
        merge_episodes(by=people.investigator, subject=subject, kept=seen(first), merged=seen(second))
    assert (len(grades(first)), len(grades(second))) == (1, 1)


def test_events_of_different_episodes_stay_two(people: People, subject: Subject) -> None:
    assess(people, subject, 1, "08:00")
    assess(people, subject, 2, "08:00", **GRADE_0)
    assess(people, subject, 5, "08:00")
    first, second = event(people, subject, 1, end=2), event(people, subject, 5)
    with pytest.raises(DomainError, match="do not belong"):
        merge_episodes(by=people.investigator, subject=subject, kept=seen(first), merged=seen(second))


def test_the_page_offers_what_can_be_done(people: People, subject: Subject) -> None:
    assess(people, subject, 2, "08:00")
    url = f"/bedside/{subject.identifier}/"
    assert "Open the event, filled in" in browser(people.coordinator).get(url).content.decode()
    found = event(people, subject, 2)
    assess(people, subject, 3, "08:00", **GRADE_2)
    client = browser(people.coordinator)
    assert "Bring the event up to date" in client.get(url).content.decode()
    about = seen(found)
    post = {"act": "follow", "number": str(about.number), "version": str(about.version), "token": about.token}
    assert client.post(f"{url}episode/", post).status_code == 302
    assert len(grades(found)) == 2
    assert browser(people.monitor).post(f"{url}episode/", post).status_code == 403
