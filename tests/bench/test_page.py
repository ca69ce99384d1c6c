"""The bench page: one case typed into a small form, a file of cases, answers to take away; always the bench's own."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests.casebook.test_closing import browser
from tests.people import People
from tests.rules.bench_cases import GOOD
from trial_edc.bench import engine, registry, small_form
from trial_edc.bench.views import LONGEST_FILE

PAGE = "/rules/"


@pytest.fixture
def client(people: People) -> Client:
    return browser(people.statistician)


def as_typed(given: dict[str, Any]) -> dict[str, str]:
    """Return the texts a person would type for an input."""
    return {
        f"in-{name}": value if isinstance(value, str) else json.dumps(value)
        for name, value in given.items()
        if value is not None
    }


@pytest.mark.parametrize("rule", sorted(GOOD))
def test_the_small_form_makes_the_same_case(rule: str) -> None:
    given = {name: value for name, value in GOOD[rule][0].items() if value is not None}
    found = registry.find(rule)
    assert found is not None
    made = json.loads(small_form.request_of(found, as_typed(given)))
    typed, _status = engine.answer(rule, json.dumps(made))
    meant, _status = engine.answer(rule, json.dumps({"cases": [{"id": "1", "input": given}]}))
    # A number typed keeps its form where the sentence quotes it ("0.30" and 0.3); what is computed is the same.
    assert [each["output"] for each in typed["results"]] == [each["output"] for each in meant["results"]]


@pytest.mark.parametrize("rule", sorted(GOOD))
def test_every_input_has_a_control(rule: str) -> None:
    found = registry.find(rule)
    assert found is not None
    controls = small_form.controls(found)
    assert [each.name for each in controls] == list(found.input_model.model_fields)
    assert all(each.choices for each in controls if each.kind == "choice")


@pytest.mark.django_db
def test_one_case_is_answered_in_words_and_stays_in_the_form(client: Client) -> None:
    typed = {"rule": "crs-grade", "action": "form", "in-max_temp_c": "39.4", "in-hypotension": "true",
             "in-vasopressors": '["norepinephrine"]', "in-o2_support": ""}  # fmt: skip
    answer = client.post(PAGE, typed)
    text = answer.content.decode()
    assert answer.status_code == 200
    assert "one vasopressor" in text and 'value="39.4"' in text
    assert '<option value="true" selected>' in text


@pytest.mark.django_db
def test_one_case_may_have_parameters_of_its_own(client: Client) -> None:
    typed = {"rule": "mtpi2", "action": "form", "in-n": "6", "in-y": "2", "config-equivalence_interval": "[0.15, 0.25]"}
    refused = client.post(PAGE, typed).content.decode()
    assert "config.equivalence_interval: the equivalence interval must hold the target" in refused
    text = client.post(PAGE, typed | {"config-target": "0.20"}).content.decode()
    assert "2 of 6 subjects" in text and 'value="0.20"' in text
    assert '<details class="own" open>' in text


def test_limits_are_written_out() -> None:
    rate = registry.find("response-rate")
    assert rate is not None
    assert [each.hint for each in small_form.controls(rate)] == ["0–1000000", "0–1000000", ""]


def test_what_is_not_known_is_typed_as_null() -> None:
    rule = registry.find("ice-score")
    assert rule is not None
    assert small_form.controls(rule)[0].hint == "0–4 or null"
    made = small_form.request_of(rule, as_typed(GOOD["ice-score"][0]) | {"in-naming": "null"})
    assert engine.answer("ice-score", made)[0]["results"][0]["output"] == {"total": None}
    dlt = registry.find("dlt")
    assert dlt is not None
    assert [each.hint for each in small_form.controls(dlt)] == ["or null", "", "JSON"]


@pytest.mark.django_db
def test_the_list_says_the_result_and_how_many_cannot_be_answered(client: Client) -> None:
    cases = [{"id": f"C{number}", "input": {"x": number, "n": 55}} for number in range(60)]
    text = client.post(PAGE, {"rule": "response-rate", "cases": json.dumps({"cases": cases})}).content.decode()
    assert "60 cases" in text and "4 cannot be answered" in text
    assert "The first 50 are listed" in text and "<strong>C49</strong>" in text and "<strong>C50</strong>" not in text
    assert "<code>rate</code> <b>0.0</b>" in text


@pytest.mark.django_db
def test_a_long_output_is_cut_in_the_list_and_whole_in_the_json(client: Client) -> None:
    given = {"time": list(range(1, 60)), "event": [1] * 59}
    request = json.dumps({"cases": [{"id": 1, "input": given}]})
    text = client.post(PAGE, {"rule": "kaplan-meier", "cases": request}).content.decode()
    assert "…</b>" in text and "n_censored" in text


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"in-max_temp_c": "warm"}, "max_temp_c"),
        ({"in-max_temp_c": ""}, "max_temp_c"),
        ({"in-max_temp_c": "39", "in-vasopressors": "norepinephrine"}, "vasopressors"),
        ({"in-max_temp_c": "39", "in-hypotension": "perhaps"}, "hypotension"),
    ],
)
def test_what_cannot_be_is_that_cases_error(client: Client, typed: dict[str, str], sentence: str) -> None:
    text = client.post(PAGE, {"rule": "crs-grade", "action": "form"} | typed).content.decode()
    assert "exclamation-circle-fill" in text and sentence in text


def _file(content: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile("cases.json", content, content_type="application/json")


CASES = json.dumps({"cases": [{"id": "A", "input": GOOD["ice-score"][0]}]})


@pytest.mark.django_db
def test_a_file_is_answered_and_the_answers_are_downloaded(client: Client) -> None:
    file = _file(b"\xef\xbb\xbf" + CASES.encode())
    answer = client.post(PAGE, {"rule": "ice-score", "file": file, "action": "download"})
    assert answer["Content-Disposition"] == 'attachment; filename="ice-score-answers.json"'
    assert json.loads(answer.content) == engine.answer("ice-score", CASES)[0]
    # The page stays where it is, so its script must not take the form as sent for good.
    assert 'value="download" data-download>' in client.get(PAGE).content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("content", "sentence"),
    [(b"\xff\xfe\x00", "not text in UTF-8"), (b"{", "malformed JSON"), (b"x" * (LONGEST_FILE + 1), "larger than 2 MB")],
)
def test_a_file_that_cannot_be_read_says_so(client: Client, content: bytes, sentence: str) -> None:
    answer = client.post(PAGE, {"rule": "ice-score", "file": _file(content)})
    assert answer.status_code == 422 and sentence in answer.content.decode()


@pytest.mark.django_db
def test_the_parameters_of_the_protocol_are_shown(client: Client) -> None:
    text = client.get(PAGE, {"rule": "dlt"}).content.decode()
    assert "window_days" in text and "28" in text
    assert "<dd>true</dd>" in text
    assert "<dd>[0.25, 0.35]</dd>" in client.get(PAGE, {"rule": "mtpi2"}).content.decode()


@pytest.mark.django_db
def test_who_may_not_use_the_bench_is_refused(people: People) -> None:
    assert browser(people.coordinator).get(PAGE).status_code == 403
