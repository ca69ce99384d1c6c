"""A laboratory file becomes forms all at once or not at all, and the second time nothing."""

from __future__ import annotations

import os
import signal
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection

from enrollment.models import Subject
from safety.lab_import import services
from safety.lab_import.planning import plan_of
from safety.models import Chemistry, Haematology
from safety.models.laboratory_import import LaboratoryImport
from tests.bedside.columns import browser, day_of, infused
from tests.lab_import.files import COUNTS, FAULTS, LIVER, as_csv, rows_of
from tests.people import People, make_people
from trial_edc.audit.models import ItemChange
from trial_edc.crf.models import FormStatus
from trial_edc.errors import DomainError
from trial_edc.review.models import RuleResult

State = LaboratoryImport.State


@pytest.fixture
def subject(people: People) -> Subject:
    return infused(people, days=12)


def file_of(subject: Subject, *days: int, results: Any = (*COUNTS, *LIVER)) -> list[list[str]]:
    return [row for day in days for row in rows_of(subject.identifier, day_of(subject, day), results=results)]


def send(people: People, rows: list[list[str]], name: str = "lab.csv") -> LaboratoryImport:
    return services.upload_file(by=people.coordinator, site=people.site, name=name, content=as_csv(rows))


def saved() -> tuple[int, int]:
    return Haematology.objects.count(), Chemistry.objects.count()


def test_a_file_becomes_forms_with_their_grades_and_names_its_source(people: People, subject: Subject) -> None:
    low = [("Neutrophils", "0.3", "10^9/L", "1.8", "6.3"), *LIVER]
    upload = send(people, file_of(subject, 3, results=low))
    done = services.start_import(by=people.coordinator, upload=upload)
    assert (done.state, done.forms_created, saved()) == (State.DONE, 2, (1, 1))
    form = Haematology.objects.get()
    assert (form.visit, form.status, f"{form.collected_time:%H:%M}") == ("D3", FormStatus.STARTED, "08:10")
    change = ItemChange.objects.filter(root=form.pk).first()
    assert change is not None
    assert (change.source, change.changed_by_name) == ("import", people.coordinator.full_name)
    assert RuleResult.objects.get(root=form.pk, rule="ctcae-lab-grade").output["highest"] == 4


def test_the_same_file_again_changes_nothing(people: People, subject: Subject) -> None:
    rows = file_of(subject, 3)
    first = services.start_import(by=people.coordinator, upload=send(people, rows))
    again = send(people, rows, "the same under another name.csv")
    assert again.pk == first.pk
    assert services.start_import(by=people.coordinator, upload=again).state == State.DONE
    longer = services.start_import(by=people.coordinator, upload=send(people, rows + file_of(subject, 4)))
    assert (longer.forms_created, longer.forms_present) == (2, 2)
    assert saved() == (2, 2)
    assert Haematology.objects.filter(version=1).count() == 2


@pytest.mark.parametrize("fault", [row[1] for row in FAULTS][:4])
def test_one_fault_keeps_everything_back(people: People, subject: Subject, fault: dict[int, str]) -> None:
    rows = file_of(subject, 3, 4)
    rows[-1] = [fault.get(number, cell) for number, cell in enumerate(rows[-1])]
    upload = send(people, rows)
    with pytest.raises(DomainError, match="nothing is taken"):
        services.start_import(by=people.coordinator, upload=upload)
    assert saved() == (0, 0)


def test_what_is_saved_is_never_overwritten(people: People, subject: Subject) -> None:
    services.start_import(by=people.coordinator, upload=send(people, file_of(subject, 3)))
    other = [("WBC", "9.9", "10^9/L", "3.5", "9.5"), ("LYM", "1.5", "10^9/L", "1.1", "3.2"), *LIVER]
    plan = plan_of(send(people, file_of(subject, 3, results=other)))
    assert [fault.line for fault in plan.faults] == [2, 3]
    assert "says 5.1" in plan.faults[0].sentence
    assert "without this result" in plan.faults[1].sentence
    assert plan.present == 1


def test_a_day_without_a_visit_is_a_fault(people: People, subject: Subject) -> None:
    plan = plan_of(send(people, file_of(subject, -60, results=COUNTS[:1])))
    assert ["no visit" in fault.sentence for fault in plan.faults] == [True]


def test_a_refusal_half_way_leaves_nothing(people: People, subject: Subject, monkeypatch: Any) -> None:
    upload = send(people, file_of(subject, 3, 4, 5))
    monkeypatch.setattr(services, "MOST_AT_ONCE", 99)
    real, calls = services._submit, []

    def refuse_the_fourth(*arguments: Any) -> None:
        calls.append(arguments)
        if len(calls) == 4:
            raise DomainError("Lines 8: refused.")
        real(*arguments)

    monkeypatch.setattr(services, "_submit", refuse_the_fourth)
    failed = services.start_import(by=people.coordinator, upload=upload)
    assert (failed.state, failed.failure_reason, saved()) == (State.FAILED, "Lines 8: refused.", (0, 0))
    monkeypatch.setattr(services, "_submit", real)
    assert services.start_import(by=people.coordinator, upload=failed).state == State.DONE
    assert saved() == (3, 3)


def test_a_large_file_is_work_for_the_worker(
    people: People, subject: Subject, monkeypatch: Any, django_capture_on_commit_callbacks: Any
) -> None:
    sent: list[Any] = []
    monkeypatch.setattr(services, "_enqueue", sent.append)
    upload = send(people, file_of(subject, 3, 4, 5))
    with django_capture_on_commit_callbacks(execute=True):
        waiting = services.start_import(by=people.coordinator, upload=upload)
    assert (waiting.state, saved(), sent) == (State.QUEUED, (0, 0), [upload.pk])
    assert services.waiting() == [upload.pk]
    with pytest.raises(DomainError, match="already"):
        services.name_columns(by=people.coordinator, upload=upload, mapping={})
    for _delivery in range(2):
        services.take_in(upload.pk)
    assert saved() == (3, 3)


def test_who_may(people: People, subject: Subject) -> None:
    upload = send(people, file_of(subject, 3))
    for person in (people.monitor, people.elsewhere):
        with pytest.raises(PermissionDenied):
            services.upload_file(by=person, site=people.site, name="lab.csv", content=as_csv([]))
        with pytest.raises(PermissionDenied):
            services.start_import(by=person, upload=upload)
    url = f"/laboratory/files/{upload.pk}/"
    assert browser(people.monitor).get(url).status_code == 200
    assert browser(people.elsewhere).get(url).status_code == 404
    assert browser(people.monitor).post(url, {"act": "import"}).status_code == 403
    assert saved() == (0, 0)


def test_the_pages_from_sending_to_saving(people: People, subject: Subject) -> None:
    client = browser(people.coordinator)
    header = ("Patient", "When", "Time", "Test", "Result", "Unit", "LLN", "ULN")
    file = SimpleUploadedFile("ward.csv", as_csv(file_of(subject, 3, results=COUNTS), header=header))
    page = client.post("/laboratory/files/", {"site": str(people.site.pk), "file": file}, follow=True)
    url, content = page.redirect_chain[-1][0], page.content.decode()
    assert "Name the column of: Subject, Date of collection" in content
    assert subject.identifier in content
    columns = ("subject", "collected", "time", "analyte", "value", "unit", "low", "high")
    named = {f"column-{target}": str(number) for number, target in enumerate(columns)}
    page = client.post(url, named | {"act": "columns"}, follow=True)
    assert "4 rows: 1 new forms" in page.content.decode()
    page = client.post(url, {"act": "import"}, follow=True)
    assert "Taken: 1 forms saved" in page.content.decode()
    assert saved() == (1, 0)
    broken = SimpleUploadedFile("broken.xlsx", b"PK")
    refused = client.post("/laboratory/files/", {"site": str(people.site.pk), "file": broken})
    assert (refused.status_code, "no XLSX workbook" in refused.content.decode()) == (422, True)


@pytest.mark.django_db(transaction=True)
def test_a_worker_that_is_killed_leaves_nothing_half_done(monkeypatch: Any) -> None:
    """The process ends by SIGKILL after some forms were written; the file still waits, and is then taken whole."""
    people = make_people()
    subject = infused(people, days=12)
    rows = file_of(subject, *range(1, 8))
    upload = send(people, rows)
    monkeypatch.setattr(services, "MOST_AT_ONCE", 0)
    monkeypatch.setattr(services, "_enqueue", lambda _pk: None)
    services.start_import(by=people.coordinator, upload=upload)
    reading, writing = os.pipe()
    real = services._submit

    def tell(*arguments: Any) -> None:
        real(*arguments)
        os.write(writing, b".")

    monkeypatch.setattr(services, "_submit", tell)
    connection.close()
    child = os.fork()
    if child == 0:  # pragma: no cover  # it is killed
        services.take_in(upload.pk)
        os._exit(0)
    for _form in range(5):
        assert os.read(reading, 1) == b"."
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    upload.refresh_from_db()
    assert (upload.state, saved()) == (State.QUEUED, (0, 0))
    assert not ItemChange.objects.filter(entity__in=("HEM", "CHEM")).exists()
    monkeypatch.setattr(services, "_submit", real)
    services.take_in(upload.pk)
    assert saved() == (7, 7)
    assert timedelta(0) <= (LaboratoryImport.objects.get().finished_at or upload.uploaded_at) - upload.uploaded_at
