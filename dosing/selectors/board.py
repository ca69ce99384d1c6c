"""The dose board: one value for the page, the report and the poll."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from dosing.models import DltAssessment, DoseDecision
from dosing.rules.evaluability import Status
from dosing.rules.pausing import Pause
from dosing.selectors.assessment import last_window_day
from dosing.selectors.evidence import open_queries_at, unverified_at
from dosing.selectors.expansion import expansion, held_by
from dosing.selectors.freshness import BoardInputs, board_is_stale, stale_subjects
from dosing.selectors.history import PastDecision, history, signed_by
from dosing.selectors.pausing import Standing, standing
from dosing.selectors.readiness import Point, in_order, points
from dosing.selectors.tiles import ExpansionLane, Lane, expansion_lane, lanes
from dosing.selectors.trial import advise, recruitment
from dosing.selectors.verdict import Verdict, verdict
from trial_edc.accounts.access import today


@dataclass(frozen=True)
class Figures:
    """The strip of figures above the ladder."""

    infused: int
    evaluable: int
    with_dlt: int
    pending: int
    #: The last day of the window that closes last.
    last_window_closes: date | None


@dataclass(frozen=True)
class Freshness:
    """When the shown answers were computed, and whether the data are newer."""

    computed_at: datetime | None
    stale: bool
    version: str


@dataclass(frozen=True)
class Undecided:
    """A subject that waits for an explicit choice, and what the rule alone would say."""

    identifier: str
    because: str


@dataclass(frozen=True)
class Board:
    """Everything the dose board shows."""

    figures: Figures
    lanes: list[Lane]
    verdict: Verdict
    evidence: list[dict[str, Any]]
    not_ready: list[Point]
    ready: list[str]
    history: list[PastDecision]
    superseded: list[PastDecision]
    open_decision: PastDecision | None
    freshness: Freshness
    expansion: ExpansionLane | None
    pauses: tuple[Pause, ...]
    undecided: list[Undecided]


def board() -> Board:
    """Return the board as the worker last computed it, with what people added since."""
    inputs = BoardInputs.read()
    counted = inputs.counted
    advice = advise(counted, inputs.decisions)
    opened = expansion(counted, inputs.decisions, inputs.choices, extra=inputs.places_beyond_the_cap)
    pauses = standing(advice.too_toxic_levels, opened.monitored)
    recruiting = recruitment(advice, inputs.decisions, pauses)
    forms = _day28_forms(inputs, advice.level)
    signatures = signed_by([*(row.pk for row in inputs.decisions.rows), *forms])
    signed = {forms[pk] for pk in forms if any(each.valid for each in signatures[pk])}
    rows = evidence_rows(inputs, advice.level, signed)
    found = points(rows, action=advice.action, moment=timezone.now())
    past = history(inputs.decisions.rows, signatures)
    return Board(
        figures=_figures(inputs),
        lanes=lanes(inputs, advice, recruiting, today()),
        verdict=verdict(advice, counted, recruiting, _next_change(inputs, advice.level)),
        evidence=rows,
        not_ready=found,
        ready=in_order(found),
        history=past,
        superseded=_unanswered(past),
        open_decision=next(
            (each for each in past if each.decision.is_open and each.decision.dose_level == advice.level), None
        ),
        freshness=freshness(inputs, pauses),
        expansion=expansion_lane(inputs, held_by(opened, pauses), today()),
        pauses=pauses.open,
        undecided=_undecided(inputs),
    )


def _undecided(inputs: BoardInputs) -> list[Undecided]:
    found = [(slot.subject.identifier, inputs.stored.get(slot.subject_id)) for slot in inputs.slots]
    return [
        Undecided(identifier, result.because)
        for identifier, result in found
        if result is not None and result.output.get("question") and result.output["chosen"] is None
    ]


def freshness(
    inputs: BoardInputs | None = None,
    pauses: Standing | None = None,
) -> Freshness:
    """Return how old the answers are; cheap enough for a poll."""
    known = inputs or BoardInputs.read()
    stale = bool(stale_subjects(known)) or board_is_stale(known)
    answers = [*known.levels.values(), *known.stored.values()]
    moments = [result.computed_at for result in answers]
    shown = [
        today().isoformat(),
        stale,
        sorted(f"{result.pk}{result.computed_at}" for result in answers),
        [f"{row.pk}{row.status}{row.evidence_hash}" for row in known.decisions.rows],
        [f"{slot.pk}{slot.number}{slot.released_at}" for slot in known.slots],
        [str(row.pk) for row in known.reserved],
        [f"{row.pk}{row.status}" for row in known.answers],
        [f"{row.pk}{row.status}" for row in known.choices],
        [pause.key for pause in (pauses or standing((), (0, 0, None))).open if pause.subject],
    ]
    version = hashlib.sha256(repr(shown).encode()).hexdigest()[:16]
    return Freshness(max(moments, default=None), stale, version)


def _day28_forms(inputs: BoardInputs, level: int) -> dict[UUID, UUID]:
    """Return the Day-28 assessments of a level: form -> subject."""
    ids = [slot.subject_id for slot in inputs.in_escalation(level)]
    return dict(DltAssessment.objects.filter(subject__in=ids).values_list("pk", "subject")) if ids else {}


def evidence_rows(inputs: BoardInputs, level: int, signed: set[UUID]) -> list[dict[str, Any]]:
    """Return the subjects of a level as the evidence of a decision would show them now.

    `signed`: the subjects whose Day-28 assessment carries a signature that holds.
    """
    slots = [slot for slot in inputs.in_escalation(level) if slot.subject_id in inputs.stored]
    ids = [slot.subject_id for slot in slots]
    queries, unverified = open_queries_at(ids, None), unverified_at(ids, None)
    return [
        {
            **inputs.stored[slot.subject_id].output,
            "id": str(slot.subject_id),
            "identifier": slot.subject.identifier,
            "slot": slot.number,
            "because": because_of(slot.subject, inputs.stored[slot.subject_id].because),
            "day28_signed": slot.subject_id in signed,
            "open_queries": queries[slot.subject_id],
            "unverified": unverified[slot.subject_id],
        }
        for slot in slots
    ]


def because_of(subject: Any, because: str) -> str:
    """Return why a subject counts or not; who still waits for the infusion has not given the slot back."""
    return _("Awaiting infusion.") if awaits_infusion(subject) else because


def awaits_infusion(subject: Any) -> bool:
    """Test for a subject that was not infused and has not left."""
    return subject.infused_at is None and subject.off_study_date is None and subject.death_date is None


def _figures(inputs: BoardInputs) -> Figures:
    outputs = [inputs.stored[slot.subject_id].output for slot in inputs.slots if slot.subject_id in inputs.stored]
    statuses = [output["status"] for output in outputs]
    pending = [output for output in outputs if output["status"] == Status.PENDING]
    closing = [at for each in pending if (at := datetime.fromisoformat(each["window_closes_at"])) > timezone.now()]
    return Figures(
        infused=sum(output["infused_at"] is not None for output in outputs),
        evaluable=sum(status in (Status.EVALUABLE_DLT, Status.EVALUABLE_NO_DLT) for status in statuses),
        with_dlt=statuses.count(Status.EVALUABLE_DLT),
        pending=len(pending),
        last_window_closes=last_window_day(max(closing)) if closing else None,
    )


def _next_change(inputs: BoardInputs, level: int) -> datetime | None:
    moments = [
        result.valid_until
        for slot in inputs.slots
        if slot.dose_level == level and (result := inputs.stored.get(slot.subject_id)) and result.valid_until
    ]
    return min(moments, default=None)


def _unanswered(past: list[PastDecision]) -> list[PastDecision]:
    """Superseded decisions that no later binding revision of their level has replaced."""
    newest: dict[int, PastDecision] = {}
    for each in past:
        kept = newest.get(each.decision.dose_level)
        if not each.decision.is_open and (kept is None or each.decision.revision > kept.decision.revision):
            newest[each.decision.dose_level] = each
    return [each for each in newest.values() if each.decision.status == DoseDecision.Status.SUPERSEDED]
