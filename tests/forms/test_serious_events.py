"""Adverse events, serious-event reports and death: what is refused, asked again, and shown beside them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from enrollment.models import Subject
from enrollment.services import add_subject
from safety.models import AdverseEvent, SeriousEventReport
from tests.casebook.entering import enter, post
from tests.forms.log_samples import (
    DEATH,
    EVENT,
    FATAL,
    FATAL_GRADES,
    FATAL_REPORT,
    GRADES,
    REPORT,
    UNTOLD,
    sentences,
    serious_event,
)
from tests.people import People
from trial_edc.accounts.access import today
from trial_edc.audit.context import acting
from trial_edc.audit.models import ItemChange
from trial_edc.casebook.submission import Refused, Saved
from trial_edc.crf.models import FormStatus


@pytest.fixture
def subject(people: People) -> Subject:
    return add_subject(by=people.coordinator, site=people.site)


@pytest.fixture
def event(people: People, subject: Subject) -> AdverseEvent:
    found: AdverseEvent = serious_event(people, subject)
    return found


def day(offset: int) -> str:
    return (today() + timedelta(days=offset)).strftime("%d-%b-%Y")


# ---- adverse events

EVENTS: list[tuple[str, dict[str, Any], list[dict[str, Any]], str]] = [
    ("grades backwards", {}, [{"grade": 3, "start_date": "07-Mar-2026"}, {"grade": 2, "start_date": "06-Mar-2026"}],
     "follow each other in time"),
    ("grades backwards around an unknown day", {},
     [{"grade": 3, "start_date": "09-Mar-2026"}, {"grade": 2, "start_date": "UN-Mar-2026"},
      {"grade": 1, "start_date": "06-Mar-2026"}], "follow each other in time"),
    ("two grades at one moment", {},
     [{"grade": 3, "start_date": "05-Mar-2026", "start_time": "08:00"},
      {"grade": 2, "start_date": "05-Mar-2026", "start_time": "08:00"}], "follow each other in time"),
    ("a grade before the onset", {}, [{"grade": 3, "start_date": "04-Mar-2026"}], "follow each other in time"),
    ("a grade the term does not define", {"term": "Alopecia"}, GRADES, "does not define that grade"),
    ("a grade after death", FATAL,
     [{"grade": 5, "start_date": "05-Mar-2026"}, {"grade": 1, "start_date": "06-Mar-2026"}],
     "Nothing follows grade 5."),
    ("fatal without grade 5", FATAL, GRADES, "Outcome fatal and grade 5 go together."),
    ("grade 5 without fatal", {}, FATAL_GRADES, "Outcome fatal and grade 5 go together."),
    ("fatal and not serious", FATAL | {"serious": "false", "serious_criteria": []}, FATAL_GRADES,
     "A fatal event is serious"),
    ("fatal, serious for another reason", FATAL | {"serious_criteria": ["HOSPITALIZATION"]}, FATAL_GRADES,
     "death is one of its criteria"),
    ("resolved without end", {"outcome": "RECOVERED/RESOLVED"}, GRADES, "A resolved event needs an end date."),
    ("going on with an end", {"end_date": "09-Mar-2026"}, GRADES, "An event that goes on has no end date."),
    ("onset in the future", {"onset_date": day(1)}, [{"grade": 3, "start_date": day(1)}], "lies in the future"),
    ("a grade in the future", {}, [*GRADES, {"grade": 1, "start_date": day(1)}], "lies in the future"),
    ("a time of no date", {"end_time": "08:00"}, GRADES, "Enter the date to this time."),
]  # fmt: skip


@pytest.mark.parametrize(("texts", "rows", "sentence"), [row[1:] for row in EVENTS], ids=[row[0] for row in EVENTS])
def test_an_event_that_cannot_be_is_refused(
    people: People, subject: Subject, texts: dict[str, Any], rows: list[dict[str, Any]], sentence: str
) -> None:
    outcome = post(people.coordinator, subject, "LOG", "AE", sequence=0, rows=rows, **(EVENT | texts))
    assert sentence in sentences(outcome)
    assert not AdverseEvent.objects.exists()


def test_a_fatal_event_with_everything_is_complete(people: People, subject: Subject) -> None:
    record = enter(
        people.coordinator, subject, "LOG", "AE", sequence=0, rows=FATAL_GRADES, **(FATAL | {"action": "complete"})
    )
    assert (record.status, record.action_taken) == (FormStatus.COMPLETE, "NOT APPLICABLE")


def test_the_action_taken_is_asked_before_an_event_is_complete(people: People, subject: Subject) -> None:
    texts = EVENT | {"action_taken": "", "action": "complete"}
    assert "Enter a value" in sentences(
        post(people.coordinator, subject, "LOG", "AE", sequence=0, rows=GRADES, **texts)
    )


SOFT_EVENTS = [
    ({"onset_date": "01-Mar-2026"}, "AE-016"),
    ({"serious_criteria": ["DEATH"]}, "AE-014"),
]


@pytest.mark.parametrize(("texts", "check"), SOFT_EVENTS, ids=[row[1] for row in SOFT_EVENTS])
def test_a_doubtful_event_is_confirmed_before_it_is_complete(
    people: People, subject: Subject, texts: dict[str, Any], check: str
) -> None:
    doubtful = EVENT | texts | {"action": "complete"}
    assert isinstance(post(people.coordinator, subject, "LOG", "AE", sequence=0, rows=GRADES, **doubtful), Refused)
    confirmed = doubtful | {f"confirm-{check}": "1", f"explain-{check}": "As in the source"}
    record = enter(people.coordinator, subject, "LOG", "AE", sequence=0, rows=GRADES, **confirmed)
    assert record.status == FormStatus.COMPLETE


def test_an_event_cannot_begin_after_the_death(people: People, subject: Subject) -> None:
    enter(people.coordinator, subject, "EOS", "DTH", **DEATH)
    late = EVENT | {"onset_date": "10-Mar-2026"}
    rows = [{"grade": 3, "start_date": "10-Mar-2026"}]
    outcome = post(people.coordinator, subject, "LOG", "AE", sequence=0, rows=rows, **late)
    assert "after the death of the subject" in sentences(outcome)
    month = EVENT | {"onset_date": "UN-Mar-2026"}
    enter(people.coordinator, subject, "LOG", "AE", sequence=0, rows=[], **month)


# ---- serious-event reports


def report(people: People, subject: Subject, **changed: Any) -> Any:
    return post(people.coordinator, subject, "LOG", "SAE", sequence=0, **(REPORT | changed))


@pytest.mark.req("R51")
def test_a_complete_report(people: People, subject: Subject, event: AdverseEvent) -> None:
    outcome = report(people, subject, action="complete")
    assert isinstance(outcome, Saved), sentences(outcome)
    saved = SeriousEventReport.objects.get()
    assert (saved.status, saved.event_number, saved.report_type) == (FormStatus.COMPLETE, event.sequence, "INITIAL")
    assert saved.sponsor_receipt == "SP-0017" and saved.autopsy_done is None


REPORTS: list[tuple[str, dict[str, Any], str]] = [
    ("sponsor before awareness", {"sponsor_date": "05-Mar-2026", "sponsor_time": "23:09"}, "sponsor lies before"),
    ("sponsor the day before", {"sponsor_date": "04-Mar-2026", "sponsor_time": ""}, "to the sponsor lies before"),
    ("committee before awareness", {"ethics_date": "05-Mar-2026"}, "to the ethics committee lies before"),
    ("authority before awareness", {"expectedness": "UNEXPECTED", "authority_date": "04-Mar-2026"},
     "to the authority lies before"),
    ("follow-up of no report", {"expectedness": "UNEXPECTED", "authority_follow_up_date": "20-Mar-2026"},
     "Enter the expedited report first."),
    ("follow-up before the report",
     {"expectedness": "UNEXPECTED", "authority_date": "12-Mar-2026", "authority_follow_up_date": "11-Mar-2026"},
     "before the report it follows"),
    ("expedited, yet expected", {"expectedness": "EXPECTED", "authority_date": "12-Mar-2026"}, "does not apply"),
    ("discharged before admitted", {"discharge_date": "04-Mar-2026"}, "The discharge lies before the admission."),
    ("admitted, yet not in hospital", {"serious_criteria": ["LIFE THREATENING"]}, "does not apply"),
    ("an autopsy of the living", {"autopsy_done": "false"}, "does not apply"),
    ("aware in the future", {"awareness_date": day(1)} | UNTOLD, "This moment lies in the future."),
    ("sponsor told in the future", {"sponsor_date": day(2)}, "future"),
    ("final report in the future", {"final_report_date": day(1)}, "future"),
    ("no such event", {"event_number": "9"}, "has no event 9"),
    ("event 0", {"event_number": "0"}, "Enter a number from 1 to 999."),
    ("aware before the onset", {"awareness_date": "04-Mar-2026"}, "before its onset, 05-Mar-2026"),
    ("follow-up without an initial report", {"report_type": "FOLLOW-UP", "follow_up_number": "1"},
     "has no initial report yet"),
    ("a number on an initial report", {"follow_up_number": "1"}, "does not apply"),
    ("a time of no date", {"ethics_date": ""}, "Enter the date to this time."),
    ("a narrative as long as a book", {"narrative": "x" * 20_001}, "at most 20000 characters"),
    ("letters for a time", {"awareness_time": "noon"}, "Enter a time like 08:10."),
]  # fmt: skip


@pytest.mark.parametrize(("changed", "sentence"), [row[1:] for row in REPORTS], ids=[row[0] for row in REPORTS])
def test_a_report_that_cannot_be_is_refused(
    people: People, subject: Subject, event: AdverseEvent, changed: dict[str, Any], sentence: str
) -> None:
    before = ItemChange.objects.count()
    outcome = report(people, subject, **changed)
    assert sentence in sentences(outcome)
    assert outcome.entry.form.data["narrative"] == (REPORT | changed)["narrative"]
    assert not SeriousEventReport.objects.exists() and ItemChange.objects.count() == before


def test_only_a_serious_event_is_reported(people: People, subject: Subject) -> None:
    serious_event(people, subject, serious="false", serious_criteria=[])
    assert "is not called serious" in sentences(report(people, subject))
    with acting(people.coordinator, "test"):
        AdverseEvent.objects.update(serious=None)
    assert "is not called serious" in sentences(report(people, subject))


def test_an_event_that_was_not_done_cannot_be_reported(people: People, subject: Subject, event: AdverseEvent) -> None:
    with acting(people.coordinator, "test"):
        AdverseEvent.objects.update(status=FormStatus.NOT_DONE)
    assert "has no event 1" in sentences(report(people, subject))


def test_reports_of_one_event_are_a_series(people: People, subject: Subject, event: AdverseEvent) -> None:
    enter(people.coordinator, subject, "LOG", "SAE", sequence=0, **REPORT)
    assert "has an initial report already" in sentences(report(people, subject))
    follow_up = {"report_type": "FOLLOW-UP", "follow_up_number": "1", "awareness_date": "09-Mar-2026",
                 "sponsor_date": "09-Mar-2026", "sponsor_time": "23:30", "ethics_date": "09-Mar-2026",
                 "ethics_time": "23:40"}  # fmt: skip
    assert isinstance(report(people, subject, **follow_up), Saved)
    assert "Follow-up 1 of event 1 is entered already." in sentences(report(people, subject, **follow_up))
    assert isinstance(report(people, subject, **(follow_up | {"follow_up_number": "2"})), Saved)
    own = enter(people.coordinator, subject, "LOG", "SAE", sequence=1, **(REPORT | {"narrative": "Corrected."}))
    assert own.version == 2


@pytest.mark.req("R51")
def test_a_report_over_24_hours_is_explained(people: People, subject: Subject, event: AdverseEvent) -> None:
    late = {"sponsor_date": "06-Mar-2026", "sponsor_time": "23:11", "action": "complete"}
    assert "more than 24 hours" in sentences(report(people, subject, **late))
    explained = late | {"confirm-SAE-003": "1", "explain-SAE-003": "The line was down over night."}
    assert isinstance(report(people, subject, **explained), Saved)
    later = REPORT | explained | {"sponsor_time": "23:30", "reason_code": "SOURCE"}
    again = {name: text for name, text in later.items() if not name.startswith(("confirm", "explain"))}
    outcome = post(people.coordinator, subject, "LOG", "SAE", sequence=1, **again)
    assert "more than 24 hours" in sentences(outcome), "a confirmation holds for the moments it was given for"


FATAL_ONES = [
    ({"autopsy_done": ""}, False),
    ({"autopsy_done": "", "missing-autopsy_done": "UNKNOWN"}, False),
    ({}, True),
]


@pytest.mark.req("R63")
@pytest.mark.parametrize(("changed", "complete"), FATAL_ONES)
def test_a_fatal_report_needs_an_answer_about_the_autopsy(
    people: People, subject: Subject, changed: dict[str, Any], complete: bool
) -> None:
    serious_event(people, subject)
    texts = FATAL_REPORT | changed | {"action": "complete"}
    outcome = post(people.coordinator, subject, "LOG", "SAE", sequence=0, **texts)
    assert isinstance(outcome, Saved) is complete
    if not complete:
        assert "question of the autopsy" in sentences(outcome)
        assert isinstance(outcome, Refused) and "autopsy_done" in outcome.entry.form.errors


def test_no_stays_no_and_is_not_unanswered(people: People, subject: Subject, event: AdverseEvent) -> None:
    enter(people.coordinator, subject, "LOG", "SAE", sequence=0, **(FATAL_REPORT | {"sponsor_related": "false"}))
    saved = SeriousEventReport.objects.get()
    assert (saved.autopsy_done, saved.sponsor_related, saved.acknowledged) == (False, False, None)


@pytest.mark.req("R62")
@pytest.mark.parametrize("item", ["relationship_car_t", "acknowledged"])
def test_judgement_is_a_physicians(people: People, subject: Subject, event: AdverseEvent, item: str) -> None:
    said = {item: "true" if item == "acknowledged" else "probable"}
    with pytest.raises(PermissionDenied, match="delegated physician"):
        report(people, subject, **said)
    with pytest.raises(PermissionDenied, match="role"):
        post(people.monitor, subject, "LOG", "SAE", sequence=0, **REPORT)
    assert not SeriousEventReport.objects.exists()
    saved = enter(people.investigator, subject, "LOG", "SAE", sequence=0, **(REPORT | said))
    assert getattr(saved, item) in (True, "probable")


@pytest.mark.req("R61")
def test_an_acknowledgement_says_whether_treatment_changes(
    people: People, subject: Subject, event: AdverseEvent
) -> None:
    read = {"acknowledged": "true", "treatment_changes": "true", "treatment_change": "No further infusion this week."}
    saved = enter(people.investigator, subject, "LOG", "SAE", sequence=0, **(REPORT | read))
    assert (saved.acknowledged, saved.treatment_changes) == (True, True)
    alone = REPORT | {"treatment_changes": "true"}
    assert "does not apply" in sentences(post(people.investigator, subject, "LOG", "SAE", sequence=1, **alone))
