"""In real transactions: the file is written as the system, and two of anything at once have the effect of one."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from django.db import connection

from reports import services, tasks
from reports.models import Job, ReportFile
from tests.people import make_people
from trial_edc.audit.models import ItemChange
from trial_edc.casebook.jobs import life

pytestmark = pytest.mark.django_db(transaction=True)


def in_thread(work: Any) -> list[Any]:
    """Run `work` on two connections at once and return what each answered."""
    answers: list[Any] = []

    def run() -> None:
        try:
            answers.append(work())
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def test_two_workers_at_once_make_one_file(sent: list[str]) -> None:
    people = make_people()
    job = services.request_report(by=people.monitor)
    assert sent == [str(job.pk)]
    in_thread(lambda: tasks.produce_report(str(job.pk)))
    job.refresh_from_db()
    assert job.state == "DONE", job.failure_reason
    file = ReportFile.objects.get()
    written = ItemChange.objects.filter(record=file.pk, field="sha256").get()
    assert (written.changed_by_name, written.source) == ("System", "task")
    assert written.reason == "Report asked for by Monitor"


def test_two_workers_at_once_take_a_job_up_once(sent: list[str]) -> None:
    job = services.request_report(by=make_people().monitor)
    taken = in_thread(lambda: life.take_up(Job, job.pk))
    assert sorted(answer is None for answer in taken) == [False, True]


@pytest.mark.req("P29")
def test_two_clicks_at_once_make_one_job(sent: list[str]) -> None:
    people = make_people()
    made = in_thread(lambda: services.request_report(by=people.monitor, idempotency_key="once").pk)
    assert made[0] == made[1] and Job.objects.count() == 1 and len(sent) == 1


def test_a_failed_job_writes_no_file(sent: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    job = services.request_report(by=make_people().monitor)
    monkeypatch.setattr("reports.tasks.jobs.finish", _fails)
    tasks.produce_report(str(job.pk))
    job.refresh_from_db()
    assert job.state == "FAILED" and not ReportFile.objects.exists()


def _fails(*_args: Any) -> None:
    raise OSError("disk full")
