"""The page of reports in the hands of each role."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from reports import services, tasks
from reports.models import Job, ReportFile
from reports.rules.job_states import Stage
from tests.people import People
from trial_edc.accounts.models import User
from trial_edc.audit.models import AccessEvent
from trial_edc.casebook.jobs import life

pytestmark = pytest.mark.django_db
LIST = "/reports/"
MAY = ("investigator", "sub_investigator", "monitor", "data_manager", "statistician", "src_member", "inspector")
MAY_NOT = ("coordinator", "cell_processing", "administrator", "elsewhere")


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def form(**more: str) -> dict[str, str]:
    return {"kind": "safety", "cutoff": "23-Mar-2026", "scope": "all", "token": uuid4().hex, **more}


def made(people: People, **more: Any) -> Job:
    job = services.request_report(by=people.monitor, **more)
    tasks.produce_report(str(job.pk))
    job.refresh_from_db()
    return job


@pytest.mark.parametrize("role", MAY)
def test_who_may_see_the_page(people: People, role: str) -> None:
    answer = client_of(getattr(people, role)).get(LIST)
    assert answer.status_code == 200
    assert "No reports yet" in answer.content.decode()


@pytest.mark.req("R25")
@pytest.mark.parametrize("role", MAY_NOT)
def test_who_may_not_is_refused_everywhere(people: People, sent: list[str], role: str) -> None:
    job = made(people)
    waiting = services.request_report(by=people.monitor)
    client = client_of(getattr(people, role))
    assert client.get(LIST).status_code == 403
    assert client.post(LIST, form()).status_code == 403
    assert client.get(reverse("reports:job-progress", args=[job.pk])).status_code == 403
    assert client.get(reverse("reports:download", args=[job.file.pk])).status_code == 403
    for name, key in (("job-cancel", waiting.pk), ("job-retry", job.pk), ("again", job.file.pk)):
        assert client.post(reverse(f"reports:{name}", args=[key])).status_code == 403
    waiting.refresh_from_db()
    assert waiting.state == "QUEUED" and Job.objects.count() == 2 and not AccessEvent.objects.filter(action="download")


def test_nobody_signed_in_sees_the_sign_in_page(people: People) -> None:
    answer = Client().get(LIST)
    assert answer.status_code == 302 and answer["Location"].startswith("/sign-in/")


def test_a_posted_form_asks_for_a_report_once(
    people: People, sent: list[str], django_capture_on_commit_callbacks: Any
) -> None:
    client, data = client_of(people.monitor), form()
    with django_capture_on_commit_callbacks(execute=True):
        for _again in range(2):
            answer = client.post(LIST, data)
            assert (answer.status_code, answer["Location"]) == (302, LIST)
    job = Job.objects.get()
    assert sent == [str(job.pk)] and job.cutoff.isoformat() == "2026-03-23T15:59:59.999999+00:00"
    page = client.get(LIST).content.decode()
    assert "Cumulative safety report, cut-off 23-Mar-2026" in page and "Waiting for a worker" in page
    assert 'hx-trigger="every 1s"' in page and "X-Background" in page


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("cutoff", "31-Feb-2026", "February 2026 has 28 days."),
        ("cutoff", "Nov-2026", "Enter the complete date, like 05-Nov-2026."),
        ("cutoff", "soon", "Enter a date like 05-Nov-2026."),
        ("cutoff", "", "This field is required."),
        ("cutoff", "01-Jan-2100", "The data cut-off is in the future."),
        ("scope", "77", "Select a valid choice."),
    ],
)
def test_what_cannot_be_read_is_said_and_kept(
    people: People, sent: list[str], field: str, typed: str, said: str
) -> None:
    answer = client_of(people.monitor).post(LIST, form(**{field: typed}))
    page = answer.content.decode()
    assert answer.status_code == 422 and said in page and "<title>Error:" in page
    assert field != "cutoff" or f'value="{typed}"' in page
    assert not Job.objects.exists()


@pytest.mark.parametrize("typed", ["23mar26", "23032026", "2026-03-23", "23/3/2026"])
def test_dates_as_people_type_them(people: People, sent: list[str], typed: str) -> None:
    client_of(people.monitor).post(LIST, form(cutoff=typed))
    assert Job.objects.get().cutoff.isoformat() == "2026-03-23T15:59:59.999999+00:00"


def test_an_investigator_of_one_site_is_offered_that_site_alone(people: People, sent: list[str]) -> None:
    client = client_of(people.investigator)
    page = client.get(LIST).content.decode()
    assert "Site 01 Shanghai" in page and "Site 02 Beijing" not in page and "All sites" not in page
    assert client.post(LIST, form()).status_code == 422
    assert client.post(LIST, form(scope="01")).status_code == 302
    assert Job.objects.get().site == people.site


def test_the_card_follows_the_job_to_its_end(people: People, sent: list[str]) -> None:
    client, job = client_of(people.monitor), services.request_report(by=people.monitor)
    address = reverse("reports:job-progress", args=[job.pk])
    running = life.take_up(Job, job.pk)
    assert running is not None
    life.Progress(running)(Stage.TABLES, 1, 3)
    page = client.get(address, headers={"X-Background": "1", "HX-Request": "true"}).content.decode()
    assert '<progress class="bigbar" max="100" value="35"' in page and "1 of 3" in page and "every 1s" in page
    Job.objects.filter(pk=job.pk).update(state="QUEUED")
    tasks.produce_report(str(job.pk))
    page = client.get(address).content.decode()
    file = ReportFile.objects.get()
    assert "every 1s" not in page and 'hx-swap-oob="innerHTML"' in page
    assert file.sha256 in page and reverse("reports:download", args=[file.pk]) in page


def test_a_failed_job_says_why_and_offers_another_try(people: People, sent: list[str]) -> None:
    client, job = client_of(people.monitor), services.request_report(by=people.monitor)
    Job.objects.filter(pk=job.pk).update(state="FAILED", failure_reason="The worker stopped. Try again.")
    page = client.get(LIST).content.decode()
    assert "The worker stopped. Try again." in page and reverse("reports:job-retry", args=[job.pk]) in page
    assert client.post(reverse("reports:job-retry", args=[job.pk])).status_code == 302
    job.refresh_from_db()
    assert (job.state, job.attempt) == ("QUEUED", 2)


def test_cancel_and_a_cancel_that_comes_too_late(people: People, sent: list[str]) -> None:
    client, job = client_of(people.monitor), services.request_report(by=people.monitor)
    address = reverse("reports:job-cancel", args=[job.pk])
    assert client.get(address).status_code == 405
    assert client.post(address).status_code == 302
    job.refresh_from_db()
    assert job.state == "CANCELLED"
    page = client.post(address, follow=True).content.decode()
    assert "This work is cancelled; that can no longer be done." in page and "nothing was made" in page


@pytest.mark.req("R11")
def test_a_download_is_the_file_and_is_written_down(people: People, sent: list[str]) -> None:
    file = made(people).file
    answer = client_of(people.inspector).get(reverse("reports:download", args=[file.pk]))
    assert answer.status_code == 200 and answer.content == bytes(file.content)
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"] == f'attachment; filename="{file.name}"'
    assert "no-store" in answer["Cache-Control"]
    assert AccessEvent.objects.get(action="download").by_name == "Inspector"


@pytest.mark.req("R25")
def test_a_report_of_all_sites_is_not_for_who_may_see_one(people: People, sent: list[str]) -> None:
    whole, one = made(people).file, made(people, site=people.site).file
    other = made(people, site=people.other_site).file
    client = client_of(people.investigator)
    assert client.get(reverse("reports:download", args=[one.pk])).status_code == 200
    for file in (whole, other):
        assert client.get(reverse("reports:download", args=[file.pk])).status_code == 404
    page = client.get(LIST).content.decode()
    assert str(one.pk) in page and str(whole.pk) not in page and str(other.pk) not in page


def test_again_asks_for_exactly_the_same_instant_once(people: People, sent: list[str]) -> None:
    file = made(people).file
    client = client_of(people.monitor)
    for _twice in range(2):
        answer = client.post(reverse("reports:again", args=[file.pk]), {"token": "again-1"})
        assert answer.status_code == 302
    again = Job.objects.exclude(pk=file.job_id).get()
    assert again.cutoff == file.cutoff


def test_the_card_of_a_finished_report_goes_after_a_while(people: People, sent: list[str]) -> None:
    client, job = client_of(people.monitor), made(people)
    assert "The report is ready" in client.get(LIST).content.decode()
    Job.objects.filter(pk=job.pk).update(finished_at=timezone.now() - timedelta(hours=1))
    assert "The report is ready" not in client.get(LIST).content.decode()


def test_open_points_are_shown_with_where_to_find_them(people: People, study: dict[str, Any]) -> None:
    page = client_of(people.monitor).get(LIST).content.decode()
    assert "critical items</strong> are not source verified now" in page and 'href="/subjects/"' in page
