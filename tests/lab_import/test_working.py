"""A large file is work for the worker: seen while it goes on, stopped, found again, and done once or not at all."""

from __future__ import annotations

import os
import signal
import time
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.utils import timezone

from enrollment.models import Subject
from safety import tasks
from safety.lab_import import selectors, services, working
from safety.lab_import.saving import save_sample
from safety.models.laboratory_import import LaboratoryImport, LaboratoryJob
from tests.bedside.columns import browser, infused
from tests.lab_import.sending import file_of, saved, send
from tests.people import People, make_people
from trial_edc.accounts.models import Membership
from trial_edc.audit.context import acting
from trial_edc.audit.models import ItemChange
from trial_edc.casebook.jobs import life
from trial_edc.errors import DomainError

State = LaboratoryJob.State


@pytest.fixture
def queue(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The jobs that were handed to the worker; none is short enough to be done at once."""
    sent: list[str] = []
    monkeypatch.setattr(services, "enqueue", lambda _task, key: sent.append(key))
    monkeypatch.setattr(tasks, "enqueue", lambda _task, key: sent.append(key))
    monkeypatch.setattr(services, "MOST_BYTES_AT_ONCE", 0)
    return sent


@pytest.fixture
def checked(people: People, subject: Subject, queue: list[str]) -> LaboratoryImport:
    upload = send(people, file_of(subject, 3, 4, 5))
    working.work(job_of(upload).pk)
    return upload


def job_of(upload: LaboratoryImport) -> LaboratoryJob:
    return selectors.last_job(upload) or pytest.fail("no job")


def test_sending_and_saving_are_handed_to_the_worker_once(
    people: People, subject: Subject, queue: list[str], django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        upload = send(people, file_of(subject, 3, 4, 5))
    check = job_of(upload)
    assert (check.state, queue, check.found) == (State.QUEUED, [str(check.pk)], {})
    with pytest.raises(DomainError, match="being worked on"):
        services.start_import(by=people.coordinator, upload=upload)
    working.work(check.pk)
    with django_capture_on_commit_callbacks(execute=True):
        for _click in range(2):
            services.start_import(by=people.coordinator, upload=upload)
    take = job_of(upload)
    assert (take.state, saved(), queue) == (State.QUEUED, (0, 0), [str(check.pk), str(take.pk)])
    with pytest.raises(DomainError, match="being worked on"):
        services.name_columns(by=people.coordinator, upload=upload, mapping={})
    for _delivery in range(2):
        working.work(take.pk)
    assert (job_of(upload).state, saved(), upload.jobs.count()) == (State.DONE, (3, 3), 2)


def test_the_page_follows_the_work_and_loads_itself_when_it_is_over(people: People, checked: LaboratoryImport) -> None:
    client, url = browser(people.coordinator), f"/laboratory/files/{checked.pk}/"
    client.post(url, {"act": "import"})
    page = client.get(url).content.decode()
    assert f'hx-get="{url}progress/"' in page and "Waiting for a worker" in page and "Cancel saving" in page
    running = life.take_up(LaboratoryJob, job_of(checked).pk)
    assert running is not None
    progress = life.Progress(running)
    for step, done, total in (("read", 1, 1), ("check", 18, 18), ("compare", 6, 6), ("save", 3, 6)):
        progress(step, done, total)
    answer = client.get(f"{url}progress/").content.decode()
    assert "54 %" in answer and "3 of 6" in answer and "Forms saved" in answer
    services.cancel_work(by=people.coordinator, upload=checked)
    assert client.get(f"{url}progress/").headers["HX-Refresh"] == "true"
    page = client.get(url).content.decode()
    assert "Nothing was taken in." in page and "cancelled" in page and "Save 6 forms" in page
    with pytest.raises(DomainError, match="Nobody works"):
        services.cancel_work(by=people.coordinator, upload=checked)


def test_cancelled_while_the_forms_are_saved_leaves_nothing(
    people: People, checked: LaboratoryImport, monkeypatch: pytest.MonkeyPatch
) -> None:
    services.start_import(by=people.coordinator, upload=checked)
    real, calls = save_sample, []

    def cancel_at_the_fourth(**arguments: Any) -> None:
        real(**arguments)
        calls.append(arguments)

    real_close = working._close

    def cancelled_meanwhile(job: LaboratoryJob, plan: Any) -> None:
        LaboratoryJob.objects.filter(pk=job.pk).update(state=State.CANCELLED)
        real_close(job, plan)

    monkeypatch.setattr(working, "save_sample", cancel_at_the_fourth)
    monkeypatch.setattr(working, "_close", cancelled_meanwhile)
    working.work(job_of(checked).pk)
    checked.refresh_from_db()
    assert (len(calls), saved(), checked.state) == (6, (0, 0), LaboratoryImport.State.CHECKED)


def test_no_worker_is_said_plainly_and_the_work_is_found_again(
    people: People, checked: LaboratoryImport, queue: list[str]
) -> None:
    client, url = browser(people.coordinator), f"/laboratory/files/{checked.pk}/"
    services.start_import(by=people.coordinator, upload=checked)
    job = job_of(checked)
    assert "No worker has taken this up" not in client.get(url).content.decode()
    LaboratoryJob.objects.filter(pk=job.pk).update(queued_at=timezone.now() - timedelta(seconds=70))
    assert "No worker has taken this up since" in client.get(f"{url}progress/").content.decode()
    tasks.find_waiting_files()
    assert queue[-1] == str(job.pk)
    life.take_up(LaboratoryJob, job.pk)
    LaboratoryJob.objects.filter(pk=job.pk).update(heartbeat_at=timezone.now() - timedelta(seconds=61))
    assert "no sign of life" in client.get(f"{url}progress/").content.decode()
    tasks.find_waiting_files()
    page = client.get(url).content.decode()
    assert "Nothing was taken in." in page and "The worker stopped. Try again." in page
    services.start_import(by=people.coordinator, upload=checked)
    working.work(job_of(checked).pk)
    assert saved() == (3, 3)


def test_a_fault_of_the_program_is_told_without_its_innards(
    people: People, checked: LaboratoryImport, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_arguments: Any) -> None:
        raise ZeroDivisionError("secret innards")

    services.start_import(by=people.coordinator, upload=checked)
    monkeypatch.setattr(working, "plan_of", broken)
    working.work(job_of(checked).pk)
    job = job_of(checked)
    assert job.state == State.FAILED and str(job.pk)[:8] in job.failure_reason and "innards" not in job.failure_reason


def test_who_lost_the_role_meanwhile_saves_nothing(people: People, checked: LaboratoryImport) -> None:
    services.start_import(by=people.coordinator, upload=checked)
    with acting(people.administrator):
        Membership.objects.filter(user=people.coordinator).update(end_date=timezone.localdate() - timedelta(days=1))
    working.work(job_of(checked).pk)
    assert (job_of(checked).failure_reason, saved()) == ("Your role does not allow this.", (0, 0))
    for person in (people.coordinator, people.monitor):
        person.__dict__.pop("_memberships_today", None)
        with pytest.raises(PermissionDenied):
            services.cancel_work(by=person, upload=checked)


def test_twenty_thousand_rows_hold_no_page_up(people: People, subject: Subject) -> None:
    """The request keeps the file; the worker finds every fault; the page lists the first, the download all."""
    rows = [row for day in range(1, 8) for row in file_of(subject, day)]
    rows = [[*row[:2], f"{number % 24:02d}:{number // 24 % 60:02d}", *row[3:]] for number in range(480) for row in rows]
    rows = [[*row[:4], "haemolysed" if line % 40 == 0 else row[4], *row[5:]] for line, row in enumerate(rows[:20_000])]
    began = time.monotonic()
    upload = send(people, rows)
    assert time.monotonic() - began < 2
    assert job_of(upload).state == State.QUEUED
    working.work(job_of(upload).pk)
    client, url = browser(people.coordinator), f"/laboratory/files/{upload.pk}/"
    began = time.monotonic()
    page = client.get(url).content.decode()
    assert time.monotonic() - began < 2
    assert "500 rows: The result “haemolysed” is not a number." in page and "and 450 more" in page
    lines = client.get(f"{url}faults/").content.decode().splitlines()
    assert (len(lines), lines[1].partition(",")[0], lines[-1].partition(",")[0]) == (501, "2", "19962")


@pytest.mark.django_db(transaction=True)
def test_a_worker_that_is_killed_leaves_nothing_half_done(queue: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """The process ends by SIGKILL after some forms were written: nothing stays, it is said, and can be begun again."""
    people = make_people()
    upload = send(people, file_of(infused(people, days=12), *range(1, 8)))
    tasks.work_on_file(queue[-1])
    services.start_import(by=people.coordinator, upload=upload)
    reading, writing = os.pipe()
    real = save_sample

    def tell(**arguments: Any) -> None:
        real(**arguments)
        os.write(writing, b".")

    monkeypatch.setattr(working, "save_sample", tell)
    connection.close()
    child = os.fork()
    if child == 0:  # pragma: no cover  # it is killed
        tasks.work_on_file(queue[-1])
        os._exit(0)
    for _form in range(5):
        assert os.read(reading, 1) == b"."
    job = job_of(upload)
    assert (job.state, job.stage, job.stage_counts["check"]) == (State.RUNNING, "save", [42, 42]), "seen meanwhile"
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    assert (job_of(upload).state, saved()) == (State.RUNNING, (0, 0))
    assert not ItemChange.objects.filter(entity__in=("HEM", "CHEM")).exists()
    tasks.work_on_file(queue[-1])
    assert saved() == (0, 0), "the message that comes again finds a job that is taken"
    LaboratoryJob.objects.filter(pk=job.pk).update(heartbeat_at=timezone.now() - timedelta(seconds=61))
    tasks.find_waiting_files()
    assert (job_of(upload).state, job_of(upload).failure_reason) == (State.FAILED, "The worker stopped. Try again.")
    monkeypatch.setattr(working, "save_sample", real)
    services.start_import(by=people.coordinator, upload=upload)
    tasks.work_on_file(queue[-1])
    assert (job_of(upload).state, saved()) == (State.DONE, (7, 7))


@pytest.mark.django_db(transaction=True)
def test_cancelled_from_elsewhere_the_worker_stops_and_takes_everything_back(
    queue: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    people = make_people()
    upload = send(people, file_of(infused(people, days=12), *range(1, 8)))
    tasks.work_on_file(queue[-1])
    services.start_import(by=people.coordinator, upload=upload)
    real, calls = save_sample, []
    monkeypatch.setattr(life, "WRITE_EVERY_SECONDS", 0)

    def cancel_after_the_third(**arguments: Any) -> None:
        real(**arguments)
        calls.append(arguments)
        if len(calls) == 3:
            with life.beside_the_transaction() as write:
                write(lambda: LaboratoryJob.objects.filter(pk=queue[-1]).update(state=State.CANCELLED))

    monkeypatch.setattr(working, "save_sample", cancel_after_the_third)
    tasks.work_on_file(queue[-1])
    assert (len(calls), job_of(upload).state, saved()) == (3, State.CANCELLED, (0, 0))
