"""Reporting clocks and reconciliation of safety forms, in people's work and in notices."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from enrollment.models import Subject
from enrollment.services import add_subject
from safety.models import AdverseEvent, SeriousEventReport
from safety.reconciliation import casefiles
from tests.casebook.entering import enter
from tests.forms.log_samples import (
    DEATH,
    EVENT,
    FATAL,
    FATAL_GRADES,
    FATAL_REPORT,
    GRADES,
    MEDICATION,
    REPORT,
    STAY,
    UNTOLD,
    serious_event,
)
from tests.people import People
from trial_edc.accounts.models import User
from trial_edc.audit.context import acting
from trial_edc.casebook import notices, work
from trial_edc.casebook.models import Notice
from trial_edc.casebook.work import Desk, Line
from trial_edc.crf.models import FormStatus
from trial_edc.protocol import status

CRS_EVENT = EVENT | {"term": "CRS", "serious": "false", "serious_criteria": []}
ASSESSED = {
    "assessed_date": "05-Mar-2026", "assessed_time": "08:00", "max_temperature_c": "39.0", "fever_other_cause": "false",
    "crs_already_diagnosed": "false", "antipyretic_given": "false", "tocilizumab_given": "false",
    "corticosteroid_given": "false", "hypotension": "false", "oxygen_support": "none",
}  # fmt: skip


@pytest.fixture
def subject(people: People) -> Subject:
    return add_subject(by=people.coordinator, site=people.site)


def browser(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def moment(hours_ago: float) -> datetime:
    return timezone.localtime() - timedelta(hours=hours_ago)


def typed(prefix: str, at: datetime) -> dict[str, str]:
    return {f"{prefix}_date": at.strftime("%d-%b-%Y"), f"{prefix}_time": at.strftime("%H:%M")}


def reported(people: People, subject: Subject, **changed: Any) -> SeriousEventReport:
    """Enter a serious event and its report, by a physician."""
    serious_event(people, subject)
    saved = enter(people.investigator, subject, "LOG", "SAE", sequence=0, **(REPORT | changed))
    assert isinstance(saved, SeriousEventReport)
    return saved


def found(name: str, user: User) -> list[Line]:
    wanted = work.find(name)
    assert wanted is not None
    desk = Desk(user)
    lines = list(wanted.found(desk))
    assert wanted.number(desk) == len(lines)
    return lines


# ---- the clocks


@pytest.mark.req("R51")
def test_a_running_clock_is_work_until_both_have_been_told(people: People, subject: Subject) -> None:
    aware = moment(2)
    running = UNTOLD | typed("awareness", aware) | {"expectedness": "EXPECTED"}
    reported(people, subject, **running)
    (line,) = found("sae-clocks", people.coordinator)
    assert str(line.what).startswith("Colitis: Sponsor: due, by") and "Ethics committee: due, by" in str(line.what)
    assert (line.due, line.status) == ((aware + timedelta(hours=24)).date(), status.IN_PROGRESS)
    assert line.url == "/subjects/01-001/LOG/SAE/1/"
    told = REPORT | running | typed("sponsor", moment(1))
    enter(people.coordinator, subject, "LOG", "SAE", sequence=1, **told)
    (line,) = found("sae-clocks", people.monitor)
    assert "Sponsor" not in str(line.what)
    enter(people.coordinator, subject, "LOG", "SAE", sequence=1, **(told | typed("ethics", moment(1))))
    assert found("sae-clocks", people.coordinator) == []


@pytest.mark.req("R51")
def test_an_overdue_clock_is_late_by_its_due_day(people: People, subject: Subject) -> None:
    reported(people, subject, **UNTOLD, **typed("awareness", moment(50)), expectedness="EXPECTED")
    (line,) = found("sae-clocks", people.coordinator)
    assert line.status is status.OVERDUE and line.due == moment(26).date()
    page = browser(people.coordinator).get(reverse("casebook:work", args=["sae-clocks"])).content.decode()
    assert "Colitis" in page and "late" in page
    assert found("sae-clocks", people.elsewhere) == []


@pytest.mark.req("R63")
def test_a_death_waits_for_its_documents(people: People, subject: Subject) -> None:
    enter(people.coordinator, subject, "LOG", "AE", sequence=0, rows=FATAL_GRADES, **FATAL)
    denied = {"expectedness": "EXPECTED", "autopsy_done": "true"}
    enter(people.coordinator, subject, "LOG", "SAE", sequence=0, **(FATAL_REPORT | denied))
    (line,) = found("sae-clocks", people.coordinator)
    assert "autopsy or final medical report missing" in str(line.what) and line.due is None
    notices.look_around()
    assert told(people.coordinator) == [
        "01-001: serious-event report 1 waits for the autopsy or the final medical report"
    ]
    there = {"autopsy_report": "PA-1", "final_report_date": "30-Mar-2026"}
    enter(people.coordinator, subject, "LOG", "SAE", sequence=1, **(FATAL_REPORT | denied | there))
    assert found("sae-clocks", people.coordinator) == []


def told(user: User) -> list[str]:
    mine = Notice.objects.filter(user=user, kind=Notice.Kind.SAE).order_by("created_at", "cause")
    return list(mine.values_list("text", flat=True))


@pytest.mark.req("R51")
def test_who_has_to_report_is_told_once_of_each_stage(people: People, subject: Subject) -> None:
    aware = moment(1)
    saved = reported(people, subject, **UNTOLD, **typed("awareness", aware), expectedness="EXPECTED")
    notices.look_around()
    assert notices.look_around() == 0
    due = (aware + timedelta(hours=24)).strftime("%d-%b-%Y %H:%M")
    words = f"01-001: serious-event report 1 is to be sent at once, by {due} at the latest"
    for user in (people.coordinator, people.investigator, people.sub_investigator):
        assert told(user) == [words]
    for user in (people.monitor, people.data_manager, people.elsewhere):
        assert told(user) == []
    with acting(people.coordinator, "test"):
        day_before = aware - timedelta(days=1)
        SeriousEventReport.objects.update(awareness_date=day_before.date(), awareness_time=day_before.time())
    notices.look_around()
    assert told(people.coordinator) == [words, "01-001: serious-event report 1 is over its 24 hours"]
    causes = set(Notice.objects.filter(user=people.coordinator).values_list("cause", flat=True))
    assert causes >= {f"sae:{saved.pk}:awareness", f"sae:{saved.pk}:24h-overdue"}


def test_no_clinical_value_is_told(people: People, subject: Subject) -> None:
    reported(people, subject, **UNTOLD, **typed("awareness", moment(1)))
    notices.look_around()
    assert not any("Colitis" in text or "ardia" in text for text in told(people.coordinator))


SUSAR = {"relationship_car_t": "probable", "expectedness": "UNEXPECTED", "admission_date": ""}
STAGES = [
    (SUSAR | {"serious_criteria": ["LIFE THREATENING"]}, -1, ["is due on", "is due on"]),
    (SUSAR | {"serious_criteria": ["LIFE THREATENING"]}, -8, ["was due on", "is due on"]),
    (SUSAR | {"serious_criteria": ["DISABILITY"]}, -15, ["is due on"]),
    (SUSAR | {"serious_criteria": ["DISABILITY"]}, -16, ["was due on"]),
    (SUSAR | {"serious_criteria": ["DISABILITY"], "relationship_car_t": ""}, -16, []),
]


@pytest.mark.parametrize(("said", "days", "words"), STAGES)
def test_an_expedited_report_is_told_while_it_is_due_and_after(
    people: People, subject: Subject, said: dict[str, Any], days: int, words: list[str]
) -> None:
    aware = timezone.localtime() + timedelta(days=days)
    serious_event(people, subject, onset_date="01-Mar-2026")
    at_once = {**typed("awareness", aware), **typed("sponsor", aware), **typed("ethics", aware)}
    enter(people.investigator, subject, "LOG", "SAE", sequence=0, **(REPORT | at_once | said))
    notices.look_around()
    texts = [text for text in told(people.coordinator) if "expedited" in text]
    assert len(texts) == len(words) and all(any(word in text for text in texts) for word in words)


def test_a_report_that_was_not_done_has_no_clock(people: People, subject: Subject) -> None:
    reported(people, subject, **UNTOLD, **typed("awareness", moment(30)))
    with acting(people.coordinator, "test"):
        SeriousEventReport.objects.update(status=FormStatus.NOT_DONE)
    notices.look_around()
    assert found("sae-clocks", people.coordinator) == [] and told(people.coordinator) == []


# ---- reconciliation


def reconciled(people: People) -> list[tuple[str, str]]:
    return [(str(line.where), str(line.what)) for line in found("reconciliation", people.coordinator)]


def test_a_serious_event_asks_for_its_report(people: People, subject: Subject) -> None:
    serious_event(people, subject)
    (line,) = found("reconciliation", people.monitor)
    assert (line.where, line.what) == ("Adverse event 1", "Colitis is serious and not reported")
    page = browser(people.coordinator).get(line.url, follow=True).content.decode()
    assert "Some items are filled in for you" in page
    assert re.search(r'name="event_number"[^>]*value="1"', page) or re.search(
        r'value="1"[^>]*name="event_number"', page
    )
    assert re.search(r'value="HOSPITALIZATION"[^>]*checked', page)
    enter(people.coordinator, subject, "LOG", "SAE", sequence=0, **(REPORT | {"action": "complete"}))
    assert reconciled(people) == []


def test_a_report_without_its_event(people: People, subject: Subject) -> None:
    reported(people, subject)
    with acting(people.coordinator, "test"):
        AdverseEvent.objects.update(serious_criteria=["DISABILITY"])
    assert reconciled(people) == [
        ("Serious-event report 1", "The seriousness criteria are not those of the event")
    ]  # fmt: skip
    with acting(people.coordinator, "test"):
        AdverseEvent.objects.update(serious=False)
    (line,) = found("reconciliation", people.coordinator)
    assert (line.where, line.url) == ("Serious-event report 1", "/subjects/01-001/LOG/SAE/1/")
    assert line.what == "The event it reports is not in the log, or not serious"


def test_death_and_fatal_event_ask_for_each_other(people: People, subject: Subject) -> None:
    enter(people.coordinator, subject, "LOG", "AE", sequence=0, rows=FATAL_GRADES, **FATAL)
    enter(people.coordinator, subject, "LOG", "SAE", sequence=0, **FATAL_REPORT)
    (line,) = found("reconciliation", people.coordinator)
    assert line.what == "Colitis was fatal; the form of the death is missing"
    page = browser(people.coordinator).get(line.url, follow=True).content.decode()
    assert re.search(r'value="ADVERSE EVENT"[^>]*checked', page) and 'value="Colitis"' in page
    enter(people.coordinator, subject, "EOS", "DTH", **DEATH)
    assert reconciled(people) == []
    enter(people.coordinator, subject, "EOS", "DTH", **(DEATH | {"death_date": "10-Mar-2026"}))
    assert reconciled(people) == [
        ("Adverse event 1", "Colitis was fatal and ends on another day than the death, 10-Mar-2026")
    ]


def test_grade_5_is_fatal_whatever_the_outcome_says(people: People, subject: Subject) -> None:
    enter(people.coordinator, subject, "LOG", "AE", sequence=0, rows=FATAL_GRADES, **FATAL)
    with acting(people.coordinator, "test"):
        AdverseEvent.objects.update(outcome="UNKNOWN")
    assert casefiles([subject.pk])[subject.pk].events[0].fatal


def test_a_death_without_a_fatal_event_opens_one(people: People, subject: Subject) -> None:
    enter(people.coordinator, subject, "EOS", "DTH", **DEATH)
    (line,) = found("reconciliation", people.coordinator)
    assert (line.where, line.what) == ("Adverse event, new", "The subject died; no event of the log is fatal")
    page = browser(people.coordinator).get(line.url, follow=True).content.decode()
    assert 'value="09-Mar-2026"' in page and re.search(r'value="DEATH"[^>]*checked', page)
    enter(people.coordinator, subject, "EOS", "DTH", **(DEATH | {"cause": "PROGRESSIVE DISEASE"}))
    assert reconciled(people) == []


def test_tocilizumab_and_assessments_ask_for_an_event(people: People, subject: Subject) -> None:
    enter(people.coordinator, subject, "LOG", "CM", sequence=0, **MEDICATION)
    assert reconciled(people) == [
        ("Medication 1", "Tocilizumab or a like drug was given; no CRS or ICANS is in the log")
    ]
    enter(people.coordinator, subject, "D5", "CRS", **ASSESSED)
    assert ("Adverse event, new", "CRS grade 1 on 05-Mar-2026; no such event is in the log") in reconciled(people)
    line = found("reconciliation", people.coordinator)[-1]
    page = browser(people.coordinator).get(line.url, follow=True).content.decode()
    assert "Cytokine release syndrome" in page and 'name="AEG-0-start_date"' in page and 'value="05-Mar-2026"' in page
    enter(people.coordinator, subject, "LOG", "AE", sequence=0, rows=GRADES, **CRS_EVENT)
    assert reconciled(people) == []


def test_the_investigators_grade_wins_over_the_computed_one(people: People, subject: Subject) -> None:
    none = {"investigator_grade": "0", "grade_reason": "Fever of a proven infection"}
    enter(people.investigator, subject, "D5", "CRS", **(ASSESSED | none))
    assert reconciled(people) == []


def test_an_event_that_nobody_assessed(people: People, subject: Subject) -> None:
    enter(people.coordinator, subject, "LOG", "AE", sequence=0, rows=GRADES, **CRS_EVENT)
    (line,) = found("reconciliation", people.coordinator)
    assert line.what == "Cytokine release syndrome: no assessment with a grade while it was present"
    assert line.url == "/subjects/01-001/LOG/AE/1/"


def test_a_stay_for_an_event_that_is_not_serious(people: People, subject: Subject) -> None:
    mild = {"serious": "false", "serious_criteria": []}
    serious_event(people, subject, **mild)
    stay = STAY | {"reason": "ADVERSE EVENT", "event_number": "1"}
    enter(people.coordinator, subject, "LOG", "HOSP", sequence=0, **stay)
    assert reconciled(people) == [
        ("Hospital stay 1", "In hospital for an event that is not serious because of that")
    ]  # fmt: skip
    assert found("reconciliation", people.coordinator)[0].url == "/subjects/01-001/LOG/HOSP/1/"
    assert found("reconciliation", people.elsewhere) == []


def test_my_work_reads_the_safety_forms_once(people: People, subject: Subject) -> None:
    def reads() -> int:
        client = browser(people.coordinator)
        client.get(reverse("casebook:my-work"))
        with CaptureQueriesContext(connection) as captured:
            assert client.get(reverse("casebook:my-work")).status_code == 200
        return len(captured)

    reported(people, subject)
    few = reads()
    for _number in range(3):
        reported(people, add_subject(by=people.coordinator, site=people.site))
    assert reads() == few <= 45
