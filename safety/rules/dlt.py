"""Dose-limiting toxicity (DLT): adjudicate one adverse event.

Purpose: compute YES, NO, PENDING, REVIEW or NOT_APPLICABLE with the clause that decided it. A physician's
adjudication is recorded beside the computed one and wins; the computed one is never overwritten.

Inputs: the event (grades 1-5, dates possibly partial), the infusion, the data cut-off, the protocol parameters.

Algorithm
    1. Subject not infused: NOT_APPLICABLE. Component sign of a CRS or ICANS event: NO (the parent is adjudicated).
       Facts that contradict each other: REVIEW.
    2. Relationship to the CAR-T cells unlikely or unrelated: NO (related to lymphodepletion only is unrelated here).
    3. Severity. Grade 5 qualifies in any organ class. CRS: any grade 4 qualifies (parameter); else the longest
       continuous run at grade 3 or above must last longer than 14.0 days. Other events: grade 4 qualifies unless
       hematologic; terms for review are REVIEW. Nothing qualifies: NO.
    4. Window on the onset: study day 0 to 28 in the trial's time zone, infusion on day 0, not before the infusion
       itself. Outside: NO. A partial or missing onset that straddles an edge: REVIEW. A qualifying grade after the
       window: still a DLT, flagged.
    5. An open grade 3 run of at most 14 days at the cut-off: PENDING, decided at run start + 14 days. Duration not
       determinable or relationship missing: REVIEW. Otherwise YES.

An open run of exactly 14.0 days is still PENDING; re-evaluate *after* `next_change_at`.

Source: NCT05947487, primary outcome: CAR-T-related CRS of grade 3 or more lasting more than two weeks, or any grade 4
non-hematologic toxicity, with onset within the first 28 days following infusion.

>>> zone = DltConfig().time_zone
>>> moment = lambda text: parse_moment(text, zone)
>>> period = GradePeriod(3, moment("2025-03-23T08:00"), moment("2025-04-08T08:00"))
>>> crs = AdverseEventFacts(
...     "Cytokine release syndrome", Relationship.DEFINITE, period.start, period.end, grade_history=(period,)
... )
>>> verdict = adjudicate_dlt(crs, infusion_at=moment("2025-03-03T10:00"), data_cutoff=moment("2025-05-01"))
>>> verdict.dlt.value, verdict.criterion.value, verdict.onset_day
('YES', 'CRS_G3PLUS_GT_14D', 20)
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from safety.rules.facts import (
    AdverseEventFacts,
    DltConfig,
    GradePeriod,
    Grading,
    Relationship,
    contradictions,
)
from safety.rules.moments import Moment, parse_moment
from safety.rules.severity import Criterion, Dlt, Finding, findings
from safety.rules.terms import is_crs
from safety.rules.window import Position, Window, onset_bounds

__all__ = [
    "RULE",
    "VERSION",
    "AdverseEventFacts",
    "Criterion",
    "Dlt",
    "DltConfig",
    "DltVerdict",
    "GradePeriod",
    "Grading",
    "Relationship",
    "adjudicate_dlt",
    "parse_moment",
]

RULE = "dlt"
VERSION = "1.0.0"

UNRELATED = frozenset({Relationship.UNLIKELY, Relationship.UNRELATED})

#: Which verdict wins when an event is judged on several findings: the most restrictive.
PRECEDENCE = (Dlt.YES, Dlt.REVIEW, Dlt.PENDING, Dlt.NO)


@dataclass(frozen=True)
class DltVerdict:
    """The verdict on one event; `next_change_at` (UTC) is when time alone can change it."""

    dlt: Dlt
    criterion: Criterion | None
    flags: tuple[str, ...]
    because: str
    next_change_at: datetime | None = None
    onset_day: int | None = None


@dataclass(frozen=True)
class _Judged:
    dlt: Dlt
    finding: Finding
    flags: tuple[str, ...]
    sentence: str


def adjudicate_dlt(
    event: AdverseEventFacts,
    *,
    infusion_at: Moment | None,
    data_cutoff: Moment | None,
    config: DltConfig = DltConfig(),  # noqa: B008 - frozen
) -> DltVerdict:
    """Adjudicate one event by the algorithm above. Never raises: contradictory facts are for review."""
    if infusion_at is None:
        return DltVerdict(Dlt.NOT_APPLICABLE, None, (), "The subject was not infused, so no DLT is possible.")
    if event.part_of_event:
        flags = ("COMPONENT_GRADE_4_OR_5",) if (event.highest_grade or 0) >= 4 else ()
        sentence = "A component sign of a CRS or ICANS event: the parent event is adjudicated instead."
        return DltVerdict(Dlt.NO, None, flags, sentence)
    wrong = contradictions(event, infusion_at=infusion_at, data_cutoff=data_cutoff)
    if wrong:
        sentence = "The record contradicts itself: " + "; ".join(item.sentence for item in wrong) + "."
        return DltVerdict(Dlt.REVIEW, None, ("CONTRADICTORY_FACTS",), sentence)
    window = Window.of(infusion_at, config)
    onset_day = window.study_day(event.onset)
    if event.relationship in UNRELATED:
        sentence = f"Relationship to the CAR-T cells is {event.relationship}: not related."
        return DltVerdict(Dlt.NO, None, (), sentence, onset_day=onset_day)
    found = findings(event, data_cutoff, config)
    if not found:
        return DltVerdict(Dlt.NO, None, _grading_flags(event), _nothing_qualifies(event), onset_day=onset_day)
    judged = [_judge(event, finding, window, data_cutoff, config) for finding in found]
    return _verdict(event, judged, onset_day)


def _verdict(event: AdverseEventFacts, judged: list[_Judged], onset_day: int | None) -> DltVerdict:
    """The most restrictive finding decides; the earliest moment at which an undecided one changes is kept."""
    decisive = min(judged, key=lambda item: PRECEDENCE.index(item.dlt))
    moments = [item.finding.decided_at for item in judged if item.dlt is not Dlt.NO and item.finding.decided_at]
    undecided = decisive.dlt in (Dlt.PENDING, Dlt.REVIEW)
    return DltVerdict(
        decisive.dlt,
        None if decisive.dlt is Dlt.NO else decisive.finding.criterion,
        (*decisive.flags, *_grading_flags(event)),
        decisive.sentence,
        min(moments, default=None) if undecided else None,
        onset_day,
    )


def _judge(
    event: AdverseEventFacts, finding: Finding, window: Window, data_cutoff: Moment | None, config: DltConfig
) -> _Judged:
    """Steps 4 and 5 for one finding of step 3."""
    first, last = onset_bounds(event, finding.anchor, data_cutoff, config)
    position, where = window.locate(first, last)
    flags = finding.flags
    if position is Position.OUTSIDE:
        return _Judged(Dlt.NO, finding, flags, f"{finding.sentence}; {where}: not a DLT.")
    if position is Position.STRADDLES:
        flag = "ONSET_MISSING" if event.onset is None else "ONSET_STRADDLES_WINDOW"
        return _Judged(Dlt.REVIEW, finding, (*flags, flag), f"{finding.sentence}; {where}: to be reviewed.")
    if finding.anchor is not None and finding.anchor.first >= window.closes_at:
        flags = (*flags, "QUALIFYING_GRADE_AFTER_WINDOW")
        where += "; the qualifying grade began after the window"
    if event.relationship is None:
        flags = (*flags, "RELATIONSHIP_MISSING")
        where += "; the relationship to the CAR-T cells is missing"
    verdict = Dlt.REVIEW if event.relationship is None and finding.dlt is Dlt.YES else finding.dlt
    return _Judged(verdict, finding, flags, f"{finding.sentence}; {where}: {_CONCLUSION[verdict]}.")


_CONCLUSION = {
    Dlt.YES: "a DLT",
    Dlt.PENDING: "not decided yet",
    Dlt.REVIEW: "to be reviewed by a physician",
}


def _grading_flags(event: AdverseEventFacts) -> tuple[str, ...]:
    return ("CRS_NOT_GRADED_BY_ASTCT",) if is_crs(event.term) and event.grading is Grading.CTCAE else ()


def _nothing_qualifies(event: AdverseEventFacts) -> str:
    grade = f"Highest grade {event.highest_grade}"
    if is_crs(event.term):
        return (
            f"{grade}: no grade 4 or 5 that qualifies and no run at grade 3 or above longer than the limit: not a DLT."
        )
    if event.highest_grade == 4:
        return f"{grade}, but {event.term!r} is a hematologic term: not a DLT."
    return f"{grade}: below grade 4, so {event.term!r} is not a DLT."
