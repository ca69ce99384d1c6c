"""Bad input, as a browser would send it: each row a clear sentence on the page, nothing lost, nothing changed."""

from __future__ import annotations

import time
from html import escape
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from enrollment.models import Subject
from enrollment.services import add_subject
from safety.models import AdverseEvent, GradeChange, IcansAssessment, VitalSigns
from tests.casebook.entering import enter, row_texts
from tests.people import People
from trial_edc.accounts.models import User
from trial_edc.accounts.sessions import LAST_SEEN
from trial_edc.audit.models import ItemChange
from trial_edc.casebook.models import Draft
from trial_edc.crf.models import FormStatus

VITALS = {
    "assessed_date": "05-Nov-2026", "assessed_time": "08:10", "temperature_c": "36.6", "systolic_bp": "120",
    "diastolic_bp": "80", "heart_rate": "72", "respiratory_rate": "16", "oxygen_saturation": "98",
}  # fmt: skip
EVENT = {
    "term": "Neutrophil count decreased", "onset_date": "10-Nov-2026", "outcome": "NOT RECOVERED/NOT RESOLVED",
    "serious": "false", "treatment": "G-CSF, see the chart",
}  # fmt: skip
GRADE_3 = [{"grade": 3, "start_date": "10-Nov-2026"}]
NEUROLOGY = {
    "assessed_date": "12-Nov-2026", "ice_orientation": "4", "ice_naming": "3", "consciousness": "awakens_to_voice",
}  # fmt: skip
INFUSION = {
    "weight_kg": "71.5", "product_lot": "LOT-7", "infused_cells_million": "1", "start_date": "10-Nov-2026",
    **row_texts("INFBAG", []),
}  # fmt: skip


@pytest.fixture
def subject(people: People) -> Subject:
    return add_subject(by=people.coordinator, site=people.site)


def browser(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def address(subject: Subject, where: str) -> str:
    return f"/subjects/{subject.identifier}/{where}/"


def hidden(version: int = 0) -> dict[str, str]:
    return {"token": str(uuid4()), "version": str(version), "action": "save"}


def refused(user: User, subject: Subject, where: str, texts: dict[str, Any], sentence: str, status: int = 422) -> str:
    """Post, and check every refusal: the sentence is on the page, so is every text, the trail is still."""
    before = ItemChange.objects.count()
    response = browser(user).post(address(subject, where), hidden() | texts)
    page = response.content.decode()
    assert response.status_code == status, page[-2000:]
    assert escape(sentence) in page
    assert ItemChange.objects.count() == before
    return page


def still_there(page: str, texts: dict[str, Any]) -> None:
    """Check that every typed text is in the page that answers."""
    lost = [name for name, text in texts.items() if escape(str(text)) not in page]
    assert not lost, f"lost: {lost}"


ROWS: list[tuple[str, str, dict[str, Any], str]] = [
    ("letters in a number", "SCR/VS/1", VITALS | {"heart_rate": "seventy"}, "Enter a number, like 12."),
    ("a date that does not exist", "SCR/VS/1", VITALS | {"assessed_date": "31-Feb-2026"}, "February 2026 has 28 days."),
    (
        "end before onset", "LOG/AE/0",
        EVENT | {"end_date": "01-Nov-2026", "outcome": "RECOVERED/RESOLVED"} | row_texts("AEG", GRADE_3),
        "The end is before the onset.",
    ),
    (
        "a grade the term does not define", "LOG/AE/0",
        EVENT | {"term": "Alopecia"} | row_texts("AEG", [{"grade": 4, "start_date": "10-Nov-2026"}]),
        "This term does not define that grade.",
    ),
    ("ICE 11", "D1/ICANS/1", NEUROLOGY | {"ice_orientation": "11"}, "Enter a number from 0 to 4."),
    ("a negative dose", "D0/INF/1", INFUSION | {"infused_cells_million": "-1"}, "Enter a number from 0 to 100000."),
    (
        "10,000 characters", "LOG/AE/0", EVENT | {"treatment": "x" * 10_000} | row_texts("AEG", GRADE_3),
        "Ensure this value has at most 500 characters (it has 10000).",
    ),
    ("emoji in a number", "SCR/VS/1", VITALS | {"heart_rate": "7️⃣2️⃣"}, "Enter a number, like 12."),
    ("a character no text has", "LOG/AE/0", EVENT | {"treatment": "a\x00b"} | row_texts("AEG", GRADE_3),
     "Null characters are not allowed."),
]  # fmt: skip


@pytest.mark.parametrize(("where", "texts", "sentence"), [row[1:] for row in ROWS], ids=[row[0] for row in ROWS])
def test_what_cannot_be_is_refused(
    people: People, subject: Subject, where: str, texts: dict[str, Any], sentence: str
) -> None:
    page = refused(people.coordinator, subject, where, texts, sentence)
    shown = {name: text for name, text in texts.items() if not name.endswith("_FORMS") and "\x00" not in str(text)}
    still_there(page, shown)


def test_emoji_are_text_and_stay_what_they_are(people: People, subject: Subject) -> None:
    texts = EVENT | {"treatment": "oxygen 😷, 对症治疗"} | row_texts("AEG", GRADE_3)
    client = browser(people.coordinator)
    saved = client.post(address(subject, "LOG/AE/0"), hidden() | texts)
    assert saved.status_code == 302
    assert AdverseEvent.objects.get().treatment == "oxygen 😷, 对症治疗"
    still_there(client.get(saved["Location"]).content.decode(), {"treatment": "oxygen 😷, 对症治疗"})


def test_a_form_of_another_sites_subject_is_not_found(people: People, subject: Subject) -> None:
    refused(people.elsewhere, subject, "SCR/VS/1", VITALS, "There is nothing at this address", status=404)
    assert not VitalSigns.objects.exists()


@pytest.mark.parametrize("version", ["7", "-1", "99999999999999999999", "²", "9" * 5000, "", "x"])
def test_a_tampered_version_is_a_conflict(people: People, subject: Subject, version: str) -> None:
    record = enter(people.coordinator, subject, "SCR", "VS", **VITALS)
    changed = VITALS | {"heart_rate": "99", "version": version}
    sentence = "Someone else saved this form while you were editing"
    page = refused(people.coordinator, subject, "SCR/VS/1", changed, sentence, status=409)
    still_there(page, {"heart_rate": "99"})
    record.refresh_from_db()
    assert (record.heart_rate, record.version) == (72, 1)


@pytest.mark.parametrize("token", ["", "again", "\x00"])
def test_a_tampered_token_saves_nothing_and_the_draft_is_kept(people: People, subject: Subject, token: str) -> None:
    client = browser(people.coordinator)
    client.post(address(subject, "SCR/VS/1/draft"), hidden() | VITALS)
    refused(people.coordinator, subject, "SCR/VS/1", VITALS | {"token": token}, "This page is out of date.", status=409)
    still_there(client.get(address(subject, "SCR/VS/1")).content.decode(), VITALS)


def test_a_token_of_somebody_else_saves_nothing(people: People, subject: Subject) -> None:
    token = str(uuid4())
    enter(people.investigator, subject, "SCR", "VS", token=token, **VITALS)
    stolen = VITALS | {"heart_rate": "99", "token": token, "version": "1"}
    refused(people.coordinator, subject, "SCR/VS/1", stolen, "This page belongs to another session.", status=409)


def test_a_judgement_sent_by_a_coordinator_is_refused(people: People, subject: Subject) -> None:
    sentence = "Only a delegated physician may enter “Investigator's grade”."
    refused(people.coordinator, subject, "D1/ICANS/1", NEUROLOGY | {"investigator_grade": "0"}, sentence, status=403)
    assert not IcansAssessment.objects.exists()


@pytest.fixture
def two_events(people: People, subject: Subject) -> tuple[AdverseEvent, AdverseEvent]:
    """The event whose page is open, and an event of another subject."""
    other = add_subject(by=people.coordinator, site=people.site)
    mine, theirs = (
        enter(people.coordinator, each, "LOG", "AE", sequence=0, rows=GRADE_3, **EVENT) for each in (subject, other)
    )
    return mine, theirs


def rows_of(event: AdverseEvent) -> list[tuple[int | None, str]]:
    return list(event.grade_changes.order_by("position").values_list("grade", "start_date"))


def one_row(row: GradeChange, **more: str) -> dict[str, str]:
    texts = {"AEG-TOTAL_FORMS": "1", "AEG-INITIAL_FORMS": "1", "AEG-0-id": str(row.pk)}
    return texts | {"AEG-0-grade": "4", "AEG-0-start_date": "10-Nov-2026"} | {f"AEG-0-{k}": v for k, v in more.items()}


@pytest.mark.parametrize("more", [{}, {"DELETE": "on"}], ids=["changed", "removed"])
def test_rows_of_another_record_cannot_be_touched(
    people: People, subject: Subject, two_events: tuple[AdverseEvent, AdverseEvent], more: dict[str, str]
) -> None:
    mine, theirs = two_events
    texts = EVENT | one_row(theirs.grade_changes.get(), **more) | {"version": "1"}
    refused(people.coordinator, subject, "LOG/AE/1", texts, "This page is out of date.", status=409)
    assert rows_of(mine) == rows_of(theirs) == [(3, "2026-11-10")]


@pytest.mark.parametrize(
    "texts",
    [
        row_texts("AEG", GRADE_3),
        one_row(GradeChange(pk=uuid4())),
        one_row(GradeChange()) | {"AEG-0-id": "x"},
        {"AEG-TOTAL_FORMS": "x", "AEG-INITIAL_FORMS": "0"},
        {"AEG-TOTAL_FORMS": "5000000", "AEG-INITIAL_FORMS": "0"},
        {},
    ],
    ids=["saved row left out", "unknown row", "no identifier", "no count", "too many", "no table"],
)
def test_a_tampered_table_of_rows_changes_nothing(
    people: People, subject: Subject, two_events: tuple[AdverseEvent, AdverseEvent], texts: dict[str, str]
) -> None:
    data = EVENT | texts | {"version": "1"}
    refused(people.coordinator, subject, "LOG/AE/1", data, "This page is out of date.", status=409)
    assert rows_of(two_events[0]) == [(3, "2026-11-10")]


def test_fields_of_the_record_itself_cannot_be_sent(people: People, subject: Subject) -> None:
    sent = {
        "status": "LOCKED", "id": str(uuid4()), "subject": str(uuid4()), "completed_at": "2020-01-01", "amendment": "9",
    }  # fmt: skip
    assert browser(people.coordinator).post(address(subject, "SCR/VS/1"), hidden() | VITALS | sent).status_code == 302
    saved = VitalSigns.objects.get()
    assert (saved.status, saved.subject, saved.completed_at) == (FormStatus.STARTED, subject, None)


def test_an_expired_session_says_so_and_keeps_the_draft(people: People, subject: Subject) -> None:
    client = browser(people.coordinator)
    client.post(address(subject, "SCR/VS/1/draft"), hidden() | VITALS)
    session = client.session
    session[LAST_SEEN] = time.time() - 16 * 60
    session.save()
    before = ItemChange.objects.count()
    response = client.post(
        address(subject, "SCR/VS/1"), hidden() | VITALS, headers={"Accept": "text/html,application/xhtml+xml"}
    )
    assert response.status_code == 401 and "You have been signed out" in response.content.decode()
    assert f"/sign-in/?next={address(subject, 'SCR/VS/1')}" in response.content.decode()
    assert ItemChange.objects.count() == before and Draft.objects.count() == 1
    still_there(browser(people.coordinator).get(address(subject, "SCR/VS/1")).content.decode(), VITALS)
    assert VITALS["product_lot" if "product_lot" in VITALS else "temperature_c"] not in response.content.decode()


def test_another_person_does_not_get_the_draft(people: People, subject: Subject) -> None:
    browser(people.coordinator).post(address(subject, "SCR/VS/1/draft"), hidden() | VITALS)
    assert "36.6" not in browser(people.investigator).get(address(subject, "SCR/VS/1")).content.decode()


def test_a_draft_can_be_discarded_and_only_the_saved_form_is_left(people: People, subject: Subject) -> None:
    client = browser(people.coordinator)
    here = f"/subjects/{subject.identifier}/SCR/VS/1/"
    client.post(f"{here}draft/", {"version": "0", "heart_rate": "84"})
    assert 'value="84"' in client.get(here).content.decode()
    assert client.get(f"{here}draft/discard/").status_code == 405
    answer = client.post(f"{here}draft/discard/", follow=True)
    page = answer.content.decode()
    assert 'value="84"' not in page
    assert "Your draft is discarded." in page
    assert not Draft.objects.exists()
