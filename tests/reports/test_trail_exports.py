"""The trail as a file: made in the background from one snapshot, by and for one person, and noted when it is taken."""

from __future__ import annotations

import csv
import hashlib
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from enrollment.models import Subject
from enrollment.services import add_subject
from reports import services, trail_file
from reports.models import Job, ReportFile
from reports.rules.job_states import Stage
from reports.trail_exports import request_trail_export
from tests.casebook.entering import enter
from tests.casebook.test_closing import VITALS, browser
from tests.people import People
from tests.reports.exporting import ask_for_export, exported, make_export
from trial_edc.accounts.models import Membership
from trial_edc.audit.context import acting, system_user
from trial_edc.audit.models import AccessEvent, ItemChange
from trial_edc.casebook.jobs import life
from trial_edc.casebook.selectors.trail_list import TrailFilter

PAGE = "/reports/trail/"


@pytest.fixture
def subject(people: People) -> Subject:
    found = add_subject(by=people.coordinator, site=people.site)
    enter(people.coordinator, found, "SCR", "VS", action="complete", **VITALS)
    return found


def change(people: People, subject: Subject, rate: str, version: int) -> None:
    texts = VITALS | {"heart_rate": rate, "version": str(version), "reason_code": "TRANSCRIPTION", "action": "complete"}
    enter(people.coordinator, subject, "SCR", "VS", **texts)


@pytest.mark.req("R06", "R11")
def test_what_the_filter_showed_is_in_the_file_and_the_download_is_noted(people: People, subject: Subject) -> None:
    client = browser(people.monitor)
    text = exported(client, "form=VS")
    rows = list(csv.DictReader(text.splitlines()))
    shown = ItemChange.objects.filter(entity="VS").order_by("-pk")
    assert [row["Number"] for row in rows] == [str(each.pk) for each in shown]
    file = ReportFile.objects.get(job__kind="trail")
    assert file.rows == len(rows) and hashlib.sha256(bytes(file.content)).hexdigest() == file.sha256
    detail = AccessEvent.objects.get(action="audit trail downloaded", by_id=people.monitor.pk).detail
    for said in ("filter=form=VS", f"rows={len(rows)}", f"sha256={file.sha256}"):
        assert said in detail


def test_the_file_is_the_trail_of_the_moment_it_was_asked_for(people: People, subject: Subject) -> None:
    client = browser(people.monitor)
    job = ask_for_export(client, "form=VS")
    before = ItemChange.objects.filter(entity="VS").count()
    change(people, subject, "91", 1)
    assert make_export(job).file.rows == before < ItemChange.objects.filter(entity="VS").count()


def test_changes_while_the_file_is_written_do_not_enter_it(
    people: People, subject: Subject, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trail_file, "STEP", 3)
    job, rows = ask_for_export(browser(people.monitor)), trail_file._rows
    waiting = [("92", 1), ("93", 2)]

    def meanwhile(keys: Any) -> Any:
        if waiting:
            change(people, subject, *waiting.pop(0))
        return rows(keys)

    last = ItemChange.objects.latest("pk").pk
    monkeypatch.setattr(trail_file, "_rows", meanwhile)
    content = bytes(make_export(job).file.content).decode("utf-8-sig")
    numbers = [int(row["Number"]) for row in csv.DictReader(content.splitlines())]
    assert not waiting and numbers == sorted(numbers, reverse=True) and max(numbers) <= last
    assert len(numbers) == len(set(numbers)) == ItemChange.objects.filter(pk__lte=last).count()


def test_made_again_the_file_is_the_same(people: People, subject: Subject) -> None:
    client = browser(people.monitor)
    job = ask_for_export(client, "form=VS")
    assert client.post(f"/reports/jobs/{job.pk}/cancel/").headers["Location"] == PAGE
    assert make_export(job).state == "CANCELLED"
    assert "was cancelled" in client.get(PAGE).content.decode()
    change(people, subject, "91", 1)
    assert client.post(f"/reports/jobs/{job.pk}/retry/").headers["Location"] == PAGE
    again, first = make_export(job), ItemChange.objects.filter(entity="VS", pk__lte=job.parameters["last_change"])
    assert again.state == "DONE" and again.file.rows == first.count()


def test_progress_counts_rows_and_the_page_can_be_left(people: People, subject: Subject) -> None:
    client = browser(people.monitor)
    job = ask_for_export(client)
    assert "Waiting for a worker" in client.get(PAGE).content.decode()
    running = life.take_up(Job, job.pk)
    assert running is not None
    life.Progress(running)(Stage.ROWS, 500, 1000)
    page = client.get(f"{PAGE}jobs/{job.pk}/").content.decode()
    assert "500 of 1,000" in page and "52" in page and "Cancel export" in page
    assert f"{PAGE}jobs/{job.pk}/" in client.get(PAGE).content.decode(), "whoever comes back sees it go on"


def test_an_export_is_nobody_elses(people: People, subject: Subject) -> None:
    job = make_export(ask_for_export(browser(people.monitor)))
    for other in (people.inspector, people.data_manager, people.administrator, people.investigator):
        client = browser(other)
        assert client.get(f"{PAGE}files/{job.file.pk}/").status_code == 404
        assert client.get(f"{PAGE}jobs/{job.pk}/").status_code == 404
        assert client.post(f"/reports/jobs/{job.pk}/cancel/").status_code in (403, 404)
        assert str(job.file.pk) not in client.get(PAGE).content.decode()
        with pytest.raises(PermissionDenied):
            services.cancel(by=other, job=job)
    assert browser(people.monitor).get(f"/reports/files/{job.file.pk}/").status_code == 404, "it is no report"


def test_a_file_is_handed_out_only_while_its_reader_may_read_all_of_it(people: People, subject: Subject) -> None:
    job = make_export(ask_for_export(browser(people.monitor)))
    with acting(system_user(), "moved", source="command"):
        Membership.objects.filter(user=people.monitor).update(site=people.other_site)
    answer = browser(people.monitor).get(f"{PAGE}files/{job.file.pk}/")
    assert answer.status_code == 403 and "has changed since" in answer.content.decode()
    assert not AccessEvent.objects.filter(action="audit trail downloaded").exists()


def test_the_same_click_twice_makes_one_file(people: People, subject: Subject) -> None:
    client = browser(people.monitor)
    first, second = (ask_for_export(client, "form=VS", token="one") for _click in range(2))
    assert first.pk == second.pk and Job.objects.filter(kind="trail").count() == 1
    with pytest.raises(PermissionDenied):
        request_trail_export(by=people.inspector, chosen=TrailFilter(), idempotency_key="one")


def test_more_than_a_spreadsheet_opens_is_refused_in_words(
    people: People, subject: Subject, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trail_file, "MOST_ROWS", 5)
    job = make_export(ask_for_export(browser(people.monitor)))
    assert job.state == "FAILED" and "more than 5 changes" in job.failure_reason
    assert "Try again" in browser(people.monitor).get(PAGE).content.decode()
