"""The pages of the product and dose forms, as a coordinator and a monitor open them."""

from __future__ import annotations

import pytest
from django.test import Client

from enrollment.models import Subject
from tests.casebook.entering import enter
from tests.forms.dosing_texts import TO_QC, certificate, infusion, line, lymphodepletion, write_lines
from tests.people import People
from trial_edc.accounts.models import User
from trial_edc.casebook.place import NEW


def browser(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def entered(people: People, collected: Subject) -> Subject:
    """A subject with every form of the product and the first day of lymphodepletion."""
    write_lines(people, collected, *TO_QC)
    corrected = {"corrects_entry": "5", "correction_reason": "The clock of the release unit was wrong"}
    texts = line("QC_PENDING", 36, "18:00", entry_kind="CORRECTION", **corrected)
    enter(people.coordinator, collected, "MFG", "PROD", sequence=NEW, **texts)
    enter(people.coordinator, collected, "BL", "REL", **certificate())
    enter(people.coordinator, collected, "LD1", "LD", **lymphodepletion())
    return collected


PAGES = [
    ("APH/APH/1/", ["Chain-of-identity number", "For example C70-000123"]),
    ("MFG/PROD/0/", ["What may follow: “Released” or “Rejected” or “Released out of specification, with approval”."]),
    ("MFG/PROD/6/", ["6 · Quality control pending", "corrects entry 5"]),
    ("BL/REL/1/", ["Meets its specification", "limit ≥ 70 %", "no limit"]),
    ("LD1/LD/1/", ["Body surface 1.66 m²", "Protocol: 30 mg/m²"]),
    ("D0/INF/1/", ["Dose open", "Release certificate", "none for this lot"]),
    ("MFG/PROD/1/history/", ["Collected"]),
    ("", ["Leukapheresis"]),
    ("MFG/", ["Product milestone", "Release certificate"]),
]


VISITS = [
    (role, where, words)
    for role in ("coordinator", "monitor")
    for where, words in PAGES
    if role == "coordinator" or not where.endswith("/0/")  # a monitor opens no new form
]


@pytest.mark.parametrize(("role", "where", "words"), VISITS, ids=[f"{role} {where}" for role, where, _w in VISITS])
def test_a_page_shows_its_form(people: People, entered: Subject, role: str, where: str, words: list[str]) -> None:
    response = browser(getattr(people, role)).get(f"/subjects/{entered.identifier}/{where}")
    page = response.content.decode()
    assert response.status_code == 200
    for each in words:
        assert each in page, f"{each} is not on {where}"


def test_the_dose_is_computed_while_it_is_typed(people: People, entered: Subject) -> None:
    texts = infusion() | {"token": "", "version": "0"}
    response = browser(people.coordinator).post(f"/subjects/{entered.identifier}/D0/INF/1/live/", texts)
    page = response.content.decode()
    assert response.status_code == 200
    assert "100.0 % of plan" in page and "19 min of at most 30" in page
