"""How a subject counts: the rule with the protocol's parameters, and the explicit choices made on these very facts."""

from __future__ import annotations

from decimal import Decimal

from dosing.models import Slot
from dosing.rules.evaluability import EvaluabilityConfig, SubjectFacts, evaluate_subject
from dosing.rules.explicit_choices import Option, Question, Settled, settle
from dosing.selectors.casefiles import Casefile
from trial_edc.protocol.parameters import decimal, integer


def _config() -> EvaluabilityConfig:
    tolerance = decimal("evaluability.dose_tolerance") * 100
    return EvaluabilityConfig(window_days=integer("dlt.window_days"), dose_tolerance_percent=int(tolerance))


def settled_subject(file: Casefile, facts: SubjectFacts) -> Settled:
    """Apply the rule and the choices that were made on these very facts.

    Only a cohort of the escalation asks for choices: the expansion is judged by its DLTs alone.
    """
    if file.slot is None or file.slot.part != Slot.Part.ESCALATION:
        return Settled(evaluate_subject(facts, _config()))
    keys = {question: choice_key(question, file, facts) for question in (Question.OFF_RANGE_DOSE, Question.EARLY_DEATH)}
    choices = {question: Option(file.choices[key]) for question, key in keys.items() if key in file.choices}
    return settle(facts, _config(), died_early=file.died, choices=choices)


def choice_key(question: Question, file: Casefile, facts: SubjectFacts) -> str:
    """Return the name of a question with the facts it is asked on: on other facts it is another question."""
    given = Decimal(0) if facts.dose_given is None else facts.dose_given
    assigned = Decimal(0) if facts.dose_assigned is None else facts.dose_assigned
    asked_on = str(file.left_date)
    if question is Question.OFF_RANGE_DOSE:
        asked_on = f"{given.normalize():f}/{assigned.normalize():f}"
    return f"{question.value}:{file.subject.identifier}:{asked_on}"
