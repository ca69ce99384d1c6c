"""What the response rules on the bench refuse, and that they name it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.rules.bench_cases import ask
from tests.rules.response_cases import (
    BEST,
    COURSE,
    IMMUNE_COURSE,
    LESION,
    MASS,
    POINT,
    SELECTION,
    TIMEPOINT,
    new,
    scans,
    seen,
    target,
    timepoint,
)

TWICE = {"targets": [*MASS["targets"], {"id": "T02", "mm": 20}, {"id": "T02", "mm": 20}]}
BAD: list[tuple[str, dict[str, Any], str]] = [
    ("recist-timepoint", {"timepoint": POINT}, "baseline: is required"),
    ("recist-timepoint", {"baseline": MASS}, "timepoint: is required"),
    ("recist-timepoint", TIMEPOINT | {"baseline": None}, "baseline: must be an object"),
    ("recist-timepoint", TIMEPOINT | {"baseline": TWICE}, "baseline.targets: 'T02' is the id of two lesions"),
    ("recist-timepoint", TIMEPOINT | {"baseline": {"targets": [{"id": "T01", "mm": 0}]}}, "mm: must be above 0"),
    ("recist-timepoint", TIMEPOINT | {"baseline": {"targets": [{"id": "T01"}]}}, "targets[0].mm: is required"),
    ("recist-timepoint", TIMEPOINT | {"baseline": {"targets": [{"id": "", "mm": 5}]}}, "id: must not be empty"),
    ("recist-timepoint", TIMEPOINT | {"prior_complete_sums_mm": ["-1"]}, "prior_complete_sums_mm[0]: must be at least"),
    (
        "recist-timepoint",
        {"baseline": {}, "prior_complete_sums_mm": [5], "timepoint": {}},
        "prior_complete_sums_mm: there is no sum",
    ),
    ("recist-timepoint", timepoint(targets={"T09": {"status": "absent"}}), "timepoint.targets.T09: is not a target"),
    ("recist-timepoint", timepoint(non_targets={"X": "present"}), "timepoint.non_targets.X: is not a non-target"),
    ("recist-timepoint", timepoint(new_lesions=["maybe"]), "timepoint.new_lesions[0]: must be"),
    ("recist-timepoint", timepoint(visit="D28"), "timepoint.visit: is not a key"),
    ("recist-timepoint", target(status="measured"), "timepoint.targets.T01.mm: is required for a measured lesion"),
    ("recist-timepoint", target(status="measured", mm="-3"), "T01.mm: must be at least 0"),
    ("recist-timepoint", target(status="measured", mm="7O"), "T01.mm: must be a number"),
    ("recist-timepoint", target(status="measured", mm=True), "T01.mm: must be a number"),
    ("recist-timepoint", target(status="measured", mm=float("nan")), "T01.mm: must be a finite number"),
    ("recist-timepoint", target(status="measured", mm=float("inf")), "T01.mm: must be a finite number"),
    ("recist-timepoint", target(status="measured", mm=1e25), "T01.mm: must be at most 100000"),
    ("recist-timepoint", target(status="absent", mm="12"), "T01.mm: contradicts the status absent"),
    ("recist-timepoint", target(status="too_small", mm="4"), "T01.mm: contradicts the status too_small"),
    ("recist-timepoint", target(status="not_evaluable", mm="4"), "T01.mm: contradicts the status"),
    ("recist-timepoint", target(status="split", fragments_mm=[]), "T01.fragments_mm: fragments belong"),
    ("recist-timepoint", target(status="measured", mm=5, fragments_mm=[5]), "T01.fragments_mm: fragments belong"),
    ("recist-timepoint", target(status="gone"), "T01.status: must be"),
    ("recist-timepoint", target(status="merged"), "timepoint.targets: no target carries the diameter"),
    ("recist-timepoint", timepoint(targets={"T01": "70"}), "T01: must be an object"),
    ("recist-timepoint", timepoint(targets=[]), "timepoint.targets: must be an object"),
    ("recist-overall", {"target": "NON-CR/NON-PD", "non_target": "CR"}, "target: must be"),
    ("recist-overall", {"target": "CR", "non_target": "SD"}, "non_target: must be"),
    ("recist-overall", {"target": "CR", "non_target": "CR", "new_lesion": "yes"}, "new_lesion: must be"),
    ("recist-sequence", COURSE | {"timepoints": [*COURSE["timepoints"]] * 2}, "timepoints[2].date: 2025-03-31 is the"),
    ("recist-sequence", COURSE | {"timepoints": [{"date": "2025-02-30"}]}, "timepoints[0].date: is not a date"),
    ("recist-sequence", COURSE | {"timepoints": [{"targets": {}}]}, "timepoints[0].date: is required"),
    (
        "recist-sequence",
        COURSE | {"timepoints": [COURSE["timepoints"][0] | {"not_done": True}]},
        "timepoints[0].not_done: contradicts the findings",
    ),
    (
        "recist-sequence",
        COURSE | {"timepoints": [COURSE["timepoints"][0] | {"new_lesions": {"T01": "unequivocal"}}]},
        "timepoints[0].new_lesions.T01: is a lesion of the baseline",
    ),
    (
        "recist-sequence",
        COURSE | {"timepoints": [{"date": "2025-03-31", "targets": {"T01": {"status": "absent", "mm": 5}}}]},
        "timepoints[0].targets.T01.mm: contradicts",
    ),
    ("lesion-baseline", {"lesion": LESION | {"method": "magic"}}, "lesion.method: must be one of ct, mri"),
    ("lesion-baseline", {"lesion": LESION | {"type": "wart"}}, "lesion.type: must be one of soft_tissue"),
    ("lesion-baseline", {"lesion": LESION | {"long_mm": None}}, "lesion.long_mm: is required"),
    ("lesion-baseline", {"lesion": LESION | {"long_mm": "-4"}}, "lesion.long_mm: must be above 0"),
    ("lesion-baseline", {"lesion": LESION | {"short_mm": 11}}, "lesion.short_mm: the short axis exceeds"),
    ("lesion-baseline", {"lesion": LESION | {"nodal": True}}, "lesion.short_mm: is required for a node"),
    ("lesion-baseline", {"lesion": LESION | {"nodal": "yes"}}, "lesion.nodal: must be true or false"),
    ("target-selection", SELECTION | {"targets": [{"id": "A", "nodal": False, "mm": 5}]}, "targets[0].organ: is req"),
    ("target-selection", SELECTION | {"targets": [{"id": "A", "organ": " ", "mm": 5}]}, "targets[0].organ: is req"),
    ("target-selection", SELECTION | {"targets": [], "measurable_lesion_exists": None}, "measurable_lesion_exists: is"),
    ("target-selection", SELECTION | {"targets": [{"id": "A", "organ": "x", "mm": -5}]}, "targets[0].mm: must be at"),
    ("target-selection", SELECTION | {"scan_date": "20250101"}, "scan_date: must be a date"),
    ("best-overall-response", BEST | {"reference_date": None}, "reference_date: must be a date"),
    ("best-overall-response", BEST | {"reference_date": "2025-04-01"}, "assessments: the assessment of 2025-03-31"),
    ("best-overall-response", BEST | {"assessments": BEST["assessments"][:1] * 2}, "assessments: two assessments"),
    (
        "best-overall-response",
        BEST | {"assessments": [{"date": "2025-03-31", "response": "iPR"}]},
        "assessments[0].response: must be",
    ),
    ("irecist-sequence", scans({"targets": {"T01": "big"}}), "timepoints[0].targets.T01: must be a number of mm, ABS"),
    ("irecist-sequence", scans({"targets": {"T01": "-1"}}), "timepoints[0].targets.T01: must be at least 0"),
    ("irecist-sequence", scans({"targets": {"T01": None}}), "timepoints[0].targets.T01: must be a number"),
    ("irecist-sequence", scans({"targets": {"T01": {"status": "measured"}}}), "targets.T01: mm: is required"),
    ("irecist-sequence", scans({"targets": {"T01": {"mm": 5}}}), "targets.T01: status: is required"),
    ("irecist-sequence", scans({"targets": {"T09": "5"}}), "timepoints[0].targets.T09: is not a target"),
    ("irecist-sequence", scans({}, {"not_done": True}), "timepoints[1].not_done: contradicts"),
    ("irecist-sequence", scans(seen("absent", "increased")), "non_targets.X.since_last: increased contradicts"),
    ("irecist-sequence", scans(seen("gone")), "non_targets.X.status: must be"),
    ("irecist-sequence", scans(new(mm=5)), "timepoints[0].new_lesions.N1.kind: is required"),
    ("irecist-sequence", scans(new(kind="target")), "timepoints[0].new_lesions.N1.mm: is required"),
    ("irecist-sequence", scans(new(kind="nontarget")), "timepoints[0].new_lesions.N1.status: is required"),
    ("irecist-sequence", scans(new(kind="nontarget", mm=5)), "timepoints[0].new_lesions.N1.mm: only a new target"),
    ("irecist-sequence", scans(new(kind="target", mm=5, status="absent")), "new_lesions.N1.status: absent contradicts"),
    ("irecist-sequence", scans(new(kind="target", mm=5), new(kind="nontarget", status="stable")), "N1: is measured at"),
    ("irecist-best-response", {"responses": ["PR"]}, "responses[0]: must be"),
    ("irecist-best-response", {"responses": "iPR"}, "responses: must be a list"),
]


@pytest.mark.parametrize(("rule", "content", "says"), BAD, ids=[says for _rule, _content, says in BAD])
def test_a_wrong_case_names_its_key(rule: str, content: dict[str, Any], says: str) -> None:
    result = ask(rule, content)[0]
    assert says in result.get("error", ""), result


@pytest.mark.parametrize(
    ("rule", "content", "config", "says"),
    [
        ("recist-sequence", COURSE, {"pr_persistence": "sometimes"}, "config.pr_persistence: must be"),
        ("recist-sequence", COURSE, {"cr_reappearance": 5}, "config.cr_reappearance: must be"),
        ("recist-timepoint", TIMEPOINT, {"pr_persistence": "none"}, "config.pr_persistence: is not a key"),
        ("best-overall-response", BEST, {"min_sd_days": -1}, "config.min_sd_days: must be at least 0"),
        ("best-overall-response", BEST, {"accept_sd_between": True}, "config.accept_sd_between: must be a whole"),
        ("irecist-sequence", IMMUNE_COURSE, {"confirm_min_days": None}, "config.confirm_min_days: must be a whole"),
    ],
)
def test_a_wrong_configuration_names_its_key(
    rule: str, content: dict[str, Any], config: dict[str, Any], says: str
) -> None:
    assert says in ask(rule, content, config=config)[0]["error"]
