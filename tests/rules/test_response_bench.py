"""The response rules on the bench: what they read, what they refuse, what they write."""

from __future__ import annotations

from typing import Any

import pytest

from efficacy.rules.response import RecistConfig
from tests.rules.bench_cases import ask
from tests.rules.response_cases import (
    BEST,
    COURSE,
    IMMUNE_COURSE,
    LESION,
    MASS,
    SELECTION,
    TIMEPOINT,
    WITH_NON_TARGET,
    new,
    scans,
    seen,
    target,
    timepoint,
)
from trial_edc.protocol.parameters import PARAMETERS, parameter

ANSWERS: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("recist-timepoint", target(status="measured", mm=67), {"sum_mm": "67", "overall": "PR"}),
    ("recist-timepoint", target(status="measured", mm="50.50"), {"sum_mm": "50.5", "pct_from_baseline": -49.5}),
    ("recist-timepoint", target(status="measured", mm="5E+1"), {"sum_mm": "50"}),
    ("recist-timepoint", target(status="measured", mm="70.00001"), {"overall": "SD", "pct_from_baseline": -30.0}),
    ("recist-timepoint", target(status="absent"), {"sum_mm": "0", "overall": "CR", "pct_from_nadir": -100.0}),
    ("recist-timepoint", target(status="absent", mm=0), {"overall": "CR"}),
    ("recist-timepoint", target(status="too_small"), {"sum_mm": "5", "overall": "PR"}),
    ("recist-timepoint", target(status="too_small", mm="5.0"), {"sum_mm": "5"}),
    ("recist-timepoint", target(status="split", fragments_mm=["30", 40.5]), {"sum_mm": "70.5", "overall": "SD"}),
    ("recist-timepoint", target(status="split", mm=None, fragments_mm=[30]), {"sum_mm": "30"}),
    ("recist-timepoint", target(status="not_evaluable"), {"sum_mm": None, "overall": "NE", "pct_from_baseline": None}),
    ("recist-timepoint", target(status="missing"), {"sum_mm": None, "nadir_mm": "100", "pct_from_nadir": None}),
    ("recist-timepoint", timepoint(targets={}), {"target": "NE", "overall": "NE", "complete": False}),
    ("recist-timepoint", timepoint(new_lesions=["equivocal"]), {"overall": "PR", "new_lesion": "equivocal"}),
    ("recist-timepoint", timepoint(new_lesions=["equivocal", "unequivocal"]), {"overall": "PD", "target": "PR"}),
    ("recist-timepoint", TIMEPOINT | {"prior_complete_sums_mm": ["40", 45]}, {"pct_from_nadir": 75.0}),
    ("recist-timepoint", TIMEPOINT | {"prior_complete_sums_mm": [0]}, {"overall": "PD", "pct_from_nadir": None}),
    ("recist-timepoint", TIMEPOINT | {"baseline": WITH_NON_TARGET}, {"overall": "PR", "non_target": "NE"}),
    (
        "recist-timepoint",
        {"baseline": {"targets": [{"id": "N", "nodal": True, "mm": 15}]}, "prior_complete_sums_mm": [4]}
        | {"timepoint": {"targets": {"N": {"status": "measured", "mm": "9.5"}}}},
        {"overall": "CR", "sum_mm": "9.5", "pct_from_nadir": 137.5, "pct_from_baseline": -36.6667},
    ),
    (
        "recist-timepoint",
        {"baseline": {"non_targets": [{"id": "X"}]}, "timepoint": {"non_targets": {"X": "absent"}}},
        {"target": "NA", "non_target": "CR", "overall": "CR", "sum_mm": None, "nadir_mm": None},
    ),
    (
        "recist-timepoint",
        {"baseline": {"non_targets": [{"id": "X"}]}}
        | {"timepoint": {"non_targets": {"X": "absent"}, "marker_elevated": True}},
        {"overall": "NON-CR/NON-PD"},
    ),
    ("recist-overall", {"target": "NA", "non_target": "NON-CR/NON-PD"}, {"overall": "NON-CR/NON-PD"}),
    (
        "recist-sequence",
        COURSE | {"timepoints": [*COURSE["timepoints"], {"date": "2025-06-01", "not_done": True}]},
        {
            "overall": ["PR", "PD", "NE"],
            "nadir_mm": ["100", "70", "70"],
            "sum_mm": ["70", "84", None],
            "dates": ["2025-03-31", "2025-04-28", "2025-06-01"],
        },
    ),
    ("recist-sequence", COURSE | {"timepoints": COURSE["timepoints"][::-1]}, {"overall": ["PR", "PD"]}),
    ("recist-sequence", COURSE | {"timepoints": []}, {"overall": [], "nadir_mm": [], "first_pd_date": None}),
    (
        "recist-sequence",
        COURSE | {"timepoints": [each | {"new_lesions": {"N": state}} for each, state in zip(
            COURSE["timepoints"], ("equivocal", "unequivocal"), strict=True)]},
        {"overall": ["PD", "PD"], "first_pd_date": "2025-03-31"},
    ),
    ("lesion-baseline", {"lesion": LESION | {"type": "simple cyst"}}, {"measurable": False, "allowed_roles": []}),
    ("lesion-baseline", {"lesion": LESION | {"long_mm": "9.9"}}, {"measurable": False}),
    ("lesion-baseline", {"lesion": {"nodal": True, "method": "CT", "short_mm": 15}}, {"measurable": True}),
    ("target-selection", SELECTION | {"infusion_date": "2025-04-03"}, {"violations": [
        "BASELINE_SCAN_OLDER_THAN_28_DAYS"]}),
    ("target-selection", {"targets": [{"id": "A", "nodal": True, "mm": 15}]}, {"violations": []}),
    ("best-overall-response", BEST | {"assessments": []}, {"bor": None, "responder": False, "bor_date": None}),
    ("best-overall-response", BEST | {"nact_date": "2025-04-01"}, {"bor": "SD", "first_response_date": None}),
    ("irecist-sequence", scans(new(kind="target", mm=12), new(kind="target", mm=17)), {"responses": ["iUPD", "iCPD"]}),
    ("irecist-sequence", scans(new(kind="target", mm="TSTM"), new(kind="target", mm="10")), {
        "responses": ["iUPD", "iCPD"]}),
    ("irecist-sequence", scans(new(kind="target", mm="12"), new(kind="target", mm="ABSENT")), {
        "responses": ["iUPD", "iSD"], "pending_since": None}),
    ("irecist-sequence", scans(new(kind="target", mm="12"), new(kind="target", mm=0)), {"responses": ["iUPD", "iSD"]}),
    ("irecist-sequence", scans(new(kind="target", mm="12"), new(kind="target", status="absent")), {
        "responses": ["iUPD", "iSD"]}),
    ("irecist-sequence", scans(new(kind="target", mm="12"), new(kind="target", mm="NE")), {
        "responses": ["iUPD", "NE"], "pending_since": "2025-03-31"}),
    ("irecist-sequence", scans(new(kind="target", mm="12"), new(kind="target", status="stable")), {
        "responses": ["iUPD", "iUPD"]}),
    ("irecist-sequence", scans(new(kind="target", status="equivocal", mm="8")), {"responses": ["iSD"]}),
    ("irecist-sequence", scans(new(kind="nontarget", status="new"), new(kind="nontarget", status="increased")), {
        "responses": ["iUPD", "iCPD"], "progression_date": "2025-03-31"}),
    ("irecist-sequence", scans(seen("unequivocal_pd"), seen("unequivocal_pd", "no_change")), {
        "responses": ["iUPD", "iUPD"], "confirmed_progression": False, "progression_date": None}),
    ("irecist-sequence", scans(seen("unequivocal_pd"), seen("present", "increased")), {"responses": ["iUPD", "iCPD"]}),
    ("irecist-sequence", scans(seen("unequivocal_pd"), seen("present", "no_change")), {
        "responses": ["iUPD", "iUPD"], "pending_since": "2025-03-31"}),
    ("irecist-sequence", scans({"targets": {"T01": "absent"}}, base=MASS), {"responses": ["iCR"]}),
    ("irecist-sequence", scans({"targets": {"T01": {"status": "split", "fragments_mm": [30, 40]}}}, base=MASS), {
        "responses": ["iPR"]}),
    ("irecist-sequence", scans({"targets": {}, "not_done": True, "clinically_stable": False}, base=MASS), {
        "responses": ["NE"]}),
    ("irecist-sequence", scans({"targets": {"T01": 120}}, {"targets": {"T01": 125}}, {}, base=MASS), {
        "responses": ["iUPD", "iCPD", None]}),
    ("irecist-best-response", {"responses": []}, {"ibor": None}),
    ("irecist-best-response", {"responses": ["iCPD", None]}, {"ibor": "iCPD"}),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "content", "expected"), ANSWERS)
def test_answers(rule: str, content: dict[str, Any], expected: dict[str, Any]) -> None:
    result = ask(rule, content)[0]
    assert "output" in result, result
    assert {key: result["output"][key] for key in expected} == expected, result["because"]
    assert result["because"].endswith(".")


CONFIGURED: list[tuple[str, dict[str, Any], dict[str, Any], dict[str, Any]]] = [
    ("recist-timepoint", TIMEPOINT | {"prior_complete_sums_mm": [0]}, {"zero_nadir_is_pd": False}, {"overall": "PR"}),
    ("irecist-sequence", IMMUNE_COURSE, {"confirm_min_days": 29}, {"responses": ["iUPD", "iUPD"]}),
    ("irecist-sequence", IMMUNE_COURSE, {"confirm_min_days": 30, "early_tolerance_days": 2}, {
        "responses": ["iUPD", "iCPD"]}),
    ("irecist-sequence", IMMUNE_COURSE, {"late_after_days": 27}, {"late_confirmation": True}),
    ("best-overall-response", BEST, {"confirmation_required": False}, {"bor": "CR", "bor_date": "2025-04-28"}),
    ("best-overall-response", BEST, {"confirm_min_days": 29, "min_sd_days": 60}, {"bor": "NE"}),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "content", "config", "expected"), CONFIGURED)
def test_configuration(rule: str, content: dict[str, Any], config: dict[str, Any], expected: dict[str, Any]) -> None:
    output = ask(rule, content, config=config)[0]["output"]
    assert {key: output[key] for key in expected} == expected


def test_persistence_and_reappearance_are_configured() -> None:
    sizes = (70, 70, 80)
    points = [{"date": f"2025-0{number}-03", "targets": {"T01": {"status": "measured", "mm": mm}}} for number, mm in
              enumerate(sizes, start=3)]  # fmt: skip
    plain = [{"date": each["date"], "targets": {"T01": str(mm)}} for each, mm in zip(points, sizes, strict=True)]
    for persistence, last in (("none", "SD"), ("after_confirmed", "PR"), ("after_first", "PR")):
        config = {"pr_persistence": persistence}
        courses = {"recist-sequence": ("overall", points, ""), "irecist-sequence": ("responses", plain, "i")}
        for rule, (key, course, prefix) in courses.items():
            output = ask(rule, {"baseline": MASS, "timepoints": course}, config=config)[0]["output"]
            assert output[key][-1] == prefix + last
    back = [
        {"date": "2025-03-31", "targets": {"T01": {"status": "absent"}}},
        {"date": "2025-04-28", "targets": {"T01": {"status": "measured", "mm": 3}}},
    ]
    for policy, last in (("pd", "PD"), ("PD", "PD"), (True, "PD"), ("sum", "PR"), (False, "PR")):
        content = {"baseline": MASS, "timepoints": back}
        output = ask("recist-sequence", content, config={"cr_reappearance": policy})[0]["output"]
        assert output["overall"] == ["CR", last]


def test_a_configuration_that_is_silent_takes_the_protocols_parameters() -> None:
    assert {each.key for each in PARAMETERS} >= {"recist.too_small_mm", "response.min_sd_days"}
    assert RecistConfig().pd_increase_mm == parameter("recist.pd_increase_mm").value
    days = [{"date": "2025-03-31", "response": "SD"}]
    output = ask("best-overall-response", BEST | {"assessments": days})[0]["output"]
    assert (output["bor"], parameter("response.min_sd_days").value) == ("SD", 28)
