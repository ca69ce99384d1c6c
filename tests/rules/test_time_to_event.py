"""PFS, OS, time to response and duration of response: every row of the censoring table, and what contradicts itself."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from efficacy.rules.course import Assessment, Course, Endpoint, Response, contradictions
from efficacy.rules.missed_scans import ScanPlan
from efficacy.rules.time_to_event import DESCRIPTIONS, Reason, TimeToEvent, TimeToEventConfig, time_to_event
from tests.rules.courses import START, course, on
from tests.rules.tables import rows

# Days count from the infusion on day 0; the duration is one more. `gap` = max_gap_days.
PROGRESSION_FREE = rows("""
situation                    | scans                  | facts               | gap | event | days | reason
no baseline                  | 28=SD 56=PD            | no_baseline         |     | 0     | 1    | NO_BASELINE
no baseline, dead            |                        | no_baseline dead=20 |     | 0     | 1    | NO_BASELINE
no scan, alive               |                        | alive=300           |     | 0     | 1    | NO_EVALUABLE_SCAN
only NE, alive               | 28=NE 56=NE            | alive=300           |     | 0     | 1    | NO_EVALUABLE_SCAN
PD at the first visit        | 28=PD                  |                     |     | 1     | 29   | PD
PD between visits            | 28=SD 40=PD            |                     |     | 1     | 41   | PD
first of two PD              | 28=SD 56=PD 84=PD      |                     |     | 1     | 57   | PD
PD, no target lesions        | 28=NON-CR/NON-PD 56=PD |                     |     | 1     | 57   | PD
PD, dead later               | 28=SD 56=PD            | dead=90             |     | 1     | 57   | PD
PD and death on one day      | 28=SD 56=PD            | dead=56             |     | 1     | 57   | PD
death before the first scan  |                        | dead=20             |     | 1     | 21   | DEATH
death on the day of infusion |                        | dead=0              |     | 1     | 1    | DEATH
death between scans          | 28=SD 56=PR            | dead=70             |     | 1     | 71   | DEATH
death after only NE          | 28=NE                  | dead=70             |     | 1     | 71   | DEATH
no PD                        | 28=SD 56=PR            | alive=300           |     | 0     | 57   | LAST_EVALUABLE_SCAN
no PD, last scan NE          | 28=SD 56=NE            | alive=300           |     | 0     | 29   | LAST_EVALUABLE_SCAN
no PD, no target lesions     | 28=NON-CR/NON-PD       |                     |     | 0     | 29   | LAST_EVALUABLE_SCAN
stopped for toxicity         | 28=CR                  | alive=200           |     | 0     | 29   | LAST_EVALUABLE_SCAN
new therapy, no event        | 28=SD 84=SD            | therapy=60          |     | 0     | 29   | NEW_THERAPY
therapy on a scan day        | 28=SD 60=SD            | therapy=60          |     | 0     | 61   | NEW_THERAPY
new therapy before PD        | 28=SD 84=PD            | therapy=60          |     | 0     | 29   | NEW_THERAPY
new therapy before death     | 28=SD                  | therapy=60 dead=90  |     | 0     | 29   | NEW_THERAPY
therapy after an NE scan     | 28=SD 56=NE 84=PD      | therapy=60          |     | 0     | 29   | NEW_THERAPY
therapy, no scan before      | 84=PD                  | therapy=60          |     | 0     | 1    | NEW_THERAPY
new therapy on the day of PD | 28=SD 60=PD            | therapy=60          |     | 1     | 61   | PD
therapy on the day of death  | 28=SD                  | therapy=60 dead=60  |     | 1     | 61   | DEATH
new therapy after PD         | 28=SD 60=PD            | therapy=61          |     | 1     | 61   | PD
PD after a gap               | 28=SD 149=PD           |                     | 120 | 0     | 29   | MISSED_SCANS
PD at the end of the gap     | 28=SD 148=PD           |                     | 120 | 1     | 149  | PD
death after a gap            | 28=SD                  | dead=149            | 120 | 0     | 29   | MISSED_SCANS
NE does not bridge a gap     | 28=SD 90=NE 149=PD     |                     | 120 | 0     | 29   | MISSED_SCANS
a scan bridges a gap         | 28=SD 90=SD 149=PD     |                     | 120 | 1     | 150  | PD
an earlier gap, bridged      | 28=SD 300=SD 328=PD    |                     | 120 | 1     | 329  | PD
death after a gap, no scan   |                        | dead=121            | 120 | 0     | 1    | MISSED_SCANS
death on the day of a scan   | 28=SD 200=SD           | dead=200            | 120 | 1     | 201  | DEATH
a gap without an event       | 28=SD 300=SD           |                     | 120 | 0     | 301  | LAST_EVALUABLE_SCAN
a response on infusion day   | 0=CR                   | response=0 dead=9   |     | 1     | 10   | DEATH
""")


def gap(row: dict[str, str]) -> TimeToEventConfig:
    """The configuration of a row."""
    return TimeToEventConfig(plan=ScanPlan(int(row["gap"]) if row["gap"] else None))


def short(result: TimeToEvent) -> tuple[int | None, int | None, str]:
    """What a table compares."""
    return result.event, result.days, result.reason.value


@pytest.mark.parametrize("row", PROGRESSION_FREE, ids=lambda row: row["situation"])
def test_progression_free_survival(row: dict[str, str]) -> None:
    result = time_to_event(Endpoint.PFS, course(row["scans"], row["facts"]), config=gap(row))
    assert result.applicable
    assert short(result) == (int(row["event"]), int(row["days"]), row["reason"]), result.because
    assert result.date == on(int(row["days"]) - 1)
    assert DESCRIPTIONS[result.reason].lower() in result.because


# The sensitivity analyses: treatment policy ignores new therapy and gaps.
SENSITIVITY = rows("""
scans        | facts              | event | days | reason
28=SD 84=PD  | therapy=60         | 1     | 85   | PD
28=SD        | therapy=60 dead=90 | 1     | 91   | DEATH
28=SD 149=PD |                    | 1     | 150  | PD
28=SD 84=SD  | therapy=60         | 0     | 85   | LAST_EVALUABLE_SCAN
""")


@pytest.mark.parametrize("row", SENSITIVITY, ids=lambda row: f"{row['scans']} {row['facts']}")
def test_treatment_policy_ignores_new_therapy_and_gaps(row: dict[str, str]) -> None:
    policy = TimeToEventConfig(
        censor_at_new_therapy=False, censor_after_missed_scans=False, plan=ScanPlan(max_gap_days=60)
    )
    result = time_to_event(Endpoint.PFS, course(row["scans"], row["facts"]), config=policy)
    assert short(result) == (int(row["event"]), int(row["days"]), row["reason"])


DURATION = rows("""
situation            | scans             | facts                  | gap | death  | event | days | reason
PD                   | 28=PR 56=PR 84=PD | response=28            |     | event  | 1     | 57   | PD
death                | 28=PR 56=PR       | response=28 dead=100   |     | event  | 1     | 73   | DEATH
death, literal text  | 28=PR 56=PR       | response=28 dead=100   |     | censor | 0     | 29   | LAST_EVALUABLE_SCAN
PD, literal text     | 28=PR 56=PD       | response=28 dead=100   |     | censor | 1     | 29   | PD
response goes on     | 28=SD 56=CR 84=CR | response=56            |     | event  | 0     | 29   | LAST_EVALUABLE_SCAN
nothing after it     | 28=PR             | response=28            |     | event  | 0     | 1    | LAST_EVALUABLE_SCAN
scan not listed      |                   | response=28            |     | event  | 0     | 1    | LAST_EVALUABLE_SCAN
only NE after it     | 28=PR 56=NE       | response=28            |     | event  | 0     | 1    | LAST_EVALUABLE_SCAN
new therapy          | 28=PR 56=PR 84=PD | response=28 therapy=60 |     | event  | 0     | 29   | NEW_THERAPY
therapy the same day | 28=PR 84=PD       | response=28 therapy=28 |     | event  | 0     | 1    | NEW_THERAPY
PD after a gap       | 28=PR 200=PD      | response=28            | 120 | event  | 0     | 1    | MISSED_SCANS
""")


@pytest.mark.parametrize("row", DURATION, ids=lambda row: row["situation"])
def test_duration_of_response(row: dict[str, str]) -> None:
    config = replace(gap(row), death_ends_response=row["death"] == "event")
    result = time_to_event(Endpoint.DOR, course(row["scans"], row["facts"]), config=config)
    assert short(result) == (int(row["event"]), int(row["days"]), row["reason"]), result.because


def test_the_literal_duration_of_response_leaves_progression_free_survival_alone() -> None:
    literal = TimeToEventConfig(death_ends_response=False)
    result = time_to_event(Endpoint.PFS, course("28=PR", "response=28 dead=100"), config=literal)
    assert short(result) == (1, 101, "DEATH")


SURVIVAL = rows("""
scans       | facts              | event | days | reason
56=PD       | alive=400          | 0     | 401  | LAST_KNOWN_ALIVE
56=PD       | dead=400           | 1     | 401  | DEATH
            | dead=0             | 1     | 1    | DEATH
            |                    | 0     | 1    | LAST_KNOWN_ALIVE
28=SD 90=NE |                    | 0     | 91   | LAST_KNOWN_ALIVE
28=SD       | alive=20           | 0     | 29   | LAST_KNOWN_ALIVE
28=SD       | therapy=60         | 0     | 61   | LAST_KNOWN_ALIVE
28=SD       | no_baseline dead=9 | 1     | 10   | DEATH
""")


@pytest.mark.parametrize("row", SURVIVAL, ids=lambda row: f"{row['scans']} {row['facts']}")
def test_overall_survival_ends_with_death_only(row: dict[str, str]) -> None:
    result = time_to_event(Endpoint.OS, course(row["scans"], row["facts"]))
    assert short(result) == (int(row["event"]), int(row["days"]), row["reason"])


def test_time_to_response_and_who_is_no_responder() -> None:
    assert short(time_to_event(Endpoint.TTR, course("28=PR 56=PR", "response=28"))) == (1, 29, "RESPONSE")
    assert time_to_event(Endpoint.TTR, course("28=PR", "response=28")).date == on(28)
    for endpoint in (Endpoint.TTR, Endpoint.DOR):
        for facts in ("", "response=60 therapy=59"):
            result = time_to_event(endpoint, course("28=SD", facts))
            assert (result.applicable, result.event, result.date, result.months) == (False, None, None, None)
            assert result.reason is Reason.NOT_A_RESPONDER
    after_therapy = course("60=PR", "response=60 therapy=59")
    ignored = TimeToEventConfig(censor_at_new_therapy=False)
    assert short(time_to_event(Endpoint.TTR, after_therapy, config=ignored)) == (1, 61, "RESPONSE")
    on_that_day = course("60=PR", "response=60 therapy=60")
    assert short(time_to_event(Endpoint.TTR, on_that_day)) == (1, 61, "RESPONSE")


# `cut` = data cut-off: what is dated after it is not known yet.
CUTOFF = rows("""
endpoint | scans             | facts             | cut | event | days | reason
PFS      | 28=SD 56=PD       |                   | 55  | 0     | 29   | LAST_EVALUABLE_SCAN
PFS      | 28=SD 56=PD       |                   | 56  | 1     | 57   | PD
PFS      | 28=SD             | dead=60           | 59  | 0     | 29   | LAST_EVALUABLE_SCAN
PFS      | 28=SD 56=SD       | therapy=40        | 39  | 0     | 29   | LAST_EVALUABLE_SCAN
PFS      | 28=SD             | dead=60           | 0   | 0     | 1    | NO_EVALUABLE_SCAN
OS       |                   | dead=100          | 100 | 1     | 101  | DEATH
OS       |                   | dead=100 alive=80 | 99  | 0     | 81   | LAST_KNOWN_ALIVE
OS       |                   | dead=100          | 99  | 0     | 100  | LAST_KNOWN_ALIVE
OS       |                   | alive=100         | 99  | 0     | 100  | LAST_KNOWN_ALIVE
OS       | 28=SD 56=SD       |                   | 40  | 0     | 29   | LAST_KNOWN_ALIVE
OS       |                   | dead=100 alive=90 | 200 | 1     | 101  | DEATH
DOR      | 28=PR 56=PR 84=PD | response=28       | 60  | 0     | 29   | LAST_EVALUABLE_SCAN
DOR      | 28=PR 56=PR       | response=28       | 27  | None  | None | NOT_A_RESPONDER
TTR      | 28=PR 56=PR       | response=28       | 27  | None  | None | NOT_A_RESPONDER
""")


@pytest.mark.parametrize("row", CUTOFF, ids=lambda row: f"{row['endpoint']} {row['facts']} cut {row['cut']}")
def test_what_lies_after_the_cutoff_is_not_known(row: dict[str, str]) -> None:
    subject = course(row["scans"], row["facts"])
    result = time_to_event(Endpoint(row["endpoint"]), subject, cutoff=on(row["cut"]))
    assert (str(result.event), str(result.days), result.reason.value) == (row["event"], row["days"], row["reason"])


def test_days_and_months() -> None:
    subject = course("28=SD", "dead=486")
    with_one = time_to_event(Endpoint.OS, subject)
    assert with_one.days == 487 and with_one.months == 16
    assert Fraction(487, 16) == Fraction("30.4375")
    plain = time_to_event(Endpoint.OS, subject, config=TimeToEventConfig(add_one_day=False))
    assert (plain.days, plain.date) == (486, with_one.date)


@pytest.mark.parametrize(("add", "last"), [(True, 1094), (False, 1095)])
def test_a_horizon_truncates(add: bool, last: int) -> None:
    config = TimeToEventConfig(add_one_day=add, horizon_days=1095)
    at_horizon = time_to_event(Endpoint.OS, course("", f"dead={last}"), config=config)
    assert short(at_horizon) == (1, 1095, "DEATH")
    after = time_to_event(Endpoint.OS, course("", f"dead={last + 1}"), config=config)
    assert short(after) == (0, 1095, "HORIZON")
    assert after.date == on(last)
    late = course("1200=PR", "response=1200")
    assert time_to_event(Endpoint.TTR, late, config=config).reason is Reason.NOT_A_RESPONDER


CONTRADICTIONS = rows("""
scans       | facts                   | cut | says
27=SD       | dead=26                 |     | assessments[0].date: 2025-01-28 lies after death_date
28=SD 28=NE |                         |     | assessments[1].date: 2025-01-29 is the date of an earlier entry
-1=SD       |                         |     | assessments[0].date: 2024-12-31 lies before start_date
            | dead=-1                 |     | death_date: 2024-12-31 lies before start_date
            | alive=-1                |     | last_known_alive: 2024-12-31 lies before
            | therapy=-1              |     | nact_date: 2024-12-31 lies before
            | response=-1             |     | first_response_date: 2024-12-31 lies before
            |                         | -1  | cutoff: 2024-12-31 lies before start_date
            | dead=50 alive=51        |     | last_known_alive: 2025-02-21 lies after death_date
            | dead=50 therapy=51      |     | nact_date: 2025-02-21 lies after death_date
            | dead=50 response=51     |     | first_response_date: 2025-02-21 lies after
28=PR       | response=28 no_baseline |     | first_response_date: no response can be told
28=PD 56=PR | response=56             |     | first_response_date: 2025-02-26 is not before the progression
28=PD       | response=28             |     | first_response_date: 2025-01-29 is not before
28=SD 56=PD | dead=56 alive=56        | 90  |
28=PR 56=PD | response=28             |     |
""")


@pytest.mark.parametrize("row", CONTRADICTIONS, ids=lambda row: f"{row['scans']} {row['facts']} {row['cut']}")
def test_facts_that_cannot_all_be_true_are_named(row: dict[str, str]) -> None:
    found = contradictions(course(row["scans"], row["facts"]), on(row["cut"]) if row["cut"] else None)
    sentences = [f"{wrong.key}: {wrong.sentence}" for wrong in found]
    assert (sentences[0] if sentences else "").startswith(row["says"])
    assert bool(sentences) == bool(row["says"])


days = st.integers(0, 400)
scans = st.dictionaries(days, st.sampled_from([item for item in Response if item is not Response.PD]), max_size=6)


@st.composite
def courses(draw: st.DrawFn) -> Course:
    """A course without contradictions."""
    listed = [Assessment(on(day), response) for day, response in draw(scans).items()]
    end = max([0, *((item.date - START).days for item in listed)])
    if draw(st.booleans()):
        end += 1
        listed.append(Assessment(on(end), Response.PD))
    died = draw(st.none() | st.integers(end, end + 300))
    therapy = draw(st.none() | st.integers(0, end if died is None else died))
    return Course(
        START,
        tuple(draw(st.permutations(listed))),
        death_date=None if died is None else on(died),
        last_known_alive=None if died is not None else on(end),
        nact_date=None if therapy is None else on(therapy),
    )


@given(courses(), st.integers(0, 700), st.none() | st.integers(1, 200))
def test_properties_of_every_course(subject: Course, cut: int, allowed: int | None) -> None:
    assert not list(contradictions(subject))
    config = TimeToEventConfig(plan=ScanPlan(allowed))
    progression = time_to_event(Endpoint.PFS, subject, cutoff=on(cut), config=config)
    survival = time_to_event(Endpoint.OS, subject, cutoff=on(cut))
    for result in (progression, survival):
        assert result.date is not None and START <= result.date <= on(cut)
        assert result.days == (result.date - START).days + 1
    assert progression.days is not None and survival.days is not None
    assert progression.days <= survival.days
    reordered = replace(subject, assessments=tuple(reversed(subject.assessments)))
    assert time_to_event(Endpoint.PFS, reordered, cutoff=on(cut), config=config) == progression


@given(courses())
def test_without_new_therapy_and_gaps_the_event_is_the_earliest_pd_or_death(subject: Course) -> None:
    policy = TimeToEventConfig(censor_at_new_therapy=False)
    result = time_to_event(Endpoint.PFS, subject, config=policy)
    ends = [item.date for item in subject.assessments if item.response is Response.PD]
    ends += [subject.death_date] if subject.death_date else []
    assert result.event == int(bool(ends))
    if ends:
        assert result.date == min(ends)
