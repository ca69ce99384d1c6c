"""A report is asked for, made once, fails aloud, can be tried again, and is never made silently twice."""

from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from typing import Any
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone
from pypdf import PdfReader

from reports import jobs, services, tasks
from reports.models import Job, ReportFile
from reports.rules.job_states import Stage, plan_of
from tests.people import People
from trial_edc.audit.models import AccessEvent, ItemChange
from trial_edc.casebook.jobs import life
from trial_edc.casebook.jobs.states import TRANSITIONS, JobState
from trial_edc.errors import DomainError

pytestmark = pytest.mark.django_db


def ask(people: People, callbacks: Any, **more: Any) -> Job:
    with callbacks(execute=True):
        return services.request_report(by=people.monitor, **more)


def make(job: Job) -> Job:
    tasks.produce_report(str(job.pk))
    job.refresh_from_db()
    return job


def test_a_request_is_queued_and_made(
    people: People, study: dict[str, Any], sent: list[str], django_capture_on_commit_callbacks: Any
) -> None:
    job = ask(people, django_capture_on_commit_callbacks)
    assert (job.state, sent) == ("QUEUED", [str(job.pk)])
    job = make(job)
    assert (job.state, job.progress, job.failure_reason) == ("DONE", 100, "")
    assert job.stage_counts["snapshot"] == [9, 9] and set(job.stage_counts) == set(plan_of("safety"))
    file = job.file
    content = bytes(file.content)
    assert hashlib.sha256(content).hexdigest() == file.sha256 and len(content) == file.size
    reader = PdfReader(BytesIO(content))
    assert len(reader.pages) == file.pages
    whole = " ".join(" ".join(page.extract_text().split()) for page in reader.pages)
    for text in (
        "DRAFT – contains unverified data:", "01-001", "Grade 4 non-hematologic toxicity", "The rule says YES.",
        "Adjudicated by Investigator, 01-Mar-2026 08:00 UTC+08:00: Two vasopressors.", "Signed by Investigator",
        "tocilizumab (from the assessments)", "Progressive disease", file.content_hash,
    ):  # fmt: skip
        assert text in whole


def test_the_trail_holds_the_checksum_and_not_the_bytes(people: People, sent: list[str]) -> None:
    file = make(services.request_report(by=people.monitor)).file
    fields = set(ItemChange.objects.filter(record=file.pk).values_list("field", flat=True))
    assert {"sha256", "content_hash", "cutoff", "generated_by_id"} <= fields and "content" not in fields


@pytest.mark.parametrize("days", [1, 400])
def test_a_cutoff_in_the_future_is_refused(people: People, sent: list[str], days: int) -> None:
    with pytest.raises(DomainError, match="in the future") as refusal:
        services.request_report(by=people.monitor, cutoff=timezone.localdate() + timedelta(days=days))
    assert refusal.value.field == "cutoff"
    with pytest.raises(DomainError, match="in the future"):
        services.request_report(by=people.monitor, cutoff=timezone.now() + timedelta(seconds=5))
    assert not Job.objects.exists()


def test_a_date_means_the_end_of_that_day_in_the_trials_zone_and_today_means_now(
    people: People, sent: list[str]
) -> None:
    past = services.request_report(by=people.monitor, cutoff=date(2026, 3, 31))
    assert past.cutoff == datetime(2026, 3, 31, 15, 59, 59, 999999, tzinfo=UTC)
    before = timezone.now() - timedelta(seconds=5)
    today = services.request_report(by=people.monitor, cutoff=timezone.localdate())
    assert before < today.cutoff < timezone.now() + timedelta(seconds=5)
    exact = services.request_report(by=people.monitor, cutoff=today.cutoff)
    assert exact.cutoff == today.cutoff


def test_a_double_submit_makes_one_job(
    people: People, sent: list[str], django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        first = services.request_report(by=people.monitor, idempotency_key="one")
        second = services.request_report(by=people.monitor, idempotency_key="one")
    assert first.pk == second.pk and Job.objects.count() == 1 and sent == [str(first.pk)]
    with pytest.raises(PermissionDenied):
        services.request_report(by=people.statistician, idempotency_key="one")


@pytest.mark.req("P29")
def test_a_task_delivered_twice_makes_one_file(people: People, sent: list[str]) -> None:
    job = make(services.request_report(by=people.monitor))
    stamp = job.file.generated_at
    make(job)
    assert ReportFile.objects.count() == 1 and ReportFile.objects.get().generated_at == stamp
    job.state = Job.State.RUNNING
    job.save()
    make(job)
    assert ReportFile.objects.count() == 1


def test_an_unknown_job_is_nobodys_work(db: None) -> None:
    tasks.produce_report(str(uuid4()))


@pytest.mark.req("P09")
def test_a_failure_is_told_without_its_innards_and_can_be_tried_again(
    people: People, sent: list[str], monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    def broken(*_args: Any) -> None:
        raise ZeroDivisionError("secret innards of subject 01-001")

    job = services.request_report(by=people.monitor)
    with monkeypatch.context() as patch:
        patch.setattr("reports.production.event_tables", broken)
        make(job)
    assert job.state == "FAILED" and not ReportFile.objects.exists()
    assert "fault in the program" in job.failure_reason and str(job.pk)[:8] in job.failure_reason
    assert "innards" not in job.failure_reason and "Traceback" not in job.failure_reason
    sent.clear()
    with django_capture_on_commit_callbacks(execute=True):
        again = services.retry(by=people.monitor, job=job)
    assert (again.state, again.attempt, again.failure_reason, sent) == ("QUEUED", 2, "", [str(job.pk)])
    assert make(again).state == "DONE"


def test_a_refusal_of_the_domain_is_told_in_its_own_words(
    people: People, sent: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_args: Any) -> None:
        raise DomainError("The trail cannot be read at this cut-off.")

    monkeypatch.setattr("reports.tasks.produce", refuse)
    assert (
        make(services.request_report(by=people.monitor)).failure_reason == "The trail cannot be read at this cut-off."
    )


@pytest.mark.req("P09")
def test_a_silent_worker_is_given_up_and_the_job_can_be_tried_again(people: People, sent: list[str]) -> None:
    job = services.request_report(by=people.monitor)
    running = life.take_up(Job, job.pk)
    assert running is not None and running.state == "RUNNING"
    tasks.find_abandoned_jobs()
    running.refresh_from_db()
    assert running.state == "RUNNING", "a worker that gave a sign of life is left alone"
    Job.objects.filter(pk=job.pk).update(heartbeat_at=timezone.now() - life.SILENT_AFTER - timedelta(seconds=1))
    tasks.find_abandoned_jobs()
    job.refresh_from_db()
    assert (job.state, job.failure_reason) == ("FAILED", "The worker stopped. Try again.")
    assert make(services.retry(by=people.monitor, job=job)).state == "DONE"


def test_a_given_up_worker_that_comes_back_changes_nothing(people: People, sent: list[str]) -> None:
    job = services.request_report(by=people.monitor)
    slow = life.take_up(Job, job.pk)
    assert slow is not None
    Job.objects.filter(pk=job.pk).update(heartbeat_at=timezone.now() - timedelta(hours=1))
    tasks.find_abandoned_jobs()
    job.refresh_from_db()
    services.retry(by=people.monitor, job=job)
    with pytest.raises(life.Stopped):
        life.Progress(slow)(Stage.TABLES, 1, 2)
    document = jobs.Document("late.pdf", b"late", "0" * 64, "0" * 64, 1, "0")
    assert jobs.finish(slow, document) is None
    life.fail(slow, "late")
    job.refresh_from_db()
    assert (job.state, job.failure_reason) == ("QUEUED", "") and not ReportFile.objects.exists()


def test_a_lost_message_is_sent_once_more_and_then_given_up(people: People, sent: list[str]) -> None:
    job = services.request_report(by=people.monitor)
    tasks.find_abandoned_jobs()
    assert sent == []
    Job.objects.filter(pk=job.pk).update(queued_at=timezone.now() - life.SEND_AGAIN_AFTER - timedelta(seconds=1))
    tasks.find_abandoned_jobs()
    tasks.find_abandoned_jobs()
    assert sent == [str(job.pk)]
    Job.objects.filter(pk=job.pk).update(queued_at=timezone.now() - life.GIVE_UP_AFTER - timedelta(seconds=1))
    tasks.find_abandoned_jobs()
    job.refresh_from_db()
    assert (job.state, job.failure_reason) == ("FAILED", "No worker took this up. Try again.")


def test_a_cancelled_job_stops_the_worker_at_its_next_step(
    people: People, sent: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    job = services.request_report(by=people.monitor)

    def cancelled_meanwhile(running: Job, progress: life.Progress) -> None:
        services.cancel(by=people.monitor, job=running)
        progress(Stage.TABLES, 1, 3)

    monkeypatch.setattr("reports.tasks.produce", cancelled_meanwhile)
    assert make(job).state == "CANCELLED" and not ReportFile.objects.exists()


def test_only_what_the_table_of_states_allows(people: People, sent: list[str]) -> None:
    job = make(services.request_report(by=people.monitor))
    for refused in (services.cancel, services.retry):
        with pytest.raises(DomainError, match="ready"):
            refused(by=people.monitor, job=job)
    assert TRANSITIONS[JobState.DONE] == frozenset()
    with pytest.raises(IntegrityError), transaction.atomic():
        Job.objects.filter(pk=job.pk).update(state="FAILED", failure_reason="")


@pytest.mark.req("R25")
def test_who_may_ask(people: People, sent: list[str]) -> None:
    for person in (people.monitor, people.data_manager, people.statistician, people.src_member, people.inspector):
        services.request_report(by=person)
    for person in (people.investigator, people.sub_investigator):
        services.request_report(by=person, site=people.site)
        with pytest.raises(PermissionDenied, match="single sites"):
            services.request_report(by=person)
        with pytest.raises(PermissionDenied):
            services.request_report(by=person, site=people.other_site)
    for person in (people.coordinator, people.cell_processing, people.administrator, people.elsewhere):
        with pytest.raises(PermissionDenied):
            services.request_report(by=person, site=people.site)


@pytest.mark.req("R11")
def test_a_download_is_written_down(people: People, sent: list[str]) -> None:
    file = make(services.request_report(by=people.monitor)).file
    services.note_download(by=people.monitor, file=file)
    event = AccessEvent.objects.get(action="download")
    assert event.by_name == "Monitor" and file.sha256 in event.detail and f"bytes={file.size}" in event.detail
