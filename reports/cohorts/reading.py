"""Read the DLT and cohort report from the trail: the board is judged again on the data as they were at the cut-off."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

from dosing.models import ExplicitChoice, PauseResolution, Rp2dDecision, Slot
from dosing.rules import pausing, three_plus_three
from dosing.selectors.assessment import SubjectAssessment
from dosing.selectors.board import awaits_infusion
from dosing.selectors.evidence import subject_rows
from dosing.selectors.expansion import Expansion, held_by
from dosing.selectors.levels import rule_set
from dosing.selectors.pausing import Standing, standing
from dosing.selectors.trial import TrialNow, trial_now
from reports.cohorts.content import (
    Advice,
    Choice,
    Cohort,
    CohortReport,
    ExpansionState,
    Level,
    PauseLine,
    Recommended,
)
from reports.content.facts import SignatureFacts
from reports.content.listings import listings
from reports.sources import read_facts
from trial_edc.accounts.models import User
from trial_edc.audit.selectors import load
from trial_edc.audit.signatures import holding
from trial_edc.review.results import canonical

#: Called with (parts ready, parts in all).
Step = Callable[[int, int], None]
Signatures = dict[UUID, tuple[SignatureFacts, ...]]


def read_cohorts(cutoff: datetime, step: Step = lambda _done, _total: None) -> CohortReport:
    """Return the board, the verdicts and the decisions as they were known at `cutoff`."""
    facts = read_facts(cutoff, None, step)
    lines = listings(facts)
    now = trial_now(as_of=cutoff)
    pauses = standing(now.advice.too_toxic_levels, now.expansion.monitored, as_of=cutoff)
    names = {person.pk: person.full_name for person in load(User, as_of=cutoff)}
    return CohortReport(
        cutoff=cutoff,
        advice=_advice(now),
        levels=tuple(_levels(now)),
        cohorts=tuple(_cohorts(now.subjects, cutoff, names)),
        dlts=lines.dlts,
        severe_without_verdict=lines.severe_without_verdict,
        decisions=tuple(sorted(facts.decisions, key=lambda each: (each.dose_level, each.revision))),
        choices=tuple(_choices(cutoff, names, {one.file.subject.pk: one for one in now.subjects})),
        pauses=tuple(_pauses(pauses, cutoff, names)),
        recommended=tuple(_recommended(cutoff, names)),
        expansion=_expansion(held_by(now.expansion, pauses)),
        unverified=facts.unverified,
        open_queries=facts.open_queries,
    )


def _advice(now: TrialNow) -> Advice:
    found = now.advice
    return Advice(
        level=found.level,
        action=found.action.value,
        because=found.because,
        row_key=found.decision.row_key or "",
        higher=str(found.decision.higher),
        rule_set=rule_set().name,
        rule_version=three_plus_three.VERSION,
        mtd_level=found.mtd_level,
    )


def _levels(now: TrialNow) -> Iterator[Level]:
    for each in now.advice.levels:
        decision = each.decision
        yield Level(
            level=each.level,
            standing=each.standing.value,
            tally=asdict(each.tally),
            action=decision.action.value if decision else "",
            because=decision.because if decision else "",
        )


def _cohorts(subjects: Sequence[SubjectAssessment], cutoff: datetime, names: dict[UUID, str]) -> Iterator[Cohort]:
    places: dict[tuple[int, str], list[SubjectAssessment]] = defaultdict(list)
    for one in subjects:
        if one.file.slot is not None:
            places[one.file.slot.dose_level, one.file.slot.part].append(one)
    of_slots = {one.file.slot.pk: one.file.subject.identifier for one in subjects if one.file.slot}
    for level, part in sorted(places, key=lambda place: (place[0], list(Slot.Part.values).index(place[1]))):
        here = sorted(places[level, part], key=lambda one: one.file.slot.number if one.file.slot else 0)
        rows = subject_rows(here, cutoff)
        more = ({**_slot(one.file.slot, of_slots, names), "awaits": _awaits(one)} for one in here if one.file.slot)
        plain = (json.loads(canonical({**row, **slot})) for row, slot in zip(rows, more, strict=True))
        yield Cohort(level, part, tuple(plain))


def _awaits(one: SubjectAssessment) -> bool:
    return bool(one.file.slot and not one.file.slot.is_released and awaits_infusion(one.file.subject))


def _slot(slot: Slot, of_slots: dict[UUID, str], names: dict[UUID, str]) -> dict[str, Any]:
    """Return what the place itself says: whom it replaces, whether it was given back, an earlier infusion."""
    return {
        "replaces": of_slots.get(slot.replaces_id, "") if slot.replaces_id else "",
        "given_back": slot.release_reason or "",
        "stagger_reason": slot.stagger_override_reason or "",
        "stagger_at": slot.stagger_override_at,
        "stagger_by": names.get(slot.stagger_override_by_id, "") if slot.stagger_override_by_id else "",
    }


def _signed(roots: Sequence[UUID], cutoff: datetime) -> Signatures:
    found = holding(roots, as_of=cutoff) if roots else {}
    return {
        root: tuple(SignatureFacts(s.printed_name, s.role_title, s.meaning, s.signed_at) for s in rows)
        for root, rows in found.items()
    }


def _choices(cutoff: datetime, names: dict[UUID, str], subjects: dict[UUID, SubjectAssessment]) -> Iterator[Choice]:
    rows = sorted(load(ExplicitChoice, as_of=cutoff), key=lambda row: (row.proposed_at, str(row.pk)))
    signatures = _signed([row.pk for row in rows], cutoff)
    for row in rows:
        one = subjects.get(row.subject_id) if row.subject_id else None
        yield Choice(
            question=row.question,
            subject=one.file.subject.identifier if one else "",
            because=row.because,
            option=row.option,
            reason=row.reason,
            status=row.status,
            proposed_at=row.proposed_at,
            proposed_by=names.get(row.proposed_by_id, ""),
            signatures=signatures.get(row.pk, ()),
        )


def _pauses(found: Standing, cutoff: datetime, names: dict[UUID, str]) -> Iterator[PauseLine]:
    for pause in found.open:
        yield PauseLine(pause.rule.value, pausing.VERSION, pause.scope, pause.because)
    signatures = _signed([row.pk for row in found.resolutions], cutoff)
    for row in found.resolutions:
        yield _resolved(row, names, signatures.get(row.pk, ()))


def _resolved(row: PauseResolution, names: dict[UUID, str], signatures: tuple[SignatureFacts, ...]) -> PauseLine:
    return PauseLine(
        rule=row.rule,
        rule_version=row.rule_version,
        scope=row.scope,
        evidence=row.evidence,
        resolved_at=row.resolved_at,
        resolved_by=names.get(row.resolved_by_id, ""),
        reason=row.reason,
        signatures=signatures,
    )


def _recommended(cutoff: datetime, names: dict[UUID, str]) -> Iterator[Recommended]:
    rows = sorted(load(Rp2dDecision, as_of=cutoff), key=lambda row: row.revision)
    signatures = _signed([row.pk for row in rows], cutoff)
    for row in rows:
        yield Recommended(
            revision=row.revision,
            mtd_level=row.mtd_level,
            chosen_level=row.chosen_level,
            status=row.status,
            reason=row.reason,
            meeting_date=row.meeting_date,
            attendees=row.attendees,
            released_at=row.released_at,
            released_by=names.get(row.released_by_id, "") if row.released_by_id else "",
            signatures=signatures.get(row.pk, ()),
        )


def _expansion(found: Expansion) -> ExpansionState:
    return ExpansionState(
        level=found.level,
        treated=found.treated,
        events=found.events,
        held=found.held,
        maximum=found.maximum,
        pause_at=found.pause_at,
        paused=found.paused,
    )
