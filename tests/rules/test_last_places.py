"""Values beside a limit, and defaults, that the tables of the other files leave out: each one decides an answer."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from dosing.rules.evaluability import SubjectFacts, evaluate_subject
from dosing.rules.three_plus_three import RULE_SETS, LevelTally, decide_level
from efficacy.rules.cellular_kinetics import KineticsConfig
from efficacy.rules.half_life import HalfLifeConfig
from efficacy.rules.missed_scans import ScanPlan, longest_gap
from efficacy.rules.observations import Baseline, Contradiction, Findings, TargetLesion
from efficacy.rules.survival_curve import CONFIDENCE_LEVEL, survival_curve
from efficacy.rules.time_to_event import TimeToEventConfig
from safety.rules.facts import DltConfig
from safety.rules.ice import IceItems, ice_score
from safety.rules.moments import parse_moment, whole_day
from tests.rules.bench_cases import ask
from trial_edc.protocol.parameters import boolean, decimal, integer, text


def output(rule: str, case: dict[str, Any], config: Any = None) -> Any:
    return ask(rule, case, config=config)[0]["output"]


def day(number: int) -> str:
    """The date of a study day; day 0 is the third of March."""
    return date.fromordinal(date(2025, 3, 3).toordinal() + number).isoformat()


@pytest.mark.parametrize("score", range(11))
def test_every_ice_score_has_its_grade(score: int) -> None:
    expected = 0 if score == 10 else 1 if score >= 7 else 2 if score >= 3 else 3
    found = ask("icans-grade", {"ice": score, "consciousness": "normal"})[0]
    assert found["output"]["grade"] == expected
    assert (f"ICE {score}" in found["because"]) == (score < 10 or expected == 0)


@pytest.mark.parametrize(("age", "given", "flags"), [
    (40, {"ice": 10}, []), (40, {"capd": 3, "ice": 9}, ["CAPD_NOT_USED_FROM_12"]), (11, {"capd": 3}, []),
    (40, {"seizure": "none"}, ["ICE_NOT_ASSESSED"]), (11, {"ice": 3, "capd": 3}, ["ICE_NOT_USED_UNDER_12"]),
])  # fmt: skip
def test_a_score_that_is_not_used_is_flagged(age: int, given: dict[str, Any], flags: list[str]) -> None:
    assert output("icans-grade", {"age_years": age} | given)["flags"] == flags


@pytest.mark.parametrize("task", ["naming", "commands", "writing", "attention", "orientation"])
def test_no_task_has_more_points(task: str) -> None:
    best = {"orientation": 4, "naming": 3, "commands": 1, "writing": 1, "attention": 1}
    assert ice_score(IceItems(**best)).total == 10
    with pytest.raises(ValueError, match=task):
        ice_score(IceItems(**best | {task: best[task] + 1}))


def event(term: str, *history: tuple[int, int, int], **more: Any) -> dict[str, Any]:
    """A related event whose grades run from one study day to another."""
    grades = [{"grade": grade, "start": f"{day(first)}T12:00", "end": f"{day(last)}T12:00"}
              for grade, first, last in history]  # fmt: skip
    facts = {"term": term, "relationship": "possible", "onset": grades[0]["start"], "grade_history": grades}
    return {"infusion_datetime": f"{day(0)}T10:00", "data_cutoff": day(90), "ae": facts | more}


@pytest.mark.parametrize(("case", "anchored"), [
    (event("Colitis", (3, 20, 30), (4, 30, 35)), "NO"),
    (event("Colitis", (3, 10, 20), (4, 20, 35)), "YES"),
    (event("Neutrophil count decreased", (4, 20, 30), (5, 30, 30)), "NO"),
    (event("Neutrophil count decreased", (4, 20, 25), (5, 25, 25)), "YES"),
    (event("Cytokine release syndrome", (3, 20, 30), (4, 30, 33)), "NO"),
    (event("Cytokine release syndrome", (3, 10, 12), (4, 12, 13)), "YES"),
])  # fmt: skip
def test_the_qualifying_grade_itself_is_the_anchor(case: dict[str, Any], anchored: str) -> None:
    assert output("dlt", case, config={"onset_anchor": "qualifying_grade"})["dlt"] == anchored


@pytest.mark.parametrize(("history", "verdict"), [
    (((2, 5, 10), (3, 10, 13), (2, 13, 25)), "NO"),  # eighteen days of CRS, three of them at grade 3
    (((3, 5, 6), (1, 6, 7), (3, 7, 15), (3, 15, 22)), "YES"),  # the second run goes on in a third period
    (((3, 5, 12), (1, 12, 13), (3, 13, 20)), "NO"),
])  # fmt: skip
def test_only_one_run_at_grade_3_counts(history: tuple[tuple[int, int, int], ...], verdict: str) -> None:
    assert output("dlt", event("CRS", *history))["dlt"] == verdict


def test_what_may_be_equal_is_no_contradiction() -> None:
    assert output("dlt", event("Colitis", (4, 5, 9), max_grade=4))["dlt"] == "YES"
    start = {"start_date": day(0), "assessments": [{"date": day(0), "response": "iSD"}], "death_date": day(0)}
    assert output("ipfs", start)["days"] == 1
    lesion = {"method": "ct", "long_mm": "12", "short_mm": "12"}
    assert output("lesion-baseline", {"lesion": lesion})["measurable"] is True
    with pytest.raises(Contradiction, match="above 0"):
        Baseline((TargetLesion("T01", Decimal(0)),))


@pytest.mark.parametrize(("onset", "flag"), [(None, "ONSET_MISSING"), ("2025-03", "ONSET_STRADDLES_WINDOW")])
def test_a_missing_onset_is_told_from_a_partial_one(onset: str | None, flag: str) -> None:
    facts = {"term": "Colitis", "relationship": "possible", "max_grade": 4, "onset": onset}
    found = output("dlt", {"infusion_datetime": f"{day(0)}T10:00", "ae": facts})
    assert (found["dlt"], found["flags"]) == ("REVIEW", [flag])


def test_the_sentence_says_why_a_count_is_no_dlt() -> None:
    found = ask("dlt", event("Neutrophil count decreased", (4, 5, 9)), event("Colitis", (3, 5, 9)))
    assert "hematologic" in found[0]["because"]
    assert "below grade 4" in found[1]["because"]


def test_defaults_are_the_protocol_s() -> None:
    config = DltConfig()
    assert (config.window_days, config.infusion_day) == (integer("dlt.window_days"), integer("dlt.infusion_day"))
    assert (config.crs_min_days, config.crs_g4_any_duration) == (14, boolean("dlt.crs_g4_any_duration"))
    assert config.onset_anchor.value == text("dlt.onset_anchor")
    assert HalfLifeConfig().minimum_span == decimal("kinetics.half_life_minimum_span")
    assert KineticsConfig().loss_samples == integer("kinetics.loss_of_persistence_samples")
    assert Findings().marker_elevated is False
    protocol, classical = RULE_SETS["protocol"], RULE_SETS["classical"]
    assert (protocol.escalate_most_of_6, protocol.mtd_most_of_6) == (1, integer("escalation.mtd_max_dlts_of_6"))
    assert (classical.escalate_most_of_6, classical.mtd_most_of_6) == (1, 1)


@pytest.mark.parametrize("year", [1899, 2201])
def test_a_year_nobody_meant_is_refused(year: int) -> None:
    zone = ZoneInfo("Asia/Shanghai")
    with pytest.raises(ValueError, match="between 1900 and 2200"):
        parse_moment(str(year), zone)
    assert parse_moment(str(year + (1 if year < 2000 else -1)), zone).text


def test_offsets_and_long_days() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    assert whole_day(date(2025, 10, 26), berlin).day_known  # 25 hours, when clocks go back
    assert parse_moment("2025-03-03T10:00-05:30", berlin) != parse_moment("2025-03-03T10:00+05:30", berlin)
    assert parse_moment("2025-03-03T10:00+11:30", berlin).first == parse_moment("2025-03-02T22:30Z", berlin).first


def test_nobody_is_flagged_without_reason() -> None:
    found = evaluate_subject(SubjectFacts(infused=False))
    assert (found.provisional, found.at_risk) == (False, False)
    assert decide_level(RULE_SETS["protocol"], LevelTally(3, 0)).provisional is False
    assert decide_level(RULE_SETS["protocol"], LevelTally(4, 1, n_review=1)).provisional is True


def test_a_second_pending_subject_may_join_the_extension() -> None:
    level = {"rule": "protocol", "n_evaluable": 3, "n_dlt": 1, "higher_status": "untested"}
    actions = [output("dose-escalation", level | {"n_pending": pending})["action"] for pending in range(4)]
    assert actions == ["EXPAND_TO_6", "ENROLL_TO_6", "ENROLL_TO_6", "WAIT"]


@pytest.mark.parametrize(("evaluable", "dlts", "one_place_left"), [
    (4, 1, "ENROLL_TO_6"), (5, 1, "ENROLL_TO_6"),
    (4, 2, "ENROLL_TO_6_AFTER_SRC_REVIEW"), (5, 2, "ENROLL_TO_6_AFTER_SRC_REVIEW"),
])  # fmt: skip
def test_nobody_joins_six(evaluable: int, dlts: int, one_place_left: str) -> None:
    level = {"rule": "protocol", "n_evaluable": evaluable, "n_dlt": dlts, "higher_status": "untested"}
    actions = [output("dose-escalation", level | {"n_pending": 5 + more - evaluable})["action"] for more in (0, 1)]
    assert actions == [one_place_left, "WAIT"]


def test_the_stagger_between_later_subjects_needs_two() -> None:
    config = {"first_to_second": 0, "subsequent": 10}
    case = {"prior_infusions_same_level": [day(0)], "today": day(3)}
    assert output("next-infusion", case, config)["earliest_next_infusion"] == day(3)
    case = {"prior_infusions_same_level": [day(0), day(2)], "today": day(3)}
    assert output("next-infusion", case, config)["earliest_next_infusion"] == day(12)
    late = ask("next-infusion", {"prior_infusions_same_level": [day(0), day(9)], "today": day(3)})[0]
    assert late["error"].startswith("prior_infusions_same_level: an infusion on")


def test_the_last_assessment_dates_the_progression() -> None:
    course = [{"date": day(10), "response": "NE"}, {"date": day(20), "response": "PD"}]
    found = output("best-overall-response", {"reference_date": day(0), "assessments": course})
    assert (found["bor"], found["bor_date"]) == ("PD", day(20))


@pytest.mark.parametrize(("planned", "last", "gap"), [
    ((28, 56, 84, 168), 49, 126), ((28, 56, 84, 168), 48, 91 - 48), ((28, 56), 56, 63),
])  # fmt: skip
def test_a_scan_at_the_edge_of_its_window_is_the_planned_one(planned: tuple[int, ...], last: int, gap: int) -> None:
    assert longest_gap(last, ScanPlan(planned_days=planned, window_days=7)) == gap


def test_the_landmarks_are_taken_unless_a_case_names_times() -> None:
    found = output("kaplan-meier", {"time": [1, 50], "event": [1, 0]})
    assert [each["time"] for each in found["at_times"]] == [3, 6, 12, 24, 36]


def test_the_curve_before_its_first_event_is_certain() -> None:
    found = output("kaplan-meier", {"time": [1, 2, 3], "event": [0, 1, 0]})["steps"][0]
    assert [found[key] for key in ("survival", "std_err", "lower", "upper")] == [1, 0, 1, 1]
    assert output("kaplan-meier", {"time": [1, 2], "event": [1, 0], "conf_level": "0.95"}) == output(
        "kaplan-meier", {"time": [1, 2], "event": [1, 0]}
    )
    with pytest.raises(ValueError, match="confidence level"):
        survival_curve([Decimal(1)], [1], Decimal(1))
    assert decimal("survival.confidence_level") == CONFIDENCE_LEVEL


def test_an_assessment_on_the_day_of_infusion_counts() -> None:
    case = {"endpoint": "PFS", "start_date": day(0), "assessments": [{"date": day(0), "response": "PD"}]}
    found = output("time-to-event", case)
    assert (found["event"], found["days"], found["reason"]) == (1, 1, "PD")
    config = TimeToEventConfig()
    assert (config.add_one_day, config.horizon_days) == (boolean("survival.add_one_day"), 0)
    assert config.death_ends_response is (text("survival.death_in_dor") == "event")


BASELINE = {"targets": [{"id": "T1", "mm": 50}, {"id": "T2", "mm": 50}], "non_targets": [{"id": "X"}]}


def scan(number: int, first: str, second: str, new: dict[str, Any] | None = None, x: str = "present") -> dict[str, Any]:
    found = {"date": day(number), "targets": {"T1": first, "T2": second}, "non_targets": {"X": {"status": x}}}
    return found | ({"new_lesions": {"N1": new}} if new else {})


SEEN, SAME = {"kind": "nontarget", "status": "new"}, {"kind": "nontarget", "status": "stable"}


@pytest.mark.parametrize(("scans", "responses"), [
    # A lesion not evaluable now counts as 0: 124 mm are 4 mm above the block, 125 mm are 5.
    ([scan(28, "60", "60"), scan(56, "NE", "124")], ["iUPD", "iUPD"]),
    ([scan(28, "60", "60"), scan(56, "NE", "125")], ["iUPD", "iCPD"]),
    # The new lesion persists, and the targets are no longer in progression.
    ([scan(28, "60", "60", SEEN), scan(56, "50", "45", SAME)], ["iUPD", "iSD"]),
    ([scan(28, "50", "50", SEEN), scan(56, "30", "30", SAME)], ["iUPD", "iPR"]),
    ([scan(28, "30", "30", SEEN), scan(56, "30", "30", SAME)], ["iUPD", "iUPD"]),
    # After a reset the new lesions' own nadir is the bar: 10 to 15 mm is 5 mm and 50 %.
    ([scan(28, "60", "60", {"kind": "target", "mm": "10"}), scan(56, "30", "30", {"kind": "target", "mm": "10"}),
      scan(84, "30", "30", {"kind": "target", "mm": "15"})], ["iUPD", "iPR", "iUPD"]),
])  # fmt: skip
def test_what_confirms_and_what_erases(scans: list[dict[str, Any]], responses: list[str]) -> None:
    assert output("irecist-sequence", {"baseline": BASELINE, "timepoints": scans})["responses"] == responses
