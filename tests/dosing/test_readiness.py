"""What is not ready leads to exactly that thing; what changed stands item by item; what if stands on the board."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import resolve, reverse
from django.utils import timezone

from dosing.models import DltAssessment
from dosing.selectors.board import board
from dosing.selectors.changes import difference
from dosing.selectors.evidence import evidence
from dosing.selectors.readiness import COVERS, SENTENCES, Point, address, points
from dosing.selectors.shared import Shared
from dosing.services import freeze_decision
from safety.models import AdverseEvent, GradeChange
from tests.dosing.builders import Trial, days_ago
from tests.people import PASSWORD
from trial_edc.audit.context import acting
from trial_edc.audit.models import Signature
from trial_edc.audit.signatures import sign
from trial_edc.review.services import raise_query


@pytest.fixture
def seen_by(trial: Trial, settings: Any) -> Any:
    settings.SECURE_SSL_REDIRECT = False

    def sit_down(role: str) -> Client:
        client = Client()
        client.force_login(getattr(trial.people, role), backend="django.contrib.auth.backends.ModelBackend")
        return client

    return sit_down


def text(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def keys() -> dict[str, str]:
    """Return key -> address of what is not ready on the board."""
    return {point.key: point.url for point in board().not_ready}


def test_every_point_leads_to_its_thing_and_the_page_is_there(trial: Trial, seen_by: Any) -> None:
    first, low, third = trial.infused(), trial.infused(percent=60), trial.infused(day28=False)
    event = trial.event(first)
    form = trial.assess(trial.infused(day28=False), days_ago(32))
    raise_query(by=trial.people.monitor, record=form, field="assessment_date", text="Please check the source.")
    with trial.write():
        AdverseEvent.objects.filter(pk=event.pk).update(status="STARTED")
    trial.compute()
    found = keys()
    assert found["event-not-judged"] == f"/dose-escalation/adjudicate/{event.pk}/"
    assert found["event-draft"] == f"/subjects/{first.identifier}/LOG/AE/1/"
    assert found["choice-missing"] == "/dose-escalation/choices/" and low.identifier
    assert found["day28-missing"] == f"/subjects/{third.identifier}/D28/DLT/"
    assert found["query-open"] == "/queries/1/"
    assert found["unverified-of"].startswith("/verification/?critical=1&q=01-00")
    assert set(found) >= {"day28-unsigned"}
    client = seen_by("investigator")
    for url in found.values():
        assert client.get(url, follow=True).status_code == 200, url
    page = text(client.get(reverse("dosing:board")))
    for url in found.values():
        assert f'href="{url.replace("&", "&amp;")}"' in page, url


def test_every_kind_of_point_has_words_and_an_address() -> None:
    details = {
        "subject": "01-001", "number": 1, "term": "CRS", "query": "0007", "count": 2, "visit": "LOG",
        "event": "6f5a6c0e-2f0c-5b8e-9a55-3b6d47487000",
    }  # fmt: skip
    for key in SENTENCES:
        plain = {name: value for name, value in details.items() if name != "event" or key.startswith("event")}
        assert resolve(address(key, plain).partition("?")[0]), key
        assert Point(key, details).sentence
    covered = {key for keys in COVERS.values() for key in keys}
    assert covered | {"at-risk"} == set(SENTENCES)


def test_an_assessment_that_is_signed_is_said_so_and_the_evidence_keeps_what_was_signed_then(trial: Trial) -> None:
    subject = trial.infused()
    for _n in range(2):
        trial.infused()
    trial.compute()
    before = freeze_decision(by=trial.people.investigator, dose_level=1).data_cutoff
    form = DltAssessment.objects.get(subject=subject)
    with acting(trial.people.investigator, "test"):
        sign(form, by=trial.people.investigator, meaning=Signature.Meaning.REVIEW, subject_key=subject.pk)
    unsigned = [point.details["subject"] for point in board().not_ready if point.key == "day28-unsigned"]
    assert unsigned == ["01-002", "01-003"]
    after = freeze_decision(by=trial.people.investigator, dose_level=1)
    assert [row["day28_signed"] for row in after.evidence["subjects"]] == [True, False, False]
    with trial.write():
        DltAssessment.objects.filter(pk=form.pk).update(comment="Changed after the signature.")
    assert len([point for point in board().not_ready if point.key == "day28-unsigned"]) == 3
    assert evidence(1, after.data_cutoff) == after.evidence, "the signature held at the cut-off"
    assert not any(row["day28_signed"] for row in evidence(1, before)["subjects"])


def test_evidence_of_an_earlier_format_still_reads() -> None:
    row = {
        "identifier": "01-001", "unverified": 0, "open_queries": [], "infused_at": "2026-01-01T10:00:00+08:00",
        "events": [], "window_closes_at": "2026-01-30T00:00:00+08:00", "day28_done": True, "day28_says_dlt": None,
        "status": "EVALUABLE_NO_DLT", "at_risk": False,
    }  # fmt: skip
    assert points([row], action="ESCALATE", moment=timezone.now()) == []
    assert "2 critical data points are not" in Point("unverified", {"count": 2}).sentence


@pytest.mark.req("R56")
def test_a_superseded_decision_shows_item_before_after_who_and_when(trial: Trial, seen_by: Any) -> None:
    subjects = [trial.infused() for _n in range(3)]
    event = trial.event(subjects[0], grades=((3, 6),))
    trial.compute()
    decision = trial.released(1)
    with trial.write():
        GradeChange.objects.filter(record=event).update(grade=4)
    trial.judge(event)
    trial.compute()
    decision.refresh_from_db()
    changes = difference([subject.pk for subject in subjects], decision.data_cutoff)
    assert [(each.subject, each.form, each.item, each.before, each.after, each.person) for each in changes] == [
        ("01-001", "AE 1", "Grade", "3", "4", "Coordinator"),
        ("01-001", "AE 1", "Adjudication", "–", "YES", "Investigator"),
    ]
    page = text(seen_by("monitor").get(reverse("dosing:decision", args=[decision.pk])))
    assert "What changed since the data cut-off" in page
    assert "<td>Grade</td><td><del>3</del></td><td><strong>4</strong></td><td>Coordinator</td>" in page
    assert f'href="/subjects/01-001/LOG/AE/1/">{"01-001 AE 1"}</a>' in page
    other = trial.review(1)
    assert "What changed since" not in text(seen_by("monitor").get(reverse("dosing:decision", args=[other.pk])))


def test_what_if_opens_on_the_board_and_is_advice(trial: Trial, seen_by: Any) -> None:
    trial.infused()
    trial.infused(days=10)
    trial.compute()
    client, address = seen_by("investigator"), reverse("dosing:what-if")
    assert f'hx-get="{address}"' in client.get(reverse("dosing:board")).content.decode()
    panel = text(client.get(address))
    assert "If 01-002 has a DLT" in panel and "Advice only, nothing is stored" in panel, "beside the verdict"
    plain = seen_by("coordinator")
    assert plain.get(address).status_code == 403
    assert address not in plain.get(reverse("dosing:board")).content.decode()


def test_what_is_shared_is_worked_out_once_per_mark() -> None:
    shared, worked = Shared(), []

    def work() -> int:
        worked.append(1)
        return len(worked)

    assert [shared.get("a", "1", work), shared.get("a", "1", work), shared.get("a", "2", work)] == [1, 1, 2]
    assert shared.get("b", "2", work) == 3
    with pytest.raises(ZeroDivisionError):
        shared.get("a", "3", lambda: 1 // 0)
    assert shared.get("a", "3", work) == 4, "what failed is not kept, and nobody waits for ever"


def test_two_readers_of_one_drawn_board_have_forms_of_their_own(trial: Trial, seen_by: Any) -> None:
    for _n in range(3):
        trial.infused()
    trial.compute()
    pages = [seen_by(role).get(reverse("dosing:board-status")).content.decode() for role in ("investigator",) * 2]
    tokens = [page.partition('name="csrfmiddlewaretoken" value="')[2].partition('"')[0] for page in pages]
    assert all(len(token) == 64 for token in tokens) and tokens[0] != tokens[1]
    reader = seen_by("monitor").get(reverse("dosing:board-status")).content.decode()
    assert "csrfmiddlewaretoken" not in reader and "Freeze evidence" not in reader
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(trial.people.investigator, backend="django.contrib.auth.backends.ModelBackend")
    drawn = strict.get(reverse("dosing:board-status")).content.decode()
    token = drawn.partition('name="csrfmiddlewaretoken" value="')[2].partition('"')[0]
    freeze = reverse("dosing:freeze", args=[1])
    assert strict.post(freeze, {"csrfmiddlewaretoken": token}).status_code == 302
    assert strict.post(freeze, {"csrfmiddlewaretoken": "token-of-the-reader", "p": PASSWORD}).status_code == 403
