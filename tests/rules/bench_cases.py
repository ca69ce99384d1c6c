"""A good case for every rule of the bench, and a way to ask."""

from __future__ import annotations

import json
from typing import Any

import dosing.bench
import dosing.bench_designs
import efficacy.bench
import safety.bench
import safety.bench_laboratory
from tests.rules.bench_cases_designs import GOOD_DESIGNS
from tests.rules.endpoint_cases import ENDPOINT_GOOD, ENDPOINT_RULES
from tests.rules.response_cases import GOOD_RESPONSE
from trial_edc.bench import engine

RULES = (
    *safety.bench.RULES, *safety.bench_laboratory.RULES, *dosing.bench.RULES, *dosing.bench_designs.RULES,
    *efficacy.bench.RULES, *ENDPOINT_RULES,
)  # fmt: skip
ICE = {"orientation": 4, "naming": 3, "commands": 1, "writing": 1, "attention": 1}
CRS_EVENT = {
    "term": "Cytokine release syndrome",
    "grading": "ASTCT 2019",
    "relationship": "possible",
    "onset": "2025-03-23T08:00",
    "end": "2025-04-08T08:00",
    "grade_history": [{"grade": 3, "start": "2025-03-23T08:00", "end": "2025-04-08T08:00"}],
    "outcome": "RECOVERED/RESOLVED",
    "part_of_event": None,
}
DLT = {"infusion_datetime": "2025-03-03T10:00", "data_cutoff": "2025-06-01", "ae": CRS_EVENT}
NEUTROPHILS = {"term": "Neutrophil count decreased", "value": "0.9", "unit": "10^9/L", "lln": "2.0"}
SUBJECT = {
    "infused": True,
    "dlt": False,
    "dose_assigned": "1000000",
    "dose_given": 1000000,
    "days_followed": 28,
    "day28_assessment_done": True,
    "off_study_before_d28": False,
    "unresolved_event": False,
}
LEVEL = {
    "rule": "protocol",
    "n_evaluable": 3,
    "n_dlt": 0,
    "n_pending": 0,
    "higher_status": "untested",
    "lower_n_eval": None,
    "lower_n_dlt": None,
}
TRIAL = {"rule": "protocol", "n_doses": 3, "cohorts": [{"dose": 1, "n": 3, "dlt": 0}, {"dose": 2, "n": 3, "dlt": 2}]}
#: One good case per rule, and its output without the keys beyond the contract.
GOOD: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "crs-grade": ({"max_temp_c": "38.0", "vasopressors": ["norepinephrine", "vasopressin"]}, {"grade": 3}),
    "icans-grade": ({"ice": 0, "consciousness": "normal"}, {"grade": 3}),
    "ice-score": (ICE, {"total": 10}),
    "dlt": (DLT, {"dlt": "YES", "criterion": "CRS_G3PLUS_GT_14D", "flags": []}),
    "ctcae-lab-grade": (NEUTROPHILS, {"grade": 3, "flags": []}),
    "evaluability": (SUBJECT, {"status": "EVALUABLE_NO_DLT", "replace": False}),
    "next-infusion": (
        {"prior_infusions_same_level": ["2025-03-03"], "today": "2025-03-10"},
        {"earliest_next_infusion": "2025-03-31"},
    ),
    "dose-escalation": (LEVEL, {"action": "ESCALATE", "next_level": "higher", "mtd": None, "mtd_reached": None}),
    "dose-escalation-trial": (
        TRIAL,
        {
            "final_action": "TOO_TOXIC_EXPAND_LOWER_TO_6",
            "mtd_level": None,
            "mtd_reached": None,
            "n_total": 6,
            "too_toxic_levels": [2],
        },
    ),
    **GOOD_DESIGNS,
    **ENDPOINT_GOOD,
    **GOOD_RESPONSE,
}


def ask(rule: str, *inputs: Any, config: Any = None) -> list[dict[str, Any]]:
    """The results of some inputs, through JSON text both ways."""
    extra = {} if config is None else {"config": config}
    cases = [{"id": f"case {number}", "input": content, **extra} for number, content in enumerate(inputs)]
    answered, status = engine.answer(rule, json.dumps({"cases": cases}))
    results: list[dict[str, Any]] = json.loads(engine.as_json(answered))["results"]
    assert status == int(any("error" in result for result in results))
    return results
