"""The endpoints of one subject as of a cut-off: best response, response, progression, survival, each with its reason.

The responses that count are the investigator's, or, for comparison, those that the rules compute; both criteria are
derived for both, and a computed response counts once the investigator has judged beside it. Nothing is guessed: facts
that contradict each other are said in `problem`, and then there is nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from functools import cache

from efficacy.responses import ComputedAssessment
from efficacy.responses import Course as ResponseCourse
from efficacy.rules import course as timeline
from efficacy.rules.best_overall_response import BestResponse, best_overall_response
from efficacy.rules.confirmation import Assessed
from efficacy.rules.ipfs import (
    ImmuneAssessment,
    ImmuneProgressionFree,
    NoConfirmation,
    OpenBlock,
    immune_progression_free,
)
from efficacy.rules.ipfs import ImmuneResponse as IpfsResponse
from efficacy.rules.ipfs import contradictions as immune_contradictions
from efficacy.rules.irecist_confirmed_response import BestImmuneResponse, confirmed_immune_response
from efficacy.rules.missed_scans import ScanPlan
from efficacy.rules.response import ImmuneResponse, Response
from efficacy.rules.time_to_event import TimeToEvent, TimeToEventConfig, time_to_event
from trial_edc.protocol.parameters import boolean, integer, text
from trial_edc.protocol.visits.scans import planned_scan_days


class Assessor(StrEnum):
    """Whose responses the endpoints are derived from."""

    INVESTIGATOR = "investigator"
    COMPUTED = "computed"


@dataclass(frozen=True)
class SurvivalFacts:
    """What is known of a subject beside the scans; None = did not happen, or not known.

    `no_confirmation`: why an open unconfirmed progression will never be confirmed. `on_study`: still followed.
    """

    infused_on: date
    death_date: date | None = None
    last_known_alive: date | None = None
    new_therapy_date: date | None = None
    no_confirmation: NoConfirmation | None = None
    on_study: bool = True


@dataclass(frozen=True)
class Derived:
    """What the rules answer for one subject. `registered_*` read the registry's sentences literally."""

    best: BestResponse
    immune_best: BestImmuneResponse
    progression_free: TimeToEvent
    immune_progression_free: ImmuneProgressionFree
    overall_survival: TimeToEvent
    time_to_response: TimeToEvent
    duration_of_response: TimeToEvent
    progression_free_whatever_therapy: TimeToEvent
    registered_survival: TimeToEvent
    registered_duration: TimeToEvent


@dataclass(frozen=True)
class Endpoints:
    """The endpoints, or the sentence that says why they cannot be derived. `unjudged` assessments await a judgement."""

    derived: Derived | None
    problem: str = ""
    unjudged: int = 0
    evaluable: bool = False


@cache
def protocol_config() -> TimeToEventConfig:
    """Return the protocol's parameters of time to event; the scans are those of the schedule."""
    days, window = planned_scan_days()
    return TimeToEventConfig(
        add_one_day=boolean("survival.add_one_day"),
        censor_at_new_therapy=text("survival.new_therapy") == "censor",
        censor_after_missed_scans=text("survival.missed_assessments") == "censor",
        plan=ScanPlan(None, days, window, integer("survival.missed_maximum")),
        death_ends_response=text("survival.death_in_dor") == "event",
        horizon_days=integer("survival.horizon_days"),
    )


def endpoints_of(facts: SurvivalFacts, course: ResponseCourse, assessor: Assessor, cutoff: date) -> Endpoints:
    """Derive everything about one infused subject from what was known at the end of the cut-off day."""
    after = [each for each in course.assessments if facts.infused_on <= each.point.date <= cutoff]
    plain, immune = _responses(after, assessor), _immune_responses(after, assessor)
    unjudged = len(after) - len(_responses(after, Assessor.INVESTIGATOR))
    known = timeline.Course(
        start_date=facts.infused_on,
        assessments=tuple(timeline.Assessment(day, timeline.Response(response.value)) for day, response in plain),
        death_date=facts.death_date,
        last_known_alive=facts.last_known_alive,
        nact_date=facts.new_therapy_date,
        no_baseline=course.recist is None,
    )
    wrong = next(timeline.contradictions(known, cutoff), None)
    if wrong is not None:
        return Endpoints(None, f"{wrong.key}: {wrong.sentence}", unjudged)
    known = timeline.known_at(known, cutoff)
    best = best_overall_response(
        facts.infused_on, (Assessed(*each) for each in plain), new_therapy_date=known.nact_date
    )
    known = replace(known, first_response_date=best.first_response_date)
    ipfs = _immune_progression(facts, known, immune)
    if isinstance(ipfs, str):
        return Endpoints(None, ipfs, unjudged)
    immune_best = confirmed_immune_response(facts.infused_on, immune, new_therapy_date=known.nact_date)
    evaluable = not known.no_baseline and any(response is not Response.NE for _day, response in plain)
    return Endpoints(_derived(known, best, immune_best, ipfs, cutoff), "", unjudged, evaluable)


def _responses(found: list[ComputedAssessment], assessor: Assessor) -> list[tuple[date, Response]]:
    if assessor is Assessor.COMPUTED:
        known = [each for each in found if each.is_open]
        return [(each.point.date, each.point.overall) for each in known if each.point.overall is not Response.NA]
    return [
        (each.point.date, Response(each.judgement.overall))
        for each in found
        if each.judgement and each.judgement.overall
    ]


def _immune_responses(found: list[ComputedAssessment], assessor: Assessor) -> list[tuple[date, ImmuneResponse]]:
    if assessor is Assessor.COMPUTED:
        known = [each for each in found if each.is_open]
        return [(each.point.date, each.scan.response) for each in known if each.scan.response is not None]
    return [
        (each.point.date, ImmuneResponse(each.judgement.immune))
        for each in found
        if each.judgement and each.judgement.immune
    ]


def _immune_progression(
    facts: SurvivalFacts, known: timeline.Course, immune: list[tuple[date, ImmuneResponse]]
) -> ImmuneProgressionFree | str:
    """Return iPFS, or the sentence that says why it cannot be derived; new therapy ends what is looked at."""
    until = known.nact_date
    scans = [ImmuneAssessment(day, IpfsResponse(each.value)) for day, each in immune if until is None or day <= until]
    dead = known.death_date is not None
    reason = NoConfirmation.DEATH if dead else facts.no_confirmation
    block = OpenBlock(reason, None if dead or reason is not None else facts.on_study and until is None)
    death = known.death_date if until is None else None
    wrong = next(immune_contradictions(known.start_date, scans, death, block), None)
    if wrong is not None:
        return f"{wrong.key}: {wrong.sentence}"
    return immune_progression_free(
        known.start_date, scans, death=death, block=block,
        pending_counts=text("irecist.pending_at_cutoff") == "event", add_one_day=boolean("survival.add_one_day"),
    )  # fmt: skip


def _derived(
    known: timeline.Course,
    best: BestResponse,
    immune_best: BestImmuneResponse,
    ipfs: ImmuneProgressionFree,
    cutoff: date,
) -> Derived:
    config = protocol_config()

    def answer(endpoint: timeline.Endpoint, wanted: TimeToEventConfig = config) -> TimeToEvent:
        return time_to_event(endpoint, known, cutoff=cutoff, config=wanted)

    progression = answer(timeline.Endpoint.PFS)
    whatever = replace(config, censor_at_new_therapy=False, censor_after_missed_scans=False)
    return Derived(
        best=best,
        immune_best=immune_best,
        progression_free=progression,
        immune_progression_free=ipfs,
        overall_survival=answer(timeline.Endpoint.OS),
        time_to_response=answer(timeline.Endpoint.TTR),
        duration_of_response=answer(timeline.Endpoint.DOR),
        progression_free_whatever_therapy=answer(timeline.Endpoint.PFS, whatever),
        registered_survival=progression,
        registered_duration=answer(timeline.Endpoint.DOR, replace(config, death_ends_response=False)),
    )
