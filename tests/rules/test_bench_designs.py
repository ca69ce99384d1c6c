"""The bench's answers about designs: every key of the contract, configuration, and what is refused by name."""

from __future__ import annotations

import json
from math import isclose
from typing import Any

import pytest

from tests.rules.bench_cases import ask
from tests.rules.bench_cases_designs import BOIN_MTD, BOIN_TABLE, CHARACTERISTICS, CRM, TWO_OF_SIX
from tests.rules.tables import rows
from trial_edc.bench import engine

COHORT = {"dose": 1, "n": 3, "dlt": 1}


def output(rule: str, content: Any, config: Any = None) -> dict[str, Any]:
    """The output of one case."""
    found: dict[str, Any] = ask(rule, content, config=config)[0]["output"]
    return found


def test_every_key_of_the_operating_characteristics() -> None:
    found = output("operating-characteristics", CHARACTERISTICS)
    assert [round(value, 4) for value in found["p_select_none_then_each_dose"]] == [0.0082, 0.0973, 0.3562, 0.5383]
    assert len(found["exp_n_per_dose"]) == len(found["exp_dlt_per_dose"]) == 3
    assert isclose(sum(found["exp_n_per_dose"]), found["exp_n_total"], abs_tol=1e-9)
    assert isclose(sum(found["exp_dlt_per_dose"]), found["exp_dlt_total"], abs_tol=1e-9)
    assert list(found["n_total_distribution"]) == ["3", "6", "9", "12", "15", "18"]
    few = sum(share for total, share in found["n_total_distribution"].items() if int(total) < 12)
    assert isclose(few, found["p_n_total_lt_12"], abs_tol=1e-9)
    assert found["n_paths"] == 112


# Configuration at .10/.25/.40 -> probabilities and paths; a key left out takes the protocol's value.
CONFIGURED = rows("""
config                          | none  | 1     | 2     | 3     | paths
{}                              | .0350 | .2633 | .4397 | .2621 | 112
{"mtd_max6": 1}                 | .1031 | .3992 | .3710 | .1268 | 154
{"mtd_max6": 2, "esc_max6": 1}  | .0350 | .2633 | .4397 | .2621 | 112
""")


@pytest.mark.parametrize("row", CONFIGURED, ids=lambda row: row["config"])
def test_the_configuration(row: dict[str, str]) -> None:
    config = json.loads(row["config"])
    found = output("operating-characteristics", {"true_dlt_prob": ["0.10", 0.25, 0.4]}, config)
    probabilities = [round(value, 4) for value in found["p_select_none_then_each_dose"]]
    assert probabilities == [float(row[key]) for key in ("none", "1", "2", "3")]
    assert found["n_paths"] == int(row["paths"])


def test_every_switch_of_the_configuration_changes_the_answer() -> None:
    content = {"true_dlt_prob": [0.1, 0.25, 0.4]}
    usual = output("operating-characteristics", content)
    for config in (
        {"esc_max6": 2}, {"esc_max6": 0}, {"mtd_max6": 3}, {"expand_max3": 2}, {"expand_max3": 0},
        {"expand_top": False}, {"expand_on_deesc": False},
    ):  # fmt: skip
        assert output("operating-characteristics", content, config) != usual, config


def test_observed_cohorts() -> None:
    content = {"true_dlt_prob": [0.1, 0.25, 0.4], "observed": [COHORT, COHORT]}
    found = output("operating-characteristics", content)
    assert found["p_select_none_then_each_dose"] == [0, 1, 0, 0]
    assert (found["exp_n_per_dose"], found["exp_dlt_per_dose"], found["n_paths"]) == ([6, 0, 0], [2, 0, 0], 1)
    assert found["n_total_distribution"] == {"6": 1}
    assert "given the first 2 observed" in ask("operating-characteristics", content)[0]["because"]


def test_boin_keys() -> None:
    found = output("boin-boundaries", BOIN_TABLE)
    assert (round(found["lambda_e"], 7), round(found["lambda_d"], 7)) == (0.2364907, 0.3585195)
    assert output("boin-boundaries", BOIN_TABLE, {"elimination_cutoff": 0.99})["rows"][2]["eliminate_if_dlt_ge"] == 3
    assert output("boin-boundaries", BOIN_TABLE, {"elimination_minimum": 2})["rows"][1]["eliminate_if_dlt_ge"] == 2


def test_no_dose_is_null() -> None:
    assert output("boin-mtd", BOIN_MTD | {"n": [3], "y": [3]})["mtd"] is None
    assert output("boin-mtd", BOIN_MTD | {"n": [0], "y": [0]})["mtd"] is None


def test_mtpi2_configuration() -> None:
    assert output("mtpi2", {"n": 3, "y": 3})["decision"] == "DU"
    assert output("mtpi2", {"n": 3, "y": 3}, {"xi": "0.9999"})["decision"] == "D"
    config = {"target": "0.1", "equivalence_interval": ["0.05", "0.15"]}
    assert output("mtpi2", {"n": 10, "y": 1}, config)["decision"] == "S"


def test_crm_keys() -> None:
    found = output("crm", CRM | {"levels": [1, 1, 1, 2, 2, 2], "tox": [0, 0, 0, 0, 1, 1]})
    assert set(found) >= {"est", "ptox", "mtd", "mtd_no_skip"}
    assert found["ptox"] == sorted(found["ptox"])


def test_the_expansion_boundary_takes_fractions_and_any_prior() -> None:
    assert output("expansion-boundary", {"n_max": 4}, {"p0": "1/3"}) == {"boundary": {"3": 3, "4": 3}}
    assert output("expansion-boundary", {"n_max": 4}, {"p0": "0.9"}) == {"boundary": {"3": None, "4": None}}
    assert output("expansion-boundary", {"n_max": 4}, {"prior": ["0.5", 0.5]}) == {"boundary": {"3": 3, "4": 3}}
    assert output("expansion-boundary", {"n_max": 2}) == {"boundary": {}}


OC = "operating-characteristics"
REFUSED: list[tuple[str, dict[str, Any], dict[str, Any], Any, str]] = [
    (OC, {}, {}, None, "true_dlt_prob: is required"),
    (OC, {}, {"true_dlt_prob": []}, None, "true_dlt_prob: must not be empty"),
    (OC, {}, {"true_dlt_prob": [0.1, 1.2]}, None, "true_dlt_prob[1]: must be at most 1, not 1.2"),
    (OC, {}, {"true_dlt_prob": [-0.1]}, None, "true_dlt_prob[0]: must be at least 0"),
    (OC, {}, {"true_dlt_prob": [True]}, None, "true_dlt_prob[0]: must be a number"),
    (OC, {}, {"true_dlt_prob": [float("nan")]}, None, "true_dlt_prob[0]: must be a finite number"),
    (OC, {}, {"true_dlt_prob": [0.1] * 13}, None, "true_dlt_prob: must have at most 12 entries"),
    (OC, CHARACTERISTICS, {"observed": [COHORT | {"dose": 2}]}, None, "observed: cohort 1: after ENROLL_TO_3"),
    (OC, CHARACTERISTICS, {"observed": [COHORT | {"n": 6}]}, None, "observed: cohort 1: 6 subjects at dose 1"),
    (OC, CHARACTERISTICS, {"observed": [COHORT | {"dlt": 4}]}, None, "observed: cohort 1: 4 subjects with a DLT"),
    (OC, CHARACTERISTICS, {"observed": [{"dose": 1, "n": 3}]}, None, "observed[0].dlt: is required"),
    (OC, {"true_dlt_prob": [0, 1]}, {"observed": [COHORT]}, None, "true_dlt_prob: level 1 has 1 of 3"),
    (OC, CHARACTERISTICS, {}, {"esc_max6": 3}, "config.esc_max6: 3 exceeds mtd_max6, 2"),
    (OC, CHARACTERISTICS, {}, {"expand_max3": 4}, "config.expand_max3: must be at most 3"),
    (OC, CHARACTERISTICS, {}, {"expand_top": 1}, "config.expand_top: must be true or false"),
    (OC, CHARACTERISTICS, {}, {"expand": True}, "config.expand: is not a key"),
    ("boin-boundaries", BOIN_TABLE, {"target": 0}, None, "target: must be above 0"),
    ("boin-boundaries", BOIN_TABLE, {"target": 0.8}, None, "target: the target must lie above 0 and below 0.7143"),
    ("boin-boundaries", BOIN_TABLE, {"n_max": 0}, None, "n_max: must be at least 1"),
    ("boin-boundaries", BOIN_TABLE, {"n_max": 2.5}, None, "n_max: must be a whole number"),
    ("boin-boundaries", BOIN_TABLE, {"n_max": 10**9}, None, "n_max: must be at most 1000"),
    ("boin-mtd", BOIN_MTD, {"target": 0.72}, None, "target: the target must lie"),
    ("boin-mtd", BOIN_MTD, {"y": [0]}, None, "y: has 1 entries where n has 5"),
    ("boin-mtd", BOIN_MTD, {"y": [0, 0, 4, 10, 0]}, None, "y[3]: 10 exceeds n[3], 9"),
    ("boin-mtd", BOIN_MTD, {"n": [], "y": []}, None, "n: must not be empty"),
    ("mtpi2", TWO_OF_SIX, {"n": 0, "y": 0}, None, "n: must be at least 1"),
    ("mtpi2", TWO_OF_SIX, {"y": 7}, None, "y: 7 exceeds n, 6"),
    ("mtpi2", TWO_OF_SIX, {}, {"target": 0.5}, "config.equivalence_interval: the equivalence interval must hold"),
    ("mtpi2", TWO_OF_SIX, {}, {"equivalence_interval": [0.3]}, "must have at least 2 entries"),
    ("mtpi2", TWO_OF_SIX, {}, {"xi": 1}, "config.xi: must be below 1"),
    ("crm", CRM, {"skeleton": [0.3, 0.2]}, None, "skeleton: must rise from level to level"),
    ("crm", CRM, {"skeleton": [0, 0.2]}, None, "skeleton[0]: must be above 0"),
    ("crm", CRM, {"levels": [1, 1, 4]}, None, "levels: level 4 is not one of 1 to 3"),
    ("crm", CRM, {"levels": [1, 1]}, None, "tox: 3 outcomes for 2 levels"),
    ("crm", CRM, {"tox": [0, 0, 2]}, None, "tox[2]: must be at most 1"),
    ("crm", CRM, {"tox": [0, 0, True]}, None, "tox[2]: must be a whole number"),
    ("crm", CRM, {"prior_var": 0}, None, "prior_var: must be above 0"),
    ("crm", CRM, {}, {"model": "logistic"}, "config.model: is not a key"),
    ("expansion-boundary", {"n_max": 21}, {}, {"p0": "1/0"}, "config.p0: must not divide by 0"),
    ("expansion-boundary", {"n_max": 21}, {}, {"p0": "a/b"}, "config.p0: must be a number"),
    ("expansion-boundary", {"n_max": 21}, {}, {"p0": 1}, "config.p0: must lie above 0 and below 1"),
    ("expansion-boundary", {"n_max": 21}, {}, {"p0": True}, "config.p0: must be a number"),
    ("expansion-boundary", {"n_max": 21}, {}, {"prior": [0, 1]}, "config.prior[0]: must be above 0"),
    ("expansion-boundary", {}, {}, None, "n_max: is required"),
]


@pytest.mark.parametrize(("rule", "base", "change", "config", "says"), REFUSED)
def test_what_cannot_be_is_refused_by_name(
    rule: str, base: dict[str, Any], change: dict[str, Any], config: Any, says: str
) -> None:
    result = ask(rule, base | change, config=config)[0]
    assert set(result) == {"id", "error"}
    assert says in result["error"]
    assert "Traceback" not in result["error"]


@pytest.mark.parametrize("rule", ["operating-characteristics", "boin-boundaries", "mtpi2", "crm", "expansion-boundary"])
def test_every_schema_can_be_printed(rule: str) -> None:
    assert '"properties"' in engine.as_json(engine.schema(rule))


EXTREME: list[tuple[str, dict[str, Any]]] = [
    (OC, {"true_dlt_prob": ["1e-30", "0.999999999999999999999"]}),
    (OC, {"true_dlt_prob": [0.2] * 12}),
    ("boin-boundaries", {"target": "1e-30", "n_max": 1000}),
    ("boin-boundaries", {"target": "0.7142857", "n_max": 1000}),
    ("boin-mtd", {"target": "0.3", "n": [1000] * 100, "y": [300] * 100}),
    ("mtpi2", {"n": 1000, "y": 1000}),
    ("mtpi2", {"n": 1000, "y": 300}),
    ("crm", {"skeleton": ["1e-30", "0.5"], "target": 0.3, "prior_var": 100, "levels": [1] * 1000, "tox": [1] * 1000}),
    ("crm", {"skeleton": ["0.999999"], "target": 0.3, "prior_var": "1e-30", "levels": [1] * 1000, "tox": [0] * 1000}),
    ("expansion-boundary", {"n_max": 1000}),
]


@pytest.mark.parametrize(("rule", "content"), EXTREME, ids=range(len(EXTREME)))
def test_extreme_values_are_answered(rule: str, content: dict[str, Any]) -> None:
    text = engine.as_json({"results": [output(rule, content)]})
    assert "NaN" not in text
    assert "Infinity" not in text
