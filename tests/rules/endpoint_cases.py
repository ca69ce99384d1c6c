"""A good case for every rule of time to event, rates, survival curves, kinetics and cytokines."""

from __future__ import annotations

from typing import Any

import efficacy.bench_endpoints
import efficacy.bench_kinetics

ENDPOINT_RULES = (*efficacy.bench_endpoints.RULES, *efficacy.bench_kinetics.RULES)
SURVIVAL: dict[str, Any] = {
    "endpoint": "PFS",
    "start_date": "2025-01-01",
    "assessments": [
        {"date": "2025-01-29", "response": "PR"},
        {"date": "2025-02-26", "response": "NE"},
        {"date": "2025-03-26", "response": "PD"},
    ],
    "death_date": None,
    "last_known_alive": "2025-06-01",
    "nact_date": None,
    "first_response_date": "2025-01-29",
    "cutoff": "2025-12-31",
    "no_baseline": False,
}
IPFS: dict[str, Any] = {
    "start_date": "2025-01-01",
    "assessments": [
        {"date": "2025-01-29", "response": "iSD"},
        {"date": "2025-02-26", "response": "iUPD"},
        {"date": "2025-03-26", "response": "iCPD"},
    ],
    "no_confirmation_reason": None,
    "awaiting_next_scan": False,
    "death_date": None,
}
CURVE: dict[str, Any] = {
    "time": [1, "2.5", 3, 5.5, 8, 9, 12, 13],
    "event": [1, 1, 0, 1, 1, 0, 0, 0],
    "eval_times": [3, 6, 12],
    "unit": "months",
    "conf_level": 0.95,
}
KINETICS: dict[str, Any] = {
    "time_days": [0, 1, 4, 7, 10, 14, 21, 28, 60],
    "conc": [None, "60", 800, "12000", 30000, 16000, 4000, 1000, None],
    "blq": [True, False, False, False, False, False, False, False, True],
    "unit": "copies/ug",
    "lloq": 50,
}
CYTOKINE: dict[str, Any] = {
    "analyte": "IL-6",
    "samples": [
        {"day": -5, "timing": "pre", "value": "3", "unit": "pg/mL", "lloq": "1.5"},
        {"day": 0, "timing": "pre", "value": "<1.5", "unit": "pg/mL", "lloq": "1.5"},
        {"day": 3, "timing": "post", "value": ">5000", "unit": "pg/mL", "lloq": "1.5"},
        {"day": 29, "timing": "post", "value": 9000, "unit": "pg/mL", "lloq": None},
    ],
}
#: One good case per rule, and its output without the keys beyond the contract.
ENDPOINT_GOOD: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "time-to-event": (
        SURVIVAL,
        {
            "applicable": True,
            "event": 1,
            "date": "2025-03-26",
            "reason": "PD",
            "days": 85,
            "months": 85 / 30.4375,
        },
    ),
    "ipfs": (IPFS, {"event": 1, "date": "2025-02-26", "days": 57}),
    "response-rate": (
        {"x": 0, "n": 12, "conf_level": "0.95"},
        {"rate": 0.0, "lower": 0.0},
    ),
    "kaplan-meier": (CURVE, {"n": 8, "events": 4}),
    "cellular-kinetics": (
        KINETICS,
        {
            "cmax": 30000.0,
            "tmax": 10.0,
            "clast": 1000.0,
            "tlast": 28.0,
            "persistence_days": 28.0,
            "covers_day_28": True,
        },
    ),
    "cytokine-peak": (
        CYTOKINE,
        {
            "baseline": 0.75,
            "baseline_blq": True,
            "peak": 5000.0,
            "peak_blq": False,
            "peak_above_uloq": True,
            "peak_day": 3.0,
            "peak_unit": "pg/mL",
            "fold_change": 5000 / 0.75,
        },
    ),
}
