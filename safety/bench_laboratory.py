"""The laboratory grade as the bench offers it: strict JSON in, the web application's own pure function, JSON out."""

from __future__ import annotations

from decimal import Decimal
from functools import cache, lru_cache
from typing import Annotated

from pydantic import Field, StringConstraints, field_validator

from safety.bench import Text
from safety.ctcae import ctcae_terms
from safety.rules import laboratory
from safety.rules.laboratory import Flag, ImpossibleResult, LaboratoryGrade, LaboratoryResult
from safety.rules.terms import plain_term
from trial_edc.bench import registry
from trial_edc.bench.inputs import EXACT
from trial_edc.bench.registry import BenchModel, BenchRule, CaseError, NoConfig

_NCI = "NCI, Common Terminology Criteria for Adverse Events v5.0, 27 November 2017"
Amount = Annotated[Decimal, Field(ge=0), EXACT]
#: Field of the rule -> key of the case, where they differ.
_KEYS = {"baseline": "base", "baseline_low": "base_low"}


class LaboratoryInput(BenchModel):
    """One value for one term; limits and baseline in the unit of the value, null = not known, absent flag = no.

    `ionized` asks for the ionized numbers of hypo- and hypercalcemia, which are otherwise for corrected calcium.
    """

    term: Text
    value: Amount | None
    unit: Annotated[str, StringConstraints(max_length=60)] | None = None
    lln: Amount | None = None
    uln: Annotated[Decimal, Field(gt=0), EXACT] | None = None
    base: Amount | None = None
    base_high: bool | None = None
    base_low: bool | None = None
    symptomatic: bool | None = None
    anticoag: bool | None = None
    ionized: bool = False

    @field_validator("term")
    @classmethod
    def _term(cls, term: str) -> str:
        if not term.strip():
            raise ValueError("must not be blank")
        return term


@cache
def _known_terms() -> frozenset[str]:
    return frozenset(map(plain_term, ctcae_terms()))


@lru_cache(maxsize=4096)
def _without_criterion(term: str) -> LaboratoryGrade | None:
    """The answer for an analyte without a term; None for a term of v5.0. Raises CaseError for any other text."""
    if laboratory.find_criterion(term, ionized=False) or plain_term(term) in _known_terms():
        return None
    measured = laboratory.find_analyte(term)
    if measured is None:
        raise CaseError("term", f"{term[:60]!r} is not a term of CTCAE v5.0")
    names = " or ".join(map(repr, measured.terms))
    if names:
        raise CaseError("term", f"{term[:60]!r} is an analyte; its term is {names}")
    sentence = f"Cannot grade: CTCAE v5.0 has no term for {measured.name}."
    return LaboratoryGrade(None, sentence, (Flag.NO_NUMERIC_CRITERION,))


def _result(given: LaboratoryInput) -> LaboratoryResult:
    return LaboratoryResult(
        term=given.term,
        value=given.value,
        unit=given.unit,
        lln=given.lln,
        uln=given.uln,
        baseline=given.base,
        baseline_high=given.base_high,
        baseline_low=given.base_low,
        symptomatic=bool(given.symptomatic),
        anticoagulated=bool(given.anticoag),
        ionized=given.ionized,
    )


def evaluate_laboratory(given: LaboratoryInput, config: NoConfig) -> registry.Outcome:
    """Answer one ctcae-lab-grade case."""
    if given.ionized and laboratory.find_criterion(given.term, ionized=True) is None:
        raise CaseError("ionized", "only hypocalcemia and hypercalcemia have numbers for ionized calcium")
    try:
        answer = _without_criterion(given.term) or laboratory.grade_laboratory(_result(given))
    except ImpossibleResult as wrong:
        raise CaseError(_KEYS.get(wrong.key, wrong.key), wrong.sentence) from None
    return registry.Outcome({"grade": answer.grade, "flags": list(answer.flags)}, answer.because)


RULES = (
    BenchRule(
        laboratory.RULE,
        laboratory.VERSION,
        "CTCAE v5.0 grade of one laboratory value",
        _NCI,
        evaluate_laboratory,
        LaboratoryInput,
    ),
)


def register() -> None:
    """Offer the laboratory rule on the bench."""
    for rule in RULES:
        registry.register(rule)
