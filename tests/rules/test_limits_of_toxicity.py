"""Toxicity and dose rules exactly at their limits and one unit beside them, and what their sentences say there."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from dosing.rules.evaluability import SubjectFacts, evaluate_subject
from dosing.rules.next_infusion import StaggerConfig, earliest_next_infusion
from dosing.rules.three_plus_three import PROTOCOL, Action, Higher, LevelTally, decide_level
from safety.rules.dlt import Dlt, DltConfig
from safety.rules.facts import TRIAL_TIME_ZONE, Anchor
from safety.rules.moments import parse_moment
from safety.rules.runs import Length, Run, measure
from safety.rules.window import Window
from tests.rules.events import INFUSION, judge, moment

LATE = "QUALIFYING_GRADE_AFTER_WINDOW"


@pytest.mark.parametrize(
    ("grade_4_from", "flags"),
    [("2025-03-31T23:59", ()), ("2025-04-01T00:00", (LATE,)), ("2025-04-01T00:01", (LATE,))],
)
def test_a_grade_reached_after_the_window_is_flagged(grade_4_from: str, flags: tuple[str, ...]) -> None:
    """The window closes at midnight after study day 28, here 31 March; the event itself began inside."""
    found = judge("Colitis", "2025-03-20T08:00", grades=f"3 2025-03-20T08:00, 4 {grade_4_from}")
    assert (found.dlt, found.flags) == (Dlt.YES, flags)
    assert ("the qualifying grade began after the window" in found.because) is bool(flags)


@pytest.mark.parametrize(
    ("onset", "flag"), [("", "ONSET_MISSING"), ("2025-03", "ONSET_STRADDLES_WINDOW")], ids=["missing", "partial"]
)
def test_a_missing_onset_has_another_flag_than_a_partial_one(onset: str, flag: str) -> None:
    found = judge("Colitis", onset, maximum=4)
    assert (found.dlt, found.flags) == (Dlt.REVIEW, (flag,))


@pytest.mark.parametrize(
    ("term", "grade", "because"),
    [
        ("Colitis", 3, "Highest grade 3: below grade 4, so 'Colitis' is not a DLT."),
        ("Anemia", 4, "Highest grade 4, but 'Anemia' is a hematologic term: not a DLT."),
        ("Anemia", 3, "Highest grade 3: below grade 4, so 'Anemia' is not a DLT."),
    ],
)
def test_the_sentence_says_why_a_grade_does_not_qualify(term: str, grade: int, because: str) -> None:
    assert judge(term, maximum=grade).because == because


@pytest.mark.parametrize(("grade", "flags"), [(3, ()), (4, ("COMPONENT_GRADE_4_OR_5",)), (None, ())])
def test_a_severe_component_sign_is_flagged(grade: int | None, flags: tuple[str, ...]) -> None:
    found = judge("Hypotension", maximum=grade, part=True)
    assert (found.dlt, found.flags) == (Dlt.NO, flags)


@pytest.mark.parametrize(("window_days", "infusion_day", "closes"), [
    (28, 0, "2025-04-01"), (28, 1, "2025-03-31"), (21, 0, "2025-03-25"), (1, 1, "2025-03-04"),
])  # fmt: skip
def test_the_window_ends_with_its_last_study_day(window_days: int, infusion_day: int, closes: str) -> None:
    infusion = moment(INFUSION)
    assert infusion is not None
    window = Window.of(infusion, DltConfig(window_days=window_days, infusion_day=infusion_day))
    assert window.closes_at == parse_moment(closes, TRIAL_TIME_ZONE).first
    assert window.study_day(moment("2025-03-03")) == infusion_day
    assert window.study_day(moment("2025-03-04T23:59")) == infusion_day + 1
    assert window.study_day(moment("2025-03")) is None


def test_the_qualifying_grade_as_anchor_is_bounded_by_end_and_cutoff() -> None:
    """Without a date of grade 4 it may have begun at any time between the onset and the end."""
    config = DltConfig(onset_anchor=Anchor.QUALIFYING_GRADE)
    inside = judge("Colitis", "2025-03-20T08:00", "2025-03-31T08:00", maximum=4, config=config)
    beyond = judge("Colitis", "2025-03-20T08:00", "2025-04-02T08:00", maximum=4, config=config)
    running = judge("Colitis", "2025-03-20T08:00", maximum=4, config=config, cutoff="2025-03-30T08:00")
    assert [found.dlt for found in (inside, beyond, running)] == [Dlt.YES, Dlt.REVIEW, Dlt.YES]


@pytest.mark.parametrize(("end", "verdict"), [("2025-03-30T08:00", Dlt.YES), ("2025-04-05T08:00", Dlt.REVIEW)])
def test_a_grade_4_that_the_history_leaves_out_began_before_the_end(end: str, verdict: Dlt) -> None:
    """It may have begun after the first grade of the history: only the end says whether it lies inside the window."""
    grades = "3 2025-03-20T08:00..2025-03-25T08:00, 2 2025-03-25T08:00"
    config = DltConfig(onset_anchor=Anchor.QUALIFYING_GRADE)
    assert judge("Colitis", "2025-03-20T08:00", end, grades, maximum=4, config=config).dlt is verdict


@pytest.mark.parametrize(
    ("cutoff", "length"),
    [
        ("2025-03-14T23:59", Length.OPEN),
        ("2025-03-15T00:00", Length.OPEN),  # begun on 1 March it lasts exactly 14 days: not longer yet, and still open
        ("2025-03-15T00:01", Length.UNCERTAIN),
    ],
)
def test_an_open_run_known_by_its_month_is_open_while_it_cannot_be_longer(cutoff: str, length: Length) -> None:
    start = moment("2025-03")
    assert start is not None
    assert measure(Run(start, None, open=True), timedelta(days=14), moment(cutoff)).length is length


def test_a_run_goes_on_in_the_period_that_touches_it() -> None:
    """Two runs at grade 3, the second one in two periods: 1 day, and 8 + 7 days that count together."""
    grades = (
        "3 2025-03-05T08:00..2025-03-06T08:00, 1 2025-03-06T08:00..2025-03-07T08:00, "
        "3 2025-03-07T08:00..2025-03-15T08:00, 3 2025-03-15T08:00..2025-03-22T08:00"
    )
    found = judge(onset="2025-03-05T08:00", end="2025-03-22T08:00", grades=grades)
    assert found.dlt is Dlt.YES
    assert "2025-03-07T08:00" in found.because and "2025-03-05T08:00" not in found.because


def test_a_long_run_is_not_forgotten_over_a_later_one() -> None:
    """15 days at grade 3, and later another run of two touching periods that is too short by itself."""
    grades = (
        "3 2025-03-05T08:00..2025-03-20T08:00, 1 2025-03-20T08:00..2025-03-21T08:00, "
        "3 2025-03-21T08:00..2025-03-22T08:00, 3 2025-03-22T08:00..2025-03-23T08:00"
    )
    found = judge(onset="2025-03-05T08:00", end="2025-03-23T08:00", grades=grades)
    assert found.dlt is Dlt.YES
    assert "2025-03-05T08:00" in found.because


def test_a_text_that_is_no_date_is_quoted_to_its_fortieth_character() -> None:
    with pytest.raises(ValueError, match=rf"^'{'x' * 40}' is not an ISO 8601 date"):
        parse_moment("x" * 41, TRIAL_TIME_ZONE)


@pytest.mark.parametrize(("given", "percent"), [("0", "0"), ("2", "66.67"), ("3.75", "125"), ("2.399", "79.97")])
def test_the_sentence_gives_the_dose_to_two_decimals(given: str, percent: str) -> None:
    facts = SubjectFacts(
        infused=True, days_followed=28, day28_assessment_done=True, dose_assigned=Decimal(3), dose_given=Decimal(given)
    )
    assert (
        f"the infused dose is {percent} % of the assigned dose, outside 80 to 120 %" in evaluate_subject(facts).because
    )


@pytest.mark.parametrize(("action", "n", "x", "higher", "says"), [
    (Action.DECLARE_MTD, 6, 1, Higher.NONE, True),
    (Action.DECLARE_MTD, 6, 1, Higher.TOO_TOXIC, False),
    (Action.DECLARE_MTD_NO_ESCALATION, 6, 2, Higher.NONE, False),
    (Action.EXPAND_TO_6, 3, 1, Higher.NONE, False),
])  # fmt: skip
def test_only_a_tolerated_highest_level_was_not_exceeded(
    action: Action, n: int, x: int, higher: Higher, says: bool
) -> None:
    found = decide_level(PROTOCOL, LevelTally(n, x), higher=higher, lower=LevelTally(3, 0))
    assert found.action is action
    assert ("(highest level: the MTD was not exceeded)" in found.because) is says
    assert found.mtd_reached is (None if action is Action.EXPAND_TO_6 else not says)


@pytest.mark.parametrize("size", [7, 91, 1000])
def test_no_number_of_subjects_is_beyond_the_table(size: int) -> None:
    for n_dlt in (0, size // 2, size):
        assert decide_level(PROTOCOL, LevelTally(size, n_dlt)).action is Action.SRC_DECISION
    assert PROTOCOL.row(6, 6).key == "n6_x3+"


FIRST = date(2025, 3, 3)


@pytest.mark.parametrize(("after", "possible"), [(27, 28), (28, 28), (29, 29)])
def test_the_second_subject_waits_28_days(after: int, possible: int) -> None:
    found = earliest_next_infusion([FIRST], today=FIRST + timedelta(days=after))
    assert found.earliest == FIRST + timedelta(days=possible)
    assert found.because.startswith("The interval has passed" if after >= 28 else "Not before 2025-03-31")


def test_the_latest_infusion_counts_from_the_second_on() -> None:
    config = StaggerConfig(first_to_second=0, subsequent=10)
    later = FIRST + timedelta(days=2)
    assert earliest_next_infusion([FIRST], today=later, config=config).earliest == later
    assert earliest_next_infusion([FIRST, later], today=later, config=config).earliest == later + timedelta(days=10)
    with pytest.raises(ValueError, match=f"on {later} lies after today, {FIRST}"):
        earliest_next_infusion([FIRST, later], today=FIRST)
