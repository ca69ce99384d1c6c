"""Reporting clocks of one report of a serious adverse event: who must know it by when, and whether they did.

Purpose: show at every moment which receipts are still missing and when each is due, and say afterwards whether each
came in time.

Inputs: the moment the site became aware, the moments of the reports to the sponsor, to the ethics committee and to the
authority, whether the event is fatal or life-threatening, whether either party calls it related, whether it is
unexpected, and the present moment. None = not recorded; a date without time is the whole day, and nothing is imputed.

Algorithm
    1. Without the moment of awareness no clock can be read.
    2. Sponsor and ethics committee, each by itself: immediately. The alarm rings 24 hours after awareness; a report
       at exactly 24 hours is in time. Where a time is missing the alarm counts from the start of the day, and a report
       that may lie on either side of the limit is left undecided.
    3. A suspected unexpected serious adverse reaction (SUSAR: serious, related in the eyes of either party,
       unexpected) goes to the authority. The day of awareness is day 0; the last day is day 7 for a fatal or
       life-threatening one and day 15 for any other, calendar days of the trial's time zone, the whole last day
       included. A fatal or life-threatening one is followed up within 8 further days.
    4. Not related, or expected: no report to the authority is required. While causality or expectedness is not known
       the date that would hold is shown, so that the assessment itself comes in time.
    5. A report that certainly lies before the awareness contradicts it; no answer is given until one is corrected.

Source: ICH E2A, section III.B (7 days, 8 further days, 15 days; day 0 is the day of first knowledge); Chinese good
clinical practice 2026, article 26(2) (immediately and in writing to sponsor and ethics committee). The alarm at 24
hours is a choice of this trial.

>>> from safety.rules.moments import parse_moment
>>> zone = TRIAL_TIME_ZONE
>>> aware = parse_moment("2028-02-28T23:30", zone)
>>> report = Report(aware, fatal_or_life_threatening=True, related=True, unexpected=True)
>>> for clock in reporting_clocks(report, now=parse_moment("2028-02-29T08:00", zone).first):
...     print(clock.recipient, clock.state, clock.due_at.astimezone(zone).isoformat(" ", "minutes"))
sponsor running 2028-02-29 23:30+08:00
ethics committee running 2028-02-29 23:30+08:00
authority running 2028-03-06 23:59+08:00
authority, follow-up running 2028-03-14 23:59+08:00
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from safety.rules.facts import TRIAL_TIME_ZONE
from safety.rules.moments import Moment

RULE = "sae-clock"
VERSION = "1.0.1"


class Recipient(StrEnum):
    """Who has to know."""

    SPONSOR = "sponsor"
    ETHICS = "ethics committee"
    AUTHORITY = "authority"
    AUTHORITY_FOLLOW_UP = "authority, follow-up"


class State(StrEnum):
    """How one clock stands."""

    IN_TIME = "reported in time"
    LATE = "reported late"
    RUNNING = "running"
    OVERDUE = "overdue"
    #: Whether a report is required is not known yet.
    OPEN = "assessment open"
    NOT_REQUIRED = "not required"
    #: Dates or times are missing, or contradict each other.
    UNCLEAR = "cannot be said"


#: States in which somebody still has to act by the due moment.
WAITING = frozenset({State.RUNNING, State.OVERDUE, State.OPEN})


@dataclass(frozen=True)
class ClockConfig:
    """Protocol parameters of the clocks; the defaults are this protocol's."""

    site_report_hours: int = 24
    susar_fatal_days: int = 7
    susar_fatal_follow_up_days: int = 8
    susar_other_days: int = 15
    time_zone: ZoneInfo = TRIAL_TIME_ZONE


@dataclass(frozen=True)
class Report:
    """What one report says; `received` holds the moment of the report to each recipient that was told."""

    aware_at: Moment | None
    fatal_or_life_threatening: bool = False
    related: bool | None = None
    unexpected: bool | None = None
    received: Mapping[Recipient, Moment] = field(default_factory=dict)


@dataclass(frozen=True)
class Clock:
    """One clock: its state, the last moment in time (None when there is none), and why."""

    recipient: Recipient
    state: State
    due_at: datetime | None
    because: str

    @property
    def waits(self) -> bool:
        """Whether somebody still has to act."""
        return self.state in WAITING


def reporting_clocks(report: Report, *, now: datetime, config: ClockConfig | None = None) -> tuple[Clock, ...]:
    """Return the clocks of one report at the moment `now` (aware of its zone): sponsor, ethics committee, authority."""
    known = config or ClockConfig()
    clocks = [_site(recipient, report, now, known) for recipient in (Recipient.SPONSOR, Recipient.ETHICS)]
    clocks.append(_authority(Recipient.AUTHORITY, report, now, known))
    if report.fatal_or_life_threatening and clocks[-1].state is not State.NOT_REQUIRED:
        clocks.append(_authority(Recipient.AUTHORITY_FOLLOW_UP, report, now, known))
    return tuple(clocks)


def site_clock(aware: Moment | None, told: Moment | None, config: ClockConfig) -> tuple[State, str]:
    """Return how a report of the site that was made stands against the alarm, and why.

    >>> from safety.rules.moments import parse_moment
    >>> aware = parse_moment("2026-11-05T09:00", TRIAL_TIME_ZONE)
    >>> told = parse_moment("2026-11-06T09:01", TRIAL_TIME_ZONE)
    >>> site_clock(aware, told, ClockConfig())
    (<State.LATE: 'reported late'>, 'reported 24 h 1 min after awareness; the alarm is at 24 h')
    """
    if aware is None or told is None:
        return State.UNCLEAR, "the moment of awareness or of the report is not entered"
    if told.certainly_before(aware):
        return State.UNCLEAR, "the report lies before the awareness: one of the two is wrong"
    limit = timedelta(hours=config.site_report_hours)
    alarm = aware.last + limit
    # A day ends just before its last moment: an awareness of that day lies more than the limit before the next day.
    if told.first > alarm or (told.first == alarm and not aware.exact):
        return State.LATE, _elapsed(aware, told, config)
    if told.last <= aware.first + limit:
        return State.IN_TIME, _elapsed(aware, told, config)
    return State.UNCLEAR, f"without both times nobody can say whether it was within {config.site_report_hours} h"


def _elapsed(aware: Moment, told: Moment, config: ClockConfig) -> str:
    limit = f"the alarm is at {config.site_report_hours} h"
    if not (aware.exact and told.exact):
        return f"reported, the exact time is not known; {limit}"
    minutes = int((told.first - aware.first).total_seconds()) // 60
    return f"reported {minutes // 60} h {minutes % 60} min after awareness; {limit}"


def _site(recipient: Recipient, report: Report, now: datetime, config: ClockConfig) -> Clock:
    aware, told = report.aware_at, report.received.get(recipient)
    if aware is None:
        return Clock(recipient, State.UNCLEAR, None, "the moment of awareness is not entered")
    due = aware.first + timedelta(hours=config.site_report_hours)
    if told is not None:
        return Clock(recipient, *_with_due(site_clock(aware, told, config), due))
    if now > due:
        return Clock(recipient, State.OVERDUE, due, f"no report {config.site_report_hours} h after awareness")
    return Clock(recipient, State.RUNNING, due, f"at once; the alarm is at {config.site_report_hours} h")


def _with_due(answer: tuple[State, str], due: datetime) -> tuple[State, datetime, str]:
    return answer[0], due, answer[1]


def _authority(recipient: Recipient, report: Report, now: datetime, config: ClockConfig) -> Clock:
    if report.related is False:
        return Clock(recipient, State.NOT_REQUIRED, None, "neither party calls it related")
    if report.unexpected is False:
        return Clock(recipient, State.NOT_REQUIRED, None, "the event is expected")
    if report.aware_at is None:
        return Clock(recipient, State.UNCLEAR, None, "the moment of awareness is not entered")
    first_day = report.aware_at.local_dates(config.time_zone)[0]
    days = _days(recipient, report, config)
    due = datetime.combine(first_day + timedelta(days=days), time(23, 59), tzinfo=config.time_zone)
    told = report.received.get(recipient)
    if told is not None:
        return Clock(recipient, *_with_due(_reported(told, first_day, days, config), due))
    unknown = _unknown(report)
    if unknown:
        return Clock(recipient, State.OPEN, due, f"{unknown} not entered; a SUSAR would be due on day {days}")
    late = now.astimezone(config.time_zone).date() > due.date()
    state = State.OVERDUE if late else State.RUNNING
    return Clock(recipient, state, due, f"a SUSAR is due on day {days}; the day of awareness is day 0")


def _days(recipient: Recipient, report: Report, config: ClockConfig) -> int:
    """The last day in time, counted from the day of awareness."""
    if not report.fatal_or_life_threatening:
        return config.susar_other_days
    further = config.susar_fatal_follow_up_days if recipient is Recipient.AUTHORITY_FOLLOW_UP else 0
    return config.susar_fatal_days + further


def _reported(told: Moment, first_day: date, days: int, config: ClockConfig) -> tuple[State, str]:
    """A report to the authority counts by its date; the form asks for a complete one."""
    day = (told.local_dates(config.time_zone)[0] - first_day).days
    if day < 0:
        return State.UNCLEAR, "the report lies before the awareness: one of the two is wrong"
    state = State.IN_TIME if day <= days else State.LATE
    return state, f"reported on day {day}; the last day is day {days}"


def _unknown(report: Report) -> str:
    asked = (("causality", report.related), ("expectedness", report.unexpected))
    return " and ".join(word for word, said in asked if said is None)
