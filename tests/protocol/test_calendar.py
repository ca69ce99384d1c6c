"""Study days, windows in the trial's time zone, months, and dates as people type them."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trial_edc.protocol.partial_dates import (
    MESSAGES,
    DateText,
    PartialDate,
    parse_full_date,
    parse_partial_date,
    parse_time,
)
from trial_edc.protocol.study_day import date_of_study_day, study_day
from trial_edc.protocol.windows import add_months, ae_period_last_day, dlt_window_closes_at, in_ae_period, local_date

SHANGHAI = ZoneInfo("Asia/Shanghai")
FIRST, LAST = datetime(1995, 1, 1), datetime(2090, 1, 1)  # noqa: DTZ001 - Hypothesis adds the zone
DAYS = st.dates(date(1990, 1, 1), date(2090, 12, 31))


@given(DAYS, st.integers(-400, 1200))
def test_study_day_and_date_are_inverse(infusion: date, day: int) -> None:
    assert study_day(date_of_study_day(day, infusion), infusion) == day


@given(st.datetimes(FIRST, LAST, timezones=st.just(SHANGHAI)))
def test_the_local_date_does_not_depend_on_the_zone_an_instant_is_written_in(instant: datetime) -> None:
    assert local_date(instant.astimezone(UTC), SHANGHAI) == instant.date()


@given(st.dates(date(1995, 1, 1), date(2090, 1, 1)), st.sampled_from(["Asia/Shanghai", "Europe/Berlin"]))
def test_the_dlt_window_closes_exactly_when_day_29_begins(infusion: date, zone_name: str) -> None:
    zone = ZoneInfo(zone_name)
    closes = dlt_window_closes_at(infusion, 28, zone)
    just_before = closes.astimezone(UTC) - timedelta(microseconds=1)
    assert study_day(local_date(just_before, zone), infusion) == 28
    assert study_day(local_date(closes, zone), infusion) == 29


def test_the_window_is_one_day_shorter_when_the_infusion_is_day_1() -> None:
    closes = dlt_window_closes_at(date(2025, 3, 3), 28, SHANGHAI, infusion_day=1)
    assert closes.isoformat() == "2025-03-31T00:00:00+08:00"


def test_half_past_midnight_in_shanghai_is_the_day_before_in_utc() -> None:
    assert local_date(datetime(2025, 3, 31, 16, 1, tzinfo=UTC), SHANGHAI) == date(2025, 4, 1)


def test_an_instant_without_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="without a time zone"):
        local_date(datetime(2025, 1, 1), SHANGHAI)  # noqa: DTZ001


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [
        ("2024-02-29", 12, "2025-02-28"),
        ("2024-02-29", 48, "2028-02-29"),
        ("2025-12-31", 2, "2026-02-28"),
        ("2026-01-31", 1, "2026-02-28"),
        ("2026-03-01", -1, "2026-02-01"),
        ("2026-05-15", 12, "2027-05-15"),
    ],
)
def test_calendar_months(start: str, months: int, end: str) -> None:
    assert add_months(date.fromisoformat(start), months) == date.fromisoformat(end)


@given(DAYS, st.integers(0, 60))
def test_adding_months_lands_in_the_right_month_on_a_day_no_later(day: date, months: int) -> None:
    later = add_months(day, months)
    assert (later.year * 12 + later.month) - (day.year * 12 + day.month) == months
    assert later.day <= day.day


def test_the_adverse_event_period_includes_both_ends() -> None:
    enrolment, infusion = date(2024, 1, 10), date(2024, 2, 29)
    last = ae_period_last_day(infusion)
    assert last == date(2025, 2, 28)
    inside = [
        in_ae_period(day, enrolment_date=enrolment, infusion_date=infusion)
        for day in (date(2024, 1, 9), enrolment, last, date(2025, 3, 1))
    ]
    assert inside == [False, True, True, False]
    assert in_ae_period(date(2030, 1, 1), enrolment_date=enrolment, infusion_date=None)


@st.composite
def partial_dates(draw: st.DrawFn) -> PartialDate:
    day = draw(st.dates(date(1900, 1, 1), date(2100, 12, 31)))
    known = draw(st.integers(1, 3))
    return PartialDate(*(day.year, day.month, day.day)[:known])


@given(partial_dates())
def test_a_partial_date_survives_every_way_it_is_written(value: PartialDate) -> None:
    assert PartialDate.from_iso(value.iso()) == value
    assert parse_partial_date(value.iso()) == value
    assert parse_partial_date(value.display()) == value
    assert parse_partial_date(value.display().lower()) == value
    assert value.earliest() <= value.latest()
    assert value.complete == (value.earliest() == value.latest())


@given(st.dates(date(1900, 1, 1), date(2100, 12, 31)))
def test_digits_alone_are_never_ambiguous(day: date) -> None:
    assert parse_full_date(day.strftime("%d%m%Y")) == day
    assert parse_full_date(day.strftime("%Y%m%d")) == day
    assert PartialDate.from_date(day).iso() == day.isoformat()


@given(st.text(max_size=60))
def test_any_text_is_a_date_or_a_sentence(text: str) -> None:
    for parse in (parse_partial_date, parse_time):
        try:
            parse(text)
        except DateText as refusal:
            assert refusal.template in MESSAGES
            assert str(refusal).endswith(".")


TYPED = """
typed              | stored
5nov26             | 2026-11-05
05nov2026          | 2026-11-05
05112026           | 2026-11-05
051126             | 2026-11-05
2026-11-05         | 2026-11-05
05-Nov-2026        | 2026-11-05
5/11/2026          | 2026-11-05
5.11.26            | 2026-11-05
5 November 2026    | 2026-11-05
2026年11月5日       | 2026-11-05
２０２６-１１-０５  | 2026-11-05
UN-Nov-2026        | 2026-11
uk nov 2026        | 2026-11
Nov-2026           | 2026-11
2026年11月          | 2026-11
UN-UNK-2026        | 2026
2026               | 2026
29-Feb-2028        | 2028-02-29
"""


@pytest.mark.parametrize("line", TYPED.strip().splitlines()[1:])
def test_dates_as_typed(line: str) -> None:
    typed, stored = (cell.strip() for cell in line.split("|"))
    assert parse_partial_date(typed).iso() == stored


REFUSED = """
31-Feb-2026  | February 2026 has 28 days.
29-Feb-2026  | February 2026 has 28 days.
31-Nov-2026  | November 2026 has 30 days.
29-Feb-1900  | February 1900 has 28 days.
5/13/2026    | Enter a month from 1 to 12.
0-Nov-2026   | Days of a month start at 1.
5-Nov-1850   | Enter a year from 1900 to 2100.
5-Nov-2101   | Enter a year from 1900 to 2100.
5-UNK-2026   | Enter the month, or UN for the day as well: UN-UNK-2026.
UK           | Enter at least the year; if it is not known, choose Unknown as the reason the date is missing.
UN-UNK-UNK   | Enter at least the year; if it is not known, choose Unknown as the reason the date is missing.
5-Nov        | Enter a date like 05-Nov-2026.
5 Nov 2026 8 | Enter a date like 05-Nov-2026.
yesterday    | Enter a date like 05-Nov-2026.
12345        | Enter a date like 05-Nov-2026.
5-Novv-2026  | Enter a date like 05-Nov-2026.
five-Nov-26  | Enter a date like 05-Nov-2026.
5-Nov-026    | Enter a date like 05-Nov-2026.
-5-Nov-2026  | Enter a date like 05-Nov-2026.
5nov2026🙂    | Enter a date like 05-Nov-2026.
"""


@pytest.mark.parametrize("line", REFUSED.strip().splitlines())
def test_impossible_dates_say_what_to_enter(line: str) -> None:
    typed, sentence = (cell.strip() for cell in line.split("|"))
    with pytest.raises(ValueError) as refusal:
        parse_partial_date(typed)
    assert str(refusal.value) == sentence


def test_long_text_is_refused_at_once() -> None:
    with pytest.raises(DateText, match="05-Nov-2026"):
        parse_partial_date("1" * 10_000 + "!")
    with pytest.raises(DateText, match="08:10"):
        parse_time("1" * 10_000)


def test_a_complete_date_is_asked_for_where_one_is_needed() -> None:
    with pytest.raises(DateText, match="complete date"):
        parse_full_date("UN-Nov-2026")


@pytest.mark.parametrize("text", ["2026-1", "2026-11-5", "05-Nov-2026", "2026-13", "2026-02-30", ""])
def test_only_the_stored_form_is_read_as_stored(text: str) -> None:
    with pytest.raises(DateText):
        PartialDate.from_iso(text)


@pytest.mark.parametrize("typed", ["8:10", "0810", "08:10", "810", " 08.10 ", "８：１０"])
def test_times_as_typed(typed: str) -> None:
    assert parse_time(typed) == time(8, 10)


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("24:00", "00:00 to 23:59"),
        ("08:60", "00:00 to 23:59"),
        ("8", "like 08:10"),
        ("8:1", "like 08:10"),
        ("", "like"),
    ],
)
def test_impossible_times_say_what_to_enter(typed: str, sentence: str) -> None:
    with pytest.raises(DateText, match=sentence):
        parse_time(typed)
