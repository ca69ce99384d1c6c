"""What stands beside serious-event reports, events and deaths: the clock strip, the slots, what does not agree."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from enrollment.models import Subject
from enrollment.services import add_subject
from safety.models import AdverseEvent
from tests.casebook.entering import enter, post
from tests.forms.log_samples import (
    DEATH,
    EVENT,
    FATAL,
    FATAL_GRADES,
    REPORT,
    UNTOLD,
    driving,
    lines,
    panels_of,
    sentences,
    serious_event,
)
from tests.people import People
from trial_edc.accounts.access import today
from trial_edc.audit.context import acting
from trial_edc.crf.models import FormStatus


@pytest.fixture
def subject(people: People) -> Subject:
    return add_subject(by=people.coordinator, site=people.site)


@pytest.fixture
def event(people: People, subject: Subject) -> AdverseEvent:
    found: AdverseEvent = serious_event(people, subject)
    return found


def beside(people: People, subject: Subject, **changed: Any) -> Any:
    return panels_of(people.investigator, subject, "SAE", REPORT | changed)[0]


def moment(hours_ago: float) -> datetime:
    return timezone.localtime() - timedelta(hours=hours_ago)


def typed(prefix: str, at: datetime) -> dict[str, str]:
    return {f"{prefix}_date": at.strftime("%d-%b-%Y"), f"{prefix}_time": at.strftime("%H:%M")}


@pytest.mark.req("R51")
def test_the_clock_strip_in_words(people: People, subject: Subject) -> None:
    panel = beside(people, subject)
    assert lines(panel) == [
        ("Sponsor", "in time"), ("Ethics committee", "in time"),
        ("Authority, if a SUSAR", "assessment open, by 20-Mar-2026 23:59"),
    ]  # fmt: skip
    assert "8 h 50 min after awareness" in str(panel.rows[0].detail)
    denied = {"relationship_car_t": "unrelated", "sponsor_related": "false"}
    assert lines(beside(people, subject, **denied))[2] == ("Authority, if a SUSAR", "not required")
    assert beside(people, subject, **denied).title == "Nothing is due"
    late = beside(people, subject, **denied, ethics_date="09-Mar-2026")
    assert late.title == "Reported, not everything in time" and driving(late) == ["Ethics committee"]


@pytest.mark.req("R51")
def test_the_clock_runs_and_then_is_overdue(people: People, subject: Subject) -> None:
    aware = moment(2)
    running = beside(people, subject, **UNTOLD, **typed("awareness", aware), expectedness="EXPECTED")
    due = (aware + timedelta(hours=24)).strftime("%d-%b-%Y %H:%M")
    assert running.title == f"Sponsor: due, by {due}" and driving(running) == []
    overdue = beside(people, subject, **UNTOLD, **typed("awareness", moment(25)), expectedness="EXPECTED")
    assert overdue.title == "Overdue: Sponsor, Ethics committee"
    assert driving(overdue) == ["Sponsor", "Ethics committee"]


def test_without_awareness_the_strip_asks_for_it(people: People, subject: Subject) -> None:
    panel = beside(people, subject, **UNTOLD, awareness_date="", awareness_time="")
    assert panel.title == "Enter when the site became aware" and panel.grade == "–"


SUSARS = [
    ({"sponsor_related": "true", "relationship_car_t": "unrelated"}, "due, by 12-Mar-2026 23:59", True),
    ({"relationship_car_t": "possible", "sponsor_related": "false"}, "due, by 12-Mar-2026 23:59", True),
    ({"relationship_lymphodepletion": "probable", "relationship_car_t": "unrelated"}, "by 12-Mar-2026", True),
    ({"relationship_car_t": "unlikely", "sponsor_related": "false"}, "not required", False),
    ({"relationship_procedure": "definite", "relationship_car_t": "unrelated", "sponsor_related": "false"},
     "not required", False),
    ({"relationship_car_t": "unrelated"}, "assessment open", True),
]  # fmt: skip


@pytest.mark.parametrize(("said", "words", "follow_up"), SUSARS)
def test_related_by_either_party_makes_a_susar(
    people: People, subject: Subject, said: dict[str, str], words: str, follow_up: bool
) -> None:
    urgent = {"serious_criteria": ["LIFE THREATENING"], "expectedness": "UNEXPECTED"}
    found = dict(lines(beside(people, subject, **urgent, **said)))
    shown = found["Authority, if a SUSAR"].replace("overdue", "due")
    assert words in shown and ("Authority, follow-up report" in found) is follow_up


@pytest.mark.req("R63")
def test_a_death_keeps_its_slots_open(people: People, subject: Subject) -> None:
    fatal = {"serious_criteria": ["DEATH"], "admission_date": "", "autopsy_done": "true"}
    assert driving(beside(people, subject, **fatal))[-2:] == ["Autopsy", "Final medical report"]
    there = {"autopsy_report": "PA-2026-114", "final_report_date": "30-Mar-2026"}
    assert "Autopsy" not in driving(beside(people, subject, **fatal, **there))
    assert driving(beside(people, subject, **(fatal | {"autopsy_done": "false"})))[-1] == "Final medical report"


def test_the_report_shows_where_the_log_says_something_else(
    people: People, subject: Subject, event: AdverseEvent
) -> None:
    same, other = (
        panels_of(people.coordinator, subject, "SAE", REPORT | {"serious_criteria": [criterion]})[1]
        for criterion in ("HOSPITALIZATION", "DISABILITY")
    )
    assert same.title == "Event 1: Colitis" and driving(same) == []
    assert driving(other) == ["Hospitalisation or its prolongation", "Persistent or significant disability"]
    assert len(panels_of(people.coordinator, subject, "SAE", REPORT | {"event_number": "7"})) == 1


def event_panel(people: People, subject: Subject, texts: dict[str, Any], sequence: int = 1) -> list[Any]:
    rows = {"AEG-TOTAL_FORMS": "0", "AEG-INITIAL_FORMS": "0"}
    found = panels_of(people.coordinator, subject, "AE", texts | rows, sequence=sequence)
    return [panel for panel in found if "Serious events" in str(panel.rule)]


def test_a_serious_event_leads_to_its_report(people: People, subject: Subject, event: AdverseEvent) -> None:
    (panel,) = event_panel(people, subject, EVENT)
    assert "event_number=1" in panel.link and "serious_criteria=HOSPITALIZATION" in panel.link
    assert lines(panel) == [("Serious-event report", "none yet")]
    enter(people.coordinator, subject, "LOG", "SAE", sequence=0, **REPORT)
    (panel,) = event_panel(people, subject, EVENT)
    assert panel.link == "" and lines(panel) == [("Serious-event reports", "1")]
    (panel,) = event_panel(people, subject, EVENT | {"serious": "false", "serious_criteria": []})
    assert driving(panel) == ["Serious-event reports"]
    (panel,) = event_panel(people, subject, EVENT, sequence=2)
    assert lines(panel) == [("Serious-event report", "once this event is saved")]


def test_an_event_shows_the_death_and_the_period(people: People, subject: Subject) -> None:
    mild = EVENT | {"serious": "false", "serious_criteria": []}
    assert event_panel(people, subject, mild) == []
    (panel,) = event_panel(people, subject, FATAL)
    assert driving(panel) == ["Form of the death"]
    enter(people.coordinator, subject, "EOS", "DTH", **(DEATH | {"death_date": "10-Mar-2026"}))
    subject.refresh_from_db()
    (panel,) = event_panel(people, subject, FATAL)
    assert driving(panel) == ["Date of death"]
    with acting(people.coordinator, "test"):
        subject.eligibility_confirmed_date = today() - timedelta(days=20)
        subject.save()
    (panel,) = event_panel(people, subject, mild)
    assert lines(panel) == [("Before enrolment", "not asked for")]
    with acting(people.coordinator, "test"):
        subject.eligibility_confirmed_date = today() - timedelta(days=900)
        subject.infused_at = timezone.now() - timedelta(days=880)
        subject.save()
    (panel,) = event_panel(people, subject, mild)
    assert lines(panel) == [("After the period of collection", "only if related to the cells")]


# ---- death


def test_a_death_says_whether_there_was_an_autopsy(people: People, subject: Subject) -> None:
    unanswered = DEATH | {"autopsy_done": "", "action": "complete"}
    assert "Enter a value" in sentences(post(people.coordinator, subject, "EOS", "DTH", **unanswered))
    other = DEATH | {"cause": "OTHER", "action": "complete"}
    assert "Say which other cause." in sentences(post(people.coordinator, subject, "EOS", "DTH", **other))
    stray = DEATH | {"autopsy_report": "PA-1"}
    assert "does not apply" in sentences(post(people.coordinator, subject, "EOS", "DTH", **stray))
    saved = enter(people.coordinator, subject, "EOS", "DTH", **(DEATH | {"action": "complete"}))
    assert (saved.status, saved.autopsy_done) == (FormStatus.COMPLETE, False)


def death_panel(people: People, subject: Subject, **changed: str) -> Any:
    found = panels_of(people.coordinator, subject, "DTH", DEATH | changed, visit="EOS", sequence=1)
    return next((panel for panel in found if "grade 5" in str(panel.rule)), None)


def test_death_and_fatal_events_are_compared(people: People, subject: Subject) -> None:
    assert death_panel(people, subject, death_date="", cause="") is None
    assert driving(death_panel(people, subject)) == ["Fatal event in the log"]
    assert driving(death_panel(people, subject, cause="PROGRESSIVE DISEASE")) == []
    enter(people.coordinator, subject, "LOG", "AE", sequence=0, rows=FATAL_GRADES, **FATAL)
    agrees = death_panel(people, subject)
    assert (driving(agrees), lines(agrees)) == ([], [("Event 1: Colitis", "fatal")])
    assert driving(death_panel(people, subject, death_date="12-Mar-2026")) == ["Event 1: Colitis"]
    assert driving(death_panel(people, subject, cause="PROGRESSIVE DISEASE")) == ["Cause"]
    with acting(people.coordinator, "test"):
        AdverseEvent.objects.update(end_date="2026-03")
    assert driving(death_panel(people, subject)) == []
    with acting(people.coordinator, "test"):
        AdverseEvent.objects.update(end_date="")
    assert driving(death_panel(people, subject)) == []
