"""Serious events as documents, read back and compared with what was entered."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time
from io import BytesIO
from typing import Any

import pytest
from django.test import Client
from pypdf import PdfReader

from enrollment.models import Demographics, Subject
from reports import services, tasks
from reports.models import Job, ReportFile
from reports.pdf.making import Making
from reports.pdf.serious import report_pdf
from reports.serious.content import content_hash
from reports.serious.reading import read_event
from safety.models import Medication, SeriousEventReport
from tests.people import People
from trial_edc.accounts.models import User
from trial_edc.audit.context import acting
from trial_edc.audit.models import AccessEvent

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 6, 5, tzinfo=UTC)
MAKING = Making("Peter Braun", NOW, "CART-101 EDC 0.1.0", "en-GB", "Site 01 Shanghai")
NARRATIVE = "On day 3 the subject became hypotensive. 受试者给予托珠单抗后好转。" + " Course in detail." * 300


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def text_of(content: bytes) -> str:
    return " ".join(" ".join(page.extract_text() for page in PdfReader(BytesIO(content)).pages).split())


@pytest.fixture
def reported(people: People, study: dict[str, Any]) -> Subject:
    """The serious CRS of the study with its first report, reported late to the ethics committee, and a follow-up."""
    subject: Subject = study["subjects"][0]
    with acting(people.investigator, "test"):
        Demographics.objects.create(subject=subject, visit="SCR", age_years=58, sex="F")
        Medication.objects.create(
            subject=subject, visit="LOG", sequence=1, drug="Tocilizumab", start_date="2026-02-05", indication="CRS"
        )
        common = {
            "subject": subject, "visit": "LOG", "event_number": 1, "awareness_date": date(2026, 2, 5),
            "awareness_time": time(9), "serious_criteria": ["LIFE THREATENING"], "relationship_car_t": "definite",
        }  # fmt: skip
        SeriousEventReport.objects.create(
            **common, sequence=1, report_type="INITIAL", narrative=NARRATIVE, sponsor_date=date(2026, 2, 5),
            sponsor_time=time(11), sponsor_receipt="S-77", ethics_date=date(2026, 2, 7), ethics_time=time(9),
        )  # fmt: skip
        SeriousEventReport.objects.create(
            **common, sequence=2, report_type="FOLLOW-UP", follow_up_number=1, expectedness="UNEXPECTED",
            narrative="Recovered.", authority_date=date(2026, 2, 10),
        )  # fmt: skip
    return subject


@pytest.mark.req("R11")
def test_the_document_of_an_event_has_what_was_entered(people: People, reported: Subject) -> None:
    answer = client_of(people.investigator).get(f"/safety/serious/{reported.identifier}/1/report.pdf")
    text = text_of(answer.content)
    for entered in (
        "1. Subject 01-001 (DL1)", "2a. Age, years 58", "7. Reaction Cytokine release syndrome", "Highest grade 4",
        "Narrative, Initial, aware 05-Feb-2026 09:00", "Narrative, Follow-up 1", "Tocilizumab", "57 million",
        "受试者给予托珠单抗后好转", "S-77", "05-Feb-2026 11:00", "SUSAR, fatal or life-threatening",
        "reported 48 h 0 min after awareness", "reported on day 5; the last day is day 7", "CD70-CART-101-01-001-1",
    ):  # fmt: skip
        assert entered in text, entered
    assert text.count("Course in detail.") == 300
    order = [text.index(part) for part in ("I. Reaction", "II. Suspect", "III. Concomitant", "IV. Reports")]
    assert order == sorted(order)
    taken = AccessEvent.objects.get(action="download")
    assert "SAE_01-001-1" in taken.detail and "sha256=" in taken.detail


def test_the_same_moment_gives_the_same_bytes_and_an_outline(reported: Subject) -> None:
    found = read_event(reported, 1, NOW)
    assert found is not None
    made = [report_pdf(found, content_hash([found]), NOW, MAKING).content for _round in range(2)]
    assert made[0] == made[1]
    reader = PdfReader(BytesIO(made[0]))
    assert reader.trailer["/Root"]["/Lang"] == "en-GB"  # type: ignore[index]
    assert reader.metadata is not None and reader.metadata.title == "CD70-CART-101 Serious adverse event report"
    assert [str(e["/Title"])[:2] for e in reader.outline if not isinstance(e, list)] == ["I.", "II", "II", "IV"]


def test_only_serious_or_reported_events_have_a_document(people: People, reported: Subject) -> None:
    client = client_of(people.monitor)
    assert client.get("/safety/serious/01-001/2/report.pdf").status_code == 404
    assert client.get("/safety/serious/01-001/99/report.pdf").status_code == 404
    assert client_of(people.elsewhere).get("/safety/serious/01-001/1/report.pdf").status_code == 404


def test_the_class_of_an_event_follows_both_assessments(reported: Subject) -> None:
    found = read_event(reported, 1, NOW)
    assert found is not None and found.latest is not None and found.versions[0].susar == "open"
    assert found.latest.susar == "urgent" and replace(found.latest, urgent=False).susar == "other"
    assert replace(found.latest, related=False).susar == replace(found.latest, unexpected=False).susar == "no"


def test_the_listing_has_one_line_for_each_event_at_its_cut_off(
    people: People, reported: Subject, sent: list[str]
) -> None:
    job = services.request_report(by=people.monitor, kind=Job.Kind.SERIOUS)
    with acting(people.investigator, "test"):
        SeriousEventReport.objects.filter(sequence=1).update(sponsor_receipt="entered after the cut-off")
    tasks.produce_report(str(job.pk))
    file = ReportFile.objects.get(job=job)
    text = text_of(bytes(file.content))
    assert text.count("Cytokine release syndrome") == 1 and "S-77" in text and "after the cut-off" not in text
    assert "05-Feb-2026 11:00" in text and "07-Feb-2026 09:00" in text and "SUSAR, fatal or life-threatening" in text
    again = services.request_report(by=people.monitor, kind=Job.Kind.SERIOUS, cutoff=file.cutoff)
    tasks.produce_report(str(again.pk))
    assert ReportFile.objects.get(job=again).content_hash == file.content_hash
