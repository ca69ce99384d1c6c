"""The laboratory rule through the bench: the contract's keys, and what it refuses."""

from __future__ import annotations

from typing import Any

import pytest

from tests.rules.bench_cases import NEUTROPHILS, ask

ALT = {"term": "Alanine aminotransferase increased", "value": 150, "unit": "U/L", "uln": 40}
CASES: list[tuple[dict[str, Any], int | None, list[str]]] = [
    (NEUTROPHILS, 3, []),
    (NEUTROPHILS | {"value": 0.9, "lln": 2}, 3, []),
    (NEUTROPHILS | {"lln": None}, 3, []),
    (NEUTROPHILS | {"lln": None, "value": "1.7"}, None, ["LLN_MISSING"]),
    (NEUTROPHILS | {"unit": None}, None, ["UNIT_MISSING"]),
    (NEUTROPHILS | {"value": None}, None, ["VALUE_MISSING"]),
    (NEUTROPHILS | {"unit": "cells/µL", "value": 450, "lln": 2000}, 4, []),
    (ALT, 2, ["BASELINE_MISSING"]),
    (ALT | {"unit": None}, 2, ["BASELINE_MISSING"]),
    (ALT | {"base": 100}, 1, []),
    (ALT | {"base": 30}, 2, []),
    (ALT | {"base": 100, "base_high": False}, 2, []),
    (ALT | {"base": 30, "base_high": True}, 2, []),
    (ALT | {"base_high": True}, None, ["BASELINE_MISSING"]),
    ({"term": "INR increased", "value": "2.6"}, 3, []),
    ({"term": "INR increased", "value": "2.6", "anticoag": True, "base": "2.5"}, 1, []),
    ({"term": "Hypokalemia", "value": "3.2", "unit": "mmol/L", "lln": "3.5", "symptomatic": True}, 2, []),
    ({"term": "Hypokalemia", "value": "3.2", "unit": "mmol/L", "lln": "3.5", "symptomatic": None}, 1, []),
    ({"term": "Fibrinogen decreased", "value": 1, "unit": "g/L", "lln": 2, "base": 1.5, "base_low": True}, 2, []),
    ({"term": "Hypocalcemia", "value": "1.1", "unit": "mmol/L", "lln": "1.15", "ionized": True}, 1, []),
    ({"term": "Hyperglycemia", "value": 30, "unit": "mmol/L", "uln": 6}, None, ["NO_NUMERIC_CRITERION"]),
    ({"term": "Colitis", "value": 1}, None, ["NO_NUMERIC_CRITERION"]),
    ({"term": "C-reactive protein", "value": 90, "unit": "mg/L"}, None, ["NO_NUMERIC_CRITERION"]),
    ({"term": "chloride", "value": 90, "unit": "mmol/L"}, None, ["NO_NUMERIC_CRITERION"]),
]


@pytest.mark.parametrize(("content", "grade", "flags"), CASES)
def test_a_case_is_answered(content: dict[str, Any], grade: int | None, flags: list[str]) -> None:
    result = ask("ctcae-lab-grade", content)[0]
    assert result["output"] == {"grade": grade, "flags": flags}


REFUSED: list[tuple[dict[str, Any], str]] = [
    ({}, "term: is required; value: is required"),
    (NEUTROPHILS | {"term": "  "}, "term: must not be blank"),
    (NEUTROPHILS | {"term": "Neutropenia"}, "term: 'Neutropenia' is not a term of CTCAE v5.0"),
    (NEUTROPHILS | {"term": "ICANS"}, "term: 'ICANS' is not a term"),
    (NEUTROPHILS | {"term": "ALC"}, "term: 'ALC' is an analyte; its term is 'Lymphocyte count decreased' or 'Lymph"),
    (NEUTROPHILS | {"term": 5}, "term: must be text"),
    (NEUTROPHILS | {"value": -1}, "value: must be at least 0"),
    (NEUTROPHILS | {"value": "<0.1"}, "value: must be a number or a decimal string"),
    (NEUTROPHILS | {"value": True}, "value: must be a number"),
    (NEUTROPHILS | {"value": float("nan")}, "value: must be a finite number"),
    (NEUTROPHILS | {"value": "1e31"}, "value: is too large"),
    (NEUTROPHILS | {"unit": "mg/L"}, "unit: 'mg/L' is not a unit of Neutrophils; use 10^9/L"),
    (NEUTROPHILS | {"unit": 9}, "unit: must be text"),
    (NEUTROPHILS | {"lln": -2}, "lln: must be at least 0"),
    (NEUTROPHILS | {"uln": 0}, "uln: must be above 0"),
    (NEUTROPHILS | {"lln": 9, "uln": 7}, "lln: 9 lies above uln, 7"),
    (NEUTROPHILS | {"base_high": "yes"}, "base_high: must be true or false"),
    (NEUTROPHILS | {"base_high": True, "base_low": True}, "base_low: contradicts a baseline that was high"),
    (NEUTROPHILS | {"ionized": True}, "ionized: only hypocalcemia and hypercalcemia"),
    (NEUTROPHILS | {"baseline": 3}, "baseline: is not a key"),
    (ALT | {"base": 0}, "base: must be above 0"),
]


@pytest.mark.parametrize(("content", "sentence"), REFUSED)
def test_a_wrong_case_names_its_key(content: dict[str, Any], sentence: str) -> None:
    assert ask("ctcae-lab-grade", content)[0]["error"].startswith(sentence)


def test_a_configuration_is_not_known() -> None:
    assert ask("ctcae-lab-grade", NEUTROPHILS, config={"version": "5.0"})[0]["error"].startswith("config.version: ")
