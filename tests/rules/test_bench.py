"""The bench's contract: what it answers, what it refuses, and how it says so."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.rules.bench_cases import CRS_EVENT, DLT, GOOD, ICE, LEVEL, RULES, SUBJECT, TRIAL, ask
from trial_edc.bench import engine
from trial_edc.bench.registry import BenchRule


def error(rule: str, content: Any, config: Any = None) -> str:
    """The error of one case."""
    result = ask(rule, content, config=config)[0]
    assert set(result) == {"id", "error"}, result
    return str(result["error"])


@pytest.mark.parametrize("name", GOOD)
def test_a_good_case_is_answered(name: str) -> None:
    content, expected = GOOD[name]
    result = ask(name, content)[0]
    assert {key: result["output"][key] for key in expected} == expected
    assert result["because"].endswith(".")


def test_every_rule_has_a_good_case_and_a_line_in_the_listing() -> None:
    assert {rule.name for rule in RULES} == set(GOOD)
    assert [line.split("\t")[0] for line in engine.listing().splitlines()] == sorted(GOOD)


REFUSED_CASES: list[tuple[str, dict[str, Any], dict[str, Any], str]] = [
    ("icans-grade", {}, {"ice": 11}, "ice: must be at most 10"),
    ("icans-grade", {}, {"ice": "3"}, "ice: must be a whole number"),
    ("icans-grade", {}, {"ice": True}, "ice: must be a whole number"),
    ("icans-grade", {}, {"ice": 2.5}, "ice: must be a whole number"),
    ("icans-grade", {}, {"seizure": "yes"}, "seizure: must be one of none, brief"),
    ("icans-grade", {}, {"age_years": 5, "capd": 3, "unable_to_perform_capd": True}, "capd: "),
    ("crs-grade", {}, {}, "max_temp_c: is required"),
    ("crs-grade", {}, {"max_temp_c": None}, "max_temp_c: "),
    ("crs-grade", {}, {"max_temp_c": 400}, "max_temp_c: must be at most 45"),
    ("crs-grade", {}, {"max_temp_c": "38,5"}, "max_temp_c: must be a number"),
    ("crs-grade", {}, {"max_temp_c": float("nan")}, "max_temp_c: must be a finite number"),
    ("crs-grade", {}, {"max_temp_c": float("inf")}, "max_temp_c: must be a finite number"),
    ("crs-grade", {}, {"max_temp_c": "38." + "0" * 29 + "1e31"}, "max_temp_c: is too large"),
    ("crs-grade", {}, {"max_temp_c": [38]}, "max_temp_c: must be a number or a decimal string"),
    ("crs-grade", {}, {"max_temp_c": {}}, "max_temp_c: must be a number or a decimal string, not an object"),
    ("crs-grade", {}, {"max_temp_c": "NaN"}, "max_temp_c: must be a number"),
    ("crs-grade", {}, {"max_temp_c": 38, "hypotension": 1}, "hypotension: must be true or false"),
    ("crs-grade", {}, {"max_temp_c": 38, "o2_support": "nasal_cannula", "o2_flow_l_min": -1}, "o2_flow_l_min: "),
    ("crs-grade", {}, {"max_temp_c": 38, "o2_flow_l_min": 4}, "o2_flow_l_min: "),
    ("crs-grade", {}, {"max_temp_c": 38, "o2_support": "tent"}, "o2_support: must be one of"),
    ("crs-grade", {}, {"max_temp_c": 38, "vasopressors": "norepinephrine"}, "vasopressors: must be a list"),
    ("crs-grade", {}, {"max_temp_c": 38, "vasopressors": [" "]}, "vasopressors: must name drugs"),
    ("crs-grade", {}, {"max_temp_c": 38, "vasopressors": ["none"]}, "vasopressors: must name drugs"),
    ("crs-grade", {}, {"max_temp_c": 38, "temperature": 38}, "temperature: is not a key"),
    ("ice-score", ICE, {"orientation": 5}, "orientation: must be at most 4"),
    ("dlt", DLT, {"infusion_datetime": "2025-03"}, "infusion_datetime: must name at least the day"),
    ("dlt", DLT, {"infusion_datetime": 20250303}, "infusion_datetime: must be an ISO 8601"),
    ("dlt", DLT, {"data_cutoff": "2025-02-30"}, "data_cutoff: "),
    ("dlt", DLT, {"ae": CRS_EVENT | {"term": " "}}, "ae.term: must not be blank"),
    ("dlt", DLT, {"ae": CRS_EVENT | {"relationship": "maybe"}}, "ae.relationship: must be "),
    ("dlt", DLT, {"ae": CRS_EVENT | {"end": "2025-03-22"}}, "ae.end: the end lies before the onset"),
    ("dlt", DLT, {"ae": CRS_EVENT | {"max_grade": 2}}, "ae.max_grade: "),
    ("dlt", DLT, {"ae": CRS_EVENT | {"max_grade": 6}}, "ae.max_grade: must be at most 5"),
    ("dlt", DLT, {"ae": CRS_EVENT | {"grade_history": [{"grade": 3}]}}, "ae.grade_history[0].start: is required"),
    ("dlt", DLT, {"ae": []}, "ae: "),
    ("evaluability", SUBJECT, {"dose_assigned": -1}, "dose_assigned: must be above 0"),
    ("evaluability", SUBJECT, {"dose_given": 0}, "dose_given: must be above 0"),
    ("evaluability", SUBJECT, {"dose_given": "1e99"}, "dose_given: is too large"),
    ("evaluability", SUBJECT, {"dlt": None}, "dlt: is required"),
    ("evaluability", SUBJECT, {"off_study_before_d28": True}, "day28_assessment_done: contradicts"),
    ("evaluability", SUBJECT, {"off_study_before_d28": True, "day28_assessment_done": False}, "days_followed: "),
    ("evaluability", {"infused": False}, {"dlt": True}, "dlt: "),
    ("evaluability", {"infused": False}, {"dose_given": 5}, "dose_given: "),
    ("evaluability", {"infused": False}, {"day28_assessment_done": True}, "day28_assessment_done: "),
    ("next-infusion", {}, {"prior_infusions_same_level": ["2025-03-03"], "today": "2025-03-01"}, "prior_infusions"),
    ("next-infusion", {}, {"prior_infusions_same_level": ["9999-12-30"], "today": "9999-12-31"}, "today: "),
    ("next-infusion", {}, {"prior_infusions_same_level": ["2025-02-30"], "today": "2025-03-01"}, "[0]: is not a date"),
    ("next-infusion", {}, {"prior_infusions_same_level": [], "today": "1 March"}, "today: must be a date"),
    ("dose-escalation", LEVEL, {"n_dlt": 4}, "n_dlt: 4 exceeds n_evaluable"),
    ("dose-escalation", LEVEL, {"n_pending": -1}, "n_pending: must be at least 0"),
    ("dose-escalation", LEVEL, {"lower_n_eval": 3}, "lower_n_dlt: is null"),
    ("dose-escalation", LEVEL, {"lower_n_dlt": 0}, "lower_n_eval: is null"),
    ("dose-escalation", LEVEL, {"lower_n_eval": 3, "lower_n_dlt": 4}, "lower_n_dlt: 4 exceeds"),
    ("dose-escalation", LEVEL, {"rule": "other"}, "rule: must be 'protocol' or 'classical'"),
    ("dose-escalation-trial", TRIAL, {"cohorts": [{"dose": 2, "n": 3, "dlt": 0}]}, "cohorts: cohort 1"),
    ("dose-escalation-trial", TRIAL, {"cohorts": [{"dose": 1, "n": 3, "dlt": 4}]}, "cohorts: cohort 1"),
    ("dose-escalation-trial", TRIAL, {"cohorts": [{"dose": 1, "n": 0, "dlt": 0}]}, "cohorts[0].n: must be at least 1"),
]


@pytest.mark.parametrize(("rule", "base", "change", "says"), REFUSED_CASES, ids=lambda value: str(value)[:50])
def test_a_wrong_case_names_its_key(rule: str, base: dict[str, Any], change: dict[str, Any], says: str) -> None:
    assert says in error(rule, base | change)


def test_whole_numbers_and_decimals_come_as_json_writes_them() -> None:
    assert ask("icans-grade", {"ice": 7.0})[0]["output"]["grade"] == 1
    for flow in (6, 6.0, "6", "6.000", "+6"):
        content = {"max_temp_c": 38, "o2_support": "nasal_cannula", "o2_flow_l_min": flow}
        assert ask("crs-grade", content)[0]["output"]["grade"] == 2
    content = {"max_temp_c": 38, "o2_support": "nasal_cannula", "o2_flow_l_min": "6.00000000000000000001"}
    assert ask("crs-grade", content)[0]["output"]["grade"] == 3


def test_exact_numbers_have_a_length_limit() -> None:
    text = f'{{"cases": [{{"id": 1, "input": {{"max_temp_c": 38.{"1" * 70}}}}}]}}'
    assert "has too many digits" in engine.answer("crs-grade", text)[0]["results"][0]["error"]


def test_a_subject_who_was_not_infused_needs_nothing_else() -> None:
    assert ask("evaluability", {"infused": False})[0]["output"]["status"] == "NOT_TREATED"


def test_the_lower_level_decides_what_too_toxic_means() -> None:
    content = LEVEL | {"n_dlt": 2, "n_pending": 1, "lower_n_eval": 6, "lower_n_dlt": 1}
    output = ask("dose-escalation", content)[0]["output"]
    assert (output["action"], output["next_level"], output["mtd"]) == ("TOO_TOXIC_MTD_IS_LOWER", "stop", "lower")


def test_config_takes_the_protocol_parameters_where_it_is_silent() -> None:
    on_day_28 = DLT | {"ae": {"term": "Colitis", "relationship": "possible", "onset": "2025-03-31", "max_grade": 4}}
    verdicts = [ask("dlt", on_day_28, config=config)[0]["output"]["dlt"] for config in ({}, {"infusion_day": 1})]
    assert verdicts == ["YES", "NO"]
    assert "config.window: is not a key" in error("dlt", DLT, {"window": 28})
    assert error("dlt", DLT, []) == "config: must be an object"
    assert "config.days: is not a key" in error("crs-grade", {"max_temp_c": 38}, {"days": 1})


def test_one_wrong_case_leaves_the_others_answered() -> None:
    results = ask("ice-score", ICE, {"orientation": 9}, ICE)
    assert ["error" in result for result in results] == [False, True, False]


@pytest.mark.parametrize(
    ("case", "says"),
    [
        ("7", "a case must be an object"),
        ('{"input": {}}', "id: every case needs an id"),
        ('{"id": true, "input": {}}', "id: every case needs an id"),
        ('{"id": "", "input": {}}', "id: every case needs an id"),
        ('{"id": "a"}', "input: is required"),
        ('{"id": "a", "input": 1}', "input: must be an object"),
        ('{"id": "a", "input": {}, "input": {}}', "input: is given twice"),
        ('{"id": "a", "input": {}, "inputs": {}}', "inputs: not a key of a case"),
        ('{"id": "a", "input": {"naming": 1, "naming": 2}}', "naming: is given twice"),
        ('{"id": "a", "input": {"naming": ' + "9" * 5000 + "}}", "naming: is too large"),
        ('{"id": "a", "input": {"' + "k" * 5000 + '": 1}}', "is not a key"),
        ('{"id": "a", "input": {"\\ud800": "\\ud800"}}', "Unicode"),
    ],
)
def test_a_case_that_cannot_be_read_is_an_error_of_that_case(case: str, says: str) -> None:
    answered, status = engine.answer("ice-score", f'{{"cases": [{case}]}}')
    assert status == engine.SOME_CASES_WRONG
    message = json.loads(engine.as_json(answered))["results"][0]["error"]
    assert len(message) < 500
    assert says in message or "more" in message


def test_an_id_given_twice_is_answered_once() -> None:
    text = json.dumps({"cases": [{"id": "a", "input": ICE}, {"id": "a", "input": ICE}]})
    results = engine.answer("ice-score", text)[0]["results"]
    assert results[0]["output"] == {"total": 10}
    assert results[1]["error"] == "id: 'a' is the id of an earlier case"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "1",
        "1e99999999999999999999",
        '{"cases": 1}',
        '{"cases": [], "cases": []}',
        '{"case": []}',
        "{}",
        "[" * 100_000,
    ],
    ids=lambda text: text[:30],
)
def test_a_request_that_cannot_be_read_is_refused_in_one_line(text: str) -> None:
    with pytest.raises(engine.Refused) as refusal:
        engine.answer("dlt", text)
    assert "\n" not in str(refusal.value)


def test_an_unknown_rule_is_refused_with_a_hint() -> None:
    with pytest.raises(engine.Refused, match="did you mean crs-grade"):
        engine.answer("crs-grades", "{}")
    with pytest.raises(engine.Refused, match=f"the rules are: {', '.join(sorted(GOOD))}$"):
        engine.schema("zzz")


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_the_schema_names_every_key(rule: BenchRule) -> None:
    published = json.loads(engine.as_json(engine.schema(rule.name)))
    assert set(published["input"]["properties"]) == set(rule.input_model.model_fields)
    assert published["input"]["additionalProperties"] is False
    assert published["version"] == rule.version


def test_the_schema_states_the_limits() -> None:
    ice = engine.schema("icans-grade")["input"]["properties"]["ice"]["anyOf"][0]
    assert (ice["type"], ice["minimum"], ice["maximum"]) == ("integer", 0, 10)
    number, text = engine.schema("crs-grade")["input"]["properties"]["max_temp_c"]["anyOf"]
    assert (number["minimum"], number["maximum"], text["type"]) == (25, 45, "string")
