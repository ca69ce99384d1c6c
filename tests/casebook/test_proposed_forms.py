"""Forms that open filled in from an address: a help for the person, and nothing more."""

from __future__ import annotations

import pytest
from django.test import Client

from enrollment.models import Subject
from enrollment.services import add_subject
from safety.models import SeriousEventReport
from tests.casebook.entering import enter
from tests.forms.log_samples import REPORT, serious_event
from tests.people import People
from trial_edc.accounts.models import User
from trial_edc.audit.models import ItemChange
from trial_edc.casebook.models import Draft


@pytest.fixture
def subject(people: People) -> Subject:
    return add_subject(by=people.coordinator, site=people.site)


def browser(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_a_proposal_saves_nothing_by_being_opened(people: People, subject: Subject) -> None:
    serious_event(people, subject)
    before = ItemChange.objects.count()
    browser(people.coordinator).get("/subjects/01-001/LOG/SAE/1/?event_number=1&report_type=INITIAL")
    assert ItemChange.objects.count() == before
    assert not SeriousEventReport.objects.exists() and not Draft.objects.exists()


STRANGE = [
    "event_number=%3Cscript%3E", "narrative=" + "x" * 3000, "report_type=NONSENSE", "nothing=1", "serious_criteria=X",
    "confirm-SAE-003=1&narrative=a", "HOSPI-TOTAL_FORMS=999999",
]  # fmt: skip


@pytest.mark.parametrize("query", STRANGE, ids=[query[:20] for query in STRANGE])
def test_a_strange_address_opens_a_form_all_the_same(people: People, subject: Subject, query: str) -> None:
    answer = browser(people.coordinator).get(f"/subjects/01-001/LOG/SAE/1/?{query}")
    assert answer.status_code == 200 and "<script>" not in answer.content.decode().split("<main", 1)[1]


def test_an_address_cannot_judge_nor_fill_in_what_is_saved_or_drafted(people: People, subject: Subject) -> None:
    serious_event(people, subject)
    enter(people.coordinator, subject, "LOG", "SAE", sequence=0, **REPORT)
    client = browser(people.coordinator)
    assert "probable" not in client.get("/subjects/01-001/LOG/SAE/1/?narrative=other+words").content.decode()
    assert "other words" not in client.get("/subjects/01-001/LOG/SAE/1/?narrative=other+words").content.decode()
    assert client.get("/subjects/01-001/LOG/SAE/2/?relationship_car_t=probable").status_code == 403
    client.post("/subjects/01-001/LOG/SAE/2/draft/", {"version": "0", "narrative": "my own words"})
    page = client.get("/subjects/01-001/LOG/SAE/2/?narrative=other+words").content.decode()
    assert "my own words" in page and "other words" not in page
    monitor = browser(people.monitor).get("/subjects/01-001/LOG/SAE/2/?narrative=other+words")
    assert "other words" not in monitor.content.decode()
