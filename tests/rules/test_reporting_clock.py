"""Reporting clocks of serious events: 24 hours over midnight and the leap day, day 0 of a SUSAR, what stays open."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safety.rules.facts import TRIAL_TIME_ZONE
from safety.rules.moments import Moment, instant, parse_moment
from safety.rules.reporting_clock import (
    Clock,
    ClockConfig,
    Recipient,
    Report,
    State,
    reporting_clocks,
    site_clock,
)
from tests.rules.tables import rows

ZONE = TRIAL_TIME_ZONE
STATES = {"in time": State.IN_TIME, "late": State.LATE, "unclear": State.UNCLEAR}


def at(text: str) -> Moment:
    return parse_moment(text, ZONE)


def now(text: str) -> datetime:
    return at(text).first


def by_recipient(report: Report, moment: str, config: ClockConfig | None = None) -> dict[Recipient, Clock]:
    return {clock.recipient: clock for clock in reporting_clocks(report, now=now(moment), config=config)}


def local(moment: datetime | None) -> str:
    return "" if moment is None else moment.astimezone(ZONE).strftime("%Y-%m-%dT%H:%M")


# 2028 and 2024 have a 29 February, 2026 has none; a date alone is the whole day.
REPORTED = rows("""
aware            | told                      | state   | because
2026-11-05T09:10 | 2026-11-05T09:10          | in time | 0 h 0 min
2026-11-05T09:10 | 2026-11-06T09:10          | in time | 24 h 0 min
2026-11-05T09:10 | 2026-11-06T09:11          | late    | 24 h 1 min
2026-11-05T23:50 | 2026-11-06T00:10          | in time | 0 h 20 min
2026-12-31T23:59 | 2027-01-01T23:59          | in time | 24 h 0 min
2028-02-28T12:00 | 2028-02-29T12:00          | in time | 24 h 0 min
2028-02-28T12:00 | 2028-03-01T12:00          | late    | 48 h 0 min
2026-02-28T12:00 | 2026-03-01T12:00          | in time | 24 h 0 min
2026-11-05T09:10 | 2026-11-06T01:09:00Z      | in time | 23 h 59 min
2026-11-05T09:10 | 2026-11-05                | in time | the exact time is not known
2026-11-05T09:10 | 2026-11-06                | unclear | without both times
2026-11-05T09:10 | 2026-11-07                | late    | the exact time is not known
2026-11-05       | 2026-11-05T23:00          | in time | the exact time is not known
2026-11-05       | 2026-11-06T12:00          | unclear | without both times
2026-11-05       | 2026-11-06T23:59          | unclear | without both times
2026-11-05       | 2026-11-07T00:00          | late    | the exact time is not known
2026-11-05       | 2026-11-06                | unclear | without both times
2026-11-05       | 2026-11-07                | late    | the exact time is not known
2026-12-31       | 2027-01-02                | late    | the exact time is not known
2024-02-28       | 2024-03-01                | late    | the exact time is not known
2026-02-28       | 2026-03-01                | unclear | without both times
2026-11-05T09:10 | 2026-11-05T09:09          | unclear | before the awareness
2026-11-05T09:10 | 2026-11-04                | unclear | before the awareness
""")


@pytest.mark.req("R51")
@pytest.mark.parametrize("row", REPORTED, ids=lambda row: f"{row['aware']} {row['told']}")
def test_a_report_of_the_site_against_24_hours(row: dict[str, str]) -> None:
    state, because = site_clock(at(row["aware"]), at(row["told"]), ClockConfig())
    assert state is STATES[row["state"]]
    assert row["because"] in because


@pytest.mark.parametrize(("aware", "told"), [(None, at("2026-11-05")), (at("2026-11-05"), None), (None, None)])
def test_a_missing_moment_gives_no_answer(aware: Moment | None, told: Moment | None) -> None:
    assert site_clock(aware, told, ClockConfig())[0] is State.UNCLEAR


@pytest.mark.req("R51")
def test_sponsor_and_ethics_committee_are_two_receipts() -> None:
    told = {Recipient.SPONSOR: at("2026-11-05T10:00")}
    clocks = by_recipient(Report(at("2026-11-05T09:10"), received=told), "2026-11-06T09:11")
    assert clocks[Recipient.SPONSOR].state is State.IN_TIME and not clocks[Recipient.SPONSOR].waits
    assert clocks[Recipient.ETHICS].state is State.OVERDUE and clocks[Recipient.ETHICS].waits
    assert local(clocks[Recipient.ETHICS].due_at) == "2026-11-06T09:10"


def test_the_alarm_rings_after_24_hours_and_not_at_them() -> None:
    report = Report(at("2028-02-28T23:30"))
    assert by_recipient(report, "2028-02-29T23:30")[Recipient.SPONSOR].state is State.RUNNING
    assert by_recipient(report, "2028-02-29T23:31")[Recipient.SPONSOR].state is State.OVERDUE


def test_without_awareness_no_clock_can_be_read() -> None:
    clocks = reporting_clocks(Report(None, related=True, unexpected=True), now=now("2026-11-05"))
    assert {clock.state for clock in clocks} == {State.UNCLEAR}
    assert {clock.due_at for clock in clocks} == {None} and not any(clock.waits for clock in clocks)


# `urgent`: fatal or life-threatening. Due is the last moment of the last day, in the zone of the trial.
EXPEDITED = rows("""
aware                | urgent | due              | follow-up
2026-11-05T09:10     | y      | 2026-11-12T23:59 | 2026-11-20T23:59
2026-11-05T09:10     | n      | 2026-11-20T23:59 |
2026-11-05T00:01     | y      | 2026-11-12T23:59 | 2026-11-20T23:59
2026-11-04T16:01:00Z | y      | 2026-11-12T23:59 | 2026-11-20T23:59
2026-11-04T15:59:00Z | y      | 2026-11-11T23:59 | 2026-11-19T23:59
2028-02-25T08:00     | y      | 2028-03-03T23:59 | 2028-03-11T23:59
2026-02-25T08:00     | y      | 2026-03-04T23:59 | 2026-03-12T23:59
2028-02-15T08:00     | n      | 2028-03-01T23:59 |
2026-12-28T08:00     | n      | 2027-01-12T23:59 |
""")


@pytest.mark.req("R51")
@pytest.mark.parametrize("row", EXPEDITED, ids=lambda row: f"{row['aware']} {row['urgent']}")
def test_a_susar_is_due_on_day_7_or_15_with_awareness_as_day_0(row: dict[str, str]) -> None:
    report = Report(at(row["aware"]), row["urgent"] == "y", related=True, unexpected=True)
    clocks = by_recipient(report, "2026-01-01")
    follow_up = clocks.get(Recipient.AUTHORITY_FOLLOW_UP)
    assert local(clocks[Recipient.AUTHORITY].due_at) == row["due"]
    assert local(follow_up.due_at if follow_up else None) == row["follow-up"]


def test_the_whole_last_day_is_in_time() -> None:
    report = Report(at("2026-11-05T09:10"), True, related=True, unexpected=True)
    assert by_recipient(report, "2026-11-12T23:59:59")[Recipient.AUTHORITY].state is State.RUNNING
    assert by_recipient(report, "2026-11-13T00:00")[Recipient.AUTHORITY].state is State.OVERDUE


AUTHORITY = rows("""
related | unexpected | told       | state               | because
y       | y          |            | running             | due on day 7
n       | y          |            | not required        | neither party
y       | n          |            | not required        | expected
n       | ?          |            | not required        | neither party
?       | n          |            | not required        | expected
?       | y          |            | assessment open     | causality not entered
y       | ?          |            | assessment open     | expectedness not entered
?       | ?          |            | assessment open     | causality and expectedness not entered
y       | y          | 2026-11-05 | reported in time    | on day 0
y       | y          | 2026-11-12 | reported in time    | on day 7
y       | y          | 2026-11-13 | reported late       | on day 8
y       | y          | 2026-11-04 | cannot be said      | before the awareness
?       | ?          | 2026-11-06 | reported in time    | on day 1
""")
SAID = {"y": True, "n": False, "?": None}


@pytest.mark.parametrize("row", AUTHORITY, ids=lambda row: " ".join(row.values())[:30])
def test_who_is_owed_an_expedited_report(row: dict[str, str]) -> None:
    told = {Recipient.AUTHORITY: at(f"{row['told']}T12:00")} if row["told"] else {}
    related, unexpected = SAID[row["related"]], SAID[row["unexpected"]]
    report = Report(at("2026-11-05T09:10"), True, related=related, unexpected=unexpected, received=told)
    clock = by_recipient(report, "2026-11-06T08:00")[Recipient.AUTHORITY]
    assert clock.state.value == row["state"]
    assert row["because"] in clock.because


def test_no_follow_up_is_owed_where_no_report_is() -> None:
    report = Report(at("2026-11-05T09:10"), True, related=False, unexpected=True)
    assert Recipient.AUTHORITY_FOLLOW_UP not in by_recipient(report, "2026-11-06")


def test_the_parameters_of_the_protocol_are_used() -> None:
    config = ClockConfig(site_report_hours=12, susar_fatal_days=3, susar_fatal_follow_up_days=2, susar_other_days=9)
    report = Report(at("2026-11-05T09:10"), True, related=True, unexpected=True)
    due = [local(clock.due_at) for clock in reporting_clocks(report, now=now("2026-11-05T10:00"), config=config)]
    assert due == ["2026-11-05T21:10", "2026-11-05T21:10", "2026-11-08T23:59", "2026-11-10T23:59"]


MOMENTS = st.datetimes(datetime(2020, 1, 1), datetime(2035, 1, 1)).map(  # noqa: DTZ001  # the zone follows
    lambda naive: naive.replace(second=0, microsecond=0, tzinfo=ZONE)
)


@given(aware=MOMENTS, minutes=st.integers(0, 5000))
def test_exact_times_are_in_time_up_to_24_hours_and_late_after(aware: datetime, minutes: int) -> None:
    told = aware + timedelta(minutes=minutes)
    state, _because = site_clock(instant(aware), instant(told), ClockConfig())
    assert state is (State.IN_TIME if minutes <= 24 * 60 else State.LATE)


@given(aware=MOMENTS, later=st.integers(0, 30 * 24 * 60))
def test_a_clock_that_is_overdue_stays_overdue(aware: datetime, later: int) -> None:
    report = Report(instant(aware), True, related=True, unexpected=True)
    first = reporting_clocks(report, now=aware + timedelta(minutes=later))
    then = reporting_clocks(report, now=aware + timedelta(minutes=later + 1))
    for before, after in zip(first, then, strict=True):
        assert before.due_at == after.due_at
        assert before.state is not State.OVERDUE or after.state is State.OVERDUE


@pytest.mark.parametrize(("aware", "due"), [("2026-11-05T09:10", "2026-11-20T23:59"), ("2026-11", "2026-11-16T23:59")])
def test_a_susar_is_due_on_day_15_unless_it_is_called_fatal(aware: str, due: str) -> None:
    """Of an awareness known by its month the first day counts: no report is late because a day is missing."""
    clocks = by_recipient(Report(at(aware), related=True, unexpected=True), "2026-11-06T08:00")
    assert local(clocks[Recipient.AUTHORITY].due_at) == due
