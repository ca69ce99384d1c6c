"""Every clock of safety over midnight, the end of a month, the leap day and the end of the year.

Each clock is set so that its last day in time is the first of two days that follow each other: one minute later, on
the second, it has run out.
"""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from dosing.rules.next_infusion import earliest_next_infusion
from safety.rules.dlt import Dlt
from safety.rules.episode import Graded, daily_maximum
from safety.rules.facts import DltConfig
from safety.rules.hospital_stay import early_discharge
from safety.rules.moments import Moment, parse_moment
from safety.rules.recent_treatment import in_force
from safety.rules.reporting_clock import ClockConfig, Recipient, Report, State, reporting_clocks, site_clock
from safety.rules.reporting_period import reporting_period
from safety.rules.treatment_emergent import emergent
from safety.rules.window import Window
from tests.rules.events import judge
from tests.rules.tables import rows
from tests.rules.turns import ZONE, Turn, at, every_turn, utc
from trial_edc.protocol.windows import dlt_window_closes_at

# ---- serious events


@pytest.mark.req("R51")
@every_turn
def test_24_hours_to_sponsor_and_ethics_committee(turn: Turn) -> None:
    aware = at(turn.before, "23:30")
    assert site_clock(aware, at(turn.after, "23:30"), ClockConfig())[0] is State.IN_TIME
    assert site_clock(aware, at(turn.after, "23:31"), ClockConfig())[0] is State.LATE
    for recipient in (Recipient.SPONSOR, Recipient.ETHICS):
        states = []
        for clock in ("23:30", "23:31"):
            found = reporting_clocks(Report(aware), now=at(turn.after, clock).first)
            (one,) = [each for each in found if each.recipient is recipient]
            assert one.due_at == at(turn.after, "23:30").first
            states.append(one.state)
        assert states == [State.RUNNING, State.OVERDUE]


@pytest.mark.req("R51")
@every_turn
@pytest.mark.parametrize(
    ("days", "urgent", "recipient"),
    [(7, True, Recipient.AUTHORITY), (15, True, Recipient.AUTHORITY_FOLLOW_UP), (15, False, Recipient.AUTHORITY)],
    ids=["7 days", "7 + 8 days", "15 days"],
)
def test_a_susar_has_its_whole_last_day(turn: Turn, days: int, urgent: bool, recipient: Recipient) -> None:
    """Awareness at half past midnight: the day before in UTC, and yet day 0 is the day of the trial."""
    aware = at(turn.ago(days), "00:30")

    def state(now: Moment, told: Moment | None = None) -> State:
        received = {} if told is None else {recipient: told}
        report = Report(aware, urgent, related=True, unexpected=True, received=received)
        (found,) = [each for each in reporting_clocks(report, now=now.first) if each.recipient is recipient]
        assert found.due_at == at(turn.before, "23:59").first
        return found.state

    assert state(at(turn.before, "23:59")) is State.RUNNING
    assert state(at(turn.after, "00:00")) is State.OVERDUE
    assert state(at(turn.after), told=at(turn.before, "23:59")) is State.IN_TIME
    assert state(at(turn.after), told=at(turn.after, "00:00")) is State.LATE


# ---- the DLT window, the length of a run, the stagger


@pytest.mark.req("P12")
@every_turn
def test_the_dlt_window_ends_with_day_28(turn: Turn) -> None:
    infused = turn.ago(28)
    opened = Window.of(at(infused, "00:30"), DltConfig())
    assert opened.closes_at == dlt_window_closes_at(infused, 28, ZONE) == at(turn.after, "00:00").first
    verdicts = []
    for onset in (
        f"{turn.before}T23:59", f"{turn.after}T00:00", utc(turn.before, "23:59"), utc(turn.after, "00:00"),
        str(turn.before), str(turn.after),
    ):  # fmt: skip
        verdict = judge("Colitis", onset, maximum=4, infusion=f"{infused}T00:30", cutoff="")
        verdicts.append((verdict.dlt, verdict.onset_day))
    assert verdicts == [(Dlt.YES, 28), (Dlt.NO, 29)] * 3


@every_turn
def test_the_window_opens_with_the_infusion_on_day_0(turn: Turn) -> None:
    onsets = (utc(turn.before, "23:59"), utc(turn.after, "00:29"), utc(turn.after, "00:30"))
    infusion = utc(turn.after, "00:30")
    found = [judge("Colitis", onset, maximum=4, infusion=infusion, cutoff="") for onset in onsets]
    assert [(each.dlt, each.onset_day) for each in found] == [(Dlt.NO, -1), (Dlt.NO, 0), (Dlt.YES, 0)]


@every_turn
def test_fourteen_days_at_grade_3_are_counted_in_hours(turn: Turn) -> None:
    infused, start = f"{turn.ago(20)}T10:00", f"{turn.ago(13)}T08:00"
    for end, expected in ((f"{turn.after}T08:00", Dlt.NO), (f"{turn.after}T08:01", Dlt.YES)):
        found = judge(onset=start, end=end, grades=f"3 {start}..{end}", infusion=infused, cutoff="")
        assert found.dlt is expected, found.because
    open_run = judge(onset=start, grades=f"3 {start}", infusion=infused, cutoff=f"{turn.after}T08:00")
    assert (open_run.dlt, open_run.next_change_at) == (Dlt.PENDING, at(turn.after, "08:00").first)


@every_turn
def test_the_second_infusion_waits_28_days(turn: Turn) -> None:
    first = turn.ago(27)
    assert earliest_next_infusion([first], today=turn.before).earliest == turn.after
    assert earliest_next_infusion([first], today=turn.after).earliest == turn.after


# ---- treatment and events


@every_turn
def test_an_event_is_emergent_from_the_minute_of_the_infusion(turn: Turn) -> None:
    cells = at(turn.after, "00:30")
    onsets = [at(turn.before), at(turn.after), at(turn.after + timedelta(days=1))]
    onsets += [parse_moment(utc(*each), ZONE) for each in ((turn.before, "23:59"), (turn.after, "00:29"))]
    onsets += [parse_moment(utc(turn.after, "00:30"), ZONE)]
    assert [emergent(onset, [], cells).value for onset in onsets] == ["no", "maybe", "yes", "no", "no", "yes"]


@every_turn
def test_an_event_is_emergent_from_the_day_of_lymphodepletion(turn: Turn) -> None:
    began = at(turn.after)
    found = [emergent(onset, [], began).value for onset in (at(turn.before, "23:59"), at(turn.after, "00:00"))]
    assert found == ["no", "yes"]


@every_turn
def test_a_treatment_is_remembered_for_24_hours(turn: Turn) -> None:
    asked = at(turn.after, "00:30").first
    given = [at(turn.before, clock) for clock in ("00:29", "00:30")]
    assert [in_force(each, None, ongoing=False, moment=asked).value for each in given] == ["no", "yes"]


@every_turn
def test_the_daily_maximum_is_of_the_day_of_the_trial(turn: Turn) -> None:
    grades = [Graded(at(turn.before, "23:59").first, 3), Graded(at(turn.after, "00:00").first, 1)]
    grades += [Graded(at(turn.after, "07:59").first, 2)]  # one minute before midnight in UTC
    assert daily_maximum(grades, ZONE) == {turn.before: 3, turn.after: 2}


@every_turn
def test_a_discharge_on_day_13_is_early(turn: Turn) -> None:
    infused = turn.ago(13)
    assert early_discharge(infused, turn.before, infused=infused) == 13
    assert early_discharge(infused, turn.after, infused=infused) is None


# Twelve calendar months, the last day included.
PERIODS = rows("""
infused    | last       | because
2024-02-29 | 2025-02-28 | the later February is shorter
2023-02-28 | 2024-02-28 | a leap day lies outside
2023-03-01 | 2024-03-01 | a leap day lies inside
2025-12-31 | 2026-12-31 | end of the year
2096-02-29 | 2097-02-28 | the last leap day of the century
2099-02-28 | 2100-02-28 | 2100 has no leap day
2099-03-01 | 2100-03-01 | and the next day is in March
2026-04-30 | 2027-04-30 | end of a month
""")


@pytest.mark.parametrize("row", PERIODS, ids=lambda row: row["because"])
def test_events_are_collected_for_twelve_months(row: dict[str, str]) -> None:
    last = date.fromisoformat(row["last"])
    found = []
    for onset in (last, last + timedelta(days=1)):
        enrolled, infused = date(2022, 1, 1), date.fromisoformat(row["infused"])
        found.append(reporting_period((onset, onset), enrolled=enrolled, infused=infused).value)
    assert found == ["inside the period", "after the period"]
