"""Explicit choices: what the protocol's text leaves to the committee is never guessed.

Purpose: tell when a subject's evaluability needs a choice of the committee, and how the subject counts once it is made.

Inputs: the facts of evaluability, whether the subject left by death, and the choices in force (two signatures each).

Algorithm
    1. A subject that counts by a DLT, is pending, or was not infused raises no question.
    2. Infused dose outside the tolerance, no DLT: OFF_RANGE_DOSE. "Counts" takes the dose as given in range, and the
       remaining criteria apply; "replaced" is the end. Until chosen the subject is pending.
    3. Death before Day 28 without a DLT (progression, say): EARLY_DEATH. "Counts" makes the subject evaluable without
       DLT, "replaced" takes it out. Until chosen the subject is pending.
    4. Any other departure before Day 28 without DLT is replaced by the rule itself; nothing is asked.

Source: protocol, DLT-evaluable population; inspection findings on evaluability decided case by case and unrecorded.

>>> facts = SubjectFacts(infused=True, dose_assigned=Decimal(100), dose_given=Decimal(60), days_followed=28,
...                      day28_assessment_done=True)
>>> open_question = settle(facts, died_early=False, choices={})
>>> open_question.question.value, open_question.verdict.status.value
('OFF RANGE DOSE', 'PENDING')
>>> settle(facts, died_early=False, choices={Question.OFF_RANGE_DOSE: Option.COUNTS}).verdict.status.value
'EVALUABLE_NO_DLT'
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum

from dosing.rules.evaluability import (
    Evaluability,
    EvaluabilityConfig,
    Status,
    SubjectFacts,
    dose_in_range,
    evaluate_subject,
)

__all__ = ["OPTIONS", "RULE", "VERSION", "Decimal", "Option", "Question", "Settled", "SubjectFacts", "settle"]

RULE = "explicit-choices"
VERSION = "1.0.0"


class Question(StrEnum):
    """What only the committee answers, with a reason and two signatures."""

    OFF_RANGE_DOSE = "OFF RANGE DOSE"
    EARLY_DEATH = "EARLY DEATH"
    EXPANSION_CAP = "EXPANSION CAP"
    INCOMPLETE_DATA = "INCOMPLETE DATA"


class Option(StrEnum):
    """What may be answered."""

    COUNTS = "COUNTS"
    REPLACED = "REPLACED"
    GO_AHEAD = "GO AHEAD"


OPTIONS: dict[Question, tuple[Option, ...]] = {
    Question.OFF_RANGE_DOSE: (Option.COUNTS, Option.REPLACED),
    Question.EARLY_DEATH: (Option.COUNTS, Option.REPLACED),
    Question.EXPANSION_CAP: (Option.GO_AHEAD,),
    Question.INCOMPLETE_DATA: (Option.GO_AHEAD,),
}


@dataclass(frozen=True)
class Settled:
    """How the subject counts; `question` is the one that is open, or was answered last (`chosen`)."""

    verdict: Evaluability
    question: Question | None = None
    chosen: Option | None = None

    @property
    def undecided(self) -> bool:
        """Test whether a choice is missing."""
        return self.question is not None and self.chosen is None


def settle(
    facts: SubjectFacts,
    config: EvaluabilityConfig | None = None,
    *,
    died_early: bool,
    choices: Mapping[Question, Option],
) -> Settled:
    """Classify one subject by the algorithm above; without `config` by this protocol's parameters."""
    config = config or EvaluabilityConfig()
    verdict = evaluate_subject(facts, config)
    if verdict.status is not Status.NON_EVALUABLE:
        return Settled(verdict)
    if dose_in_range(facts, config) is not False:
        return _after_death(verdict, choices) if died_early else Settled(verdict)
    chosen = choices.get(Question.OFF_RANGE_DOSE)
    if chosen is None:
        return Settled(_undecided(verdict), Question.OFF_RANGE_DOSE)
    if chosen is Option.REPLACED:
        return Settled(_by_choice(verdict), Question.OFF_RANGE_DOSE, chosen)
    remaining = evaluate_subject(replace(facts, dose_given=facts.dose_assigned), config)
    if remaining.status is Status.NON_EVALUABLE and died_early:
        return _after_death(remaining, choices)
    return Settled(_by_choice(remaining), Question.OFF_RANGE_DOSE, chosen)


def _after_death(verdict: Evaluability, choices: Mapping[Question, Option]) -> Settled:
    chosen = choices.get(Question.EARLY_DEATH)
    if chosen is None:
        return Settled(_undecided(verdict), Question.EARLY_DEATH)
    if chosen is Option.REPLACED:
        return Settled(_by_choice(verdict), Question.EARLY_DEATH, chosen)
    counted = Evaluability(Status.EVALUABLE_NO_DLT, False, "Evaluable without DLT although dead before Day 28.")
    return Settled(_by_choice(counted), Question.EARLY_DEATH, chosen)


def _undecided(verdict: Evaluability) -> Evaluability:
    """A pending subject: it keeps its place, permits nothing, and counts nowhere."""
    because = f"Undecided: needs an explicit choice of the committee. By the rule alone: {verdict.because}"
    return Evaluability(Status.PENDING, False, because)


def _by_choice(verdict: Evaluability) -> Evaluability:
    return replace(verdict, because=f"{verdict.because} By explicit choice of the committee.")
