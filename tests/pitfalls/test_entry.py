"""Mistakes of other systems while data are entered: lost zeros, doubles, half-finished forms, locks that stay."""

from __future__ import annotations

import time
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from enrollment.models import Subject
from enrollment.services import add_subject
from safety.models import AdverseEvent, GradeChange, IcansAssessment, VitalSigns
from tests.casebook.conftest import SignedIn
from tests.casebook.entering import enter, post, row_texts
from tests.casebook.test_matrix import text_of, vitals
from tests.faults.test_together import together
from tests.people import People, make_people
from trial_edc.accounts.sessions import LAST_SEEN
from trial_edc.audit.models import ItemChange
from trial_edc.casebook.models import Draft
from trial_edc.casebook.selectors.status import VisitState, casebook
from trial_edc.casebook.submission import Saved
from trial_edc.protocol import status

EVENT: dict[str, Any] = {
    "term": "Neutrophil count decreased", "onset_date": "10-Nov-2026", "outcome": "NOT RECOVERED/NOT RESOLVED",
    "serious": "false",
}  # fmt: skip
GRADE_3 = [{"grade": 3, "start_date": "10-Nov-2026"}]


def visit_of(subject: Subject, code: str) -> VisitState:
    found = casebook(subject).at(code)
    assert found is not None
    return found


@pytest.mark.req("P01")
@pytest.mark.parametrize(("typed", "kept"), [("0", 0), ("", None), ("3", 3)])
def test_nought_and_nothing_are_kept_apart_when_the_page_comes_back(
    people: People, infused: Subject, signed_in: SignedIn, typed: str, kept: int | None
) -> None:
    texts = {"assessed_date": "12-Nov-2026", "ice_naming": typed, "deep_focal_motor_weakness": "false"}
    record = enter(people.coordinator, infused, "D1", "ICANS", **texts)
    saved = IcansAssessment.objects.get(pk=record.pk)
    assert (saved.ice_naming, saved.deep_focal_motor_weakness, saved.posturing) == (kept, False, None)
    form = signed_in(people.coordinator).get("/subjects/01-001/D1/ICANS/1/").context["form"]
    shown = [form[name].value() for name in ("ice_naming", "deep_focal_motor_weakness", "posturing")]
    assert shown == [kept, "false", None]
    trail = dict(ItemChange.objects.filter(record=record.pk).values_list("field", "new"))
    assert trail.get("ice_naming") == (None if kept is None else str(kept))
    assert (trail["deep_focal_motor_weakness"], trail.get("posturing")) == ("false", None)


@pytest.mark.req("P02")
@pytest.mark.django_db(transaction=True)
def test_a_double_click_on_a_new_event_reports_it_once() -> None:
    people = make_people()
    subject, token = add_subject(by=people.coordinator, site=people.site), str(uuid4())

    def send() -> Any:
        return post(people.coordinator, subject, "LOG", "AE", sequence=0, rows=GRADE_3, token=token, **EVENT)

    outcomes = together(send, send)
    assert all(isinstance(outcome, Saved) for outcome in outcomes)
    assert sorted(outcome.repeated for outcome in outcomes) == [False, True]
    assert (AdverseEvent.objects.count(), GradeChange.objects.count()) == (1, 1)


@pytest.mark.req("P03")
def test_a_form_with_every_value_is_not_complete_before_someone_says_so(
    people: People, infused: Subject, signed_in: SignedIn
) -> None:
    planned = visit_of(infused, "SCR").done_count
    record = vitals(people, infused, "SCR")
    state = visit_of(infused, "SCR")
    assert next(form for form in state.forms if form.form.oid == "VS").status in (status.IN_PROGRESS, status.OVERDUE)
    assert state.done_count == planned
    client = signed_in(people.monitor)
    lists = {name: client.get(f"/subjects/tasks/{name}/").context["lines"] for name in ("to-verify", "to-sign")}
    assert lists == {"to-verify": [], "to-sign": []}
    vitals(people, infused, "SCR", action="complete")
    assert visit_of(infused, "SCR").done_count == planned + 1
    vitals(people, infused, "SCR", heart_rate="", reason_code="SOURCE")
    record.refresh_from_db()
    assert (record.status, visit_of(infused, "SCR").done_count) == ("STARTED", planned)


@pytest.mark.req("P04")
def test_what_is_kept_while_typing_completes_nothing(people: People, infused: Subject, signed_in: SignedIn) -> None:
    before, changes = visit_of(infused, "D5"), ItemChange.objects.count()
    texts = {"assessed_date": "12-Nov-2026", "heart_rate": "70", "version": "0", "action": "complete"}
    answer = signed_in(people.coordinator).post("/subjects/01-001/D5/VS/1/draft/", texts)
    assert answer.json()["ok"] and Draft.objects.count() == 1
    after = visit_of(infused, "D5")
    assert (after.done_count, after.row) == (before.done_count, before.row)
    assert after.status in (status.IN_PROGRESS, status.OVERDUE)
    assert not VitalSigns.objects.exists() and ItemChange.objects.count() == changes


def _expire(client: Client) -> None:
    session = client.session
    session[LAST_SEEN] = time.time() - 16 * 60
    session.save()


@pytest.mark.req("P10")
def test_whose_session_expired_keeps_nobody_out_of_the_form(
    people: People, infused: Subject, signed_in: SignedIn
) -> None:
    here = "/subjects/01-001/LOG/AE/1/"
    gone, other = signed_in(people.coordinator), signed_in(people.investigator)
    enter(people.coordinator, infused, "LOG", "AE", sequence=0, rows=GRADE_3, **EVENT)
    texts = EVENT | row_texts("AEG", GRADE_3) | {"version": "1", "action": "save"}
    row = GradeChange.objects.get()
    texts |= {"AEG-INITIAL_FORMS": "1", "AEG-0-id": str(row.pk)}
    gone.get(here)
    gone.post(f"{here}draft/", texts | {"treatment": "G-CSF"})
    _expire(gone)
    assert "Coordinator" in text_of(other.get(here)), "the other one is told who was typing"
    saved = other.post(here, texts | {"token": str(uuid4()), "treatment": "None needed"})
    assert saved.status_code == 302
    assert AdverseEvent.objects.get().treatment == "None needed"
