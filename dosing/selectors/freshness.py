"""Which stored results are older than the data they rest on, or have outlived their moment."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any
from uuid import UUID

from django.db.models import Max
from django.utils import timezone

from dosing.models import DoseDecision, ExplicitChoice, Reservation, Rp2dDecision, Slot
from dosing.rules import evaluability, three_plus_three
from dosing.rules.evaluability import Status
from dosing.selectors.assessment import ANSWER_VERSION
from dosing.selectors.levels import Decisions, level_key, level_numbers, rule_set
from dosing.selectors.standing import Counted
from trial_edc.accounts.access import today
from trial_edc.audit.models import ItemChange
from trial_edc.review.models import RuleResult
from trial_edc.review.results import input_hash

#: Trail entities that the answers about a subject rest on.
ENTITIES = (
    "AE", "AEG", "INF", "DLT", "EOS", "DTH", "dosing.slot", "dosing.dltadjudication", "dosing.explicitchoice",
)  # fmt: skip


def subject_watermarks(subject_ids: list[UUID]) -> dict[UUID, int]:
    """Return, for each subject, the id of the last change that its results must know."""
    rows = (
        ItemChange.objects.filter(chain__in=subject_ids, entity__in=ENTITIES).values("chain").annotate(last=Max("id"))
    )
    found: dict[UUID, int] = dict.fromkeys(subject_ids, 0)
    found.update({row["chain"]: row["last"] for row in rows})
    return found


def is_stale(result: RuleResult | None, watermark: int, now: datetime) -> bool:
    """Test one stored answer: missing, older than its data, by an older rule, or past its moment."""
    return (
        result is None
        or result.inputs.get("watermark", -1) < watermark
        or result.rule_version != ANSWER_VERSION
        or (result.valid_until is not None and result.valid_until < now)
    )


def stale_subjects(inputs: BoardInputs | None = None) -> list[UUID]:
    """Return the subjects with a slot whose stored answer must be computed again."""
    read = inputs or BoardInputs.read()
    ids, known, now = [slot.subject_id for slot in read.slots], read.stored, timezone.now()
    return [pk for pk, mark in subject_watermarks(ids).items() if is_stale(known.get(pk), mark, now)]


def counted_from_results(slots: list[Slot], stored: dict[UUID, RuleResult]) -> list[Counted]:
    """Return how each subject counts by its stored answer; without one, as a subject awaiting infusion."""
    found = []
    for slot in slots:
        result = stored.get(slot.subject_id)
        output: dict[str, Any] = result.output if result else {}
        found.append(
            Counted(
                identifier=slot.subject.identifier,
                level=slot.dose_level,
                status=Status(output.get("status", Status.NOT_TREATED)),
                in_review=bool(output.get("in_review")),
                infused=output.get("infused_at") is not None,
                left=output.get("left_date") is not None or slot.is_released,
                replace=bool(output.get("replace")),
                expansion=slot.part == Slot.Part.EXPANSION,
            )
        )
    return found


@dataclass(frozen=True)
class BoardInputs:
    """Everything the advice rests on, read once; what only some pages show, when it is first asked for."""

    slots: list[Slot]
    stored: dict[UUID, RuleResult]
    decisions: Decisions
    levels: dict[UUID, RuleResult] = field(default_factory=dict)

    @classmethod
    def read(cls) -> BoardInputs:
        held = Slot.objects.exclude(part=Slot.Part.IMPORTED).select_related("subject")
        slots = list(held.order_by("dose_level", "part", "number"))
        answers: dict[str, dict[UUID, RuleResult]] = {evaluability.RULE: {}, three_plus_three.RULE: {}}
        for result in RuleResult.objects.filter(rule__in=list(answers)):
            answers[result.rule][result.root] = result
        stored, levels = answers[evaluability.RULE], answers[three_plus_three.RULE]
        return cls(slots, stored, Decisions.of(DoseDecision.objects.all()), levels)

    @cached_property
    def choices(self) -> list[Rp2dDecision]:
        """The choices of the dose of the expansion."""
        return list(Rp2dDecision.objects.all())

    @cached_property
    def reserved(self) -> list[Reservation]:
        """The places that are kept today."""
        return list(Reservation.objects.filter(ended_at=None, last_day__gte=today()).select_related("subject"))

    @cached_property
    def answers(self) -> list[ExplicitChoice]:
        """The explicit choices that are proposed or in force."""
        return list(ExplicitChoice.objects.exclude(status=ExplicitChoice.Status.SET_ASIDE))

    @property
    def places_beyond_the_cap(self) -> int:
        """How many subjects more than the protocol's cap the expansion may treat, by signed overrides."""
        wanted = (ExplicitChoice.Question.EXPANSION_CAP, ExplicitChoice.Status.IN_FORCE)
        return sum((row.question, row.status) == wanted for row in self.answers)

    def in_escalation(self, level: int) -> list[Slot]:
        """Return the places of a level in the escalation part."""
        return [slot for slot in self.slots if slot.dose_level == level and slot.part == Slot.Part.ESCALATION]

    @property
    def counted(self) -> list[Counted]:
        return counted_from_results(self.slots, self.stored)

    def plain(self) -> dict[str, Any]:
        """Return the inputs of the stored advice; equal inputs mean the stored advice is current."""
        return {
            "rule_set": rule_set().name,
            "subjects": [
                [one.identifier, one.level, one.status.value, one.in_review, one.infused, one.left, one.replace]
                for one in self.counted
                if not one.expansion
            ],
            "decisions": [
                [row.dose_level, row.revision, row.status, row.chosen_action]
                for row in self.decisions.rows
                if not row.is_open
            ],
        }


def board_is_stale(inputs: BoardInputs) -> bool:
    """Test whether the stored advice of any level rests on other inputs than the present ones."""
    wanted = input_hash(three_plus_three.RULE, three_plus_three.VERSION, inputs.plain())
    keys = [level_key(level) for level in level_numbers()]
    return any(key not in inputs.levels or inputs.levels[key].input_hash != wanted for key in keys)
