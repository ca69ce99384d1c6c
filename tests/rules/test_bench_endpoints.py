"""The bench on time to event, rates, curves, kinetics and peaks: keys of the contract, defaults, wrong cases."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest

from tests.rules.bench_cases import ask
from tests.rules.endpoint_cases import CURVE, CYTOKINE, ENDPOINT_GOOD, ENDPOINT_RULES, IPFS, KINETICS, SURVIVAL
from trial_edc.bench import engine

#: Keys of the answer the contract names; more may follow.
KEYS = {
    "time-to-event": {"applicable", "event", "date", "reason", "days", "months"},
    "ipfs": {"event", "date", "days"},
    "response-rate": {"rate", "lower", "upper"},
    "kaplan-meier": {"n", "events", "q25", "median", "q75", "at_times", "steps", "reverse_km_median_followup"},
    "cellular-kinetics": {
        "cmax", "tmax", "clast", "tlast", "auc0_28_last", "auc0_28_all", "auc_last_total", "persistence_days",
        "covers_day_28", "half_life",
    },
    "cytokine-peak": {
        "baseline", "baseline_blq", "peak", "peak_blq", "peak_above_uloq", "peak_day", "peak_unit", "fold_change",
    },
}  # fmt: skip


def output(rule: str, content: Any, config: Any = None) -> dict[str, Any]:
    """The output of one case, which must be answered."""
    result: dict[str, Any] = ask(rule, content, config=config)[0]
    assert "output" in result, result
    found: dict[str, Any] = result["output"]
    return found


@pytest.mark.parametrize("rule", ENDPOINT_GOOD)
def test_every_key_of_the_contract_is_answered(rule: str) -> None:
    assert set(output(rule, ENDPOINT_GOOD[rule][0])) >= KEYS[rule]


@pytest.mark.parametrize("rule", ENDPOINT_RULES, ids=lambda rule: rule.name)
def test_defaults_are_values_a_case_could_give(rule: Any) -> None:
    """The defaults come from the protocol's parameters: each must pass its own field's checks."""
    written = json.loads(rule.config_model().model_dump_json())
    rule.config_model.model_validate(written)


def test_configuration_of_time_to_event() -> None:
    died = SURVIVAL | {"assessments": SURVIVAL["assessments"][:2], "death_date": "2025-06-01", "cutoff": None}
    assert output("time-to-event", died)["reason"] == "DEATH"
    assert output("time-to-event", died, {"max_gap_days": 60})["reason"] == "MISSED_SCANS"
    assert output("time-to-event", died, {"max_gap_days": 60, "missed": "ignore"})["reason"] == "DEATH"
    planned = {"planned_scan_days": [28, 56, 84], "scan_window_days": 7}
    assert output("time-to-event", died, planned)["reason"] == "MISSED_SCANS"
    assert output("time-to-event", died, planned | {"missed_maximum": 5})["reason"] == "DEATH"
    treated = died | {"nact_date": "2025-04-01"}
    assert output("time-to-event", treated)["reason"] == "NEW_THERAPY"
    assert output("time-to-event", treated, {"nact": "ignore"})["reason"] == "DEATH"
    response = died | {"endpoint": "DOR"}
    assert output("time-to-event", response)["days"] == 124
    assert output("time-to-event", response, {"death_in_dor": "censor"})["event"] == 0
    assert output("time-to-event", died, {"add_one_day": False})["days"] == 151
    assert output("time-to-event", died, {"horizon_days": 100})["reason"] == "HORIZON"
    assert output("time-to-event", died, {"horizon_days": None, "max_gap_days": None})["days"] == 152


def test_an_endpoint_that_does_not_apply() -> None:
    nobody = SURVIVAL | {"endpoint": "DOR", "first_response_date": None}
    found = output("time-to-event", nobody)
    assert (found["applicable"], found["event"], found["date"], found["days"], found["months"]) == (False, *[None] * 4)


def test_only_the_endpoint_and_the_start_are_required() -> None:
    found = output("time-to-event", {"endpoint": "OS", "start_date": "2025-01-01"})
    assert (found["event"], found["days"]) == (0, 1)


def test_pending_progression_is_a_parameter() -> None:
    pending = IPFS | {"assessments": IPFS["assessments"][:2], "awaiting_next_scan": True}
    assert output("ipfs", pending)["event"] == 0
    assert output("ipfs", pending, {"pending_at_cutoff": "event"}) == {"event": 1, "date": "2025-02-26", "days": 57}
    assert output("ipfs", IPFS, {"add_one_day": False})["days"] == 56
    assert output("ipfs", pending | {"awaiting_next_scan": None, "no_confirmation_reason": "refusal"})["event"] == 1


def test_curves_answer_landmarks_where_no_times_are_asked() -> None:
    plain = {key: value for key, value in CURVE.items() if key not in ("eval_times", "unit")}
    assert [item["time"] for item in output("kaplan-meier", plain)["at_times"]] == [3, 6, 12, 24, 36]
    in_days = output("kaplan-meier", plain | {"unit": "days", "eval_times": None})
    assert [item["time"] for item in in_days["at_times"]] == [91.3125, 182.625, 365.25, 730.5, 1095.75]
    assert output("kaplan-meier", plain | {"unit": "cycles"})["at_times"] == []
    assert output("kaplan-meier", CURVE)["at_times"][0]["n_risk"] == 6
    assert output("kaplan-meier", {"time": [], "event": []})["median"] == dict.fromkeys(("estimate", "lower", "upper"))


def test_kinetics_report_the_line_of_the_half_life() -> None:
    weekly = KINETICS | {
        "time_days": [0, 7, 14, 21, 28],
        "conc": [None, 800, 400, 200, 100],
        "blq": [True, False, False, False, False],
    }
    found = output("cellular-kinetics", weekly)
    assert (found["half_life"], found["half_life_span"]) == (pytest.approx(7), pytest.approx(2))
    assert (found["half_life_points"], found["half_life_r2_adj"]) == (3, pytest.approx(1))
    strict = output("cellular-kinetics", weekly, {"half_life_minimum_span": "2.5"})
    assert (strict["half_life"], strict["half_life_points"]) == (None, 3)
    assert output("cellular-kinetics", {"time_days": [], "conc": [], "blq": []})["cmax"] is None


def test_peaks_below_the_limit_are_text() -> None:
    samples = [{"day": 1, "value": "<1.5", "unit": "pg/mL"}, {"day": -1, "value": 3.0, "unit": "pg/mL"}]
    found = output("cytokine-peak", {"analyte": "IL-6", "samples": samples})
    assert (found["peak"], found["peak_blq"], found["fold_change"], found["baseline"]) == ("<1.5", True, None, 3)
    nothing = output("cytokine-peak", {"analyte": "CRP", "samples": []})
    assert (nothing["peak"], nothing["peak_blq"], nothing["baseline_blq"], nothing["peak_unit"]) == (
        *[None] * 3,
        "mg/L",
    )
    late = CYTOKINE | {"samples": CYTOKINE["samples"][3:]}
    assert output("cytokine-peak", late, {"window_days": 29})["peak"] == 9000


def case(content: dict[str, Any], **change: Any) -> dict[str, Any]:
    """A good case with something changed."""
    return content | change


def sample(**change: Any) -> dict[str, Any]:
    """A cytokine case with one sample, changed."""
    return CYTOKINE | {"samples": [{"day": 3, "timing": "post", "value": "5", "unit": "pg/mL", "lloq": None} | change]}


SCAN = {"date": "2025-02-01", "response": "SD"}
REFUSED: list[tuple[str, dict[str, Any], dict[str, Any], str]] = [
    ("time-to-event", case(SURVIVAL, endpoint="EFS"), {}, "endpoint: must be 'PFS', 'OS', 'TTR' or 'DOR'"),
    ("time-to-event", case(SURVIVAL, start_date=None), {}, "start_date: must be a date"),
    ("time-to-event", case(SURVIVAL, start_date="2025-01"), {}, "start_date: must be a date"),
    ("time-to-event", case(SURVIVAL, death_date="2024-12-31"), {}, "death_date: 2024-12-31 lies before start_date"),
    ("time-to-event", case(SURVIVAL, death_date="2025-03-01"), {}, "last_known_alive: "),
    ("time-to-event", case(SURVIVAL, cutoff="2024-12-31"), {}, "cutoff: 2024-12-31 lies before start_date"),
    ("time-to-event", case(SURVIVAL, assessments=[SCAN | {"response": "iPR"}]), {}, "assessments[0].response: must be"),
    ("time-to-event", case(SURVIVAL, assessments=[SCAN | {"response": None}]), {}, "assessments[0].response: must be"),
    ("time-to-event", case(SURVIVAL, assessments=[SCAN, SCAN]), {}, "assessments[1].date: 2025-02-01 is the date of"),
    ("time-to-event", case(SURVIVAL, assessments=[{"date": "2025-02-01"}]), {}, "assessments[0].response: is required"),
    ("time-to-event", case(SURVIVAL, assessments=None), {}, "assessments: must be a list"),
    ("time-to-event", case(SURVIVAL, no_baseline=1), {}, "no_baseline: must be true or false"),
    ("time-to-event", case(SURVIVAL, weeks=1), {}, "weeks: is not a key"),
    ("time-to-event", SURVIVAL, {"nact": "event"}, "config.nact: must be 'censor' or 'ignore'"),
    ("time-to-event", SURVIVAL, {"max_gap_days": -1}, "config.max_gap_days: must be at least 1"),
    ("time-to-event", SURVIVAL, {"horizon_days": 1.5}, "config.horizon_days: must be a whole number"),
    ("time-to-event", SURVIVAL, {"planned_scan_days": [56, 28]}, "config.planned_scan_days: must ascend"),
    ("ipfs", case(IPFS, no_confirmation_reason="lost"), {}, "no_confirmation_reason: must be"),
    ("ipfs", case(IPFS, assessments=[SCAN]), {}, "assessments[0].response: must be 'iCR'"),
    ("ipfs", case(IPFS, assessments=IPFS["assessments"][2:]), {}, "assessments: iCPD has no iUPD"),
    ("ipfs", case(IPFS, death_date="2025-03-01"), {}, "assessments[2].date: 2025-03-26 lies after death_date"),
    ("response-rate", {"x": 3, "n": 2}, {}, "x: 3 exceeds n, 2"),
    ("response-rate", {"x": -1, "n": 2}, {}, "x: must be at least 0"),
    ("response-rate", {"x": True, "n": 2}, {}, "x: must be a whole number"),
    ("response-rate", {"x": 1, "n": 2, "conf_level": 95}, {}, "conf_level: must be below 1"),
    ("response-rate", {"x": 1, "n": 2, "conf_level": 0}, {}, "conf_level: must be above 0"),
    ("kaplan-meier", case(CURVE, event=[1]), {}, "event: has 1 entries for 8 in time"),
    ("kaplan-meier", {"time": [1], "event": [2]}, {}, "event[0]: must be at most 1"),
    ("kaplan-meier", {"time": [1], "event": [True]}, {}, "event[0]: must be a whole number"),
    ("kaplan-meier", {"time": [1], "event": [None]}, {}, "event[0]: must be a whole number"),
    ("kaplan-meier", {"time": [-1], "event": [1]}, {}, "time[0]: must be at least 0"),
    ("kaplan-meier", {"time": [float("nan")], "event": [1]}, {}, "time[0]: must be a finite number"),
    ("kaplan-meier", case(CURVE, eval_times=[-3]), {}, "eval_times[0]: must be at least 0"),
    ("kaplan-meier", {"time": [1] * 10_001, "event": [1] * 10_001}, {}, "time: must have at most 10000 entries"),
    ("cellular-kinetics", case(KINETICS, conc=[1]), {}, "conc: has 1 entries for 9 in time_days"),
    ("cellular-kinetics", case(KINETICS, blq=[True]), {}, "blq: has 1 entries for 9 in time_days"),
    ("cellular-kinetics", {"time_days": [1], "conc": [None], "blq": [False]}, {}, "conc[0]: must be null where blq"),
    ("cellular-kinetics", {"time_days": [1], "conc": [5], "blq": [True]}, {}, "conc[0]: must be null where blq"),
    ("cellular-kinetics", {"time_days": [1], "conc": [-5], "blq": [False]}, {}, "conc[0]: must be above 0"),
    (
        "cellular-kinetics",
        {"time_days": [1, "1.0"], "conc": [5, 6], "blq": [False] * 2},
        {},
        "time_days[1]: 1.0 is the",
    ),
    ("cellular-kinetics", {"time_days": [1], "conc": [5], "blq": [False], "lloq": 6}, {}, "conc[0]: 5 is below lloq"),
    ("cellular-kinetics", {"time_days": [1], "conc": [5], "blq": [0]}, {}, "blq[0]: must be true or false"),
    (
        "cellular-kinetics",
        KINETICS,
        {"half_life_minimum_points": 2},
        "config.half_life_minimum_points: must be at least",
    ),
    ("cytokine-peak", case(CYTOKINE, analyte="IL-7"), {}, "analyte: must be one of IL-2"),
    ("cytokine-peak", sample(unit="IU/mL"), {}, "samples[0].unit: must be a mass per volume"),
    ("cytokine-peak", sample(value="high"), {}, "samples[0].value: must be a number"),
    ("cytokine-peak", sample(value=None), {}, "samples[0].value: must be a number"),
    ("cytokine-peak", sample(value=-1), {}, "samples[0].value: must be a number"),
    ("cytokine-peak", sample(lloq=0), {}, "samples[0].lloq: must be above 0"),
    ("cytokine-peak", sample(timing="during"), {}, "samples[0].timing: must be 'pre' or 'post'"),
    ("cytokine-peak", sample(timing="pre"), {}, "samples[0].timing: pre contradicts day 3"),
    ("cytokine-peak", sample(day=-3), {}, "samples[0].timing: post contradicts day -3"),
    ("cytokine-peak", sample(day=0, timing=None), {}, "samples[0].timing: is required on day 0"),
]


@pytest.mark.parametrize(("rule", "content", "config", "says"), REFUSED, ids=lambda value: str(value)[:50])
def test_a_wrong_case_names_its_key(rule: str, content: Any, config: Any, says: str) -> None:
    result = ask(rule, content, config=config)[0]
    assert str(result.get("error", result)).startswith(says)


def test_the_largest_curve_takes_seconds() -> None:
    """Ten thousand distinct times: the exact quotient grows to thousands of digits."""
    case_text = json.dumps({"time": list(range(10_000)), "event": [day % 3 % 2 for day in range(10_000)]})
    started = time.process_time()
    answered, status = engine.answer("kaplan-meier", f'{{"cases": [{{"id": 1, "input": {case_text}}}]}}')
    assert status == engine.OK and len(answered["results"][0]["output"]["steps"]) == 10_000
    assert time.process_time() - started < 10


EXTREMES = ["1e30", "1e-30", "0.000000000000000000000000000001", "999999999999999999999999999999", 1e-300, 10**39]


@pytest.mark.parametrize("value", EXTREMES, ids=str)
def test_extreme_numbers_are_answered_or_named(value: Any) -> None:
    times = {"time": [value, 1, 2], "event": [1, 0, 1], "eval_times": [value]}
    profile = {"time_days": [0, value, 5, 6, 28], "conc": [value, 10, value, 5, value], "blq": [False] * 5}
    for rule, content in (("kaplan-meier", times), ("cellular-kinetics", profile)):
        result = ask(rule, content)[0]
        assert ("error" in result) != ("output" in result)
        assert "NaN" not in json.dumps(result) and "Infinity" not in json.dumps(result)
