"""Time to event of one subject: PFS, OS, time to response, duration of response.

Purpose: the date, the outcome and the duration that survival curves and listings are made of, with the reason.

Inputs: the course of the subject (infusion, RECIST time-point responses, death, last contact, new therapy, first
response) and the data cut-off; all calendar dates in the trial's time zone.

Algorithm
    1. What is dated after the cut-off is not known yet.
    2. PFS starts at infusion. The event is the first PD or death from any cause, whichever is first; PD when both fall
       on one day. Then, in this order:
       a. no or incomplete baseline: censored at infusion;
       b. new anticancer therapy before the event, or without one: censored at the last evaluable scan on or before it;
       c. event after a gap of two or more missed scans: censored at the last evaluable scan before the gap;
       d. event: its own date;
       e. no event: censored at the last evaluable scan.
       Where no evaluable scan exists, "the last" is the infusion. NE is no evaluable scan and does not bridge a gap.
    3. DOR: responders only, from the first response, otherwise as PFS; the first response is its first evaluable scan.
       `death_in_dor` censor: death is no event (the registry's literal sentence).
    4. TTR: responders only, infusion to first response; always an event. A first response after new anticancer therapy
       is not attributed to the study treatment, so that subject is no responder.
    5. OS: death from any cause; otherwise censored at the last date the subject was known to be alive (last contact,
       assessment, start of new therapy, or infusion, whichever is latest).
    6. `horizon_days` > 0: a longer time is censored at that day.
    7. Days are end minus start plus one; months are days / 30.4375.

Source: FDA, Clinical Trial Endpoints for the Approval of Cancer Drugs and Biologics (2018), appendix, table A (PFS);
protocol, time to event. The registry's OS sentence names progression; OS here is death from any cause, as decided by
the sponsor, and the literal reading equals PFS.

>>> start = date(2025, 1, 1)
>>> course = Course(start, (Assessment(date(2025, 2, 26), Response.PD),), last_known_alive=date(2026, 2, 5))
>>> time_to_event(Endpoint.PFS, course).event, time_to_event(Endpoint.PFS, course).days
(1, 57)
>>> time_to_event(Endpoint.OS, course).event, time_to_event(Endpoint.OS, course).days
(0, 401)
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from fractions import Fraction

from efficacy.rules.course import Assessment, Course, Endpoint, Response, known_at
from efficacy.rules.missed_scans import ScanPlan, longest_gap

RULE = "time-to-event"
VERSION = "1.0.0"

DAYS_PER_MONTH = Fraction(487, 16)  # 30.4375, the mean month of the Julian calendar


class Reason(StrEnum):
    """Why a time ends: the event, or the censoring."""

    PD = "PD"
    DEATH = "DEATH"
    RESPONSE = "RESPONSE"
    NO_BASELINE = "NO_BASELINE"
    NO_EVALUABLE_SCAN = "NO_EVALUABLE_SCAN"
    NEW_THERAPY = "NEW_THERAPY"
    MISSED_SCANS = "MISSED_SCANS"
    LAST_EVALUABLE_SCAN = "LAST_EVALUABLE_SCAN"
    LAST_KNOWN_ALIVE = "LAST_KNOWN_ALIVE"
    HORIZON = "HORIZON"
    NOT_A_RESPONDER = "NOT_A_RESPONDER"


#: Reason -> EVNTDESC (events) or CNSDTDSC (censorings) of the analysis data set.
DESCRIPTIONS = {
    Reason.PD: "Disease progression",
    Reason.DEATH: "Death",
    Reason.RESPONSE: "First response",
    Reason.NO_BASELINE: "Infusion: no or incomplete baseline assessment",
    Reason.NO_EVALUABLE_SCAN: "Infusion: no evaluable assessment after baseline",
    Reason.NEW_THERAPY: "Last evaluable assessment on or before new anticancer therapy",
    Reason.MISSED_SCANS: "Last evaluable assessment before two or more missed assessments",
    Reason.LAST_EVALUABLE_SCAN: "Last evaluable assessment without progression",
    Reason.LAST_KNOWN_ALIVE: "Last date known to be alive",
    Reason.HORIZON: "End of the time frame",
    Reason.NOT_A_RESPONDER: "Not a responder",
}


@dataclass(frozen=True)
class TimeToEventConfig:
    """Protocol parameters; the defaults are this protocol's. `horizon_days` 0 = no truncation."""

    add_one_day: bool = True
    censor_at_new_therapy: bool = True
    censor_after_missed_scans: bool = True
    plan: ScanPlan = field(default_factory=ScanPlan)
    death_ends_response: bool = True
    horizon_days: int = 0


@dataclass(frozen=True)
class TimeToEvent:
    """`event` 1 or 0 (censored) on `date`, `days` after the origin; all None when the endpoint does not apply."""

    applicable: bool
    reason: Reason
    because: str
    event: int | None = None
    date: date | None = None
    days: int | None = None

    @property
    def months(self) -> Fraction | None:
        """The duration in months, exactly."""
        return None if self.days is None else self.days / DAYS_PER_MONTH


@dataclass(frozen=True)
class _End:
    """How the time ends, before it is measured."""

    event: int
    date: date
    reason: Reason


def time_to_event(
    endpoint: Endpoint,
    course: Course,
    *,
    cutoff: date | None = None,
    config: TimeToEventConfig = TimeToEventConfig(),
) -> TimeToEvent:
    """Derive one endpoint by the algorithm above. The course must be free of `contradictions`."""
    known = known_at(course, cutoff)
    if endpoint is Endpoint.OS:
        return _measured(known.start_date, _survival(known), config)
    if endpoint is Endpoint.PFS:
        return _measured(known.start_date, _progression(known, config), config)
    response = known.first_response_date
    if response is None:
        return TimeToEvent(False, Reason.NOT_A_RESPONDER, "Not applicable: no response.")
    if config.censor_at_new_therapy and known.nact_date is not None and response > known.nact_date:
        sentence = f"Not applicable: the response of {response} came after new therapy on {known.nact_date}."
        return TimeToEvent(False, Reason.NOT_A_RESPONDER, sentence)
    if endpoint is Endpoint.DOR:
        return _measured(response, _progression(known, config, first_response=response), config)
    return _time_to_response(known.start_date, response, config)


def _survival(course: Course) -> _End:
    if course.death_date is not None:
        return _End(1, course.death_date, Reason.DEATH)
    signs_of_life = [course.last_known_alive, course.nact_date, *(item.date for item in course.assessments)]
    latest = max((day for day in signs_of_life if day is not None), default=course.start_date)
    return _End(0, max(latest, course.start_date), Reason.LAST_KNOWN_ALIVE)


def _time_to_response(start: date, response: date, config: TimeToEventConfig) -> TimeToEvent:
    result = _measured(start, _End(1, response, Reason.RESPONSE), config)
    if result.event:
        return result
    sentence = f"Not applicable: no response within {config.horizon_days} days."
    return TimeToEvent(False, Reason.NOT_A_RESPONDER, sentence)


def _progression(course: Course, config: TimeToEventConfig, first_response: date | None = None) -> _End:
    """How the time to progression or death ends, from infusion (PFS) or from the first response (DOR)."""
    origin = first_response or course.start_date
    if course.no_baseline:
        return _End(0, origin, Reason.NO_BASELINE)
    from_origin = sorted((item for item in course.assessments if item.date >= origin), key=lambda item: item.date)
    death = course.death_date if config.death_ends_response or first_response is None else None
    event = _first_event(from_origin, death)
    evaluable = [item.date for item in from_origin if item.response not in (Response.NE, Response.PD)]
    if first_response is not None:
        evaluable = [first_response, *evaluable]
    therapy = course.nact_date if config.censor_at_new_therapy else None
    if therapy is not None and (event is None or therapy < event.date):
        before = [day for day in evaluable if day <= therapy]
        return _End(0, before[-1] if before else origin, Reason.NEW_THERAPY)
    if event is None:
        reason = Reason.LAST_EVALUABLE_SCAN if evaluable else Reason.NO_EVALUABLE_SCAN
        return _End(0, evaluable[-1] if evaluable else origin, reason)
    before = [day for day in evaluable if day <= event.date]
    last = before[-1] if before else origin
    allowed = longest_gap((last - course.start_date).days, config.plan) if config.censor_after_missed_scans else None
    if allowed is not None and (event.date - last).days > allowed:
        return _End(0, last, Reason.MISSED_SCANS)
    return event


def _first_event(assessments: list[Assessment], death: date | None) -> _End | None:
    """The first progression, else death; nobody is assessed after death, so progression is never the later one."""
    for item in assessments:
        if item.response is Response.PD:
            return _End(1, item.date, Reason.PD)
    return None if death is None else _End(1, death, Reason.DEATH)


def _measured(origin: date, end: _End, config: TimeToEventConfig) -> TimeToEvent:
    """The duration, truncated at the horizon where one is set."""
    extra = 1 if config.add_one_day else 0
    days = (end.date - origin).days + extra
    horizon = config.horizon_days
    if horizon and days > horizon:
        days = horizon
        end = _End(0, origin + timedelta(days=horizon - extra), Reason.HORIZON)
    outcome = "Event" if end.event else "Censored"
    sentence = f"{outcome} on {end.date}, {days} days from {origin}: {DESCRIPTIONS[end.reason].lower()}."
    return TimeToEvent(True, end.reason, sentence, end.event, end.date, days)
