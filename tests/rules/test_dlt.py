"""DLT adjudication: the specification's worked examples and every branch of the algorithm."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safety.rules.dlt import Dlt, DltConfig, Grading, adjudicate_dlt
from safety.rules.facts import TRIAL_TIME_ZONE, AdverseEventFacts, Anchor, GradePeriod, Outcome, Relationship
from safety.rules.moments import instant
from tests.rules.events import CRS, INFUSION, judge, moment
from tests.rules.tables import rows

# One row per statement of the specification; the subject was infused on 3 March at 10:00, local time.
EVENTS = rows("""
what                           | term                       | onset            | end              | max | grades                                                      | dlt    | criterion
CRS G3 for 16 days             | CRS                        | 2025-03-23T08:00 | 2025-04-08T08:00 |     | 3 2025-03-23T08:00..2025-04-08T08:00                        | YES    | CRS_G3PLUS_GT_14D
CRS 18 days, G3 for three      | CRS                        | 2025-03-05T08:00 | 2025-03-23T08:00 |     | 2 2025-03-05T08:00..2025-03-10T08:00, 3 2025-03-10T08:00..2025-03-13T08:00, 1 2025-03-13T08:00..2025-03-23T08:00 | NO | -
G3 exactly 14.0 days           | CRS                        | 2025-03-05T08:00 | 2025-03-19T08:00 |     | 3 2025-03-05T08:00..2025-03-19T08:00                        | NO     | -
one hour more                  | CRS                        | 2025-03-05T08:00 | 2025-03-19T09:00 |     | 3 2025-03-05T08:00..2025-03-19T09:00                        | YES    | CRS_G3PLUS_GT_14D
dates only, 15 days            | CRS                        | 2025-03-05       | 2025-03-20       |     | 3 2025-03-05..2025-03-20                                    | YES    | CRS_G3PLUS_GT_14D
dates only, 14 days            | CRS                        | 2025-03-05       | 2025-03-19       |     | 3 2025-03-05..2025-03-19                                    | REVIEW | CRS_G3PLUS_GT_14D
dates only, 13 days            | CRS                        | 2025-03-05       | 2025-03-18       |     | 3 2025-03-05..2025-03-18                                    | NO     | -
touching G3 and G4 periods     | CRS                        | 2025-03-05T08:00 | 2025-03-20T08:00 |     | 3 2025-03-05T08:00..2025-03-12T08:00, 3 2025-03-12T08:00..2025-03-20T08:00 | YES | CRS_G3PLUS_GT_14D
a gap of an hour               | CRS                        | 2025-03-05T08:00 | 2025-03-20T08:00 |     | 3 2025-03-05T08:00..2025-03-12T08:00, 3 2025-03-12T09:00..2025-03-20T08:00 | NO | -
ends left to the next grade    | CRS                        | 2025-03-05T08:00 | 2025-03-25T08:00 |     | 3 2025-03-05T08:00, 3 2025-03-12T08:00, 1 2025-03-20T08:00  | YES    | CRS_G3PLUS_GT_14D
same day, by date              | CRS                        | 2025-03-05       | 2025-03-21       |     | 3 2025-03-05..2025-03-12, 3 2025-03-12..2025-03-21          | YES    | CRS_G3PLUS_GT_14D
next day, by date              | CRS                        | 2025-03-05       | 2025-03-21       |     | 3 2025-03-05..2025-03-12, 3 2025-03-13..2025-03-21          | REVIEW | CRS_G3PLUS_GT_14D
next day, by date, too short   | CRS                        | 2025-03-05       | 2025-03-15       |     | 3 2025-03-05..2025-03-10, 3 2025-03-11..2025-03-15          | NO     | -
day, then a time of that day   | CRS                        | 2025-03-05       | 2025-03-21       |     | 3 2025-03-05..2025-03-12, 3 2025-03-12T09:00..2025-03-21    | YES    | CRS_G3PLUS_GT_14D
day, then midnight after it    | CRS                        | 2025-03-05       | 2025-03-21       |     | 3 2025-03-05..2025-03-12, 3 2025-03-13T00:00..2025-03-21    | REVIEW | CRS_G3PLUS_GT_14D
G3 in one month of the record  | CRS                        | 2025-03-05       | 2025-04          |     | 3 2025-03-05..2025-03, 3 2025-03..2025-04                   | REVIEW | CRS_G3PLUS_GT_14D
CRS G4 for an hour             | CRS                        | 2025-03-05T08:00 | 2025-03-06T08:00 |     | 4 2025-03-05T08:00..2025-03-05T09:00, 1 2025-03-05T09:00    | YES    | G4_NONHEM
CRS G2                         | CRS                        | 2025-03-05T08:00 | 2025-04-06T08:00 | 2   |                                                             | NO     | -
episode 14 days, no history    | CRS                        | 2025-03-05T08:00 | 2025-03-19T08:00 | 3   |                                                             | NO     | -
episode longer, no history     | CRS                        | 2025-03-05T08:00 | 2025-03-19T08:01 | 3   |                                                             | REVIEW | CRS_G3PLUS_GT_14D
episode by date, 14 days       | CRS                        | 2025-03-05       | 2025-03-19       | 3   |                                                             | REVIEW | CRS_G3PLUS_GT_14D
no onset, no history           | CRS                        | -                | 2025-03-19       | 3   |                                                             | REVIEW | CRS_G3PLUS_GT_14D
history stops below the max    | CRS                        | 2025-03-05       | 2025-03-19       | 3   | 2 2025-03-05..2025-03-19                                    | REVIEW | CRS_G3PLUS_GT_14D
G4 neutropenia                 | Neutrophil count decreased | 2025-03-10       | -                | 4   |                                                             | NO     | -
G4 ALT                         | Alanine aminotransferase increased | 2025-03-10 | -              | 4   |                                                             | YES    | G4_NONHEM
G3 ALT                         | Alanine aminotransferase increased | 2025-03-10 | -              | 3   |                                                             | NO     | -
G5 anaemia                     | Anemia                     | 2025-03-10       | -                | 5   |                                                             | YES    | G5_RELATED
G5 ALT after G4                | Alanine aminotransferase increased | 2025-03-10 | -              |     | 4 2025-03-10..2025-03-12, 5 2025-03-12                      | YES    | G5_RELATED
G4 febrile neutropenia         | Febrile neutropenia        | 2025-03-10       | -                | 4   |                                                             | REVIEW | G4_NONHEM
G3 febrile neutropenia         | Febrile neutropenia        | 2025-03-10       | -                | 3   |                                                             | NO     | -
G4 ICANS                       | ICANS                      | 2025-03-10       | -                | 4   |                                                             | YES    | G4_NONHEM
no grade                       | Nausea                     | 2025-03-10       | -                |     |                                                             | REVIEW | G4_NONHEM
no grade, CRS                  | CRS                        | 2025-03-10       | -                |     |                                                             | REVIEW | CRS_G3PLUS_GT_14D
Colitis, last minute of D28    | Colitis                    | 2025-03-31T23:59 | -                | 4   |                                                             | YES    | G4_NONHEM
Colitis, first minute of D29   | Colitis                    | 2025-04-01T00:01 | -                | 4   |                                                             | NO     | -
midnight belongs to D29        | Colitis                    | 2025-04-01T00:00 | -                | 4   |                                                             | NO     | -
16:30 UTC is D29 in Shanghai   | Colitis                    | 2025-03-31T16:30Z | -               | 4   |                                                             | NO     | -
15:30 UTC is D28 in Shanghai   | Colitis                    | 2025-03-31T15:30Z | -               | 4   |                                                             | YES    | G4_NONHEM
at the infusion                | Colitis                    | 2025-03-03T10:00 | -                | 4   |                                                             | YES    | G4_NONHEM
a minute before the infusion   | Colitis                    | 2025-03-03T09:59 | -                | 4   |                                                             | NO     | -
Day 0, time unknown            | Colitis                    | 2025-03-03       | -                | 4   |                                                             | REVIEW | G4_NONHEM
the day before                 | Colitis                    | 2025-03-02       | -                | 4   |                                                             | NO     | -
D28 by date                    | Colitis                    | 2025-03-31       | -                | 4   |                                                             | YES    | G4_NONHEM
D29 by date                    | Colitis                    | 2025-04-01       | -                | 4   |                                                             | NO     | -
month straddles the infusion   | Colitis                    | 2025-03          | -                | 4   |                                                             | REVIEW | G4_NONHEM
month, ended before infusion   | Colitis                    | 2025-03          | 2025-03-02       | 4   |                                                             | NO     | -
month after the window         | Colitis                    | 2025-04          | -                | 4   |                                                             | NO     | -
year, graded before infusion   | Colitis                    | 2025             | -                |     | 4 2025-02-20..2025-02-25                                    | NO     | -
no onset                       | Colitis                    | -                | -                | 4   |                                                             | REVIEW | G4_NONHEM
no onset, ended before         | Colitis                    | -                | 2025-02-27       | 4   |                                                             | NO     | -
""")  # noqa: E501 - a table keeps its rows whole


@pytest.mark.parametrize("row", EVENTS, ids=lambda row: row["what"])
def test_adjudication(row: dict[str, str]) -> None:
    verdict = judge(row["term"], row["onset"], row["end"], row["grades"], int(row["max"]) if row["max"] else None)
    expected = None if row["criterion"] == "-" else row["criterion"]
    assert (verdict.dlt, verdict.criterion) == (row["dlt"], expected), verdict.because
    assert verdict.because.endswith(".")


def test_not_infused_is_not_applicable() -> None:
    assert judge(maximum=4, infusion="").dlt is Dlt.NOT_APPLICABLE


def test_a_component_sign_is_adjudicated_with_its_parent() -> None:
    verdict = judge("Hypotension", maximum=4, part=True)
    assert (verdict.dlt, verdict.flags) == (Dlt.NO, ("COMPONENT_GRADE_4_OR_5",))
    assert judge("Hypotension", maximum=3, part=True).flags == ()


@pytest.mark.parametrize("relation", Relationship)
def test_only_definite_probable_and_possible_are_related(relation: Relationship) -> None:
    related = relation in (Relationship.DEFINITE, Relationship.PROBABLE, Relationship.POSSIBLE)
    assert judge("Colitis", maximum=4, relation=relation).dlt is (Dlt.YES if related else Dlt.NO)


def test_a_missing_relationship_is_for_review_only_when_it_matters() -> None:
    verdict = judge("Colitis", maximum=4, relation=None)
    assert verdict.dlt is Dlt.REVIEW
    assert "RELATIONSHIP_MISSING" in verdict.flags
    assert judge("Colitis", maximum=3, relation=None).dlt is Dlt.NO
    assert judge("Colitis", onset="2025-05-01", maximum=4, relation=None).dlt is Dlt.NO


OPEN = rows("""
what                    | grades             | cutoff           | outcome                    | dlt     | next change (UTC)
opened ten days ago     | 3 2025-03-05T10:00 | 2025-03-15T10:00 |                            | PENDING | 2025-03-19T02:00
exactly 14.0 days       | 3 2025-03-05T10:00 | 2025-03-19T10:00 |                            | PENDING | 2025-03-19T02:00
a minute later          | 3 2025-03-05T10:00 | 2025-03-19T10:01 |                            | YES     | -
start by date           | 3 2025-03-05       | 2025-03-19T10:01 |                            | PENDING | 2025-03-19T16:00
start by date, D15      | 3 2025-03-05       | 2025-03-20T00:00 |                            | YES     | -
cut-off by date         | 3 2025-03-05T10:00 | 2025-03-19       |                            | PENDING | 2025-03-19T02:00
cut-off by date, later  | 3 2025-03-05T10:00 | 2025-03-20       |                            | YES     | -
still recovering        | 3 2025-03-05T10:00 | 2025-03-15T10:00 | RECOVERING/RESOLVING       | PENDING | 2025-03-19T02:00
resolved without a date | 3 2025-03-05T10:00 | 2025-03-15T10:00 | RECOVERED/RESOLVED         | REVIEW  | -
outcome unknown         | 3 2025-03-05T10:00 | 2025-03-15T10:00 | UNKNOWN                    | REVIEW  | -
month only, too short   | 3 2025-03          | 2025-03-14T10:00 |                            | PENDING | 2025-04-14T16:00
month only, may be long | 3 2025-03          | 2025-03-25T10:00 |                            | REVIEW  | -
end after the cut-off   | 3 2025-03-05T10:00..2025-03-16T10:00 | 2025-03-15T10:00 |          | PENDING | 2025-03-19T02:00
no cut-off              | 3 2025-03-05T10:00 |                  |                            | REVIEW  | -
by date, maybe a gap    | 3 2025-03-05..2025-03-10, 3 2025-03-11 | 2025-03-12 |              | PENDING | 2025-03-19T16:00
""")  # noqa: E501 - a table keeps its rows whole


@pytest.mark.parametrize("row", OPEN, ids=lambda row: row["what"])
def test_an_open_run_waits_for_its_moment(row: dict[str, str]) -> None:
    outcome = Outcome(row["outcome"]) if row["outcome"] else None
    onset = "2025-03-03T11:00" if "month" in row["what"] else row["grades"].split()[1].split(".")[0]
    verdict = judge(onset=onset, grades=row["grades"], cutoff=row["cutoff"], outcome=outcome)
    assert verdict.dlt == row["dlt"], verdict.because
    expected = None if row["next change (UTC)"] == "-" else f"{row['next change (UTC)']}:00+00:00"
    assert (verdict.next_change_at.isoformat() if verdict.next_change_at else None) == expected


def test_an_open_episode_without_grades_waits_then_is_reviewed() -> None:
    waiting = judge(maximum=3, cutoff="2025-03-15T10:00")
    assert (waiting.dlt, waiting.next_change_at) == (Dlt.PENDING, datetime(2025, 3, 19, 2, tzinfo=UTC))
    assert judge(maximum=3, cutoff="2025-03-25T10:00").dlt is Dlt.REVIEW
    assert "DURATION_UNCERTAIN" in judge(maximum=3, outcome=Outcome.RECOVERED).flags


def test_a_pending_run_without_relationship_stays_pending() -> None:
    verdict = judge(grades="3 2025-03-05T10:00", cutoff="2025-03-15T10:00", relation=None)
    assert verdict.dlt is Dlt.PENDING
    assert verdict.flags == ("RELATIONSHIP_MISSING",)


def test_review_of_the_window_keeps_the_moment_of_an_open_run() -> None:
    verdict = judge(onset="2025-03-03", grades="3 2025-03-03", cutoff="2025-03-10")
    assert verdict.dlt is Dlt.REVIEW
    assert verdict.next_change_at is not None


def test_a_qualifying_grade_after_the_window_is_a_flagged_dlt() -> None:
    grades = "2 2025-03-30T08:00..2025-04-02T08:00, 4 2025-04-02T08:00..2025-04-05T08:00"
    verdict = judge("Colitis", "2025-03-30T08:00", grades=grades)
    assert verdict.dlt is Dlt.YES
    assert verdict.flags == ("QUALIFYING_GRADE_AFTER_WINDOW",)
    anchored = DltConfig(onset_anchor=Anchor.QUALIFYING_GRADE)
    assert judge("Colitis", "2025-03-30T08:00", grades=grades, config=anchored).dlt is Dlt.NO


ANCHORED = rows("""
onset      | end        | dlt
2025-03-10 | 2025-03-20 | YES
2025-03-10 | 2025-04-20 | REVIEW
2025-04-10 | 2025-04-20 | NO
-          | 2025-03-20 | REVIEW
2025-03-10 | -          | REVIEW
""")


@pytest.mark.parametrize("row", ANCHORED, ids=lambda row: f"{row['onset']} {row['end']}")
def test_an_undated_qualifying_grade_lies_between_onset_and_end(row: dict[str, str]) -> None:
    anchored = DltConfig(onset_anchor=Anchor.QUALIFYING_GRADE)
    verdict = judge("Colitis", row["onset"], row["end"], maximum=4, config=anchored, cutoff="")
    assert verdict.dlt == row["dlt"], verdict.because


def test_infusion_as_day_one_closes_a_day_earlier() -> None:
    day_one = DltConfig(infusion_day=1)
    assert judge("Colitis", "2025-03-30", maximum=4, config=day_one).dlt is Dlt.YES
    late = judge("Colitis", "2025-03-31", maximum=4, config=day_one)
    assert (late.dlt, late.onset_day) == (Dlt.NO, 29)


def test_grade_4_crs_may_need_the_duration_by_protocol() -> None:
    strict = DltConfig(crs_g4_any_duration=False)
    brief = "4 2025-03-05T08:00..2025-03-05T20:00, 1 2025-03-05T20:00..2025-03-09T08:00"
    assert judge(onset="2025-03-05T08:00", grades=brief, config=strict).dlt is Dlt.NO
    long = "4 2025-03-05T08:00..2025-03-20T08:00"
    verdict = judge(onset="2025-03-05T08:00", grades=long, config=strict)
    assert verdict.criterion == "CRS_G3PLUS_GT_14D"


def test_crs_graded_by_ctcae_is_never_silently_dismissed() -> None:
    verdict = judge(maximum=2, grading=Grading.CTCAE)
    assert (verdict.dlt, verdict.flags) == (Dlt.REVIEW, ("CRS_NOT_GRADED_BY_ASTCT",))
    assert judge(maximum=4, grading=Grading.CTCAE).dlt is Dlt.YES
    assert judge(maximum=2, grading=Grading.ASTCT).dlt is Dlt.NO


def test_a_fatal_outcome_below_grade_5_is_reviewed() -> None:
    verdict = judge("Sepsis", maximum=3, outcome=Outcome.FATAL)
    assert (verdict.dlt, verdict.flags) == (Dlt.REVIEW, ("FATAL_WITHOUT_GRADE_5",))


@given(st.integers(-3, 40), st.integers(0, 24 * 60 - 1))
def test_study_day_follows_the_calendar_of_the_trial(days: int, minute: int) -> None:
    local = datetime(2025, 3, 3, tzinfo=TRIAL_TIME_ZONE) + timedelta(days=days, minutes=minute)
    event = AdverseEventFacts("Colitis", Relationship.DEFINITE, instant(local.astimezone(UTC)), max_grade=4)
    verdict = adjudicate_dlt(event, infusion_at=moment(INFUSION), data_cutoff=None)
    inside = 0 <= days <= 28 and local >= datetime(2025, 3, 3, 10, tzinfo=TRIAL_TIME_ZONE)
    assert verdict.onset_day == days
    assert verdict.dlt is (Dlt.YES if inside else Dlt.NO)


@given(st.integers(1, 30 * 24), st.integers(0, 30 * 24))
def test_time_passing_only_ever_moves_an_open_run_to_yes(first: int, more: int) -> None:
    start = datetime(2025, 3, 5, 10, tzinfo=TRIAL_TIME_ZONE)
    event = AdverseEventFacts(
        CRS, Relationship.DEFINITE, instant(start), grade_history=(GradePeriod(3, instant(start)),)
    )
    order = [Dlt.PENDING, Dlt.YES]
    verdicts = [
        order.index(adjudicate_dlt(event, infusion_at=moment(INFUSION), data_cutoff=instant(start + hours)).dlt)
        for hours in (timedelta(hours=first), timedelta(hours=first + more))
    ]
    assert verdicts == sorted(verdicts)
