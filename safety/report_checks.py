"""The edit checks of the serious-event report; each takes the record."""

from __future__ import annotations

from datetime import date, time
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings

from safety.ae_checks import DEATH
from safety.rules.moments import Moment, parse_moment
from safety.rules.reporting_clock import ClockConfig, State, site_clock
from trial_edc.protocol.parameters import integer


def moment_of(day: date | None, clock: time | None) -> Moment | None:
    """Return date and time of a form as a moment in the trial's zone; a date alone is the whole day."""
    if day is None:
        return None
    zone = ZoneInfo(settings.TRIAL_TIME_ZONE)
    return parse_moment(f"{day.isoformat()}T{clock:%H:%M}" if clock else day.isoformat(), zone)


def _before_awareness(report: Any, day: date, clock: time | None) -> bool:
    aware, told = moment_of(report.awareness_date, report.awareness_time), moment_of(day, clock)
    return aware is not None and told is not None and told.certainly_before(aware)


def sponsor_before_awareness(report: Any) -> bool:
    """Test for a report to the sponsor of what the site did not know yet."""
    return _before_awareness(report, report.sponsor_date, report.sponsor_time)


def ethics_before_awareness(report: Any) -> bool:
    """Test for a report to the ethics committee of what the site did not know yet."""
    return _before_awareness(report, report.ethics_date, report.ethics_time)


def _late(report: Any, day: date, clock: time | None) -> bool:
    config = ClockConfig(site_report_hours=integer("sae.site_report_hours"))
    aware = moment_of(report.awareness_date, report.awareness_time)
    return site_clock(aware, moment_of(day, clock), config)[0] is State.LATE


def sponsor_late(report: Any) -> bool:
    """Test for a report that reached the sponsor after the alarm."""
    return _late(report, report.sponsor_date, report.sponsor_time)


def ethics_late(report: Any) -> bool:
    """Test for a report that reached the ethics committee after the alarm."""
    return _late(report, report.ethics_date, report.ethics_time)


def sponsor_moments(report: Any, _rows: Any) -> str:
    """Return what a confirmation of a late report to the sponsor holds for."""
    return f"{report.awareness_date} {report.awareness_time} | {report.sponsor_date} {report.sponsor_time}"


def ethics_moments(report: Any, _rows: Any) -> str:
    """Return what a confirmation of a late report to the ethics committee holds for."""
    return f"{report.awareness_date} {report.awareness_time} | {report.ethics_date} {report.ethics_time}"


def autopsy_unanswered(report: Any) -> bool:
    """Test for a death without an answer to the question of the autopsy; "not available" is none."""
    return DEATH in report.serious_criteria and report.autopsy_done is None
