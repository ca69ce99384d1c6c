"""The operating characteristics of 3+3 as the bench offers them.

Keys of the configuration that are left out take the protocol's parameters.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Annotated, Any

from pydantic import Field

from dosing.bench import CohortInput
from dosing.rules import operating_characteristics
from dosing.rules.operating_characteristics import OperatingCharacteristics
from dosing.rules.rule_variants import VariantParameters, rule_set
from dosing.rules.three_plus_three import RuleSet
from dosing.rules.trial_replay import Cohort, ImpossibleHistory
from trial_edc.bench.inputs import EXACT, WHOLE
from trial_edc.bench.registry import BenchModel, BenchRule, CaseError, Outcome
from trial_edc.protocol.parameters import boolean, integer

#: Digits of a probability in an answer: what floating point can vouch for after a long sum.
DIGITS = 12
#: More dose levels than any escalation has; the steps to follow grow with their square.
_MOST_DOSES = 12

Probability = Annotated[Decimal, Field(ge=0, le=1), EXACT]


def rounded(numbers: Iterable[float]) -> list[float]:
    """Numbers as an answer prints them."""
    return [round(number, DIGITS) for number in numbers]


class CharacteristicsInput(BenchModel):
    """True DLT probability per dose, lowest first; optionally the cohorts observed so far."""

    true_dlt_prob: Annotated[list[Probability], Field(min_length=1, max_length=_MOST_DOSES)]
    observed: Annotated[list[CohortInput], Field(max_length=1000)] | None = None


class CharacteristicsConfig(BenchModel):
    """The variant of 3+3: DLTs that escalate and that the MTD allows among six, DLTs among the first three that expand,
    whether the top level, and coming down the level below, are filled to six."""

    esc_max6: Annotated[int, Field(ge=0, le=6), WHOLE] = integer("escalation.escalate_max_dlts_of_6")
    mtd_max6: Annotated[int, Field(ge=0, le=6), WHOLE] = integer("escalation.mtd_max_dlts_of_6")
    expand_max3: Annotated[int, Field(ge=0, le=3), WHOLE] = integer("escalation.expand_on_dlts_in_cohort")
    expand_top: bool = boolean("escalation.fill_top_level")
    expand_on_deesc: bool = boolean("escalation.fill_level_below")


def _rules(config: CharacteristicsConfig) -> RuleSet:
    """The variant of 3+3. Raises CaseError for one that would pass a level that could not be the MTD."""
    if config.esc_max6 > config.mtd_max6:
        sentence = f"{config.esc_max6} exceeds mtd_max6, {config.mtd_max6}: a level passed must be able to be the MTD"
        raise CaseError("config.esc_max6", sentence)
    parameters = VariantParameters(
        escalate_most_of_6=config.esc_max6,
        mtd_most_of_6=config.mtd_max6,
        expand_most_of_3=config.expand_max3,
        fill_top_level=config.expand_top,
        fill_level_below=config.expand_on_deesc,
    )
    return rule_set(parameters)


def evaluate_characteristics(given: CharacteristicsInput, config: CharacteristicsConfig) -> Outcome:
    """Answer one operating-characteristics case."""
    rules = _rules(config)
    cohorts = [Cohort(item.dose, item.n, item.dlt) for item in given.observed or ()]
    try:
        result = operating_characteristics.operating_characteristics(rules, given.true_dlt_prob, cohorts)
    except ImpossibleHistory as error:
        raise CaseError("observed", str(error).removeprefix("cohorts: ")) from None
    except ValueError as error:
        raise CaseError("true_dlt_prob", str(error)) from None
    return Outcome(_characteristics(result), _words(result.n_paths, len(cohorts)))


def _characteristics(result: OperatingCharacteristics) -> dict[str, Any]:
    return {
        "p_select_none_then_each_dose": rounded(result.p_select),
        "exp_n_per_dose": rounded(result.expected_n),
        "exp_dlt_per_dose": rounded(result.expected_dlt),
        "exp_n_total": round(result.expected_n_total, DIGITS),
        "exp_dlt_total": round(result.expected_dlt_total, DIGITS),
        "n_total_distribution": {str(total): round(share, DIGITS) for total, share in result.n_total.items()},
        "p_n_total_lt_12": round(result.p_fewer_than(12), DIGITS),
        "n_paths": result.n_paths,
    }


def _words(n_paths: int, n_cohorts: int) -> str:
    given = f", given the first {n_cohorts} observed" if n_cohorts else ""
    return f"Exact: the probabilities of all {n_paths} sequences of cohorts{given}."


OPERATING_CHARACTERISTICS = BenchRule(
    operating_characteristics.RULE,
    operating_characteristics.VERSION,
    "3+3: exact operating characteristics",
    "NCT05947487; exact properties as in Lin and Shih, Biostatistics 2001",
    evaluate_characteristics,
    CharacteristicsInput,
    CharacteristicsConfig,
)
