"""Consent, wash-out, age, visits, signatures and partial dates where the calendar turns."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from enrollment.rules.after_withdrawal import may_be_filed
from enrollment.rules.age_at_consent import possible_ages
from enrollment.rules.wash_out import Course, FreeDays, Therapy, wash_out
from safety.rules.moments import parse_moment
from tests.rules.turns import ZONE, Turn, every_turn
from trial_edc.protocol.consent_versions import ConsentVersion
from trial_edc.protocol.endorsement import Milestone, Unsigned, endorsements
from trial_edc.protocol.partial_dates import PartialDate
from trial_edc.protocol.study_day import date_of_study_day, study_day
from trial_edc.protocol.visits.due import Phase, phase_of
from trial_edc.protocol.visits.model import Anchors
from trial_edc.protocol.visits.schedule import visit, window
from trial_edc.protocol.windows import add_months


@every_turn
def test_the_turns_follow_each_other_and_are_one_study_day_apart(turn: Turn) -> None:
    assert turn.after - turn.before == timedelta(days=1)
    assert study_day(turn.after, turn.before) == 1
    assert date_of_study_day(1, turn.before) == turn.after and date_of_study_day(-1, turn.after) == turn.before


# ---- before treatment


@every_turn
@pytest.mark.parametrize(("procedure", "days"), [("leukapheresis", 14), ("lymphodepletion", 21)])
def test_a_wash_out_ends_on_its_day(turn: Turn, procedure: str, days: int) -> None:
    course = Course("sunitinib", Therapy.SYSTEMIC, turn.ago(days - 1))
    answer = wash_out([course], {Therapy.SYSTEMIC: FreeDays(14, 21)})
    assert getattr(answer, procedure) == turn.after


@pytest.mark.req("R58")
@every_turn
def test_a_version_of_the_consent_is_signed_on_its_first_and_last_day(turn: Turn) -> None:
    early = turn.ago(30)
    old = ConsentVersion("1", early, early, turn.before)
    new = ConsentVersion("2", turn.ago(3), turn.after)
    late = ConsentVersion("3", turn.after, turn.ago(3))  # approved after it was to be used
    for version, expected in ((old, [True, False]), (new, [False, True]), (late, [False, True])):
        assert [version.in_force_on(day) for day in (turn.before, turn.after)] == expected


@pytest.mark.parametrize(
    ("consent", "ages"),
    [("2026-12-30", (57, 58)), ("2026-12-31", (58, 58)), ("2027-01-01", (58, 59)), ("2024-02-29", (55, 56))],
)
def test_the_age_turns_with_the_year(consent: str, ages: tuple[int, int]) -> None:
    assert possible_ages(1968, date.fromisoformat(consent)) == ages


@every_turn
def test_after_a_withdrawal_the_next_day_is_closed(turn: Turn) -> None:
    assert [may_be_filed("VS", day, withdrawn_on=turn.before) for day in (turn.before, turn.after)] == [True, False]


# ---- visits and signatures


@every_turn
def test_a_visit_is_due_on_its_last_day_and_overdue_on_the_next(turn: Turn) -> None:
    for code, days in (("D1", 1), ("D28", 31), ("M2", 67), ("M12", 365 + 14)):
        anchors = Anchors(infusion=turn.ago(days))
        found = [phase_of(visit(code), anchors, today=day) for day in (turn.before, turn.after)]
        assert found == [Phase.DUE, Phase.OVERDUE], code


@every_turn
def test_a_visit_is_due_from_its_first_day(turn: Turn) -> None:
    for code, days in (("D1", 1), ("D28", 28), ("M2", 53), ("M12", 365 - 14)):
        anchors = Anchors(infusion=turn.ago(days - 1))
        found = [phase_of(visit(code), anchors, today=day) for day in (turn.before, turn.after)]
        assert found == [Phase.NOT_DUE, Phase.DUE], code


@pytest.mark.parametrize(
    ("start", "target"),
    [("2025-11-30", "2026-02-28"), ("2023-11-30", "2024-02-29"), ("2099-11-30", "2100-02-28")],
)
def test_a_month_that_is_shorter_gives_its_last_day(start: str, target: str) -> None:
    day, expected = date.fromisoformat(start), date.fromisoformat(target)
    planned = window(visit("SURV"), Anchors(survival_start=day))
    assert add_months(day, 3) == expected and planned is not None and planned.target == expected


@pytest.mark.req("R18")
@every_turn
def test_a_milestone_is_endorsed_within_its_days(turn: Turn) -> None:
    reached = turn.ago(13)
    (found,) = endorsements([Unsigned("VS", reached, reached)], [Milestone("D28", "Day 28", reached)], within=14)
    assert found.due == turn.after


@pytest.mark.parametrize(
    ("text", "last"),
    [("2024-02", 29), ("2026-02", 28), ("2100-02", 28), ("2026-04", 30), ("2026-01", 31), ("2026", 31)],
)
def test_a_partial_date_reaches_to_the_last_day_of_its_month(text: str, last: int) -> None:
    latest = PartialDate.from_iso(text).latest()
    moment = parse_moment(text, ZONE)
    assert latest.day == last and moment.local_dates(ZONE)[1] == latest
    assert moment.last == datetime.combine(latest + timedelta(days=1), datetime.min.time(), ZONE)
