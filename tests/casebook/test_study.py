"""The study definition says everything the protocol package holds, and the rule bench answers."""

from __future__ import annotations

import json
from html import unescape
from typing import Any

import pytest

from tests.casebook.conftest import SignedIn
from tests.casebook.test_matrix import text_of
from tests.people import People
from trial_edc.accounts.roles import ROLES
from trial_edc.bench.registry import rules
from trial_edc.bench.views import LONGEST_FILE, criterion
from trial_edc.protocol.parameters import PARAMETERS
from trial_edc.protocol.study import CONTRADICTIONS, ENDPOINTS
from trial_edc.protocol.visits.schedule import SCHEDULE


def test_the_page_holds_the_whole_definition(people: People, signed_in: SignedIn) -> None:
    page = unescape(text_of(signed_in(people.inspector).get("/study/")))
    for parameter in PARAMETERS:
        assert parameter.key in page and parameter.source in page
    for endpoint in ENDPOINTS:
        assert endpoint.registry_text in page and endpoint.deviation in page
    for each in CONTRADICTIONS:
        assert each.registry_text in page and each.product_does in page
    for visit in SCHEDULE:
        assert visit.label in page
    for role in ROLES.values():
        assert role.title in page and role.description in page
    assert "VS × 7" in page and "−0 / +3" in page and "the day itself" in page


def test_everyone_with_a_role_may_read_it(people: People, signed_in: SignedIn) -> None:
    for person in (people.coordinator, people.administrator, people.cell_processing):
        assert signed_in(person).get("/study/").status_code == 200


@pytest.mark.parametrize("role", ["coordinator", "monitor", "administrator", "cell_processing"])
def test_the_bench_is_closed_to_who_has_no_use_for_it(people: People, signed_in: SignedIn, role: str) -> None:
    assert signed_in(getattr(people, role)).get("/rules/").status_code == 403


def test_every_rule_shows_its_criterion_and_schema(people: People, signed_in: SignedIn) -> None:
    client = signed_in(people.statistician)
    assert rules()
    for rule in rules():
        assert len(criterion(rule.name)) > 80, rule.name
        page = unescape(text_of(client.get(f"/rules/?rule={rule.name}")))
        assert rule.version in page and criterion(rule.name)[:60] in page and '"properties"' in page


def test_a_case_is_answered_without_writing(
    people: People, signed_in: SignedIn, django_assert_num_queries: Any
) -> None:
    client = signed_in(people.statistician)
    client.get("/rules/")
    cases = json.dumps({"cases": [{"id": "A1", "input": {"max_temp_c": 38.4, "hypotension": True}}]})
    with django_assert_num_queries(5):
        response = client.post("/rules/", {"rule": "crs-grade", "cases": cases})
    answer = json.loads(response.context["answer"])
    assert answer["rule"] == "crs-grade" and answer["results"][0]["id"] == "A1" and answer["results"][0]["because"]


@pytest.mark.parametrize(
    ("cases", "sentence"),
    [("{", "malformed JSON"), ("[]", "the request must be an object"), ("x" * (LONGEST_FILE + 1), "longer than")],
)
def test_a_request_that_cannot_be_read_is_said_and_kept(
    people: People, signed_in: SignedIn, cases: str, sentence: str
) -> None:
    response = signed_in(people.statistician).post("/rules/", {"rule": "crs-grade", "cases": cases})
    assert response.status_code == 422
    assert sentence in unescape(text_of(response)) and response.context["typed"] == cases


def test_a_wrong_case_is_answered_by_its_error(people: People, signed_in: SignedIn) -> None:
    cases = json.dumps({"cases": [{"id": 1, "input": {"max_temp_c": "warm"}}]})
    response = signed_in(people.statistician).post("/rules/", {"rule": "crs-grade", "cases": cases})
    assert response.status_code == 200 and "max_temp_c" in json.loads(response.context["answer"])["results"][0]["error"]
