"""The pages of efficacy in the hands of each role, and the reports made of them."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from PIL import Image
from pypdf import PdfReader

from enrollment.models import Subject
from reports import services, tasks
from reports.efficacy.page import TABS
from reports.models import Job
from tests.efficacy.builders import subject, tumour
from tests.people import People
from trial_edc.accounts.models import User
from trial_edc.audit.context import acting
from trial_edc.audit.models import AccessEvent

pytestmark = pytest.mark.django_db


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.mark.parametrize("tab", [tab.key for tab in TABS])
def test_every_tab_shows_its_tables_and_figures(people: People, study: None, tab: str) -> None:
    page = client_of(people.statistician).get(f"/efficacy/{tab}/")
    text = page.content.decode()
    assert page.status_code == 200 and "4 infused subjects" in text
    assert 'class="figure-svg"' in text and 'style="' not in text
    assert ("01-001" in text) is (tab != "time")


def test_computed_responses_are_shown_on_demand(people: People, study: None) -> None:
    client = client_of(people.investigator)
    assert "2/4  50.0 %" in client.get("/efficacy/").content.decode()
    assert "1/4  25.0 %" in client.get("/efficacy/?by=computed").content.decode()
    assert "2/4  50.0 %" in client.get("/efficacy/?by=nobody").content.decode()


@pytest.mark.req("R25")
def test_a_site_sees_its_own_subjects(people: People, study: None) -> None:
    text = client_of(people.elsewhere).get("/efficacy/subjects/").content.decode()
    assert "01-001" not in text and "0 infused subjects" in text


def test_without_the_right_there_is_no_page(people: People) -> None:
    assert client_of(people.administrator).get("/efficacy/").status_code == 403
    assert client_of(people.monitor).get("/efficacy/nothing/").status_code == 404
    assert client_of(people.monitor).get("/efficacy/response/nothing.svg").status_code == 404


@pytest.mark.req("R11")
def test_a_figure_is_taken_away_with_a_note_in_the_trail(people: People, study: None) -> None:
    answer = client_of(people.monitor).get("/efficacy/response/waterfall.svg")
    assert answer["Content-Type"] == "image/svg+xml" and b"<svg" in answer.content
    text = answer.content.decode()
    for words in ("N = 4", "data cut-off", "responses by the investigator", "RECIST 1.1", "data "):
        assert words in text, words
    assert "attachment" in answer["Content-Disposition"] and "no-store" in answer["Cache-Control"]
    event = AccessEvent.objects.get(action="download")
    assert "waterfall" in event.detail and "marks=3" in event.detail


@pytest.mark.req("R11")
def test_a_figure_is_taken_away_as_pixels(people: People, study: None) -> None:
    client = client_of(people.monitor)
    answer = client.get("/efficacy/response/waterfall.png?by=computed")
    picture = Image.open(BytesIO(answer.content))
    assert answer["Content-Type"] == "image/png" and picture.format == "PNG"
    assert picture.width > 1200 and picture.info["Title"] == "Best change of the sum of target lesions"
    for words in ("N = 4", "data cut-off", "responses by the rules, computed", "RECIST 1.1"):
        assert words in picture.info["Description"], words
    # The line with the stamp stands below the picture, in ink.
    strip = picture.convert("L").crop((0, picture.height - 30, picture.width, picture.height))
    darkest: Any = strip.getextrema()[0]
    assert darkest < 160
    assert "waterfall" in AccessEvent.objects.get(action="download").detail
    assert client.get("/efficacy/response/waterfall.pdf").status_code == 404


@pytest.mark.parametrize("kind", ["svg", "png"])
@pytest.mark.parametrize(("name", "query"), [("timeline", "?span=90"), ("sums", "")])
def test_the_figures_of_a_subject_are_taken_away_too(
    people: People, study: None, name: str, query: str, kind: str
) -> None:
    client = client_of(people.monitor)
    page = client.get(f"/course/01-001/{'tumour' if name == 'sums' else name}/{query}").content.decode()
    address = f"/course/01-001/figures/{name}.{kind}{query}"
    assert f'href="{address}"' in page and "Subject 01-001 · data as of" in page
    answer = client.get(address)
    assert answer.status_code == 200 and answer["Content-Disposition"].endswith(f'.{kind}"')
    assert kind == "png" or "Subject 01-001 · data as of" in answer.content.decode()
    assert client.get(f"/course/01-001/figures/nothing.{kind}").status_code == 404
    assert client_of(people.elsewhere).get(address).status_code == 404


@pytest.mark.parametrize("more", [0, 8])
def test_the_page_takes_the_same_queries_for_many_subjects(people: People, study: None, more: int) -> None:
    for number in range(more):
        tumour(subject(people, 10 + number), {"D28": "90"}, {"D28": ("SD", "iSD")})
    client = client_of(people.monitor)
    client.get("/efficacy/")
    with CaptureQueriesContext(connection) as queries:
        client.get("/efficacy/")
    assert len(queries) <= 30


def report(people: People, kind: str) -> Job:
    job = services.request_report(by=people.monitor, kind=kind)
    tasks.produce_report(str(job.pk))
    job.refresh_from_db()
    assert job.state == Job.State.DONE, job.failure_reason
    return job


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("efficacy", ["Efficacy report", "2/4 50.0 % (6.8 %; 93.2 %)", "91 days, event 05-Apr-2026", "1/4 25.0 %"]),
        ("kinetics", ["Report of CAR-T cells and cytokines", "20000 14.0", "200.0 ×", "kinetics.auc_last_day"]),
    ],
)
def test_the_report_says_what_the_page_says(people: People, study: None, kind: str, said: list[str]) -> None:
    file = report(people, kind).file
    reader = PdfReader(BytesIO(bytes(file.content)))
    text = " ".join(" ".join(page.extract_text().split()) for page in reader.pages)
    assert [each for each in said if each not in text] == []
    assert file.content_hash in text and f"page {file.pages} of {file.pages}" in text
    assert reader.outline and file.name.startswith(f"CD70-CART-101_{kind}_")


def test_a_report_of_one_instant_is_the_same_again_after_the_data_changed(people: People, study: None) -> None:
    first = report(people, "efficacy")
    with acting(people.investigator, "test"):
        Subject.objects.filter(identifier="01-002").update(death_date="2026-09-01")
    again = services.request_report(by=people.monitor, kind="efficacy", cutoff=first.cutoff)
    tasks.produce_report(str(again.pk))
    again.refresh_from_db()
    assert again.file.content_hash == first.file.content_hash
    assert report(people, "efficacy").file.content_hash != first.file.content_hash
