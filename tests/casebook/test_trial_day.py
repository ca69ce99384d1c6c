"""Every "today" is the trial's: at half past midnight in Beijing it is still yesterday in UTC."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.db import connection
from django.utils import timezone

from enrollment.models import Subject
from enrollment.services import add_subject
from safety.models import GradeChange, NormalRange, SeriousEventReport
from safety.range_services import add_range
from safety.ranges import range_in_force
from safety.report_checks import moment_of
from safety.rules.form_analytes import FORM_ANALYTES
from tests.casebook.entering import enter, post
from tests.casebook.test_closing import VITALS
from tests.dosing.builders import Trial
from tests.forms.enrolling import consent
from tests.forms.log_samples import EVENT, MEDICATION, REPORT, STAY, TRANSFUSION, UNTOLD, sentences, serious_event
from tests.people import People
from tests.rules.turns import TURNS
from tests.trial_days import APRIL_1, HALF_PAST, LAST_SECOND, MARCH_31, MIDNIGHT
from trial_edc.accounts.access import may, midnight, today
from trial_edc.accounts.models import Membership
from trial_edc.accounts.roles import Permission
from trial_edc.audit.context import acting, system_user
from trial_edc.audit.models import ItemChange
from trial_edc.casebook import work
from trial_edc.casebook.rendering.dates import file_moment, study_date, study_moment
from trial_edc.casebook.selectors import queries
from trial_edc.casebook.selectors.query_filter import with_age
from trial_edc.casebook.selectors.rights import end_of
from trial_edc.casebook.selectors.trail_list import TrailFilter
from trial_edc.casebook.submission import Refused
from trial_edc.casebook.trail_review import with_pattern
from trial_edc.casebook.visits import record_visit
from trial_edc.casebook.work import Desk
from trial_edc.crf.checks import broken_checks
from trial_edc.errors import DomainError
from trial_edc.protocol import status
from trial_edc.review.models import Query
from trial_edc.review.services import raise_query

SetClock = Callable[[datetime], None]
DAYS = [(LAST_SECOND, MARCH_31), (MIDNIGHT, APRIL_1), (HALF_PAST, APRIL_1)]
each_moment = pytest.mark.parametrize(("moment", "day"), DAYS, ids=["23:59:59", "00:00", "00:30"])


@pytest.fixture
def subject(people: People) -> Subject:
    return add_subject(by=people.coordinator, site=people.site)


# ---- what today is, and how a moment is shown


@pytest.mark.req("P13")
@each_moment
def test_today_is_the_day_of_the_trial(set_clock: SetClock, moment: datetime, day: date) -> None:
    assert django_settings.USE_TZ and django_settings.TIME_ZONE == django_settings.TRIAL_TIME_ZONE == "Asia/Shanghai"
    set_clock(moment)
    infused = Subject(infused_at=HALF_PAST - timedelta(days=1))
    assert today() == timezone.localdate() == day
    assert (infused.infusion_date, infused.study_day(today())) == (MARCH_31, (day - MARCH_31).days)


def test_a_moment_is_written_with_the_day_of_the_trial() -> None:
    assert (study_date(HALF_PAST), study_moment(HALF_PAST)) == ("01-Apr-2026", "01-Apr-2026 00:30 (UTC+08:00)")
    assert file_moment(LAST_SECOND) == "2026-03-31T23:59:59+08:00"
    assert (midnight(APRIL_1), end_of(MARCH_31)) == (MIDNIGHT, MIDNIGHT - timedelta(microseconds=1))


def test_a_day_of_the_trail_is_a_day_of_the_trial() -> None:
    chosen = TrailFilter.read({"first": "01-Apr-2026", "last": "01-Apr-2026"})
    assert chosen.period() == (MIDNIGHT, MIDNIGHT + timedelta(days=1))


def test_the_database_keeps_instants_and_counts_no_days_of_its_own(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('TimeZone')")
        assert cursor.fetchone() == ("UTC",)


# ---- who may, and what is in force


def test_a_role_ends_with_its_last_day(people: People, set_clock: SetClock) -> None:
    with acting(system_user(), "test", source="command"):
        Membership.objects.filter(user=people.coordinator).update(end_date=MARCH_31)
    found = []
    for moment, _day in DAYS:
        set_clock(moment)
        person = type(people.coordinator).objects.get(pk=people.coordinator.pk)
        found.append(may(person, Permission.ENTER_DATA, people.site))
    assert found == [True, False, False]


def test_a_normal_range_holds_to_its_last_day_wherever_the_calendar_turns(people: People) -> None:
    for turn, code in zip(TURNS, ("HGB", "WBC", "NEUT", "LYM", "PLAT", "MONO", "EOS"), strict=True):
        common = {"site": people.site, "analyte": code, "unit": FORM_ANALYTES[code].unit, "source": "Manual"}
        early = NormalRange(**common, low=Decimal(1), high=Decimal(2), valid_from=turn.ago(9), valid_to=turn.before)
        late = NormalRange(**common, low=Decimal(1), high=Decimal(3), valid_from=turn.after)
        for wanted in (early, late):
            add_range(by=people.data_manager, wanted=wanted)
        found = [range_in_force(people.site, code, day) for day in (turn.before, turn.after)]
        assert [each and each.high_text for each in found] == ["2", "3"], turn.name


# ---- nothing is dated in the future

ON_APRIL_1: dict[str, tuple[str, dict[str, Any]]] = {
    "AE onset": ("AE", EVENT | {"onset_date": "01-Apr-2026"}),
    "AE end": ("AE", EVENT | {"end_date": "01-Apr-2026", "outcome": "RECOVERED/RESOLVED"}),
    "medication": ("CM", MEDICATION | {"start_date": "01-Apr-2026", "end_date": "01-Apr-2026"}),
    "hospital stay": ("HOSP", STAY | {"discharge_date": "01-Apr-2026"}),
    "transfusion": ("TX", TRANSFUSION | {"given_date": "01-Apr-2026", "given_time": "00:00"}),
}


@pytest.mark.parametrize("what", ON_APRIL_1)
def test_the_first_of_april_is_refused_until_it_begins(
    people: People, subject: Subject, set_clock: SetClock, what: str
) -> None:
    form, texts = ON_APRIL_1[what]
    rows = [{"grade": 3, "start_date": "01-Apr-2026" if what == "AE onset" else "05-Mar-2026"}] if form == "AE" else []
    set_clock(LAST_SECOND)
    assert "in the future" in sentences(post(people.coordinator, subject, "LOG", form, sequence=0, rows=rows, **texts))
    set_clock(MIDNIGHT)
    enter(people.coordinator, subject, "LOG", form, sequence=0, rows=rows, **texts)


@each_moment
def test_a_grade_of_the_first_of_april_waits_for_it_too(set_clock: SetClock, moment: datetime, day: date) -> None:
    set_clock(moment)
    row = GradeChange(grade=3, start_date=APRIL_1.isoformat(), position=1)
    assert bool(list(broken_checks(row))) is (day < APRIL_1)


def test_a_visit_of_the_first_of_april_waits_for_it(people: People, subject: Subject, set_clock: SetClock) -> None:
    set_clock(LAST_SECOND)
    with pytest.raises(DomainError, match="in the future"):
        record_visit(by=people.coordinator, subject=subject, code="SCR", visit_date=APRIL_1)
    set_clock(MIDNIGHT)
    assert record_visit(by=people.coordinator, subject=subject, code="SCR", visit_date=APRIL_1).visit_date == APRIL_1


@pytest.mark.req("R58")
@pytest.mark.parametrize(("clock", "refused"), [("00:30", False), ("00:31", True)])
def test_a_consent_is_refused_from_the_next_minute_on(
    people: People, subject: Subject, set_clock: SetClock, clock: str, *, refused: bool
) -> None:
    set_clock(HALF_PAST)
    texts = consent(APRIL_1, consent_time=clock)
    outcome = post(people.coordinator, subject, "SCR", "IC", **texts)
    assert isinstance(outcome, Refused) is refused
    assert not refused or "by the clock of the site" in sentences(outcome)


# ---- lists


def listed(name: str, people: People) -> list[work.Line]:
    wanted = work.find(name)
    assert wanted is not None
    return list(wanted.found(Desk(people.coordinator)))


@each_moment
def test_a_visit_is_overdue_when_the_day_after_its_window_begins(
    people: People, set_clock: SetClock, moment: datetime, day: date
) -> None:
    """Infused on 28 February at 10:00: Day 28 is due until Day 31, the last of March."""
    set_clock(LAST_SECOND)
    found = Trial(people).infused(days=31, day28=False)
    assert found.infusion_date == date(2026, 2, 28)
    set_clock(moment)
    lines = [line for line in listed("overdue", people) if "Day 28" in f"{line.where} {line.what}"]
    assert bool(lines) is (day == APRIL_1)


@pytest.mark.parametrize(
    ("asked", "now", "days"),
    [(LAST_SECOND, MIDNIGHT, 1), (MIDNIGHT, HALF_PAST, 0), (HALF_PAST, MIDNIGHT + timedelta(days=1), 1)],
)
def test_a_query_is_a_day_old_when_the_next_day_begins(
    people: People, subject: Subject, set_clock: SetClock, asked: datetime, now: datetime, days: int
) -> None:
    record = enter(people.coordinator, subject, "UNS", "VS", **VITALS)
    set_clock(asked)
    raise_query(by=people.monitor, record=record, field="heart_rate", text="Why?")
    set_clock(now)
    (line,) = queries.lines(with_age(Query.objects.all(), now), now=now)
    assert (line.days, line.days_quiet) == (days, days)


@pytest.mark.req("R10")
@pytest.mark.parametrize(("study_day", "clock", "after"), [(28, time(0), False), (29, time(23, 59, 59), True)])
def test_a_change_of_day_29_is_after_day_28_whatever_the_hour_of_the_infusion(
    people: People, subject: Subject, study_day: int, clock: time, *, after: bool
) -> None:
    enter(people.coordinator, subject, "UNS", "VS", **VITALS)
    enter(people.coordinator, subject, "UNS", "VS", **(VITALS | {"heart_rate": "71"}))
    changed = timezone.localdate(ItemChange.objects.filter(field="heart_rate").latest("pk").changed_at)
    infused = datetime.combine(changed - timedelta(days=study_day), clock, tzinfo=timezone.get_default_timezone())
    with acting(people.coordinator, "test"):
        Subject.objects.filter(pk=subject.pk).update(infused_at=infused)
    found = with_pattern(ItemChange.objects.filter(field="heart_rate"), "after-day-28")
    assert found.exists() is after


# ---- serious events


@pytest.mark.req("R51")
@pytest.mark.parametrize(("zone", "hour"), [("Asia/Shanghai", 16), ("Europe/Berlin", 22)])
def test_the_awareness_is_read_in_the_zone_of_the_trial(settings: Any, zone: str, hour: int) -> None:
    settings.TRIAL_TIME_ZONE = zone
    found = moment_of(APRIL_1, time(0, 30))
    assert found is not None and found.first == HALF_PAST.replace(hour=hour)


@pytest.mark.req("R51")
def test_a_report_is_due_on_the_day_of_the_trial(people: People, subject: Subject, set_clock: SetClock) -> None:
    """Aware at 00:30 on 31 March, 16:30 of the day before in UTC: due at 00:30 on 1 April."""
    set_clock(LAST_SECOND)
    serious_event(people, subject)
    texts = REPORT | UNTOLD | {"awareness_date": "31-Mar-2026", "awareness_time": "00:30", "expectedness": "EXPECTED"}
    enter(people.investigator, subject, "LOG", "SAE", sequence=0, **texts)
    found = []
    for moment in (LAST_SECOND, HALF_PAST, HALF_PAST + timedelta(minutes=1)):
        set_clock(moment)
        (line,) = listed("sae-clocks", people)
        assert (line.due, "by 01-Apr-2026 00:30" in str(line.what)) == (APRIL_1, True)
        found.append(line.status)
    assert found == [status.IN_PROGRESS, status.IN_PROGRESS, status.OVERDUE]


@pytest.mark.req("R51")
def test_a_late_report_is_doubted_from_the_minute_after_24_hours() -> None:
    def late(clock: time) -> bool:
        report = SeriousEventReport(
            awareness_date=MARCH_31, awareness_time=time(0, 30), sponsor_date=APRIL_1, sponsor_time=clock,
        )  # fmt: skip
        return "SAE-003" in {check.oid for check in broken_checks(report)}

    assert [late(time(0, 30)), late(time(0, 31))] == [False, True]
